package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// outcome is what is to be done about one attempt.
type outcome int

const (
	pass    outcome = iota // the caller's
	again                  // a fault that may pass: ask again
	limited                // a rate limit: wait, then ask again
	refused                // credentials
	failed                 // for good
)

// verdict is the judgement of one attempt.
type verdict struct {
	outcome outcome
	reason  string
	cause   error
	// wait is how long the forge asks to wait; without it the Transport decides.
	wait  time.Duration
	asked bool
	// reset says that only this kind of requests has to wait: its limit is used up.
	reset bool
	// floor is the shortest wait for a limit that does not say how long.
	floor time.Duration
}

// secondaryFloor is the least to wait for a limit of GitHub's that does not say
// how long ("at least one minute", its guide says).
const secondaryFloor = time.Minute

// judge decides what a response that was read whole means.
func judge(resp *http.Response, body []byte, s Shape, now time.Time) verdict {
	code := resp.StatusCode
	switch {
	case code == http.StatusUnauthorized:
		return verdict{outcome: refused, reason: message(body), cause: ErrCredentials}
	case code == http.StatusTooManyRequests:
		return judgeLimit(resp.Header, body, now, false)
	case code == http.StatusForbidden:
		return judgeForbidden(resp.Header, body, now)
	case code >= 500 && code != http.StatusNotImplemented:
		v := verdict{outcome: again, reason: message(body)}
		v.wait, v.asked = retryAfter(resp.Header, now)
		return v
	case code == http.StatusNotModified:
		return verdict{outcome: failed, reason: "not asked for: no request is conditional"}
	case code >= 300 && code < 400:
		return judgeRedirect(resp)
	case code >= 200 && code < 300:
		return judgeSuccess(resp, body, s, now)
	default:
		return verdict{outcome: pass}
	}
}

func judgeSuccess(resp *http.Response, body []byte, s Shape, now time.Time) verdict {
	if resp.Request != nil && resp.Request.Method == http.MethodHead {
		return verdict{outcome: pass}
	}
	if why := misshapen(s, resp.Header.Get("Content-Type"), body); why != "" {
		return verdict{outcome: again, reason: why}
	}
	if kind := graphqlError(body); kind == "primary" {
		return judgeLimit(resp.Header, body, now, true)
	} else if kind == "secondary" {
		return judgeSecondary(resp.Header, "GraphQL says: secondary rate limit", now)
	}
	return verdict{outcome: pass}
}

// judgeForbidden tells limits from missing rights. GitHub sends 403 for both: by
// the headers, or by the message when a proxy dropped them.
func judgeForbidden(h http.Header, body []byte, now time.Time) verdict {
	_, asked := retryAfter(h, now)
	l, known := limitOf(h, now)
	low := bytes.ToLower(body)
	switch {
	case isSecondary(low):
		return judgeSecondary(h, "secondary rate limit", now)
	case asked, known && l.left == 0, bytes.Contains(low, []byte("rate limit exceeded")):
		return judgeLimit(h, body, now, true)
	}
	return verdict{outcome: failed, reason: message(body)}
}

// judgeLimit decides about a rate limit: Retry-After, then the reset. Without
// either it is a minute where the forge means a limit for sure, else a backoff.
func judgeLimit(h http.Header, body []byte, now time.Time, sure bool) verdict {
	if isSecondary(bytes.ToLower(body)) {
		return judgeSecondary(h, "secondary rate limit", now)
	}
	v := verdict{outcome: limited, reason: "rate limit"}
	if v.wait, v.asked = retryAfter(h, now); v.asked {
		return v
	}
	if l, ok := limitOf(h, now); ok && (l.left == 0 || sure) && !l.reset.IsZero() {
		v.wait, v.asked, v.reset = max(afterReset(l.reset).Sub(now), 0), true, true
		return v
	}
	v.floor = time.Second
	if sure {
		v.floor = secondaryFloor
	}
	return v
}

func judgeSecondary(h http.Header, reason string, now time.Time) verdict {
	v := verdict{outcome: limited, reason: reason, floor: secondaryFloor}
	v.wait, v.asked = retryAfter(h, now)
	return v
}

// isSecondary looks for GitHub's texts of the present and the past; low is in
// lower case.
func isSecondary(low []byte) bool {
	for _, text := range []string{"secondary rate limit", "secondary-rate-limit", "abuse detection", "abuse-rate-limit"} {
		if bytes.Contains(low, []byte(text)) {
			return true
		}
	}
	return false
}

// graphqlError says which rate limit a GraphQL response with status 200 reports.
func graphqlError(body []byte) string {
	// Answers can be megabytes: they are decoded only when the words occur.
	if !bytes.Contains(body, []byte("RATE_LIMIT")) && !bytes.Contains(body, []byte("secondary rate limit")) {
		return ""
	}
	var answer struct {
		Errors []struct{ Type, Message string }
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	for _, e := range answer.Errors {
		switch {
		case isSecondary([]byte(strings.ToLower(e.Message))):
			return "secondary"
		case e.Type == "RATE_LIMITED", e.Type == "RATE_LIMIT":
			return "primary"
		}
	}
	return ""
}

// judgeRedirect leaves to the client what keeps the method and the body.
func judgeRedirect(resp *http.Response) verdict {
	if resp.Header.Get("Location") == "" {
		return verdict{outcome: failed, reason: "a redirect without an address"}
	}
	r := resp.Request
	keeps := resp.StatusCode == http.StatusTemporaryRedirect || resp.StatusCode == http.StatusPermanentRedirect
	if !keeps && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return verdict{outcome: failed, reason: "a redirect that would turn a " + r.Method + " into a GET"}
	}
	return verdict{outcome: pass}
}

// message is what an error's body says: the message of JSON, or its beginning.
func message(body []byte) string {
	var said struct {
		Message any
		Error   any
	}
	if json.Unmarshal(body, &said) == nil {
		for _, v := range []any{said.Message, said.Error} {
			if text, ok := v.(string); ok && text != "" {
				return text
			}
		}
		return ""
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return "an HTML page"
	}
	return string(body[:min(len(body), 400)])
}

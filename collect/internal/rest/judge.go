package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// outcome is the action after one attempt.
type outcome int

const (
	accepted     outcome = iota // return it to the caller
	retryFault                  // a fault that may pass: send again
	limited                     // a rate limit: wait, then send again
	unauthorized                // wrong credentials: set others once
	failed                      // fail for good
)

// verdict is the judgement of one attempt.
type verdict struct {
	outcome outcome
	reason  string
	cause   error
	// wait is the wait that the forge asks for; waitKnown is false if it named none.
	wait      time.Duration
	waitKnown bool
	// onlyKind limits the wait to requests of this kind, whose limit is used up.
	onlyKind bool
	// floor is the shortest wait for a limit without a stated wait.
	floor time.Duration
}

// secondaryFloor is the shortest wait for a limit of GitHub without a stated wait: its guide
// asks for "at least one minute".
const secondaryFloor = time.Minute

// judgeResponse decides what to do with a response after its whole body was read.
func judgeResponse(resp *http.Response, body []byte, s Shape, now time.Time) verdict {
	code := resp.StatusCode
	switch {
	case code == http.StatusUnauthorized:
		return verdict{outcome: unauthorized, reason: parseMessage(body), cause: ErrCredentials}
	case code == http.StatusTooManyRequests:
		return judgeLimit(resp.Header, body, now, false)
	case code == http.StatusForbidden:
		return judgeForbidden(resp.Header, body, now)
	case code >= 500 && code != http.StatusNotImplemented:
		v := verdict{outcome: retryFault, reason: parseMessage(body)}
		v.wait, v.waitKnown = retryAfter(resp.Header, now)
		return v
	case code == http.StatusNotModified:
		return verdict{outcome: failed, reason: "not asked for: no request is conditional"}
	case code >= 300 && code < 400:
		return judgeRedirect(resp)
	case code >= 200 && code < 300:
		return judgeSuccess(resp, body, s, now)
	default:
		return verdict{outcome: accepted}
	}
}

func judgeSuccess(resp *http.Response, body []byte, s Shape, now time.Time) verdict {
	if resp.Request != nil && resp.Request.Method == http.MethodHead {
		return verdict{outcome: accepted}
	}
	if why := checkShape(s, resp.Header.Get("Content-Type"), body); why != "" {
		return verdict{outcome: retryFault, reason: why}
	}
	if kind := graphqlError(body); kind == "primary" {
		return judgeLimit(resp.Header, body, now, true)
	} else if kind == "secondary" {
		return judgeSecondary(resp.Header, "GraphQL answered: secondary rate limit", now)
	}
	return verdict{outcome: accepted}
}

// judgeForbidden distinguishes rate limits from missing rights. GitHub sends 403 for both. The
// headers decide, or the message when a proxy dropped them.
func judgeForbidden(h http.Header, body []byte, now time.Time) verdict {
	_, asked := retryAfter(h, now)
	l, known := parseLimit(h, now)
	low := bytes.ToLower(body)
	switch {
	case isSecondary(low):
		return judgeSecondary(h, "secondary rate limit", now)
	case asked, known && l.left == 0, bytes.Contains(low, []byte("rate limit exceeded")):
		return judgeLimit(h, body, now, true)
	}
	return verdict{outcome: failed, reason: parseMessage(body)}
}

// judgeLimit decides how long to wait for a rate limit: Retry-After, then the reset. Without
// either the wait is a minute if the response is certainly a limit (sure), and a backoff
// otherwise.
func judgeLimit(h http.Header, body []byte, now time.Time, sure bool) verdict {
	if isSecondary(bytes.ToLower(body)) {
		return judgeSecondary(h, "secondary rate limit", now)
	}
	v := verdict{outcome: limited, reason: "rate limit"}
	if v.wait, v.waitKnown = retryAfter(h, now); v.waitKnown {
		return v
	}
	if l, ok := parseLimit(h, now); ok && (l.left == 0 || sure) && !l.reset.IsZero() {
		v.wait, v.waitKnown, v.onlyKind = max(safeReset(l.reset).Sub(now), 0), true, true
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
	v.wait, v.waitKnown = retryAfter(h, now)
	return v
}

// isSecondary reports whether a body in lower case has one of GitHub's present and former texts
// of secondary rate limits.
func isSecondary(low []byte) bool {
	for _, text := range []string{"secondary rate limit", "secondary-rate-limit", "abuse detection", "abuse-rate-limit"} {
		if bytes.Contains(low, []byte(text)) {
			return true
		}
	}
	return false
}

// graphqlError returns the rate limit that a GraphQL response with status 200 reports:
// "primary", "secondary" or "".
func graphqlError(body []byte) string {
	// Responses can have megabytes: decode only those with the words.
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

// judgeRedirect accepts redirects that keep the method and the body.
func judgeRedirect(resp *http.Response) verdict {
	if resp.Header.Get("Location") == "" {
		return verdict{outcome: failed, reason: "a redirect without an address"}
	}
	r := resp.Request
	keeps := resp.StatusCode == http.StatusTemporaryRedirect || resp.StatusCode == http.StatusPermanentRedirect
	if !keeps && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return verdict{outcome: failed, reason: "a redirect that would turn a " + r.Method + " into a GET"}
	}
	return verdict{outcome: accepted}
}

// parseMessage returns the message of an error's body: of its JSON, or its beginning.
func parseMessage(body []byte) string {
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

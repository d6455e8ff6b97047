package rest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads a Retry-After header: seconds or an HTTP date (RFC 9110,
// 10.2.3). Times past are 0; what cannot be read is not ok.
func retryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		if n < 0 {
			return 0, false
		}
		return seconds(n), true
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}

// seconds is n seconds, at most a year: more would overflow, and nobody waits.
func seconds(n int64) time.Duration {
	const year = 366 * 24 * 60 * 60
	return time.Duration(min(max(n, 0), year)) * time.Second
}

// limit is what the headers of one response say of the rate limit.
type limit struct {
	limit, left int
	reset       time.Time // zero: not said
	// minute says that the window is a minute, as GitLab's are; GitHub's is an hour.
	minute bool
}

// limitOf reads GitHub's X-RateLimit-* or GitLab's RateLimit-* headers; ok only
// if the number left is there.
func limitOf(h http.Header, now time.Time) (l limit, ok bool) {
	prefix := "X-Ratelimit-"
	if h.Get(prefix+"Remaining") == "" {
		prefix, l.minute = "Ratelimit-", true
	}
	left, err := strconv.Atoi(strings.TrimSpace(h.Get(prefix + "Remaining")))
	if err != nil || left < 0 {
		return limit{}, false
	}
	l.left = left
	if n, err := strconv.Atoi(strings.TrimSpace(h.Get(prefix + "Limit"))); err == nil && n > 0 {
		l.limit = n
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(h.Get(prefix+"Reset")), 10, 64); err == nil && n > 0 {
		l.reset = resetTime(n, now)
	}
	return l, true
}

// resetTime reads a reset, which is a Unix time or, with some proxies, a number of
// seconds from now.
func resetTime(n int64, now time.Time) time.Time {
	const firstUnixTime = 1_000_000_000 // 2001: no number of seconds to wait
	if n < firstUnixTime {
		return now.Add(seconds(n))
	}
	return now.Add(min(time.Duration(min(n-now.Unix(), 1<<32))*time.Second, seconds(1<<62)))
}

// dropLimits removes the headers, since waiting and refusing is the Transport's
// part: go-github would refuse requests by its own clock, go-gitlab would slow
// them down.
func dropLimits(h http.Header) {
	for name := range h {
		low := strings.ToLower(name)
		if strings.HasPrefix(low, "x-ratelimit-") || strings.HasPrefix(low, "ratelimit-") {
			delete(h, name)
		}
	}
}

// nextLinks are the addresses that Link headers (RFC 8288) give for the next page.
func nextLinks(h http.Header) []string {
	var found []string
	for _, v := range h.Values("Link") {
		for v != "" {
			open := strings.IndexByte(v, '<')
			if open < 0 {
				break
			}
			end := strings.IndexByte(v[open:], '>')
			if end < 0 {
				break
			}
			target, rest := v[open+1:open+end], v[open+end+1:]
			parameters, after, _ := strings.Cut(rest, "<")
			if isNext(parameters) {
				found = append(found, target)
			}
			v = ""
			if after != "" {
				v = "<" + after
			}
		}
	}
	return found
}

// isNext reports whether the parameters of a link have rel=next, which may be one
// of several relations.
func isNext(parameters string) bool {
	for p := range strings.FieldsFuncSeq(parameters, func(r rune) bool { return r == ';' || r == ',' }) {
		name, value, ok := strings.Cut(p, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"'`)) {
			if strings.EqualFold(rel, "next") {
				return true
			}
		}
	}
	return false
}

// origin is scheme, host and port, with the port that the scheme implies.
func origin(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) + ":" + port
}

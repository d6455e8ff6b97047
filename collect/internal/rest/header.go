package rest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3). A time in
// the past is 0. ok is false for an unreadable header.
func retryAfter(h http.Header, now time.Time) (wait time.Duration, ok bool) {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		if n < 0 {
			return 0, false
		}
		return clampSeconds(n), true
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	return max(at.Sub(now), 0), true
}

// clampSeconds converts seconds to a duration of at most a year, which cannot overflow.
func clampSeconds(n int64) time.Duration {
	const year = 366 * 24 * 60 * 60
	return time.Duration(min(max(n, 0), year)) * time.Second
}

// limit is the rate limit in the headers of one response.
type limit struct {
	limit, left int
	reset       time.Time // zero: unknown
	// minute marks a window of a minute, as on GitLab; GitHub's window is an hour.
	minute bool
}

// parseLimit reads GitHub's X-RateLimit-* or GitLab's RateLimit-* headers. ok is false without
// the number of requests left.
func parseLimit(h http.Header, now time.Time) (l limit, ok bool) {
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

// resetTime reads a reset: a Unix time or, with some proxies, a number of seconds from now.
func resetTime(n int64, now time.Time) time.Time {
	const firstUnixTime = 1_000_000_000 // in 2001; smaller numbers are seconds to wait
	if n < firstUnixTime {
		return now.Add(clampSeconds(n))
	}
	return now.Add(min(time.Duration(min(n-now.Unix(), 1<<32))*time.Second, clampSeconds(1<<62)))
}

// dropLimits removes the headers of rate limits. Only the Transport waits and refuses:
// go-github would refuse requests by its own clock, go-gitlab would slow them down.
func dropLimits(h http.Header) {
	for name := range h {
		low := strings.ToLower(name)
		if strings.HasPrefix(low, "x-ratelimit-") || strings.HasPrefix(low, "ratelimit-") {
			delete(h, name)
		}
	}
}

// nextLinks returns the addresses of the next page in Link headers (RFC 8288).
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

// isNext reports whether the parameters of a link have rel=next, possibly as one of several
// relations.
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

// formatOrigin returns scheme, host and port, with the default port of the scheme.
func formatOrigin(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) + ":" + port
}

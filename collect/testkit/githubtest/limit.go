package githubtest

import (
	"cmp"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// limit counts requests until a reset.
type limit struct {
	size  int
	used  int
	span  time.Duration
	reset time.Time
}

// remaining returns the rest of the limit.
func (l *limit) remaining() int { return max(0, l.size-l.used) }

// spendLimit takes from a limit and writes the rest into the headers. It returns false when
// there was not enough left.
func (s *Server) spendLimit(w http.ResponseWriter, resource string, cost int) bool {
	now := s.limitNow()
	s.mu.Lock()
	l := s.limits[resource]
	if !now.Before(l.reset) {
		l.used, l.reset = 0, now.Add(l.span).Truncate(time.Second)
	}
	enough := l.used+cost <= l.size
	if enough {
		l.used += cost
	}
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.size))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(l.remaining()))
	h.Set("X-RateLimit-Used", strconv.Itoa(l.used))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(l.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", resource)
	s.mu.Unlock()
	return enough
}

// limitOf returns a copy of a limit, reset if its time has come.
func (s *Server) limitOf(resource string) limit {
	now := s.limitNow()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.limits[resource]
	if !now.Before(l.reset) {
		return limit{size: l.size, span: l.span, reset: now.Add(l.span).Truncate(time.Second)}
	}
	return *l
}

func delayAnswers(next http.Handler, latency time.Duration) http.Handler {
	if latency <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-timer.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// refuseCrowds refuses what is too much at once, by the secondary limit.
func (s *Server) refuseCrowds(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.under.Add(-1)
		if s.under.Add(1) <= int64(cmp.Or(s.options.Concurrent, 100)) {
			next.ServeHTTP(w, r)
			return
		}
		s.countRequest("too many at once")
		w.Header().Set("Retry-After", "60")
		sendError(w, http.StatusForbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you "+
			"try again.")
	})
}

// compressAnswers answers in gzip where the client takes it, as GitHub does.
func compressAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		z := &gzipWriter{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// gzipWriter compresses answers that have a body.
type gzipWriter struct {
	http.ResponseWriter
	gz     *gzip.Writer
	status int
}

// WriteHeader waits for the body: an answer without one is not compressed.
func (z *gzipWriter) WriteHeader(status int) { z.status = status }

func (z *gzipWriter) Write(b []byte) (int, error) {
	if z.gz == nil {
		z.Header().Set("Content-Encoding", "gzip")
		z.Header().Del("Content-Length")
		z.sendHeader()
		// Level 1 is always valid.
		z.gz, _ = gzip.NewWriterLevel(z.ResponseWriter, gzip.BestSpeed)
	}
	return z.gz.Write(b)
}

func (z *gzipWriter) sendHeader() {
	if z.status != 0 {
		z.ResponseWriter.WriteHeader(z.status)
		z.status = 0
	}
}

func (z *gzipWriter) close() {
	if z.gz == nil {
		z.sendHeader()
		return
	}
	_ = z.gz.Close() // the client may have gone
}

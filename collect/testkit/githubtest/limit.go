package githubtest

import (
	"cmp"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// limit is what may still be asked before a reset.
type limit struct {
	size  int
	used  int
	span  time.Duration
	reset time.Time
}

// left is what is left of a limit at a time.
func (l *limit) left() int { return max(0, l.size-l.used) }

// spend takes from a limit and tells the rest in the headers. It says false, after
// having answered, when there was not enough left.
func (s *Server) spend(w http.ResponseWriter, resource string, cost int) bool {
	now := s.clock()
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
	h.Set("X-RateLimit-Remaining", strconv.Itoa(l.left()))
	h.Set("X-RateLimit-Used", strconv.Itoa(l.used))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(l.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", resource)
	s.mu.Unlock()
	return enough
}

// limitOf is a copy of a limit, reset if its time has come.
func (s *Server) limitOf(resource string) limit {
	now := s.clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.limits[resource]
	if !now.Before(l.reset) {
		return limit{size: l.size, span: l.span, reset: now.Add(l.span).Truncate(time.Second)}
	}
	return *l
}

func delayed(next http.Handler, latency time.Duration) http.Handler {
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

// crowded refuses what is too much at once, by the secondary limit.
func (s *Server) crowded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.under.Add(-1)
		if s.under.Add(1) <= int64(cmp.Or(s.options.Concurrent, 100)) {
			next.ServeHTTP(w, r)
			return
		}
		s.count("too many at once")
		w.Header().Set("Retry-After", "60")
		fail(w, http.StatusForbidden, "You have exceeded a secondary rate limit. Please wait a few minutes before you "+
			"try again.")
	})
}

// compressed answers in gzip where the client takes it, as GitHub does.
func compressed(next http.Handler) http.Handler {
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
		z.send()
		// Level 1 is always valid.
		z.gz, _ = gzip.NewWriterLevel(z.ResponseWriter, gzip.BestSpeed)
	}
	return z.gz.Write(b)
}

func (z *gzipWriter) send() {
	if z.status != 0 {
		z.ResponseWriter.WriteHeader(z.status)
		z.status = 0
	}
}

func (z *gzipWriter) close() {
	if z.gz == nil {
		z.send()
		return
	}
	_ = z.gz.Close() // the client has gone: nothing to tell it
}

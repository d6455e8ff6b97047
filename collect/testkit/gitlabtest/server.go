// Package gitlabtest is a fake GitLab: its REST API v4 over a testkit.World, as of a Now that
// tests move. It counts requests and has the rules that trip clients: offset pages with and
// without X-Total, keyset pages with a Link only, parameters that must come in pairs, 404 for
// things that a token may not see, offsets in the dates of commits, and null where GitLab has
// null.
package gitlabtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// Options configure the server.
type Options struct {
	// Token is the token that requests must have; "": any. Scopes are the token's own scopes;
	// default read_api.
	Token  string
	Scopes []string
	// Prefix is a relative path that the GitLab is installed below: "/gitlab".
	Prefix string
	// Latency is slept before every answer.
	Latency time.Duration
	// Limit is the number of requests a minute in the headers; default 2000. It is not
	// enforced: use testkit.Faults.
	Limit int
	// Tiers are those of environments by name. Default: GitLab's guess from the name
	// for "production", "staging" and "development", else "other".
	Tiers map[string]string
	// NoCI lists projects with CI turned off, by number: they refuse with 403, and their list
	// does not show that it is off, as on older servers.
	NoCI map[int64]bool
	// NoRanges refuses ranges as names of branches, which GitLab did for a while.
	NoRanges bool
	// MaxTotal is up to how many items X-Total counts; default 10,000 as GitLab.
	MaxTotal int
	// DORA are the values of GitLab's DORA API by metric; nil: the licence lacks it.
	DORA map[string]float64
	// Wrap stands between the network and the server: faults.
	Wrap func(http.Handler) http.Handler
}

// Server is a running fake.
type Server struct {
	*httptest.Server
	w *testkit.World
	o Options

	mu    sync.Mutex
	now   time.Time
	count map[string]int
	total int
}

// Serve starts a fake of the world as it is at its end. Close stops it.
func Serve(w *testkit.World, o Options) *Server {
	if o.Limit == 0 {
		o.Limit = 2000
	}
	if o.MaxTotal == 0 {
		o.MaxTotal = 10_000
	}
	if o.Scopes == nil {
		o.Scopes = []string{"read_api"}
	}
	s := &Server{w: w, o: o, now: w.To, count: map[string]int{}}
	var handler http.Handler = s
	if o.Wrap != nil {
		handler = o.Wrap(handler)
	}
	s.Server = httptest.NewServer(handler)
	return s
}

// BaseURL returns the address to configure.
func (s *Server) BaseURL() string { return s.URL + s.o.Prefix }

// SetNow moves the time that the server shows the world at.
func (s *Server) SetNow(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Requests returns the number of answered requests since the last Reset.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// Counts returns the number of requests by their kind: "projects/deployments".
func (s *Server) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[string]int, len(s.count))
	for k, n := range s.count {
		counts[k] = n
	}
	return counts
}

// Reset sets the counts to zero.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total, s.count = 0, map[string]int{}
}

// request is one request with the moment that it is answered for.
type request struct {
	*http.Request
	s    *Server
	w    http.ResponseWriter
	now  time.Time
	path []string // below /api/v4/, unescaped
}

type object = map[string]any

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.o.Latency > 0 {
		time.Sleep(s.o.Latency)
	}
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), s.o.Prefix+"/api/v4/")
	q := &request{Request: r, s: s, w: w}
	if !ok {
		q.sendError(http.StatusNotFound, "404 Not Found")
		return
	}
	for part := range strings.SplitSeq(path, "/") {
		q.path = append(q.path, unescapePath(part))
	}
	s.mu.Lock()
	q.now = s.now
	s.total++
	s.count[pathKind(q.path)]++
	left := s.o.Limit - s.total%s.o.Limit
	s.mu.Unlock()
	w.Header().Set("RateLimit-Limit", strconv.Itoa(s.o.Limit))
	w.Header().Set("RateLimit-Remaining", strconv.Itoa(left))
	w.Header().Set("RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Minute).Unix(), 10))
	w.Header().Set("X-Request-Id", fmt.Sprintf("fake-%d", s.Requests()))
	if s.o.Token != "" && !s.isAuthorised(r) {
		q.sendError(http.StatusUnauthorized, "401 Unauthorized")
		return
	}
	if r.Method != http.MethodGet {
		q.sendError(http.StatusMethodNotAllowed, "405 Not Allowed")
		return
	}
	q.routeRequest()
}

func (s *Server) isAuthorised(r *http.Request) bool {
	return r.Header.Get("PRIVATE-TOKEN") == s.o.Token || r.Header.Get("JOB-TOKEN") == s.o.Token ||
		r.Header.Get("Authorization") == "Bearer "+s.o.Token
}

// pathKind returns a path without names and numbers.
func pathKind(path []string) string {
	var words []string
	for i, p := range path {
		if i == 1 && (path[0] == "projects" || path[0] == "groups") || i > 1 && strings.Trim(p, "0123456789") == "" {
			continue
		}
		words = append(words, p)
	}
	return strings.Join(words, "/")
}

func (q *request) routeRequest() {
	switch {
	case strings.Join(q.path, "/") == "personal_access_tokens/self":
		q.sendJSON(object{
			"id": 1, "name": "ip3dp", "active": true, "revoked": false, "user_id": 7, "scopes": q.s.o.Scopes,
			"expires_at": "2030-01-01",
		})
	case q.path[0] == "groups" && len(q.path) > 1:
		q.routeGroup(q.path[1], strings.Join(q.path[2:], "/"))
	case q.path[0] == "projects" && len(q.path) > 1:
		q.routeProject(q.path[1], q.path[2:])
	default:
		q.sendError(http.StatusNotFound, "404 Not Found")
	}
}

// sendJSON answers with one value.
func (q *request) sendJSON(v any) {
	q.w.Header().Set("Content-Type", "application/json")
	// The test's connection is all that can fail.
	_ = json.NewEncoder(q.w).Encode(v)
}

func (q *request) sendError(status int, message string) {
	q.w.Header().Set("Content-Type", "application/json")
	q.w.WriteHeader(status)
	_ = json.NewEncoder(q.w).Encode(object{"message": message})
}

// formatTime returns a time as GitLab writes it.
func formatTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// orNever returns a time that has come by now, else zero.
func (q *request) orNever(t time.Time) time.Time {
	if t.After(q.now) {
		return time.Time{}
	}
	return t
}

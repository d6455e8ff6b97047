package githubtest

import (
	"cmp"
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// Token is the token that a Server accepts unless Options name another. Its middle part is
// unique, so that a test can search every output for it.
const Token = "ghp_canary7f3e1d5b9a2c4e6f8a0b1c3d5e7f9"

// Options configure a Server.
type Options struct {
	// Token that is accepted; "": Token.
	Token string
	// Scopes are the scopes of a classic token, in X-OAuth-Scopes; nil: the token is
	// fine-grained and the header absent.
	Scopes []string
	// Now is the first Now; zero: the World's To.
	Now time.Time
	// Clock is the time by which limits are reset; nil: the server's Now.
	Clock func() time.Time
	// Limit is the number of requests an hour, Points that of GraphQL points; 0: 5,000.
	Limit, Points int
	// Concurrent is how many requests are answered at once; one more is refused by
	// the secondary limit; 0: 100.
	Concurrent int
	// Latency is waited before every answer.
	Latency time.Duration
	// Heavy is the number of GraphQL nodes above which a query takes too long and
	// is answered 502, with its points deducted; 0: never.
	Heavy int
	// Enterprise makes it a GitHub Enterprise Server: only the layout under /api, and a version
	// in every answer.
	Enterprise bool
	// Blocked are repositories, by number, that answer 451.
	Blocked []int64
	// App, when set, lets a GitHub App log in.
	App *App
	// Wrap is put around everything: a fault.
	Wrap func(http.Handler) http.Handler
}

// App is a GitHub App with one installation, in the World's organisation.
type App struct {
	ID           int64
	Installation int64
	Key          *rsa.PublicKey
	// Token is the token of the installation; it is valid for an hour of Clock.
	Token string
}

// Server is a running fake. Its methods are safe for concurrent use.
type Server struct {
	*httptest.Server
	// API is the base URL to configure: URL and "/", or URL and "/api/v3/".
	API string

	world   *testkit.World
	options Options
	mux     *http.ServeMux
	graph   *graph

	under atomic.Int64 // requests under way

	mu      sync.Mutex
	now     time.Time
	expires time.Time // of the installation's token
	counts  map[string]int
	points  int
	limits  map[string]*limit
}

// Serve starts a fake that shows w. Close it when done.
func Serve(w *testkit.World, o Options) *Server {
	if o.Token == "" {
		o.Token = Token
	}
	if o.Now.IsZero() {
		o.Now = w.To
	}
	s := &Server{world: w, options: o, now: o.Now, counts: map[string]int{}}
	s.limits = map[string]*limit{
		"core":    {size: cmp.Or(o.Limit, 5000), span: time.Hour},
		"graphql": {size: cmp.Or(o.Points, 5000), span: time.Hour},
	}
	s.graph = newGraph()
	s.registerRoutes()
	var handler http.Handler = http.HandlerFunc(s.handleRequest)
	handler = s.refuseCrowds(delayAnswers(compressAnswers(handler), o.Latency))
	if o.Wrap != nil {
		handler = o.Wrap(handler)
	}
	s.Server = httptest.NewServer(handler)
	s.API = s.URL + "/"
	if o.Enterprise {
		s.API = s.URL + "/api/v3/"
	}
	return s
}

// SetNow sets the time at which the World is shown.
func (s *Server) SetNow(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Now returns the time at which the World is shown.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Requests counts the requests that were answered, by kind: "graphql", or the
// method and pattern of REST, such as "GET /repos/{owner}/{repo}/commits/{sha}".
func (s *Server) Requests() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make(map[string]int, len(s.counts))
	for kind, n := range s.counts {
		counts[kind] = n
	}
	return counts
}

// Total returns the number of requests that were answered.
func (s *Server) Total() int {
	total := 0
	for _, n := range s.Requests() {
		total += n
	}
	return total
}

// Points returns the cost of all GraphQL queries.
func (s *Server) Points() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.points
}

// ResetCounts forgets Requests and Points, to count a second run.
func (s *Server) ResetCounts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts, s.points = map[string]int{}, 0
}

func (s *Server) limitNow() time.Time {
	if s.options.Clock != nil {
		return s.options.Clock()
	}
	return s.Now()
}

// countRequest counts a request once its kind is clear.
func (s *Server) countRequest(kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[kind]++
}

// handleRequest finds the layout, checks the token and the limits and hands over.
func (s *Server) handleRequest(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.limitNow().UTC().Format(http.TimeFormat))
	w.Header().Set("X-GitHub-Request-Id", "C0DE:1234:5678")
	w.Header().Set("X-GitHub-Media-Type", "github.v3; format=json")
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v3")
	prefix := ""
	switch {
	case ok:
		prefix = "/api/v3"
	case r.URL.Path == "/api/graphql":
		path, prefix = "/graphql", "/api/v3"
	case s.options.Enterprise:
		s.countRequest("outside of /api")
		sendError(w, http.StatusNotFound, "Not Found")
		return
	}
	if ok && path == "/graphql" {
		s.countRequest("graphql at the wrong address")
		sendError(w, http.StatusNotFound, "Not Found")
		return
	}
	if s.options.Enterprise {
		w.Header().Set("X-GitHub-Enterprise-Version", enterpriseVersion)
	}
	if strings.HasPrefix(path, "/app") {
		s.serveApp(w, r, path)
		return
	}
	if !s.isAuthorised(r) {
		s.countRequest("unauthorised")
		sendError(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	if s.options.Scopes != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.options.Scopes, ", "))
	}
	r = s.attachView(r, prefix)
	r.URL.Path, r.URL.RawPath = path, ""
	if path == "/graphql" {
		s.serveGraph(w, r)
		return
	}
	s.serveREST(w, r)
}

const enterpriseVersion = "3.14.2"

// isAuthorised checks the token, which must be in the header and not in the address.
func (s *Server) isAuthorised(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token") {
		return false
	}
	if token == s.options.Token {
		return true
	}
	s.mu.Lock()
	expires := s.expires
	s.mu.Unlock()
	return s.options.App != nil && token == s.options.App.Token && s.limitNow().Before(expires)
}

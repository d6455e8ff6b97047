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

// Token is the token that a Server accepts unless Options name another. Its
// middle is unlike anything else, so that a test can look for it in every output.
const Token = "ghp_canary7f3e1d5b9a2c4e6f8a0b1c3d5e7f9"

// Options say how a Server differs from its defaults.
type Options struct {
	// Token that is accepted; "": Token.
	Token string
	// Scopes are what a classic token may do, told in X-OAuth-Scopes; nil: the
	// token is fine-grained and the header absent.
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
	// Enterprise says that it is GitHub Enterprise Server: only the layout under
	// /api, and a version in /meta and every answer.
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
	// Token is what the installation is given; it is valid for an hour of Clock.
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
	var handler http.Handler = http.HandlerFunc(s.serve)
	handler = s.crowded(delayed(compressed(handler), o.Latency))
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

// SetNow moves the time as of which the World is shown.
func (s *Server) SetNow(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now
}

// Now is the time as of which the World is shown.
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

// Total is the number of requests that were answered.
func (s *Server) Total() int {
	total := 0
	for _, n := range s.Requests() {
		total += n
	}
	return total
}

// Points is what all GraphQL queries cost.
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

func (s *Server) clock() time.Time {
	if s.options.Clock != nil {
		return s.options.Clock()
	}
	return s.Now()
}

// count is called once a request, when its kind is known.
func (s *Server) count(kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[kind]++
}

// serve finds the layout, checks the token and the limits and hands over.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat))
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
		s.count("outside of /api")
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	if ok && path == "/graphql" {
		s.count("graphql at the wrong address")
		fail(w, http.StatusNotFound, "Not Found")
		return
	}
	if s.options.Enterprise {
		w.Header().Set("X-GitHub-Enterprise-Version", enterpriseVersion)
	}
	if strings.HasPrefix(path, "/app") {
		s.serveApp(w, r, path)
		return
	}
	if !s.authorised(r) {
		s.count("unauthorised")
		fail(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	if s.options.Scopes != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.options.Scopes, ", "))
	}
	r = s.attach(r, prefix)
	r.URL.Path, r.URL.RawPath = path, ""
	if path == "/graphql" {
		s.serveGraph(w, r)
		return
	}
	s.serveREST(w, r)
}

const enterpriseVersion = "3.14.2"

// authorised checks the token, which must stand in the header and nowhere else.
func (s *Server) authorised(r *http.Request) bool {
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
	return s.options.App != nil && token == s.options.App.Token && s.clock().Before(expires)
}

package testkit

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// Fault is one way to break a forge. Inject makes middleware of it.
type Fault struct {
	Name string
	// GitHubOnly marks a fault that GitLab does not have.
	GitHubOnly bool
	// Heals means that a client must get over it when it happens once: the facts of a run equal
	// a clean run's. With other faults, and with all that stay, the facts equal a clean run's,
	// or the report has a gap, or the run ends with an error: nothing is ever missing in
	// silence.
	Heals bool
	// Harmless means that the client must get over it even when it stays.
	Harmless bool
	// Credentials means that the run must end with collect.ErrCredentials.
	Credentials bool
	// Waits means that it costs a client its deadline: give it a short one.
	Waits bool
	// fits reports whether it can happen to that answer; nil: to any.
	fits func(*exchange) bool
	// spoil gives the broken answer.
	spoil func(http.ResponseWriter, *exchange)
}

// exchange is a request with the answer that the server has for it.
type exchange struct {
	r    *http.Request
	body []byte // of the request
	res  *httptest.ResponseRecorder
	last []byte // body of the last answer to a request of this kind; nil: none
}

// isGraphQL reports whether it is a GraphQL query.
func (x *exchange) isGraphQL() bool { return strings.HasSuffix(x.r.URL.Path, "/graphql") }

// sendBody passes the answer on, with another body.
func (x *exchange) sendBody(w http.ResponseWriter, body []byte) {
	maps.Copy(w.Header(), x.res.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(x.res.Code)
	_, _ = w.Write(body) // the client may have gone
}

// When chooses requests, among those that a fault fits, counted from 1.
type When struct {
	// First is the first one; 0: 1. Times is how often in a row; 0: from First on
	// for ever.
	First, Times int
	// Every, when above 1, takes only every so many-th from First on.
	Every int
}

// Once chooses the n-th request only.
func Once(n int) When { return When{First: n, Times: 1} }

// Always chooses every request.
func Always() When { return When{} }

// isHit reports whether it chooses the n-th.
func (w When) isHit(n int) bool {
	n -= max(1, w.First)
	if n < 0 || w.Every > 1 && n%w.Every != 0 {
		return false
	}
	return w.Times == 0 || n/max(1, w.Every) < w.Times
}

// Injection is a fault at work in front of a server.
type Injection struct {
	// Match, if set, limits it to some requests. Set it before the first request.
	Match func(*http.Request) bool

	fault Fault
	when  When
	mu    sync.Mutex
	seen  int
	fired int
	last  map[string][]byte
}

// Inject prepares the fault. Wrap puts it in front of a server.
func (f Fault) Inject(when When) *Injection {
	return &Injection{fault: f, when: when, last: map[string][]byte{}}
}

// Fired returns how often it happened: a test of a fault that never did tests nothing.
func (i *Injection) Fired() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fired
}

// maxBody is the size of a request's body that is looked at.
const maxBody = 1 << 20

// Wrap puts the fault before a server.
func (i *Injection) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := readAll(r)
		if err != nil {
			http.Error(w, "the request's body ended early", http.StatusBadRequest)
			return
		}
		r.Header.Del("Accept-Encoding") // the answer is looked at
		x := &exchange{r: r.Clone(r.Context()), body: body, res: httptest.NewRecorder()}
		next.ServeHTTP(x.res, r)
		if r.Context().Err() != nil {
			return
		}
		if i.countAndDecide(x) {
			i.fault.spoil(w, x)
			return
		}
		x.sendBody(w, x.res.Body.Bytes())
	})
}

func readAll(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if r.Body != nil {
		if _, err := b.ReadFrom(http.MaxBytesReader(nil, r.Body, maxBody)); err != nil {
			return nil, err
		}
		r.Body = readCloser{bytes.NewReader(b.Bytes())}
	}
	return b.Bytes(), nil
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// countAndDecide counts the request, if the fault fits it, and reports whether the fault
// happens.
func (i *Injection) countAndDecide(x *exchange) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	kind := x.listKey()
	x.last = i.last[kind]
	i.last[kind] = x.res.Body.Bytes()
	if i.Match != nil && !i.Match(x.r) || i.fault.fits != nil && !i.fault.fits(x) {
		return false
	}
	i.seen++
	if !i.when.isHit(i.seen) {
		return false
	}
	i.fired++
	return true
}

// listKey returns the part of a request that all pages of one list have in common.
func (x *exchange) listKey() string {
	if x.isGraphQL() {
		return "graphql " + cursors.ReplaceAllString(string(x.body), "")
	}
	q := x.r.URL.Query()
	for _, name := range []string{"page", "id_after", "cursor"} {
		q.Del(name)
	}
	return x.r.URL.Path + "?" + q.Encode()
}

// Stranger is another host, which nobody should be led to.
type Stranger struct {
	*httptest.Server
	mu     sync.Mutex
	visits int
	tokens int
}

// NewStranger starts one. Close it when done.
func NewStranger() *Stranger {
	s := &Stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.visits++
		for _, name := range []string{"Authorization", "Private-Token", "Job-Token"} {
			if r.Header.Get(name) != "" {
				s.tokens++
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]")) // the client may have gone
	}))
	return s
}

// Visits counts requests, and those that brought a token.
func (s *Stranger) Visits() (requests, tokens int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.visits, s.tokens
}

package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// canary is a token that must never be seen again.
const canary = "ghs_canary16C7e42F292c6912E7710c838347Ae178B4a"

// start is when the clock of every test begins.
var start = time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)

// clock passes only by sleeping.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// total is how long was slept.
func (c *clock) total() time.Duration { return c.Now().Sub(start) }

// forge is a server that counts.
type forge struct {
	*httptest.Server
	clock *clock
	mu    sync.Mutex
	count int
	seen  []*http.Request
}

// handler answers the nth request, from 1.
type handler func(w http.ResponseWriter, r *http.Request, n int)

func newForge(t testing.TB, h handler) *forge {
	t.Helper()
	f := &forge{clock: &clock{now: start}}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.count++
		n := f.count
		f.seen = append(f.seen, r)
		f.mu.Unlock()
		h(w, r, n)
	}))
	f.Config.ErrorLog = nil
	t.Cleanup(f.Close)
	return f
}

func (f *forge) requests() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// transport speaks to the forge with the canary as its token.
func (f *forge) transport(t testing.TB, change func(*rest.Options)) *rest.Transport {
	t.Helper()
	base, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	o := rest.Options{
		Base:    base,
		Secrets: []string{canary},
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+canary)
			return nil
		},
		Now:    f.clock.Now,
		Sleep:  f.clock.Sleep,
		Jitter: func() float64 { return 0.5 },
	}
	if change != nil {
		change(&o)
	}
	tr, err := rest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// get reads a path and returns status and body.
func get(ctx context.Context, tr *rest.Transport, address string) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", err
	}
	return send(tr, r)
}

// ask posts a GraphQL query.
func ask(ctx context.Context, tr *rest.Transport, address string) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"query":"{viewer}"}`))
	if err != nil {
		return 0, "", err
	}
	return send(tr, r)
}

func send(tr *rest.Transport, r *http.Request) (int, string, error) {
	resp, err := tr.Client().Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// say answers with JSON.
func say(w http.ResponseWriter, code int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	io.WriteString(w, body)
}

// answer is say without a condition.
func answer(code int, body string, headers ...string) handler {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		say(w, code, body)
	}
}

func zipped(p []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(p)
	z.Close()
	return b.Bytes()
}

func unix(t time.Time) string { return itoa(t.Unix()) }

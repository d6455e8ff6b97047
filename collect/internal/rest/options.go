package rest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Options configures a Transport. Zero values are the defaults.
type Options struct {
	// Base is the forge's address. Requests go to its scheme, host and port only: a redirect or
	// a Link header to another would leak the token. The path does not matter.
	Base *url.URL
	// Authorize sets the credentials on a request; nil for none. It is called for every
	// attempt, on a copy of the caller's request, and possibly from several goroutines. After a
	// 401 it is called once more with a context for which Refused is true: a cached token must
	// then be replaced. When it sets the same headers again, the 401 is final. Its credentials
	// are removed from error texts like Secrets.
	Authorize func(ctx context.Context, r *http.Request) error
	// Next sends the requests; by default an http.Transport with limits on connections and
	// headers.
	Next http.RoundTripper
	// Secrets are removed from error texts. Everything that looks like a token of a forge is
	// removed in any case.
	Secrets []string
	// Retries is the number of retries of one request, default 5; -1 for none.
	Retries int
	// PerTry is the deadline of one attempt with its body; default 60 s.
	PerTry time.Duration
	// PerCall is the deadline of a request with all attempts and the pauses between
	// them, but without waiting for rate limits; default 5 min.
	PerCall time.Duration
	// MaxWait is the longest time that one request waits for rate limits. A request that would
	// wait longer ends with ErrBudget. Default 15 min.
	MaxWait time.Duration
	// MaxBody is the longest accepted body in bytes, decompressed; default 32 MiB.
	MaxBody int64
	// Keep is the share of the rate limit, 0 to 1, that is left to others. Once only this share
	// is left, requests end with ErrBudget. Requests already sent may use some of it, at most
	// Concurrency of them.
	Keep float64
	// MaxRequests is the number of requests that may be sent, with retries. Further requests
	// end with ErrBudget. 0: any number.
	MaxRequests int
	// Concurrency is the number of requests that may run at a time; default 8.
	Concurrency int

	// Now is the wall clock for rate limits, not the fixed time of a run. It is required,
	// because only the command has a clock.
	Now func() time.Time
	// Sleep waits or returns the context's error; the default really waits. Jitter returns a
	// number in [0, 1); the default is seeded with the time. Both are safe for concurrent use.
	Sleep  func(ctx context.Context, d time.Duration) error
	Jitter func() float64
}

func (o *Options) setDefaults() error {
	if o.Base == nil || o.Base.Host == "" || (o.Base.Scheme != "https" && o.Base.Scheme != "http") {
		return fmt.Errorf("the forge's address must be absolute and begin with https:// or http://")
	}
	if o.Keep < 0 || o.Keep >= 1 {
		return fmt.Errorf("the share of the rate limit to keep is %v, must be at least 0 and below 1", o.Keep)
	}
	if o.Now == nil {
		return fmt.Errorf("no clock: rate limits cannot be waited for without Now")
	}
	if o.Retries == 0 {
		o.Retries = 5
	}
	o.Retries = max(o.Retries, 0)
	o.PerTry = defaultUnlessPositive(o.PerTry, time.Minute)
	o.PerCall = defaultUnlessPositive(o.PerCall, 5*time.Minute)
	o.MaxWait = defaultUnlessPositive(o.MaxWait, 15*time.Minute)
	o.MaxBody = defaultUnlessPositive(o.MaxBody, 32<<20)
	o.Concurrency = defaultUnlessPositive(o.Concurrency, 8)
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = newJitter(uint64(o.Now().UnixNano()))
	}
	if o.Next == nil {
		o.Next = newNext(o.Concurrency)
	}
	return nil
}

// newJitter returns a random source, so that runs that begin at different times retry at
// different times.
func newJitter(seed uint64) func() float64 {
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(seed, 0))
	return func() float64 {
		mu.Lock()
		defer mu.Unlock()
		return r.Float64()
	}
}

func defaultUnlessPositive[T int | int64 | time.Duration](v, fallback T) T {
	if v <= 0 {
		return fallback
	}
	return v
}

// newNext returns a transport like http.DefaultTransport, which any code may change, with an
// idle connection for every concurrent request and a limit on headers.
func newNext(concurrency int) http.RoundTripper {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           concurrency,
		MaxIdleConnsPerHost:    concurrency,
		MaxConnsPerHost:        concurrency,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		DisableCompression:     true, // the Transport decompresses, within its limit
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

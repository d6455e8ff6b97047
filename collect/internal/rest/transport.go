// Package rest is the transport under the clients of both forges: it retries, waits for rate
// limits, keeps to a budget and to one host, checks that a body is complete and of the expected
// shape, and keeps secrets out of errors. Walk reads a paginated list and proves that it is
// complete.
package rest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Transport sends requests to one forge. It is safe for concurrent use.
type Transport struct {
	o       Options
	origin  string
	budget  *budget
	secrets scrubber
	slots   chan struct{}
}

// New returns a Transport. Its error names the wrong option.
func New(o Options) (*Transport, error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	t := &Transport{
		o:      o,
		origin: formatOrigin(o.Base),
		budget: newBudget(o.Keep, o.MaxRequests),
		slots:  make(chan struct{}, o.Concurrency),
	}
	t.secrets.addSecrets(o.Secrets...)
	return t, nil
}

// Client returns an http.Client that uses the Transport. It follows redirects on the same host
// and has no deadline of its own.
func (t *Transport) Client() *http.Client {
	return &http.Client{
		Transport: t,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= 10 {
				return fmt.Errorf("stopped after 10 redirects")
			}
			return t.SameHost(r.URL.String())
		},
	}
}

// Stats returns the counts so far.
func (t *Transport) Stats() Stats { return t.budget.snapshot() }

// Scrub returns a text without secrets, for texts from outside this package.
func (t *Transport) Scrub(text string) string { return t.secrets.scrub(text) }

// SameHost returns an error with the host if an address, absolute or relative to the forge's,
// is not on the forge's scheme, host and port.
func (t *Transport) SameHost(link string) error {
	u, err := t.o.Base.Parse(link)
	if err != nil {
		return fmt.Errorf("an address that cannot be read: %s: %w", t.secrets.scrubLine(link), ErrHost)
	}
	if got := formatOrigin(u); got != t.origin {
		return fmt.Errorf("%s instead of %s: %w; if it is the forge's own, set it as its address", t.secrets.scrubLine(got),
			t.origin, ErrHost)
	}
	return nil
}

// RoundTrip sends a request until it has a response for the caller to judge: a complete body
// that, with a 2xx status, has the required shape (WithShape); a redirect on the same host; or
// a status about the requested thing, such as 404, 409, 410, 422 or 451. Everything else is an
// *Error or the error of the context. The body is in memory. Headers of rate limits are
// removed; Stats has them.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	c := &call{t: t, r: r, ctx: r.Context(), kind: limitKind(r.URL.Path), start: t.o.Now()}
	if err := c.takeBody(); err != nil {
		return nil, c.newError(verdict{reason: err.Error()}, nil)
	}
	if err := t.SameHost(r.URL.String()); err != nil {
		return nil, c.newError(verdict{reason: err.Error(), cause: ErrHost}, nil)
	}
	return c.send()
}

// call is one request with all its attempts.
type call struct {
	t    *Transport
	r    *http.Request
	ctx  context.Context
	kind string
	body []byte // nil without a body

	start      time.Time
	waited     time.Duration // for rate limits
	queued     time.Duration // for a slot
	attempts   int
	limits     int           // rate limits met so far
	sentHeader http.Header   // of the last attempt
	renewed    *http.Request // for the next attempt, after a 401
}

// takeBody keeps the body for retries.
func (c *call) takeBody() error {
	if c.r.Body == nil || c.r.Body == http.NoBody {
		return nil
	}
	defer c.r.Body.Close()
	body, err := readAtMost(c.r.Body, c.r.ContentLength, c.t.o.MaxBody)
	if err != nil {
		return fmt.Errorf("body of the request: %w", err)
	}
	c.body = body
	return nil
}

// isRepeatable reports whether the request may be sent twice.
func (c *call) isRepeatable() bool {
	return c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || c.r.Method == "" || isQuery(c.ctx)
}

func (c *call) send() (*http.Response, error) {
	retries := contextRetries(c.ctx, c.t.o.Retries)
	if !c.isRepeatable() {
		retries = 0
	}
	wasRefused := false
	for {
		resp, v := c.sendOnce()
		if err := c.ctx.Err(); err != nil {
			return nil, c.newError(verdict{reason: err.Error(), cause: err}, nil)
		}
		switch v.outcome {
		case accepted:
			return resp, nil
		case failed:
			return nil, c.newError(v, resp)
		case unauthorized:
			// Tokens of a GitHub App expire in the middle of a run: try once with another.
			if wasRefused || !c.renewCredentials() {
				return nil, c.newError(v, resp)
			}
			wasRefused = true
			continue
		case limited:
			v = c.delayRequests(v)
		}
		// A body that is too large costs its size each time: one retry is enough.
		if c.attempts > retries || errors.Is(v.cause, ErrTooLarge) && c.attempts > 1 {
			return nil, c.newError(v, resp)
		}
		if v.outcome == limited {
			continue // the next attempt waits, as all requests do
		}
		wait := max(c.nextBackoff(), v.wait)
		if c.timeSpent()+wait > c.t.o.PerCall {
			v.reason += fmt.Sprintf("; no time left of %v", c.t.o.PerCall)
			return nil, c.newError(v, resp)
		}
		if err := c.t.o.Sleep(c.ctx, wait); err != nil {
			return nil, c.newError(verdict{reason: err.Error(), cause: err}, nil)
		}
	}
}

// timeSpent returns the time that the call took so far, without waiting for its turn.
func (c *call) timeSpent() time.Duration {
	return c.t.o.Now().Sub(c.start) - c.waited - c.queued
}

// delayRequests makes all requests under the same rate limit wait. The verdict becomes an
// ErrBudget in case no attempt is left: more requests would prolong the limit.
func (c *call) delayRequests(v verdict) verdict {
	wait := v.wait
	if !v.waitKnown {
		// The wait doubles with every limit met. It is spread, because all requests that met
		// the limit come back together.
		wait = v.floor<<min(c.limits, 10) + time.Duration(c.t.o.Jitter()*float64(v.floor))
	}
	c.limits++
	// Wait for the backoff even after "Retry-After: 0" or a reset in the past.
	until := c.t.o.Now().Add(max(wait, c.nextBackoff()))
	kind := ""
	if v.onlyKind {
		kind = c.kind
	}
	c.t.budget.delayRequests(kind, until)
	spent := &BudgetError{Until: until, Reason: v.reason}
	v.cause, v.reason = spent, spent.Error()
	return v
}

// nextBackoff returns an exponential wait with full jitter, at most half a minute.
func (c *call) nextBackoff() time.Duration {
	most := min(time.Second<<min(c.attempts-1, 10), 30*time.Second)
	return time.Duration(c.t.o.Jitter() * float64(most))
}

// admit waits for a slot and for the rate limit, and counts the request. Without an error it
// has taken the slot.
func (c *call) admit() error {
	for {
		before := c.t.o.Now()
		select {
		case c.t.slots <- struct{}{}:
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
		now := c.t.o.Now()
		c.queued += now.Sub(before)
		until, refused := c.t.budget.reserveRequest(c.kind, c.attempts > 0, now)
		if refused == nil && until.IsZero() {
			return nil
		}
		<-c.t.slots
		if refused != nil {
			return refused
		}
		wait := until.Sub(now)
		if c.waited+wait > c.t.o.MaxWait {
			return &BudgetError{Until: until, Reason: fmt.Sprintf("rate limit; requests wait for at most %v", c.t.o.MaxWait)}
		}
		if err := c.t.o.Sleep(c.ctx, wait); err != nil {
			return err
		}
		c.waited += wait
		c.t.budget.addWait(now, until)
	}
}

// sendOnce sends the request once. It returns the response with its body, or nil.
func (c *call) sendOnce() (*http.Response, verdict) {
	// Credentials may need a request of their own, so get them before taking a slot.
	r, err := c.nextRequest()
	if err != nil {
		return nil, verdict{outcome: failed, reason: "no credentials: " + err.Error(), cause: err}
	}
	if err := c.admit(); err != nil {
		return nil, verdict{outcome: failed, reason: err.Error(), cause: err}
	}
	defer func() { <-c.t.slots }()
	c.attempts++
	perTry := max(min(c.t.o.PerTry, c.t.o.PerCall-c.timeSpent()), time.Millisecond)
	ctx, cancel := context.WithTimeout(c.ctx, perTry)
	defer cancel()
	resp, err := c.t.o.Next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, judgeFault(ctx, err, perTry)
	}
	resp.Request = r
	body, err := readBody(resp, c.t.o.MaxBody)
	c.noteLimit(resp)
	if err != nil {
		return resp, judgeFault(ctx, err, perTry)
	}
	v := judgeResponse(resp, body, contextShape(c.ctx), c.t.o.Now())
	if v.outcome == accepted {
		v = c.checkLinks(resp, v)
	}
	c.finishResponse(resp, body)
	return resp, v
}

// nextRequest returns a copy of the caller's request with credentials.
func (c *call) nextRequest() (*http.Request, error) {
	if r := c.renewed; r != nil {
		c.renewed = nil
		return r, nil
	}
	return c.buildRequest(c.ctx)
}

func (c *call) buildRequest(ctx context.Context) (*http.Request, error) {
	r := c.r.Clone(ctx)
	r.Host = ""
	r.Header.Set("Accept-Encoding", "gzip")
	r.Body, r.GetBody = nil, nil
	if c.body != nil {
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.body)), nil }
		r.Body = io.NopCloser(bytes.NewReader(c.body))
		r.ContentLength = int64(len(c.body))
	}
	if c.t.o.Authorize != nil {
		if err := c.t.o.Authorize(ctx, r); err != nil {
			return nil, err
		}
	}
	c.addSecrets(r.Header)
	c.sentHeader = r.Header
	return r, nil
}

// addSecrets records the credentials of a request as secrets: all header values that the
// caller's request did not have.
func (c *call) addSecrets(h http.Header) {
	for name, values := range h {
		if name == "Accept-Encoding" || slices.Equal(values, c.r.Header[name]) && !isCredential(name) {
			continue
		}
		for _, v := range values {
			_, bare, _ := strings.Cut(v, " ") // after "Bearer"
			c.t.secrets.addSecrets(v, bare)
		}
	}
}

// isCredential reports whether a header has credentials that a client may set itself.
func isCredential(name string) bool {
	return name == "Authorization" || name == "Private-Token" || name == "Job-Token"
}

// renewCredentials asks for other credentials after a 401, and reports whether it got any.
func (c *call) renewCredentials() bool {
	if c.t.o.Authorize == nil || !c.isRepeatable() {
		return false
	}
	old := c.sentHeader
	r, err := c.buildRequest(context.WithValue(c.ctx, refusedKey, true))
	if err != nil || maps.EqualFunc(old, r.Header, slices.Equal[[]string]) {
		return false
	}
	c.renewed = r
	return true
}

func (c *call) noteLimit(resp *http.Response) {
	now := c.t.o.Now()
	if l, ok := parseLimit(resp.Header, now); ok {
		c.t.budget.recordLimit(c.kind, l, now)
	}
}

// checkLinks rejects responses with links to another host.
func (c *call) checkLinks(resp *http.Response, v verdict) verdict {
	for _, link := range nextLinks(resp.Header) {
		if err := c.t.SameHost(link); err != nil {
			return verdict{outcome: retryFault, reason: "the next page is on " + err.Error(), cause: ErrHost}
		}
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		if err := c.t.SameHost(resp.Header.Get("Location")); err != nil {
			return verdict{outcome: failed, reason: "redirect to " + err.Error(), cause: ErrHost}
		}
	}
	return v
}

// finishResponse gives the response its body and the caller's request, without credentials.
func (c *call) finishResponse(resp *http.Response, body []byte) {
	if resp.StatusCode >= 400 {
		// The client puts the body into its error. It may repeat credentials of the request.
		body = []byte(c.t.secrets.scrub(string(body[:min(len(body), 64<<10)])))
		resp.ContentLength = int64(len(body))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Request = c.r
	dropLimits(resp.Header)
}

// newError returns the error of the call.
func (c *call) newError(v verdict, resp *http.Response) error {
	e := &Error{
		Method: c.r.Method, URL: c.t.secrets.scrubURL(c.r.URL), Reason: c.t.secrets.scrubLine(v.reason),
		Attempts: c.attempts, cause: v.cause,
	}
	if resp != nil {
		e.Status = resp.StatusCode
		e.RequestID = c.t.secrets.scrubLine(cmp.Or(resp.Header.Get("X-Github-Request-Id"), resp.Header.Get("X-Request-Id")))
	}
	return e
}

// judgeFault decides what to do after an error of the connection or of the body.
func judgeFault(ctx context.Context, err error, perTry time.Duration) verdict {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrTooLarge):
		return verdict{outcome: retryFault, reason: ErrTooLarge.Error(), cause: ErrTooLarge}
	case errors.As(err, &certificate):
		return verdict{outcome: failed, reason: err.Error()}
	case ctx.Err() != nil:
		return verdict{outcome: retryFault, reason: fmt.Sprintf("no whole answer within %v", perTry)}
	default:
		return verdict{outcome: retryFault, reason: err.Error()}
	}
}

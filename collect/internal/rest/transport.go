// Package rest is the transport under the clients of both forges: it retries,
// waits for rate limits, keeps to a budget and to one host, checks that a body is
// whole and what was asked for, and keeps secrets out of errors. Walk reads a
// paginated list and proves that it is complete.
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

// New makes a Transport; an error names the option that is wrong.
func New(o Options) (*Transport, error) {
	if err := o.fill(); err != nil {
		return nil, err
	}
	t := &Transport{
		o:      o,
		origin: origin(o.Base),
		budget: newBudget(o.Keep, o.MaxRequests),
		slots:  make(chan struct{}, o.Concurrency),
	}
	t.secrets.learn(o.Secrets...)
	return t, nil
}

// Client is an http.Client over the Transport. It follows redirects on the same
// host and has no deadline of its own.
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

// Stats are the numbers so far.
func (t *Transport) Stats() Stats { return t.budget.snapshot() }

// Scrub returns a text without secrets, for what does not come from this package.
func (t *Transport) Scrub(text string) string { return t.secrets.scrub(text) }

// SameHost returns an error naming the host if an address, absolute or relative to
// the forge's, is not on the forge's scheme, host and port.
func (t *Transport) SameHost(link string) error {
	u, err := t.o.Base.Parse(link)
	if err != nil {
		return fmt.Errorf("an address that cannot be read: %s: %w", t.secrets.line(link), ErrHost)
	}
	if got := origin(u); got != t.origin {
		return fmt.Errorf("%s instead of %s: %w; if it is the forge's own, set it as its address", t.secrets.line(got),
			t.origin, ErrHost)
	}
	return nil
}

// RoundTrip sends a request until it has an answer that the caller can judge: a
// body that is whole and, with a 2xx status, of the shape asked for (WithShape), a
// redirect on the same host, or a status like 404, 409, 410, 422 or 451 that says
// something about what was asked for. Everything else is an *Error or the error of
// the context. The body is in memory; headers of rate limits are removed (Stats
// has them).
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	c := &call{t: t, r: r, ctx: r.Context(), kind: kindOf(r.URL.Path), start: t.o.Now()}
	if err := c.takeBody(); err != nil {
		return nil, c.fail(verdict{reason: err.Error()}, nil)
	}
	if err := t.SameHost(r.URL.String()); err != nil {
		return nil, c.fail(verdict{reason: err.Error(), cause: ErrHost}, nil)
	}
	return c.run()
}

// call is one request with all its attempts.
type call struct {
	t    *Transport
	r    *http.Request
	ctx  context.Context
	kind string
	body []byte // nil: none

	start    time.Time
	waited   time.Duration // for rate limits
	queued   time.Duration // for a slot
	attempts int
	limits   int           // rate limits met
	sent     http.Header   // of the last attempt
	renewed  *http.Request // the next attempt's, after a 401
}

// takeBody keeps the body for repetitions.
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

// repeatable reports whether asking twice does no more than asking once.
func (c *call) repeatable() bool {
	return c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || c.r.Method == "" || isQuery(c.ctx)
}

func (c *call) run() (*http.Response, error) {
	retries := retriesOf(c.ctx, c.t.o.Retries)
	if !c.repeatable() {
		retries = 0
	}
	wasRefused := false
	for {
		resp, v := c.try()
		if err := c.ctx.Err(); err != nil {
			return nil, c.fail(verdict{reason: err.Error(), cause: err}, nil)
		}
		switch v.outcome {
		case pass:
			return resp, nil
		case failed:
			return nil, c.fail(v, resp)
		case refused:
			// Tokens of a GitHub App expire midway: one chance to set another.
			if wasRefused || !c.renew() {
				return nil, c.fail(v, resp)
			}
			wasRefused = true
			continue
		case limited:
			v = c.hold(v)
		}
		// A body that is too large costs its size each time: once is enough to see
		// that it was no accident.
		if c.attempts > retries || errors.Is(v.cause, ErrTooLarge) && c.attempts > 1 {
			return nil, c.fail(v, resp)
		}
		if v.outcome == limited {
			continue // the next attempt waits, as all requests do
		}
		wait := max(c.backoff(), v.wait)
		if c.spent()+wait > c.t.o.PerCall {
			v.reason += fmt.Sprintf("; no time left of %v", c.t.o.PerCall)
			return nil, c.fail(v, resp)
		}
		if err := c.t.o.Sleep(c.ctx, wait); err != nil {
			return nil, c.fail(verdict{reason: err.Error(), cause: err}, nil)
		}
	}
}

// spent is the time that the call took so far, without waiting for its turn.
func (c *call) spent() time.Duration {
	return c.t.o.Now().Sub(c.start) - c.waited - c.queued
}

// hold makes all requests wait that a rate limit concerns. If it turns out to be
// the last answer it is an ErrBudget: asking on would prolong the limit.
func (c *call) hold(v verdict) verdict {
	wait := v.wait
	if !v.asked {
		// Doubling with every limit met, and spread, since all requests that met it
		// come back together.
		wait = v.floor<<min(c.limits, 10) + time.Duration(c.t.o.Jitter()*float64(v.floor))
	}
	c.limits++
	// "Retry-After: 0" and resets in the past are no reason to hurry.
	until := c.t.o.Now().Add(max(wait, c.backoff()))
	kind := ""
	if v.reset {
		kind = c.kind
	}
	c.t.budget.hold(kind, until)
	spent := &BudgetError{Until: until, Reason: v.reason}
	v.cause, v.reason = spent, spent.Error()
	return v
}

// backoff is exponential with full jitter, at most half a minute.
func (c *call) backoff() time.Duration {
	most := min(time.Second<<min(c.attempts-1, 10), 30*time.Second)
	return time.Duration(c.t.o.Jitter() * float64(most))
}

// admit waits for a slot and for the rate limit, and counts the request. With no
// error the slot is taken.
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
		until, refused := c.t.budget.take(c.kind, c.attempts > 0, now)
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
		c.t.budget.waited(now, until)
	}
}

// try sends the request once. The response has its body, or is nil.
func (c *call) try() (*http.Response, verdict) {
	// Credentials may need a request of their own: not with a slot taken.
	r, err := c.request()
	if err != nil {
		return nil, verdict{outcome: failed, reason: "no credentials: " + err.Error(), cause: err}
	}
	if err := c.admit(); err != nil {
		return nil, verdict{outcome: failed, reason: err.Error(), cause: err}
	}
	defer func() { <-c.t.slots }()
	c.attempts++
	perTry := max(min(c.t.o.PerTry, c.t.o.PerCall-c.spent()), time.Millisecond)
	ctx, cancel := context.WithTimeout(c.ctx, perTry)
	defer cancel()
	resp, err := c.t.o.Next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, fault(ctx, err, perTry)
	}
	resp.Request = r
	body, err := readBody(resp, c.t.o.MaxBody)
	c.noteLimit(resp)
	if err != nil {
		return resp, fault(ctx, err, perTry)
	}
	v := judge(resp, body, shapeOf(c.ctx), c.t.o.Now())
	if v.outcome == pass {
		v = c.checkLinks(resp, v)
	}
	c.finish(resp, body)
	return resp, v
}

// request is a copy of the caller's request with credentials.
func (c *call) request() (*http.Request, error) {
	if r := c.renewed; r != nil {
		c.renewed = nil
		return r, nil
	}
	return c.authorized(c.ctx)
}

func (c *call) authorized(ctx context.Context) (*http.Request, error) {
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
	c.learn(r.Header)
	c.sent = r.Header
	return r, nil
}

// learn makes the credentials that were set secrets: all header values that the
// caller's request did not have.
func (c *call) learn(h http.Header) {
	for name, values := range h {
		if name == "Accept-Encoding" || slices.Equal(values, c.r.Header[name]) && !isCredential(name) {
			continue
		}
		for _, v := range values {
			_, bare, _ := strings.Cut(v, " ") // after "Bearer"
			c.t.secrets.learn(v, bare)
		}
	}
}

// isCredential names the headers that a client may have set itself.
func isCredential(name string) bool {
	return name == "Authorization" || name == "Private-Token" || name == "Job-Token"
}

// renew asks for other credentials after a 401, and reports whether there are any.
func (c *call) renew() bool {
	if c.t.o.Authorize == nil || !c.repeatable() {
		return false
	}
	old := c.sent
	r, err := c.authorized(context.WithValue(c.ctx, refusedKey, true))
	if err != nil || maps.EqualFunc(old, r.Header, slices.Equal[[]string]) {
		return false
	}
	c.renewed = r
	return true
}

func (c *call) noteLimit(resp *http.Response) {
	now := c.t.o.Now()
	if l, ok := limitOf(resp.Header, now); ok {
		c.t.budget.note(c.kind, l, now)
	}
}

// checkLinks refuses responses that lead to another host.
func (c *call) checkLinks(resp *http.Response, v verdict) verdict {
	for _, link := range nextLinks(resp.Header) {
		if err := c.t.SameHost(link); err != nil {
			return verdict{outcome: again, reason: "the next page lies on " + err.Error(), cause: ErrHost}
		}
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		if err := c.t.SameHost(resp.Header.Get("Location")); err != nil {
			return verdict{outcome: failed, reason: "redirect to " + err.Error(), cause: ErrHost}
		}
	}
	return v
}

// finish makes the response the caller's: with the body, without the credentials.
func (c *call) finish(resp *http.Response, body []byte) {
	if resp.StatusCode >= 400 {
		// It becomes the text of an error of the client, and may repeat what was sent.
		body = []byte(c.t.secrets.scrub(string(body[:min(len(body), 64<<10)])))
		resp.ContentLength = int64(len(body))
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Request = c.r
	dropLimits(resp.Header)
}

// fail makes the error of the call.
func (c *call) fail(v verdict, resp *http.Response) error {
	e := &Error{
		Method: c.r.Method, URL: c.t.secrets.address(c.r.URL), Reason: c.t.secrets.line(v.reason),
		Attempts: c.attempts, cause: v.cause,
	}
	if resp != nil {
		e.Status = resp.StatusCode
		e.RequestID = c.t.secrets.line(cmp.Or(resp.Header.Get("X-Github-Request-Id"), resp.Header.Get("X-Request-Id")))
	}
	return e
}

// fault judges an error of the connection or of the body.
func fault(ctx context.Context, err error, perTry time.Duration) verdict {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrTooLarge):
		return verdict{outcome: again, reason: ErrTooLarge.Error(), cause: ErrTooLarge}
	case errors.As(err, &certificate):
		return verdict{outcome: failed, reason: err.Error()}
	case ctx.Err() != nil:
		return verdict{outcome: again, reason: fmt.Sprintf("no whole answer within %v", perTry)}
	default:
		return verdict{outcome: again, reason: err.Error()}
	}
}

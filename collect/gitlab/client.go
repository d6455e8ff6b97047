package gitlab

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	gl "github.com/xanzy/go-gitlab"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// perPage is the largest page that GitLab serves.
const perPage = 100

// client asks one GitLab. go-gitlab makes the requests and reads the errors; the
// Transport below it waits, retries, counts and keeps the token, because go-gitlab
// ignores Retry-After and would slow down by a limiter of its own.
type client struct {
	//lint:ignore SA1019 its successor is not among the modules here; only this file uses it
	api       *gl.Client
	transport *rest.Transport
	pages     atomic.Int64
	items     atomic.Int64
}

// unlimited replaces go-gitlab's limiter: the Transport has the budget.
type unlimited struct{}

func (unlimited) Wait(context.Context) error { return nil }

func newClient(o *Options) (*client, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil {
		return nil, errors.New("base_url is not an address like https://gitlab.example.com")
	}
	kind := kindOf(o.Token)
	transport, err := rest.New(rest.Options{
		Base: base, Secrets: []string{o.Token}, Keep: o.Keep, MaxRequests: o.MaxRequests,
		Next: o.HTTP, Now: o.Now, Sleep: o.Sleep, PerTry: o.PerTry,
		Authorize: func(_ context.Context, r *http.Request) error {
			// go-gitlab sets an empty one of its own.
			r.Header.Del("PRIVATE-TOKEN")
			r.Header.Set(kind.authHeader(o.Token))
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 as above
	api, err := gl.NewClient("", gl.WithBaseURL(o.BaseURL), gl.WithHTTPClient(transport.Client()),
		gl.WithoutRetries(), gl.WithCustomRetryMax(0), gl.WithCustomLimiter(unlimited{}))
	if err != nil {
		return nil, errors.New(transport.Scrub(err.Error()))
	}
	return &client{api: api, transport: transport}, nil
}

// getJSON asks for a path below /api/v4/ and returns the body and its headers.
func (c *client) getJSON(ctx context.Context, path string, q url.Values, shape rest.Shape) ([]byte, http.Header,
	error,
) {
	r, err := c.api.NewRequest(http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	r.URL.RawQuery = q.Encode()
	var body bytes.Buffer
	resp, err := c.api.Do(r.WithContext(rest.WithShape(ctx, shape)), &body)
	if err != nil {
		return nil, nil, c.explainError(path, err)
	}
	return body.Bytes(), resp.Header, nil
}

// escapePath escapes the path of a group or a project as one element of an address.
func escapePath(path string) string { return gl.PathEscape(path) }

// statusError is an answer whose status describes the thing that was asked for: 400, 404 and
// the like.
type statusError struct {
	path   string
	status int
	reason string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.path, e.status, http.StatusText(e.status))
	if e.reason != "" {
		text += ": " + e.reason
	}
	return text
}

// explainError makes errors of go-gitlab and of http.Client, which repeat the address
// with all its parameters, short and ours.
func (c *client) explainError(path string, err error) error {
	var ours *rest.Error
	if errors.As(err, &ours) {
		if errors.Is(ours, rest.ErrCredentials) {
			return fmt.Errorf("%w: %w", collect.ErrCredentials, ours)
		}
		return ours
	}
	if errors.Is(err, gl.ErrNotFound) {
		return &statusError{path: path, status: http.StatusNotFound}
	}
	var theirs *gl.ErrorResponse
	if errors.As(err, &theirs) {
		reason := strings.Join(strings.Fields(c.transport.Scrub(theirs.Message)), " ")
		return &statusError{path: path, status: theirs.Response.StatusCode, reason: reason[:min(len(reason), 200)]}
	}
	return fmt.Errorf("%s: %s", path, c.transport.Scrub(err.Error()))
}

// statusOf returns the HTTP status in an error, or 0.
func statusOf(err error) int {
	var theirs *statusError
	if errors.As(err, &theirs) {
		return theirs.status
	}
	var ours *rest.Error
	if errors.As(err, &ours) {
		return ours.Status
	}
	return 0
}

// isFatal reports whether an error ends the whole run, because all further requests would fail.
func isFatal(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, collect.ErrCredentials) || errors.Is(err, rest.ErrBudget)
}

// getOne asks for a single object.
func getOne[T any](ctx context.Context, c *client, path string, q url.Values) (T, error) {
	var v T
	body, _, err := c.getJSON(ctx, path, q, rest.Object)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return v, fmt.Errorf("%s: the answer is not what GitLab documents: %w", path, err)
	}
	return v, nil
}

// listing is a list to be read whole.
type listing[T any] struct {
	name, path string
	query      url.Values
	key        func(*T) string
	order      func(a, b *T) int // nil: none is promised
	stop       func(*T) bool     // nil: all are wanted
	confirm    bool              // an empty list would be news
}

// fetchAll reads a list to its end, proved by the invariants of rest.Walk.
func fetchAll[T any](ctx context.Context, c *client, l listing[T]) ([]*T, error) {
	list := rest.List[*T]{
		Name: l.name, Key: l.key, Order: l.order, Stop: l.stop, PerPage: perPage, Confirm: l.confirm,
		Fetch: func(ctx context.Context, next string) (rest.Page[*T], error) { return fetchPage(ctx, c, l, next) },
	}
	return rest.Walk(ctx, list)
}

// fetchPage reads a page. Next is the query of the next page: its number alone would
// not do for keyset pages.
func fetchPage[T any](ctx context.Context, c *client, l listing[T], next string) (rest.Page[*T], error) {
	q := url.Values{}
	for name, values := range l.query {
		q[name] = values
	}
	if q.Set("per_page", strconv.Itoa(perPage)); next != "" {
		var err error
		if q, err = url.ParseQuery(next); err != nil {
			return rest.Page[*T]{}, fmt.Errorf("%s: the address of the next page cannot be read", l.name)
		}
	}
	body, header, err := c.getJSON(ctx, l.path, q, rest.Array)
	if err != nil {
		return rest.Page[*T]{}, err
	}
	var p rest.Page[*T]
	if err := json.Unmarshal(body, &p.Items); err != nil {
		return p, fmt.Errorf("%s: the answer is not what GitLab documents: %w", l.name, err)
	}
	for i, item := range p.Items {
		if item == nil {
			return p, fmt.Errorf("%s: item %d of a page is null", l.name, i+1)
		}
	}
	c.pages.Add(1)
	c.items.Add(int64(len(p.Items)))
	p.Total, p.LastPage, p.PerPage = headerNumber(header, "X-Total"), headerNumber(header,
		"X-Total-Pages"), headerNumber(header,
		"X-Per-Page")
	p.Next, p.After = nextPage(header, q), pageAfter(q)
	return p, nil
}

// pageAfter returns the query of the page after one that was asked for by number, whether or
// not that page exists; "" if pages have no numbers.
func pageAfter(q url.Values) string {
	if q.Get("pagination") == "keyset" {
		return ""
	}
	page, err := strconv.Atoi(cmp.Or(q.Get("page"), "1"))
	if err != nil {
		return ""
	}
	next := maps.Clone(q)
	next.Set("page", strconv.Itoa(page+1))
	return next.Encode()
}

func headerNumber(h http.Header, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get(name)))
	if err != nil {
		return 0
	}
	return n
}

// nextPage returns the query of the next page, "" after the last: from X-Next-Page, else from
// the Link header, the only one that keyset pages have. Only the parameters of the link are
// used; the Transport has checked its host.
func nextPage(h http.Header, q url.Values) string {
	if n := headerNumber(h, "X-Next-Page"); n > 0 {
		next := url.Values{}
		for name, values := range q {
			next[name] = values
		}
		next.Set("page", strconv.Itoa(n))
		return next.Encode()
	}
	for link := range strings.SplitSeq(h.Get("Link"), ",") {
		target, parameters, ok := strings.Cut(link, ";")
		if !ok || !strings.Contains(parameters, `rel="next"`) {
			continue
		}
		if u, err := url.Parse(strings.Trim(target, "<> ")); err == nil {
			return u.Query().Encode()
		}
	}
	return ""
}

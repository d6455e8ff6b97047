package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	gh "github.com/google/go-github/v60/github"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// client asks one GitHub. Retries, limits, budget and the care for secrets are the
// transport's, beneath go-github's client.
type client struct {
	transport *rest.Transport
	base      *url.URL // where the REST API begins
	call      caller
	graphql   string // address of the GraphQL API
	answered  bool   // the GraphQL API has, at that address
	token     *credentials

	pages, items int
}

// caller sends one request and decodes the answer into out.
type caller func(ctx context.Context, method, address string, body, out any) (*gh.Response, error)

// newCaller returns go-github's client as a function. A field with the client itself would keep
// the code of all its services in the program, 1.5 MB that nothing calls, since the linker
// cannot rule out that they are reached by reflection.
func newCaller(h *http.Client) caller {
	api := gh.NewClient(h)
	api.UserAgent = "ip3dp"
	return func(ctx context.Context, method, address string, body, out any) (*gh.Response, error) {
		req, err := api.NewRequest(method, address, body)
		if err != nil {
			return nil, err
		}
		return api.Do(ctx, req, out)
	}
}

// publicAPI is where github.com's API is.
const publicAPI = "https://api.github.com/"

// newClient makes a client. Where the API of another server begins is settled by
// its first requests, in locate.
func newClient(o *Options) (*client, error) {
	address := o.BaseURL
	if address == "" {
		address = publicAPI
	}
	base, err := url.Parse(strings.TrimSuffix(address, "/") + "/")
	if err != nil {
		return nil, errors.New("base_url is not an address")
	}
	c := &client{}
	c.token = newCredentials(o, c)
	c.transport, err = rest.New(rest.Options{
		Base: base, Authorize: c.token.authorize, Next: o.HTTP, Secrets: []string{o.Token},
		Keep: o.Keep, MaxRequests: o.MaxRequests, Now: o.Now, Sleep: o.Sleep, PerTry: o.Timeout,
	})
	if err != nil {
		return nil, err
	}
	c.call = newCaller(c.transport.Client())
	c.setBase(base)
	return c, nil
}

// setBase sets the address of the REST API and, next to it, that of the GraphQL API.
func (c *client) setBase(base *url.URL) {
	c.base = base
	root, enterprise := strings.CutSuffix(base.String(), "/api/v3/")
	if enterprise {
		c.graphql = root + "/api/graphql"
		return
	}
	c.graphql = strings.TrimSuffix(root, "/") + "/graphql"
}

// getObject asks the REST API for one object.
func (c *client) getObject(ctx context.Context, path string, out any) (*gh.Response, error) {
	return c.getJSON(rest.WithShape(ctx, rest.Object), path, out)
}

func (c *client) getJSON(ctx context.Context, path string, out any) (*gh.Response, error) {
	address, err := c.base.Parse(path)
	if err != nil {
		return nil, err
	}
	resp, err := c.call(ctx, http.MethodGet, address.String(), nil, out)
	return resp, c.explainError(err)
}

// explainError makes errors of the transport and of go-github ours: a refused token is
// ErrCredentials, and a status keeps the forge's message without its address.
func (c *client) explainError(err error) error {
	var failed *rest.Error
	var answer *gh.ErrorResponse
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rest.ErrCredentials):
		return fmt.Errorf("%w: GitHub refused %s: %w", collect.ErrCredentials, c.token.describeToken(), err)
	case errors.As(err, &failed):
		return failed
	case errors.As(err, &answer) && answer.Response != nil:
		return &statusError{
			status: answer.Response.StatusCode, request: c.transport.Scrub(formatRequest(answer.Response.Request)),
			message: c.transport.Scrub(answer.Message),
		}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return errors.New(c.transport.Scrub(err.Error())) // of http.Client, with an address that the forge chose
}

// formatRequest returns the method and the path of a request: "GET /repos/acme/shop".
func formatRequest(r *http.Request) string {
	if r == nil || r.URL == nil {
		return "request"
	}
	return r.Method + " " + r.URL.Path
}

// statusError is an answer whose status describes the thing that was asked for: 404, 409, 410,
// 422, 451.
type statusError struct {
	status           int
	request, message string
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s: %d %s", e.request, e.status, e.message)
}

// statusOf returns the HTTP status in an error, or 0.
func statusOf(err error) int {
	var answer *statusError
	var failed *rest.Error
	switch {
	case errors.As(err, &answer):
		return answer.status
	case errors.As(err, &failed):
		return failed.Status
	}
	return 0
}

// isFatal reports whether an error ends the run: credentials, budget, no GraphQL API, the end
// of the context. Any other error concerns a single request.
func isFatal(ctx context.Context, err error) bool {
	var without *noGraphQLError
	return ctx.Err() != nil || errors.Is(err, collect.ErrCredentials) || errors.Is(err, rest.ErrBudget) ||
		errors.As(err, &without)
}

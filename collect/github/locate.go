package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// locate finds the address of the REST API and returns a header with the scopes of the token.
// It asks for the rate limit, which is free: below /api/v3/, as on GitHub Enterprise Server,
// then below the address itself. If the server has no rate limit, it asks for the first
// organisation or repository of the configuration.
func (c *client) locate(ctx context.Context, o *Options) (http.Header, error) {
	base := c.base
	places := []*url.URL{base}
	if !strings.EqualFold(base.Host, "api.github.com") && !strings.HasSuffix(base.Path, "/api/v3/") {
		places = []*url.URL{base.JoinPath("api/v3/"), base}
	}
	paths := []string{"rate_limit"}
	if len(o.Organisations) > 0 {
		paths = append(paths, "orgs/"+url.PathEscape(o.Organisations[0]))
	} else {
		paths = append(paths, "repos/"+o.Repositories[0])
	}
	for _, path := range paths {
		for i, place := range places {
			c.setBase(place)
			header, err := c.probePath(ctx, path)
			// An App's token is asked for first: that is not there for either reason.
			refused := errors.Is(err, collect.ErrCredentials) && i == len(places)-1
			if statusOf(err) != http.StatusNotFound || refused {
				return header, err
			}
		}
	}
	return nil, nil // they may be hidden: each is reported by its name later
}

func (c *client) probePath(ctx context.Context, path string) (http.Header, error) {
	resp, err := c.getObject(ctx, path, nil)
	// Enterprise servers may have no limits, and answer 404 with this message.
	if statusOf(err) == http.StatusNotFound && strings.Contains(err.Error(), "ate limiting is not enabled") {
		err = nil
	}
	if resp == nil {
		return nil, err
	}
	return resp.Header, err
}

// otherGraphQL returns the other possible address of the GraphQL API, "" once the API has
// answered. Servers that imitate GitHub may have either path.
func (c *client) otherGraphQL() string {
	if c.answered || c.base.Host == "api.github.com" {
		return ""
	}
	if root, ok := strings.CutSuffix(c.graphql, "/api/graphql"); ok {
		return root + "/graphql"
	}
	return strings.TrimSuffix(c.graphql, "/graphql") + "/api/graphql"
}

// postQuery sends a query to the GraphQL API, and if that is not there, to where else it
// may be. An answer that refuses the first query is a noGraphQLError.
func (c *client) postQuery(ctx context.Context, query map[string]string, out any) error {
	_, err := c.call(ctx, http.MethodPost, c.graphql, query, out)
	err = c.explainError(err)
	if other := c.otherGraphQL(); other != "" && statusOf(err) == http.StatusNotFound {
		if _, there := c.call(ctx, http.MethodPost, other, query, out); there == nil {
			c.graphql, err = other, nil
		}
	}
	c.answered = c.answered || err == nil
	if code := statusOf(err); code >= 400 && code < 500 || code == http.StatusNotImplemented {
		return c.checkGraphQL(err)
	}
	return err
}

// noGraphQLError ends a run: the GraphQL API never answered it. GitHub's lists cannot be
// read without that API.
type noGraphQLError struct {
	address, next string
	cause         error
}

// Error returns the address, the reason and the next step.
func (e *noGraphQLError) Error() string { return e.formatReason() + ": " + e.next }

func (e *noGraphQLError) formatReason() string {
	return fmt.Sprintf("the GraphQL API at %s cannot be used: %v", e.address, e.cause)
}

// Unwrap returns the error of the request.
func (e *noGraphQLError) Unwrap() error { return e.cause }

// checkGraphQL returns the error of a query, as a noGraphQLError if the API has not
// answered any query of the run.
func (c *client) checkGraphQL(err error) error {
	var found *noGraphQLError
	if err == nil || c.answered || errors.As(err, &found) || errors.Is(err, collect.ErrCredentials) ||
		errors.Is(err, rest.ErrBudget) || errors.Is(err, context.Canceled) {
		return err
	}
	next := "allow requests to this address, or run again if it was a fault: GitHub's lists are read by GraphQL only"
	switch statusOf(err) {
	case http.StatusForbidden:
		next = "give " + c.token.describeToken() + " read access to the GraphQL API, and authorise it for single " +
			"sign-on if the " +
			"organisation has that: GitHub's lists are read by GraphQL only"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		next = "check base_url, and that a proxy in between passes GraphQL on: GitHub's lists are read by GraphQL only"
	}
	return &noGraphQLError{address: c.transport.Scrub(c.graphql), next: next, cause: err}
}

package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// answer is the answer to a GraphQL query: the data of each field by its alias, and the errors,
// which may concern one field each.
type answer struct {
	data   map[string]json.RawMessage
	errors []queryError
}

// queryError is one of the errors of an answer.
type queryError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Path    []any  `json:"path"`
}

func (e *queryError) Error() string {
	if e.Type == "" {
		return e.Message
	}
	return e.Type + ": " + e.Message
}

// pathStep returns the i-th step of the path that the error concerns, "" if there is none.
func (e *queryError) pathStep(i int) string {
	if i >= len(e.Path) {
		return ""
	}
	s, _ := e.Path[i].(string)
	return s
}

// isMissing reports whether the thing that was asked for does not exist or is hidden from the
// token.
func (e *queryError) isMissing() bool { return e.Type == "NOT_FOUND" }

// isForbidden reports whether the token may not read it.
func (e *queryError) isForbidden() bool {
	return e.Type == "FORBIDDEN" || e.Type == "INSUFFICIENT_SCOPES"
}

// isExceeded reports whether the query asked for too much at once, by GitHub's message or by
// how it fails after ten seconds.
func (e *queryError) isExceeded() bool {
	if strings.HasPrefix(e.Type, "MAX_NODE_LIMIT") || e.Type == "RESOURCE_LIMITS_EXCEEDED" || e.Type == "timedout" {
		return true
	}
	m := strings.ToLower(e.Message)
	return strings.Contains(m, "something went wrong") || strings.Contains(m, "timeout") ||
		strings.Contains(m, "timed out") || strings.Contains(m, "resource limits")
}

// errorsOf returns the errors that concern an alias, or the whole query.
func (a *answer) errorsOf(alias string) []*queryError {
	var found []*queryError
	for i := range a.errors {
		if at := a.errors[i].pathStep(0); at == alias || at == "" {
			found = append(found, &a.errors[i])
		}
	}
	return found
}

// errTooMuch means that a query asked for more data than GitHub returns at once.
var errTooMuch = errors.New("the query asked for too much at once")

// sendQuery sends a GraphQL query. The error is errTooMuch if a smaller query may help: such a
// query is retried less often, because trying a smaller one is faster. The smallest query is
// retried as often as any request.
func (c *client) sendQuery(ctx context.Context, text string, smallest bool) (*answer, error) {
	ctx = rest.WithShape(rest.WithQuery(ctx), rest.Object)
	few := ctx
	if !smallest {
		few = rest.WithRetries(ctx, 2)
	}
	a, err := c.decodeAnswer(few, text)
	if errors.Is(err, rest.ErrBudget) && !smallest {
		a, err = c.decodeAnswer(ctx, text) // the few retries may have gone into waits for a limit
	}
	code := statusOf(err)
	if code == http.StatusBadGateway || code == http.StatusGatewayTimeout || code == http.StatusServiceUnavailable ||
		timedOut(err) {
		return nil, fmt.Errorf("%w: %w", errTooMuch, err)
	}
	if err != nil {
		return nil, err
	}
	if len(a.data) == 0 {
		if len(a.errors) == 0 {
			return nil, errors.New("GraphQL: an answer with neither data nor errors")
		}
		e := &a.errors[0]
		switch {
		case e.isExceeded():
			return nil, fmt.Errorf("%w: %w", errTooMuch, e)
		case e.isForbidden():
			return nil, fmt.Errorf("%w: %s may not read what is asked for: %w", collect.ErrCredentials,
				c.token.describeToken(), e)
		}
		if e.pathStep(0) == "" {
			return nil, fmt.Errorf("GraphQL: %w", e)
		}
	}
	return a, nil
}

// timedOut reports whether the transport gave up because no answer came in time or it was too
// large.
func timedOut(err error) bool {
	var failed *rest.Error
	return errors.As(err, &failed) && failed.Status == 0 && !errors.Is(err, rest.ErrBudget) ||
		errors.Is(err, rest.ErrTooLarge)
}

func (c *client) decodeAnswer(ctx context.Context, text string) (*answer, error) {
	var body struct {
		Data   map[string]json.RawMessage `json:"data"`
		Errors []queryError               `json:"errors"`
	}
	if err := c.postQuery(ctx, map[string]string{"query": text}, &body); err != nil {
		return nil, err
	}
	for i := range body.Errors {
		body.Errors[i].Message = c.transport.Scrub(oneLine(body.Errors[i].Message))
	}
	return &answer{data: body.Data, errors: body.Errors}, nil
}

// oneLine makes a foreign text fit for a log: one line, no control characters, at most 200
// characters.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

// quoteText quotes a string for GraphQL, by JSON's rules.
func quoteText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""` // cannot be: every string can be marshalled
	}
	return string(b)
}

func quoteAll(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quoteText(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

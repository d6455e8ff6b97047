package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// restList is a list of the REST API.
type restList[T any] struct {
	name  string // for errors: "deployments of acme/checkout"
	path  string
	query url.Values
	// wrapped is the field that holds the list when it comes in an object, which
	// then counts it too; "" when the list comes as it is.
	wrapped string
	key     func(T) string
	order   func(a, b T) int
	stop    func(T) bool
	size    int // of a page; 0: 100
	// within says that the list is one of those of which GitHub shows only so many
	// items; 0: all.
	within  int
	confirm bool
}

// fetch reads a list to its end or to where it may stop, proving that it is whole.
func fetch[T any](ctx context.Context, c *client, l restList[T]) ([]T, error) {
	size := l.size
	if size == 0 {
		size = fullPage
	}
	return rest.Walk(ctx, rest.List[T]{
		Name: l.name, Key: l.key, Order: l.order, Stop: l.stop, PerPage: size, Confirm: l.confirm,
		Fetch: func(ctx context.Context, next string) (rest.Page[T], error) {
			q := url.Values{}
			for k, v := range l.query {
				q[k] = v
			}
			q.Set("per_page", strconv.Itoa(size))
			if next != "" {
				q.Set("page", next)
			}
			return fetchPage(ctx, c, l, l.path+"?"+q.Encode())
		},
	})
}

func fetchPage[T any](ctx context.Context, c *client, l restList[T], path string) (rest.Page[T], error) {
	var p rest.Page[T]
	shape := rest.Array
	var raw json.RawMessage
	if l.wrapped != "" {
		shape = rest.Object
	}
	resp, err := c.ask(rest.WithShape(ctx, shape), path, &raw)
	if err != nil {
		return p, err
	}
	if l.wrapped == "" {
		err = json.Unmarshal(raw, &p.Items)
	} else {
		var fields map[string]json.RawMessage
		if err = json.Unmarshal(raw, &fields); err == nil {
			err = json.Unmarshal(orNull(fields[l.wrapped]), &p.Items)
		}
		if err == nil && p.Items == nil {
			err = fmt.Errorf("null instead of %s", l.wrapped)
		}
		if err == nil && json.Unmarshal(orNull(fields["total_count"]), &p.Total) == nil && l.within > 0 {
			p.Total = min(p.Total, l.within)
		}
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", l.name, err)
	}
	c.pages++
	if resp.NextPage > 0 {
		p.Next = strconv.Itoa(resp.NextPage)
	}
	p.LastPage = resp.LastPage
	return p, nil
}

// emptyOr makes the answers that mean "there are none" an empty list: 409 of a
// repository without commits, 410 and 404 of a feature that is switched off.
func emptyOr[T any](items []T, err error, none ...int) ([]T, error) {
	for _, code := range none {
		if status(err) == code {
			return nil, nil
		}
	}
	return items, err
}

var noneWhenEmpty = []int{http.StatusConflict}

package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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
	// enough is given each page and says whether more are needed, where the list has
	// no order; nil: they are. Whether such a list is whole, its caller sees.
	enough func(page []T) bool
	size   int // of a page; 0: 100
	// incomplete is set where a search says that it is.
	incomplete *bool
	// refuse says by the number of items whether the list is worth reading.
	refuse  func(total int) error
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
			p, err := fetchPage(ctx, c, l, l.path+"?"+q.Encode())
			page, _ := strconv.Atoi(cmp.Or(next, "1")) // our own
			p.After = strconv.Itoa(page + 1)
			if err == nil && l.enough != nil && l.enough(p.Items) {
				// The list ends here because no more is wanted.
				n, _ := strconv.Atoi(next)
				p.Next, p.Total = "", max(n-1, 0)*size+len(p.Items)
			}
			return p, err
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
		if err == nil {
			err = json.Unmarshal(orNull(fields["total_count"]), &p.Total)
		}
		if cut := fields["incomplete_results"]; err == nil && l.incomplete != nil && string(cut) == "true" {
			*l.incomplete = true
		}
		if err == nil && l.refuse != nil {
			if err := l.refuse(p.Total); err != nil {
				return p, err
			}
		}
	}
	if err != nil {
		return p, fmt.Errorf("%s: %w", l.name, err)
	}
	c.pages++
	if resp.NextPage > 0 {
		p.Next = strconv.Itoa(resp.NextPage)
	}
	if l.enough == nil {
		p.LastPage = resp.LastPage
	}
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

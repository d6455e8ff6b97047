package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// restList is a list of the REST API that comes in an object, with its total count.
type restList[T any] struct {
	name  string // for errors: "workflows of acme/checkout"
	path  string
	query url.Values
	field string // of the object, with the items
	key   func(T) string
	// refuse returns an error if a list of that many items must not be read.
	refuse func(total int) error
}

// fetchList reads a list to its end and proves that it is complete.
func fetchList[T any](ctx context.Context, c *client, l restList[T]) ([]T, error) {
	return rest.Walk(ctx, rest.List[T]{
		Name: l.name, Key: l.key, PerPage: fullPage,
		Fetch: func(ctx context.Context, next string) (rest.Page[T], error) {
			q := url.Values{}
			for k, v := range l.query {
				q[k] = v
			}
			q.Set("per_page", strconv.Itoa(fullPage))
			if next != "" {
				q.Set("page", next)
			}
			p, err := fetchPage(ctx, c, l, l.path+"?"+q.Encode())
			if err != nil {
				return p, fmt.Errorf("%s: %w", l.name, err)
			}
			return p, nil
		},
	})
}

// fetchPage reads one page of a list.
func fetchPage[T any](ctx context.Context, c *client, l restList[T], path string) (rest.Page[T], error) {
	var p rest.Page[T]
	var fields map[string]json.RawMessage
	resp, err := c.getObject(ctx, path, &fields)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(orNull(fields[l.field]), &p.Items); err != nil {
		return p, err
	}
	if p.Items == nil {
		return p, fmt.Errorf("null instead of %s", l.field)
	}
	if err := json.Unmarshal(orNull(fields["total_count"]), &p.Total); err != nil {
		return p, err
	}
	if l.refuse != nil {
		if err := l.refuse(p.Total); err != nil {
			return p, err
		}
	}
	c.pages++
	if resp.NextPage > 0 {
		p.Next = strconv.Itoa(resp.NextPage)
	}
	p.LastPage = resp.LastPage
	return p, nil
}

package github

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// list reads a GraphQL connection page by page and proves that nothing of it is
// missing: pages are full unless last, ids are unique, the order holds, and a list
// read to its end has as many nodes as GitHub counts.
type list[T any] struct {
	title string             // "deployments", for errors
	size  int                // of the page asked for
	id    func(*T) string    // unique
	order func(*T) time.Time // never rises from one to the next; nil: no order
	stop  func(*T) bool      // this one and all after it are not asked for; nil: never
	most  int                // GitHub lists no more than so many; 0: all
	after string             // cursor; "" before the first page
	seen  map[string]bool
	total int // count on the first page
	last  time.Time
}

// errPage is the reason for asking for a page again: its content contradicts itself.
var errPage = errors.New("a page that cannot be right")

func (l *list[T]) wrongPage(format string, args ...any) error {
	return fmt.Errorf("%s: %w: %s", l.title, errPage, fmt.Sprintf(format, args...))
}

// formatArgs returns the arguments of the next page.
func (l *list[T]) formatArgs() string {
	if l.after == "" {
		return fmt.Sprintf("first: %d", l.size)
	}
	return fmt.Sprintf("first: %d, after: %s", l.size, quoteText(l.after))
}

// addPage checks a page and returns those of its nodes that are wanted, and whether
// the list ends with it. After an error the list is as before.
func (l *list[T]) addPage(c *connection[T]) (wanted []*T, done bool, err error) {
	if err := l.checkPage(c); err != nil {
		return nil, false, err
	}
	if l.seen == nil {
		l.seen, l.total = map[string]bool{}, c.TotalCount
	}
	for _, n := range c.Nodes {
		if l.stop != nil && l.stop(n) {
			return wanted, true, nil
		}
		l.seen[l.id(n)] = true
		if l.order != nil {
			l.last = l.order(n)
		}
		wanted = append(wanted, n)
	}
	l.after = c.PageInfo.EndCursor
	return wanted, !c.PageInfo.HasNextPage, nil
}

func (l *list[T]) checkPage(c *connection[T]) error {
	switch {
	case c == nil || c.Nodes == nil:
		return l.wrongPage("null instead of a list")
	case len(c.Nodes) > l.size:
		return l.wrongPage("%d nodes where %d were asked for", len(c.Nodes), l.size)
	case len(c.Nodes) < l.size && c.PageInfo.HasNextPage:
		return l.wrongPage("only %d of %d nodes, though there are more", len(c.Nodes), l.size)
	case c.PageInfo.HasNextPage && (c.PageInfo.EndCursor == "" || c.PageInfo.EndCursor == l.after):
		return l.wrongPage("more to come, but no way to it")
	}
	here := make(map[string]bool, len(c.Nodes))
	last, stopped := l.last, false
	for _, n := range c.Nodes {
		if n == nil {
			return l.wrongPage("null instead of a node")
		}
		id := l.id(n)
		if l.seen[id] || here[id] {
			return l.wrongPage("node %s for the second time", id)
		}
		here[id] = true
		if l.order != nil {
			at := l.order(n)
			if !last.IsZero() && at.After(last) {
				return l.wrongPage("node %s is out of order", id)
			}
			last = at
		}
		stopped = stopped || l.stop != nil && l.stop(n)
	}
	// Nodes that were added or deleted during the reading move the count, so either count will
	// do.
	total := c.TotalCount
	if l.seen != nil {
		total = min(total, l.total)
	}
	if l.most > 0 {
		total = min(total, l.most)
	}
	if found := len(l.seen) + len(here); !c.PageInfo.HasNextPage && !stopped && found < total {
		return l.wrongPage("it ends after %d of %d nodes", found, total)
	}
	return nil
}

// addWithin records the nodes that came along with the node that the list belongs to.
func (l *list[T]) addWithin(c *connection[T]) {
	l.seen, l.total = map[string]bool{}, c.TotalCount
	for _, n := range c.Nodes {
		if n != nil {
			l.seen[l.id(n)] = true
		}
	}
}

// halveSize asks for smaller pages. It returns false if they are small already.
func (l *list[T]) halveSize() bool {
	const smallest = 5
	if l.size <= smallest {
		return false
	}
	l.size = max(l.size/2, smallest)
	return true
}

// readList reads a list that has a query of its own, which askPage sends for the next page.
// A page that fails is asked for again, and in smaller pages where GitHub gave up. With an
// error it returns the pages before.
func readList[T any](ctx context.Context, c *client, l *list[T], askPage func() (*connection[T], error)) ([]*T, error) {
	var all, found []*T
	for tries, done := 0, false; !done; {
		page, err := askPage()
		if err == nil {
			found, done, err = l.addPage(page)
		}
		if err != nil {
			if tries++; isFatal(ctx, err) || isRefused(err) || tries >= partTries && !l.halveSize() {
				return all, err
			}
			if errors.Is(err, errTooMuch) {
				l.halveSize()
			}
			continue
		}
		tries = 0
		c.pages++
		all = append(all, found...)
	}
	return all, nil
}

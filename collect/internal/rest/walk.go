package rest

import (
	"context"
	"fmt"
)

// Page is one page of a list, as received.
type Page[T any] struct {
	Items []T
	// Next is the token or number of the next page; "" after the last.
	Next string
	// Total is the forge's count of the whole list (X-Total, totalCount). LastPage is the
	// number of the last page (rel=last). They prove that a list is complete. 0 or less means
	// unknown.
	Total, LastPage int
	// PerPage is the size of full pages if the forge names one (X-Per-Page), possibly smaller
	// than requested; otherwise 0.
	PerPage int
	// After is the token of the page that would follow this one. Walk requests it when a full
	// page seems to be the last only because it has no link. With "" Walk requests the page
	// itself again instead.
	After string
}

// List is a paginated list of a forge.
type List[T any] struct {
	// Name is used in errors: "pull requests of acme/checkout".
	Name string
	// Fetch reads a page; next is "" for the first one.
	Fetch func(ctx context.Context, next string) (Page[T], error)
	// Key returns a unique key of an item, such as the forge's number.
	Key func(T) string
	// Order returns more than 0 if a must not come before b; equal items are fine. Nil: the
	// forge promises no order.
	Order func(a, b T) int
	// Stop reports whether neither this item nor any after it is wanted, such as an item
	// updated before the last run. It needs an order. Nil: all items are wanted.
	Stop func(T) bool
	// PerPage is the requested number of items, which every page but the last must have. 0:
	// pages may be short, such as pages that the forge filters.
	PerPage int
	// Confirm requests an empty first page again, where an empty list would be news.
	Confirm bool
}

// InvariantError is a list that violated a rule of Walk, also on the second attempt.
type InvariantError struct {
	List     string
	Page     int    // from 1
	Violated string // the violation on the page
}

// Error returns the list, the page and the violation.
func (e *InvariantError) Error() string {
	return fmt.Sprintf("%s, page %d: %s, also when asked again", e.List, e.Page, e.Violated)
}

// Walk reads a list to its end, or until Stop, and proves that nothing is missing:
//
//   - every page but the last is full, and none but the first is empty;
//   - no item comes twice, and the order is kept;
//   - the last page is the last one by the forge's total or number of pages too.
//
// Walk requests a page that fails again. If it fails again, Walk reads the whole list once
// more, and then returns an *InvariantError. Errors of Fetch are returned unchanged.
//
// Where pages are numbered and the newest item is first, items that are created while Walk
// reads push others onto the next page, where they come again. That is allowed as long as the
// page has something new too. Walk leaves the repeated items out, and at the end reads the
// first pages again for the new items.
func Walk[T any](ctx context.Context, l List[T]) ([]T, error) {
	items, violated, err := readList(ctx, l)
	if err == nil && violated != nil {
		items, violated, err = readList(ctx, l)
	}
	switch {
	case err != nil:
		return nil, err
	case violated != nil:
		return nil, violated
	}
	return items, nil
}

// readList reads a list once.
func readList[T any](ctx context.Context, l List[T]) ([]T, *InvariantError, error) {
	r := newListReader(l)
	for next := ""; ; {
		p, violated, err := r.fetchPage(ctx, next)
		if err != nil || violated != nil {
			return nil, violated, err
		}
		r.add(p)
		if r.stopped || p.Next == "" {
			break
		}
		next = p.Next
	}
	if !r.shifted {
		return r.items, nil, nil
	}
	return r.catchUp(ctx)
}

// listReader reads one list and keeps its state.
type listReader[T any] struct {
	l       List[T]
	items   []T
	seen    map[string]bool // keys of items
	asked   map[string]bool // tokens of pages
	pages   int
	total   int // the smallest total named; 0: none
	last    int // the largest last page named; 0: none
	shifted bool
	stopped bool
}

func newListReader[T any](l List[T]) *listReader[T] {
	return &listReader[T]{l: l, seen: map[string]bool{}, asked: map[string]bool{}}
}

// fetchPage fetches a page, and fetches it again if it is wrong or doubtful.
func (r *listReader[T]) fetchPage(ctx context.Context, next string) (Page[T], *InvariantError, error) {
	r.asked[next] = true
	p, err := r.l.Fetch(ctx, next)
	if err != nil {
		return p, nil, err
	}
	if r.checkPage(p) == "" {
		if !r.isDoubtful(p) {
			return p, nil, nil
		}
		if len(p.Items) > 0 && p.After != "" {
			return r.confirmLast(ctx, p)
		}
	}
	p, err = r.l.Fetch(ctx, next)
	if err != nil {
		return p, nil, err
	}
	if why := r.checkPage(p); why != "" {
		return p, &InvariantError{List: r.l.Name, Page: r.pages + 1, Violated: why}, nil
	}
	return p, nil, nil
}

// confirmLast requests the page after one that may have lost its link. If that page has items,
// it is the next.
func (r *listReader[T]) confirmLast(ctx context.Context, p Page[T]) (Page[T], *InvariantError, error) {
	after, err := r.l.Fetch(ctx, p.After)
	if err == nil && len(after.Items) > 0 {
		p.Next = p.After
	}
	return p, nil, err
}

// checkPage returns the rule that a page violates, or "".
func (r *listReader[T]) checkPage(p Page[T]) string {
	switch {
	case len(p.Items) == 0 && p.Next != "":
		return "empty, with a link to a next page"
	case len(p.Items) == 0 && r.pages > 0:
		return "empty, though the page before it linked to it"
	case p.Next != "" && r.asked[p.Next]:
		return "the link to the next page leads back"
	case p.Next != "" && len(p.Items) < r.fullSize(p):
		return fmt.Sprintf("%d items instead of %d, though a page follows", len(p.Items), r.fullSize(p))
	case p.Total > 0 && p.Total < r.total:
		return fmt.Sprintf("the list shrank from %d to %d items while it was read", r.total, p.Total)
	}
	fresh, why := r.compareItems(p)
	if why != "" || p.Next != "" || r.hasStop(p) {
		return why
	}
	if last := max(p.LastPage, r.last); last > r.pages+1 {
		return fmt.Sprintf("no link to a next page, though the list has %d pages", last)
	}
	if r.shifted || fresh < len(p.Items) {
		return "" // checked after catching up
	}
	return r.checkTotal(len(r.items)+fresh, p.Total)
}

// fullSize returns the number of items of a full page.
func (r *listReader[T]) fullSize(p Page[T]) int {
	if r.l.PerPage > 0 && p.PerPage > 0 {
		return min(p.PerPage, r.l.PerPage)
	}
	return r.l.PerPage
}

// compareItems checks keys and order, and counts the new items.
func (r *listReader[T]) compareItems(p Page[T]) (fresh int, why string) {
	here := make(map[string]bool, len(p.Items))
	for i, item := range p.Items {
		key := r.l.Key(item)
		if here[key] {
			return 0, "an item stands on it twice"
		}
		here[key] = true
		if r.l.Order != nil && i > 0 && r.l.Order(p.Items[i-1], item) > 0 {
			return 0, "not in the order asked for"
		}
		if r.seen[key] {
			continue
		}
		if fresh == 0 && r.l.Order != nil && len(r.items) > 0 && r.l.Order(r.items[len(r.items)-1], item) > 0 {
			return 0, "not in the order asked for after the page before it"
		}
		fresh++
	}
	if fresh == 0 && len(p.Items) > 0 {
		return 0, "nothing on it that did not come before"
	}
	return fresh, ""
}

func (r *listReader[T]) hasStop(p Page[T]) bool {
	if r.l.Stop == nil {
		return false
	}
	for _, item := range p.Items {
		if r.l.Stop(item) {
			return true
		}
	}
	return false
}

// checkTotal returns an error text if the list is shorter than the forge's count, or "".
func (r *listReader[T]) checkTotal(got, total int) string {
	if r.total > 0 {
		total = r.total
	}
	if got >= total {
		return ""
	}
	return fmt.Sprintf("the list ends after %d of %d items", got, total)
}

// isDoubtful reports whether a page may have lost its link to the next one, or its items,
// without a count that would show it.
func (r *listReader[T]) isDoubtful(p Page[T]) bool {
	if p.Next != "" || p.Total > 0 || r.total > 0 || p.LastPage > 0 || r.last > 0 || r.hasStop(p) {
		return false
	}
	if len(p.Items) == 0 {
		return r.l.Confirm
	}
	return r.l.PerPage > 0 && len(p.Items) >= r.fullSize(p)
}

// add appends the items of a page that passed its checks.
func (r *listReader[T]) add(p Page[T]) {
	r.pages++
	r.last = max(r.last, p.LastPage)
	if p.Total > 0 && (r.total == 0 || p.Total < r.total) {
		r.total = p.Total
	}
	for _, item := range p.Items {
		if r.l.Stop != nil && r.l.Stop(item) {
			r.stopped = true
			return
		}
		key := r.l.Key(item)
		if r.seen[key] {
			r.shifted = true
			continue
		}
		r.seen[key] = true
		r.items = append(r.items, item)
	}
}

// catchUp reads the first pages again, up to one without new items. Otherwise items that moved
// to the front while the list was read would be missing.
func (r *listReader[T]) catchUp(ctx context.Context) ([]T, *InvariantError, error) {
	again := newListReader(r.l)
	var found []T
	for next := ""; ; {
		p, violated, err := again.fetchPage(ctx, next)
		if err != nil || violated != nil {
			return nil, violated, err
		}
		before := len(again.items)
		again.add(p)
		fresh := 0
		for _, item := range again.items[before:] {
			if key := r.l.Key(item); !r.seen[key] {
				r.seen[key] = true
				found = append(found, item)
				fresh++
			}
		}
		if fresh == 0 || again.stopped || p.Next == "" {
			break
		}
		next = p.Next
	}
	items := append(found, r.items...)
	if why := r.checkTotal(len(items), 0); why != "" && !r.stopped {
		return nil, &InvariantError{List: r.l.Name, Page: r.pages, Violated: why}, nil
	}
	return items, nil, nil
}

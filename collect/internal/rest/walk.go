package rest

import (
	"context"
	"fmt"
)

// Page is one page of a list as it came.
type Page[T any] struct {
	Items []T
	// Next is the token or number of the next page; "" after the last.
	Next string
	// Total is the forge's own count of the whole list (X-Total, totalCount), and
	// LastPage the number of the last page (rel=last), which prove that a list is
	// complete. 0 or less: not said.
	Total, LastPage int
	// PerPage is the size of full pages if the forge names one (X-Per-Page), which
	// may be less than was asked for; else 0.
	PerPage int
	// After is the token of the page that would follow if there were one. It is asked
	// for when a full page is said to be the last by nothing but the lack of a link.
	// "": nobody can tell, and the page is asked for again instead.
	After string
}

// List is a paginated list of a forge.
type List[T any] struct {
	// Name is for errors: "pull requests of acme/checkout".
	Name string
	// Fetch reads a page; next is "" for the first one.
	Fetch func(ctx context.Context, next string) (Page[T], error)
	// Key is what no two items of the list share, such as the forge's number.
	Key func(T) string
	// Order is above 0 if a must not stand before b; equal items are fine. Nil: the
	// forge promises no order.
	Order func(a, b T) int
	// Stop is true of the item from which on nothing is wanted, such as one updated
	// before the last run; it needs an order. Nil: all are wanted.
	Stop func(T) bool
	// PerPage is the number of items asked for, which every page but the last must
	// have. 0: pages may be short, as those are that the forge filters.
	PerPage int
	// Confirm asks again for a first page that is empty, where that would be news.
	Confirm bool
}

// InvariantError is a list that was not what a list must be, also when it was
// asked for again.
type InvariantError struct {
	List     string
	Page     int    // from 1
	Violated string // what was seen that must not be
}

// Error names the list, the page and what was seen on it.
func (e *InvariantError) Error() string {
	return fmt.Sprintf("%s, page %d: %s, also when asked again", e.List, e.Page, e.Violated)
}

// Walk reads a list to its end, or until Stop, and proves that nothing is missing:
//
//   - every page but the last is full, and none but the first is empty;
//   - no item comes twice, and the order is kept;
//   - the last page is the last one by the forge's total or number of pages too.
//
// A page that fails is asked for again; if it fails again, the list is read anew,
// once. Then it is an *InvariantError. Errors of Fetch are returned as they are.
//
// Where pages are numbered and the newest item is first, items that are created
// while the list is read push others onto the next page, where they come again.
// That is no fault as long as something new comes with them: they are left out,
// and at the end the first pages are read again for what is new there.
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
	r := newReading(l)
	for next := ""; ; {
		p, violated, err := r.page(ctx, next)
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

// reading is what is known of a list while it is read.
type reading[T any] struct {
	l       List[T]
	items   []T
	seen    map[string]bool // keys of items
	asked   map[string]bool // tokens of pages
	pages   int
	total   int // the smallest named; 0: none
	last    int // the largest number of the last page named; 0: none
	shifted bool
	stopped bool
}

func newReading[T any](l List[T]) *reading[T] {
	return &reading[T]{l: l, seen: map[string]bool{}, asked: map[string]bool{}}
}

// page fetches a page, and once more if something is wrong or cannot be told.
func (r *reading[T]) page(ctx context.Context, next string) (Page[T], *InvariantError, error) {
	r.asked[next] = true
	p, err := r.l.Fetch(ctx, next)
	if err != nil {
		return p, nil, err
	}
	if r.violated(p) == "" {
		if !r.doubtful(p) {
			return p, nil, nil
		}
		if len(p.Items) > 0 && p.After != "" {
			return r.confirm(ctx, p)
		}
	}
	p, err = r.l.Fetch(ctx, next)
	if err != nil {
		return p, nil, err
	}
	if why := r.violated(p); why != "" {
		return p, &InvariantError{List: r.l.Name, Page: r.pages + 1, Violated: why}, nil
	}
	return p, nil, nil
}

// confirm asks for the page after one that may have lost its link to it. If there
// is one, it is the next.
func (r *reading[T]) confirm(ctx context.Context, p Page[T]) (Page[T], *InvariantError, error) {
	after, err := r.l.Fetch(ctx, p.After)
	if err == nil && len(after.Items) > 0 {
		p.Next = p.After
	}
	return p, nil, err
}

// violated says which invariant a page breaks, or "".
func (r *reading[T]) violated(p Page[T]) string {
	switch {
	case len(p.Items) == 0 && p.Next != "":
		return "empty, with a link to a next page"
	case len(p.Items) == 0 && r.pages > 0:
		return "empty, though the page before it linked to it"
	case p.Next != "" && r.asked[p.Next]:
		return "the link to the next page leads back"
	case p.Next != "" && len(p.Items) < r.size(p):
		return fmt.Sprintf("%d items instead of %d, though a page follows", len(p.Items), r.size(p))
	case p.Total > 0 && p.Total < r.total:
		return fmt.Sprintf("the list shrank from %d to %d items while it was read", r.total, p.Total)
	}
	fresh, why := r.compare(p)
	if why != "" || p.Next != "" || r.stops(p) {
		return why
	}
	if last := max(p.LastPage, r.last); last > r.pages+1 {
		return fmt.Sprintf("no link to a next page, though the list has %d pages", last)
	}
	if r.shifted || fresh < len(p.Items) {
		return "" // counted after catching up
	}
	return r.short(len(r.items)+fresh, p.Total)
}

// size is how many items a full page has.
func (r *reading[T]) size(p Page[T]) int {
	if r.l.PerPage > 0 && p.PerPage > 0 {
		return min(p.PerPage, r.l.PerPage)
	}
	return r.l.PerPage
}

// compare looks at keys and order, and counts the items not seen before.
func (r *reading[T]) compare(p Page[T]) (fresh int, why string) {
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

func (r *reading[T]) stops(p Page[T]) bool {
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

// short says that fewer items came than the forge counts, or "".
func (r *reading[T]) short(got, total int) string {
	if r.total > 0 {
		total = r.total
	}
	if got >= total {
		return ""
	}
	return fmt.Sprintf("the list ends after %d of %d items", got, total)
}

// doubtful says that a page may have lost its link to the next one, or its items,
// and nothing on it tells.
func (r *reading[T]) doubtful(p Page[T]) bool {
	if p.Next != "" || p.Total > 0 || r.total > 0 || p.LastPage > 0 || r.last > 0 || r.stops(p) {
		return false
	}
	if len(p.Items) == 0 {
		return r.l.Confirm
	}
	return r.l.PerPage > 0 && len(p.Items) >= r.size(p)
}

// add takes the items of a page in which nothing is wrong.
func (r *reading[T]) add(p Page[T]) {
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

// catchUp reads the first pages again, up to one that brings nothing new: an item
// that moved to the front while the list was read would be missing otherwise.
func (r *reading[T]) catchUp(ctx context.Context) ([]T, *InvariantError, error) {
	again := newReading(r.l)
	var found []T
	for next := ""; ; {
		p, violated, err := again.page(ctx, next)
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
	if why := r.short(len(items), 0); why != "" && !r.stopped {
		return nil, &InvariantError{List: r.l.Name, Page: r.pages, Violated: why}, nil
	}
	return items, nil, nil
}

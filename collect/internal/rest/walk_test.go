package rest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// shelf is a list of numbers, largest first, by pages of ten, on a forge that can
// be made to err.
type shelf struct {
	items   []int
	totals  bool // names the total
	lasts   bool // names the last page, but not on the last one, as GitHub does
	fetched int
	// before is called before the nth fetch of a page, both from 1, and may change
	// the list; after may change the page.
	before func(s *shelf, n, page int)
	after  func(n, page int, p *rest.Page[int])
	times  map[int]int
}

func count(from, to int) []int {
	var all []int
	for i := from; i >= to; i-- {
		all = append(all, i)
	}
	return all
}

func (s *shelf) fetch(_ context.Context, next string) (rest.Page[int], error) {
	page := 1
	if next != "" {
		n, err := strconv.Atoi(next)
		if err != nil {
			return rest.Page[int]{}, err
		}
		page = n
	}
	s.fetched++
	if s.times == nil {
		s.times = map[int]int{}
	}
	s.times[page]++
	if s.before != nil {
		s.before(s, s.times[page], page)
	}
	from, to := min((page-1)*10, len(s.items)), min(page*10, len(s.items))
	p := rest.Page[int]{Items: slices.Clone(s.items[from:to]), Total: -1}
	if to < len(s.items) {
		p.Next = strconv.Itoa(page + 1)
		if s.lasts {
			p.LastPage = (len(s.items) + 9) / 10
		}
	}
	if s.totals {
		p.Total = len(s.items)
	}
	if s.after != nil {
		s.after(s.times[page], page, &p)
	}
	return p, nil
}

func (s *shelf) list() rest.List[int] {
	return rest.List[int]{
		Name:    "numbers of acme",
		Fetch:   s.fetch,
		Key:     strconv.Itoa,
		Order:   func(a, b int) int { return cmp.Compare(b, a) },
		PerPage: 10,
	}
}

func TestWalkWhole(t *testing.T) {
	tests := []struct {
		items   int
		signals bool
		fetched int
	}{
		{0, false, 1},
		{3, false, 1},
		{10, false, 2}, // full, and nothing says that it is the last
		{10, true, 1},
		{11, false, 2},
		{30, true, 3},
		{30, false, 4},
		{95, true, 10},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.items), func(t *testing.T) {
			s := &shelf{items: count(tt.items, 1), totals: tt.signals}
			got, err := rest.Walk(t.Context(), s.list())
			if err != nil || !slices.Equal(got, s.items) || s.fetched != tt.fetched {
				t.Errorf("%d items: %v, error %v, %d pages", tt.items, got, err, s.fetched)
			}
		})
	}
}

func TestWalkStops(t *testing.T) {
	s := &shelf{items: count(95, 1), totals: true}
	l := s.list()
	l.Stop = func(n int) bool { return n <= 78 }
	got, err := rest.Walk(t.Context(), l)
	if err != nil || !slices.Equal(got, count(95, 79)) || s.fetched != 2 {
		t.Errorf("%v, error %v, %d pages", got, err, s.fetched)
	}
}

// pageFaults break one page of a list of 35.
var pageFaults = []struct {
	name string
	page int
	// blind: only a forge that names a total makes it visible.
	blind bool
	do    func(p *rest.Page[int])
	want  string
}{
	{"short page", 2, false, func(p *rest.Page[int]) { p.Items = p.Items[:7] }, "7 items instead of 10, though a page follows"},
	{"short page on the next", 3, false, func(p *rest.Page[int]) { p.Items = p.Items[1:] }, "9 items instead of 10"},
	{"short last page", 4, true, func(p *rest.Page[int]) { p.Items = p.Items[:4] }, "the list ends after 34 of 35 items"},
	{"lost link", 2, false, func(p *rest.Page[int]) { p.Next = "" }, "no link to a next page, though the list has 4 pages"},
	{"lost link with its page count", 2, false, func(p *rest.Page[int]) { p.Next, p.LastPage = "", 0 }, "no link to a next page, though the list has 4 pages"},
	{"lost first link", 1, true, func(p *rest.Page[int]) { p.Next, p.LastPage = "", 0 }, "the list ends after 10 of 35 items"},
	{"empty page", 2, false, func(p *rest.Page[int]) { p.Items = nil }, "empty, with a link to a next page"},
	{"empty first page", 1, false, func(p *rest.Page[int]) { p.Items = nil }, "empty, with a link to a next page"},
	{"empty page at the end", 3, false, func(p *rest.Page[int]) { p.Items, p.Next = nil, "" }, "empty, though the page before it linked to it"},
	{"empty list", 1, true, func(p *rest.Page[int]) { p.Items, p.Next, p.LastPage = nil, "", 0 }, "the list ends after 0 of 35 items"},
	{"repeated page", 3, false, func(p *rest.Page[int]) { p.Items = count(25, 16) }, "nothing on it that did not come before"},
	{"repeated item", 2, false, func(p *rest.Page[int]) { p.Items[4] = p.Items[3] }, "an item stands on it twice"},
	{"unsorted", 2, false, func(p *rest.Page[int]) { p.Items[4], p.Items[5] = p.Items[5], p.Items[4] }, "not in the order asked for"},
	{"unsorted over pages", 2, false, func(p *rest.Page[int]) { p.Items[0] = 99 }, "not in the order asked for after the page before it"},
	{"link back", 2, false, func(p *rest.Page[int]) { p.Next = "2" }, "the link to the next page leads back"},
	{"shrunk", 2, true, func(p *rest.Page[int]) { p.Total = 12 }, "the list shrank from 35 to 12 items"},
}

// A page that is broken once is healed by asking again; broken again by reading
// the list anew; broken always is an error that names it.
func TestWalkFaults(t *testing.T) {
	for _, f := range pageFaults {
		for times, heals := range map[int]bool{1: true, 2: true, 1000: false} {
			t.Run(fmt.Sprintf("%s %d times", f.name, times), func(t *testing.T) {
				s := &shelf{items: count(35, 1), totals: f.blind, lasts: true}
				s.after = func(n, page int, p *rest.Page[int]) {
					if page == f.page && n <= times {
						f.do(p)
					}
				}
				got, err := rest.Walk(t.Context(), s.list())
				if heals {
					if err != nil || !slices.Equal(got, s.items) {
						t.Errorf("%v, error %v", got, err)
					}
					return
				}
				var e *rest.InvariantError
				if !errors.As(err, &e) || got != nil {
					t.Fatalf("%v, error %v", got, err)
				}
				if e.List != "numbers of acme" || e.Page != f.page || !strings.Contains(e.Violated, f.want) || !strings.Contains(e.Error(), f.want) {
					t.Errorf("page %d: %q, want page %d: %q", e.Page, e.Violated, f.page, f.want)
				}
			})
		}
	}
}

// Without any signal a lost link of a full page shows when it is asked for again.
func TestWalkLostLinkWithoutSignal(t *testing.T) {
	s := &shelf{items: count(35, 1)}
	s.after = func(n, page int, p *rest.Page[int]) {
		if page == 2 && n == 1 {
			p.Next = ""
		}
	}
	if got, err := rest.Walk(t.Context(), s.list()); err != nil || !slices.Equal(got, s.items) {
		t.Errorf("%v, error %v", got, err)
	}
}

// Where pages have numbers, the one after a full page is asked for: a link that is
// always lost loses nothing, and a list that ends with a full page ends.
func TestWalkAfter(t *testing.T) {
	for _, c := range []struct{ items, fetched int }{
		{35, 7}, // each link is found by asking for the page, which is then read
		{30, 6},
		{10, 2},
		{5, 1},
	} {
		t.Run(fmt.Sprint(c.items), func(t *testing.T) {
			s := &shelf{items: count(c.items, 1)}
			s.after = func(_, page int, p *rest.Page[int]) { p.Next, p.After = "", strconv.Itoa(page+1) }
			if got, err := rest.Walk(t.Context(), s.list()); err != nil || !slices.Equal(got, s.items) || s.fetched != c.fetched {
				t.Errorf("%d items: %v, error %v, %d pages instead of %d", c.items, got, err, s.fetched, c.fetched)
			}
		})
	}
}

func TestWalkConfirmsEmptyList(t *testing.T) {
	s := &shelf{items: count(5, 1)}
	s.after = func(n, _ int, p *rest.Page[int]) {
		if n == 1 {
			p.Items = nil
		}
	}
	l := s.list()
	l.Confirm = true
	if got, err := rest.Walk(t.Context(), l); err != nil || len(got) != 5 || s.fetched != 2 {
		t.Errorf("%v, error %v, %d pages", got, err, s.fetched)
	}
}

// Lists change while they are read.
func TestWalkMovingList(t *testing.T) {
	tests := []struct {
		name   string
		before func(s *shelf, n, page int)
		want   []int
	}{
		{"three created after the first page", func(s *shelf, n, page int) {
			if page == 2 && n == 1 {
				s.items = count(38, 1)
			}
		}, count(38, 1)},
		{"one created before each page", func(s *shelf, n, page int) {
			if page > 1 && n == 1 {
				s.items = append([]int{s.items[0] + 1}, s.items...)
			}
		}, count(38, 1)},
		{"one moved to the front", func(s *shelf, n, page int) {
			// 12 is updated: it becomes 50, and stands on no page that is still read.
			if page == 2 && n == 1 {
				s.items = append([]int{50}, slices.DeleteFunc(s.items, func(v int) bool { return v == 12 })...)
			}
		}, append([]int{50}, slices.DeleteFunc(count(35, 1), func(v int) bool { return v == 12 })...)},
		{"one deleted", func(s *shelf, n, page int) {
			if page == 2 && n == 1 {
				s.items = slices.DeleteFunc(s.items, func(v int) bool { return v == 33 })
			}
		}, slices.DeleteFunc(count(35, 1), func(v int) bool { return v == 33 })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &shelf{items: count(35, 1), totals: true, lasts: true, before: tt.before}
			got, err := rest.Walk(t.Context(), s.list())
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got  %v\nwant %v\nerror %v", got, tt.want, err)
			}
		})
	}
}

// A list that loses items each time it is read cannot be proved whole.
func TestWalkNeverStill(t *testing.T) {
	s := &shelf{items: count(35, 1), totals: true}
	s.before = func(s *shelf, _, page int) {
		if page > 1 {
			s.items = s.items[1:]
		}
	}
	var e *rest.InvariantError
	if got, err := rest.Walk(t.Context(), s.list()); !errors.As(err, &e) || !strings.Contains(err.Error(), "shrank") {
		t.Errorf("%v, error %v", got, err)
	}
}

// Pages that the forge filters may be short, and its own smaller size is full.
func TestWalkPageSizes(t *testing.T) {
	for name, change := range map[string]func(l *rest.List[int], p *rest.Page[int]){
		"filtered": func(l *rest.List[int], p *rest.Page[int]) { l.PerPage = 0 },
		"smaller":  func(l *rest.List[int], p *rest.Page[int]) { l.PerPage, p.PerPage = 100, 10 },
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{items: count(35, 1), totals: true}
			l := s.list()
			change(&l, &rest.Page[int]{})
			s.after = func(_, _ int, p *rest.Page[int]) { change(&rest.List[int]{}, p) }
			if got, err := rest.Walk(t.Context(), l); err != nil || !slices.Equal(got, s.items) {
				t.Errorf("%s: %v, error %v", name, got, err)
			}
		})
	}
}

func TestWalkReturnsErrorOfFetch(t *testing.T) {
	for page := range 3 {
		failure := errors.New("no answer")
		s := &shelf{items: count(35, 1)}
		l := s.list()
		l.Fetch = func(ctx context.Context, next string) (rest.Page[int], error) {
			if s.fetched == page {
				return rest.Page[int]{}, failure
			}
			return s.fetch(ctx, next)
		}
		if _, err := rest.Walk(t.Context(), l); !errors.Is(err, failure) {
			t.Errorf("page %d: %v", page, err)
		}
	}
}

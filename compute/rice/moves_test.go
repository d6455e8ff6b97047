package rice

import (
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestFindMove(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 10, d, 0, 0, 0, 0, time.UTC) }
	at := func(commit, start int, weeks float64, status string) fact.Version[fact.Initiative] {
		in := &fact.Initiative{Phases: []fact.Phase{{Name: "alpha", Start: day(start), Weeks: weeks, Status: status}}}
		if start == 0 {
			in.Phases = nil
		}
		return fact.Version[fact.Initiative]{At: day(commit), Item: in}
	}
	gone := fact.Version[fact.Initiative]{At: day(3)}
	for _, c := range []struct {
		name     string
		versions []fact.Version[fact.Initiative]
		first    int // 0: it never moved
		on       []time.Time
	}{
		{"no history", nil, 0, nil},
		{"never", []fact.Version[fact.Initiative]{at(1, 14, 2, "planned"), at(2, 14, 2, "active")}, 0, nil},
		{"twice", []fact.Version[fact.Initiative]{at(1, 14, 2, ""), at(2, 21, 2, ""), at(5, 28, 2, "")}, 14, []time.Time{day(2), day(5)}},
		{"a longer one", []fact.Version[fact.Initiative]{at(1, 14, 2, ""), at(2, 14, 3, "")}, 14, []time.Time{day(2)}},
		{"there and back", []fact.Version[fact.Initiative]{at(1, 14, 2, ""), at(2, 21, 2, ""), at(4, 14, 2, "")}, 14, []time.Time{day(2), day(4)}},
		{"without a date in between", []fact.Version[fact.Initiative]{at(1, 14, 2, ""), at(2, 0, 0, ""), gone, at(4, 14, 2, "")}, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := FindMove(c.versions, "alpha")
			if c.first == 0 {
				if m != nil {
					t.Errorf("it moved on %v", m.On)
				}
				return
			}
			if m == nil || !m.From.Equal(day(c.first)) || !slices.EqualFunc(m.On, c.on, time.Time.Equal) {
				t.Errorf("%+v, want first %d and moves on %v", m, c.first, c.on)
			}
		})
	}
}

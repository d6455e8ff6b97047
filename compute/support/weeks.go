package support

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// activeWeeks is the number of weeks up to the end of a week over which its active developers
// are counted.
const activeWeeks = 13

// exposure has the active developers of each week: the distinct human authors of changes merged
// in the 13 weeks up to its end.
type exposure struct {
	first   time.Time // the first week with whole counts; zero: authors are unknown
	perWeek map[int64]int
}

// countActive counts the active developers of each week up to the cut-off.
func countActive(o *org.Organisation) exposure {
	type author struct {
		week int64
		by   uint32
	}
	var all []author
	for i := range o.Services {
		for k := range o.Services[i].Changes {
			c := &o.Services[i].Changes[k]
			if c.Lane == org.Human && c.Author != 0 && !c.Merged.IsZero() && c.Merged.Before(o.Calendar.CutOff()) {
				all = append(all, author{org.WeekOf(c.Merged).Unix(), c.Author})
			}
		}
	}
	if len(all) == 0 {
		return exposure{}
	}
	const week = int64(org.Week / time.Second)
	first := slices.MinFunc(all, func(a, b author) int { return int(a.week - b.week) }).week
	people := map[int64]map[uint32]bool{}
	for _, a := range all {
		for k := range int64(activeWeeks) {
			w := a.week + k*week
			if people[w] == nil {
				people[w] = map[uint32]bool{}
			}
			people[w][a.by] = true
		}
	}
	x := exposure{time.Unix(first+(activeWeeks-1)*week, 0).UTC(), map[int64]int{}}
	for w, by := range people {
		x.perWeek[w] = len(by)
	}
	return x
}

// leastActive is the fewest active developers of a week that rates are divided by.
const leastActive = 5

// covers reports whether every week of the windows has enough active developers.
func (x *exposure) covers(weeks ...time.Time) bool {
	return !x.first.IsZero() && !slices.ContainsFunc(weeks, func(w time.Time) bool {
		return w.Before(x.first) || x.perWeek[w.Unix()] < leastActive
	})
}

// side is one side of a comparison: the tickets of some weeks, and the developers in them.
type side struct {
	weeks  []time.Time
	counts []float64 // tickets per week
	active []float64 // active developers per week; 1 each if they are not known
}

func (s *side) total() float64   { return sum(s.counts) }
func (s *side) exposed() float64 { return sum(s.active) }

func sum(list []float64) float64 {
	total := 0.0
	for _, v := range list {
		total += v
	}
	return total
}

// listWeeks returns the weeks of a window that are in no break.
func (m *measurer) listWeeks(w metric.Window) []time.Time {
	var weeks []time.Time
	for at := org.WeekOf(w.From); at.Before(w.To); at = at.Add(org.Week) {
		if m.cal.BreakOf(at, "") == nil {
			weeks = append(weeks, at)
		}
	}
	return weeks
}

// tallyThemes counts the tickets of each week and theme. The last count of a week is that of the
// tickets without a theme.
func (m *measurer) tallyThemes() map[int64][]float64 {
	tally := map[int64][]float64{}
	for i := range m.counted {
		t := &m.counted[i]
		week := org.WeekOf(t.Opened).Unix()
		if tally[week] == nil {
			tally[week] = make([]float64, len(m.themes)+1)
		}
		k := m.themeIndex(t)
		if k < 0 {
			k = len(m.themes)
		}
		tally[week][k] += float64(t.CountTickets())
	}
	return tally
}

// newSide counts the tickets of a theme in each week, or those of all others. perDeveloper divides
// by active developers.
func (m *measurer) newSide(weeks []time.Time, theme int, others, perDeveloper bool) side {
	s := side{weeks: weeks}
	for _, at := range weeks {
		n, active := 0.0, 1.0
		if counts := m.tally[at.Unix()]; counts != nil {
			if n = counts[theme]; others {
				n = sum(counts) - n
			}
		}
		if perDeveloper {
			active = float64(m.active.perWeek[at.Unix()])
		}
		s.counts, s.active = append(s.counts, n), append(s.active, active)
	}
	return s
}

// findDispersion returns how much more the counts of weeks vary than those of a Poisson
// process. Weeks resemble their neighbours, so weeks, fortnights and four weeks are counted
// together, and the largest of the three dispersions is used, with the degrees of freedom of
// single weeks.
func findDispersion(sides ...side) stat.Dispersion {
	var d stat.Dispersion
	for _, width := range [...]int{1, 2, 4} {
		var spans [][]float64
		for i := range sides {
			spans = append(spans, sides[i].countTogether(width))
		}
		wide := stat.CountDispersion(spans...)
		if width == 1 {
			d = wide
		}
		d.Phi = math.Max(d.Phi, wide.Phi)
	}
	return d
}

// countTogether returns the tickets of so many weeks each, the last weeks last, as if all weeks
// had the same number of developers.
func (s *side) countTogether(width int) []float64 {
	mean := s.exposed() / math.Max(float64(len(s.active)), 1)
	var bins []float64
	for end := len(s.counts); end >= width; end -= width {
		bin := 0.0
		for k := end - width; k < end; k++ {
			bin += s.counts[k] * mean / s.active[k]
		}
		bins = append(bins, bin)
	}
	slices.Reverse(bins)
	return bins
}

// comparison is the test of two sides.
type comparison struct {
	Ratio      float64
	P          float64
	iv         stat.Interval
	dispersion stat.Dispersion
}

func compare(before, after side, d stat.Dispersion) comparison {
	ratio, p, iv := stat.ExposedRatio(before.total(), after.total(), before.exposed(), after.exposed(), d, confidence)
	return comparison{ratio, p, iv, d}
}

package trend

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// A page is looked at every week, and every look may err. Alpha is therefore spent
// on a fixed calendar: a page on which nothing changes may show an arrow in one year
// of ten, and each of the weekly looks of a calendar year has an equal part of that.
// By Bonferroni's inequality the sum holds whatever the dependence of the looks, which
// compare overlapping weeks. docs/methods.md has the rates over simulated years.
const (
	// LooksPerYear is how many weekly looks a year can have.
	LooksPerYear = 53
	// YearAlpha is the share of years where a page without any change may show an arrow.
	YearAlpha = 0.1
	// LookAlpha is the part of one look.
	LookAlpha = YearAlpha / LooksPerYear
)

// Look records how much of a year's alpha the claims about one metric of one scope have used.
// It is published and read back, so that a run continues where the last ended.
type Look struct {
	Kind   metric.ScopeKind `json:"kind"`
	Scope  string           `json:"scope,omitempty"` // ID; "" for the organisation
	Metric string           `json:"metric"`
	Year   int              `json:"year"`
	Looks  int              `json:"looks"` // used of the year
	Spent  float64          `json:"spent"` // alpha used of the year
	Last   time.Time        `json:"last"`  // end of the window of the last look
	// Claim is the arrow that stands; nil without one.
	Claim *metric.Claim `json:"claim,omitempty"`
}

// Cell is one tested change on a page.
type Cell struct {
	Scope  metric.Scope
	Metric string
	Trend  *metric.Trend
	At     time.Time // end of the window: another end is another look
	// PerYear is how many looks a year there are: LooksPerYear, or the number of
	// waves of a survey.
	PerYear int
}

type cellKey struct {
	kind          metric.ScopeKind
	scope, metric string
}

func (c *Cell) key() cellKey { return cellKey{c.Scope.Kind, c.Scope.ID, c.Metric} }
func (l *Look) key() cellKey { return cellKey{l.Kind, l.Scope, l.Metric} }

// Settle corrects the tests of each page for their number (Benjamini–Hochberg),
// settles their outcomes and spends the alpha of this look. Tests that could not
// reach significance whatever the data are left out. past are the looks that were
// read back; lost reports that some were published and could not be read back: then
// every look of the year counts as used. It returns the looks to publish, by scope
// and metric.
func Settle(pages [][]Cell, past []Look, lost bool) []Look {
	known := make(map[cellKey]*Look, len(past))
	for i := range past {
		known[past[i].key()] = &past[i]
	}
	var looks []Look
	for _, cells := range pages {
		cells = slices.DeleteFunc(slices.Clone(cells), func(c Cell) bool { return c.Trend == nil })
		adjustForFamily(cells)
		claims := yearlyQ(cells)
		for i := range cells {
			looks = append(looks, cells[i].nextLook(known[cells[i].key()], claims[i], lost))
		}
	}
	slices.SortFunc(looks, func(a, b Look) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Metric, b.Metric))
	})
	return looks
}

// adjustForFamily settles q and outcome of every cell by this look alone.
func adjustForFamily(cells []Cell) {
	var tested []*metric.Trend
	var p []float64
	for i := range cells {
		if t := cells[i].Trend; t.Attainable <= Level {
			tested, p = append(tested, t), append(p, t.P)
		}
	}
	for i, q := range stat.BenjaminiHochberg(p) {
		tested[i].Q = q
	}
	for i := range cells {
		t := cells[i].Trend
		t.Outcome = classify(t)
		if t.Attainable > Level && t.Outcome == metric.WorthWatching {
			t.Outcome = metric.NotEnoughData
		}
	}
}

// yearlyQ returns the corrected p of each cell that its claim is judged by: that of
// the smaller of its two tests, doubled, and in proportion to its looks a year.
func yearlyQ(cells []Cell) []float64 {
	q := make([]float64, len(cells))
	var index []int
	var p []float64
	for i := range cells {
		q[i] = 1
		t := cells[i].Trend
		share := float64(cells[i].PerYear) / LooksPerYear
		if 2*share*t.Attainable > LookAlpha && t.Wide == nil {
			continue
		}
		index = append(index, i)
		p = append(p, math.Min(1, 2*share*strongerTest(t).P))
	}
	for k, v := range stat.BenjaminiHochberg(p) {
		q[index[k]] = v
	}
	return q
}

// strongerTest returns the test of the two windows with the smaller p.
func strongerTest(t *metric.Trend) *metric.Trend {
	if t.Wide != nil && t.Wide.P < t.P {
		return t.Wide
	}
	return t
}

// nextLook spends this look on a cell and settles whether it has an arrow.
func (c *Cell) nextLook(past *Look, q float64, lost bool) Look {
	l := Look{Kind: c.Scope.Kind, Scope: c.Scope.ID, Metric: c.Metric, Year: c.At.Year(), Last: c.At}
	again := false
	switch {
	case past == nil && lost:
		l.Looks, l.Spent = LooksPerYear, LooksPerYear*LookAlpha
	case past == nil:
	default:
		if past.Year >= l.Year {
			l.Year, l.Looks, l.Spent = past.Year, past.Looks, past.Spent
		}
		again = !c.At.After(past.Last)
		l.Claim = past.Claim
		if again {
			l.Last = past.Last
		}
	}
	if l.Claim != nil && !c.At.Before(l.Claim.Until) && !c.At.Equal(l.Claim.Found) {
		l.Claim = nil
	}
	if !again && l.Looks >= LooksPerYear {
		c.showClaim(l.Claim)
		return l
	}
	if !again {
		l.Looks++
		l.Spent += LookAlpha
	}
	if t := c.findClaim(q); t != nil {
		l.Claim = claimOf(t, c.At, l.Claim)
	}
	c.showClaim(l.Claim)
	return l
}

// findClaim returns the test that a claim rests on: that of the windows which are
// printed if it is enough by itself, else that of the wider ones; nil without a claim.
func (c *Cell) findClaim(q float64) *metric.Trend {
	best := strongerTest(c.Trend)
	if q > LookAlpha {
		return nil
	}
	for _, t := range []*metric.Trend{c.Trend, best} {
		if q*t.P <= LookAlpha*best.P && math.Abs(t.Change) >= t.Sesoi {
			return t
		}
	}
	return nil
}

// showClaim gives the trend the arrow of a claim.
func (c *Cell) showClaim(claim *metric.Claim) {
	if claim != nil {
		c.Trend.Claim, c.Trend.Outcome = claim, metric.Changed
	}
}

// claimOf returns the claim of a look. One that agrees with the claim before keeps
// the time at which that was found.
func claimOf(t *metric.Trend, at time.Time, before *metric.Claim) *metric.Claim {
	c := &metric.Claim{
		Direction: metric.Down, Found: at, Until: at.Add(t.Now.To.Sub(t.Now.From)),
		Change: t.Change, Range: t.Range, Now: t.Now, Before: t.Before,
	}
	if t.Change > 0 {
		c.Direction = metric.Up
	}
	if before != nil && before.Direction == c.Direction {
		c.Found = before.Found
	}
	return c
}

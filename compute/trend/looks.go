package trend

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// A page is looked at every week, and every look may be wrong. Alpha is therefore spent on a
// fixed calendar: a page on which nothing changes may show an arrow in one year of ten, and
// each weekly look of a calendar year has an equal part of that. By Bonferroni's inequality the
// sum holds for any dependence of the looks, which compare overlapping weeks. docs/methods.md
// has the rates over simulated years.
const (
	// LooksPerYear is the largest number of weekly looks in a year.
	LooksPerYear = 53
	// YearAlpha is the share of years where a page without any change may show an arrow.
	YearAlpha = 0.1
	// LookAlpha is the part of YearAlpha for one look.
	LookAlpha = YearAlpha / LooksPerYear
)

// Look records how much of a year's alpha the looks at one metric of one scope have used. It is
// published and read back, so that a run continues from the last one.
type Look struct {
	Kind   metric.ScopeKind `json:"kind"`
	Scope  string           `json:"scope,omitempty"` // ID; "" for the organisation
	Metric string           `json:"metric"`
	Year   int              `json:"year"`
	Looks  int              `json:"looks"` // number of looks this year
	Spent  float64          `json:"spent"` // alpha used this year
	Last   time.Time        `json:"last"`  // end of the window of the last look
	// Claim is the current arrow; nil without one.
	Claim *metric.Claim `json:"claim,omitempty"`
}

// Cell is one tested change on a page.
type Cell struct {
	Scope  metric.Scope
	Metric string
	Trend  *metric.Trend
	At     time.Time // end of the window; a later end makes a new look
	// PerYear is the number of looks in a year: LooksPerYear, or the number of waves of a
	// survey.
	PerYear int
}

type cellKey struct {
	kind          metric.ScopeKind
	scope, metric string
}

func (c *Cell) key() cellKey { return cellKey{c.Scope.Kind, c.Scope.ID, c.Metric} }
func (l *Look) key() cellKey { return cellKey{l.Kind, l.Scope, l.Metric} }

// Settle corrects the tests of each page for their number (Benjamini–Hochberg), sets their
// outcomes and spends the alpha of this look. Tests that could not reach significance with any
// data are left out. past has the looks that were read back. lost means that published looks
// could not be read back: then every look of the year counts as used. Settle returns the looks
// to publish, by scope and metric.
func Settle(pages [][]Cell, past []Look, lost bool) []Look {
	known := make(map[cellKey]*Look, len(past))
	for i := range past {
		known[past[i].key()] = &past[i]
	}
	var looks []Look
	for _, cells := range pages {
		cells = slices.DeleteFunc(slices.Clone(cells), func(c Cell) bool { return c.Trend == nil })
		adjustForFamily(cells)
		claims := correctedPs(cells)
		for i := range cells {
			looks = append(looks, cells[i].nextLook(known[cells[i].key()], claims[i], lost))
		}
	}
	slices.SortFunc(looks, func(a, b Look) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Metric, b.Metric))
	})
	return looks
}

// adjustForFamily sets q and the outcome of every cell, by this look alone.
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

// correctedPs returns, for each cell, the corrected p by which its claim is judged: the smaller
// p of its two tests, doubled and multiplied by its looks a year ÷ LooksPerYear, then adjusted
// over the cells.
func correctedPs(cells []Cell) []float64 {
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

// strongerTest returns the trend, over the windows or over the wider ones, that has the smaller
// p.
func strongerTest(t *metric.Trend) *metric.Trend {
	if t.Wide != nil && t.Wide.P < t.P {
		return t.Wide
	}
	return t
}

// nextLook spends this look on a cell and decides whether the cell has an arrow.
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
		l.Claim = newClaim(t, c.At, l.Claim)
	}
	c.showClaim(l.Claim)
	return l
}

// findClaim returns the test on which a claim is based: the test of the printed windows if it
// is sufficient, else that of the wider windows; nil without a claim.
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

// showClaim copies the change of a claim to the trend, which then has an arrow.
func (c *Cell) showClaim(claim *metric.Claim) {
	if claim != nil {
		c.Trend.Claim, c.Trend.Outcome = claim, metric.Changed
	}
}

// newClaim returns the claim of a look. If it agrees with the claim before, it keeps that
// claim's time of discovery.
func newClaim(t *metric.Trend, at time.Time, before *metric.Claim) *metric.Claim {
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

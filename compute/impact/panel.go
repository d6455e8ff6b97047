package impact

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

const (
	// maxPeriods bounds the span of a panel: 1,000 four-week periods are 77 years,
	// so a longer span is a mistake in the input.
	maxPeriods = 1000
	// farthest bounds the number of a period, so that no sum of two overflows.
	farthest = 1 << 30
)

// panel is the rows as a table of teams by periods.
type panel struct {
	units    []string // by name
	first    []int    // adoption period of each, 0: never within the panel
	from     int      // first period
	periods  int
	y        []float64 // [unit*periods + period-from]
	have     []bool
	unusable int // teams left out because they adopted too early
}

// newPanel checks the rows and lays them out. Teams without a base period are
// left out: they are neither adopters nor a comparison.
func newPanel(rows []Row, o Options) (*panel, error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("no observations: %w", ErrNothingToCompare)
	}
	if o.Anticipation < 0 || o.Anticipation > maxPeriods {
		return nil, fmt.Errorf("anticipation of %d periods: must be 0 to %d", o.Anticipation, maxPeriods)
	}
	sorted := slices.Clone(rows)
	slices.SortFunc(sorted, func(a, b Row) int {
		if c := strings.Compare(a.Unit, b.Unit); c != 0 {
			return c
		}
		return cmp.Compare(a.Period, b.Period)
	})
	from, to := sorted[0].Period, sorted[0].Period
	for i, r := range sorted {
		from, to = min(from, r.Period), max(to, r.Period)
		if err := checkRow(sorted, i); err != nil {
			return nil, err
		}
	}
	if to-from >= maxPeriods {
		return nil, fmt.Errorf("periods %d to %d: a panel spans at most %d", from, to, maxPeriods)
	}
	p := &panel{from: from, periods: to - from + 1}
	for i, r := range sorted {
		if i == 0 || r.Unit != sorted[i-1].Unit {
			p.addUnit(r, to, o.Anticipation)
		}
		if len(p.units) > 0 && p.units[len(p.units)-1] == r.Unit {
			at := (len(p.units)-1)*p.periods + r.Period - from
			p.y[at], p.have[at] = r.Y, true
		}
	}
	return p, nil
}

// checkRow compares a row with the one before it in the order of teams and periods.
func checkRow(sorted []Row, i int) error {
	r := sorted[i]
	if math.IsNaN(r.Y) || math.IsInf(r.Y, 0) {
		return fmt.Errorf("team %q, period %d: outcome is %v, not a number to average", r.Unit, r.Period, r.Y)
	}
	if r.Period < -farthest || r.Period > farthest || r.FirstUse > farthest {
		return fmt.Errorf("team %q, period %d, first use in period %d: must be less than %d", r.Unit, r.Period, r.FirstUse, farthest)
	}
	if r.FirstUse < 0 {
		return fmt.Errorf("team %q: first use in period %d: must be a period, or 0 for never", r.Unit, r.FirstUse)
	}
	if i == 0 || sorted[i-1].Unit != r.Unit {
		return nil
	}
	if before := sorted[i-1]; before.Period == r.Period {
		return fmt.Errorf("team %q has two outcomes in period %d", r.Unit, r.Period)
	} else if before.FirstUse != r.FirstUse {
		return fmt.Errorf("team %q adopted in period %d and in period %d: a team adopts once", r.Unit, before.FirstUse, r.FirstUse)
	}
	return nil
}

// addUnit makes room for a team, or counts it as unusable.
func (p *panel) addUnit(r Row, last, anticipation int) {
	first := r.FirstUse
	switch {
	case first == 0:
	case first > last && first-last > anticipation:
		first = 0 // adopts after the panel ends, beyond anticipation: never, as far as can be seen
	case first < p.from || first-p.from < 1+anticipation:
		p.unusable++
		return
	}
	p.units = append(p.units, r.Unit)
	p.first = append(p.first, first)
	p.y = append(p.y, make([]float64, p.periods)...)
	p.have = append(p.have, make([]bool, p.periods)...)
}

// last is the last period.
func (p *panel) last() int { return p.from + p.periods - 1 }

// without is y less the effect wherever a team had adopted.
func (p *panel) without(effect float64) []float64 {
	y := slices.Clone(p.y)
	for u, first := range p.first {
		if first == 0 {
			continue
		}
		for t := max(first, p.from); t <= p.last(); t++ {
			y[u*p.periods+t-p.from] -= effect
		}
	}
	return y
}

// count fills in how much an effect rests on.
func (p *panel) count(effect *Effect, d *design, t *tally) {
	var before, after []int
	for u := range p.units {
		label := d.label[p.first[u]]
		if d.hasEffect(t, u, label) {
			pre, post := p.observed(u)
			before, after = append(before, pre), append(after, post)
		}
		if d.isCompared(t, u, label) {
			effect.Comparators++
		}
	}
	effect.Adopters = len(before)
	effect.PrePeriods, effect.PostPeriods = lowerHalf(before), lowerHalf(after)
}

// observed counts a team's periods before and from adoption on.
func (p *panel) observed(u int) (before, after int) {
	for t := range p.periods {
		switch {
		case !p.have[u*p.periods+t]:
		case p.from+t < p.first[u]:
			before++
		default:
			after++
		}
	}
	return before, after
}

// lowerHalf is the largest number that at least half of the counts reach.
func lowerHalf(counts []int) int {
	if len(counts) == 0 {
		return 0
	}
	slices.Sort(counts)
	return counts[len(counts)/2]
}

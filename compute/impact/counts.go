package impact

import (
	"maps"
	"slices"
)

// counts has the numbers of teams and periods behind an effect.
type counts struct {
	adopters, comparators int
	pre, post             int
	perPeriod             int
	comparatorsIn         map[int]int // period → teams that an effect in it is compared with
}

// countUpTo counts the teams and periods behind the effects in periods up to last.
func (t *tally) countUpTo(p *panel, labels []int, last int) counts {
	c := counts{comparatorsIn: make(map[int]int)}
	var before, after []int
	seen := make(map[int]bool) // periods with a comparison to the team
	for u, label := range labels {
		treated := slices.ContainsFunc(t.design.treated[label], func(i int) bool { return t.hasEffect(u, i, last) })
		clear(seen)
		for _, s := range t.design.compare[label] {
			for i := s.from; i < s.to; i++ {
				if t.hasEffect(u, i, last) {
					seen[t.design.cells[i].t] = true
				}
			}
		}
		if treated {
			pre, post := p.countObserved(u, last)
			before, after = append(before, pre), append(after, post)
		}
		if len(seen) > 0 {
			c.comparators++
		}
		for period := range seen {
			c.comparatorsIn[period]++
		}
	}
	c.adopters, c.pre, c.post = len(before), lowerHalf(before), lowerHalf(after)
	c.perPeriod = lowerHalf(slices.Collect(maps.Values(c.comparatorsIn)))
	return c
}

// hasEffect reports whether a team takes part in an effect observed up to the period last.
func (t *tally) hasEffect(unit, c, last int) bool {
	cell := t.design.cells[c]
	return isEffect(cell) && cell.t <= last && t.hasPeriods(unit, c) && t.isEstimable(c)
}

// countObserved counts a team's observed periods before adoption, and from adoption to the
// period last.
func (p *panel) countObserved(u, last int) (before, after int) {
	for t := range last - p.from + 1 {
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

// lowerHalf returns the largest number that at least half of the counts reach.
func lowerHalf(counts []int) int {
	if len(counts) == 0 {
		return 0
	}
	slices.Sort(counts)
	return counts[len(counts)/2]
}

// isEnough reports whether the numbers are sufficient for a verdict.
func (c *counts) isEnough() bool {
	return c.adopters >= MinAdopters && c.comparators >= MinComparators &&
		c.pre >= MinPrePeriods && c.post >= MinPostPeriods
}

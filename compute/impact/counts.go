package impact

import (
	"maps"
	"slices"
)

// counts is how much an effect rests on.
type counts struct {
	adopters, comparators int
	pre, post             int
	perPeriod             int
	comparatorsIn         map[int]int // period → teams that an effect in it compares with
}

// countUpTo counts what the effects in periods up to last rest on.
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

// hasEffect reports whether a team takes part in an effect seen up to last.
func (t *tally) hasEffect(unit, c, last int) bool {
	cell := t.design.cells[c]
	return isEffect(cell) && cell.t <= last && t.has(unit, c) && t.estimable(c)
}

// countObserved counts a team's periods before and from adoption on, up to last.
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

// isEnough reports whether there is enough for a verdict.
func (c *counts) isEnough() bool {
	return c.adopters >= MinAdopters && c.comparators >= MinComparators &&
		c.pre >= MinPrePeriods && c.post >= MinPostPeriods
}

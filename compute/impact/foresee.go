package impact

import "math"

// entryWeights are the weights of each period of one team in a sum over cells, by cohort. The
// teams that never adopt are the last cohort.
type entryWeights struct {
	teams   []int
	first   []int // period of adoption, from 1; 0: never
	weights [][]float64
}

// newEntryWeights returns zero weights for a roll-out observed up to its k-th period, from 0.
func (r *RollOut) newEntryWeights(k int) *entryWeights {
	e := &entryWeights{}
	for i, n := range r.Begin {
		if n > 0 {
			e.teams, e.first = append(e.teams, n), append(e.first, r.Pre+i+1)
		}
	}
	e.teams, e.first = append(e.teams, r.Comparators), append(e.first, 0)
	for range e.teams {
		e.weights = append(e.weights, make([]float64, r.Pre+k+1))
	}
	return e
}

// countOthers returns the number of teams that a cohort is compared with in a cell.
func (e *entryWeights) countOthers(cohort, clear int) int {
	n := 0
	for i, first := range e.first {
		if i != cohort && (first == 0 || first > clear) {
			n += e.teams[i]
		}
	}
	return n
}

// addCell adds, with the factor times, the effect on a cohort between two periods, from 1.
func (e *entryWeights) addCell(cohort, t, base, clear int, times float64) {
	others := float64(e.countOthers(cohort, clear))
	for i, first := range e.first {
		x := -times / others
		switch {
		case i == cohort:
			x = times / float64(e.teams[i])
		case first != 0 && first <= clear:
			continue
		}
		e.weights[i][t-1] += x
		e.weights[i][base-1] -= x
	}
}

// sumVariance returns the variance of the sum, from the movement of teams.
func (e *entryWeights) sumVariance(m *Motion) float64 {
	sum := 0.0
	for i, weights := range e.weights {
		own := 0.0
		for s, x := range weights {
			if x == 0 {
				continue
			}
			for t, y := range weights {
				if y != 0 && s != t {
					own -= x * y * m.halfVariance(max(s-t, t-s))
				}
			}
		}
		sum += float64(e.teams[i]) * own
	}
	return sum / m.Counted
}

// visitEffects calls visit for the cell of every effect observed up to a period, from 1.
func (r *RollOut) visitEffects(e *entryWeights, o Options, last int, visit func(cohort, t, base, clear int)) {
	for i, g := range e.first {
		base := g - 1 - o.Anticipation
		if g == 0 || base < 1 {
			continue
		}
		for t := g; t <= last; t++ {
			if clear := t + o.Anticipation; e.countOthers(i, clear) >= max(1, o.LeastComparators) {
				visit(i, t, base, clear)
			}
		}
	}
}

// standardError returns the standard error of the headline at the k-th period, from 0.
func (m *Motion) standardError(r *RollOut, o Options, k int) float64 {
	e := r.newEntryWeights(k)
	total := 0.0
	r.visitEffects(e, o, r.Pre+k+1, func(cohort, _, _, _ int) { total += float64(e.teams[cohort]) })
	if total == 0 {
		return math.Inf(1)
	}
	r.visitEffects(e, o, r.Pre+k+1, func(cohort, t, base, clear int) {
		e.addCell(cohort, t, base, clear, float64(e.teams[cohort])/total)
	})
	return math.Sqrt(math.Max(0, e.sumVariance(m)))
}

// slopeError returns the standard error of the slope before adoption, and the average number of
// periods from the base to an effect.
func (m *Motion) slopeError(r *RollOut, o Options, k int) (se, exposure float64) {
	e := r.newEntryWeights(k)
	var seen, squares float64
	r.visitEffects(e, o, r.Pre+k+1, func(cohort, t, base, _ int) {
		seen, exposure = seen+float64(e.teams[cohort]), exposure+float64(e.teams[cohort]*(t-base))
	})
	type term struct {
		cohort, t, base, clear int
		times                  float64
	}
	var terms []term
	for i, g := range e.first {
		base := g - 1 - o.Anticipation
		clear := g - 1
		if r.Comparators >= MinComparators {
			clear = math.MaxInt // compare with teams that never adopt
		}
		if g == 0 || g > r.Pre+k+1 || base < minSlopePeriods || e.countOthers(i, clear) < max(1, o.LeastComparators) {
			continue
		}
		for t := 1; t <= base; t++ {
			away := float64(t) - float64(base+1)/2
			squares += float64(e.teams[i]) * away * away
			if t < base {
				terms = append(terms, term{i, t, base, clear, float64(e.teams[i]) * away})
			}
		}
	}
	if squares == 0 || seen == 0 {
		return 0, 0
	}
	for _, x := range terms {
		e.addCell(x.cohort, x.t, x.base, x.clear, x.times/squares)
	}
	return math.Sqrt(math.Max(0, e.sumVariance(m))), exposure / seen
}

// countsAt returns the numbers of teams and periods behind an effect at the k-th period, from
// 0.
func (r *RollOut) countsAt(o Options, k int) counts {
	e, last := r.newEntryWeights(k), r.Pre+k+1
	treated, compared := map[int]bool{}, map[int]bool{}
	in := map[int]int{}
	r.visitEffects(e, o, last, func(cohort, t, _, clear int) {
		treated[cohort] = true
		for i, first := range e.first {
			if i != cohort && (first == 0 || first > clear) {
				compared[i] = true
			}
		}
		in[t] = max(in[t], e.countOthers(cohort, clear))
	})
	c := counts{comparatorsIn: in}
	var before, after, others []int
	for i, n := range e.teams {
		for range n {
			if treated[i] {
				before, after = append(before, e.first[i]-1), append(after, last-e.first[i]+1)
			}
		}
		if compared[i] {
			c.comparators += n
		}
	}
	for _, n := range in {
		others = append(others, n)
	}
	c.adopters, c.pre, c.post, c.perPeriod = len(before), lowerHalf(before), lowerHalf(after), lowerHalf(others)
	return c
}

package impact

import (
	"cmp"
	"slices"
)

// cell is one comparison: what happened to the cohort g between the periods
// base and t, against the teams untouched until then.
type cell struct {
	g, t, base int
	set        set // what the comparison is for
	// clear is the last period by which a comparison must not have adopted:
	// max(t, base) + anticipation.
	clear int
}

func newCell(s set, g, t, base, anticipation int) cell {
	return cell{set: s, g: g, t: t, base: base, clear: max(t, base) + anticipation}
}

// isEffect tells the cells from adoption on from the earlier ones.
func isEffect(c cell) bool { return c.t >= c.g }

// cohorts are the adoption periods in a panel, ascending.
func (p *panel) cohorts() []int {
	var dates []int
	for _, first := range p.first {
		if first != 0 {
			dates = append(dates, first)
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// cellsOf lists the comparisons of the estimator: from the anticipated periods
// on, against the base g − 1 − anticipation; before, against the period before.
func cellsOf(p *panel, anticipation int) []cell {
	var cells []cell
	for _, g := range p.cohorts() {
		base := g - 1 - anticipation
		for t := p.from + 1; t <= p.last(); t++ {
			switch {
			case t <= base:
				cells = append(cells, newCell(estimation, g, t, t-1, anticipation))
			case base >= p.from:
				cells = append(cells, newCell(estimation, g, t, base, anticipation))
			}
		}
	}
	return cells
}

// design says which cohort plays which part in every cell. Cohorts are known by
// their label: their position among the adoption dates; the teams that never
// adopt have the last one.
type design struct {
	cells   []cell      // by clear, so that a cohort is compared in a prefix of them
	label   map[int]int // adoption period → label
	treated [][]int     // label → its cells
	compare []int       // label → in how many cells, from the first, it is compared with
}

// newDesign sorts the cells and deals them out.
func newDesign(p *panel, notYetTreated bool, cells []cell) *design {
	dates := p.cohorts()
	d := &design{
		cells:   slices.Clone(cells),
		label:   map[int]int{0: len(dates)},
		treated: make([][]int, len(dates)+1),
		compare: make([]int, len(dates)+1),
	}
	slices.SortStableFunc(d.cells, func(a, b cell) int { return cmp.Compare(a.clear, b.clear) })
	for label, g := range dates {
		d.label[g] = label
		for i, c := range d.cells {
			if c.g == g {
				d.treated[label] = append(d.treated[label], i)
			}
			if notYetTreated && c.clear < g {
				d.compare[label] = i + 1
			}
		}
	}
	d.compare[len(dates)] = len(d.cells)
	return d
}

// labels is the label of every team.
func (p *panel) labels(d *design) []int {
	labels := make([]int, len(p.first))
	for u, first := range p.first {
		labels[u] = d.label[first]
	}
	return labels
}

// where is the positions of the cells for which the condition holds.
func (d *design) where(holds func(cell) bool) []int {
	var at []int
	for i, c := range d.cells {
		if holds(c) {
			at = append(at, i)
		}
	}
	return at
}

// in is the positions of the cells of a set; none of the set nothing.
func (d *design) in(s set) []int {
	return d.where(func(c cell) bool { return s != nothing && c.set == s })
}

// hasEffect reports whether a team adds to any estimable effect.
func (d *design) hasEffect(t *tally, unit, label int) bool {
	return slices.ContainsFunc(d.treated[label], func(c int) bool {
		return isEffect(d.cells[c]) && t.estimable(c) && t.has(unit, c)
	})
}

// isCompared reports whether an estimable effect is compared with a team.
func (d *design) isCompared(t *tally, unit, label int) bool {
	for c := range d.compare[label] {
		if isEffect(d.cells[c]) && t.estimable(c) && t.has(unit, c) {
			return true
		}
	}
	return false
}

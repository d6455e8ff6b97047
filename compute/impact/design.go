package impact

import (
	"cmp"
	"slices"
)

// cell is one comparison: the change of the cohort g from the period base to the period t,
// compared with teams that had not adopted by then.
type cell struct {
	g, t, base int
	set        set // the purpose of the comparison
	// clear is the last period by which a comparison team must not have adopted: max(t, base) +
	// anticipation.
	clear int
}

func newCell(s set, g, t, base, anticipation int) cell {
	return cell{set: s, g: g, t: t, base: base, clear: max(t, base) + anticipation}
}

// isEffect reports whether a cell is from adoption on.
func isEffect(c cell) bool { return c.t >= c.g }

// listCohorts returns the adoption periods in a panel, ascending.
func (p *panel) listCohorts() []int {
	var dates []int
	for _, first := range p.first {
		if first != 0 {
			dates = append(dates, first)
		}
	}
	slices.Sort(dates)
	return slices.Compact(dates)
}

// listCells lists the comparisons of the estimator. From the anticipated periods on, the base
// is g − 1 − anticipation; in earlier periods it is the period before.
func listCells(p *panel, anticipation int) []cell {
	var cells []cell
	for _, g := range p.listCohorts() {
		base := g - 1 - anticipation
		for t := p.from + 1; t <= p.lastPeriod(); t++ {
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

// design lists the role of every cohort in every cell. A cohort is identified by its label, its
// position among the adoption dates; the teams that never adopt have the last label.
type design struct {
	cells   []cell      // by clear, so that the cells that compare with a cohort form few spans
	label   map[int]int // adoption period → label
	treated [][]int     // label → cells where it is the adopter
	compare [][]span    // label → spans of cells that compare with it
}

// span is the positions from from (inclusive) to to (exclusive).
type span struct{ from, to int }

// newDesign sorts the cells and assigns them to the cohorts.
func newDesign(p *panel, notYetTreated bool, cells []cell) *design {
	dates := p.listCohorts()
	d := &design{
		cells:   slices.Clone(cells),
		label:   map[int]int{0: len(dates)},
		treated: make([][]int, len(dates)+1),
		compare: make([][]span, len(dates)+1),
	}
	slices.SortStableFunc(d.cells, func(a, b cell) int { return cmp.Compare(a.clear, b.clear) })
	for label, g := range dates {
		d.label[g] = label
		d.treated[label] = d.findCells(func(c cell) bool { return c.g == g })
		if notYetTreated {
			// A cohort that has not adopted yet is a comparison for others, never for itself:
			// both sides would be the same teams.
			d.compare[label] = d.findSpans(func(c cell) bool { return c.clear < g && c.g != g })
		}
	}
	d.compare[len(dates)] = d.findSpans(func(cell) bool { return true })
	return d
}

// findSpans returns the spans of cells for which the condition holds.
func (d *design) findSpans(holds func(cell) bool) []span {
	var out []span
	for i, c := range d.cells {
		switch {
		case !holds(c):
		case len(out) > 0 && out[len(out)-1].to == i:
			out[len(out)-1].to++
		default:
			out = append(out, span{i, i + 1})
		}
	}
	return out
}

// labelTeams returns the label of every team.
func (p *panel) labelTeams(d *design) []int {
	labels := make([]int, len(p.first))
	for u, first := range p.first {
		labels[u] = d.label[first]
	}
	return labels
}

// findCells returns the positions of the cells for which the condition holds.
func (d *design) findCells(holds func(cell) bool) []int {
	var at []int
	for i, c := range d.cells {
		if holds(c) {
			at = append(at, i)
		}
	}
	return at
}

// cellsInSet returns the positions of the cells of a set; no cells for the set nothing.
func (d *design) cellsInSet(s set) []int {
	return d.findCells(func(c cell) bool { return s != nothing && c.set == s })
}

// isTreated reports whether teams with this label are the adopters of a cell.
func (d *design) isTreated(label, c int) bool {
	_, ok := slices.BinarySearch(d.treated[label], c)
	return ok
}

// isCompared reports whether a cell compares with the teams with this label.
func (d *design) isCompared(label, c int) bool {
	return slices.ContainsFunc(d.compare[label], func(s span) bool { return s.from <= c && c < s.to })
}

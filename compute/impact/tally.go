package impact

// observations are, for every team and cell, the difference y(t) − y(base):
// [unit*cells + cell], 0 where one of the two periods is missing. Which are
// missing is in have, as numbers to add up.
type observations struct {
	difference []float64
	have       []float64
}

// differences takes y in the layout of the panel.
func (p *panel) differences(d *design, y []float64) observations {
	o := observations{
		difference: make([]float64, len(p.units)*len(d.cells)),
		have:       make([]float64, len(p.units)*len(d.cells)),
	}
	for u := range p.units {
		row := u*p.periods - p.from
		for i, c := range d.cells {
			if p.have[row+c.t] && p.have[row+c.base] {
				o.difference[u*len(d.cells)+i] = y[row+c.t] - y[row+c.base]
				o.have[u*len(d.cells)+i] = 1
			}
		}
	}
	return o
}

// tally adds up the two sides of every cell under one assignment of cohorts to
// teams, for one outcome or several with the same gaps. It is made once and used
// for every permutation: assign allocates nothing.
type tally struct {
	design       *design
	outcomes     []observations
	treated      [][]float64 // outcome → cell → sum
	compared     [][]float64
	treatedUnits []float64 // cell → number of teams
	comparedWith []float64
}

func newTally(d *design, outcomes ...observations) *tally {
	t := &tally{
		design:       d,
		outcomes:     outcomes,
		treatedUnits: make([]float64, len(d.cells)),
		comparedWith: make([]float64, len(d.cells)),
	}
	for range outcomes {
		t.treated = append(t.treated, make([]float64, len(d.cells)))
		t.compared = append(t.compared, make([]float64, len(d.cells)))
	}
	return t
}

// assign adds everything up with labels[u] as the cohort of team u.
func (t *tally) assign(labels []int) {
	cells := len(t.design.cells)
	have := t.outcomes[0].have
	t.count(labels, have, cells)
	for k, o := range t.outcomes {
		treated, compared := t.treated[k], t.compared[k]
		clear(treated)
		clear(compared)
		for u, label := range labels {
			row := o.difference[u*cells : (u+1)*cells]
			for _, c := range t.design.treated[label] {
				treated[c] += row[c]
			}
			add(compared, row[:t.design.compare[label]])
		}
	}
}

func (t *tally) count(labels []int, have []float64, cells int) {
	clear(t.treatedUnits)
	clear(t.comparedWith)
	for u, label := range labels {
		row := have[u*cells : (u+1)*cells]
		for _, c := range t.design.treated[label] {
			t.treatedUnits[c] += row[c]
		}
		add(t.comparedWith, row[:t.design.compare[label]])
	}
}

// add adds row to the beginning of sums.
func add(sums, row []float64) {
	sums = sums[:len(row)] // spares the loop its bounds checks
	for i, v := range row {
		sums[i] += v
	}
}

// estimable reports whether a cell has teams on both sides.
func (t *tally) estimable(c int) bool { return t.treatedUnits[c] > 0 && t.comparedWith[c] > 0 }

// has reports whether a team has both periods of a cell.
func (t *tally) has(unit, c int) bool {
	return t.outcomes[0].have[unit*len(t.design.cells)+c] > 0
}

// att is the effect in an estimable cell.
func (t *tally) att(outcome, c int) float64 {
	return t.treated[outcome][c]/t.treatedUnits[c] - t.compared[outcome][c]/t.comparedWith[c]
}

// mean is the effect over cells, each weighted by its adopters. ok is false if
// none is estimable.
func (t *tally) mean(outcome int, cells []int) (att float64, ok bool) {
	var weights float64
	for _, c := range cells {
		if t.estimable(c) {
			att += t.treatedUnits[c] * t.att(outcome, c)
			weights += t.treatedUnits[c]
		}
	}
	if weights == 0 {
		return 0, false
	}
	return att / weights, true
}

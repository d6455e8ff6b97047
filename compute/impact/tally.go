package impact

// observations has, for every team and cell, the difference y(t) − y(base) times its weight:
// [unit*cells + cell], 0 if one of the two periods is missing. The weights are kept separately,
// 0 if nothing was observed.
type observations struct {
	difference []float64
	weight     []float64
}

// newObservations returns the observations of y, which has the layout of the panel.
func (p *panel) newObservations(d *design, y []float64) observations {
	o := observations{
		difference: make([]float64, len(p.units)*len(d.cells)),
		weight:     make([]float64, len(p.units)*len(d.cells)),
	}
	for u := range p.units {
		row := u*p.periods - p.from
		for i, c := range d.cells {
			if p.have[row+c.t] && p.have[row+c.base] {
				w := p.weight(row+c.t, row+c.base)
				o.difference[u*len(d.cells)+i] = w * (y[row+c.t] - y[row+c.base])
				o.weight[u*len(d.cells)+i] = w
			}
		}
	}
	return o
}

// tally adds up the two sides of every cell under one assignment of cohorts to teams. One tally
// serves all permutations: assign allocates nothing.
type tally struct {
	design        *design
	outcome       observations
	treated       []float64 // cell → sum
	compared      []float64
	treatedWeight []float64 // cell → weight of its teams
	comparedWith  []float64
}

func newTally(d *design, outcome observations) *tally {
	return &tally{
		design:        d,
		outcome:       outcome,
		treated:       make([]float64, len(d.cells)),
		compared:      make([]float64, len(d.cells)),
		treatedWeight: make([]float64, len(d.cells)),
		comparedWith:  make([]float64, len(d.cells)),
	}
}

// assign adds up all cells, with labels[u] as the cohort of team u.
func (t *tally) assign(labels []int) {
	cells := len(t.design.cells)
	clear(t.treated)
	clear(t.compared)
	clear(t.treatedWeight)
	clear(t.comparedWith)
	for u, label := range labels {
		row := t.outcome.difference[u*cells : (u+1)*cells]
		weight := t.outcome.weight[u*cells : (u+1)*cells]
		for _, c := range t.design.treated[label] {
			t.treated[c] += row[c]
			t.treatedWeight[c] += weight[c]
		}
		for _, s := range t.design.compare[label] {
			add(t.compared[s.from:s.to], row[s.from:s.to])
			add(t.comparedWith[s.from:s.to], weight[s.from:s.to])
		}
	}
}

// add adds row to sums of the same length.
func add(sums, row []float64) {
	sums = sums[:len(row)] // saves the bounds checks of the loop
	for i, v := range row {
		sums[i] += v
	}
}

// isEstimable reports whether a cell has teams on both sides.
func (t *tally) isEstimable(c int) bool { return t.treatedWeight[c] > 0 && t.comparedWith[c] > 0 }

// hasPeriods reports whether a team was observed in both periods of a cell.
func (t *tally) hasPeriods(unit, c int) bool {
	return t.outcome.weight[unit*len(t.design.cells)+c] > 0
}

// cellEffect returns the effect in an estimable cell.
func (t *tally) cellEffect(c int) float64 {
	return t.treated[c]/t.treatedWeight[c] - t.compared[c]/t.comparedWith[c]
}

// meanEffect returns the mean effect over cells, each weighted by its adopters. ok is false if
// no cell is estimable.
func (t *tally) meanEffect(cells []int) (att float64, ok bool) {
	var weights float64
	for _, c := range cells {
		if t.isEstimable(c) {
			att += t.treatedWeight[c] * t.cellEffect(c)
			weights += t.treatedWeight[c]
		}
	}
	if weights == 0 {
		return 0, false
	}
	return att / weights, true
}

// countTeams counts a cell's teams on both sides.
func (t *tally) countTeams(labels []int, c int) (treated, compared int) {
	for u, label := range labels {
		switch {
		case !t.hasPeriods(u, c):
		case t.design.isTreated(label, c):
			treated++
		case t.design.isCompared(label, c):
			compared++
		}
	}
	return treated, compared
}

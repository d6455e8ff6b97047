package impact

// set names what a comparison is for.
type set int

const (
	nothing set = iota
	estimation
	sharedBase // every period of a cohort against the base of its effects
	beforeBase // the periods before the base against it, and those that never adopt
	onePeriodBefore
	twoPeriodsBefore
	threePeriodsBefore
	fourPeriodsBefore
	placebo
	withoutAnticipation
	anticipatingOne
	anticipatingTwo
)

var (
	// runUp is the periods that the pre-period check looks at, from adoption
	// backwards. More would dilute it: the last ones matter most.
	runUp = []set{onePeriodBefore, twoPeriodsBefore, threePeriodsBefore, fourPeriodsBefore}
	// anticipationSets are the effects assuming 0, 1 and 2 affected periods.
	anticipationSets = []set{withoutAnticipation, anticipatingOne, anticipatingTwo}
)

// contrast is a mean over a set of cells, less that over another if there is
// one: 0 but for chance if the comparison is fair.
type contrast struct{ set, less set }

// family is the contrasts of one check.
type family struct {
	name, looksAt string
	contrasts     []contrast
}

// planFamilies lists the checks and the comparisons they need.
func (p *panel) planFamilies(anticipation int) ([]family, []cell) {
	preperiod := family{name: PrePeriodCheck, looksAt: "differences in the four periods before adoption"}
	for _, s := range runUp {
		preperiod.contrasts = append(preperiod.contrasts, contrast{set: s})
	}
	families := []family{
		preperiod,
		{
			PlaceboCheck, "effect of an adoption two periods before anything could have begun",
			[]contrast{{set: placebo}},
		},
		{
			AnticipationCheck, "effects assuming 0, 1 and 2 affected periods before adoption",
			[]contrast{{withoutAnticipation, anticipatingOne}, {anticipatingTwo, anticipatingOne}},
		},
	}
	cells := append(p.sharedBaseCells(anticipation), p.beforeBaseCells(anticipation)...)
	cells = append(cells, p.runUpCells(anticipation)...)
	for _, g := range p.listCohorts() {
		cells = append(cells, p.placeboCells(g, anticipation)...)
		cells = append(cells, p.anticipationCells(g)...)
	}
	return families, cells
}

// sharedBaseCells compare every period, before adoption and after it, with the
// one base of the cohort's effects.
func (p *panel) sharedBaseCells(anticipation int) []cell {
	var cells []cell
	for _, g := range p.listCohorts() {
		base := g - 1 - anticipation
		for t := p.from; t <= p.last(); t++ {
			if t != base && base >= p.from {
				cells = append(cells, newCell(sharedBase, g, t, base, anticipation))
			}
		}
	}
	return cells
}

// beforeBaseCells returns the differences of which the drift is made. They are with teams that
// never adopt, where there are enough: those that adopt later may drift alike, and would hide
// it.
func (p *panel) beforeBaseCells(anticipation int) []cell {
	never := 0
	for _, first := range p.first {
		if first == 0 {
			never++
		}
	}
	var cells []cell
	for _, g := range p.listCohorts() {
		base := g - 1 - anticipation
		for t := p.from; t < base; t++ {
			c := newCell(beforeBase, g, t, base, anticipation)
			if never >= MinComparators {
				c.clear = p.last() + anticipation
			}
			cells = append(cells, c)
		}
	}
	return cells
}

// runUpCells returns the estimator's own comparisons before adoption.
func (p *panel) runUpCells(anticipation int) []cell {
	var cells []cell
	for _, c := range cellsOf(p, anticipation) {
		if before := c.g - c.t; before >= 1 && before <= len(runUp) {
			c.set = runUp[before-1]
			cells = append(cells, c)
		}
	}
	return cells
}

// placeboCells pretend that a cohort adopted two periods before anticipation
// began, and see the periods from there to it.
func (p *panel) placeboCells(g, anticipation int) []cell {
	end := g - 1 - anticipation
	base := end - 2
	if base < p.from {
		return nil
	}
	var cells []cell
	for t := base + 1; t <= min(end, p.last()); t++ {
		cells = append(cells, newCell(placebo, g, t, base, anticipation))
	}
	return cells
}

// anticipationCells returns the effects on a cohort that has a base for every anticipation, so
// that the same cohorts enter all three.
func (p *panel) anticipationCells(g int) []cell {
	if g-len(anticipationSets) < p.from {
		return nil
	}
	var cells []cell
	for anticipation, s := range anticipationSets {
		for t := g; t <= p.last(); t++ {
			cells = append(cells, newCell(s, g, t, g-1-anticipation, anticipation))
		}
	}
	return cells
}

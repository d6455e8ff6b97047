package impact

// set is the purpose of a comparison.
type set int

const (
	nothing set = iota
	estimation
	sharedBase // every period of a cohort against the base of its effects
	beforeBase // the periods before the base against it, compared with teams that never adopt
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
	// prePeriodSets are the periods of the pre-period check, backwards from adoption. More
	// periods would dilute the last ones, which matter most.
	prePeriodSets = []set{onePeriodBefore, twoPeriodsBefore, threePeriodsBefore, fourPeriodsBefore}
	// anticipationSets are the effects with 0, 1 and 2 affected periods assumed.
	anticipationSets = []set{withoutAnticipation, anticipatingOne, anticipatingTwo}
)

// contrast is a mean over a set of cells, minus the mean over another set if there is one. In a
// fair comparison it is 0 but for chance.
type contrast struct{ set, minus set }

// family lists the contrasts of one check.
type family struct {
	name, looksAt string
	contrasts     []contrast
}

// planFamilies lists the checks and the comparisons that they need.
func (p *panel) planFamilies(anticipation int) ([]family, []cell) {
	preperiod := family{name: PrePeriodCheck, looksAt: "differences in the four periods before adoption"}
	for _, s := range prePeriodSets {
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

// sharedBaseCells returns comparisons of every period, before and after adoption, with the one
// base of the cohort's effects.
func (p *panel) sharedBaseCells(anticipation int) []cell {
	var cells []cell
	for _, g := range p.listCohorts() {
		base := g - 1 - anticipation
		for t := p.from; t <= p.lastPeriod(); t++ {
			if t != base && base >= p.from {
				cells = append(cells, newCell(sharedBase, g, t, base, anticipation))
			}
		}
	}
	return cells
}

// beforeBaseCells returns the comparisons that measure the drift. They are with teams that
// never adopt, if there are enough: later adopters may drift in the same way and hide it.
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
				c.clear = p.lastPeriod() + anticipation
			}
			cells = append(cells, c)
		}
	}
	return cells
}

// runUpCells returns the estimator's own comparisons before adoption.
func (p *panel) runUpCells(anticipation int) []cell {
	var cells []cell
	for _, c := range listCells(p, anticipation) {
		if before := c.g - c.t; before >= 1 && before <= len(prePeriodSets) {
			c.set = prePeriodSets[before-1]
			cells = append(cells, c)
		}
	}
	return cells
}

// placeboCells returns comparisons as if a cohort had adopted two periods before anticipation
// began, for the periods from then until anticipation.
func (p *panel) placeboCells(g, anticipation int) []cell {
	end := g - 1 - anticipation
	base := end - 2
	if base < p.from {
		return nil
	}
	var cells []cell
	for t := base + 1; t <= min(end, p.lastPeriod()); t++ {
		cells = append(cells, newCell(placebo, g, t, base, anticipation))
	}
	return cells
}

// anticipationCells returns the effects on a cohort that has a base for every length of
// anticipation, so that the same cohorts are in all three.
func (p *panel) anticipationCells(g int) []cell {
	if g-len(anticipationSets) < p.from {
		return nil
	}
	var cells []cell
	for anticipation, s := range anticipationSets {
		for t := g; t <= p.lastPeriod(); t++ {
			cells = append(cells, newCell(s, g, t, g-1-anticipation, anticipation))
		}
	}
	return cells
}

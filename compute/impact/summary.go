package impact

import (
	"cmp"
	"slices"
)

// summarise returns the effects by cohort and period and their averages, without the headline.
func (t *tally) summarise() Effect {
	effect := Effect{
		Dynamic:  make(map[int]float64),
		Group:    make(map[int]float64),
		Calendar: make(map[int]float64),
	}
	since, group, calendar := averages{}, averages{}, averages{}
	order := make([]int, 0, len(t.design.cells))
	for c := range t.design.cells {
		if t.isEstimable(c) {
			order = append(order, c)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := t.design.cells[a], t.design.cells[b]
		if x.g != y.g {
			return cmp.Compare(x.g, y.g)
		}
		return cmp.Compare(x.t, y.t)
	})
	for _, i := range order {
		c, att, teams := t.design.cells[i], t.cellEffect(i), t.treatedWeight[i]
		effect.ATTGT = append(effect.ATTGT, GT{G: c.g, T: c.t, ATT: att})
		since.add(c.t-c.g, att, teams)
		if isEffect(c) {
			group.add(c.g, att, teams)
			calendar.add(c.t, att, teams)
		}
	}
	since.fill(effect.Dynamic)
	group.fill(effect.Group)
	calendar.fill(effect.Calendar)
	return effect
}

// averages collects weighted means by a key.
type averages map[int]*average

type average struct{ sum, weight float64 }

func (a averages) add(key int, value, weight float64) {
	if a[key] == nil {
		a[key] = &average{}
	}
	a[key].sum += value * weight
	a[key].weight += weight
}

func (a averages) fill(into map[int]float64) {
	for key, v := range a {
		into[key] = v.sum / v.weight
	}
}

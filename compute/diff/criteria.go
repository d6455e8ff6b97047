package diff

import (
	"reflect"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/measures"
)

// compareCriteria reports the criteria of phases that were added, removed or changed, and those
// with another state. Limits that change, and criteria that disappear, after their phase began
// are a warning, and so are days of meeting a criterion that are yet to come or were removed.
func (c *comparison) compareCriteria(p *pair[fact.Initiative]) {
	if p.base == nil || p.head == nil || c.Base.ReportOnly {
		return
	}
	x := Change{Kind: Conditions, Subject: newSubject("initiative", &p.head.Item), File: c.filePath(p.head.File)}
	for n := range p.head.Phases {
		ph := &p.head.Phases[n]
		old := findPhase(p.base, formerPhase(p, ph.Name))
		if old == nil {
			continue // the dates of the new phase are reported
		}
		for _, m := range pairCriteria(old.Criteria, ph.Criteria) {
			j := c.newJudgeable(p, old, ph, m)
			if j == nil {
				continue
			}
			if x.Line == 0 && m.head >= 0 {
				x.Line = p.head.LineOf("phase." + formatNumber(n) + ".criteria." + formatNumber(m.head))
			} else if x.Line == 0 {
				x.Line = findPhaseLine(p.head, ph.Name)
			}
			x.Warn = x.Warn || j.warns()
			x.Criteria = append(x.Criteria, *j)
		}
	}
	if len(x.Criteria) > 0 {
		c.add(x)
	}
}

// warns reports whether the change of a criterion needs a reason.
func (j *Judgeable) warns() bool {
	limits := j.Before != nil && j.After != nil && !sameLimits(j.Before, j.After)
	return j.Begun && (j.After == nil || limits) || j.Future || !j.MetBefore.IsZero() && j.MetAfter.IsZero()
}

func sameLimits(a, b *Criterion) bool {
	return a.LimitUnit == b.LimitUnit && reflect.DeepEqual([]*float64{a.AtLeast, a.AtMost, a.Over, a.Under},
		[]*float64{b.AtLeast, b.AtMost, b.Over, b.Under})
}

// newJudgeable returns the change of one criterion; nil if nothing changed.
func (c *comparison) newJudgeable(p *pair[fact.Initiative], old, phase *fact.Phase, m match) *Judgeable {
	asOf := c.Head.Report.AsOf
	j := Judgeable{Phase: phase.Name, Begun: old.Begun(c.Base.Report.AsOf)}
	if m.base >= 0 {
		k := &old.Criteria[m.base]
		e := findEvaluation(&c.Base.Report, p.base.ID, old.Name, m.base)
		j.Before, j.Was, j.MetBefore = c.newCriterion(k, e), c.stateOf(e), k.Met
	}
	if m.head >= 0 {
		k := &phase.Criteria[m.head]
		e := findEvaluation(&c.Head.Report, p.head.ID, phase.Name, m.head)
		j.After, j.Now, j.MetAfter = c.newCriterion(k, e), c.stateOf(e), k.Met
		j.Future = k.Met.After(asOf) && !k.Met.Equal(j.MetBefore)
	}
	if j.Before != nil && j.After != nil && j.Was == j.Now && j.MetBefore.Equal(j.MetAfter) &&
		j.Before.Text == j.After.Text && j.Before.Measure == j.After.Measure && sameLimits(j.Before, j.After) {
		return nil
	}
	return &j
}

func findEvaluation(r *compute.Report, initiative, phase string, n int) *measures.Evaluation {
	i := slices.IndexFunc(r.Gates, func(g compute.Gate) bool {
		return g.Initiative == initiative && g.Phase == phase && g.Criterion == n
	})
	if i < 0 {
		return nil
	}
	return &r.Gates[i].Evaluation
}

// stateOf returns the state of a criterion; "" if no measured data exist to judge it.
func (c *comparison) stateOf(e *measures.Evaluation) string {
	switch {
	case e == nil || c.Missing != "" && !e.Judged:
		return ""
	case e.State == measures.Unknown:
		return "unknown"
	case e.Passed():
		return "met"
	}
	return "not met"
}

// match is a criterion on both sides, as indices; −1 on a side without it.
type match struct{ base, head int }

// pairCriteria pairs criteria that are alike: first those with the same text and measure, then
// those with the same measure or text, then those at the same place of the same kind.
func pairCriteria(base, head []fact.Criterion) []match {
	type key = func(a, b *fact.Criterion, i, k int) bool
	by := []key{
		func(a, b *fact.Criterion, _, _ int) bool {
			return a.Text == b.Text && a.Measure == b.Measure && a.Feature == b.Feature
		},
		func(a, b *fact.Criterion, _, _ int) bool {
			return a.Measure != "" && a.Measure == b.Measure && a.Feature == b.Feature || a.Text != "" && a.Text == b.Text
		},
		func(a, b *fact.Criterion, i, k int) bool { return i == k && a.Measure == "" && b.Measure == "" },
	}
	partner := make([]int, len(head))
	for k := range partner {
		partner[k] = -1
	}
	taken := make([]bool, len(base))
	for _, same := range by {
		for k := range head {
			for i := range base {
				if partner[k] < 0 && !taken[i] && same(&base[i], &head[k], i, k) {
					partner[k], taken[i] = i, true
				}
			}
		}
	}
	var out []match
	for k := range head {
		out = append(out, match{partner[k], k})
	}
	for i := range base {
		if !taken[i] {
			out = append(out, match{i, -1})
		}
	}
	return out
}

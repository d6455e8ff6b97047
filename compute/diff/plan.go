package diff

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// compareRefusal reports a refusal (won't build) that was added, removed or reworded.
func (c *comparison) compareRefusal(p *pair[fact.Initiative]) {
	refused := func(in *fact.Initiative) bool { return in != nil && in.Status == fact.WontBuild }
	if !refused(p.base) && !refused(p.head) {
		return
	}
	in := p.current()
	r := Refusal{}
	if p.base != nil {
		r.Before = p.base.Status
		r.Reason, r.Instead, r.Revisit = p.base.Reason, p.base.Instead, p.base.Revisit
	}
	if p.head != nil {
		r.After = p.head.Status
	}
	if refused(p.head) {
		if refused(p.base) && r.Reason == p.head.Reason && r.Instead == p.head.Instead && r.Revisit.Equal(p.head.Revisit) {
			return
		}
		r.Reason, r.Instead, r.Revisit = p.head.Reason, p.head.Instead, p.head.Revisit
		r.Gates = c.listFormerGates(p)
	} else if p.head != nil {
		r.Reopened = c.findReopening(p)
	}
	c.add(Change{
		Kind: Refused, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File),
		Line: findLine(p, "status"), Refusal: &r, Warn: !refused(p.head) && r.Reopened == "",
	})
}

// listFormerGates returns the phases that the base leaves. A refused initiative has no gates.
func (c *comparison) listFormerGates(p *pair[fact.Initiative]) (phases []string) {
	for i := range c.Base.Report.Crossings {
		if x := &c.Base.Report.Crossings[i]; p.base != nil && x.Initiative == p.base.ID {
			phases = append(phases, x.Left)
		}
	}
	return phases
}

// findReopening returns the reason for work on a request that was refused before: a reason or an
// answer that was written with it, or new research. It returns "" without one.
func (c *comparison) findReopening(p *pair[fact.Initiative]) string {
	switch b, h := p.base, p.head; {
	case h.Reason != "" && h.Reason != b.Reason:
		return h.Reason
	case h.Answer != "" && h.Answer != b.Answer && !c.Base.ReportOnly:
		return h.Answer
	case !c.Base.ReportOnly:
		for _, id := range h.Research {
			if !slices.Contains(b.Research, id) {
				return "new research: " + c.titles().research[id]
			}
		}
	}
	return ""
}

// findLine returns the line of a key in the head's file; 0 if the file is gone.
func findLine(p *pair[fact.Initiative], key string) int {
	if p.head == nil {
		return 0
	}
	return p.head.LineOf(key)
}

// compareOverride reports a person's rank that was added, removed or changed.
func (c *comparison) compareOverride(p *pair[fact.Initiative]) {
	before := c.newRuling(&c.Base.Report.Plan, p.base)
	after := c.newRuling(&c.Head.Report.Plan, p.head)
	if before == nil && after == nil || before != nil && after != nil && before.Priority == after.Priority &&
		before.Reason == after.Reason && before.By == after.By && before.Until.Equal(after.Until) {
		return
	}
	in := p.current()
	x := Change{
		Kind: Overridden, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File), Line: findLine(p, "override"),
		Override: &Override{Before: before, After: after},
	}
	if after != nil && after.Expired {
		x.Warn, x.Line = true, findLine(p, "override.until")
	}
	x.Warn = x.Warn || after != nil && after.Reason == ""
	c.add(x)
}

// newRuling returns the override of an initiative and its effect on the ranking.
func (c *comparison) newRuling(plan *rice.Plan, in *fact.Initiative) *Ruling {
	if in == nil || in.Override == nil {
		return nil
	}
	r := Ruling{Priority: in.Override.Priority, Reason: in.Override.Reason, By: in.Override.By, Until: in.Override.Until}
	r.Expired = !r.Until.IsZero() && !c.Head.Report.AsOf.Before(r.Until)
	if it := findRanked(plan, in); it != nil && it.Override != nil {
		r.TieBreak, r.Redundant = it.Override.TieBreak, newRedundant(plan, it)
	}
	return &r
}

// compareStatus reports another declared status. A refusal is reported elsewhere.
func (c *comparison) compareStatus(p *pair[fact.Initiative]) {
	if p.base == nil || p.head == nil || p.base.Status == p.head.Status || p.base.Status == "" ||
		p.base.Status == fact.WontBuild || p.head.Status == fact.WontBuild {
		return
	}
	c.add(Change{
		Kind: Progressed, Subject: newSubject("initiative", &p.head.Item), File: c.filePath(p.head.File),
		Line: p.head.LineOf("status"), Status: &Status{Before: p.base.Status, After: p.head.Status},
	})
}

// comparePhaseDates reports phases whose span or state changed. Phases are identified by their
// names; if two have one name, the first counts.
func (c *comparison) comparePhaseDates(p *pair[fact.Initiative]) {
	if p.base == nil || p.head == nil || c.Base.ReportOnly {
		return
	}
	var spans []Span
	line, kept := 0, map[string]bool{}
	for i := range p.head.Phases {
		ph := &p.head.Phases[i]
		s := Span{Name: ph.Name, Before: Dates{Gone: true}, After: Dates{From: ph.Start, To: ph.End(), State: ph.Status}}
		if old := findPhase(p.base, formerPhase(p, ph.Name)); old != nil {
			s.Before = Dates{From: old.Start, To: old.End(), State: old.Status}
			if kept[old.Name] = true; old.Name != ph.Name {
				s.Was = old.Name
			}
		}
		if s.Before != s.After || s.Was != "" {
			spans = append(spans, s)
			line = cmp.Or(line, p.head.LineOf("phase."+formatNumber(i)))
		}
	}
	for i := range p.base.Phases {
		if old := &p.base.Phases[i]; findPhase(p.head, old.Name) == nil && !kept[old.Name] {
			spans = append(spans, Span{
				Name: old.Name, Before: Dates{From: old.Start, To: old.End(), State: old.Status},
				After: Dates{Gone: true},
			})
		}
	}
	if len(spans) > 0 {
		c.add(Change{
			Kind: Dated, Subject: newSubject("initiative", &p.head.Item), File: c.filePath(p.head.File), Line: line,
			Dates: spans,
		})
	}
}

// formerPhase returns the name in the base of a phase of the head: its own or, if the base has no
// phase of that name, that of the phase at the same place that the head does not have.
func formerPhase(p *pair[fact.Initiative], name string) string {
	if p.base == nil || findPhase(p.base, name) != nil {
		return name
	}
	i := slices.IndexFunc(p.head.Phases, func(ph fact.Phase) bool { return ph.Name == name })
	if i < 0 || i >= len(p.base.Phases) || findPhase(p.head, p.base.Phases[i].Name) != nil {
		return name
	}
	return p.base.Phases[i].Name
}

func findPhase(in *fact.Initiative, name string) *fact.Phase {
	i := slices.IndexFunc(in.Phases, func(p fact.Phase) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &in.Phases[i]
}

// compareActivities reports activities, the bars of the roadmap that are not initiatives.
func (c *comparison) compareActivities() {
	before := map[string]*fact.Activity{}
	for i := range c.Base.Content.Activities {
		before[c.Base.Content.Activities[i].ID] = &c.Base.Content.Activities[i]
	}
	dates := func(a *fact.Activity) Dates { return Dates{From: a.Start, To: a.End(), State: a.Status} }
	for i := range c.Head.Content.Activities {
		a := &c.Head.Content.Activities[i]
		s := Span{Name: a.Title, Before: Dates{Gone: true}, After: dates(a)}
		if old := before[a.ID]; old != nil {
			s.Before = dates(old)
			delete(before, a.ID)
		}
		if s.Before != s.After {
			c.add(Change{
				Kind: Dated, Subject: Subject{"activity", a.ID, a.Title}, File: c.filePath(a.File), Line: a.Line,
				Dates: []Span{s},
			})
		}
	}
	for i := range c.Base.Content.Activities {
		if a := &c.Base.Content.Activities[i]; before[a.ID] == a {
			s := Span{Name: a.Title, Before: dates(a), After: Dates{Gone: true}}
			c.add(Change{Kind: Dated, Subject: Subject{"activity", a.ID, a.Title}, File: c.filePath(a.File), Dates: []Span{s}})
		}
	}
}

// compareGates reports phases that only one side leaves, and those whose check, or the reason
// for leaving them, is another one. Without measured data, only criteria that people judge
// count.
func (c *comparison) compareGates() {
	for i := range c.Head.Report.Crossings {
		x := &c.Head.Report.Crossings[i]
		p := c.planOf(x.Initiative)
		if p == nil {
			continue
		}
		in := p.head
		g := Gate{Phase: x.Left, Entered: x.Entered, Reason: x.Reason, By: x.By, Unmet: c.listUnmet(in, x)}
		failed := len(g.Unmet) > 0 && g.Reason == ""
		if former := formerPhase(p, x.Left); c.baseLeftPhase(p, former) {
			g.Was = "passed"
			was := c.baseCrossing(p, former)
			failedBefore := was != nil && was.Reason == "" &&
				(c.Base.ReportOnly && was.Failed() || len(c.listUnmet(p.base, was)) > 0)
			if failedBefore {
				g.Was = "failed"
			}
			if failed == failedBefore && (was == nil || was.Reason == x.Reason) {
				continue
			}
		}
		c.add(Change{
			Kind: Gated, Failed: failed, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File),
			Line: findPhaseLine(in, x.Left), Gate: &g,
		})
	}
	for i := range c.Base.Report.Crossings {
		x := &c.Base.Report.Crossings[i]
		k := slices.IndexFunc(c.plans, func(p pair[fact.Initiative]) bool { return p.base != nil && p.base.ID == x.Initiative })
		if k < 0 || c.plans[k].head == nil || c.Base.ReportOnly {
			continue
		}
		in := c.plans[k].head
		n := slices.IndexFunc(in.Phases, func(ph fact.Phase) bool { return formerPhase(&c.plans[k], ph.Name) == x.Left })
		if n < 0 || in.Status == fact.WontBuild {
			continue
		}
		if _, left := in.Left(n, c.Head.Report.AsOf); !left {
			c.add(Change{
				Kind: Gated, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File),
				Line: findPhaseLine(in, in.Phases[n].Name), Gate: &Gate{Phase: in.Phases[n].Name, Entered: x.Entered, Back: true},
			})
		}
	}
}

// listUnmet returns the unmet criteria of a phase that was left.
func (c *comparison) listUnmet(in *fact.Initiative, x *compute.Crossing) []Criterion {
	var out []Criterion
	for i := range x.Unmet {
		u := &x.Unmet[i]
		if k := findCriterion(in, u.Phase, u.Criterion); k != nil && (c.Missing == "" || u.Evaluation.Judged) {
			out = append(out, *c.newCriterion(k, &u.Evaluation))
		}
	}
	return out
}

// newCriterion returns a criterion with its latest value.
func (c *comparison) newCriterion(k *fact.Criterion, e *measures.Evaluation) *Criterion {
	out := &Criterion{
		Text: k.Text, Measure: c.measureTitle(k.Measure), Feature: c.featureTitle(k.Feature), LimitUnit: k.Unit, AtLeast: k.AtLeast,
		AtMost: k.AtMost, Over: k.Over, Under: k.Under,
	}
	if e != nil {
		out.Value, out.Unit, out.Why = e.Value, e.Unit, e.Why
	}
	return out
}

func (c *comparison) planOf(id string) *pair[fact.Initiative] {
	i := slices.IndexFunc(c.plans, func(p pair[fact.Initiative]) bool { return p.head != nil && p.head.ID == id })
	if i < 0 {
		return nil
	}
	return &c.plans[i]
}

// baseLeftPhase reports whether the base also left that phase.
func (c *comparison) baseLeftPhase(p *pair[fact.Initiative], name string) bool {
	if p.base == nil {
		return false
	}
	for i := range c.Base.Report.Crossings {
		if x := &c.Base.Report.Crossings[i]; x.Initiative == p.base.ID && x.Left == name {
			return true
		}
	}
	n := slices.IndexFunc(p.base.Phases, func(ph fact.Phase) bool { return ph.Name == name })
	if n < 0 {
		return false
	}
	_, left := p.base.Left(n, c.Base.Report.AsOf)
	return left
}

// baseCrossing returns the crossing of that phase in the base; nil without one.
func (c *comparison) baseCrossing(p *pair[fact.Initiative], name string) *compute.Crossing {
	for i := range c.Base.Report.Crossings {
		if x := &c.Base.Report.Crossings[i]; p.base != nil && x.Initiative == p.base.ID && x.Left == name {
			return x
		}
	}
	return nil
}

// findPhaseLine returns the line of a phase in its file.
func findPhaseLine(in *fact.Initiative, name string) int {
	n := slices.IndexFunc(in.Phases, func(p fact.Phase) bool { return p.Name == name })
	return in.LineOf("phase." + formatNumber(max(n, 0)))
}

func findCriterion(in *fact.Initiative, name string, n int) *fact.Criterion {
	ph := findPhase(in, name)
	if ph == nil || n < 0 || n >= len(ph.Criteria) {
		return nil
	}
	return &ph.Criteria[n]
}

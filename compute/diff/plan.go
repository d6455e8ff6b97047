package diff

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
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
	}
	c.add(Change{
		Kind: Refused, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File),
		Line: findLine(p, "status"), Refusal: &r,
	})
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
	before := newRuling(p.base, findRanked(&c.Base.Report.Plan, p.base))
	after := newRuling(p.head, findRanked(&c.Head.Report.Plan, p.head))
	if before == nil && after == nil || before != nil && after != nil &&
		before.Priority == after.Priority && before.Reason == after.Reason && before.By == after.By {
		return
	}
	in := p.current()
	c.add(Change{
		Kind: Overridden, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File), Line: findLine(p, "override"),
		Override: &Override{Before: before, After: after},
	})
}

// newRuling returns the override of an initiative and its effect on the ranking.
func newRuling(in *fact.Initiative, it *rice.Item) *Ruling {
	if in == nil || in.Override == nil {
		return nil
	}
	r := Ruling{Priority: in.Override.Priority, Reason: in.Override.Reason, By: in.Override.By}
	if it != nil && it.Override != nil {
		r.TieBreak, r.Agrees = it.Override.TieBreak, it.Override.Agrees
	}
	return &r
}

// comparePhaseDates reports phases whose span or state changed. Phases are identified by their
// names; if two have one name, the first counts.
func (c *comparison) comparePhaseDates(p *pair[fact.Initiative]) {
	if p.base == nil || p.head == nil || c.Base.ReportOnly {
		return
	}
	var spans []Span
	line := 0
	for i := range p.head.Phases {
		ph := &p.head.Phases[i]
		s := Span{Name: ph.Name, Before: Dates{Gone: true}, After: Dates{From: ph.Start, To: ph.End(), State: ph.Status}}
		if old := findPhase(p.base, ph.Name); old != nil {
			s.Before = Dates{From: old.Start, To: old.End(), State: old.Status}
		}
		if s.Before != s.After {
			spans = append(spans, s)
			line = cmp.Or(line, p.head.LineOf("phase."+formatNumber(i)))
		}
	}
	for i := range p.base.Phases {
		if old := &p.base.Phases[i]; findPhase(p.head, old.Name) == nil {
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

// compareGates reports phases that the head leaves and the base does not, and those whose check
// fails in the head only. Without measured data, only criteria that people judge count.
func (c *comparison) compareGates() {
	for i := range c.Head.Report.Crossings {
		x := &c.Head.Report.Crossings[i]
		p := c.planOf(x.Initiative)
		if p == nil {
			continue
		}
		in := p.head
		g := Gate{Phase: x.Left, Entered: x.Entered, Reason: x.Reason, By: x.By}
		for _, u := range x.Unmet {
			if k := findCriterion(in, u.Phase, u.Criterion); k != nil && (c.Missing == "" || u.Evaluation.Judged) {
				g.Unmet = append(g.Unmet, Criterion{
					Text: k.Text, Measure: k.Measure, Feature: k.Feature, LimitUnit: k.Unit, AtLeast: k.AtLeast, AtMost: k.AtMost,
					Over: k.Over, Under: k.Under, Value: u.Evaluation.Value, Unit: u.Evaluation.Unit, Why: u.Evaluation.Why,
				})
			}
		}
		failed := len(g.Unmet) > 0 && g.Reason == ""
		if was := c.baseLeftPhase(p, x.Left); was && (!failed || c.baseFailedPhase(p, x.Left)) {
			continue
		}
		c.add(Change{
			Kind: Gated, Failed: failed, Subject: newSubject("initiative",
				&in.Item), File: c.filePath(in.File), Line: findPhaseLine(in,
				x.Left), Gate: &g,
		})
	}
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

// baseFailedPhase reports whether the check of that phase also fails in the base.
func (c *comparison) baseFailedPhase(p *pair[fact.Initiative], name string) bool {
	for i := range c.Base.Report.Crossings {
		if x := &c.Base.Report.Crossings[i]; x.Initiative == p.base.ID && x.Left == name {
			return x.Failed()
		}
	}
	return false
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

// compareDecisions reports changes of people's decisions about features.
func (c *comparison) compareDecisions() {
	pairs := pairItems(c.Base.Content.Decisions, c.Head.Content.Decisions,
		func(d *fact.Decision) *fact.Item { return &d.Item })
	for i := range pairs {
		p := &pairs[i]
		d := p.current()
		x := Decision{
			Feature: d.Feature, Decision: d.Decision, Recommended: d.Recommended, Deadline: d.Deadline,
			Reason: d.Reason,
		}
		switch {
		case p.base == nil:
			x.Change = "added"
		case p.head == nil:
			x.Change = "removed"
		case reflect.DeepEqual(decisionContent(p.base), decisionContent(p.head)):
			continue
		default:
			x.Change = "changed"
		}
		if r := findRecommendation(&c.Head.Report, d.Feature); r != nil && c.Missing == "" &&
			r.Verdict.Leaf() != d.Recommended && p.head != nil {
			x.Now = r.Verdict.Leaf()
		}
		line := 0
		if p.head != nil {
			line = p.head.LineOf("decision")
		}
		c.add(Change{
			Kind: Decided, Subject: newSubject("decision", &d.Item), File: c.filePath(d.File), Line: line,
			Decision: &x,
		})
	}
}

// decisionContent returns a decision without its place in a file.
func decisionContent(d *fact.Decision) any {
	return struct {
		Feature, Recommended, Decision, By, Reason string
		On, Deadline                               time.Time
	}{d.Feature, d.Recommended, d.Decision, d.By, d.Reason, d.On, d.Deadline}
}

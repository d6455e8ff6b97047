package diff

import (
	"reflect"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
)

// accepted is the word of a decision to do what was recommended.
const accepted = "accept"

// compareDecisions reports changes of people's decisions about features.
func (c *comparison) compareDecisions() {
	pairs := pairItems(c.Base.Content.Decisions, c.Head.Content.Decisions,
		func(d *fact.Decision) *fact.Item { return &d.Item })
	for i := range pairs {
		c.compareDecision(&pairs[i])
	}
}

func (c *comparison) compareDecision(p *pair[fact.Decision]) {
	d := p.current()
	x := Decision{
		Feature: c.featureTitle(d.Feature), Decision: d.Decision, Recommended: d.Recommended, Deadline: d.Deadline,
		Reason: d.Reason,
	}
	y := Change{Kind: Decided, Subject: newSubject("decision", &d.Item), File: c.filePath(d.File), Decision: &x}
	switch {
	case p.base == nil:
		x.Change = "added"
	case p.head == nil:
		x.Change, y.Warn = "removed", true
	case c.sameFeature(p.base.Feature, p.head.Feature) && reflect.DeepEqual(decisionContent(p.base), decisionContent(p.head)):
		return
	default:
		x.Change = "changed"
		if p.base.Decision != d.Decision {
			x.Was, y.Warn = p.base.Decision, p.base.Decision == accepted
		}
		x.Moved, x.Before = !p.base.Deadline.Equal(d.Deadline), p.base.Deadline
	}
	if p.base != nil {
		was, now := findRecommendation(&c.Base.Report, p.base.Feature), findRecommendation(&c.Head.Report, d.Feature)
		x.Undecided = was != nil && now != nil && was.Announced != "" && now.Announced == ""
	}
	if p.head != nil {
		y.Line = d.LineOf("decision")
		if r := findRecommendation(&c.Head.Report, d.Feature); r != nil && c.Missing == "" && r.Verdict.Leaf() != d.Recommended {
			x.Now = r.Verdict.Leaf()
		}
	}
	if d.Recommended == decision.Deprecate.Leaf() && d.Decision == accepted {
		x.Leaving = c.findLeaving(d.Feature)
		if x.Moved {
			y.Warn, y.Line = true, d.LineOf("deadline")
		}
	}
	c.add(y)
}

// findLeaving returns the way out of a deprecated feature; nil if its use is unknown.
func (c *comparison) findLeaving(feature string) *Leaving {
	if c.Missing != "" {
		return nil
	}
	list := c.Head.Report.Leavings
	i := slices.IndexFunc(list, func(l compute.Leaving) bool { return l.Feature == feature })
	if i >= 0 {
		l := &list[i]
		out := &Leaving{Left: l.Left, Unit: l.Unit, Risk: l.Risk()}
		if l.Forecast {
			out.Early, out.Late = l.Early, l.Late
		}
		return out
	}
	if f := c.Head.Report.Adoption.Find(feature); f != nil && f.Known {
		return &Leaving{Left: f.Active, Unit: f.Unit}
	}
	return nil
}

// decisionContent returns a decision without its feature and its place in a file.
func decisionContent(d *fact.Decision) any {
	return struct {
		Recommended, Decision, By, Reason string
		On, Deadline                      time.Time
	}{d.Recommended, d.Decision, d.By, d.Reason, d.On, d.Deadline}
}

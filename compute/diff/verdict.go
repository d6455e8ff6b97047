package diff

import (
	"slices"
	"strconv"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
)

func findRecommendation(r *compute.Report, feature string) *decision.Recommendation {
	i := slices.IndexFunc(r.Recommendations, func(x decision.Recommendation) bool { return x.Feature == feature })
	if i < 0 {
		return nil
	}
	return &r.Recommendations[i]
}

// compareVerdicts reports changed recommendations. Without measured data there are none.
func (c *comparison) compareVerdicts() {
	if c.Missing != "" {
		return
	}
	for i := range c.features {
		p := &c.features[i]
		if p.base == nil || p.head == nil {
			continue // an added or removed feature has its own change
		}
		if isLost(&p.base.Item, &p.head.Item) || isSwapped(c.Base.Content.Features, &p.base.Item, &p.head.Item,
			func(f *fact.Feature) *fact.Item { return &f.Item }) {
			continue // its numbers have another ID
		}
		before, after := findRecommendation(&c.Base.Report, p.base.ID), findRecommendation(&c.Head.Report, p.head.ID)
		v := Verdict{Before: adviceOf(before), After: adviceOf(after)}
		if v.Before.Verdict == v.After.Verdict && v.Before.Strength == v.After.Strength &&
			(v.Before.Successor == v.After.Successor || c.sameFeature(p.base.Successor, p.head.Successor)) {
			continue
		}
		v.Steps = compareSteps(before, after)
		v.Causes = c.findCauses(p)
		if after != nil {
			c.describeFeature(&v, after)
		}
		x := Change{Kind: Verdicts, Subject: newSubject("feature", &p.head.Item), File: c.filePath(p.head.File), Verdict: &v}
		for _, cause := range v.Causes {
			if cause.File == x.File && cause.Line > 0 {
				x.Line = cause.Line
				break
			}
		}
		c.add(x)
	}
}

func adviceOf(r *decision.Recommendation) Advice {
	if r == nil {
		return Advice{}
	}
	a := Advice{Verdict: r.Verdict, Strength: r.Strength, Holds: r.HoldsWhatever}
	if r.Verdict == decision.Early {
		a.Next = r.Next
	}
	if r.Verdict == decision.Deprecate {
		a.Successor = r.SuccessorTitle
		if a.Successor == "" {
			a.Successor = r.Successor
		}
	}
	return a
}

// recentWeeks is the number of weeks of adoption in a diff.
const recentWeeks = 12

// describeFeature adds the feature's adoption and decision to a verdict.
func (c *comparison) describeFeature(v *Verdict, r *decision.Recommendation) {
	if f := c.Head.Report.Adoption.Find(r.Feature); f != nil && f.Known {
		v.Active, v.Of, v.Unit = f.Active, f.Eligible, f.Unit
	}
	for _, f := range r.Flips {
		if f.Changes {
			v.Again = append(v.Again, f)
		}
	}
	for _, s := range r.Operative.States[max(0, len(r.Operative.States)-recentWeeks):] {
		v.History = append(v.History, s.Share)
	}
	if r.Decision.State != decision.NotDecided {
		v.Decided = string(r.Decision.State)
	}
}

// compareSteps returns the questions on either path through the tree, in the order of the tree.
func compareSteps(before, after *decision.Recommendation) []Step {
	var out []Step
	one, other := pathOf(before), pathOf(after)
	for _, s := range append(slices.Clone(other), one...) {
		if slices.ContainsFunc(out, func(x Step) bool { return x.Ask == s.Ask }) {
			continue
		}
		b, a := findStep(one, s.Ask), findStep(other, s.Ask)
		step := Step{Ask: s.Ask}
		if b != nil && b.Possible {
			step.Before, step.From = b.Answer, findThreshold(b)
		}
		if a != nil && a.Possible {
			step.After, step.To = a.Answer, findThreshold(a)
		}
		if step.Before == "" && step.After == "" {
			continue
		}
		if len(s.Facts) > 0 {
			step.Value = s.Facts[0].Value
		}
		out = append(out, step)
	}
	return out
}

func pathOf(r *decision.Recommendation) []decision.Step {
	if r == nil {
		return nil
	}
	return r.Path
}

func findStep(path []decision.Step, ask decision.Question) *decision.Step {
	i := slices.IndexFunc(path, func(s decision.Step) bool { return s.Ask == ask })
	if i < 0 {
		return nil
	}
	return &path[i]
}

// findThreshold returns the threshold of the question's figure; nil without one.
func findThreshold(s *decision.Step) *float64 {
	if len(s.Facts) == 0 {
		return nil
	}
	return s.Facts[0].Threshold
}

// findCauses returns the keys that changed and that the tree reads.
func (c *comparison) findCauses(p *pair[fact.Feature]) []Cause {
	var out []Cause
	note := func(key, before, after string) {
		if before != after {
			out = append(out, Cause{
				Key: key, Before: before, After: after, File: c.filePath(p.head.File),
				Line: p.head.LineOf(key),
			})
		}
	}
	b, h := p.base, p.head
	if !c.sameFeature(b.Successor, h.Successor) {
		note("successor", c.titleAt(&c.Base, b.Successor), c.titleAt(&c.Head, h.Successor))
	}
	if c.Base.ReportOnly {
		return out // the feature's thresholds are unknown
	}
	note("decision.satisfied", formatOptional(b.Decision.Satisfied), formatOptional(h.Decision.Satisfied))
	note("decision.adoption_high", formatOptional(b.Decision.AdoptionHigh), formatOptional(h.Decision.AdoptionHigh))
	note("decision.adoption_low", formatOptional(b.Decision.AdoptionLow), formatOptional(h.Decision.AdoptionLow))
	note("decision.outcome", b.Decision.Outcome, h.Decision.Outcome)
	note("retired", formatDay(b.Retired), formatDay(h.Retired))
	for _, s := range c.findChangedKeys() {
		if tableOf(s.head.Key) == "decision" {
			out = append(out, Cause{
				Key: s.head.Key, Before: s.base.Value, After: s.head.Value, File: s.head.File,
				Line: s.head.Line,
			})
		}
	}
	return out
}

// sameFeature reports whether an ID of the base and one of the head are of the same feature.
func (c *comparison) sameFeature(base, head string) bool {
	return base == head || slices.ContainsFunc(c.features, func(p pair[fact.Feature]) bool {
		return p.base != nil && p.head != nil && p.base.ID == base && p.head.ID == head
	})
}

// titleAt returns the title of a feature on one side; the ID if that side does not have it.
func (c *comparison) titleAt(s *Side, id string) string {
	for i := range s.Content.Features {
		if f := &s.Content.Features[i]; f.ID == id {
			return titleOf(&f.Item)
		}
	}
	return id
}

// formatOptional returns a number as it is written in files; "" for nil.
func formatOptional(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

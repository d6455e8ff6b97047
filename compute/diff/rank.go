package diff

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// compareInitiatives compares everything about each initiative except its gates.
func (c *comparison) compareInitiatives() {
	for i := range c.plans {
		p := &c.plans[i]
		c.compareRefusal(p)
		c.compareOverride(p)
		c.compareRank(p)
		c.comparePrediction(p)
		c.comparePhaseDates(p)
	}
}

// current returns the head's initiative or, if it is gone, the base's.
func (p *pair[T]) current() *T {
	if p.head != nil {
		return p.head
	}
	return p.base
}

// findRanked returns the item of an initiative in a plan's ranking; nil if it is not ranked.
func findRanked(p *rice.Plan, in *fact.Initiative) *rice.Item {
	if in == nil {
		return nil
	}
	i := slices.IndexFunc(p.Ranked, func(it rice.Item) bool { return it.ID == in.ID })
	if i < 0 {
		return nil
	}
	return &p.Ranked[i]
}

func placeOf(it *rice.Item) *Place {
	if it == nil {
		return nil
	}
	return &Place{Score: it.Score, Range: it.Range, Computed: it.ComputedRank, Published: it.PublishedRank}
}

// compareRank reports an initiative whose score or rank changed.
func (c *comparison) compareRank(p *pair[fact.Initiative]) {
	before, after := findRanked(&c.Base.Report.Plan, p.base), findRanked(&c.Head.Report.Plan, p.head)
	if before == nil && after == nil {
		return
	}
	in := p.current()
	r := Rank{Before: placeOf(before), After: placeOf(after)}
	r.Inputs = c.compareInputs(p, before, after)
	moved := before == nil || after == nil || r.Before.Computed != r.After.Computed ||
		r.Before.Published != r.After.Published
	if !moved && len(r.Inputs) == 0 {
		return
	}
	x := Change{
		Kind: Ranked, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File), Line: in.LineOf("rice"),
		Rank: &r,
	}
	if len(r.Inputs) > 0 && r.Inputs[0].Line > 0 {
		x.Line = r.Inputs[0].Line
	}
	if before != nil && after != nil && len(r.Inputs) == 0 {
		if r.Before.Published == r.After.Published {
			return // the change of its override shows it
		}
		x.Kind = Displaced
	} else {
		r.Against = c.compareOpponents(before, after)
		r.Agrees = after != nil && after.Override != nil && after.Override.Agrees &&
			!(before != nil && before.Override != nil && before.Override.Agrees)
	}
	if p.head == nil {
		x.Line = 0 // the line is one of the base
	}
	c.add(x)
}

// compareInputs returns the estimated numbers that were changed.
func (c *comparison) compareInputs(p *pair[fact.Initiative], before, after *rice.Item) []Judgement {
	var out []Judgement
	for i, name := range []string{"reach", "impact", "confidence", "effort"} {
		b, a := newJudged(before, i), newJudged(after, i)
		if before == nil || after == nil || *b == *a {
			continue
		}
		if b.Assumed && a.Assumed && b.Value == a.Value {
			continue // the assumed range follows from research and phases
		}
		in := Judgement{
			Name: name, Before: b, After: a, Because: after.Inputs[i].Because != "",
			Line: p.head.LineOf("rice." + name),
		}
		if b.Value == a.Value && b.Word == a.Word {
			in.Line = p.head.LineOf("rice." + name + "_range")
		}
		switch name {
		case "reach":
			in.Unit = c.Head.Report.Plan.Reach
		case "effort":
			in.Unit = c.Head.Report.Plan.Effort
		case "confidence":
			in.Unit = "%"
		}
		out = append(out, in)
	}
	return out
}

func newJudged(it *rice.Item, i int) *Judged {
	if it == nil || i >= len(it.Inputs) {
		return nil
	}
	in := &it.Inputs[i]
	return &Judged{Value: in.Value, Range: in.Range, Word: in.Word, Assumed: in.Assumed}
}

// compareOpponents lists the initiatives that an item passed or was passed by, and those that
// it ties or tied with, in the order of their scores.
func (c *comparison) compareOpponents(before, after *rice.Item) []Against {
	was := map[string]*rice.Item{} // by the ID in head
	for i := range c.plans {
		if p := &c.plans[i]; p.base != nil {
			was[p.current().ID] = findRanked(&c.Base.Report.Plan, p.base)
		}
	}
	var out []Against
	self := after
	if self == nil {
		return nil // it left the ranking, so there is nothing to compare it with
	}
	list := slices.Clone(c.Head.Report.Plan.Ranked)
	slices.SortFunc(list, func(a, b rice.Item) int { return a.ComputedRank - b.ComputedRank })
	for i := range list {
		other := &list[i]
		if other.ID == self.ID {
			continue
		}
		a := Against{ID: other.ID, Title: other.Title}
		chance := chanceAhead(self, other)
		a.After, a.Close = &chance, closeCall(chance)
		if old := was[other.ID]; before != nil && old != nil {
			chance := chanceAhead(before, old)
			a.Before = &chance
			a.Passed = (before.ComputedRank < old.ComputedRank) != (self.ComputedRank < other.ComputedRank)
		}
		if a.Passed || a.Close || a.Before != nil && closeCall(*a.Before) {
			out = append(out, a)
		}
	}
	return out
}

// Ties begin and end at these probabilities, as in package rice.
const (
	closeFrom = 0.25
	closeTo   = 0.75
)

func closeCall(chance float64) bool { return closeFrom < chance && chance < closeTo }

// chanceAhead returns the probability that a scores higher than b, from their 90 % ranges. The
// middle of a range on the logarithmic scale is the median. The result has six decimals, so
// that all machines agree.
func chanceAhead(a, b *rice.Item) float64 {
	return math.Round(toScored(a).Beats(toScored(b))*1e6) / 1e6
}

func toScored(it *rice.Item) rice.Scored {
	if !(it.Lo > 0 && it.Hi >= it.Lo) {
		return rice.Scored{Median: it.Score}
	}
	const rangeOf = 0.90
	z := stat.NormalQuantile((1 + rangeOf) / 2)
	return rice.Scored{Median: math.Sqrt(it.Lo * it.Hi), Sigma: math.Log(it.Hi/it.Lo) / (2 * z)}
}

// comparePrediction reports predicted numbers that were changed after approval. Results are
// compared with the numbers in the file.
func (c *comparison) comparePrediction(p *pair[fact.Initiative]) {
	if p.base == nil || p.head == nil {
		return
	}
	c.compareExpectation(p)
	before, after := findPrediction(&c.Base.Report.Plan, p.base.ID), findPrediction(&c.Head.Report.Plan, p.head.ID)
	if before == nil || after == nil || !before.Approved.Equal(after.Approved) || before.Effort == after.Effort &&
		before.Score == after.Score {
		return // a new approval is a new prediction
	}
	c.add(Change{
		Kind: Predicted, Subject: newSubject("initiative",
			&p.head.Item), File: c.filePath(p.head.File), Line: p.head.LineOf("rice.approved"),
		Prediction: &Prediction{
			Approved: before.Approved, Effort: Pair{before.Effort, after.Effort}, Score: Pair{before.Score, after.Score},
			Unit: c.Head.Report.Plan.Effort,
		},
	})
}

func findPrediction(p *rice.Plan, id string) *rice.Prediction {
	i := slices.IndexFunc(p.Predictions, func(x rice.Prediction) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Predictions[i]
}

package diff

import (
	"math"
	"reflect"
	"slices"
	"strconv"

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
		c.compareExpectation(p)
		c.compareStatus(p)
		c.compareCriteria(p)
		c.comparePhaseDates(p)
	}
	c.compareDisplaced()
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

// compareRank reports an initiative whose own score or place in the ranking changed.
func (c *comparison) compareRank(p *pair[fact.Initiative]) {
	before, after := findRanked(&c.Base.Report.Plan, p.base), findRanked(&c.Head.Report.Plan, p.head)
	if before == nil && after == nil {
		return
	}
	in := p.current()
	r := Rank{Before: placeOf(before), After: placeOf(after)}
	r.Inputs, r.Assumed = c.compareInputs(p, before, after), compareAssumed(before, after)
	if before != nil && after != nil && len(r.Inputs) == 0 && r.Assumed == nil {
		return
	}
	x := Change{
		Kind: Ranked, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File), Line: in.LineOf("rice"),
		Rank: &r,
	}
	if len(r.Inputs) > 0 && r.Inputs[0].Line > 0 {
		x.Line = r.Inputs[0].Line
	}
	r.Against = c.compareOpponents(before, after)
	r.Override = newlyRedundant(c, before, after)
	if before == nil {
		r.Goes = findNeighbours(&c.Head.Report.Plan, after)
	}
	if p.head == nil {
		x.Line = 0 // the line is one of the base
	} else {
		r.Unscored = after == nil && slices.Contains(c.Head.Report.Plan.Unscored, p.head.ID)
	}
	c.add(x)
}

// compareDisplaced reports initiatives that moved because of others. A rank by score that
// changed alone is left out if the change of another initiative contains it.
func (c *comparison) compareDisplaced() {
	own, passed := map[string]bool{}, map[string]bool{}
	for i := range c.diff.Changes {
		if x := &c.diff.Changes[i]; x.Kind == Ranked {
			own[x.Subject.ID] = true
			for _, a := range x.Rank.Against {
				passed[a.ID] = passed[a.ID] || a.Passed
			}
		}
	}
	for i := range c.plans {
		p := &c.plans[i]
		before, after := findRanked(&c.Base.Report.Plan, p.base), findRanked(&c.Head.Report.Plan, p.head)
		if before == nil || after == nil || own[p.head.ID] {
			continue
		}
		r := Rank{Before: placeOf(before), After: placeOf(after), Override: newlyRedundant(c, before, after)}
		computed := r.Before.Computed != r.After.Computed && !passed[p.head.ID]
		if r.Before.Published == r.After.Published && !computed && r.Override == nil {
			continue
		}
		c.add(Change{
			Kind: Displaced, Subject: newSubject("initiative", &p.head.Item), File: c.filePath(p.head.File),
			Line: p.head.LineOf("rice"), Rank: &r,
		})
	}
}

// newlyRedundant returns the effect of an override that has the rank of the score now, and did
// not before; else nil.
func newlyRedundant(c *comparison, before, after *rice.Item) *Redundant {
	if before == nil || before.Override == nil || before.Override.Agrees {
		return nil // a new override is reported with this effect itself
	}
	return newRedundant(&c.Head.Report.Plan, after)
}

// newRedundant returns the effect of an override with the rank that the score gives; nil for
// any other.
func newRedundant(plan *rice.Plan, it *rice.Item) *Redundant {
	if it == nil || it.Override == nil || !it.Override.Agrees {
		return nil
	}
	out := &Redundant{}
	without := plan.OrderWithout(it.ID)
	for i := range plan.Ranked {
		if plan.Ranked[i].ID != without[i] {
			out.Without = slices.Index(without, it.ID) + 1
		}
	}
	for i := range plan.Ranked {
		o := &plan.Ranked[i]
		if d := o.ComputedRank - it.ComputedRank; (d == 1 || d == -1) &&
			slices.ContainsFunc(it.Ties, func(t rice.Tie) bool { return t.With == o.ID }) {
			out.Close = append(out.Close, o.Title)
		}
	}
	return out
}

// findNeighbours returns the neighbours of an initiative in the published order.
func findNeighbours(plan *rice.Plan, it *rice.Item) *Neighbours {
	out := &Neighbours{Of: len(plan.Ranked)}
	for i := range plan.Ranked {
		switch o := &plan.Ranked[i]; o.PublishedRank - it.PublishedRank {
		case -1:
			out.After = o.Title
		case 1:
			out.Before = o.Title
		}
	}
	return out
}

// compareAssumed returns the factor of the assumed ranges before and after; nil if it stays, or
// if no range is assumed on both sides.
func compareAssumed(before, after *rice.Item) *Pair {
	if before == nil || after == nil {
		return nil
	}
	for i := range before.Inputs {
		b, a := &before.Inputs[i], &after.Inputs[i]
		if b.Assumed && a.Assumed && b.Value > 0 && a.Value > 0 && b.Name != "confidence" {
			was, now := roundFactor(b.Hi/b.Value), roundFactor(a.Hi/a.Value)
			if was != now {
				return &Pair{was, now}
			}
			return nil
		}
	}
	return nil
}

func roundFactor(v float64) float64 { return math.Round(v*1e4) / 1e4 }

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
			Line: p.head.LineOf("rice." + name), Scale: b.Word != "" && b.Word == a.Word && b.Value != a.Value,
		}
		in.Stale = in.Because && !in.Scale && b.Value != a.Value && before.Inputs[i].Because == after.Inputs[i].Because
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

// comparePrediction reports an approved initiative whose numbers were changed after approval.
// The prediction stays the one of the approval: the result is compared with that.
func (c *comparison) comparePrediction(p *pair[fact.Initiative]) {
	if p.base == nil {
		return
	}
	before := findPrediction(&c.Base.Report.Plan, p.base.ID)
	if before == nil {
		return
	}
	in := p.current()
	x := Change{
		Kind: Predicted, Warn: true, Subject: newSubject("initiative", &in.Item), File: c.filePath(in.File),
		Line: findLine(p, "rice.approved"),
	}
	y := Prediction{
		Approved: before.Approved, Effort: Pair{before.Effort, before.Effort}, Score: Pair{before.Score, before.Score},
		Unit: c.Head.Report.Plan.Effort,
	}
	x.Prediction = &y
	if p.head == nil || p.head.Rice == nil || p.head.Rice.Approved.IsZero() {
		y.Ended = true
		c.add(x)
		return
	}
	now := c.Head.Report.Plan.Find(p.head.ID)
	if now == nil {
		y.Ended = true // its numbers cannot be used any more
		c.add(x)
		return
	}
	y.Effort.After, y.Score.After = now.Inputs[3].Value, now.Score
	var same bool
	if c.Base.ReportOnly {
		same = y.Effort.Before == y.Effort.After && y.Score.Before == y.Score.After &&
			before.Approved.Equal(p.head.Rice.Approved)
	} else if was := p.base.Rice; was != nil {
		same = reflect.DeepEqual(estimatesOf(was), estimatesOf(p.head.Rice)) && was.Approved.Equal(p.head.Rice.Approved)
	}
	if same {
		return
	}
	if !before.Approved.Equal(p.head.Rice.Approved) {
		y.Now = p.head.Rice.Approved
	}
	c.add(x)
}

// estimatesOf returns the estimated numbers with their ranges, without reasons and days.
func estimatesOf(r *fact.RICE) any {
	return []any{r.Reach, r.ReachRange, r.Impact, r.ImpactRange, r.Confidence, r.Effort, r.EffortRange}
}

func findPrediction(p *rice.Plan, id string) *rice.Prediction {
	i := slices.IndexFunc(p.Predictions, func(x rice.Prediction) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Predictions[i]
}

// compareScores reports the scores of finished and refused initiatives and of case studies,
// which have no rank.
func (c *comparison) compareScores() {
	for i := range c.plans {
		p := &c.plans[i]
		if p.base == nil || p.head == nil {
			continue
		}
		was, now := c.Base.Report.Plan.Find(p.base.ID), c.Head.Report.Plan.Find(p.head.ID)
		if was != nil && now != nil && was.ComputedRank == 0 && now.ComputedRank == 0 && was.Score != now.Score {
			c.addScore("initiative", &p.head.Item, was.Score, now.Score)
		}
	}
	pairs := pairItems(c.Base.Content.Cases, c.Head.Content.Cases, func(x *fact.Case) *fact.Item { return &x.Item })
	for i := range pairs {
		p := &pairs[i]
		if p.base == nil || p.head == nil {
			continue
		}
		was, now := findCase(&c.Base.Report.Plan, p.base.ID), findCase(&c.Head.Report.Plan, p.head.ID)
		if was != nil && now != nil && was.Score != now.Score {
			c.addScore("case", &p.head.Item, was.Score, now.Score)
		}
	}
}

func (c *comparison) addScore(kind string, it *fact.Item, was, now float64) {
	c.add(Change{
		Kind: Limited, Subject: newSubject(kind, it), File: c.filePath(it.File), Line: it.LineOf("rice"),
		Setting: &Setting{Key: ScoreKey, Before: formatFloat(was), After: formatFloat(now)},
	})
}

// ScoreKey is the key of a Setting about the score of something without a rank.
const ScoreKey = "score"

func formatFloat(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func findCase(p *rice.Plan, id string) *rice.CaseScore {
	i := slices.IndexFunc(p.Cases, func(x rice.CaseScore) bool { return x.ID == id })
	if i < 0 {
		return nil
	}
	return &p.Cases[i]
}

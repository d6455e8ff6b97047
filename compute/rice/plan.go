package rice

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Options are the scale in force; the comment of each field begins with its key in config.toml.
type Options struct {
	Reach      string             // rice.reach: unit of reach, "developers"
	Effort     string             // rice.effort: unit of effort, "weeks"
	Impact     map[string]float64 // rice.impact: values of the words for impact
	Confidence map[string]float64 // rice.confidence: values of the words for confidence, in percent
}

// Defaults returns the scale that applies without settings.
func Defaults() Options {
	return Options{
		Reach: "developers", Effort: "weeks",
		Impact:     map[string]float64{"low": 1, "medium": 2, "high": 3, "very high": 4},
		Confidence: map[string]float64{"low": 50, "medium": 70, "high": 90},
	}
}

// Plan is the roadmap's order of work, by score and as published.
type Plan struct {
	// The scale in force: the units of reach and effort, and the values of words.
	Reach      string             `json:"reach"`
	Effort     string             `json:"effort"`
	Impact     map[string]float64 `json:"impact"`
	Confidence map[string]float64 `json:"confidence"` // percent

	Ranked   []Item    `json:"ranked"`   // in published order
	Unscored []string  `json:"unscored"` // IDs of open initiatives without a score
	Past     []Item    `json:"past"`     // finished and refused initiatives with a score; they have no rank
	Refused  []Refusal `json:"refused"`
	// Predictions compares approved initiatives with their results.
	Predictions []Prediction `json:"predictions"`
	Cases       []CaseScore  `json:"cases"`
}

// Item is one scored initiative. Ranks count from 1.
type Item struct {
	ID            string      `json:"id"`
	Title         string      `json:"title"`
	Status        string      `json:"status"`
	Inputs        []Input     `json:"inputs"` // reach, impact, confidence, effort
	Score         float64     `json:"score"`
	metric.Range              // 90 % interval
	ComputedRank  int         `json:"computed_rank"`
	PublishedRank int         `json:"published_rank"`
	RankChance    []float64   `json:"rank_chance"` // probability of each rank by score
	Override      *Override   `json:"override,omitempty"`
	Ties          []Tie       `json:"ties,omitempty"` // neighbours whose order is too close to call
	Doubt         []InputNote `json:"doubt"`          // share of the score's variance per input, largest first
}

// Input is one of the four estimated numbers.
type Input struct {
	Name  string  `json:"name"`
	Word  string  `json:"word,omitempty"` // as it was written: "high"
	Value float64 `json:"value"`          // in percent for confidence
	metric.Range
	Assumed bool   `json:"assumed,omitempty"` // the range is assumed by stage, because none was given
	Because string `json:"because,omitempty"`
}

// InputNote is the share of a score's variance that comes from one input.
type InputNote struct {
	Input string  `json:"input"`
	Share float64 `json:"share"`
}

// Override is a person's decision to publish another rank, with the reason.
type Override struct {
	Priority int       `json:"priority"`
	Reason   string    `json:"reason"`
	By       string    `json:"by,omitempty"`
	On       time.Time `json:"on"`
	Until    time.Time `json:"until"`
	// Agrees means that the score now gives the same rank, so the override is not needed.
	Agrees bool `json:"agrees,omitempty"`
	// TieBreak means that the override decides between initiatives that are too close to call.
	TieBreak bool `json:"tie_break,omitempty"`
}

// Tie is a neighbour whose order with this item is too close to call.
type Tie struct {
	With   string  `json:"with"`
	Title  string  `json:"title"`
	Chance float64 `json:"chance"` // probability that this item scores higher
	Flip   float64 `json:"flip"`   // factor by which this score equals the other's
}

// Refusal is an initiative that will not be built, with the reason. The list is public.
type Refusal struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Reason  string    `json:"reason"`
	Instead string    `json:"instead,omitempty"`
	Revisit time.Time `json:"revisit"`
}

// CaseScore is the score of a case study.
type CaseScore struct {
	ID     string  `json:"id"`
	Inputs []Input `json:"inputs"` // reach, impact, confidence, effort; each range is its point
	Score  float64 `json:"score"`
}

// Measure scores content's initiatives. Finished and refused ones have no rank. Initiatives
// that cannot be scored are listed; the check of content reports the reason.
func Measure(o Options, c fact.Content, asOf time.Time) Plan {
	p := Plan{Reach: o.Reach, Effort: o.Effort, Impact: o.Impact, Confidence: o.Confidence}
	var scored []Scored
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft {
			continue
		}
		if in.Status == fact.WontBuild {
			p.Refused = append(p.Refused, Refusal{
				ID: in.ID, Title: in.Title, Reason: in.Reason, Instead: in.Instead,
				Revisit: in.Revisit,
			})
		}
		over := in.Status == fact.Done || in.Status == fact.WontBuild
		item, factors, ok := o.scoreItem(in, asOf)
		switch {
		case ok && over:
			item.Override = nil // nothing is left to override in the order
			p.Past = append(p.Past, item)
		case ok:
			p.Ranked = append(p.Ranked, item)
			scored = append(scored, factors.centrePoints().Score())
		case !over:
			p.Unscored = append(p.Unscored, in.ID)
		}
	}
	rankItems(p.Ranked, scored)
	setPublishedRanks(p.Ranked)
	for i := range c.Cases {
		if f, inputs, ok := o.newFactors(c.Cases[i].Rice, 1); ok && !c.Cases[i].Draft {
			p.Cases = append(p.Cases, CaseScore{ID: c.Cases[i].ID, Inputs: inputs, Score: f.Score().Median})
		}
	}
	p.Predictions = o.listPredictions(c, asOf)
	return p
}

// scoreItem returns the initiative with its score. ok is false if a number is missing or cannot
// be used.
func (o Options) scoreItem(in *fact.Initiative, asOf time.Time) (Item, Factors, bool) {
	f, inputs, ok := o.newFactors(in.Rice, stageFactor(in, asOf))
	if !ok {
		return Item{}, f, false
	}
	s, iv := f.Score(), f.centrePoints().Score().Interval()
	item := Item{
		ID: in.ID, Title: in.Title, Status: in.Status, Inputs: inputs, Score: s.Median, Range: metric.Range(iv),
		Doubt: shareDoubt(f),
	}
	if ov := in.Override; ov != nil && ov.Reason != "" && ov.Priority > 0 && (ov.Until.IsZero() || asOf.Before(ov.Until)) {
		item.Override = &Override{Priority: ov.Priority, Reason: ov.Reason, By: ov.By, On: ov.On, Until: ov.Until}
	}
	return item, f, true
}

func shareDoubt(f Factors) []InputNote {
	s := f.VarianceShares()
	notes := []InputNote{{"reach", s.Reach}, {"impact", s.Impact}, {"effort", s.Effort}}
	slices.SortStableFunc(notes, func(a, b InputNote) int { return cmp.Compare(b.Share, a.Share) })
	return notes
}

// Assumed ranges by stage, as factors: an idea with factor 2 is between half and twice its
// estimate.
const (
	offIdea       = 2.0
	offValidated  = 1.5
	offPrototyped = 1.25
)

// stageFactor returns the assumed factor of error of an initiative's estimates, if it gives no
// range.
func stageFactor(in *fact.Initiative, asOf time.Time) float64 {
	for i := range in.Phases {
		ph := &in.Phases[i]
		over := ph.Status == "done" || (!ph.End().IsZero() && ph.End().Before(asOf))
		if ph.Name == "prototype" && over {
			return offPrototyped
		}
	}
	if len(in.Research) > 0 {
		return offValidated
	}
	return offIdea
}

// newFactors reads the four numbers. off is the assumed factor of error for a missing range.
func (o Options) newFactors(r *fact.RICE, off float64) (Factors, []Input, bool) {
	if r == nil || r.Reach == nil || r.Impact == nil || r.Confidence == nil || r.Effort == nil {
		return Factors{}, nil, false
	}
	impact, okImpact := findLevel(r.Impact, o.Impact)
	confidence, okConfidence := findLevel(r.Confidence, o.Confidence)
	if !okImpact || !okConfidence || *r.Reach <= 0 || impact <= 0 || confidence <= 0 || *r.Effort <= 0 {
		return Factors{}, nil, false
	}
	f := Factors{
		Reach: newFactor(*r.Reach, r.ReachRange, off), Impact: newFactor(impact, r.ImpactRange, off),
		Effort: newFactor(*r.Effort, r.EffortRange, off), Confidence: confidence / 100,
	}
	input := func(name, word, because string, x Factor, given *fact.Range) Input {
		return Input{
			Name: name, Word: word, Value: x.Point, Range: metric.Range{Lo: x.Lo, Hi: x.Hi},
			Assumed: given == nil, Because: because,
		}
	}
	return f, []Input{
		input("reach", "", r.ReachBecause, f.Reach, r.ReachRange),
		input("impact", r.Impact.Word, r.ImpactBecause, f.Impact, r.ImpactRange),
		{
			Name: "confidence", Word: r.Confidence.Word, Value: confidence, Range: metric.Range{Lo: confidence, Hi: confidence},
			Because: r.ConfidenceBecause,
		},
		input("effort", "", r.EffortBecause, f.Effort, r.EffortRange),
	}, true
}

func newFactor(point float64, r *fact.Range, off float64) Factor {
	if r == nil || r.Lo <= 0 || r.Hi < r.Lo {
		return FactorAround(point, off)
	}
	return Factor{Point: point, Lo: r.Lo, Hi: r.Hi}
}

func findLevel(l *fact.Level, words map[string]float64) (float64, bool) {
	if l.Word == "" {
		return l.Number, true
	}
	v, ok := words[l.Word]
	return v, ok
}

// rankItems orders items by score and computes the probabilities of their ranks.
func rankItems(items []Item, scored []Scored) {
	order := rankByScore(items)
	chances := RankProbabilities(scored)
	for at, i := range order {
		items[i].ComputedRank = at + 1
		items[i].RankChance = chances[i]
		for _, j := range order {
			if i != j && scored[i].Ties(scored[j]) {
				items[i].Ties = append(items[i].Ties, Tie{
					With: items[j].ID, Title: items[j].Title, Chance: scored[i].Beats(scored[j]), Flip: Scored{Median: items[i].Score}.FlipFactor(Scored{Median: items[j].Score}),
				})
			}
		}
	}
}

// rankByScore returns the places of items in a list, the highest score first.
func rankByScore(items []Item) []int {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(items[b].Score, items[a].Score), cmp.Compare(items[a].ID, items[b].ID))
	})
	return order
}

// setPublishedRanks gives overridden items their priority as rank, and fills the other places
// by score. Two overrides with one priority keep the order of their scores.
func setPublishedRanks(items []Item) {
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.ComputedRank, b.ComputedRank) })
	var fixed, free []Item
	for _, it := range items {
		if it.Override != nil {
			fixed = append(fixed, it)
		} else {
			free = append(free, it)
		}
	}
	slices.SortStableFunc(fixed, func(a, b Item) int { return cmp.Compare(a.Override.Priority, b.Override.Priority) })
	for place := range items {
		takeFixed := len(fixed) > 0 && (fixed[0].Override.Priority <= place+1 || len(free) == 0)
		if takeFixed {
			items[place], fixed = fixed[0], fixed[1:]
		} else {
			items[place], free = free[0], free[1:]
		}
		items[place].PublishedRank = place + 1
	}
	for i := range items {
		if ov := items[i].Override; ov != nil {
			ov.Agrees = items[i].ComputedRank == items[i].PublishedRank
			ov.TieBreak = !ov.Agrees && isTieBreak(&items[i], items)
		}
	}
}

// OrderWithout returns the IDs in the order that would be published without the override of one
// initiative.
func (p *Plan) OrderWithout(id string) []string {
	items := slices.Clone(p.Ranked)
	for i := range items {
		if ov := items[i].Override; ov != nil {
			again := *ov
			items[i].Override = &again
		}
		if items[i].ID == id {
			items[i].Override = nil
		}
	}
	setPublishedRanks(items)
	out := make([]string, len(items))
	for i := range items {
		out[i] = items[i].ID
	}
	return out
}

// isTieBreak reports whether the override moved the item only past items that it ties with.
func isTieBreak(it *Item, items []Item) bool {
	lo, hi := min(it.ComputedRank, it.PublishedRank), max(it.ComputedRank, it.PublishedRank)
	for i := range items {
		o := &items[i]
		if o.ID == it.ID || o.ComputedRank < lo || o.ComputedRank > hi {
			continue
		}
		if !slices.ContainsFunc(it.Ties, func(t Tie) bool { return t.With == o.ID }) {
			return false
		}
	}
	return true
}

// Find returns the item of that initiative, ranked or past, or nil.
func (p *Plan) Find(id string) *Item {
	for _, list := range [][]Item{p.Ranked, p.Past} {
		for i := range list {
			if list[i].ID == id {
				return &list[i]
			}
		}
	}
	return nil
}

package discovery

import (
	"cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// FeatureRef points to a feature.
type FeatureRef struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Share *float64 `json:"share,omitempty"` // of eligible units that use it, 0 to 1; nil if unknown
}

func (g *graph) newFeatureRefs(ids []string) []FeatureRef {
	var refs []FeatureRef
	for _, id := range ids {
		ref := FeatureRef{ID: id, Title: g.featureByID[id].Title}
		if a := g.adoption[id]; a != nil {
			if share, ok := a.computeShare(); ok {
				ref.Share = &share
			}
		}
		refs = append(refs, ref)
	}
	return refs
}

// Outcome is a result of an initiative: a measure before and after, a change, or a sentence.
type Outcome struct {
	Measure string   `json:"measure,omitempty"`
	Text    string   `json:"text,omitempty"`
	Before  *float64 `json:"before,omitempty"` // in the measure's unit
	After   *float64 `json:"after,omitempty"`
	Change  *float64 `json:"change,omitempty"`
	Basis   string   `json:"basis"`          // "measured", "reported" or "estimated"
	Case    string   `json:"case,omitempty"` // ID of the case that has it; "": the initiative has it
}

// listOutcomes returns the results of an initiative, followed by those of its cases.
func (g *graph) listOutcomes(i *fact.Initiative) []Outcome {
	var list []Outcome
	seen := map[string]bool{}
	add := func(results []fact.Result, story string) {
		for n := range results {
			if key := cmp.Or(results[n].Measure, results[n].Text); !seen[key] {
				seen[key] = true
				list = append(list, newOutcome(&results[n], story))
			}
		}
	}
	add(i.Results, "")
	for _, id := range g.told.forth[i.ID] {
		add(g.caseByID[id].Results, id)
	}
	return list
}

// newOutcome returns a result with its basis: measured if it has a before and an after, unless
// it declares another.
func newOutcome(r *fact.Result, story string) Outcome {
	basis := fact.Reported
	if r.Before != nil && r.After != nil {
		basis = fact.Measured
	}
	return Outcome{
		Measure: r.Measure, Text: r.Text, Before: r.Before, After: r.After, Change: r.Change,
		Basis: cmp.Or(r.Basis, basis), Case: story,
	}
}

// Work is an initiative for a job or a pain, with its features and results.
type Work struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Status   string       `json:"status"`
	Ticks    Ticks        `json:"ticks"`
	Features []FeatureRef `json:"features,omitempty"`
	Results  []Outcome    `json:"results,omitempty"`
}

func (g *graph) listWork(ids []string) []Work {
	var list []Work
	for _, id := range ids {
		i := g.initiativeByID[id]
		list = append(list, Work{
			ID: i.ID, Title: i.Title, Status: i.Status, Ticks: g.findTicks(i),
			Features: g.newFeatureRefs(g.delivers.forth[i.ID]), Results: g.listOutcomes(i),
		})
	}
	return list
}

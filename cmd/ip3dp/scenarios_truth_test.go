package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// place is the place of an initiative in a plan.
type place struct {
	score               float64
	computed, published int
}

func placesOf(p *rice.Plan) map[string]place {
	out := map[string]place{}
	for i := range p.Ranked {
		it := &p.Ranked[i]
		out[it.ID] = place{it.Score, it.ComputedRank, it.PublishedRank}
	}
	return out
}

func placeIn(x *diff.Place) place {
	if x == nil {
		return place{}
	}
	return place{x.Score, x.Computed, x.Published}
}

// judgeTruth holds a diff to a full rebuild of both sides: in scores, order, recommendations and
// gates it must show what differs, and nothing else.
func judgeTruth(d *diff.Diff, in *diff.Input) (wrong, missing []string) {
	wrong, missing = judgeRanks(d, in)
	w, m := judgeVerdicts(d, in)
	wrong, missing = append(wrong, w...), append(missing, m...)
	w, m = judgeGates(d, in)
	return append(wrong, w...), append(missing, m...)
}

func judgeRanks(d *diff.Diff, in *diff.Input) (wrong, missing []string) {
	before, after := placesOf(&in.Base.Report.Plan), placesOf(&in.Head.Report.Plan)
	shown := map[string]bool{}
	for i := range d.Changes {
		x := &d.Changes[i]
		if x.Override != nil {
			shown[x.Subject.ID] = true
		}
		if x.Rank == nil {
			continue
		}
		id := x.Subject.ID
		shown[id] = true
		b, a := before[id], after[id]
		if placeIn(x.Rank.Before) != b || placeIn(x.Rank.After) != a {
			wrong = append(wrong, fmt.Sprintf("%s: %+v → %+v, a rebuild gives %+v → %+v", id, placeIn(x.Rank.Before), placeIn(x.Rank.After), b, a))
		}
		if a == b && len(x.Rank.Inputs) == 0 {
			wrong = append(wrong, id+" does not move")
		}
	}
	for _, id := range slices.Concat(keysOfPlaces(before), keysOfPlaces(after)) {
		b, a := before[id], after[id]
		if (math.Abs(b.score-a.score) > 1e-9 || b.published != a.published) && !shown[id] {
			missing = append(missing, fmt.Sprintf("%s: %+v → %+v", id, b, a))
		}
	}
	return wrong, missing
}

func keysOfPlaces(m map[string]place) []string {
	var out []string
	for id := range m {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// verdictOf is a recommendation in words: the leaf, how sure it is, and what replaces the feature.
func verdictOf(r *compute.Report, id string) string {
	i := slices.IndexFunc(r.Recommendations, func(x decision.Recommendation) bool { return x.Feature == id })
	if i < 0 {
		return ""
	}
	x := &r.Recommendations[i]
	text := fmt.Sprint(x.Verdict, " ", x.Strength)
	if x.Verdict == decision.Deprecate {
		text += " " + x.Successor
	}
	return text
}

func judgeVerdicts(d *diff.Diff, in *diff.Input) (wrong, missing []string) {
	shown := map[string]bool{}
	for i := range d.Changes {
		if x := &d.Changes[i]; x.Verdict != nil {
			shown[x.Subject.ID] = true
		}
	}
	for i := range in.Head.Content.Features {
		f := &in.Head.Content.Features[i]
		if !slices.ContainsFunc(in.Base.Report.Recommendations, func(r decision.Recommendation) bool { return r.Feature == f.ID }) {
			continue
		}
		b, a := verdictOf(&in.Base.Report, f.ID), verdictOf(&in.Head.Report, f.ID)
		switch {
		case b != a && !shown[f.ID] && !f.Draft:
			missing = append(missing, fmt.Sprintf("%s: %s → %s", f.ID, b, a))
		case b == a && shown[f.ID]:
			wrong = append(wrong, fmt.Sprintf("%s stays %s", f.ID, b))
		}
	}
	return wrong, missing
}

// gatesOf are the phases that were left, with whether their check failed.
func gatesOf(r *compute.Report) map[string]bool {
	out := map[string]bool{}
	for i := range r.Crossings {
		x := &r.Crossings[i]
		out[x.Initiative+" "+x.Left] = x.Failed()
	}
	return out
}

func judgeGates(d *diff.Diff, in *diff.Input) (wrong, missing []string) {
	before, after := gatesOf(&in.Base.Report), gatesOf(&in.Head.Report)
	shown := map[string]bool{}
	for i := range d.Changes {
		x := &d.Changes[i]
		if x.Refusal != nil {
			for _, phase := range x.Refusal.Gates {
				shown[x.Subject.ID+" "+phase] = true
			}
		}
		if x.Gate == nil {
			continue
		}
		key := x.Subject.ID + " " + x.Gate.Phase
		shown[key] = true
		if failed, left := after[key]; left && failed != x.Failed {
			wrong = append(wrong, fmt.Sprintf("%s: failed %v, a rebuild gives %v", key, x.Failed, failed))
		}
	}
	for key, failed := range after {
		if was, left := before[key]; (!left || failed && !was) && !shown[key] {
			missing = append(missing, key+" is left")
		}
	}
	for i := range in.Base.Report.Crossings {
		x := &in.Base.Report.Crossings[i]
		refused := slices.ContainsFunc(in.Head.Content.Initiatives, func(h fact.Initiative) bool {
			return h.ID == x.Initiative && h.Status == fact.WontBuild
		})
		if key := x.Initiative + " " + x.Left; refused && !shown[key] {
			missing = append(missing, key+" counts no longer")
		}
	}
	return wrong, missing
}

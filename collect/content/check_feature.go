package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func (k *checker) features() {
	for i := range k.content.Features {
		f := &k.content.Features[i]
		at := itemPlace(&f.Item)
		k.links(at, f.Links)
		k.ref(at, "successor", features, &f.Successor)
		k.refs(at, "research", research, f.Research)
		k.refs(at, "measures", measures, f.Measures)
		k.order(at, "shipped", f.Shipped, "retired", f.Retired)
		k.parts(at, f)
		k.adoption(at.in("adoption"), &f.Adoption)
		k.thresholds(at.in("decision"), &f.Decision)
	}
	k.successors()
}

// successors reports features that are, step by step, their own successor.
func (k *checker) successors() {
	next := map[string]string{}
	for i := range k.content.Features {
		f := &k.content.Features[i]
		next[f.ID] = f.Successor
	}
	for i := range k.content.Features {
		f := &k.content.Features[i]
		id := f.Successor
		for range next {
			if id == "" || id == f.ID {
				break
			}
			id = next[id]
		}
		if id == f.ID {
			k.problem(itemPlace(&f.Item), "successor", fmt.Sprintf("feature %q is its own successor", f.ID), "")
		}
	}
}

func (k *checker) parts(at place, f *fact.Feature) {
	seen := map[string]bool{}
	for i := range f.Parts {
		p := &f.Parts[i]
		in := at.in("part", i)
		switch {
		case !validID(p.ID, "-"):
			k.problem(in, "id", fmt.Sprintf("%q is no ID", p.ID), "use lower-case letters, digits and dashes")
		case seen[p.ID]:
			k.problem(in, "id", fmt.Sprintf("part %q is written twice", p.ID), "")
		}
		seen[p.ID] = true
		if p.Title == "" {
			p.Title = p.ID
		}
	}
}

func (k *checker) adoption(at place, a *fact.Adoption) {
	if a.Unit == "" {
		a.Unit = "team"
	}
	if a.Source == "" {
		a.Source = "usage"
	}
	k.oneOf(at, "unit", a.Unit, "developer", "team", "service")
	k.oneOf(at, "source", a.Source, "usage", "rule", "list")
	k.notNegative(at, "eligible", float64(a.Eligible))
	k.percent(at, "predicted", a.Predicted)
	rule := a.Rule
	if a.Source == "rule" && rule == (fact.AdoptionRule{}) {
		k.problem(at, "source", "source is a rule, but there is none",
			"add [adoption.rule] with pipeline, deployed, creator or environment")
	}
	if a.Source != "rule" && rule != (fact.AdoptionRule{}) {
		k.problem(at, "rule", "rule is not used", `write source = "rule"`)
	}
	if a.Source != "list" && len(a.Uses) > 0 {
		k.problem(at, "use", "list is not used", `write source = "list"`)
	}
	if rule.Pipeline != "" {
		k.globs(at.in("rule"), "pipeline", []string{rule.Pipeline})
	}
	k.patterns(at.in("rule"), "deployed", rule.Deployed)
	k.patterns(at.in("rule"), "creator", rule.Creator)
	k.patterns(at.in("rule"), "environment", rule.Environment)
	for i := range a.Uses {
		in := at.in("use", i)
		k.require(in, "unit", a.Uses[i].Unit, "")
		if a.Unit == "team" {
			k.ref(in, "unit", teams, &a.Uses[i].Unit)
		}
		k.order(in, "from", a.Uses[i].From, "until", a.Uses[i].Until)
	}
}

func (k *checker) thresholds(at place, t *fact.Thresholds) {
	k.percent(at, "satisfied", t.Satisfied)
	k.percent(at, "adoption_high", t.AdoptionHigh)
	k.percent(at, "adoption_low", t.AdoptionLow)
	if t.AdoptionHigh != nil && t.AdoptionLow != nil && *t.AdoptionLow >= *t.AdoptionHigh {
		k.problem(at, "adoption_low", fmt.Sprintf("adoption_low %g is not below adoption_high %g", *t.AdoptionLow,
			*t.AdoptionHigh), "")
	}
	k.measureOrMetric(at, "outcome", &t.Outcome)
}

// measureOrMetric resolves a measure's ID. IDs of computed metrics have a dot
// and are not known here.
func (k *checker) measureOrMetric(at place, key string, id *string) {
	if !isMetric(*id) {
		k.ref(at, key, measures, id)
	}
}

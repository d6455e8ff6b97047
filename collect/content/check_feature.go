package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func (k *checker) checkFeatures() {
	for i := range k.content.Features {
		f := &k.content.Features[i]
		at := locateItem(&f.Item)
		k.checkLinks(at, f.Links)
		k.resolveRef(at, "successor", features, &f.Successor)
		k.resolveRefs(at, "research", research, f.Research)
		k.resolveRefs(at, "measures", measures, f.Measures)
		k.checkOrder(at, "shipped", f.Shipped, "retired", f.Retired)
		k.checkParts(at, f)
		k.checkAdoption(at.inTable("adoption"), &f.Adoption)
		k.checkThresholds(at.inTable("decision"), &f.Decision)
	}
	k.checkSuccessors()
}

// checkSuccessors reports features that are their own successor, directly or by way of others.
func (k *checker) checkSuccessors() {
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
			k.addProblem(locateItem(&f.Item), "successor", fmt.Sprintf("feature %q is its own successor", f.ID), "")
			for range next {
				k.addCauses(reference{features, id})
				if id = next[id]; id == f.ID {
					break
				}
			}
		}
	}
}

func (k *checker) checkParts(at location, f *fact.Feature) {
	seen := map[string]bool{}
	for i := range f.Parts {
		p := &f.Parts[i]
		in := at.inTable("part", i)
		switch {
		case !validID(p.ID, "-"):
			k.addProblem(in, "id", fmt.Sprintf("%q is not a valid ID", p.ID), "use lower-case letters, digits and dashes")
		case seen[p.ID]:
			k.addProblem(in, "id", fmt.Sprintf("part %q is written twice", p.ID), "")
		}
		seen[p.ID] = true
		if p.Title == "" {
			p.Title = p.ID
		}
	}
}

func (k *checker) checkAdoption(at location, a *fact.Adoption) {
	if a.Unit == "" {
		a.Unit = "team"
	}
	if _, written := at.lines[joinKey(at.prefix, "source")]; written && a.Source == "" {
		k.addProblem(at, "source", "source is empty, so nothing shows its use", `write "usage", "rule" or "list"`)
	}
	if a.Source == "" {
		a.Source = "usage"
	}
	k.checkOneOf(at, "unit", a.Unit, "developer", "team", "service")
	k.checkOneOf(at, "source", a.Source, "usage", "rule", "list")
	k.checkNotNegative(at, "eligible", float64(a.Eligible))
	k.checkPercent(at, "predicted", a.Predicted)
	rule := a.Rule
	if a.Source == "rule" && rule == (fact.AdoptionRule{}) {
		k.addProblem(at, "source", `source is "rule", but the rule is missing`,
			"add [adoption.rule] with pipeline, deployed, creator or environment")
	}
	if a.Source != "rule" && rule != (fact.AdoptionRule{}) {
		k.addProblem(at, "rule", "rule is not used", `write source = "rule"`)
	}
	if a.Source != "list" && len(a.Uses) > 0 {
		k.addProblem(at, "use", "list is not used", `write source = "list"`)
	}
	if rule.Pipeline != "" {
		k.checkGlobs(at.inTable("rule"), "pipeline", []string{rule.Pipeline})
	}
	k.checkPatterns(at.inTable("rule"), "deployed", rule.Deployed)
	k.checkPatterns(at.inTable("rule"), "creator", rule.Creator)
	k.checkPatterns(at.inTable("rule"), "environment", rule.Environment)
	for i := range a.Uses {
		in := at.inTable("use", i)
		k.requireText(in, "unit", a.Uses[i].Unit, "")
		if a.Unit == "team" {
			k.resolveRef(in, "unit", teams, &a.Uses[i].Unit)
		}
		k.checkOrder(in, "from", a.Uses[i].From, "until", a.Uses[i].Until)
	}
}

func (k *checker) checkThresholds(at location, t *fact.Thresholds) {
	k.checkPercent(at, "satisfied", t.Satisfied)
	k.checkPercent(at, "adoption_high", t.AdoptionHigh)
	k.checkPercent(at, "adoption_low", t.AdoptionLow)
	if t.AdoptionHigh != nil && t.AdoptionLow != nil && *t.AdoptionLow >= *t.AdoptionHigh {
		k.addProblem(at, "adoption_low", fmt.Sprintf("adoption_low %g is not below adoption_high %g", *t.AdoptionLow,
			*t.AdoptionHigh), "")
	}
	k.resolveMeasure(at, "outcome", &t.Outcome)
}

// resolveMeasure resolves a measure's ID. It skips IDs of computed metrics, which contain a
// dot.
func (k *checker) resolveMeasure(at location, key string, id *string) {
	if !isMetric(*id) {
		k.resolveRef(at, key, measures, id)
	}
}

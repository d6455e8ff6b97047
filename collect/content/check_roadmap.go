package content

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// isMetric reports whether an ID is that of a computed metric ("dora.lead_time"), not of a
// declared measure.
func isMetric(id string) bool { return strings.Contains(id, ".") }

func (k *checker) checkInitiatives() {
	for n := range k.content.Initiatives {
		i := &k.content.Initiatives[n]
		at := locateItem(&i.Item)
		k.checkLinks(at, i.Links)
		k.requireText(at, "status", i.Status, "one of requested, idea, approved, active, done, wont-build")
		k.checkOneOf(at, "status", i.Status, fact.Requested, fact.Idea, fact.Approved, fact.Active, fact.Done, fact.WontBuild)
		if i.Status == fact.WontBuild {
			k.requireText(at, "reason", i.Reason, "write why it is not built; the reason is public")
		}
		k.resolveRefs(at, "features", features, i.Features)
		k.resolveRefs(at, "research", research, i.Research)
		k.resolveRefs(at, "cases", cases, i.Cases)
		if i.Rice != nil {
			k.checkRICE(at.inTable("rice"), i.Rice)
		}
		if i.Override != nil {
			k.checkOverride(at.inTable("override"), i.Override)
		}
		if i.Spent != nil {
			k.checkNotNegative(at, "spent", *i.Spent)
		}
		if i.Expected != nil {
			k.checkExpected(at.inTable("expected"), i)
		}
		k.checkPhases(at, i)
		for r := range i.Results {
			k.checkResult(at.inTable("result", r), &i.Results[r])
		}
	}
}

func (k *checker) checkRICE(at location, r *fact.RICE) {
	if r.Reach != nil {
		k.checkNotNegative(at, "reach", *r.Reach)
	}
	if r.Impact != nil {
		k.checkNotNegative(at, "impact", r.Impact.Number)
	}
	if r.Confidence != nil && r.Confidence.Word == "" {
		k.checkPercent(at, "confidence", &r.Confidence.Number)
	}
	if r.Effort != nil && *r.Effort <= 0 {
		k.addProblem(at, "effort", fmt.Sprintf("effort is %g, but must be above 0", *r.Effort),
			"write half a week as 0.5")
	}
	k.checkInterval(at, "reach_range", r.ReachRange)
	k.checkInterval(at, "impact_range", r.ImpactRange)
	k.checkInterval(at, "effort_range", r.EffortRange)
}

func (k *checker) checkInterval(at location, key string, r *fact.Range) {
	if r == nil {
		return
	}
	if r.Lo <= 0 || r.Lo > r.Hi {
		k.addProblem(at, key, fmt.Sprintf("%s [%g, %g] is not a range", key, r.Lo, r.Hi), "write the low end first, above 0")
	}
}

func (k *checker) checkOverride(at location, o *fact.Override) {
	k.requireText(at, "reason", o.Reason, "write why its rank differs from its score; without a reason the score decides")
	if o.Priority < 1 {
		k.addProblem(at, "priority", fmt.Sprintf("priority is %d, but the first is 1", o.Priority), "")
	}
	k.checkOrder(at, "on", o.On, "until", o.Until)
}

var phaseStatuses = []string{"planned", "active", "done", "stopped"}

func (k *checker) checkPhases(at location, i *fact.Initiative) {
	seen := map[string]bool{}
	for n := range i.Phases {
		p := &i.Phases[n]
		in := at.inTable("phase", n)
		k.requireText(in, "name", p.Name, "prototype, alpha, beta, ga, or a name of your own")
		if p.Name != "" && seen[p.Name] {
			k.addProblem(in, "name", fmt.Sprintf("phase %q is written twice", p.Name), "")
		}
		seen[p.Name] = true
		k.checkOneOf(in, "status", p.Status, phaseStatuses...)
		k.checkSpan(in, p.Weeks, p.PersonDays)
		k.checkOneOf(in.inTable("audience"), "all", p.Audience.All, "teams", "developers", "services")
		k.checkNotNegative(in.inTable("audience"), "teams", float64(p.Audience.Teams))
		k.checkNotNegative(in.inTable("audience"), "developers", float64(p.Audience.Developers))
		k.checkNotNegative(in.inTable("audience"), "services", float64(p.Audience.Services))
		for j := range p.Criteria {
			k.checkCriterion(in.inTable("criteria", j), &p.Criteria[j])
		}
		if p.Override != nil {
			k.requireText(in.inTable("override"), "reason", p.Override.Reason,
				"write why the phase may be left without its criteria; the reason is public")
		}
	}
}

// maxWeeks catches typing errors, which would draw a bar over a century.
const maxWeeks = 520

func (k *checker) checkSpan(at location, weeks, personDays float64) {
	k.checkNotNegative(at, "weeks", weeks)
	if weeks > maxWeeks {
		k.addProblem(at, "weeks", fmt.Sprintf("weeks is %g, more than ten years", weeks), "")
	}
	k.checkNotNegative(at, "person_days", personDays)
}

func (k *checker) checkCriterion(at location, c *fact.Criterion) {
	limits := 0
	for _, limit := range []*float64{c.AtLeast, c.AtMost, c.Over, c.Under} {
		if limit != nil {
			limits++
		}
	}
	switch {
	case c.Text == "" && c.Measure == "":
		k.addProblem(at, "", "criterion is empty", "give it a text, or a measure with a limit")
	case c.Measure != "" && limits == 0:
		k.addProblem(at, "measure", fmt.Sprintf("criterion on %q has no limit", c.Measure),
			"add at_least, at_most, over or under")
	case c.Measure == "" && limits > 0:
		k.addProblem(at, "", "criterion has a limit but no measure", "name the measure; it is declared in measures.toml")
	}
	k.resolveMeasure(at, "measure", &c.Measure)
	k.resolveRef(at, "feature", features, &c.Feature)
	switch {
	case c.Feature != "" && !isMetric(c.Measure):
		k.addProblem(at, "feature", "feature belongs to a metric of features only",
			"write measure = \"adoption.active\" or another metric; the feature of a measure belongs in measures.toml")
	case c.Feature == "" && strings.HasPrefix(c.Measure, "adoption."):
		k.addProblem(at, "measure", fmt.Sprintf("criterion on %q needs a feature", c.Measure), "add the key feature")
	}
	k.checkLimitUnit(at, c)
}

// checkLimitUnit reports a limit in the wrong unit. Limits of a declared measure have the
// measure's unit; those of metrics are shares and times.
func (k *checker) checkLimitUnit(at location, c *fact.Criterion) {
	if isMetric(c.Measure) {
		k.checkOneOf(at, "unit", c.Unit, "%", "seconds", "minutes", "hours", "days")
		return
	}
	for i := range k.content.Measures {
		if d := &k.content.Measures[i]; d.ID == c.Measure && c.Unit != "" && c.Unit != d.Unit {
			k.addProblem(at, "unit", fmt.Sprintf("limit is in %q, but %s is measured in %q", c.Unit, d.ID, d.Unit),
				"leave unit out, or write the limit in that unit")
			k.addCauses(reference{measures, d.ID})
		}
	}
}

func (k *checker) checkResult(at location, r *fact.Result) {
	if r.Measure == "" && r.Text == "" {
		k.addProblem(at, "", "result is empty", "give it a measure with before and after, or a text")
	}
	k.resolveMeasure(at, "measure", &r.Measure)
	if (r.Before == nil) != (r.After == nil) {
		k.addProblem(at, "", "result has only one of before and after", "")
	}
	k.checkOneOf(at, "basis", r.Basis, fact.Measured, fact.Reported, fact.Estimated)
	if r.Basis != "" {
		return
	}
	r.Basis = fact.Reported
	if r.Before != nil {
		r.Basis = fact.Measured
	}
}

func (k *checker) checkActivities() {
	for n := range k.content.Activities {
		a := &k.content.Activities[n]
		at := locateActivity(a)
		k.requireText(at, "title", a.Title, "")
		k.requireText(at, "track", a.Track, "one of discovery, delivery, measurement")
		k.checkOneOf(at, "track", a.Track, "discovery", "delivery", "measurement")
		k.checkOneOf(at, "status", a.Status, phaseStatuses...)
		k.checkSpan(at, a.Weeks, a.PersonDays)
		k.resolveRefs(at, "research", research, a.Research)
	}
}

package content

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// isMetric tells a computed metric ("dora.lead_time") from a declared measure.
func isMetric(id string) bool { return strings.Contains(id, ".") }

func (k *checker) initiatives() {
	for n := range k.content.Initiatives {
		i := &k.content.Initiatives[n]
		at := itemPlace(&i.Item)
		k.links(at, i.Links)
		k.require(at, "status", i.Status, "one of requested, idea, approved, active, done, wont-build")
		k.oneOf(at, "status", i.Status, fact.Requested, fact.Idea, fact.Approved, fact.Active, fact.Done, fact.WontBuild)
		if i.Status == fact.WontBuild {
			k.require(at, "reason", i.Reason, "say why it is not built; the reason is public")
		}
		k.refs(at, "features", features, i.Features)
		k.refs(at, "research", research, i.Research)
		k.refs(at, "cases", cases, i.Cases)
		if i.Rice != nil {
			k.rice(at.in("rice"), i.Rice)
		}
		if i.Override != nil {
			k.override(at.in("override"), i.Override)
		}
		if i.Spent != nil {
			k.notNegative(at, "spent", *i.Spent)
		}
		if i.Expected != nil {
			k.expected(at.in("expected"), i)
		}
		k.phases(at, i)
		for r := range i.Results {
			k.result(at.in("result", r), &i.Results[r])
		}
	}
}

func (k *checker) rice(at place, r *fact.RICE) {
	if r.Reach != nil {
		k.notNegative(at, "reach", *r.Reach)
	}
	if r.Impact != nil {
		k.notNegative(at, "impact", r.Impact.Number)
	}
	if r.Confidence != nil && r.Confidence.Word == "" {
		k.percent(at, "confidence", &r.Confidence.Number)
	}
	if r.Effort != nil && *r.Effort <= 0 {
		k.problem(at, "effort", fmt.Sprintf("effort is %g, but must be above 0", *r.Effort),
			"nothing takes no time; write half a week as 0.5")
	}
	k.interval(at, "reach_range", r.ReachRange)
	k.interval(at, "impact_range", r.ImpactRange)
	k.interval(at, "effort_range", r.EffortRange)
}

func (k *checker) interval(at place, key string, r *fact.Range) {
	if r == nil {
		return
	}
	if r.Lo <= 0 || r.Lo > r.Hi {
		k.problem(at, key, fmt.Sprintf("%s [%g, %g] is no range", key, r.Lo, r.Hi), "write the low end first, above 0")
	}
}

func (k *checker) override(at place, o *fact.Override) {
	k.require(at, "reason", o.Reason, "say why it goes before or after its score; without a reason the score decides")
	if o.Priority < 1 {
		k.problem(at, "priority", fmt.Sprintf("priority is %d, but the first is 1", o.Priority), "")
	}
	k.order(at, "on", o.On, "until", o.Until)
}

var phaseStatuses = []string{"planned", "active", "done", "stopped"}

func (k *checker) phases(at place, i *fact.Initiative) {
	seen := map[string]bool{}
	for n := range i.Phases {
		p := &i.Phases[n]
		in := at.in("phase", n)
		k.require(in, "name", p.Name, "prototype, alpha, beta, ga, or a name of your own")
		if p.Name != "" && seen[p.Name] {
			k.problem(in, "name", fmt.Sprintf("phase %q is written twice", p.Name), "")
		}
		seen[p.Name] = true
		k.oneOf(in, "status", p.Status, phaseStatuses...)
		k.span(in, p.Weeks, p.PersonDays)
		k.oneOf(in.in("audience"), "all", p.Audience.All, "teams", "developers", "services")
		k.notNegative(in.in("audience"), "teams", float64(p.Audience.Teams))
		k.notNegative(in.in("audience"), "developers", float64(p.Audience.Developers))
		k.notNegative(in.in("audience"), "services", float64(p.Audience.Services))
		for j := range p.Criteria {
			k.criterion(in.in("criteria", j), &p.Criteria[j])
		}
		if p.Override != nil {
			k.require(in.in("override"), "reason", p.Override.Reason,
				"say why the phase may be left without its criteria; the reason is public")
		}
	}
}

// maxWeeks keeps a slip of the finger from drawing a bar over a century.
const maxWeeks = 520

func (k *checker) span(at place, weeks, personDays float64) {
	k.notNegative(at, "weeks", weeks)
	if weeks > maxWeeks {
		k.problem(at, "weeks", fmt.Sprintf("weeks is %g, more than ten years", weeks), "")
	}
	k.notNegative(at, "person_days", personDays)
}

func (k *checker) criterion(at place, c *fact.Criterion) {
	limits := 0
	for _, limit := range []*float64{c.AtLeast, c.AtMost, c.Over, c.Under} {
		if limit != nil {
			limits++
		}
	}
	switch {
	case c.Text == "" && c.Measure == "":
		k.problem(at, "", "criterion says nothing", "give it a text, or a measure with a limit")
	case c.Measure != "" && limits == 0:
		k.problem(at, "measure", fmt.Sprintf("criterion on %q has no limit", c.Measure),
			"add at_least, at_most, over or under")
	case c.Measure == "" && limits > 0:
		k.problem(at, "", "criterion has a limit but no measure", "name the measure; it is declared in measures.toml")
	}
	k.measureOrMetric(at, "measure", &c.Measure)
	k.ref(at, "feature", features, &c.Feature)
	switch {
	case c.Feature != "" && !isMetric(c.Measure):
		k.problem(at, "feature", "feature stands beside a metric of features only",
			"write measure = \"adoption.active\" or another metric; a measure of measures.toml says its feature there")
	case c.Feature == "" && strings.HasPrefix(c.Measure, "adoption."):
		k.problem(at, "measure", fmt.Sprintf("criterion on %q does not say of which feature", c.Measure), "add feature")
	}
	k.limitUnit(at, c)
}

// limitUnit refuses a unit that nothing is measured in: one of a declared measure is
// its own, those of metrics are shares and times.
func (k *checker) limitUnit(at place, c *fact.Criterion) {
	if isMetric(c.Measure) {
		k.oneOf(at, "unit", c.Unit, "%", "seconds", "minutes", "hours", "days")
		return
	}
	for i := range k.content.Measures {
		if d := &k.content.Measures[i]; d.ID == c.Measure && c.Unit != "" && c.Unit != d.Unit {
			k.problem(at, "unit", fmt.Sprintf("limit is in %q, but %s is measured in %q", c.Unit, d.ID, d.Unit),
				"leave unit out, or write the limit in that unit")
		}
	}
}

func (k *checker) result(at place, r *fact.Result) {
	if r.Measure == "" && r.Text == "" {
		k.problem(at, "", "result says nothing", "give it a measure with before and after, or a text")
	}
	k.measureOrMetric(at, "measure", &r.Measure)
	if (r.Before == nil) != (r.After == nil) {
		k.problem(at, "", "result has only one of before and after", "")
	}
	k.oneOf(at, "basis", r.Basis, fact.Measured, fact.Reported, fact.Estimated)
	if r.Basis != "" {
		return
	}
	r.Basis = fact.Reported
	if r.Before != nil {
		r.Basis = fact.Measured
	}
}

func (k *checker) activities() {
	for n := range k.content.Activities {
		a := &k.content.Activities[n]
		at := activityPlace(a)
		k.require(at, "title", a.Title, "")
		k.require(at, "track", a.Track, "one of discovery, delivery, measurement")
		k.oneOf(at, "track", a.Track, "discovery", "delivery", "measurement")
		k.oneOf(at, "status", a.Status, phaseStatuses...)
		k.span(at, a.Weeks, a.PersonDays)
		k.refs(at, "research", research, a.Research)
	}
}

package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func (k *checker) research() {
	kinds := map[string]string{}
	for i := range k.content.Research {
		kinds[k.content.Research[i].ID] = k.content.Research[i].Kind
	}
	for i := range k.content.Research {
		r := &k.content.Research[i]
		at := itemPlace(&r.Item)
		k.links(at, r.Links)
		k.require(at, "kind", r.Kind, "one of interview, shadowing, job, insight, office-hours, retrospective, conversation")
		k.oneOf(at, "kind", r.Kind, fact.Interview, fact.Shadowing, fact.Job, fact.Insight,
			fact.OfficeHours, fact.Retrospective, fact.Conversation)
		k.refs(at, "teams", teams, r.Teams)
		k.refs(at, "features", features, r.Features)
		k.refs(at, "initiatives", initiatives, r.Initiatives)
		k.refs(at, "research", research, r.Research)
		k.refs(at, "jobs", research, r.Jobs)
		for j, id := range r.Jobs {
			if of, ok := kinds[id]; ok && of != fact.Job {
				k.problem(at, fmt.Sprintf("jobs.%d", j), fmt.Sprintf("research %q is of kind %q, not job", id, of), "")
			}
		}
		k.ref(at, "theme", themes, &r.Theme)
		k.measureOrMetric(at, "measure", &r.Measure)
		k.percent(at, "share", r.Share)
		k.notNegative(at, "people", float64(r.People))
		k.notNegative(at, "minutes", r.Minutes)
		k.notNegative(at, "person_days", r.PersonDays)
		k.notNegative(at, "every_weeks", float64(r.EveryWeeks))
		if !r.Answered.IsZero() && r.Answered.Before(r.Asked) {
			k.problem(at, "answered", fmt.Sprintf("answered %s is before asked %s", day(r.Answered), day(r.Asked)), "")
		}
	}
}

func (k *checker) cases() {
	for i := range k.content.Cases {
		c := &k.content.Cases[i]
		at := itemPlace(&c.Item)
		k.links(at, c.Links)
		k.refs(at, "features", features, c.Features)
		k.refs(at, "research", research, c.Research)
		k.refs(at, "initiatives", initiatives, c.Initiatives)
		if c.Rice != nil {
			k.rice(at.in("rice"), c.Rice)
		}
		for r := range c.Results {
			k.result(at.in("result", r), &c.Results[r])
		}
		for s := range c.Delivery {
			k.require(at.in("delivery", s), "text", c.Delivery[s].Text, "")
		}
		if v := c.Value; v != nil {
			k.value(at.in("value"), v)
		}
	}
}

func (k *checker) value(at place, v *fact.Value) {
	k.require(at, "basis", v.Basis, "one of measured, reported, estimated")
	k.oneOf(at, "basis", v.Basis, fact.Measured, fact.Reported, fact.Estimated)
	if v.SavedPerYear != nil && len(v.Currency) != 3 {
		k.problem(at, "currency", fmt.Sprintf("currency %q is no three-letter code", v.Currency), `write it like "USD"`)
	}
}

// leaves are the tree's recommendations, in the words of decision files.
var leaves = []string{"make default", "invest", "investigate", "pivot or sunset", "deprecate"}

func (k *checker) decisions() {
	for i := range k.content.Decisions {
		d := &k.content.Decisions[i]
		at := itemPlace(&d.Item)
		k.links(at, d.Links)
		k.require(at, "feature", d.Feature, "name the feature's ID")
		k.ref(at, "feature", features, &d.Feature)
		k.oneOf(at, "recommended", d.Recommended, leaves...)
		k.require(at, "decision", d.Decision, "one of accept, reject, postpone")
		k.oneOf(at, "decision", d.Decision, "accept", "reject", "postpone")
		k.require(at, "by", d.By, `name the role that decided: by = "product manager"`)
		k.require(at, "reason", d.Reason, "a decision without a reason can not be looked at again")
		if d.On.IsZero() {
			k.missing(at, "on", "write the day it was decided")
		}
		k.order(at, "on", d.On, "deadline", d.Deadline)
	}
}

func (k *checker) pages() {
	for i := range k.content.Pages {
		p := &k.content.Pages[i]
		k.links(itemPlace(&p.Item), p.Links)
	}
}

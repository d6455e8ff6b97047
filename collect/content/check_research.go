package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func (k *checker) checkResearch() {
	kinds := map[string]string{}
	for i := range k.content.Research {
		kinds[k.content.Research[i].ID] = k.content.Research[i].Kind
	}
	for i := range k.content.Research {
		r := &k.content.Research[i]
		at := locateItem(&r.Item)
		k.checkLinks(at, r.Links)
		k.requireText(at, "kind", r.Kind, "one of interview, shadowing, job, insight, office-hours, retrospective, "+
			"conversation")
		k.checkOneOf(at, "kind", r.Kind, fact.Interview, fact.Shadowing, fact.Job, fact.Insight,
			fact.OfficeHours, fact.Retrospective, fact.Conversation)
		k.resolveRefs(at, "teams", teams, r.Teams)
		k.resolveRefs(at, "features", features, r.Features)
		k.resolveRefs(at, "initiatives", initiatives, r.Initiatives)
		k.resolveRefs(at, "research", research, r.Research)
		k.resolveRefs(at, "jobs", research, r.Jobs)
		for j, id := range r.Jobs {
			if of, ok := kinds[id]; ok && of != fact.Job {
				k.addProblem(at, fmt.Sprintf("jobs.%d", j), fmt.Sprintf("research %q is of kind %q, not job", id, of), "")
				k.addCauses(reference{research, id})
			}
		}
		k.resolveRef(at, "theme", themes, &r.Theme)
		k.resolveMeasure(at, "measure", &r.Measure)
		k.checkPercent(at, "share", r.Share)
		k.checkNotNegative(at, "people", float64(r.People))
		k.checkNotNegative(at, "minutes", r.Minutes)
		k.checkNotNegative(at, "person_days", r.PersonDays)
		k.checkNotNegative(at, "every_weeks", float64(r.EveryWeeks))
		if !r.Answered.IsZero() && r.Answered.Before(r.Asked) {
			k.addProblem(at, "answered", fmt.Sprintf("answered %s is before asked %s", formatDay(r.Answered),
				formatDay(r.Asked)), "")
		}
	}
}

func (k *checker) checkCases() {
	for i := range k.content.Cases {
		c := &k.content.Cases[i]
		at := locateItem(&c.Item)
		k.checkLinks(at, c.Links)
		k.resolveRefs(at, "features", features, c.Features)
		k.resolveRefs(at, "research", research, c.Research)
		k.resolveRefs(at, "initiatives", initiatives, c.Initiatives)
		if c.Rice != nil {
			k.checkRICE(at.inTable("rice"), c.Rice)
		}
		for r := range c.Results {
			k.checkResult(at.inTable("result", r), &c.Results[r])
		}
		for s := range c.Delivery {
			k.requireText(at.inTable("delivery", s), "text", c.Delivery[s].Text, "")
		}
		if v := c.Value; v != nil {
			k.checkValue(at.inTable("value"), v)
		}
	}
}

func (k *checker) checkValue(at location, v *fact.Value) {
	k.requireText(at, "basis", v.Basis, "one of measured, reported, estimated")
	k.checkOneOf(at, "basis", v.Basis, fact.Measured, fact.Reported, fact.Estimated)
	if v.SavedPerYear != nil && len(v.Currency) != 3 {
		k.addProblem(at, "currency", fmt.Sprintf("currency %q is not a three-letter code", v.Currency), `write it like "USD"`)
	}
}

// leaves are the recommendations of the decision tree, as decision files write them.
var leaves = []string{"make default", "invest", "investigate", "pivot or sunset", "deprecate"}

func (k *checker) checkDecisions() {
	for i := range k.content.Decisions {
		d := &k.content.Decisions[i]
		at := locateItem(&d.Item)
		k.checkLinks(at, d.Links)
		k.requireText(at, "feature", d.Feature, "name the feature's ID")
		k.resolveRef(at, "feature", features, &d.Feature)
		k.checkOneOf(at, "recommended", d.Recommended, leaves...)
		k.requireText(at, "decision", d.Decision, "one of accept, reject, postpone")
		k.checkOneOf(at, "decision", d.Decision, "accept", "reject", "postpone")
		k.requireText(at, "by", d.By, `name the role that decided: by = "product manager"`)
		k.requireText(at, "reason", d.Reason, "a decision without a reason cannot be reviewed")
		if d.On.IsZero() {
			k.addMissing(at, "on", "write the day it was decided")
		}
		k.checkOrder(at, "on", d.On, "deadline", d.Deadline)
	}
}

func (k *checker) checkPages() {
	for i := range k.content.Pages {
		p := &k.content.Pages[i]
		k.checkLinks(locateItem(&p.Item), p.Links)
	}
}

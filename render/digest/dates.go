package digest

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/notify"
)

// date is a line about a day.
type date struct {
	at time.Time
	notify.Line
}

// listDates lists the next days with a phase, a goal, a deadline or a look.
func (in *Input) listDates() Part {
	p := Part{Title: "Next dates", None: "no date is planned"}
	var list []date
	add := func(at time.Time, text, path string) {
		if at.After(in.Now) {
			list = append(list, date{at, notify.Line{Text: format.Date(at) + ": " + text, Path: path}})
		}
	}
	for i := range in.Report.Goals {
		g := &in.Report.Goals[i]
		path := ""
		if g.Scope.Kind == metric.Feature {
			path = featurePath(g.Scope.ID)
		}
		add(g.By, "the goal “"+g.Title+"” is due", path)
	}
	for i := range in.Report.Expected {
		x := &in.Report.Expected[i]
		for _, look := range x.Looks {
			add(look, "the expected effect of "+x.Title+" is looked at", initiativePath(x.ID))
		}
	}
	for i := range in.Content.Initiatives {
		in.addInitiative(&in.Content.Initiatives[i], add)
	}
	titles := map[string]string{}
	for i := range in.Content.Features {
		titles[in.Content.Features[i].ID] = in.Content.Features[i].Title
	}
	for i := range in.Content.Decisions {
		if d := &in.Content.Decisions[i]; !d.Draft {
			what := "the deadline of the decision about "
			if d.Recommended == "deprecate" && d.Decision == "accept" {
				what = "the last day to move away from "
			}
			add(d.Deadline, what+cmp.Or(titles[d.Feature], d.Feature), featurePath(d.Feature))
		}
	}
	slices.SortStableFunc(list, func(a, b date) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Text, b.Text)) })
	for _, d := range list[:min(len(list), mostDates)] {
		p.Lines = append(p.Lines, d.Line)
	}
	return p
}

// addInitiative adds the days of the phases of an initiative, or of the review of its refusal.
func (in *Input) addInitiative(i *fact.Initiative, add func(at time.Time, text, path string)) {
	switch {
	case i.Draft:
		return
	case i.Status == fact.WontBuild:
		add(i.Revisit, "the refusal of "+i.Title+" is looked at again", initiativePath(i.ID))
		return
	}
	for n := range i.Phases {
		ph := &i.Phases[n]
		add(ph.Start, format.Phase(ph.Name)+" of "+i.Title+" begins", initiativePath(i.ID))
		if end := ph.End(); ph.Status != "stopped" && ph.Status != "done" && !end.IsZero() {
			add(end.AddDate(0, 0, -1), format.Phase(ph.Name)+" of "+i.Title+" ends", initiativePath(i.ID))
		}
	}
}

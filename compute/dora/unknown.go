package dora

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// dateWords formats a day in a sentence: "2 Mar 2026".
const dateWords = "2 Jan 2006"

// explainUncollected returns the reason why no service of a scope was collected for the whole
// current window, and the next step.
func (m *measurer) explainUncollected(p *pool) (why, next string) {
	if len(p.services) == 0 {
		return m.explainNoService(p)
	}
	if g := m.findGap(p); g != nil {
		return g.Reason, g.Next
	}
	known := m.knownSpan(p)
	switch {
	case known.To.IsZero():
		return "no deployments of its services were collected", "connect a source of deployments in config.toml"
	case known.From.After(m.now.From):
		first := org.WeekOf(known.From)
		if first.Before(known.From) {
			first = first.Add(org.Week)
		}
		from := first.Add(org.Period).AddDate(0, 0, m.org.Calendar.MaturityDays)
		return fmt.Sprintf("the data begin on %s, and four whole weeks are needed", known.From.UTC().Format(dateWords)),
			fmt.Sprintf("wait: from %s on there are four", from.UTC().Format(dateWords))
	case known.To.Before(m.now.To):
		return fmt.Sprintf("the data end on %s, before the end of these weeks", known.To.UTC().Format(dateWords)),
			"export or fetch again up to today, or set covers_to where a file is complete"
	}
	return "not all of these weeks were collected", "see the gaps on the data quality page"
}

// knownSpan returns the time from the first to the last collected moment of a scope's services.
func (m *measurer) knownSpan(p *pool) metric.Window {
	var known metric.Window
	for _, i := range p.services {
		for _, c := range m.org.Services[i].Collected {
			known.From, known.To = org.Earlier(known.From, c.From), laterTime(known.To, c.To)
		}
	}
	return known
}

// endsEarly reports whether the data of a scope cover the begin of the current window and not its
// end.
func (m *measurer) endsEarly(p *pool) bool {
	known := m.knownSpan(p)
	return !known.To.IsZero() && !known.From.After(m.now.From) && known.To.Before(m.now.To)
}

// explainNoService returns reason and next step for a scope without a service.
func (m *measurer) explainNoService(p *pool) (why, next string) {
	const owned = "give the team its repositories in teams.toml, as they are written there and in the sources"
	switch {
	case p.scope.Kind == metric.Team && len(p.teams[0].Services) == 0:
		return "the team owns no service", "give the team its repositories in teams.toml"
	case p.scope.Kind == metric.Team:
		return "no service that the team owns was collected", owned
	case p.scope.Kind == metric.Group:
		return "no team of the group owns a service that was collected", "give its teams their repositories in teams.toml"
	case len(m.org.Services) > 0:
		return "no team owns a service that was collected", "give the teams their repositories in teams.toml"
	}
	return "no service was found", "connect a source of deployments in config.toml"
}

// findGap returns the first gap of a scope's services in the current window, or nil.
func (m *measurer) findGap(p *pool) *org.Gap {
	for _, i := range p.services {
		for k := range m.org.Services[i].Gaps {
			g := &m.org.Services[i].Gaps[k]
			if g.From.Before(m.now.To) && (g.To.IsZero() || g.To.After(m.now.From)) {
				return g
			}
		}
	}
	return nil
}

// seeFew is the next step to see the numbers of one or two people.
const seeFew = "run `ip3dp serve` to see them yourself, or set privacy.sole_author = true if those people agree"

// explainTooFew returns the reason why a team's numbers may not be shown, and the next step; ""
// if they may.
func explainTooFew(o *org.Organisation, t *org.Team) (why, next string) {
	if t.Shown() {
		return "", ""
	}
	next = seeFew
	if !t.Counted {
		return fmt.Sprintf("fewer than %d people: numbers of a team this small would be a person's", org.MinPeople), next
	}
	cut := o.Calendar.CutOff()
	span := metric.Window{From: cut.Add(-org.PeopleWeeks * org.Week), To: cut}
	weeks := fmt.Sprintf("in the %d weeks to %s", org.PeopleWeeks, cut.Add(-time.Nanosecond).UTC().Format(dateWords))
	shallow, changes, recent, people := false, 0, 0, 0
	for i := range o.Services {
		s := &o.Services[i]
		for _, own := range s.Owners {
			if own.Team != t.ID {
				continue
			}
			shallow, changes = shallow || s.Shallow, changes+len(s.Changes)
			for k := range s.Changes {
				if c := &s.Changes[k]; span.Contains(c.Merged) {
					recent++
					if c.Lane == org.Human {
						people++
					}
				}
			}
		}
	}
	switch {
	case changes == 0:
		return "no change was collected, so the size of the team is unknown", "set its number of developers in teams.toml"
	case shallow:
		return fmt.Sprintf("the clone is shallow: it shows %d people %s, and %d are needed", t.People, weeks,
			org.MinPeople), "run `git fetch --unshallow`"
	case recent == 0:
		return "nobody changed it " + weeks, "leave it out of config.toml if nobody works on it any more"
	case people == 0:
		return "only automation changed it " + weeks, next
	case t.People == 0:
		return "the changes name no authors, so the size of the team is unknown", "set its number of developers in teams.toml"
	case t.People == 1:
		return "one person wrote all changes " + weeks + ", so the numbers would be that person's", next
	}
	return "two people wrote all changes " + weeks + ", and numbers of a team this small would be a person's", next
}

// explainTooFewInAll does the same for an organisation without teams. Changes without an author
// identify no person, so their numbers may be shown.
func explainTooFewInAll(o *org.Organisation) (why, next string) {
	authors, named := o.CountAuthors()
	if o.ShowsFew() || !named || authors >= org.MinPeople {
		return "", ""
	}
	cut := o.Calendar.CutOff()
	until := cut.Add(-time.Nanosecond).UTC().Format(dateWords)
	return fmt.Sprintf("%s wrote all changes in the %d weeks to %s, and numbers of so few would be a person's",
		[]string{"nobody", "one person", "two people"}[authors], org.PeopleWeeks, until), seeFew
}

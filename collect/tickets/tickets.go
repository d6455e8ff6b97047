// Package tickets reads support requests from the exports of Jira, Zendesk, ServiceNow,
// Freshdesk and GitHub, or from a plain file.
//
// A ticket needs an ID and an opening time. Its status decides whether it is open; without a
// status, the resolution time does. Titles are private: they are matched against the themes of
// the content while they are read, and not kept. Names, e-mails and addresses in the export are
// not read.
package tickets

import (
	"context"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// row is one ticket. The team is the one that asks. The group of agents that answers, which
// most tools call "group", is the platform's own.
type row struct {
	ID       string       `csv:"id,issue_key,key,ticket_id,number,ticket" tabular:"required"`
	Title    string       `csv:"title,subject,summary,short_description"`
	Team     string       `csv:"team,squad,requester_team,organization,organisation"`
	Feature  string       `csv:"feature,component,components,component/s"`
	Labels   tabular.List `csv:"labels,label"`
	Tags     tabular.List `csv:"tags,sys_tags" tabular:"words"` // Zendesk separates them by spaces
	Opened   tabular.Time `csv:"opened,created,opened_at,created_at,created_time,created_date,created_on,sys_created_on" tabular:"required"`
	Resolved tabular.Time `csv:"resolved,resolved_at,solved_at,resolved_time,resolution_date,metric_set_solved_at,stats_resolved_at,closed,closed_at,closed_time,stats_closed_at"`
	Updated  tabular.Time `csv:"updated" tabular:"aliases"`
	Sequence *int         `csv:"sequence,omitempty" tabular:"aliases"`
	Reopened *int         `csv:"reopened,reopens,reopen_count,metric_set_reopens,omitempty"`
	// Category is Jira's status category, Active ServiceNow's flag of an open record.
	Category string `csv:"status_category"`
	Status   string `csv:"status,ticket_status,issue_status"`
	State    string `csv:"state,incident_state,ticket_state"`
	Active   string `csv:"active"`
	// Resolution is Jira's Resolution, GitHub's state_reason, ServiceNow's close_code,
	// Zendesk's resolution type.
	Resolution string `csv:"resolution,state_reason,close_code,close_reason,closure_code,resolution_code,resolution_type"`
}

// Source reads one export.
type Source struct {
	name    string
	file    tabular.File
	options Options
}

// Options configure a source.
type Options struct {
	// Tabular may map columns, such as Jira's "Custom field (Squad)" to team.
	Tabular tabular.Options
	Themes  Themes // of the content
	// Statuses maps words for the status of a ticket, in any case, to Open or Closed. They take
	// precedence over the usual ones.
	Statuses map[string]string
}

var _ collect.Source = (*Source)(nil)

// New returns a source of one export. name is its name in config.toml.
func New(name string, file tabular.File, o Options) *Source {
	o.Tabular.Source, o.Tabular.Kind, o.Tabular.People = name, "tickets", true
	return &Source{name: name, file: file, options: o}
}

// Name returns the name in config.toml.
func (s *Source) Name() string { return s.name }

// reader reads the rows of one export.
type reader struct {
	*Source
	statuses *statuses
	words    wordCounter
	counts   endings
}

// Collect reads all tickets of the export before the window's end, one for each row. Package
// merge merges those with the same ID.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	x := reader{Source: s, statuses: newStatuses(s.options.Statuses)}
	future := func(t time.Time) bool { return !w.To.IsZero() && !t.Before(w.To) }
	opened := func(r *row) time.Time { return r.Opened.Time }
	tickets, e, err := tabular.ReadFacts(ctx, s.file, s.options.Tabular, w, opened, func(r *row) (fact.Ticket, error) {
		switch {
		case future(r.Resolved.Time):
			return fact.Ticket{}, tabular.LeaveOut("in the future")
		case r.Reopened != nil && *r.Reopened < 0:
			return fact.Ticket{}, tabular.Reject("reopened is negative")
		}
		return x.newTicket(r), nil
	})
	if err != nil {
		return e, err
	}
	e.Tickets, e.TitleWords = tickets, x.words.list()
	for i := range e.Imports {
		e.Imports[i].Notes = append(e.Imports[i].Notes, x.counts.notes()...)
	}
	return e, nil
}

func (x *reader) newTicket(r *row) fact.Ticket {
	t := fact.Ticket{
		Source: x.name, ID: r.ID, Team: r.Team, Feature: r.Feature,
		Labels: slices.Concat([]string(r.Labels), r.Tags), Opened: r.Opened.Time, Resolved: r.Resolved.Time,
		Updated: r.Updated.Time, Theme: x.options.Themes.Find(r.Title),
	}
	if r.Sequence != nil {
		t.Sequence = *r.Sequence
	}
	if r.Reopened != nil {
		t.Reopened = *r.Reopened
	}
	x.setEnding(&t, r)
	if t.Theme == fact.Unthemed {
		x.words.count(r.Title, r.ID, r.Team)
	}
	return t
}

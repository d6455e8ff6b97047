// Package tickets reads support requests from the exports of Jira, Zendesk, ServiceNow,
// Freshdesk and GitHub, or from a plain file.
//
// A ticket needs an ID and an opening time; without a resolution time it is open. Titles are
// private: they are matched against themes and never published. Names, e-mails and addresses in
// the export are not read.
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
	// Resolution is Jira's Resolution, GitHub's state_reason, ServiceNow's close_code,
	// Zendesk's resolution type.
	Resolution string `csv:"resolution,state_reason,close_code,close_reason,closure_code,resolution_code,resolution_type"`
}

// Source reads one export.
type Source struct {
	name    string
	file    tabular.File
	options tabular.Options
}

var _ collect.Source = (*Source)(nil)

// New returns a source of one export. name is its name in config.toml; o may map columns, such
// as Jira's "Custom field (Squad)" to team.
func New(name string, file tabular.File, o tabular.Options) *Source {
	o.Source, o.Kind, o.People = name, "tickets", true
	return &Source{name: name, file: file, options: o}
}

// Name returns the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads all tickets of the export before the window's end, one for each row. Package
// merge merges those with the same ID.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	future := func(t time.Time) bool { return !w.To.IsZero() && !t.Before(w.To) }
	opened := func(r *row) time.Time { return r.Opened.Time }
	tickets, e, err := tabular.ReadFacts(ctx, s.file, s.options, w, opened, func(r *row) (fact.Ticket, error) {
		switch {
		case future(r.Resolved.Time):
			return fact.Ticket{}, tabular.LeaveOut("in the future")
		case r.Reopened != nil && *r.Reopened < 0:
			return fact.Ticket{}, tabular.Reject("reopened is negative")
		}
		return s.newTicket(r), nil
	})
	e.Tickets = tickets
	return e, err
}

func (s *Source) newTicket(r *row) fact.Ticket {
	t := fact.Ticket{
		Source: s.name, ID: r.ID, Title: r.Title, Team: r.Team, Feature: r.Feature,
		Labels: slices.Concat([]string(r.Labels), r.Tags), Opened: r.Opened.Time, Resolved: r.Resolved.Time,
	}
	if !t.Resolved.IsZero() {
		t.Unsolved = findUnsolved(r.Resolution)
	}
	t.Updated = r.Updated.Time
	if r.Sequence != nil {
		t.Sequence = *r.Sequence
	}
	if r.Reopened != nil {
		t.Reopened = *r.Reopened
	}
	return t
}

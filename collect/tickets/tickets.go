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
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// row is one ticket. The team is the one that asks. The group of agents that answers, which
// most tools call "group", is the platform's own.
type row struct {
	ID       string       `csv:"id,issue_key,key,ticket_id,number,ticket" tabular:"required"`
	Title    string       `csv:"title,subject,summary,short_description" tabular:"verbatim"`
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
	shared  *shared // nil: the only export of tickets
}

// Options configure a source.
type Options struct {
	// Tabular may map columns, such as Jira's "Custom field (Squad)" to team.
	Tabular tabular.Options
	Themes  Themes // of the content
	// Statuses maps words for the status of a ticket, in any case, to Open or Closed. They take
	// precedence over the usual ones.
	Statuses map[string]string
	// OneByOne reports whether a ticket that was opened in a week is needed one by one; the others
	// are summed. The argument is any time of the week. nil: all rows are kept as they are.
	OneByOne func(time.Time) bool
	// Identities is the number of hashes of IDs in memory, and Bits the number of their bits; 0:
	// the defaults. Neither changes the result.
	Identities, Bits int
}

var _ collect.Source = (*Source)(nil)

// New returns a source of one export. name is its name in config.toml.
func New(name string, file tabular.File, o Options) *Source {
	o.Tabular.Source, o.Tabular.Kind, o.Tabular.People = name, "tickets", true
	return &Source{name: name, file: file, options: o}
}

// Name returns the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads all tickets of the export before the window's end. Those whose ID no other row
// has are facts already, and are summed as far as possible. The others are returned one for each
// row, and package merge merges those with the same ID.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	switch {
	case s.options.OneByOne == nil:
		return s.newReader(nil, nil).collect(ctx, w)
	case s.shared != nil:
		ids, repeated, err := s.shared.find(ctx, w)
		if err != nil {
			return tabular.RecordFailure(s.name, s.file, w, err)
		}
		return s.newReader(ids, repeated).collect(ctx, w)
	}
	ids := tabular.NewIdentities(s.options.Identities, s.options.Bits)
	defer ids.Close()
	x := s.newReader(ids, nil)
	x.note = ids.Add
	e, err := x.collect(ctx, w)
	if err != nil {
		return e, err
	}
	switch repeated, err := ids.ListRepeated(); {
	case err != nil:
		return tabular.RecordFailure(s.name, s.file, w, err)
	case len(repeated) == 0:
		return e, nil
	default:
		return s.newReader(ids, repeated).collect(ctx, w)
	}
}

// reader reads the rows of one export, once.
type reader struct {
	*Source
	statuses *statuses
	words    wordCounter
	counts   endings
	names    map[string]string // copies, which do not keep the text of a row
	single   tabular.Chunks[fact.Ticket]
	sums     sums
	hasher   *tabular.Hasher // nil: every row is kept
	// note takes the hash of each ID; nil after the first reading.
	note     func(uint64) error
	repeated tabular.Repeated
}

func (s *Source) newReader(ids *tabular.Identities, repeated tabular.Repeated) *reader {
	x := &reader{
		Source: s, statuses: newStatuses(s.options.Statuses), names: map[string]string{}, repeated: repeated,
		sums: sums{places: map[sumKey]int32{}},
	}
	if ids != nil {
		x.hasher = ids.NewHasher()
	}
	return x
}

// collect reads the file and returns its tickets: those with an ID first.
func (x *reader) collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	opened := func(r *row) time.Time { return r.Opened.Time }
	e, err := tabular.VisitRows(ctx, x.file, x.options.Tabular, w, opened, func(r *row) error {
		switch {
		case !w.To.IsZero() && !r.Resolved.Before(w.To):
			return tabular.LeaveOut("in the future")
		case r.Reopened != nil && *r.Reopened < 0:
			return tabular.Reject("reopened is negative")
		}
		return x.addRow(r)
	})
	if err != nil {
		return e, err
	}
	e.Tickets, e.TitleWords = x.joinTickets(), x.words.list()
	for i := range e.Imports {
		e.Imports[i].Notes = append(e.Imports[i].Notes, x.counts.notes()...)
	}
	return e, nil
}

// addRow adds the ticket of a row to the single ones or to a sum.
func (x *reader) addRow(r *row) error {
	t := x.newTicket(r)
	if x.hasher != nil && r.ID != "" {
		hash := x.hasher.Hash(r.ID)
		if x.note != nil {
			if err := x.note(hash); err != nil {
				return err
			}
		}
		if !x.repeated.Has(hash) {
			x.sums.add(&t, x.options.OneByOne(t.Opened))
			return nil
		}
	}
	t.ID, t.Updated = strings.Clone(r.ID), r.Updated.Time
	if r.Sequence != nil {
		t.Sequence = *r.Sequence
	}
	for _, label := range slices.Concat(r.Labels, r.Tags) {
		t.Labels = append(t.Labels, x.copyName(label))
	}
	x.single.Add(t)
	return nil
}

// newTicket returns the ticket of a row without the parts that only rows of the same ID need.
func (x *reader) newTicket(r *row) fact.Ticket {
	t := fact.Ticket{
		Source: x.name, Team: x.copyName(r.Team), Feature: x.copyName(r.Feature), Opened: r.Opened.Time,
		Resolved: r.Resolved.Time, Theme: x.options.Themes.Find(r.Title),
	}
	if r.Reopened != nil {
		t.Reopened = *r.Reopened
	}
	x.setEnding(&t, r)
	if t.Theme == fact.Unthemed {
		x.words.count(r.Title, r.ID, t.Team)
	}
	return t
}

// copyName returns a copy of a name, one for all rows.
func (x *reader) copyName(s string) string {
	if s == "" {
		return ""
	}
	name, known := x.names[s]
	if !known {
		name = strings.Clone(s)
		x.names[name] = name
	}
	return name
}

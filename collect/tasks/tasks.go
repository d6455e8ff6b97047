// Package tasks reads attempts at common tasks, such as deploying or onboarding a
// service: rows of task, date, minutes, unaided, done and team.
package tasks

import (
	"context"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// row is one attempt.
type row struct {
	Task     string       `csv:"task,task_id" tabular:"required"`
	Date     tabular.Time `csv:"date,day,at,timestamp,time" tabular:"required"`
	Minutes  *float64     `csv:"minutes,duration_minutes,omitempty"`
	Unaided  *bool        `csv:"unaided,without_help,omitempty"`
	Done     *bool        `csv:"done,completed,success,omitempty"`
	Team     string       `csv:"team,squad"`
	RowID    string       `csv:"id,attempt,attempt_id,run_id,record_id,row_id"`
	Updated  tabular.Time `csv:"updated" tabular:"aliases"`
	Sequence *int         `csv:"sequence,omitempty" tabular:"aliases"`
}

// Source reads one file.
type Source struct {
	name    string
	file    tabular.File
	options tabular.Options
}

var _ collect.Source = (*Source)(nil)

// New returns a source of one file. name is its name in config.toml.
func New(name string, file tabular.File, o tabular.Options) *Source {
	o.Source, o.Kind, o.People = name, "tasks", true
	return &Source{name: name, file: file, options: o}
}

// Name returns the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads all attempts before the window's end.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	date := func(r *row) time.Time { return r.Date.Time }
	tasks, e, err := tabular.ReadFacts(ctx, s.file, s.options, w, date, s.newTask)
	e.Tasks = tasks
	return e, err
}

// newTask returns the attempt of a row. Without a value for done, an attempt with a duration,
// or an unaided one, counts as done.
func (s *Source) newTask(r *row) (fact.Task, error) {
	if r.Minutes != nil && *r.Minutes < 0 {
		return fact.Task{}, tabular.Reject("minutes are negative")
	}
	t := fact.Task{
		Source: s.name, Task: r.Task, At: r.Date.Time, Minutes: r.Minutes, Unaided: r.Unaided, Team: r.Team,
		Row: tabular.NewRowIdentity(r.RowID, r.Updated, r.Sequence),
	}
	if r.Done != nil {
		t.Done = *r.Done
	} else {
		t.Done = r.Minutes != nil || r.Unaided != nil && *r.Unaided
	}
	return t, nil
}

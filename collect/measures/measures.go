// Package measures reads the dated figures that a team brings, such as uptime,
// build minutes or cost: rows of measure, date, value, n and team.
package measures

import (
	"cmp"
	"context"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// row is one figure.
type row struct {
	Measure  string       `csv:"measure,measure_id,metric,id"`
	Date     tabular.Time `csv:"date,day,at,timestamp,time" tabular:"required"`
	Value    *float64     `csv:"value,omitempty" tabular:"required"`
	N        *int         `csv:"n,observations,samples,omitempty"`
	Team     string       `csv:"team,squad"`
	RowID    string       `csv:"record_id,row_id,entry_id"`
	Updated  tabular.Time `csv:"updated,updated_at,updated_on,last_updated,last_updated_at,modified,modified_at,last_modified,last_modified_at,last_modified_date,sys_updated_on"`
	Sequence *int         `csv:"sequence,seq,sequence_number,omitempty"`
}

// Options say what a file cannot say about itself.
type Options struct {
	Tabular tabular.Options
	Measure string // of rows that name none
	// Declared returns the ID of the measure in measures.toml that a name means, or
	// else "" and the one that was probably meant: a row of another is rejected and
	// named. Nil takes all.
	Declared func(name string) (id, near string)
}

// Source reads one file.
type Source struct {
	name string
	file tabular.File
	o    Options
}

var _ collect.Source = (*Source)(nil)

// New makes a source of one file. name is its name in config.toml.
func New(name string, file tabular.File, o Options) *Source {
	o.Tabular.Source, o.Tabular.Kind = name, "measures"
	return &Source{name: name, file: file, o: o}
}

// Name is the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads all figures before the window's end.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	date := func(r *row) time.Time { return r.Date.Time }
	measures, e, err := tabular.ReadFacts(ctx, s.file, s.o.Tabular, w, date, s.newMeasure)
	e.Measures = measures
	return e, err
}

func (s *Source) newMeasure(r *row) (fact.Measure, error) {
	m := fact.Measure{
		Source: s.name, ID: cmp.Or(r.Measure, s.o.Measure), At: r.Date.Time, Value: *r.Value, Team: r.Team,
		Row: tabular.NewRowIdentity(r.RowID, r.Updated, r.Sequence),
	}
	if r.N != nil {
		m.N = *r.N
	}
	switch {
	case m.ID == "":
		return m, tabular.Reject("no measure: add the column, or set measure for the source")
	case m.N < 0:
		return m, tabular.Reject("n is negative")
	case s.o.Declared == nil:
		return m, nil
	}
	id, near := s.o.Declared(m.ID)
	switch {
	case id == "" && near != "":
		return m, tabular.Rejectf("the measure is not declared in measures.toml; did you mean %q?", near)
	case id == "":
		return m, tabular.Reject("the measure is not declared in measures.toml")
	}
	m.ID = id
	return m, nil
}

// Package measures reads dated figures such as uptime, build minutes or cost: rows of measure,
// date, value, n and team.
package measures

import (
	"cmp"
	"context"
	"fmt"
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
	Updated  tabular.Time `csv:"updated" tabular:"aliases"`
	Sequence *int         `csv:"sequence,omitempty" tabular:"aliases"`
}

// Options are the dialect of a file and the measures in content.
type Options struct {
	Tabular tabular.Options
	Measure string // measure of rows without one
	// Declared returns the ID in measures.toml for a name. For another name it returns "" and
	// the nearest declared name; the row is then rejected. Nil takes all.
	Declared func(name string) (id, near string)
}

// Source reads one file.
type Source struct {
	name string
	file tabular.File
	o    Options
}

var _ collect.Source = (*Source)(nil)

// New returns a source of one file. name is its name in config.toml.
func New(name string, file tabular.File, o Options) *Source {
	o.Tabular.Source, o.Tabular.Kind = name, "measures"
	return &Source{name: name, file: file, o: o}
}

// Name returns the name in config.toml.
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
		return m, tabular.NamesNobody(fmt.Sprintf("the measure is not declared in measures.toml; did you mean %q?", near))
	case id == "":
		return m, tabular.NamesNobody("the measure is not declared in measures.toml")
	}
	m.ID = id
	return m, nil
}

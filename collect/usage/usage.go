// Package usage reads the use of features by unit and date, from an export of logs or
// analytics: one row for each unit and day, or a summed count over a span.
//
// A unit is a developer, a team or a service. Units may be people, so a keyed hash replaces
// each of them before it leaves this package, unless the feature is counted by team or service.
// The key belongs to one run: units of two runs cannot be joined, and nobody can try a list of
// logins against the output of a run.
package usage

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// row is one record of use.
type row struct {
	Feature  string       `csv:"feature,tool,product"`
	Part     string       `csv:"part,plugin,plugin_id,context_plugin_id,page"`
	Unit     string       `csv:"unit,developer,user,user_id,login,username,email,actor,actor_id,actor_actor_id,user_entity_ref,service,repository" tabular:"identity"`
	Team     string       `csv:"team,squad"`
	Date     tabular.Time `csv:"date,day,at,timestamp,time,event_time,event_timestamp,occurred_at" tabular:"required"`
	RowID    string       `csv:"event_id,record_id,row_id"`
	Updated  tabular.Time `csv:"updated" tabular:"aliases"`
	Sequence *int         `csv:"sequence,omitempty" tabular:"aliases"`
	Count    *float64     `csv:"count,events,hits,uses,n,omitempty"`
}

// Options are the dialect of an export and the names in content.
type Options struct {
	Tabular tabular.Options
	Feature string // feature of rows without one
	// Salt is the key of this run's hashes, at least 16 random bytes.
	Salt []byte
	// NotPeople are the names (ID, title or label) of features that are counted by team or
	// service. Their units are kept as they are.
	NotPeople []string
	// Known reports whether content has a feature of that name; nil: it has all. A row of
	// another feature may have a team in place of the unit, because its unit is undefined.
	Known func(feature string) bool
	// Automation reports whether a unit is automation's account, which is not an adopter; nil:
	// none is. It is called before units are hashed.
	Automation func(unit string) bool
}

// Source reads one export.
type Source struct {
	name      string
	file      tabular.File
	o         Options
	notPeople map[string]bool
}

var _ collect.Source = (*Source)(nil)

// New returns a source of one export. name is its name in config.toml.
func New(name string, file tabular.File, o Options) (*Source, error) {
	if len(o.Salt) < tabular.MinKey {
		return nil, fmt.Errorf("source %q: the salt has %d bytes, want at least %d", name, len(o.Salt), tabular.MinKey)
	}
	s := &Source{name: name, file: file, o: o, notPeople: map[string]bool{}}
	for _, feature := range o.NotPeople {
		s.notPeople[text.Fold(feature)] = true
	}
	s.o.Tabular.Source, s.o.Tabular.Kind, s.o.Tabular.People = name, "usage", true
	return s, nil
}

// Name returns the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads all records before the window's end. Records before its start are needed for
// the first use of each unit.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	keys := map[string]string{}
	date := func(r *row) time.Time { return r.Date.Time }
	uses, e, err := tabular.ReadFacts(ctx, s.file, s.o.Tabular, w, date, func(r *row) (fact.Use, error) {
		return s.newUse(r, keys)
	})
	e.Usage = uses
	return e, err
}

// newUse returns the use of a row. A row without a count is one use; a count of 0 is left out.
func (s *Source) newUse(r *row, keys map[string]string) (fact.Use, error) {
	u := fact.Use{
		Source: s.name, Feature: cmp.Or(r.Feature, s.o.Feature), Part: r.Part, Team: r.Team, At: r.Date.Time, Count: 1,
		Row: tabular.NewRowIdentity(r.RowID, r.Updated, r.Sequence),
	}
	if r.Count != nil {
		u.Count = *r.Count
	}
	byTeam := s.notPeople[text.Fold(u.Feature)]
	unit := r.Unit
	if unit == "" && (byTeam || s.o.Known != nil && !s.o.Known(u.Feature)) {
		unit = r.Team
	}
	switch {
	case u.Feature == "":
		return u, tabular.Reject("no feature: add the column, or set feature for the source")
	case unit == "":
		return u, tabular.Reject("no unit: which developer, team or service used it")
	case u.Count < 0:
		return u, tabular.Reject("count is negative")
	case u.Count == 0:
		return u, tabular.LeaveOut("count is zero: no use")
	}
	if !byTeam && s.o.Automation != nil && s.o.Automation(unit) {
		return u, tabular.LeaveOut("by automation: a bot is not an adopter")
	}
	u.Unit = unit
	if !byTeam {
		u.Unit = s.hashUnit(unit, keys)
	}
	return u, nil
}

// hashUnit returns the keyed hash of a unit, whatever its case, and keeps it in keys.
func (s *Source) hashUnit(unit string, keys map[string]string) string {
	key, ok := keys[unit]
	if !ok {
		key = tabular.HashID(s.o.Salt, text.Fold(unit))
		keys[unit] = key
	}
	return key
}

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
	"strconv"
	"strings"
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
	// Identities is the number of hashes of rows in memory, and Bits the number of their bits; 0:
	// the defaults. Neither changes the result.
	Identities, Bits int
}

// Source reads one export.
type Source struct {
	name      string
	file      tabular.File
	o         Options
	notPeople map[string]bool
	shared    *shared // nil: the only export of its system
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
// the first use of each unit. Rows that no other row repeats are summed by week while reading.
// The others are returned one by one, and package merge merges them.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	if s.shared != nil {
		ids, repeated, err := s.shared.find(ctx, w)
		if err != nil {
			return tabular.RecordFailure(s.name, s.file, w, err)
		}
		return s.newReading(ids, repeated).collect(ctx, w)
	}
	ids := tabular.NewIdentities(s.o.Identities, s.o.Bits)
	defer ids.Close()
	b := s.newReading(ids, nil)
	b.note = ids.Add
	e, err := b.collect(ctx, w)
	if err != nil {
		return e, err
	}
	switch repeated, err := ids.ListRepeated(); {
	case err != nil:
		return tabular.RecordFailure(s.name, s.file, w, err)
	case len(repeated) == 0:
		return e, nil
	default:
		return s.newReading(ids, repeated).collect(ctx, w)
	}
}

// reading is one reading of the export.
type reading struct {
	*Source
	hasher *tabular.Hasher
	// note takes the hash of each row that may be repeated; nil after the first reading.
	note func(uint64) error
	// nameless means that rows without an ID may be repeated, in other files.
	nameless bool
	repeated tabular.Repeated

	ids    *tabular.IDHasher
	hashes map[string]string // unit → its keyed hash
	byName map[names]*unit
	units  []*unit // in the order of their first rows
	single []fact.Use
}

// names are the names in a row, as written.
type names struct{ feature, part, unit, team string }

// unit is the use of one part of a feature by one unit.
type unit struct {
	fact.Use
	refused error // the reason against its rows; nil if they are used
}

func (s *Source) newReading(ids *tabular.Identities, repeated tabular.Repeated) *reading {
	return &reading{
		Source: s, hasher: ids.NewHasher(), repeated: repeated, nameless: s.shared != nil,
		ids: tabular.NewIDHasher(s.o.Salt), hashes: map[string]string{}, byName: map[names]*unit{},
	}
}

// collect reads the file and returns its uses: the single ones first.
func (b *reading) collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	e, err := tabular.VisitRows(ctx, b.file, b.o.Tabular, w, func(r *row) time.Time { return r.Date.Time }, b.addRow)
	if err != nil {
		return e, err
	}
	e.Usage = b.single
	for summed := range 2 {
		for i := range b.units {
			u := &b.units[i].Use
			if u.Rows == 0 || summed != min(u.Rows-1, 1) {
				continue
			}
			if u.Rows == 1 {
				u.Rows, u.Weeks = 0, nil
			}
			e.Usage = append(e.Usage, *u)
		}
	}
	return e, nil
}

// addRow adds a row. One without a count is one use; a count of 0 is left out.
func (b *reading) addRow(r *row) error {
	count := 1.0
	if r.Count != nil {
		count = *r.Count
	}
	u := b.findUnit(names{r.Feature, r.Part, r.Unit, r.Team})
	switch {
	case u.Feature == "":
		return errNoFeature
	case u.Unit == "":
		return errNoUnit
	case count < 0:
		return errNegative
	case count == 0:
		return errZero
	case u.refused != nil:
		return u.refused
	}
	if r.RowID != "" || b.nameless {
		hash := b.hashRow(r, u, count)
		if b.note != nil {
			if err := b.note(hash); err != nil {
				return err
			}
		}
		if b.repeated.Has(hash) {
			one := u.Use
			one.At, one.Count, one.Rows, one.Weeks = r.Date.Time, count, 0, nil
			one.Row = tabular.NewRowIdentity(strings.Clone(r.RowID), r.Updated, r.Sequence)
			b.single = append(b.single, one)
			return nil
		}
	}
	u.AddRow(r.Date.Time, count)
	return nil
}

// hashRow returns the hash of the ID of a row, or of its content.
func (b *reading) hashRow(r *row, u *unit, count float64) uint64 {
	if r.RowID != "" {
		return b.hasher.Hash("id", r.RowID)
	}
	return b.hasher.Hash(u.Feature, u.Part, u.Unit, u.Team, strconv.FormatInt(r.Date.UnixNano(), 36),
		strconv.FormatFloat(count, 'g', -1, 64))
}

// Reasons for leaving a row out.
var (
	errNoFeature = tabular.Reject("no feature: add the column, or set feature for the source")
	errNoUnit    = tabular.Reject("no unit: which developer, team or service used it")
	errNegative  = tabular.Reject("count is negative")
	errZero      = tabular.LeaveOut("count is zero: no use")
	errBot       = tabular.LeaveOut("by automation: a bot is not an adopter")
)

// findUnit returns the unit with the names of a row. It copies the names of a new one, so that
// they do not keep the text of the row.
func (b *reading) findUnit(n names) *unit {
	if u := b.byName[n]; u != nil {
		return u
	}
	n = names{strings.Clone(n.feature), strings.Clone(n.part), strings.Clone(n.unit), strings.Clone(n.team)}
	u := b.newUnit(n)
	b.byName[n] = u
	b.units = append(b.units, u)
	return u
}

func (b *reading) newUnit(n names) *unit {
	u := &unit{Use: fact.Use{Source: b.name, Feature: cmp.Or(n.feature, b.o.Feature), Part: n.part, Team: n.team}}
	byTeam := b.notPeople[text.Fold(u.Feature)]
	name := n.unit
	if name == "" && (byTeam || b.o.Known != nil && !b.o.Known(u.Feature)) {
		name = n.team
	}
	switch {
	case name == "":
	case byTeam:
		u.Unit = name
	default:
		u.Unit = b.hashUnit(name)
		if b.o.Automation != nil && b.o.Automation(name) {
			u.refused = errBot
		}
	}
	return u
}

// hashUnit returns the keyed hash of a unit, whatever its case.
func (b *reading) hashUnit(name string) string {
	key, ok := b.hashes[name]
	if !ok {
		key = b.ids.Hash(text.Fold(name))
		b.hashes[name] = key
	}
	return key
}

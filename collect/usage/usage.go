// Package usage reads who used which feature when, from an export of logs or
// analytics: one row for each unit and day, or a summed count over a span.
//
// A unit is a developer, a team or a service. Units may be people, so each is
// replaced by a keyed hash before it leaves this package, unless the feature is
// named as one that is counted by team or service. The key belongs to one run:
// units of two runs cannot be joined, and no list of logins can be tried out
// against what a run wrote.
package usage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// row is one record of use.
type row struct {
	Feature  string       `csv:"feature,tool,product"`
	Part     string       `csv:"part,plugin,page"`
	Unit     string       `csv:"unit,developer,user,user_id,login,username,email,service,repository" tabular:"identity"`
	Team     string       `csv:"team,squad"`
	Date     tabular.Time `csv:"date,day,at,timestamp,time" tabular:"required"`
	RowID    string       `csv:"event_id,record_id,row_id"`
	Updated  tabular.Time `csv:"updated,updated_at,updated_on,last_updated,last_updated_at,modified,modified_at,last_modified,last_modified_at,last_modified_date,sys_updated_on"`
	Sequence *int         `csv:"sequence,seq,sequence_number,omitempty"`
	Count    *float64     `csv:"count,events,hits,uses,n,omitempty"`
}

const (
	minSalt  = 16 // bytes
	keyBytes = 12 // of the hash are kept: 96 bits, unique for any number of people
)

// Options say what an export cannot say about itself.
type Options struct {
	Tabular tabular.Options
	Feature string // of rows that name none
	// Salt is the key of this run's hashes, at least 16 random bytes.
	Salt []byte
	// NotPeople are the names, as exports may write them (ID, title or label), of
	// features that are counted by team or service: their units are kept as they are.
	NotPeople []string
	// Known reports whether content has a feature of that name; nil: all are taken
	// for known. Of a row of another the team may stand for the unit, because nobody
	// can tell what it is counted by.
	Known func(feature string) bool
	// Automation reports whether a unit is automation's account, which is no
	// adopter; nil: none is. It is asked before units are hashed.
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

// New makes a source of one export. name is its name in config.toml.
func New(name string, file tabular.File, o Options) (*Source, error) {
	if len(o.Salt) < minSalt {
		return nil, fmt.Errorf("source %q: the salt has %d bytes, want at least %d", name, len(o.Salt), minSalt)
	}
	s := &Source{name: name, file: file, o: o, notPeople: map[string]bool{}}
	for _, feature := range o.NotPeople {
		s.notPeople[text.Fold(feature)] = true
	}
	s.o.Tabular.Source, s.o.Tabular.Kind, s.o.Tabular.People = name, "usage", true
	return s, nil
}

// Name is the name in config.toml.
func (s *Source) Name() string { return s.name }

// Collect reads all records before the window's end: the ones before its start
// tell since when a unit uses a feature.
func (s *Source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	var uses []fact.Use
	k := keys{salt: s.o.Salt, known: map[string]string{}}
	im, err := tabular.ReadFile(ctx, s.file, s.o.Tabular, func(_ int, r *row) error {
		if !w.To.IsZero() && !r.Date.Before(w.To) {
			return tabular.LeaveOut("in the future")
		}
		use, err := s.use(r, k)
		if err == nil {
			uses = append(uses, use)
		}
		return err
	})
	if err != nil {
		return tabular.Failed(s.name, s.file, w, err)
	}
	for i := range uses {
		tabular.Extend(&im, uses[i].At)
	}
	return fact.Events{Usage: uses, Imports: []fact.Import{im}}, nil
}

// use reads a row. A row without a count is one use; a count of 0 is none.
func (s *Source) use(r *row, k keys) (fact.Use, error) {
	u := fact.Use{
		Source: s.name, Feature: r.Feature, Part: r.Part, Team: r.Team, At: r.Date.Time, Count: 1,
		Row: tabular.Row(r.RowID, r.Updated, r.Sequence),
	}
	if u.Feature == "" {
		u.Feature = s.o.Feature
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
		u.Unit = k.of(unit)
	}
	return u, nil
}

// keys hashes units and remembers them for the run.
type keys struct {
	salt  []byte
	known map[string]string
}

// of gives HMAC-SHA-256 of the unit in lower case, cut to keyBytes, in hex.
func (k keys) of(unit string) string {
	if key, ok := k.known[unit]; ok {
		return key
	}
	h := hmac.New(sha256.New, k.salt)
	h.Write([]byte(text.Fold(unit)))
	key := hex.EncodeToString(h.Sum(nil)[:keyBytes])
	k.known[unit] = key
	return key
}

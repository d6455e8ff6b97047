package main

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/compute"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect/text"
)

// tool is who wrote a record.
const tool = "ip3dp"

// recordVersion is the version of run.json.
const recordVersion = 2

// record is what a run did, source by source. It is published as data/run.json
// without anything that two runs of the same input differ in, and kept in the
// state folder with it.
type record struct {
	Version int       `json:"version"`
	Tool    string    `json:"tool"`
	Release string    `json:"release"`
	Command string    `json:"command,omitempty"` // build, collect or run; not published
	AsOf    time.Time `json:"as_of"`
	Exit    exit.Code `json:"exit"`
	Error   string    `json:"error,omitempty"`   // what ended the run; not published
	Seconds float64   `json:"seconds,omitempty"` // of the whole run; not published
	// Changed are the recommendations, decisions and gates that are others than in
	// the run before; not published, where the site's log of changes is.
	Changed []compute.DecisionLogEntry `json:"changed,omitempty"`
	// Manifest is the path of the site's list of files; a site of a version before
	// manifests has none.
	Manifest string         `json:"manifest,omitempty"`
	Sources  []sourceRecord `json:"sources"`
}

// changed are the entries of a log that the log before had not; none of a first run.
func changed(before, log *compute.DecisionLog) []compute.DecisionLogEntry {
	if before.Begun.IsZero() {
		return nil
	}
	known := map[string]bool{}
	for i := range before.Changes {
		known[before.Changes[i].ID] = true
	}
	return slices.DeleteFunc(slices.Clone(log.Changes), func(e compute.DecisionLogEntry) bool { return known[e.ID] })
}

// sourceRecord is one source of a record: Read = Used + Rejected.
type sourceRecord struct {
	Name     string               `json:"name"`
	Kind     string               `json:"kind"` // the table of config.toml
	Grade    compute.Grade        `json:"grade"`
	Why      string               `json:"why,omitempty"` // of the grade, where no gap says it
	Read     int                  `json:"read"`
	Used     int                  `json:"used"`
	Rejected int                  `json:"rejected"`
	Newest   *time.Time           `json:"newest"`      // time of the newest record used; null if none
	Age      *int64               `json:"age_seconds"` // from Newest to AsOf
	Imports  []compute.ImportLine `json:"imports"`
	Gaps     []compute.GapLine    `json:"gaps"`
	// Collected is how a forge was last read, and Checks are its own figures
	// beside ours.
	Collected *compute.SyncLine   `json:"collected,omitempty"`
	Checks    []compute.CheckLine `json:"checks,omitempty"`
	Seconds   float64             `json:"seconds,omitempty"` // not published
	Error     string              `json:"error,omitempty"`   // not published: it may name paths
}

// newRecord tells what the sources gave, in the order of the configuration.
func newRecord(m *compute.Measured, gathered []sources.Gathered) record {
	r := record{
		Version: recordVersion, Tool: tool, Release: versionText(), AsOf: m.AsOf,
		Manifest: publish.ManifestPath, Sources: []sourceRecord{},
	}
	grades := map[string]compute.Quality{}
	for _, q := range m.Quality {
		grades[q.Source] = q
	}
	seen := map[string]bool{}
	for i := range gathered {
		name := gathered[i].Name()
		if seen[name] { // a source of several files
			continue
		}
		seen[name] = true
		q, reported := grades[name]
		if !reported {
			q.Grade, q.Why = compute.Missing, "it gave nothing"
		}
		r.Sources = append(r.Sources, recordOf(name, gathered[i].Kind.Table, q, m.AsOf))
		if q.Grade != compute.Complete {
			r.Exit = exit.Partial
		}
	}
	return r
}

func recordOf(name, kind string, q compute.Quality, asOf time.Time) sourceRecord {
	s := sourceRecord{
		Name: name, Kind: kind, Grade: q.Grade, Why: q.Why,
		Imports: append([]compute.ImportLine{}, q.Imports...), Gaps: append([]compute.GapLine{}, q.Gaps...),
		Collected: q.Sync, Checks: q.Checks,
	}
	for i := range s.Imports {
		im := &s.Imports[i]
		s.Read += im.Read
		s.Used += im.Used
		for _, rejected := range im.Rejected {
			s.Rejected += rejected.Count
		}
	}
	if !q.Last.IsZero() {
		age := int64(asOf.Sub(q.Last).Seconds())
		s.Newest, s.Age = &q.Last, &age
	}
	return s
}

// private adds what only the state folder may hold.
func (r *record) private(command string, gathered []sources.Gathered, synced []forges.Synced, took time.Duration) {
	r.Command, r.Seconds = command, took.Seconds()
	for i := range synced {
		s := &synced[i]
		k := slices.IndexFunc(r.Sources, func(have sourceRecord) bool { return have.Name == s.Name })
		if k < 0 {
			continue
		}
		r.Sources[k].Seconds += s.Took.Seconds()
		if s.Err != nil {
			r.Sources[k].Error = console.OneLine(s.Err.Error())
		}
	}
	for i := range r.Sources {
		s := &r.Sources[i]
		for _, g := range gathered {
			if g.Name() != s.Name {
				continue
			}
			s.Seconds += g.Took.Seconds()
			if g.Err != nil {
				s.Error = text.Join("; ", s.Error, console.OneLine(g.Err.Error()))
			}
		}
	}
}

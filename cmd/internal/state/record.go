package state

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/compute"
)

// Tool is who wrote a record.
const Tool = "ip3dp"

// RecordVersion is the version of run.json.
const RecordVersion = 3

// Record describes a run, source by source. It is published as data/run.json without anything
// that differs between two runs of the same input, and kept in the state folder with it.
type Record struct {
	Version int       `json:"version"`
	Tool    string    `json:"tool"`
	Release string    `json:"release"`
	Command string    `json:"command,omitempty"` // build, collect or run; not published
	AsOf    time.Time `json:"as_of"`
	Exit    exit.Code `json:"exit"`
	Error   string    `json:"error,omitempty"`   // that ended the run; not published
	Seconds float64   `json:"seconds,omitempty"` // of the whole run; not published
	// Changed are the recommendations, decisions and gates that are others than in
	// the run before; not published, where the site's log of changes is.
	Changed []compute.DecisionLogEntry `json:"changed,omitempty"`
	// History describes where what was published before was read back from, or why it could not
	// be; nil if the state folder or a folder of the machine has it.
	History *compute.Readback `json:"history,omitempty"`
	// Tried lists the places that could not be read, with the reasons; not published, because
	// they may name paths.
	Tried []string `json:"tried,omitempty"`
	// Host is about the place of the site, as a job has found it; not published.
	Host *HostRecord `json:"host,omitempty"`
	// Manifest is the path of the site's list of files; a site of a version before
	// manifests has none.
	Manifest string         `json:"manifest,omitempty"`
	Sources  []SourceRecord `json:"sources"`
}

// HostRecord has the readers of the site and its address.
type HostRecord struct {
	Readers       string `json:"readers"`                 // in words
	Contradiction string `json:"contradiction,omitempty"` // of site.audience
	BaseURL       string `json:"base_url,omitempty"`      // proposed, because the configuration has none
}

// ListChanged returns the entries of a log that the log before does not have; none for a first
// run.
func ListChanged(before, log *compute.DecisionLog) []compute.DecisionLogEntry {
	if before.Begun.IsZero() {
		return nil
	}
	known := map[string]bool{}
	for i := range before.Changes {
		known[before.Changes[i].ID] = true
	}
	return slices.DeleteFunc(slices.Clone(log.Changes), func(e compute.DecisionLogEntry) bool { return known[e.ID] })
}

// SourceRecord is one source of a record: Read = Used + Rejected, and Rows has the classes of
// Rejected.
type SourceRecord struct {
	Name     string               `json:"name"`
	Kind     string               `json:"kind"` // the table of config.toml
	Grade    compute.Grade        `json:"grade"`
	Why      string               `json:"why,omitempty"` // of the grade, if no gap gives it
	Read     int                  `json:"read"`
	Used     int                  `json:"used"`
	Rejected int                  `json:"rejected"`
	Rows     compute.RowCounts    `json:"rows,omitzero"` // of all files, by class
	Newest   *time.Time           `json:"newest"`        // time of the newest record used; null if none
	Age      *int64               `json:"age_seconds"`   // from Newest to AsOf
	Imports  []compute.ImportLine `json:"imports"`
	Gaps     []compute.GapLine    `json:"gaps"`
	// Columns are the columns of its files, Near those that may belong to a field without one, and
	// Unread is the largest number of the others in a file.
	Columns []compute.ColumnLine `json:"columns,omitempty"`
	Near    []compute.NearLine   `json:"near,omitempty"`
	Unread  int                  `json:"unread,omitempty"`
	// Collected is how a forge was last read, and Checks are its own figures
	// beside ours.
	Collected *compute.SyncLine   `json:"collected,omitempty"`
	Checks    []compute.CheckLine `json:"checks,omitempty"`
	Seconds   float64             `json:"seconds,omitempty"` // not published
	Error     string              `json:"error,omitempty"`   // not published: it may name paths
}

package state

import (
	"errors"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/readback"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// historyVersion is the version of the state's history file.
const historyVersion = 2

// ChangesPath is the path of the log of changes from run to run in a site.
const ChangesPath = "data/decisions.json"

// MaxMeasured is how large a published file may be.
const MaxMeasured = readback.MaxFile

// historyFile is the file of the history between runs.
type historyFile struct {
	Version int           `json:"version"`
	Rows    []compute.Row `json:"rows"`
	Looks   []trend.Look  `json:"looks"`
	// AsOf is the as-of time of the run that wrote the file; zero in files of former versions.
	AsOf time.Time `json:"as_of,omitzero"`
	// Columns are the columns of the sources in the builds before.
	Columns []compute.SourceColumns `json:"columns,omitempty"`
	// Readback is set as long as earlier values could not be read back.
	Readback *compute.Readback `json:"readback,omitempty"`
}

// isWhole reports whether no earlier values are missing.
func (h *historyFile) isWhole() bool { return h.Readback == nil || h.Readback.Begun.IsZero() }

// Next steps for files of the state that cannot be read.
const (
	beginAgain = "restore the file, or start a new one with --new-history, which the site will show"
	logAgain   = "restore the file, or remove it: then the published log is taken, or else a new one begins"
	wholeOnly  = "restore the file, or remove it: then surveys that were closed by now are shown as a whole only"
)

// checkHistory refuses rows of nothing: each is of a week, a metric and a definition.
func checkHistory(name string, rows []compute.Row) error {
	for i := range rows {
		if r := &rows[i]; r.Week.IsZero() || r.Metric == "" || r.Hash == "" {
			return exit.Fail(beginAgain, fmt.Errorf("history: %s: row %d has no week, metric or definition: it is damaged",
				name, i+1))
		}
	}
	return nil
}

// SaveHistory keeps history for the next run.
func SaveHistory(w *workspace.Workspace, m *compute.Measured) error {
	file := historyFile{
		Version: historyVersion, Rows: m.History, Looks: m.Looks, AsOf: m.AsOf,
		Columns: compute.ListColumns(m.Quality),
	}
	if m.Readback != nil && !m.Readback.Begun.IsZero() {
		file.Readback = &compute.Readback{Begun: m.Readback.Begun, Because: m.Readback.Because}
	}
	return Save(w, historyForm, file)
}

// Reader reads the files of earlier runs: of the state folder and of published sites.
type Reader struct {
	Out, Err *console.Console
	Release  string              // of this program, which requests carry
	Env      console.Environment // of the job

	toldBare bool // a note about a file without a checksum was printed
}

// NewOpener returns an opener for the places that a trusted configuration names. clone is the
// folder of the clone whose branches are read.
func (r *Reader) NewOpener(c *config.Config, clone string) *readback.Opener {
	return readback.NewOpener(r.Env, c, clone, r.Release)
}

// DecodeMeasured reads the measured.json of a site. The site may be a stranger's, so its
// content is checked.
func (r *Reader) DecodeMeasured(files SiteFiles) (compute.Measured, error) {
	var m compute.Measured
	if err := r.decodeSite(files, MeasuredForm, &m); err != nil {
		return compute.Measured{}, err
	}
	m.Version = compute.MeasuredVersion
	return m, plausibleMeasured(&m)
}

// plausibleMeasured refuses numbers of times that no platform has.
func plausibleMeasured(m *compute.Measured) error {
	if !config.IsPlausible(m.CutOff) {
		return errors.New("measured.json was not written by ip3dp, or is damaged")
	}
	// Weeks are counted one by one, so they must be those of a platform.
	for i := range m.History {
		if !config.IsPlausible(m.History[i].Week) {
			return fmt.Errorf("measured.json: row %d of its history is of no time of a platform", i+1)
		}
	}
	return checkHistory("measured.json", m.History)
}

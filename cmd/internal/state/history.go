package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// historyVersion is the version of the state's history file.
const historyVersion = 2

// historyFile is the file of the history between runs.
type historyFile struct {
	Version int           `json:"version"`
	Rows    []compute.Row `json:"rows"`
	Looks   []trend.Look  `json:"looks"`
}

// beginAgain is the next step for a history that cannot be read.
const beginAgain = "restore the file, or start a new one with --new-history, which the site will show"

// ReadHistory reads the values that earlier runs have published: from the state folder or, if
// that is lost, from a published site.
func (r *Reader) ReadHistory(ctx context.Context, w *workspace.Workspace) (historyFile, error) {
	name := w.StatePath(historyForm.Kind)
	var kept historyFile
	err := r.ReadKept(Folder(w), historyForm, &kept)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r.publishedHistory(ctx, w)
	case err != nil:
		return historyFile{}, exit.Fail(NextStep(err, beginAgain), fmt.Errorf("history: %w", err))
	}
	return kept, checkHistory(name, kept.Rows)
}

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

// publishedHistory reads history from history.from or, if that is not set, from
// the site that the last run has published, if there is one.
func (r *Reader) publishedHistory(ctx context.Context, w *workspace.Workspace) (historyFile, error) {
	from := historySite(w)
	var m compute.Measured
	err := r.ReadSite(ctx, from, MeasuredForm, &m)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (w.Config.History.From == "" || IsAddress(from)):
		return historyFile{}, lostHistory(w) // the first night has no site yet
	case err != nil && IsAddress(from):
		return historyFile{}, exit.Fail(NextStep(err, "try again when the site answers, or "+beginAgain),
			fmt.Errorf("history: %w", err))
	case errors.Is(err, fs.ErrNotExist):
		return historyFile{}, exit.Fail(beginAgain, fmt.Errorf("history: there is no %s", LocateFile(from, MeasuredForm.Kind)))
	case err != nil:
		return historyFile{}, exit.Fail(NextStep(err, beginAgain), fmt.Errorf("history: %w", err))
	}
	return historyFile{Rows: m.History, Looks: m.Looks}, checkHistory(from, m.History)
}

// historySite returns the site that what was published before is read from, if the
// state has it not: history.from or, if that is not set, the folder of the site.
func historySite(w *workspace.Workspace) string {
	switch from := w.Config.History.From; {
	case from == "":
		return config.Resolve(w.Root, w.Config.Site.Out)
	case IsAddress(from):
		return from
	default:
		return config.Resolve(w.Root, from)
	}
}

// lostHistory refuses to begin without a history that the state had: its file alone
// was removed, and no published site has it.
func lostHistory(w *workspace.Workspace) error {
	noted, err := Folder(w).Noted(historyForm.Kind)
	switch {
	case err != nil:
		return exit.Fail(NextStep(err, beginAgain), fmt.Errorf("history: %w", err))
	case noted:
		return exit.Fail(beginAgain, fmt.Errorf("history: %s is gone, and no published site has what was in it",
			w.StatePath(historyForm.Kind)))
	}
	return nil
}

// SaveHistory keeps history for the next run.
func SaveHistory(w *workspace.Workspace, m *compute.Measured) error {
	return Save(w, historyForm, historyFile{historyVersion, m.History, m.Looks})
}

// Reader reads the files of earlier runs: of the state folder and of published sites.
type Reader struct {
	Out, Err *console.Console
	Release  string // of this program, which requests carry

	toldBare bool // a note about a file without a checksum was printed
}

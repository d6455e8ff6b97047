package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/trend"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// historyVersion is the version of the state's history file.
const historyVersion = 2

// historyFile is the form in which history is kept between runs.
type historyFile struct {
	Version int           `json:"version"`
	Rows    []compute.Row `json:"rows"`
	Looks   []trend.Look  `json:"looks"`
}

// anew is what to do about a history that cannot be read.
const anew = "restore the file, or begin anew with --new-history, which the site will show"

// readHistory reads what earlier runs have published: from the state folder or,
// if that is lost, from a published site.
func (p *program) readHistory(ctx context.Context, w *workspace) (historyFile, error) {
	name := w.state(historyForm.Kind)
	var kept historyFile
	err := p.recall(w.kept(), historyForm, &kept)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p.publishedHistory(ctx, w)
	case err != nil:
		return historyFile{}, exit.Fail(nextOf(err, anew), fmt.Errorf("history: %w", err))
	}
	return kept, checkHistory(name, kept.Rows)
}

// checkHistory refuses rows of nothing: each is of a week, a metric and a definition.
func checkHistory(name string, rows []compute.Row) error {
	for i := range rows {
		if r := &rows[i]; r.Week.IsZero() || r.Metric == "" || r.Hash == "" {
			return exit.Fail(anew, fmt.Errorf("history: %s: row %d has no week, metric or definition: it is damaged", name, i+1))
		}
	}
	return nil
}

// publishedHistory reads history from history.from or, if that is not set, from
// the site that the last run has published, if there is one.
func (p *program) publishedHistory(ctx context.Context, w *workspace) (historyFile, error) {
	from := historySite(w)
	var m compute.Measured
	err := p.readSite(ctx, from, measuredForm, &m)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (w.config.History.From == "" || isAddress(from)):
		return historyFile{}, lostHistory(w) // before the first night there is no site
	case err != nil && isAddress(from):
		return historyFile{}, exit.Fail(nextOf(err, "try again when the site answers, or "+anew), fmt.Errorf("history: %w", err))
	case errors.Is(err, fs.ErrNotExist):
		return historyFile{}, exit.Fail(anew, fmt.Errorf("history: there is no %s", fileOfSite(from, measuredForm.Kind)))
	case err != nil:
		return historyFile{}, exit.Fail(nextOf(err, anew), fmt.Errorf("history: %w", err))
	}
	return historyFile{Rows: m.History, Looks: m.Looks}, checkHistory(from, m.History)
}

// historySite returns the site that what was published before is read from, if the
// state has it not: history.from or, if that is not set, the folder of the site.
func historySite(w *workspace) string {
	switch from := w.config.History.From; {
	case from == "":
		return config.Resolve(w.root, w.config.Site.Out)
	case isAddress(from):
		return from
	default:
		return config.Resolve(w.root, from)
	}
}

// lostHistory refuses to begin without a history that the state had: its file alone
// was removed, and no published site has it.
func lostHistory(w *workspace) error {
	noted, err := w.kept().Noted(historyForm.Kind)
	switch {
	case err != nil:
		return exit.Fail(nextOf(err, anew), fmt.Errorf("history: %w", err))
	case noted:
		return exit.Fail(anew, fmt.Errorf("history: %s is gone, and no published site has what was in it",
			w.state(historyForm.Kind)))
	}
	return nil
}

// saveHistory keeps history for the next run.
func saveHistory(w *workspace, m *compute.Measured) error {
	return w.keep(historyForm, historyFile{historyVersion, m.History, m.Looks})
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	return e.Encode(v)
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/compute"
)

// historyVersion is the version of the state's history file.
const historyVersion = 1

// historyFile is the form in which history is kept between runs.
type historyFile struct {
	Version int           `json:"version"`
	Rows    []compute.Row `json:"rows"`
}

// anew is what to do about a history that cannot be read.
const anew = "restore the file, or begin anew with --new-history, which the site will show"

// readHistory reads what earlier runs have published: from the state folder or,
// if that is lost, from a published site.
func readHistory(ctx context.Context, w *workspace) ([]compute.Row, error) {
	name := w.state("history.json")
	var kept historyFile
	err := readJSON(name, &kept)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return publishedHistory(ctx, w)
	case err != nil:
		return nil, failed(anew, fmt.Errorf("history: %w", err))
	}
	return kept.Rows, checkHistory(name, kept.Version, historyVersion, kept.Rows)
}

// checkHistory refuses a file that is no history of ours: taking it for an empty
// one would drop what was published without a word.
func checkHistory(name string, version, known int, rows []compute.Row) error {
	if version > known {
		return failed("upgrade ip3dp", fmt.Errorf("history: %s has version %d, newer than %d", name, version, known))
	}
	if version < 1 {
		return failed(anew, fmt.Errorf("history: %s has no version: it was not written by ip3dp, or is damaged", name))
	}
	for i := range rows {
		if r := &rows[i]; r.Week.IsZero() || r.Metric == "" || r.Hash == "" {
			return failed(anew, fmt.Errorf("history: %s: row %d has no week, metric or definition: it is damaged", name, i+1))
		}
	}
	return nil
}

// publishedHistory reads history from history.from or, if that is not set, from
// the site that the last run has published, if there is one.
func publishedHistory(ctx context.Context, w *workspace) ([]compute.Row, error) {
	if from := w.config.History.From; isAddress(from) {
		return fetchedHistory(ctx, from)
	}
	name := under(w.root, w.config.Site.Out)
	if w.config.History.From != "" {
		name = under(w.root, w.config.History.From)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, "data", "measured.json")
	} else if w.config.History.From == "" {
		return nil, nil
	}
	var m compute.Measured
	err := readJSON(name, &m)
	switch {
	case errors.Is(err, fs.ErrNotExist) && w.config.History.From == "":
		return nil, nil
	case err != nil:
		return nil, failed(anew, fmt.Errorf("history: %w", err))
	}
	return m.History, checkHistory(name, m.Version, compute.MeasuredVersion, m.History)
}

// fetchedHistory reads history from the address of a published site. An address
// where there is no site has none yet: before the first night it is not there. Any
// other fault ends the run, because history would be dropped without a word.
func fetchedHistory(ctx context.Context, site string) ([]compute.Row, error) {
	data, err := published(ctx, site, "data/measured.json")
	var answer statusError
	if errors.As(err, &answer) && answer.code == http.StatusNotFound {
		return nil, nil
	}
	var m compute.Measured
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return nil, failed("try again when the site answers, or "+anew, fmt.Errorf("history: %w", err))
	}
	return m.History, checkHistory(site, m.Version, compute.MeasuredVersion, m.History)
}

// saveHistory keeps history for the next run.
func saveHistory(w *workspace, rows []compute.Row) error {
	return saveJSON(w.state("history.json"), historyFile{historyVersion, rows})
}

func readJSON(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func saveJSON(name string, v any) error {
	err := publish.ReplaceFile(name, func(out io.Writer) error { return writeJSON(out, v) })
	if err != nil {
		return failed("make the folder writable", fmt.Errorf("state: %w", err))
	}
	return nil
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	return e.Encode(v)
}

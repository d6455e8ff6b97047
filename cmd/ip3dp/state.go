package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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
func readHistory(w *workspace) ([]compute.Row, error) {
	name := w.state("history.json")
	var kept historyFile
	err := readJSON(name, &kept)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return publishedHistory(w)
	case err != nil:
		return nil, failed(anew, fmt.Errorf("history: %w", err))
	case kept.Version > historyVersion:
		return nil, failed("upgrade ip3dp", fmt.Errorf("history: %s has version %d, newer than %d", name, kept.Version, historyVersion))
	}
	return kept.Rows, nil
}

// publishedHistory reads history from history.from or, if that is not set, from
// the site that the last run has published, if there is one.
func publishedHistory(w *workspace) ([]compute.Row, error) {
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
	case m.Version > compute.MeasuredVersion:
		return nil, failed("upgrade ip3dp", fmt.Errorf("history: %s has version %d, newer than %d", name, m.Version, compute.MeasuredVersion))
	}
	return m.History, nil
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
	err := replaceFile(name, func(out io.Writer) error { return writeJSON(out, v) })
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

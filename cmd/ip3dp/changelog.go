package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ip3dp/ip3dp/compute"
)

// changesPath is where a site publishes what changed from run to run.
const changesPath = "data/decisions.json"

// readLog reads what earlier runs have told: from the state folder or, if that is
// lost, from the site that stands where history is read from. Without either the log
// begins with this run.
func readLog(w *workspace) (compute.DecisionLog, error) {
	var l compute.DecisionLog
	err := readJSON(w.state("decisions.json"), &l)
	if errors.Is(err, fs.ErrNotExist) {
		dir := under(w.root, w.config.Site.Out)
		if from := w.config.History.From; from != "" {
			dir = under(w.root, from)
			if info, bad := os.Stat(dir); bad == nil && !info.IsDir() { // a measured.json
				dir = filepath.Dir(filepath.Dir(dir))
			}
		}
		err = readJSON(filepath.Join(dir, filepath.FromSlash(changesPath)), &l)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return compute.DecisionLog{}, nil
	}
	if err != nil {
		return l, failed("restore the file, or remove it: then the log of changes begins anew", fmt.Errorf("changes: %w", err))
	}
	return l, checkLog(&l)
}

// checkLog refuses a log of a newer version.
func checkLog(l *compute.DecisionLog) error {
	if l.Version > compute.LogVersion {
		return failed("upgrade ip3dp", fmt.Errorf("changes: %s has version %d, newer than %d", changesPath, l.Version, compute.LogVersion))
	}
	return nil
}

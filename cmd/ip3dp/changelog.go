package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ip3dp/ip3dp/compute"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// changesPath is where a site publishes what changed from run to run.
const changesPath = "data/decisions.json"

// readLog reads what earlier runs have told: from the state folder or, if that is
// lost, from the published site that history is read from. Without either the log
// begins with this run.
func (p *program) readLog(ctx context.Context, w *workspace) (compute.DecisionLog, error) {
	const next = "restore the file, or remove it: then the published log is taken, or else a new one begins"
	var l compute.DecisionLog
	err := p.recall(w.kept(), logForm, &l)
	if errors.Is(err, fs.ErrNotExist) {
		site := historySite(w)
		err = p.readSite(ctx, fileOfSite(site, changesPath), changesForm, &l)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if noted, _ := w.kept().Noted(logForm.Kind); noted {
			p.err.Warnf("changes: %s is gone, and no published site has what was in it: the log of "+
				"changes begins with this run", w.state(logForm.Kind))
		}
		return compute.DecisionLog{}, nil
	}
	if err != nil {
		return l, exit.Fail(nextOf(err, next), fmt.Errorf("changes: %w", err))
	}
	return l, nil
}

package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
)

// ChangesPath is the path of the log of changes from run to run in a site.
const ChangesPath = "data/decisions.json"

// ReadLog reads the log of changes of earlier runs: from the state folder or, if that is lost,
// from the published site with the history. Without either the log begins with this run.
func (r *Reader) ReadLog(ctx context.Context, w *workspace.Workspace) (compute.DecisionLog, error) {
	const next = "restore the file, or remove it: then the published log is taken, or else a new one begins"
	var l compute.DecisionLog
	err := r.ReadKept(Folder(w), LogForm, &l)
	if errors.Is(err, fs.ErrNotExist) {
		site := historySite(w)
		err = r.ReadSite(ctx, LocateFile(site, ChangesPath), ChangesForm, &l)
	}
	if errors.Is(err, fs.ErrNotExist) {
		if noted, _ := Folder(w).Noted(LogForm.Kind); noted {
			r.Err.Warnf("changes: %s is gone, and no published site has what was in it: the log of "+
				"changes begins with this run", w.StatePath(LogForm.Kind))
		}
		return compute.DecisionLog{}, nil
	}
	if err != nil {
		return l, exit.Fail(NextStep(err, next), fmt.Errorf("changes: %w", err))
	}
	return l, nil
}

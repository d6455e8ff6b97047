package state

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
)

// ReadPast reads the values and the ledger of surveys that earlier runs have published. A new
// history drops the values. The ledger and the looks of claims are never dropped, because
// people have seen them.
func (r *Reader) ReadPast(ctx context.Context, w *workspace.Workspace, begin bool) (compute.Past, error) {
	var past compute.Past
	var err error
	if past.Waves, err = r.readWaves(ctx, w); err != nil {
		return past, err
	}
	if past.Waves == nil {
		past.Seen = r.wasPublished(ctx, w)
	}
	if past.Seen && len(w.Content.Surveys) > 0 {
		r.Err.Warnf(
			"the ledger of published surveys (%s, %s) is lost, or of a version that had none: surveys that are closed by "+
				"now are shown as a whole only",
			w.StatePath(WavesForm.Kind), WavesPageForm.Kind)
	}
	history, err := r.ReadHistory(ctx, w)
	past.Looks = history.Looks
	past.LooksLost = len(history.Looks) == 0 && (err != nil || len(history.Rows) > 0)
	if begin {
		r.Out.Printf("history: restarted, earlier published values are dropped")
		return past, nil
	}
	past.Rows = history.Rows
	return past, err
}

// wasPublished reports whether an earlier run published a site: its history is in the
// state, its ledger was, or there is a site.
func (r *Reader) wasPublished(ctx context.Context, w *workspace.Workspace) bool {
	if noted, err := Folder(w).Noted(WavesForm.Kind); noted || err != nil {
		return true
	}
	if _, err := os.Stat(w.StatePath(historyForm.Kind)); err == nil {
		return true
	}
	_, err := r.readPublished(ctx, historySite(w), MeasuredForm.Kind)
	return !errors.Is(err, fs.ErrNotExist)
}

// wholeOnly is the next step for a ledger that cannot be read.
const wholeOnly = "restore the file, or remove it: then surveys that were closed by now are shown as a whole only"

// readWaves reads the ledger of published surveys: from the state folder or, if that
// is lost, from a published site. It is nil if neither has one.
func (r *Reader) readWaves(ctx context.Context, w *workspace.Workspace) (*compute.Ledger, error) {
	var ledger compute.Ledger
	name, next := w.StatePath(WavesForm.Kind), wholeOnly
	err := r.ReadKept(Folder(w), WavesForm, &ledger)
	if errors.Is(err, fs.ErrNotExist) {
		if name = LocateFile(historySite(w), WavesPageForm.Kind); IsAddress(name) {
			next = "try again when the site answers"
		}
		err = r.ReadSite(ctx, name, WavesPageForm, &ledger)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, exit.Fail(NextStep(err, next), fmt.Errorf("surveys: %w", err))
	}
	if err := ledger.Check(); err != nil {
		return nil, exit.Fail(wholeOnly, fmt.Errorf("surveys: %s: %w", name, err))
	}
	return &ledger, nil
}

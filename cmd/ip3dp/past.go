package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ip3dp/ip3dp/compute"
)

// readPast reads what earlier runs have published: the values of weeks, and the
// ledger of surveys. To begin anew the values are dropped; the ledger never is, because
// what it lists was seen.
func (p *program) readPast(ctx context.Context, w *workspace, begin bool) (compute.Past, error) {
	var past compute.Past
	var err error
	if past.Waves, err = p.readWaves(ctx, w); err != nil {
		return past, err
	}
	past.Rows, err = p.readHistory(ctx, w)
	if begin {
		p.out.line("history: begun anew, earlier published values are dropped")
		past.Dropped = err != nil || len(past.Rows) > 0
		past.Rows = nil
		return past, nil
	}
	if err == nil && past.Waves == nil && len(past.Rows) > 0 && len(w.content.Surveys) > 0 {
		p.err.tagged(yellow, "warning",
			"the ledger of published surveys (%s, %s) is lost, or of a version that had none: surveys that were closed then are shown as a whole only",
			w.state(wavesForm.Kind), wavesPageForm.Kind)
	}
	return past, err
}

// wholeOnly is what to do about a ledger that cannot be read.
const wholeOnly = "restore the file, or remove it: then surveys that were closed by now are shown as a whole only"

// readWaves reads the ledger of published surveys: from the state folder or, if that
// is lost, from a published site. It is nil if neither has one.
func (p *program) readWaves(ctx context.Context, w *workspace) (*compute.Ledger, error) {
	var ledger compute.Ledger
	name, next := w.state(wavesForm.Kind), wholeOnly
	err := p.recall(w.kept(), wavesForm, &ledger)
	if errors.Is(err, fs.ErrNotExist) {
		if name = fileOfSite(historySite(w), wavesPageForm.Kind); isAddress(name) {
			next = "try again when the site answers"
		}
		err = p.readSite(ctx, name, wavesPageForm, &ledger)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, failed(nextOf(err, next), fmt.Errorf("surveys: %w", err))
	}
	if err := ledger.Check(); err != nil {
		return nil, failed(wholeOnly, fmt.Errorf("surveys: %s: %w", name, err))
	}
	return &ledger, nil
}

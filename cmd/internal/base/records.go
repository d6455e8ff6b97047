package base

import (
	"context"
	"errors"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// ReadRecords attaches the past of the base's content to both sides: the content that is compared
// counts as one commit after the base. It returns the records of the compared content. The
// repository is that of the base's configuration, never that of the compared one.
func (b *Base) ReadRecords(ctx context.Context, w *workspace.Workspace) history.Records {
	return b.readRecords(ctx, w, history.PresentOf(w))
}

func (b *Base) readRecords(ctx context.Context, w *workspace.Workspace, present history.Present) history.Records {
	present.Request = true
	place, err := b.findHistory(ctx, w)
	if err != nil {
		return history.Without(err, present)
	}
	of := *w
	if b.commit != "" {
		of.Config = b.Config
	}
	r := history.Load(ctx, &of, place, present)
	if b.commit != "" {
		r.Ledger.Attach(history.Present{Content: &b.content, AsOf: w.AsOf})
	}
	return r
}

// errBrought means that the request may have written the history itself.
var errBrought = errors.New("content.history is committed, and the base does not have the same: name one outside " +
	"of the repository")

// findHistory returns the place of the base's history.
func (b *Base) findHistory(ctx context.Context, w *workspace.Workspace) (history.Place, error) {
	place := history.Place{Tip: b.commit, Repository: b.bare}
	if b.Config.Content.History == "" || b.Unnamed {
		return place, nil
	}
	place = history.Place{Repository: config.Resolve(b.Root, b.Config.Content.History)}
	rel, inside := w.Tree.Rel(place.Repository)
	switch {
	case !inside:
		return place, nil
	case rel == ".":
		return history.Place{Tip: b.commit, Repository: b.bare}, nil // the clone itself
	}
	brought, err := b.isBrought(ctx, w, place.Repository)
	if err == nil && brought {
		err = errBrought
	}
	return place, err
}

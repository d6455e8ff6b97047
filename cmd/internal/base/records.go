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
	present := history.PresentOf(w)
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
	if b.broken != nil { // the head without what cannot be read
		b.broken.Head.Recorded = w.Content.Recorded
	}
	return r
}

// ReadRecordsBetween attaches the past of two commits: each along its own first parents.
func ReadRecordsBetween(ctx context.Context, w *workspace.Workspace, from, to *Base) {
	of := *w
	of.Config = from.Config
	history.Load(ctx, &of, history.Place{Repository: from.bare, Tip: from.commit},
		history.Present{Content: &from.content, AsOf: w.AsOf})
	head := &w.Content
	if from.broken != nil {
		head = &from.broken.Head
	}
	history.Load(ctx, w, history.Place{Repository: to.bare, Tip: to.commit}, history.Present{Content: head, AsOf: w.AsOf})
}

// errBrought means that the request may have written the history itself.
var errBrought = errors.New("content.history is committed, and the base does not have the same: name one outside " +
	"of the repository")

// findHistory returns the place of the base's history.
func (b *Base) findHistory(ctx context.Context, w *workspace.Workspace) (history.Place, error) {
	place := history.Place{Tip: b.commit}
	if b.Config.Content.History == "" || b.Unnamed {
		return place, nil
	}
	place = history.Place{}
	place.Repository = config.Resolve(b.Root, b.Config.Content.History)
	rel, inside := w.Tree.Rel(place.Repository)
	switch {
	case !inside:
		return place, nil
	case rel == ".":
		return history.Place{Tip: b.commit}, nil // the clone itself
	}
	brought, err := b.isBrought(ctx, w, place.Repository)
	if err == nil && brought {
		err = errBrought
	}
	return place, err
}

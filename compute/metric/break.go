package metric

import "slices"

// Kinds of a Break.
const (
	Holiday = "holiday"
	Freeze  = "freeze"
)

// BreakKinds lists the kinds of a Break.
var BreakKinds = []string{Holiday, Freeze}

// Break is a span of the calendar without the usual work: holidays, or a freeze of changes. Its
// weeks are shown, and windows leave them out. From is its first day, To the day after its last.
type Break struct {
	Title string `json:"title"`
	Kind  string `json:"kind"`
	Window
	// Teams are the IDs of the teams that it is about; empty means all.
	Teams []string `json:"teams,omitempty"`
}

// Covers reports whether the break is about a scope: one team, or everybody if team is "".
func (b *Break) Covers(team string) bool {
	return len(b.Teams) == 0 || team != "" && slices.Contains(b.Teams, team)
}

// Name returns the title of the break, or its kind without one.
func (b *Break) Name() string {
	switch {
	case b.Title != "":
		return b.Title
	case b.Kind == Holiday:
		return "Holidays"
	}
	return "Freeze"
}

// Overlaps reports whether two windows have a time in common.
func (w Window) Overlaps(other Window) bool {
	return w.From.Before(other.To) && other.From.Before(w.To)
}

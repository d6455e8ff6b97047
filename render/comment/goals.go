package comment

import (
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/render/format"
)

// goalSentence returns the change of a goal.
func goalSentence(g *diff.Goal) string {
	switch {
	case g.After == nil:
		return "the goal is gone; it was " + goalState(g.Before) + "."
	case g.Before == nil:
		return "a new goal, " + goalState(g.After) + "."
	case goalState(g.Before) != goalState(g.After):
		return "goal changed, " + goalState(g.Before) + " → " + goalState(g.After) + "."
	}
	return "goal changed, still " + goalState(g.After) + "."
}

// goalState returns the state of a goal in words.
func goalState(s *goals.Standing) string {
	switch s.State {
	case "":
		return "not judged"
	case goals.MetNotSurely:
		return "met, but not surely"
	case goals.Missed:
		return "missed on " + format.Date(s.By)
	case goals.CannotTell:
		return "can’t tell"
	}
	return shortText(string(s.State))
}

func goalAim(s *goals.Standing) string {
	return format.Target(&s.Target, s.Unit) + " by " + format.Date(s.By)
}

func goalRows(x *diff.Change) []row {
	g := x.Goal
	s := g.After
	r := line("")
	switch {
	case s == nil:
		s = g.Before
		r.text("It was ").text("%s", shortText(goalAim(s)))
	case g.Before != nil && goalAim(g.Before) != goalAim(s):
		r.struck(shortText(goalAim(g.Before))).text(" → ").strong(shortText(goalAim(s)))
	default:
		r.strong(shortText(goalAim(s)))
	}
	r.text(", owner %s", shortText(s.Owner))
	out := []row{*r.addPlace(x.File, x.Line)}
	if !g.Began.IsZero() {
		word := "Made weaker"
		if g.After == nil {
			word = "Removed"
		}
		out = append(out, *line("%s after its quarter began on %s: write why.", word, format.Date(g.Began)))
	}
	if g.After == nil {
		return out
	}
	if s.Value != nil {
		v := line("Now %s", shortText(format.Value(*s.Value, s.Unit)))
		if iv := format.Interval(s.Lo, s.Hi, s.Unit); iv != "" {
			v.text(" (likely %s)", shortText(iv))
		}
		if len(s.N) > 0 {
			v.text(", %s", shortText(format.Counts(s.N)))
		}
		out = append(out, *v.text("."))
	}
	if f := s.Forecast; f != nil {
		out = append(out, *line("If it goes on: %s by %s, 80%s%% range %s.", shortText(format.Value(f.Value, s.Unit)),
			format.Date(f.At), format.Space,
			shortText(format.Interval(&f.Lo, &f.Hi, s.Unit))))
	}
	if s.Why != "" {
		out = append(out, *line("%s.", upperFirst(shortText(s.Why))))
	}
	if s.Because == "" {
		out = append(out, *line("No ").code("because").text(": why this level, and why by then?"))
	}
	return out
}

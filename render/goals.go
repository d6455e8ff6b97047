package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// goalsView lists the dated goals, in the order written.
type goalsView struct {
	Rows []goalRow
	Lead string // "3 of 5 met, 1 missed"
}

// goalRow is a dated goal with how it stands.
type goalRow struct {
	Title, Whose       string
	Aim, By            string // "at least 40", "31 Dec 2024"
	Value, Likely, N   string
	Span               string // the days that the value speaks about
	State, Class, Icon string
	Forecast           string // "38 min by 31 Jan 2025, 80 % range 35 to 41 min"
	Why                string
	Owner, Because     string
}

// goalWords is a state as a reader sees it: word, class and mark.
var goalWords = map[goals.State][3]string{
	goals.Met:          {"met", "better", "✓"},
	goals.MetNotSurely: {"met, but not surely", "unknown", "✓"},
	goals.OnTrack:      {"on track", "same", "→"},
	goals.CannotTell:   {"can’t tell", "unknown", "?"},
	goals.Missed:       {"missed", "worse", "✗"},
}

func (s *site) goalsView() goalsView {
	var v goalsView
	count := map[goals.State]int{}
	for i := range s.report.Goals {
		g := &s.report.Goals[i]
		count[g.State]++
		v.Rows = append(v.Rows, goalRowOf(g))
	}
	var parts []string
	for _, state := range []goals.State{goals.Met, goals.MetNotSurely, goals.OnTrack, goals.Missed, goals.CannotTell} {
		if n := count[state]; n > 0 {
			parts = append(parts, format.Count(n)+" "+goalWords[state][0])
		}
	}
	v.Lead = strings.Join(parts, " · ")
	return v
}

func goalRowOf(g *goals.Standing) goalRow {
	g = inReadableUnit(g)
	words := goalWords[g.State]
	v := goalRow{
		Title: g.Title, Aim: format.Target(&g.Target, g.Unit), By: format.Date(g.By), Value: format.Maybe(g.Value, g.Unit),
		N: format.Counts(g.N), State: words[0], Class: words[1], Icon: words[2], Owner: g.Owner, Because: g.Because,
	}
	if g.Scope.Kind != metric.Organisation {
		v.Whose = string(g.Scope.Kind) + " " + g.Scope.Title
		if g.Scope.Title == "" {
			v.Whose = string(g.Scope.Kind) + " " + g.Scope.ID
		}
	}
	if g.State == goals.Missed {
		v.State += " on " + format.Date(g.By)
	}
	if g.Value == nil {
		v.Value = "n/a"
	} else {
		v.Likely = format.Interval(g.Lo, g.Hi, g.Unit)
		v.Span = format.Span(g.Window.From, g.Window.To)
	}
	if f := g.Forecast; f != nil {
		v.Forecast = format.Value(f.Value, g.Unit) + " by " + format.Date(f.At) + " if it goes on, 80" + format.Space +
			"% range " +
			format.Interval(&f.Lo, &f.Hi, g.Unit) + ", from " + format.Things(f.Weeks, "weeks")
	}
	if v.Why = upperFirst(g.Why); v.Why != "" && g.Next != "" {
		v.Why += "; " + g.Next
	}
	return v
}

// inReadableUnit tells a rare daily rate per week, as the metric's own page does.
func inReadableUnit(g *goals.Standing) *goals.Standing {
	if weekly[g.Unit] == "" || !isRare(g.Value, &g.Target.Value) {
		return g
	}
	out := *g
	out.Unit = weekly[g.Unit]
	out.Target.Value *= 7
	out.Figure = g.Figure.Times(7)
	if g.Forecast != nil {
		f := *g.Forecast
		f.Value, f.Lo, f.Hi = f.Value*7, f.Lo*7, f.Hi*7
		out.Forecast = &f
	}
	return &out
}

package render

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const reviewPath = "review/index.html"

// reviewView is the page for a team's quarterly review: its goals, its decisions, and the
// results of its predictions.
type reviewView struct {
	frame
	Meta        string
	Lead        string
	Decide      []featureRow // recommendations that wait for a decision
	Tiles       []view.Tile
	Goals       view.List[goalRow]
	Events      []event // decisions
	Since       string  // from when decisions are listed
	Effects     view.List[effectRow]
	Predictions []predictionRow
	Calibration string
	Dates       []event // future dates
}

const (
	// reviewWeeks is the number of past weeks whose decisions a review lists.
	reviewWeeks = 13
	// mostDates is the largest number of future dates in a review.
	mostDates = 8
	// mostDecide is the largest number of decisions that a review asks for.
	mostDecide = 3
)

func (s *site) buildReview() ([]Page, error) {
	p, err := s.newPage("review", reviewPath, func() any { return s.reviewView() })
	return []Page{p}, err
}

func (s *site) reviewView() reviewView {
	f := s.newFrame(reviewPath, "Review", "What we aimed at, what we decided, and how our predictions turned out.")
	v := reviewView{
		frame: f, Meta: s.metaLine(), Goals: s.goalsView(), Effects: s.effectsView(f.Root, "effects"),
		Predictions: s.predictionRows(f.Root), Calibration: calibrationWords(s.report.Plan.Predictions), Dates: s.nextDates(f.Root),
	}
	nps := s.report.Section("space").Find(space.NPS, organisation)
	v.Lead, _ = s.headline(s.report.Section("dora"), nps)
	for _, g := range s.decisionGroups(f.Root) {
		if g.ID == waitingGroup {
			v.Decide = g.Rows[:min(len(g.Rows), mostDecide)]
		}
	}
	v.Tiles = s.newTiles(s.report.Section("dora"), organisation, f.Root, headlineIDs...)
	if nps != nil {
		v.Tiles = append(v.Tiles, s.newTile(nps, f.Root))
	}
	for i := range v.Tiles {
		v.Tiles[i].Spark = s.reviewTrace(v.Tiles[i].ID)
	}
	since := s.report.AsOf.AddDate(0, 0, -7*reviewWeeks)
	v.Since = format.Date(since)
	for _, e := range newestFirst(s.decisionEvents(reviewPath, "")) {
		if !e.at.Before(since) {
			v.Events = append(v.Events, e)
		}
	}
	return v
}

// reviewTrace draws the last weeks of a metric of delivery as a small line; "" without a series.
// The table beside it has the numbers.
func (s *site) reviewTrace(anchor string) template.HTML {
	sec := s.report.Section("dora")
	for i := range sec.Metrics {
		if m := &sec.Metrics[i]; view.Anchor(m.ID) == anchor && m.Scope.Kind == metric.Organisation {
			if series := sec.FindSeries(m.ID, organisation); series != nil && view.HasValue(series) {
				return view.DrawMultiple(series, s.report.Current, chart.ChangeAxis{}, nil)
			}
		}
	}
	return ""
}

// nextDates returns the future days with a deadline or a review, in order of time.
func (s *site) nextDates(root string) []event {
	var out []event
	add := func(at time.Time, what string, l view.Link) {
		if at.After(s.report.AsOf) {
			e := newEvent(at)
			e.Feature, e.Text = l, what
			out = append(out, e)
		}
	}
	for i := range s.report.Goals {
		g := &s.report.Goals[i]
		l := view.Link{Title: g.Title, Href: root + experiencePath + "#goals"}
		if g.Scope.Kind == metric.Feature {
			l.Href = root + featurePath(g.Scope.ID)
		}
		add(g.By, "a goal is due", l)
	}
	for i := range s.report.Expected {
		x := &s.report.Expected[i]
		add(x.Next, "an expected effect is looked at", s.linkTo(root, "roadmap", x.ID, x.Title))
	}
	for i := range s.report.Effects {
		if e := &s.report.Effects[i]; e.Verdict == string(impact.Insufficient) {
			add(e.Next, "earliest answer on its effect", s.linkTo(root, "features", e.Feature, s.titles["features/"+e.Feature]))
		}
	}
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft {
			continue
		}
		l := s.linkTo(root, "roadmap", in.ID, in.Title)
		if in.Status == fact.WontBuild {
			add(in.Revisit, "a refusal is looked at again", l)
			continue
		}
		for n := range in.Phases {
			add(in.Phases[n].Start, format.Phase(in.Phases[n].Name)+" begins", l)
		}
	}
	for i := range s.content.Decisions {
		if d := &s.content.Decisions[i]; !d.Draft {
			add(d.Deadline, "the deadline of a decision", s.linkTo(root, "features", d.Feature, s.titles["features/"+d.Feature]))
		}
	}
	slices.SortStableFunc(out, func(a, b event) int { return a.at.Compare(b.at) })
	return out[:min(len(out), mostDates)]
}

// goalWords is a state as a reader sees it: word, class and mark.
var goalWords = map[goals.State]view.Mark{
	goals.Met:          {Icon: "✓", Word: "met", Class: "better"},
	goals.MetNotSurely: {Icon: "✓", Word: "met, but not surely", Class: "unknown"},
	goals.OnTrack:      {Icon: "→", Word: "on track", Class: "same"},
	goals.CannotTell:   {Icon: "?", Word: "can’t tell", Class: "unknown"},
	goals.Missed:       {Icon: "✗", Word: "missed", Class: "worse"},
}

// goalsView lists the dated goals in the order written, with a note such as "3 met · 1 missed".
func (s *site) goalsView() view.List[goalRow] {
	var v view.List[goalRow]
	count := map[goals.State]int{}
	for i := range s.report.Goals {
		g := &s.report.Goals[i]
		count[g.State]++
		v.Rows = append(v.Rows, goalRowOf(g))
	}
	var parts []string
	for _, state := range []goals.State{goals.Met, goals.MetNotSurely, goals.OnTrack, goals.Missed, goals.CannotTell} {
		if n := count[state]; n > 0 {
			parts = append(parts, format.Count(n)+" "+goalWords[state].Word)
		}
	}
	v.Note = strings.Join(parts, " · ")
	return v
}

func goalRowOf(g *goals.Standing) goalRow {
	unit := g.Unit
	if format.IsRare(g.Value, &g.Target.Value) {
		unit = unit.Rare()
	}
	v := goalRow{
		Figure: view.Figure{
			Name: view.Link{Title: g.Title}, Value: format.Maybe(g.Value, unit), N: format.Counts(g.N),
			Aim: format.Target(&g.Target, unit), Mark: goalWords[g.State],
		},
		By: format.Date(g.By), Owner: g.Owner, Because: g.Because,
	}
	if g.Scope.Kind != metric.Organisation {
		v.Whose = string(g.Scope.Kind) + " " + g.Scope.Title
		if g.Scope.Title == "" {
			v.Whose = string(g.Scope.Kind) + " " + g.Scope.ID
		}
	}
	if g.State == goals.Missed {
		v.Mark.Word += " on " + format.Date(g.By)
	}
	if g.Value == nil {
		v.Value = "n/a"
	} else {
		v.Range = format.Interval(g.Lo, g.Hi, unit)
		v.Span = format.Span(g.Window.From, g.Window.To)
	}
	if f := g.Forecast; f != nil {
		v.Forecast = format.Value(f.Value, unit) + " by " + format.Date(f.At) + " if it goes on, 80" + format.Space +
			"% range " +
			format.Interval(&f.Lo, &f.Hi, unit) + ", from " + format.Things(f.Weeks, "weeks")
	}
	if v.Why = format.UpperFirst(g.Why); v.Why != "" && g.Next != "" {
		v.Why += "; " + g.Next
	}
	return v
}

// goalRow is a dated goal with its state.
type goalRow struct {
	view.Figure
	Whose          string
	By             string // "31 Dec 2024"
	Span           string // the days that the value covers
	Forecast       string // "38 min by 31 Jan 2025, 80 % range 35 to 41 min"
	Owner, Because string
}

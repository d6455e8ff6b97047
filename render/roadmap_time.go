package render

import (
	"html/template"
	"slices"

	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// pastFile is the path of the CSV file with the order of the roadmap over time.
const pastFile = "data/roadmap-past.csv"

const (
	// mostLines is the largest number of lines in a chart of ranks: more are hard to read.
	mostLines = 12
	// mostTimes is the largest number of orders in a chart of ranks, one per week.
	mostTimes = 60
)

// pastView returns the order over time: a row with a small line for each initiative, and the
// table of places.
func (s *site) pastView(root string) (v view.Figures, table template.HTML) {
	past := &s.report.Past
	v.Note = format.UpperFirst(past.Why)
	ranks := ranksOf(past)
	if len(ranks.At) < 2 || len(ranks.Lines) == 0 {
		if v.Note == "" {
			v.Note = "The order is available for today only: it comes from the history of the content in git"
		}
		return v, ""
	}
	v.More = root + pastFile
	v.Title = pastWords(past, len(ranks.Lines))
	if n := len(ranks.Lines) - mostLines; n > 0 {
		ranks.Lines = ranks.Lines[:mostLines]
		v.None = format.Things(n, "initiatives") + " of lower places " + format.Is(n) + " in the CSV only"
	}
	for i := range ranks.Lines {
		l := &ranks.Lines[i]
		row := view.Figure{
			Name:  view.Link{Title: l.Name},
			Bar:   template.HTML(ranks.AppendLine(nil, l)), // numbers only
			Value: "left the order", Was: "joined later",
		}
		if first := l.Places[0]; first > 0 {
			row.Was = formatOrdinal(first) + " on " + format.Date(ranks.At[0])
		}
		if last := l.Places[len(l.Places)-1]; last > 0 {
			row.Value = formatOrdinal(last) + " now"
		}
		v.Rows = append(v.Rows, row)
	}
	return v, template.HTML(ranks.Table().AppendHTML(nil)) // chart escapes every text
}

// pastWords returns how often the order changed.
func pastWords(past *rice.Past, lines int) string {
	points := past.Points[max(0, len(past.Points)-mostTimes):]
	moved := 0
	for k := 1; k < len(points); k++ {
		if !slices.EqualFunc(points[k].Items, points[k-1].Items, func(a, b rice.Placed) bool { return a.ID == b.ID }) {
			moved++
		}
	}
	return format.Things(lines, "initiatives") + " since " + format.Date(points[0].At) +
		"; the order changed " + format.Things(moved, "times")
}

// ranksOf returns the chart of the past roadmap. Initiatives with a present rank come first, in
// that order, then the others, the latest first.
func ranksOf(past *rice.Past) *chart.Ranks {
	r := &chart.Ranks{}
	points := past.Points[max(0, len(past.Points)-mostTimes):]
	found := map[string]int{}
	for k := len(points) - 1; k >= 0; k-- {
		for _, it := range points[k].Items {
			if _, seen := found[it.ID]; !seen {
				found[it.ID] = len(r.Lines)
				r.Lines = append(r.Lines, chart.RankLine{
					Name: it.Title, Places: make([]int, len(points)), Scores: make([]float64, len(points)),
				})
			}
			l := &r.Lines[found[it.ID]]
			l.Places[k], l.Scores[k] = it.Rank, it.Score
		}
	}
	for k := range points {
		r.At = append(r.At, points[k].At)
	}
	return r
}

// timeView returns the share of the time that goes into discovery, with its bar and parts, and the
// other numbers about the way from an idea to production.
func (s *site) timeView(root string) (share view.Tile, rest view.List[view.Tile]) {
	rest.Title = "How the time is spent"
	for _, t := range s.goalTiles(&s.report.Found, root, discovery.Share, discovery.IdeaToGA, discovery.UnusedEffort) {
		if t.ID != view.Anchor(discovery.Share) {
			rest.Rows = append(rest.Rows, t)
			continue
		}
		if t.Why == "" {
			rest.Title = t.Number + unitAfter(t.Unit) + " of the time goes into discovery"
			t = s.withParts(t)
			e := &s.report.Discovery.Effort
			rest.Note = format.Span(e.Window.From, e.Window.To)
		}
		share = t
	}
	return share, rest
}

// withParts returns the tile of the share of discovery with the person-days of each track, as a
// bar and as words.
func (s *site) withParts(t view.Tile) view.Tile {
	e := &s.report.Discovery.Effort
	goal := 0.0
	if m := s.report.Found.Find(discovery.Share, organisation); m != nil && m.Target != nil {
		goal = m.Target.Value
	}
	t.Chart = template.HTML(chart.AppendStack(nil, []float64{e.Discovery, e.Delivery, e.Measurement}, goal)) // numbers only
	t.Details = nil
	for _, p := range []struct {
		name string
		days float64
	}{{"discovery", e.Discovery}, {"delivery", e.Delivery}, {"measurement", e.Measurement}} {
		t.Details = append(t.Details, view.Labelled{Label: p.name, Value: format.Value(p.days, metric.Number)})
	}
	return t
}

// unitAfter returns a unit as it follows a number.
func unitAfter(unit string) string {
	if unit == "" {
		return ""
	}
	return format.Space + unit
}

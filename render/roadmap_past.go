package render

import (
	"slices"

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

func (s *site) pastView(root string) view.Chart {
	past := &s.report.Past
	v := view.Chart{Words: format.UpperFirst(past.Why)}
	ranks := ranksOf(past)
	if len(ranks.At) < 2 || len(ranks.Lines) == 0 {
		if v.Words == "" {
			v.Words = "The order is available for today only: it comes from the history of the content in git"
		}
		return v
	}
	if n := len(ranks.Lines) - mostLines; n > 0 {
		ranks.Lines = ranks.Lines[:mostLines]
		v.Note = format.Things(n, "initiatives") + " of lower places are in the CSV only."
	}
	v.Figure = view.Draw(ranks, chart.FigureOptions{
		CSV: root + pastFile, Level: 3, Note: "Places with overrides, as they stood in the content at the end of each week",
	})
	return v
}

// ranksOf returns the chart of the past roadmap. Initiatives with a present rank come first, in
// that order, then the others, the latest first.
func ranksOf(past *rice.Past) *chart.Ranks {
	r := &chart.Ranks{ID: "order-over-time", Title: "Place by week"}
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
	moved := 0
	for k := range points {
		r.At = append(r.At, points[k].At)
		if k > 0 && !slices.EqualFunc(points[k].Items, points[k-1].Items,
			func(a, b rice.Placed) bool { return a.ID == b.ID }) {
			moved++
		}
	}
	if len(points) > 0 {
		r.Desc = format.Things(len(r.Lines), "initiatives") + " since " + format.Date(points[0].At) +
			"; the order changed " + format.Things(moved, "times") + "."
	}
	return r
}

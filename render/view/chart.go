package view

import (
	"html/template"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
)

// The numbers of weeks in charts. The CSV file of a chart has all weeks.
const (
	chartWeeks = 104
	sparkWeeks = 26
)

// Draw returns a chart as a figure of a page.
func Draw(c chart.Chart, o chart.FigureOptions) template.HTML {
	return template.HTML(chart.AppendFigure(nil, c, o)) // chart escapes every text
}

// DrawSeries returns a series as a line chart with its data table; "" without points.
func DrawSeries(s *metric.Series, csv, note string) template.HTML {
	if s == nil || len(s.Points) == 0 {
		return ""
	}
	l := chart.NewLine(Anchor(s.ID)+"-chart", s)
	// The XmR limits of the series: most weeks are between them.
	for _, limit := range []*float64{s.Upper, s.Lower} {
		if limit != nil {
			l.Limits = append(l.Limits, chart.Limit{Value: *limit})
		}
	}
	return Draw(l, chart.FigureOptions{CSV: csv, Level: 3, Note: note})
}

// DrawSpark returns the recent part of a series as a small line for the number of its metric.
func DrawSpark(m *metric.Metric, s *metric.Series) template.HTML {
	points := s.Points[max(0, len(s.Points)-sparkWeeks):]
	return template.HTML(chart.AppendSpark(nil, m.Title, points, m.Shown(m.Unit))) // chart escapes every text
}

// DrawShare returns a share as a bar; mark is a tick on it, 0 for none.
func DrawShare(share, mark float64) template.HTML {
	return template.HTML(chart.AppendShareBar(nil, share, mark)) // numbers only
}

// Recent returns the part of a series that charts show.
func Recent(s *metric.Series) *metric.Series {
	out := *s
	out.Points = s.Points[max(0, len(s.Points)-chartWeeks):]
	return &out
}

// HasValue reports whether any week of a series has a value.
func HasValue(s *metric.Series) bool {
	for i := range s.Points {
		if s.Points[i].Value != nil {
			return true
		}
	}
	return false
}

// DrawGauge returns a number with its range on a short axis.
func DrawGauge(g *chart.Gauge) template.HTML {
	return template.HTML(chart.AppendGauge(nil, g)) // chart escapes every text
}

// DrawShift returns a number before and now as a ring and a dot on an axis from 0 to top.
func DrawShift(before, now, top int) template.HTML {
	return template.HTML(chart.AppendShift(nil, before, now, top)) // numbers only
}

// DrawCounted returns a number of teams as circles, or as a bar of their share of all.
func DrawCounted(n, all int) template.HTML {
	return template.HTML(chart.AppendCounted(nil, n, all)) // numbers only
}

// DrawTickets returns a number of tickets as a bar; top is the largest number on the page.
func DrawTickets(n, top int) template.HTML {
	return template.HTML(chart.AppendTickets(nil, n, top)) // numbers only
}

// DrawReached returns all teams as circles or as a bar, with those that were reached marked.
func DrawReached(reached, all int, name string) template.HTML {
	return template.HTML(chart.AppendReached(nil, reached, all, name)) // chart escapes every text
}

// DrawGoal returns a value as a bar with a stroke at its goal.
func DrawGoal(value, goal float64, words string) template.HTML {
	return template.HTML(chart.AppendGoal(nil, value, goal, words)) // chart escapes every text
}

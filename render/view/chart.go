package view

import (
	"html/template"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
)

// Weeks that are drawn; the CSV file beside a chart has all of them.
const (
	chartWeeks = 104
	sparkWeeks = 26
)

// Draw draws a chart as a figure of a page.
func Draw(c chart.Chart, o chart.FigureOptions) template.HTML {
	return template.HTML(chart.AppendFigure(nil, c, o)) // chart escapes every text
}

// DrawSeries draws a series as a line chart with its data table; "" without points.
func DrawSeries(s *metric.Series, csv, note string) template.HTML {
	if s == nil || len(s.Points) == 0 {
		return ""
	}
	l := chart.NewLine(Anchor(s.ID)+"-chart", s)
	// The lines between which most weeks are, by the series' own habit (XmR).
	for _, limit := range []*float64{s.Upper, s.Lower} {
		if limit != nil {
			l.Limits = append(l.Limits, chart.Limit{Value: *limit})
		}
	}
	return Draw(l, chart.FigureOptions{CSV: csv, Level: 3, Note: note})
}

// DrawSpark draws the recent part of a series beside the number of its metric.
func DrawSpark(m *metric.Metric, s *metric.Series) template.HTML {
	points := s.Points[max(0, len(s.Points)-sparkWeeks):]
	return template.HTML(chart.AppendSpark(nil, m.Title, points, m.Shown(m.Unit))) // chart escapes every text
}

// DrawShare draws a share as a bar; mark is a tick on it, 0 for none.
func DrawShare(share, mark float64) template.HTML {
	return template.HTML(chart.AppendShareBar(nil, share, mark)) // numbers only
}

// Recent returns the part of a series that a chart shows.
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

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

// DrawBar returns a value as a bar from zero to the end of its axis, with the value before as a
// ring.
func DrawBar(value float64, was *float64, end float64) template.HTML {
	return template.HTML(chart.AppendBar(nil, value, was, end)) // numbers only
}

// DrawMultiple returns the recent weeks of a series as a small picture, and below it the range
// of its change; the last weeks are shaded. It leaves out weeks that may still change.
func DrawMultiple(s *metric.Series, a chart.ChangeAxis, r *metric.Range) template.HTML {
	var dst []byte
	if s != nil {
		points := s.Points
		for len(points) > 0 && points[len(points)-1].Provisional {
			points = points[:len(points)-1]
		}
		dst = chart.AppendTrace(dst, points[max(0, len(points)-MultipleWeeks):], ShadedWeeks)
	}
	if r != nil {
		dst = chart.AppendChangeRange(dst, a, *r)
	}
	return template.HTML(dst) // numbers only
}

// The numbers of weeks in a small multiple: all, and those of the current window.
const (
	MultipleWeeks = 24
	ShadedWeeks   = 4
)

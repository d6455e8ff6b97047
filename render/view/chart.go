package view

import (
	"html/template"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// The numbers of weeks in charts. The CSV file of a chart has all weeks.
const (
	chartWeeks = 104
	sparkWeeks = 26
	// MultipleWeeks is the number of weeks in a small multiple.
	MultipleWeeks = 24
)

// Draw returns a chart as a figure of a page.
func Draw(c chart.Chart, o chart.FigureOptions) template.HTML {
	return template.HTML(chart.AppendFigure(nil, c, o)) // chart escapes every text
}

// DrawTrend returns the series of a metric as a line chart with the windows that its change
// compares and their values, the marks, and its data table; "" without points.
func DrawTrend(m *metric.Metric, s *metric.Series, marks []chart.Mark, o chart.FigureOptions) template.HTML {
	if s == nil || len(s.Points) == 0 {
		return ""
	}
	l := NewLine(Recent(s))
	l.Marks = marks
	if m != nil {
		l.Windows = Windows(m)
	}
	return Draw(l, o)
}

// NewLine returns the line of a series with its limits: most weeks are between them.
func NewLine(s *metric.Series) *chart.Line {
	l := chart.NewLine(Anchor(s.ID)+"-chart", s)
	for _, limit := range []*float64{s.Upper, s.Lower} {
		if limit != nil {
			l.Limits = append(l.Limits, chart.Limit{Value: *limit})
		}
	}
	return l
}

// Windows returns the window before and the current one of a metric, each with its value.
func Windows(m *metric.Metric) []chart.Mark {
	var out []chart.Mark
	u := m.Shown(m.Unit)
	if m.Was != nil && m.Was.Value != nil {
		out = append(out, chart.Mark{At: m.Was.Window.From, To: m.Was.Window.To, Label: shortValue(*m.Was.Value, u)})
	}
	if m.Value != nil {
		out = append(out, chart.Mark{At: m.Window.From, To: m.Window.To, Label: shortValue(*m.Value, u)})
	}
	return out
}

// shortValue returns a value for a place in a chart: without the long unit of a rate, which the
// axis has.
func shortValue(v float64, u metric.Unit) string {
	text := format.Value(v, u)
	if len([]rune(text)) > len("12.3 days") {
		text, _ = format.Parts(v, u)
	}
	return text
}

// DrawSpark returns the chart of a tile: the recent part of a series with the windows of its
// metric and the marks, which have no labels there. The style sheet sets its size.
func DrawSpark(m *metric.Metric, s *metric.Series, marks ...chart.Mark) template.HTML {
	l := &chart.Line{
		ID: Anchor(m.ID) + "-" + Anchor(m.Scope.ID) + "spark", Title: m.Title, Unit: m.Shown(m.Unit),
		Points: s.Points[max(0, len(s.Points)-sparkWeeks):], Windows: Windows(m), Marks: marks,
	}
	return template.HTML(l.AppendSpark(nil)) // chart escapes every text
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
// of its change; the weeks since the beginning of the current window are shaded. It leaves out
// weeks that may still change.
func DrawMultiple(s *metric.Series, current metric.Window, a chart.ChangeAxis, r *metric.Range) template.HTML {
	var dst []byte
	if s != nil {
		points, shaded := s.Points, 0
		for len(points) > 0 && points[len(points)-1].Provisional {
			points = points[:len(points)-1]
		}
		for i := range points {
			if !points[i].At.Before(current.From) {
				shaded++
			}
		}
		dst = chart.AppendMini(dst, points[max(0, len(points)-MultipleWeeks):], shaded)
	}
	if r != nil {
		dst = chart.AppendChangeRange(dst, a, *r)
	}
	return template.HTML(dst) // numbers only
}

package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// A title is a claim. It names the week of a change only if the change of the windows is beyond
// chance over a year of looks, and if the weekly series has a step in the current window. Else
// it compares the two windows and names their dates. It never names a gate, a release or a
// decision: their dates are labels on the axis. docs/methods/titles.md has the reasons.

// seriesTitle returns the title of the chart of a metric, and the line below it: measure, unit
// and period. The series may be nil.
func (s *site) seriesTitle(m *metric.Metric, series *metric.Series) (title, measure string) {
	return s.changeTitle(m, series), s.measureLine(m, series)
}

// changeTitle returns the title of the chart of a metric.
func (s *site) changeTitle(m *metric.Metric, series *metric.Series) string {
	if m.Value == nil || m.State == metric.NotAvailable {
		return m.Title
	}
	name, weeks := s.subject(m), s.days(m.Window)
	if iv := format.Interval(m.Lo, m.Hi, m.Shown(m.Unit)); m.Unsettled && iv != "" {
		return name + ": " + iv + weeks.in() + ", because evidence is missing"
	}
	now := format.Spell(*m.Value, m.Shown(m.Unit))
	if m.Was == nil || m.Was.Value == nil {
		title := name + ": " + now.String() + weeks.in()
		if first := s.firstComparison(s.report.Section("dora"), m); first != "" {
			title += "; " + first
		}
		return title
	}
	was, before := format.SpellEarlier(m), s.days(m.Was.Window)
	if step := stepOf(m, series); step != nil {
		return name + " " + verbOf(step) + " from " + format.Pair(was, "to", now) + " in the week of " +
			format.LongDay(step.Week)
	}
	return name + compareWords(m) + ": " + now.String() + weeks.in() + ", " + shortPair(was, now) + before.in() + hedgeWords(m)
}

// verbOf returns the verb of a step.
func verbOf(step *metric.Step) string {
	if step.Rises() {
		return "rose"
	}
	return "fell"
}

// shortPair returns the earlier value without its unit, if that is the unit of the later one.
func shortPair(was, now format.Spelled) string {
	if was.Unit == now.Unit && was.Unit != "%" {
		return was.Number
	}
	return was.String()
}

// compareWords returns the words after the name of a metric that did not change.
func compareWords(m *metric.Metric) string {
	if m.Trend != nil && m.Trend.Outcome == metric.AboutTheSame {
		return " stayed about the same"
	}
	return ""
}

// hedgeWords returns the words after a comparison whose change is not beyond chance.
func hedgeWords(m *metric.Metric) string {
	switch t := m.Trend; {
	case t == nil:
		return "; not tested"
	case t.Outcome == metric.AboutTheSame || t.Outcome == metric.Changed && !m.Opposed():
		return ""
	}
	return "; " + format.Moved(m).Word
}

// stepOf returns the step that a title may name: the change is beyond chance and large enough,
// found over the windows that are shown, and the series has a step of its direction in the
// current window. Otherwise it is nil.
func stepOf(m *metric.Metric, series *metric.Series) *metric.Step {
	t := m.Trend
	if series == nil || t == nil || t.Arrow() == "" || m.Opposed() || t.Claim != nil && t.Claim.Now != t.Now ||
		m.Value == nil || m.Was == nil || m.Was.Value == nil {
		return nil
	}
	for i := range series.Steps {
		step := &series.Steps[i]
		if m.Window.Contains(step.Week) && step.Rises() == (t.Arrow() == metric.Up) &&
			step.Rises() == (*m.Value > *m.Was.Value) {
			return step
		}
	}
	return nil
}

// subject returns the name of a metric as the subject of a title: a rate is named after its
// events.
func (s *site) subject(m *metric.Metric) string {
	if m.ID == dora.Frequency {
		return format.UpperFirst(shipmentsWord(s.report.ShippedBy(m.Scope)))
	}
	name, _, _ := strings.Cut(m.Title, " per ")
	return name
}

// dayWords are the days of a window in words.
type dayWords string

// in returns the words after a value: " in 7 Oct–3 Nov".
func (d dayWords) in() string {
	if d == "" {
		return ""
	}
	return " in " + string(d)
}

// days returns the days of a window; "" without a window.
func (s *site) days(w metric.Window) dayWords {
	if w.From.IsZero() || w.To.IsZero() {
		return ""
	}
	return dayWords(format.Days(w, s.report.AsOf))
}

// measureLine returns the line below the title of a chart: measure, unit and period.
func (s *site) measureLine(m *metric.Metric, series *metric.Series) string {
	text := m.Title
	if m.Value != nil {
		if unit := format.UnitWords(*m.Value, m.Shown(m.Unit)); unit != "" && !strings.Contains(text, unit) {
			text += ", " + unit
		}
	}
	if s.isMedian(m) {
		text += ", median"
	}
	if series == nil || len(series.Points) == 0 {
		return text
	}
	points := view.Recent(series).Points
	from, to := points[0].At, points[len(points)-1].At
	return text + ", by week, " + format.Span(from, to.AddDate(0, 0, 7))
}

// isMedian reports whether the value of a metric is a median.
func (s *site) isMedian(m *metric.Metric) bool {
	sec := s.report.Section("dora")
	for i := range sec.Definitions {
		if d := &sec.Definitions[i]; d.ID == m.Definition {
			for _, line := range d.Config {
				if strings.HasPrefix(line, "dora.lead_statistic") {
					return strings.Contains(line, "median")
				}
			}
		}
	}
	return m.ID == dora.LeadTime || m.ID == dora.RestoreTime || m.ID == dora.RecoveryTime
}

// findSeries returns the weekly series of a metric, or nil.
func (s *site) findSeries(m *metric.Metric) *metric.Series {
	for i := range s.report.Sections {
		if series := s.report.Sections[i].FindSeries(m.ID, m.Scope); series != nil {
			return series
		}
	}
	return nil
}

// leadFinding returns the finding of the leading tile: the change with its week, or the two
// windows; "" without a tested change.
func (s *site) leadFinding(m *metric.Metric) string {
	if m.Value == nil || m.Was == nil || m.Was.Value == nil || m.Unsettled || m.Trend == nil {
		return ""
	}
	now, was := format.Spell(*m.Value, m.Shown(m.Unit)), format.SpellEarlier(m)
	if step := stepOf(m, s.findSeries(m)); step != nil {
		return "From " + format.Pair(was, "to", now) + " in the week of " + format.LongDay(step.Week) + "."
	}
	text := ""
	if m.Trend.Outcome == metric.AboutTheSame {
		text = "about the same: "
	}
	text += now.String() + s.days(m.Window).in() + ", " + shortPair(was, now) + s.days(m.Was.Window).in()
	return format.UpperFirst(text) + hedgeWords(m) + "."
}

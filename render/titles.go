package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/chart"
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

const (
	// mostMarks is the largest number of dates on an axis, beside spans and steps.
	mostMarks = 3
	// longestLabel is the largest number of letters of a label.
	longestLabel = 28
	// unwritten is the label of a step near which nobody wrote anything down.
	unwritten = "nothing written down"
)

// dated is a date from the roadmap or the log of decisions, with its weight: of many dates on
// one axis those with the largest weight are shown.
type dated struct {
	chart.Mark
	weight int
}

// marksFor returns the labels on the axis of a series: the spans of the calendar, the gates,
// releases and decisions in its weeks, and each step near which there is none of them. They
// state dates and no cause.
func (s *site) marksFor(series *metric.Series) []chart.Mark {
	if series == nil || len(series.Points) == 0 {
		return nil
	}
	points := view.Recent(series).Points
	within := metric.Window{From: points[0].At, To: points[len(points)-1].At.Add(org.Week)}
	marks := s.breakMarks(series.Scope, within)
	marks = append(marks, chooseMarks(s.datedMarks(series.Scope, within), series.Steps)...)
	for i := range series.Steps {
		step := &series.Steps[i]
		if !slices.ContainsFunc(marks, func(m chart.Mark) bool { return isNear(&m, step.Week) }) {
			marks = append(marks, chart.Mark{At: step.Week, Label: unwritten})
		}
	}
	slices.SortStableFunc(marks, func(a, b chart.Mark) int { return a.At.Compare(b.At) })
	return marks
}

// isNear reports whether a mark is in the week of a step, the week before or the week after.
func isNear(m *chart.Mark, week time.Time) bool {
	w := metric.Window{From: m.At, To: m.To}
	if m.To.IsZero() {
		w.To = m.At.Add(time.Nanosecond)
	}
	return w.Overlaps(metric.Window{From: week.Add(-org.Week), To: week.Add(2 * org.Week)})
}

// breakMarks returns the spans of the calendar that concern a scope.
func (s *site) breakMarks(scope metric.Scope, within metric.Window) []chart.Mark {
	var marks []chart.Mark
	for i := range s.report.Calendar {
		if b := &s.report.Calendar[i]; b.Covers(teamOf(scope)) && b.Overlaps(within) {
			marks = append(marks, chart.Mark{At: b.From, To: b.To, Label: shorten(b.Name())})
		}
	}
	return marks
}

// datedMarks returns the begun phases and the decisions in a window. A team's chart has none,
// because most of them do not concern it.
func (s *site) datedMarks(scope metric.Scope, within metric.Window) []dated {
	if scope.Kind == metric.Team {
		return nil
	}
	var out []dated
	add := func(at time.Time, label string, weight int) {
		if within.Contains(at) && !at.After(s.report.AsOf) {
			out = append(out, dated{chart.Mark{At: at, Label: label}, weight})
		}
	}
	weights := map[string]int{"ga": 4, "beta": 3, "alpha": 1, "prototype": 1}
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft {
			continue
		}
		for k := range in.Phases {
			p := &in.Phases[k]
			if p.Status == "planned" || p.Status == "stopped" {
				continue
			}
			label := shorten(cmp.Or(in.GanttTitle, in.Title, in.ID)) + " " + format.Phase(p.Name)
			add(p.Start, label, cmp.Or(weights[strings.ToLower(p.Name)], 2))
		}
	}
	for i := range s.content.Decisions {
		if d := &s.content.Decisions[i]; !d.Draft && d.Decision == "accept" {
			add(d.On, shorten(cmp.Or(s.titles["features/"+d.Feature], d.Feature))+" decided", 3)
		}
	}
	return out
}

// chooseMarks chooses the dates that an axis has room for: those near a step first, then those
// of the largest weight, then the latest.
func chooseMarks(list []dated, steps []metric.Step) []chart.Mark {
	for i := range list {
		for k := range steps {
			if isNear(&list[i].Mark, steps[k].Week) {
				list[i].weight += 10
				break
			}
		}
	}
	slices.SortStableFunc(list, func(a, b dated) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), b.At.Compare(a.At))
	})
	var out []chart.Mark
	for i := range list[:min(len(list), mostMarks)] {
		out = append(out, list[i].Mark)
	}
	return out
}

// shorten cuts a label at a word.
func shorten(label string) string {
	letters := []rune(label)
	if len(letters) <= longestLabel {
		return label
	}
	cut := string(letters[:longestLabel-1])
	if i := strings.LastIndexByte(cut, ' '); i > longestLabel/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// windowWordsOf returns the compared windows of a scope, which may have breaks of its own, and
// the weeks that they leave out.
func (s *site) windowWordsOf(scope metric.Scope) string {
	now, before := s.report.Current, s.report.Before
	if m := s.report.Section("dora").Find(dora.Frequency, scope); m != nil && m.Window.From.Before(m.Window.To) {
		now = m.Window
		if m.Was != nil {
			before = m.Was.Window
		}
	}
	return format.Span(now.From, now.To) + ", against " + format.Span(before.From, before.To) +
		s.leftOutWords(teamOf(scope), metric.Window{From: before.From, To: s.report.CutOff})
}

// teamOf returns the team of a scope, for the calendar; "" for other scopes.
func teamOf(scope metric.Scope) string {
	if scope.Kind == metric.Team {
		return scope.ID
	}
	return ""
}

// leftOutWords returns the breaks of a team, or of everybody if team is "", that windows skip
// between two times: ", without 23 Dec–5 Jan (year-end holidays)"; "" without any.
func (s *site) leftOutWords(team string, w metric.Window) string {
	var out []string
	for i := range s.report.Calendar {
		if b := &s.report.Calendar[i]; b.Covers(team) && b.Overlaps(w) {
			weeks := metric.Window{From: org.WeekOf(b.From), To: org.WeekOf(b.To.Add(-time.Nanosecond)).Add(org.Week)}
			out = append(out, format.Span(weeks.From, weeks.To)+" ("+b.Name()+")")
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ", without " + format.List(out, "and")
}

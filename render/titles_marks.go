package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

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
	team := ""
	if scope.Kind == metric.Team {
		team = scope.ID
	}
	var marks []chart.Mark
	for i := range s.report.Calendar {
		if b := &s.report.Calendar[i]; b.Covers(team) && b.Overlaps(within) {
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

// leftOutWords returns the breaks of everybody that windows skip between two times, in words: "
// without 23 Dec–5 Jan (year-end holidays)"; "" without any.
func (s *site) leftOutWords(w metric.Window) string {
	var out []string
	for i := range s.report.Calendar {
		if b := &s.report.Calendar[i]; b.Covers("") && b.Overlaps(w) {
			weeks := metric.Window{From: org.WeekOf(b.From), To: org.WeekOf(b.To.Add(-time.Nanosecond)).Add(org.Week)}
			out = append(out, format.Span(weeks.From, weeks.To)+" ("+b.Name()+")")
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ", without " + format.List(out, "and")
}

package render

import (
	"math"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/view"
)

// rareBelow is how many a day read better per week: 2 a week rather than 0.29 a day.
const rareBelow = 0.5

// weekly maps daily units to the weekly ones that pages show where events are rare.
var weekly = map[metric.Unit]metric.Unit{metric.PerDay: metric.PerWeek, metric.PerDayPer: metric.PerWeekPer}

// inReadableRates returns the report with rare daily rates per week, as pages show them. A
// scope's number, its interval, its earlier value and its chart have one unit.
func inReadableRates(r compute.Report) compute.Report {
	r.Sections = slices.Clone(r.Sections)
	for i := range r.Sections {
		sec := &r.Sections[i]
		rare := rareRates(sec)
		sec.Metrics, sec.Series = slices.Clone(sec.Metrics), slices.Clone(sec.Series)
		for j := range sec.Metrics {
			if m := &sec.Metrics[j]; rare[rateKey{m.ID, m.Scope.Kind, m.Scope.ID}] {
				*m = perWeek(m)
			}
		}
		for j := range sec.Series {
			if s := &sec.Series[j]; rare[rateKey{s.ID, s.Scope.Kind, s.Scope.ID}] {
				*s = seriesPerWeek(s)
			}
		}
	}
	r.Space.Dimensions = slices.Clone(r.Space.Dimensions)
	for i := range r.Space.Dimensions {
		d := &r.Space.Dimensions[i]
		d.Rows = slices.Clone(d.Rows)
		for j := range d.Rows {
			if row := &d.Rows[j]; weekly[row.Unit] != "" && isRare(row.Value, row.Was) {
				*row = rowPerWeek(row)
			}
		}
	}
	return r
}

// rateKey is a number of one scope.
type rateKey struct {
	id    string
	kind  metric.ScopeKind
	scope string
}

// rareRates returns the numbers of a section that pages show per week: by their value and the
// one before or, without both, by the recent part of their series.
func rareRates(sec *metric.Section) map[rateKey]bool {
	out := map[rateKey]bool{}
	for i := range sec.Series {
		s := &sec.Series[i]
		if weekly[s.Unit] == "" {
			continue
		}
		var values []*float64
		for _, p := range view.Recent(s).Points {
			values = append(values, p.Value)
		}
		out[rateKey{s.ID, s.Scope.Kind, s.Scope.ID}] = isRare(values...)
	}
	for i := range sec.Metrics {
		m := &sec.Metrics[i]
		if weekly[m.Unit] == "" {
			continue
		}
		values := []*float64{m.Value}
		if m.Was != nil {
			values = append(values, m.Was.Value)
		}
		if m.Longer != nil {
			values = append(values, m.Longer.Value)
		}
		if isKnown(values...) {
			out[rateKey{m.ID, m.Scope.Kind, m.Scope.ID}] = isRare(values...)
		}
	}
	return out
}

func isKnown(values ...*float64) bool {
	return slices.ContainsFunc(values, func(v *float64) bool { return v != nil })
}

// isRare reports whether the largest of the rates, in events a day, is small.
func isRare(perDay ...*float64) bool {
	largest := 0.0
	for _, v := range perDay {
		if v != nil {
			largest = math.Max(largest, math.Abs(*v))
		}
	}
	return largest > 0 && largest < rareBelow
}

// inRate returns a rate a day or, where events are rare, a week; other units stay.
func inRate(v float64, u metric.Unit, rare bool) (float64, metric.Unit) {
	for day, week := range weekly {
		switch {
		case rare && u == day:
			return v * 7, week
		case !rare && u == week:
			return v / 7, day
		}
	}
	return v, u
}

// times7 returns a rate per day as one per week; nil stays nil.
func times7(v *float64) *float64 { return metric.Figure{Value: v}.Times(7).Value }

func perWeek(m *metric.Metric) metric.Metric {
	out := *m
	out.Unit = weekly[m.Unit]
	out.Figure = m.Figure.Times(7)
	if m.Target != nil {
		t := *m.Target
		t.Value *= 7
		out.Target = &t
	}
	if m.Longer != nil {
		l := *m.Longer
		l.Figure = l.Figure.Times(7)
		out.Longer = &l
	}
	if m.Was != nil {
		w := *m.Was
		w.Figure = w.Figure.Times(7)
		out.Was = &w
	}
	if m.Change != nil && !m.Change.Relative {
		c := *m.Change
		c.Value, c.Limits = c.Value*7, c.Limits.Times(7)
		out.Change = &c
	}
	if m.Trend != nil && !m.Trend.Relative {
		t := *m.Trend
		for _, v := range []*float64{&t.Change, &t.Lo, &t.Hi, &t.Sesoi, &t.Detectable} {
			*v *= 7
		}
		out.Trend = &t
	}
	out.Details = slices.Clone(m.Details)
	for i := range out.Details {
		if d := &out.Details[i]; weekly[d.Unit] != "" {
			d.Figure, d.Unit = d.Figure.Times(7), weekly[d.Unit]
		}
	}
	return out
}

func seriesPerWeek(s *metric.Series) metric.Series {
	out := *s
	out.Unit = weekly[s.Unit]
	out.Centre, out.Lower, out.Upper = times7(s.Centre), times7(s.Lower), times7(s.Upper)
	out.Points = slices.Clone(s.Points)
	for i := range out.Points {
		out.Points[i].Figure = out.Points[i].Figure.Times(7)
	}
	return out
}

func rowPerWeek(r *space.DimensionMetric) space.DimensionMetric {
	out := *r
	out.Unit = weekly[r.Unit]
	out.Figure, out.Was = r.Figure.Times(7), times7(r.Was)
	if r.Target != nil {
		t := *r.Target
		t.Value *= 7
		out.Target = &t
	}
	return out
}

// releaseWords are the words of a repository whose deployments are tags.
var releaseWords = strings.NewReplacer("deployments", "releases", "Deployments", "Releases", "deployment",
	"release", "Deployment", "Release")

// inReleaseWords returns the report with releases in place of deployments, wherever a scope has
// nothing but releases. Definitions and keys of the configuration keep their names.
func inReleaseWords(r compute.Report) compute.Report {
	of := releasesOnly(&r.Measured)
	if len(of) == 0 {
		return r
	}
	r.Sections = slices.Clone(r.Sections)
	for i := range r.Sections {
		sec := &r.Sections[i]
		if sec.Family != "dora" {
			continue
		}
		sec.Metrics, sec.Series = slices.Clone(sec.Metrics), slices.Clone(sec.Series)
		for j := range sec.Metrics {
			if m := &sec.Metrics[j]; of[plainScope(m.Scope)] {
				*m = ReleaseMetric(m)
			}
		}
		for j := range sec.Series {
			if s := &sec.Series[j]; of[plainScope(s.Scope)] {
				s.Title = releaseWords.Replace(s.Title)
				s.Points = slices.Clone(s.Points)
				for k := range s.Points {
					s.Points[k].Note = releaseWords.Replace(s.Points[k].Note)
				}
			}
		}
	}
	if of[organisation] {
		r.Space.Dimensions = slices.Clone(r.Space.Dimensions)
		for i := range r.Space.Dimensions {
			d := &r.Space.Dimensions[i]
			d.Rows = slices.Clone(d.Rows)
			for j := range d.Rows {
				releaseRow(&d.Rows[j])
			}
		}
	}
	return r
}

// releaseRow words a row of SPACE that is about delivery.
func releaseRow(r *space.DimensionMetric) {
	if strings.HasPrefix(r.Metric, "dora.") {
		r.Title, r.Why, r.N = releaseWords.Replace(r.Title), releaseWords.Replace(r.Why), releaseCounts(r.N)
	}
}

// releasesOnly returns the scopes whose deployments are all tags.
func releasesOnly(m *compute.Measured) map[metric.Scope]bool {
	of := map[metric.Scope]bool{}
	for i := range m.Shipped {
		if m.Shipped[i].Releases {
			of[plainScope(m.Shipped[i].Scope)] = true
		}
	}
	return of
}

// plainScope returns a scope without its title.
func plainScope(s metric.Scope) metric.Scope { return metric.Scope{Kind: s.Kind, ID: s.ID} }

// ReleaseMetric returns a delivery metric of a scope whose deployments are all
// tags, with its words about them.
func ReleaseMetric(m *metric.Metric) metric.Metric {
	out := *m
	if out.Title = releaseWords.Replace(m.Title); out.Title != m.Title && m.Familiar == "" {
		out.Familiar = m.Title // the familiar name of the metric
	}
	out.N, out.Why, out.Interval = releaseCounts(m.N), releaseWords.Replace(m.Why), releaseWords.Replace(m.Interval)
	out.Warnings = slices.Clone(m.Warnings)
	for i := range out.Warnings {
		out.Warnings[i] = releaseWords.Replace(out.Warnings[i])
	}
	out.Details = slices.Clone(m.Details)
	for i := range out.Details {
		d := &out.Details[i]
		d.Label, d.Note = releaseWords.Replace(d.Label), releaseWords.Replace(d.Note)
	}
	if m.Was != nil {
		w := *m.Was
		w.N = releaseCounts(w.N)
		out.Was = &w
	}
	if m.Longer != nil {
		l := *m.Longer
		l.N = releaseCounts(l.N)
		out.Longer = &l
	}
	if m.Trend != nil {
		t := *m.Trend
		t.Of, t.Method, t.N = releaseWords.Replace(t.Of), releaseWords.Replace(t.Method), releaseCounts(t.N)
		out.Trend = &t
	}
	return out
}

func releaseCounts(n []metric.Count) []metric.Count {
	n = slices.Clone(n)
	for i := range n {
		n[i].What = releaseWords.Replace(n[i].What)
	}
	return n
}

// releaseEvidence returns evidence in the words of releases. Cells are the events' own.
func releaseEvidence(e metric.Evidence) metric.Evidence {
	e.Title, e.Columns, e.LeftOut = releaseWords.Replace(e.Title), slices.Clone(e.Columns), slices.Clone(e.LeftOut)
	for i := range e.Columns {
		e.Columns[i] = releaseWords.Replace(e.Columns[i])
	}
	for i := range e.LeftOut {
		l := &e.LeftOut[i]
		l.What, l.Reason = releaseWords.Replace(l.What), releaseWords.Replace(l.Reason)
	}
	return e
}

// keyTitle returns the short name of a headline number.
func (s *site) keyTitle(id string) string {
	if id == dora.Frequency && s.report.ShippedBy(organisation).Releases {
		return releaseWords.Replace(keyTitles[id])
	}
	return keyTitles[id]
}

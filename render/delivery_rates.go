package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// withRareRates returns the report with a mark on the daily rates of rare events, which pages
// show per week. The number of a scope, its interval, its earlier value and its chart have the
// same unit. Values and units stay as computed.
func withRareRates(r compute.Report) compute.Report {
	r.Sections = MarkRareRates(r.Sections)
	r.Space.Dimensions = slices.Clone(r.Space.Dimensions)
	for i := range r.Space.Dimensions {
		d := &r.Space.Dimensions[i]
		d.Rows = slices.Clone(d.Rows)
		for j := range d.Rows {
			row := &d.Rows[j]
			row.Rare = isDaily(row.Unit) && format.IsRare(row.Value, row.Was)
		}
	}
	return r
}

// MarkRareRates returns sections with a mark on the daily rates of rare events.
func MarkRareRates(sections []metric.Section) []metric.Section {
	sections = slices.Clone(sections)
	for i := range sections {
		sec := &sections[i]
		rare := findRareRates(sec)
		sec.Metrics, sec.Series = slices.Clone(sec.Metrics), slices.Clone(sec.Series)
		for j := range sec.Metrics {
			m := &sec.Metrics[j]
			m.Rare = rare[newRateKey(m.ID, m.Scope)]
		}
		for j := range sec.Series {
			s := &sec.Series[j]
			s.Rare = rare[newRateKey(s.ID, s.Scope)]
		}
	}
	return sections
}

// rateKey is the ID of a number, and the kind and ID of its scope.
type rateKey [3]string

func newRateKey(id string, s metric.Scope) rateKey { return rateKey{id, string(s.Kind), s.ID} }

// isDaily reports whether a unit is a rate per day.
func isDaily(u metric.Unit) bool { return u.Rare() != u }

// findRareRates returns the numbers of a section that pages show per week. It decides by their
// values now, before and over more weeks or, without a value, by the recent part of their
// series.
func findRareRates(sec *metric.Section) map[rateKey]bool {
	out := map[rateKey]bool{}
	for i := range sec.Series {
		s := &sec.Series[i]
		if !isDaily(s.Unit) {
			continue
		}
		var values []*float64
		for _, p := range view.Recent(s).Points {
			values = append(values, p.Value)
		}
		out[newRateKey(s.ID, s.Scope)] = format.IsRare(values...)
	}
	for i := range sec.Metrics {
		m := &sec.Metrics[i]
		if !isDaily(m.Unit) {
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
			out[newRateKey(m.ID, m.Scope)] = format.IsRare(values...)
		}
	}
	return out
}

func isKnown(values ...*float64) bool {
	return slices.ContainsFunc(values, func(v *float64) bool { return v != nil })
}

// releaseWords replaces the words about deployments in a repository whose deployments are tags.
var releaseWords = strings.NewReplacer("deployments", "releases", "Deployments", "Releases", "deployment",
	"release", "Deployment", "Release")

// inReleaseWords returns the report with the word "releases" in place of "deployments" for each
// scope that has only releases. Definitions and keys of the configuration keep their names.
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

// releaseRow replaces the words about deployments in a row of SPACE.
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

// ReleaseMetric returns a delivery metric with the words about releases, for a scope whose
// deployments are all tags.
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

// releaseEvidence returns evidence with the words about releases. Its cells do not change.
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

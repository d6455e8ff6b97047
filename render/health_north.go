package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// leadID returns the ID of the number that leads the page. The data never choose it.
func (s *site) leadID() string { return s.report.Platform.LeadMetric() }

// northStar returns the four numbers of the first page: the leading one first, then the others
// in their usual order.
func (s *site) northStar(sec *metric.Section) []view.Tile {
	lead := s.leadID()
	ids := append([]string{lead}, slices.DeleteFunc(slices.Clone(headlineIDs), func(id string) bool { return id == lead })...)
	var out []view.Tile
	for i, id := range ids {
		m := sec.Find(id, organisation)
		if m == nil {
			continue
		}
		t := s.newTile(m, "")
		t.Brief = true
		s.nameStatistic(sec, m, &t)
		if m.Value != nil && m.Trend == nil && t.Was == "" {
			t.First = s.firstComparison(sec, m)
		}
		if i == 0 {
			t.Class, t.Find = strings.TrimSpace("lead "+t.Class), s.leadFinding(m)
		}
		out = append(out, t)
	}
	return out
}

// nameStatistic names the statistic of a headline number, and adds the line under it. A rate
// has its unit there, because the unit does not fit beside the number.
func (s *site) nameStatistic(sec *metric.Section, m *metric.Metric, t *view.Tile) {
	switch m.ID {
	case dora.LeadTime:
		t.Kind = "median"
		for i := range sec.Definitions {
			d := &sec.Definitions[i]
			if d.ID == m.Definition && slices.Contains(d.Config, `dora.lead_statistic = "mean"`) {
				t.Kind = "mean"
			}
		}
	case dora.RestoreTime:
		t.Kind = "median"
		for i := range m.Details {
			if d := &m.Details[i]; strings.HasPrefix(d.Label, m.Familiar) && d.Value != nil {
				t.Mean, t.Familiar = format.Value(*d.Value, d.Unit), m.Familiar
			}
		}
	case dora.FailRate:
		t.Below = "of " + shipmentsWord(s.report.ShippedBy(organisation))
	case dora.Frequency:
		per := strings.Split(strings.TrimPrefix(t.Unit, "/"), "/") // "/day/team": per team per day
		slices.Reverse(per)
		t.Unit, t.Below = "", "per "+strings.Join(per, " per ")
	}
}

// comparedWeeks is the number of weeks that a comparison of two windows needs.
const comparedWeeks = 8

// firstComparison returns the latest day of the first comparison of a metric without an earlier
// value, if its data go on; "" without a week.
func (s *site) firstComparison(sec *metric.Section, m *metric.Metric) string {
	series := sec.FindSeries(m.ID, m.Scope)
	if series == nil {
		return ""
	}
	for i := range series.Points {
		if p := &series.Points[i]; p.Value != nil {
			counted := p.At.Add(comparedWeeks * org.Week)
			at := counted.Add(s.report.AsOf.Sub(s.report.CutOff))
			if at.After(s.report.AsOf) {
				return "first comparison by " + format.Date(at)
			}
			return ""
		}
	}
	return ""
}

// touched maps the kinds of facts to the claims that need them.
var touched = map[string]string{
	"survey": "satisfaction", "tickets": "support", "usage": "adoption", "incidents": "failures and restore time",
	"deployments": "the four numbers", "changes": "lead time", "commits": "lead time", "repositories": "the four numbers",
	"teams": "the four numbers", "tasks": "tasks of developers", "measures": "measures of your own",
}

// claimsOf returns the claims that need a source. A source without a line of its import is a
// forge or a clone.
func claimsOf(q *compute.Quality) string {
	var out []string
	for i := range q.Imports {
		if c := touched[strings.ToLower(q.Imports[i].Kind)]; c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		kind, _, _ := strings.Cut(q.Source, " ")
		out = append(out, cmp.Or(touched[kind], "the four numbers"))
	}
	if slices.Contains(out, "the four numbers") { // these contain the narrower ones
		out = slices.DeleteFunc(out, func(c string) bool { return c == "lead time" || c == "failures and restore time" })
	}
	return format.List(out, "and")
}

// mostInBanner is the largest number of sources in the banner.
const mostInBanner = 3

// doubtedNumbers returns the doubts about the input of the four numbers, such as incidents that
// end early: the reason, and the numbers that it touches.
func (s *site) doubtedNumbers() []view.Labelled {
	var out []view.Labelled
	sec := s.report.Section("dora")
	for _, doubt := range s.report.Doubts {
		var names []string
		label := ""
		for _, id := range headlineIDs {
			m := sec.Find(id, organisation)
			if m == nil {
				continue
			}
			for _, why := range append([]string{m.Why}, m.Warnings...) {
				if why != "" && strings.HasPrefix(doubt, why+": ") {
					label, names = why, append(names, format.LowerFirst(m.Title))
					break
				}
			}
		}
		if len(names) > 0 {
			out = append(out, view.Labelled{Label: format.UpperFirst(label), Value: format.List(names, "and")})
		}
	}
	return out
}

// sourcesInDoubt returns the doubts about numbers, and the sources with partial, old or missing
// data: the reason, and the claims that it touches.
func (s *site) sourcesInDoubt() []view.Labelled {
	out := s.doubtedNumbers()
	if text, doubtful := readbackWords(s.report.Readback); doubtful {
		out = append(out, view.Labelled{Label: strings.TrimSuffix(text, "."), Value: "arrows and published values"})
	}
	for i := range s.report.Quality {
		q := &s.report.Quality[i]
		var why []string
		if q.Grade == compute.Stale && q.Why != "" {
			why = append(why, q.Source+": "+q.Why)
		}
		for k, g := range q.Gaps {
			text := q.Source
			if g.Repository != "" && g.Repository != q.Source {
				text += " (" + g.Repository + ")"
			}
			if k == mostInBanner {
				why = append(why, format.Things(len(q.Gaps)-k, "further gaps")+" on the data quality page")
				break
			}
			why = append(why, text+": "+g.Reason)
		}
		if len(why) > 0 {
			out = append(out, view.Labelled{Label: strings.Join(why, "; "), Value: claimsOf(q)})
		}
	}
	if n := len(out); n > mostInBanner {
		out = append(out[:mostInBanner], view.Labelled{Label: format.Things(n-mostInBanner, "further gaps") + " on the data quality page"})
	}
	return out
}

package render

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// The strips of the health page: a few lines each, the proof a link away.

// adoptionStrip is who uses what, the most used first.
type adoptionStrip struct {
	Rows  []shareRow
	Whole string // link to all features; "" if there is no such page
}

// shareRow is a share as a bar with its figures.
type shareRow struct {
	Name  link
	Of    string // "220/250 developers"
	Share string // "88 %"; "" when it is not known
	Note  string
	Bar   template.HTML
}

func (s *site) adoptionStrip(root string) adoptionStrip {
	var known, unknown []shareRow
	list := make([]*adoption.Feature, 0, len(s.report.Adoption.Features))
	for i := range s.report.Adoption.Features {
		list = append(list, &s.report.Adoption.Features[i])
	}
	slices.SortStableFunc(list, func(a, b *adoption.Feature) int { return cmp.Compare(b.ActiveShare(), a.ActiveShare()) })
	for _, f := range list {
		row := shareRow{Name: s.linkTo(root, "features", f.ID, f.Title)}
		if !f.Known || f.Eligible <= 0 {
			row.Note = cmp.Or(s.ownReason("adoption", adoption.Share, f.ID), "Nobody is eligible.")
			unknown = append(unknown, row)
			continue
		}
		share := f.ActiveShare()
		row.Of, row.Share = format.Of(f.Active, f.Eligible)+" "+unitPlural(f.Unit), format.Share(share)
		if f.Given != "" {
			row.Note = f.Given
		}
		row.Bar = template.HTML(chart.AppendShareBar(nil, share, 0)) // two numbers
		known = append(known, row)
	}
	return adoptionStrip{Rows: append(known, unknown...), Whole: s.at(root, "features/index.html")}
}

// unitPlural is the plural of a unit of adoption.
func unitPlural(unit string) string { return cmp.Or(unit, "developer") + "s" }

// at is the link to a page, or "" if the site has none there.
func (s *site) at(root, path string) string {
	if s.paths[path] {
		return root + path
	}
	return ""
}

// supportStrip is how much help is needed and how fast it comes.
type supportStrip struct {
	Against string // the dates compared with
	PerWeek tile
	Time    tile
	Mean    string
	Themes  []themeRow
	Whole   string // link to the ticket themes
}

// themeRow is what part of the tickets is about.
type themeRow struct {
	ID, Title string
	Share     string // "40 %"
	Range     string // "likely 27–55 %"
	N         string // "19 tickets"
	Before    string // three months ago
	Rising    bool
	Hint      string
	Features  []link
}

// mostThemes is how many ticket themes the health page shows.
const mostThemes = 2

func (s *site) supportStrip(root string) supportStrip {
	sec := s.report.Section("support")
	out := supportStrip{Against: format.Span(s.report.Quarter.From, s.report.Quarter.To)}
	if p := s.at(root, "discovery/index.html"); p != "" {
		out.Whole = p + "#tickets"
	}
	if m := sec.Find(support.PerWeek, organisation); m != nil {
		out.PerWeek = s.tile(m, root)
	}
	if m := sec.Find(support.Resolution, organisation); m != nil {
		out.Time = s.tile(m, root)
		for _, d := range m.Details {
			if d.Label == "mean of those resolved" && d.Value != nil {
				out.Mean = format.Value(*d.Value, d.Unit)
			}
		}
	}
	themes := s.themeRows(root)
	out.Themes = themes[:min(len(themes), mostThemes)]
	return out
}

// themeRows are the ticket themes, the most frequent first. Themes without a
// ticket are left out.
func (s *site) themeRows(root string) []themeRow {
	list := slices.Clone(s.report.Support.Themes)
	slices.SortStableFunc(list, func(a, b support.Theme) int { return cmp.Compare(b.N, a.N) })
	var rows []themeRow
	for i := range list {
		t := &list[i]
		if t.N == 0 && t.Before == 0 {
			continue
		}
		row := themeRow{
			ID: t.ID, Title: t.Title, Share: format.Share(t.Share), Range: "likely " + format.Interval(&t.Lo, &t.Hi, "share"),
			N: format.Things(t.N, "tickets"), Before: format.Count(t.Before), Rising: t.Rising, Hint: t.Hint,
		}
		if t.Feature != "" {
			row.Features = s.named(root, "features", []string{t.Feature})
		}
		rows = append(rows, row)
	}
	return rows
}

package render

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// ticketsView is the section about tickets and their themes.
type ticketsView struct {
	Claim     string // "All 5 ticket themes shrank"
	Window    string
	Against   string
	N         string
	Tiles     []view.Tile
	Chart     template.HTML
	Still     string // "3 are still open, 2 were opened again"
	Themes    view.List[painRow]
	Unmatched string // "23 % match no theme"
	Warn      bool
	Why, Next string // set without tickets
}

// ticketsFile is the path of the file with the tickets per week.
const ticketsFile = "data/series/" + support.PerWeek + ".csv"

// ticketBars returns the tickets of each week, or nil if there are none.
func (s *site) ticketBars() *chart.Bars {
	series := s.report.Section("support").FindSeries(support.PerWeek, organisation)
	if series == nil || !view.HasValue(series) {
		return nil
	}
	return &chart.Bars{ID: "tickets-chart", Title: "Tickets opened", Unit: series.Unit, Points: view.Recent(series).Points}
}

func (s *site) ticketsView(root string) ticketsView {
	v := ticketsView{
		Window: format.Span(s.report.Current.From, s.report.Current.To), Against: format.Span(s.report.Quarter.From,
			s.report.Quarter.To),
		N:      format.Things(s.report.Support.Tickets, "tickets"),
		Themes: view.FoldNarrow(s.themeRows(root), fewTicketThemes, mostTicketThemes, "themes"), Claim: s.ticketClaim(),
	}
	sec := s.report.Section("support")
	if m := sec.Find(support.PerWeek, organisation); m != nil && m.Why != "" {
		v.Claim, v.Why, v.Next = "No tickets yet", m.Why, m.Next
		return v
	}
	v.Tiles = s.newTiles(sec, organisation, root, support.PerWeek, support.Per100, support.Resolution)
	if bars := s.ticketBars(); bars != nil {
		v.Chart = view.Draw(bars, chart.FigureOptions{CSV: root + ticketsFile, Level: 3, Note: "per week"})
	}
	v.Still = format.Things(s.report.Support.Open, "tickets") + " of these weeks still open, " +
		format.Count(s.report.Support.Reopened) + " opened again"
	if n := s.report.Support.Unsolved; n > 0 {
		v.Still += ", " + format.Count(n) + " closed without a solution: they count as opened and are in no resolution time"
	}
	if share := s.report.Support.UnmatchedShare(); s.report.Support.Tickets > 0 {
		v.Unmatched = format.Share(share) + " (" + format.Count(s.report.Support.Unmatched) + ") match no theme"
		v.Warn = share > support.UnmatchedWarning
	}
	return v
}

// ticketClaim returns the change of the themes in one line. Only a rise beyond chance is called
// a rise of its own.
func (s *site) ticketClaim() string {
	shrank, all := 0, 0
	var rising []string
	for i := range s.report.Support.Themes {
		t := &s.report.Support.Themes[i]
		if t.N == 0 && t.Before == 0 {
			continue
		}
		all++
		if t.N < t.Before {
			shrank++
		}
		if t.Rising {
			rising = append(rising, quoteShort(t.Title))
		}
	}
	switch {
	case len(rising) == 1:
		return rising[0] + " is rising"
	case len(rising) > 1:
		return format.Count(len(rising)) + " of " + format.Things(all, "ticket themes") + " are rising"
	case all == 0:
		return format.Things(s.report.Support.Tickets, "tickets") + " in four weeks"
	case all == shrank && all > 1:
		return "All " + format.Things(all, "ticket themes") + " shrank"
	}
	return format.Count(shrank) + " of " + format.Things(all, "ticket themes") + " shrank"
}

// painRow is a problem: a theme of tickets, or a pain as it was recorded. Unsure marks an
// inferred link to a job.
type painRow struct {
	view.Figure
	Rising   bool
	Theme    bool // of tickets
	Hint     string
	Features []view.Link
}

// themeRows returns the ticket themes, the most frequent first. Themes without a ticket are
// left out.
func (s *site) themeRows(root string) []painRow {
	list := slices.Clone(s.report.Support.Themes)
	slices.SortStableFunc(list, func(a, b support.Theme) int { return cmp.Compare(b.N, a.N) })
	top := 0
	for i := range list {
		top = max(top, list[i].N, list[i].Before)
	}
	var rows []painRow
	for i := range list {
		t := &list[i]
		if t.N == 0 && t.Before == 0 {
			continue
		}
		row := painRow{
			Figure: view.Figure{
				Name: view.Link{Title: t.Title}, Value: format.Share(t.Share), Range: view.LikelyShare(&t.Lo, &t.Hi),
				N: format.Count(t.N), Was: format.Count(t.Before), Bar: view.DrawShift(t.Before, t.N, top),
			},
			Rising: t.Rising, Hint: t.Hint,
		}
		if t.Feature != "" {
			row.Features = s.namedLinks(root, "features", []string{t.Feature})
		}
		rows = append(rows, row)
	}
	return rows
}

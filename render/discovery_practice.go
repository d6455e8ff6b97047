package render

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// discoveryWindow returns the weeks of the page, the population and the number of talks.
func (s *site) discoveryWindow() string {
	m := s.report.Found.Find(discovery.Interviews, organisation)
	if m == nil || m.Window.From.IsZero() {
		return s.metaLine()
	}
	said := "Twelve weeks, " + format.Span(m.Window.From, m.Window.To) + " · " +
		format.Things(s.report.CountTeams(), "teams") + " · " +
		format.Things(s.report.Discovery.Loop.Talks, "talks") + " with developers"
	if m.Value != nil {
		said += ", " + format.Count(int(*m.Value)) + " of them interviews"
	}
	return said
}

// mostNamed is the largest number of pains in the headline.
const mostNamed = 2

// openPains returns the pains without work, the largest first: by tickets, then by teams. Themes
// without a ticket now are left out, and so are jobs: their pains are listed.
func (s *site) openPains() []discovery.Pain {
	var out []discovery.Pain
	for _, ref := range s.report.Discovery.Debt.NotWorked {
		p := s.findPain(ref)
		if ref.Kind == fact.Job || ref.Kind == discovery.PainTheme && p.Tickets == 0 {
			continue
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, comparePains)
	return out
}

// comparePains puts the larger pain first.
func comparePains(a, b discovery.Pain) int {
	return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(b.Teams, a.Teams))
}

// findPain returns the pain of the tree that a reference points to.
func (s *site) findPain(ref discovery.PainRef) discovery.Pain {
	for i := range s.report.Discovery.Tree {
		for _, p := range s.report.Discovery.Tree[i].Pains {
			if p.Kind == ref.Kind && p.ID == ref.ID {
				return p
			}
		}
	}
	return discovery.Pain{Kind: ref.Kind, ID: ref.ID, Title: ref.Title, Tickets: ref.Tickets}
}

// painClaim returns the headline of the page: the largest pains without work.
func (s *site) painClaim() string {
	d, open := &s.report.Discovery, s.openPains()
	var names []string
	for i := range open[:min(len(open), mostNamed)] {
		names = append(names, painName(&open[i]))
	}
	list := format.List(names, "and")
	switch {
	case len(d.Insights)+len(d.Jobs)+len(d.Conversations)+len(d.Talks)+len(s.report.Support.Themes) == 0:
		return "Nothing was asked yet"
	case len(open) > mostNamed:
		return "Nobody works on " + format.Things(len(open), "pains") + "; the largest are " + list
	case len(open) == 2:
		return "Nobody works on two pains: " + list
	case len(open) == 1:
		return "Nobody works on one pain: " + list
	}
	if quiet := len(slices.DeleteFunc(slices.Clone(d.Debt.NotWorked), func(ref discovery.PainRef) bool {
		return ref.Kind != discovery.PainTheme
	})); quiet > 0 {
		return "Nobody works on " + format.Things(quiet, "ticket themes") + "; no ticket about that is counted now"
	}
	for _, ref := range d.Debt.NotWorked {
		if ref.Kind == fact.Job {
			return "Every pain has an answer; nobody works on the job " + quoteShort(s.jobTitle(ref))
		}
	}
	if len(d.Tree) == 0 {
		return "No pain is written down yet"
	}
	return "Every pain that is written down has an answer"
}

// jobTitle returns the job in the words of the jobs table.
func (s *site) jobTitle(ref discovery.PainRef) string {
	for i := range s.report.Discovery.Jobs {
		if j := &s.report.Discovery.Jobs[i]; j.ID == ref.ID && j.Job != "" {
			return j.Job
		}
	}
	return ref.Title
}

func painName(p *discovery.Pain) string {
	if p.Kind == discovery.PainTheme {
		return quoteShort(p.Title)
	}
	return quoteShort(cmp.Or(p.Text, p.Title))
}

// longestQuote is the largest number of characters of a quote in a headline.
const longestQuote = 60

// quoteShort returns a text in quotes, cut at a word.
func quoteShort(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	if r := []rune(s); len(r) > longestQuote {
		s = string(r[:longestQuote])
		if at := strings.LastIndex(s, " "); at > longestQuote/2 {
			s = s[:at]
		}
		s = strings.TrimRight(s, " ,;:.") + "…"
	}
	return "“" + s + "”"
}

// painSizes returns the sizes of the pains in the headline, and the most frequent theme of
// tickets if it is another one.
func (s *site) painSizes() string {
	open := s.openPains()
	open = open[:min(len(open), mostNamed)]
	var sizes []string
	for i := range open {
		sizes = append(sizes, sizeOfPain(&open[i]))
	}
	var said []string
	switch {
	case len(sizes) == 2 && sizes[0] == sizes[1]:
		said = append(said, sizes[0]+" each.")
	case len(sizes) > 0:
		said = append(said, strings.Join(sizes, " and ")+".")
	}
	if most := s.mostFrequent(); most != nil && !slices.ContainsFunc(open, func(p discovery.Pain) bool { return p.ID == most.ID }) {
		text := "The most frequent theme of tickets, " + quoteShort(most.Title) + " (" + format.Count(most.Tickets) +
			" of " + format.Count(s.report.Support.Tickets) + "), "
		switch {
		case len(most.Work) == 0:
			text += "has no initiative."
		case len(most.Work) == 1:
			text += "has an initiative: " + most.Work[0].Title + "."
		default:
			text += "has " + format.Things(len(most.Work), "initiatives") + "."
		}
		said = append(said, text)
	}
	return strings.Join(said, " ")
}

func sizeOfPain(p *discovery.Pain) string {
	switch {
	case p.Kind == discovery.PainTheme:
		return format.Things(p.Tickets, "tickets") + " in the last four weeks"
	case p.Teams > 0:
		return format.Things(p.Teams, "teams") + " said so"
	}
	return "no count of teams"
}

// mostFrequent returns the theme with the most tickets, or nil without a ticket.
func (s *site) mostFrequent() *discovery.Pain {
	var most *discovery.Pain
	for i := range s.report.Discovery.Tree {
		for k := range s.report.Discovery.Tree[i].Pains {
			p := &s.report.Discovery.Tree[i].Pains[k]
			if p.Tickets > 0 && (most == nil || p.Tickets > most.Tickets) {
				most = p
			}
		}
	}
	return most
}

// spokenChart draws the teams with a recorded talk and those without, without names.
func (s *site) spokenChart() view.Chart {
	d := &s.report.Discovery.Debt
	silent := d.CountUnspoken()
	if d.Teams == 0 {
		return view.Chart{
			Words: format.Things(s.report.Discovery.Loop.Talks, "talks") + " in twelve weeks",
			Note:  "Without teams in teams.toml, talks are only counted.",
		}
	}
	v := view.Chart{Note: "All time; counts only, never names."}
	name := format.Count(d.Teams-silent) + " of " + format.Things(d.Teams, "teams") + " have a recorded talk, " +
		format.Count(silent) + " have none"
	v.Figure = view.DrawReached(d.Teams-silent, d.Teams, name)
	if d.Teams < chart.MostCircles {
		v.Note += " One circle is one team; filled: with a talk."
	}
	switch {
	case silent == 0:
		v.Words = "A talk is recorded with every team"
	case silent == d.Teams:
		v.Words = "No talk with a team is recorded yet"
	default:
		v.Words = "No talk is recorded with " + format.Count(silent) + " of " + format.Things(d.Teams, "teams")
	}
	return v
}

// practiceRows returns the metrics of the discovery work with their goals.
func (s *site) practiceRows(root string) view.Figures {
	list := view.Figures{}
	met, aims := 0, 0
	for _, id := range practiceIDs {
		m := s.report.Found.Find(id, organisation)
		if m == nil {
			continue
		}
		row := s.practiceRow(m, root)
		if m.Target != nil {
			aims++
			if row.Mark.Icon == view.Good {
				met++
			}
		}
		list.Rows = append(list.Rows, row)
	}
	switch {
	case aims == 0:
		list.Title = "Do we listen?"
	case met == aims && aims == 2:
		list.Title = "Both goals are met"
	case met == aims:
		list.Title = "Every goal is met"
	default:
		list.Title = format.Count(met) + " of " + format.Things(aims, "goals") + " " + format.Is(met) + " met"
	}
	return list
}

func (s *site) practiceRow(m *metric.Metric, root string) view.Figure {
	unit := m.Shown(m.Unit)
	row := view.Figure{
		ID:   view.Anchor(m.ID),
		Name: view.Link{Title: m.Title, Href: root + Methods + "#" + view.Anchor(m.Definition)},
	}
	if m.Target != nil {
		row.Aim = "goal: " + format.Target(m.Target, unit)
	}
	if m.State == metric.NotAvailable || m.Value == nil {
		row.Value, row.Why = "n/a", view.Reason(format.UpperFirst(m.Why), m.Next)
		return row
	}
	row.Value, row.N = format.Value(*m.Value, unit), format.Counts(m.N)
	row.Range = view.Likely(format.Interval(m.Lo, m.Hi, unit))
	if m.Was != nil && !m.Was.Window.From.IsZero() {
		row.Was = "was " + format.Maybe(m.Was.Value, unit) + ", " + format.Span(m.Was.Window.From, m.Was.Window.To)
	}
	if m.Target != nil {
		row.Mark = view.Mark{Icon: view.Bad, Word: "not met", Class: "unknown"}
		if m.Target.Met(*m.Value) {
			row.Mark = view.GoodMark("met")
		}
		row.Bar = view.DrawGoal(*m.Value, m.Target.Value, "goal "+format.Value(m.Target.Value, unit))
	}
	var notes []string
	for _, d := range m.Details {
		value := cmp.Or(d.Note, "n/a")
		if d.Value != nil {
			value = format.Value(*d.Value, m.Shown(d.Unit))
		}
		notes = append(notes, d.Label+" "+value)
	}
	row.Note = strings.Join(append(notes, m.Warnings...), "; ")
	return row
}

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
	Words     string // frequent words of tickets without a theme
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
	v.Still += stillWords(&s.report.Support)
	if share := s.report.Support.UnmatchedShare(); s.report.Support.Tickets > 0 {
		v.Unmatched = format.Share(share) + " (" + format.Count(s.report.Support.Unmatched)
		if r := s.report.Support.UnmatchedRange; r != nil {
			v.Unmatched += ", " + view.LikelyShare(&r.Lo, &r.Hi)
		}
		v.Unmatched += ") match no theme"
		v.Warn = share > support.UnmatchedWarning
	}
	var words []string
	for _, w := range s.report.Support.Suggestions {
		words = append(words, w.Word+" ("+format.Count(w.Tickets)+")")
	}
	v.Words = strings.Join(words, ", ")
	return v
}

// stillWords returns the counts of tickets that ended in an unusual way, each after a comma.
func stillWords(r *support.Result) string {
	words := ""
	for _, c := range [...]struct {
		n    int
		text string
	}{
		{r.Undated, "closed without a date: not open, and in no resolution time"},
		{r.Unclear, "with a status that is not understood: neither open nor resolved"},
		{r.Unsolved, "closed without a solution: they count as opened and are in no resolution time"},
		{r.Duplicates, "closed as duplicates: not counted"},
	} {
		if c.n == 1 {
			c.text = strings.Replace(c.text, "as duplicates", "as a duplicate", 1)
			c.text = strings.Replace(c.text, "they count as opened and are in", "it counts as opened and is in", 1)
		}
		if c.n > 0 {
			words += ", " + format.Count(c.n) + " " + c.text
		}
	}
	return words
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
	Changes  []string // of tickets, after dated changes
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
			Rising: t.Rising, Hint: t.Hint, Changes: themeChanges(t, true),
		}
		if t.Feature != "" {
			row.Features = s.namedLinks(root, "features", []string{t.Feature})
		}
		rows = append(rows, row)
	}
	return rows
}

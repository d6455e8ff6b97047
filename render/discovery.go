package render

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/markdown"
	"github.com/ip3dp/ip3dp/render/view"
)

const discoveryPath = "discovery/index.html"

// goalOfDiscovery is the phase's goal in the words of the concept.
const goalOfDiscovery = "Deeply understand developer pain points before building anything."

type discoveryView struct {
	frame
	Goal          string
	Summary       string // the state of discovery, in a sentence
	Meta          string
	Empty         bool // there are no questions and no findings yet
	Practice      []view.Tile
	Insights      []researchView
	Jobs          []researchView
	Conversations []researchView
	Tree          []opportunityView
	Tickets       ticketsView
	Unused        []view.Figure // features with few users
	Copied        string        // the number of copied pipelines
	CopiedFiles   []string
	Unspoken      string      // "49 of 60 teams" without a talk; "" for none
	Unrequested   []view.Link // initiatives without a request
	NotWorked     []painRow   // pains without work on them
	Journeys      []journeyView
	Tried         []string
	NotAsked      []view.List[string]
	Quotes        []view.Entry
	Talks         []researchView
	Hours         *event   // the next office hours
	Topics        []string // topics of earlier office hours
}

// practiceIDs are the metrics of the discovery work.
var practiceIDs = []string{
	discovery.Interviews, discovery.Share, discovery.UnusedEffort, discovery.IdeaToGA,
	discovery.FirstAnswer,
}

func (s *site) buildDiscovery() ([]Page, error) {
	p, err := s.newPage("discovery", discoveryPath, func() any { return s.discoveryView() })
	pages := []Page{p}
	if series := s.report.Section("support").FindSeries(support.PerWeek, organisation); series != nil &&
		view.HasValue(series) {
		pages = append(pages, chartFile(ticketsFile, chart.NewLine("", series)))
	}
	return pages, err
}

func (s *site) discoveryView() discoveryView {
	d := &s.report.Discovery
	v := discoveryView{
		frame: s.newFrame(discoveryPath, "Discovery", goalOfDiscovery), Goal: goalOfDiscovery,
		Empty: len(d.Insights)+len(d.Jobs)+len(d.Conversations)+len(d.Talks) == 0,
	}
	root := v.Root
	sec := &s.report.Found
	v.Meta = s.metaLine()
	if m := sec.Find(discovery.Interviews, organisation); m != nil && !m.Window.From.IsZero() {
		v.Meta = "twelve weeks, " + format.Span(m.Window.From, m.Window.To) + " · " + format.Things(len(s.report.Teams),
			"teams")
	}
	v.Practice = s.goalTiles(sec, root, practiceIDs...)
	for i := range d.Insights {
		v.Insights = append(v.Insights, s.insightView(&d.Insights[i], root))
	}
	for i := range d.Jobs {
		v.Jobs = append(v.Jobs, s.jobView(&d.Jobs[i], root))
	}
	for i := range d.Conversations {
		v.Conversations = append(v.Conversations, s.conversationView(&d.Conversations[i], root))
	}
	for i := range d.Tree {
		v.Tree = append(v.Tree, s.opportunityView(&d.Tree[i], root))
	}
	v.Tickets, v.Unused = s.ticketsView(root), s.unusedFeatures(root)
	s.addDebt(&v)
	v.Copied, v.CopiedFiles = s.copiedPipelines()
	v.Journeys, v.Tried, v.NotAsked = s.journeyViews(root), s.triedWords(), s.listUnasked()
	v.Summary = s.listeningLead(&v)
	v.Quotes, v.Talks = s.listQuotes(), s.talkViews(root)
	v.Hours, v.Topics = s.officeHours(root)
	return v
}

// researchAnchor returns the ID of an item of research on the discovery page.
func researchAnchor(id string) string { return "research-" + id }

// researchProse returns the text of an item of research. Its headings and their IDs have the
// item's prefix, because the page has many texts.
func (s *site) researchProse(id string) view.Prose {
	for i := range s.content.Research {
		r := &s.content.Research[i]
		if r.ID != id || r.Body == "" {
			continue
		}
		o := markdown.Options{Top: 4, Prefix: researchAnchor(id) + "-", Resolve: s.newResolver(discoveryPath, r.File)}
		html, err := markdown.Render([]byte(r.Body), o)
		if err != nil {
			return view.Prose{Problem: r.File + ": " + err.Error()}
		}
		return view.Prose{HTML: html}
	}
	return view.Prose{}
}

func (s *site) insightView(in *discovery.Insight, root string) researchView {
	v := researchView{
		ID: researchAnchor(in.ID), Title: in.Title, Finding: in.Finding, Hint: in.Hint,
		Text: s.researchProse(in.ID), Leads: s.leadLinks(&in.Links, root),
	}
	var from []string
	if in.Source != "" {
		from = append(from, in.Source)
	}
	if !in.Date.IsZero() {
		from = append(from, format.Date(in.Date))
	}
	v.When = strings.Join(from, ", ")
	if in.Share != nil {
		v.Bar = view.DrawShare(*in.Share/100, 0)
	}
	return v
}

// leadLinks returns the links from research to its results: work, then features, then cases.
func (s *site) leadLinks(l *discovery.Links, root string) []view.Link {
	return slices.Concat(s.namedLinks(root, "roadmap", l.Initiatives), s.namedLinks(root, "features", l.Features),
		s.namedLinks(root, "cases", l.Cases))
}

func (s *site) jobView(j *discovery.Job, root string) researchView {
	return researchView{
		ID: researchAnchor(j.ID), Says: j.Says, Wants: j.Wants, Job: j.Job, Solution: j.Solution,
		Leads: s.leadLinks(&j.Links, root),
	}
}

func (s *site) conversationView(c *discovery.Conversation, root string) researchView {
	v := researchView{
		ID: researchAnchor(c.ID), Title: c.Title, Request: c.Request, Questions: c.Whys, Problem: c.Problem, Solution: c.Solution,
		Text: s.researchProse(c.ID), Leads: s.leadLinks(&c.Links, root),
	}
	v.When = whenAndWho(c.Date.IsZero(), format.Date(c.Date), c.Teams)
	return v
}

// whenAndWho returns the day of a talk and the number of teams, without their names.
func whenAndWho(undated bool, date string, teams int) string {
	parts := []string{}
	if !undated {
		parts = append(parts, date)
	}
	if teams > 0 {
		parts = append(parts, format.Things(teams, "teams"))
	}
	return strings.Join(parts, " · ")
}

// ticketsView is the section about tickets and their themes.
type ticketsView struct {
	Window    string
	Against   string
	N         string
	Tiles     []view.Tile
	Chart     template.HTML
	Still     string // "3 are still open, 2 were opened again"
	Themes    []painRow
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
		N: format.Things(s.report.Support.Tickets, "tickets"), Themes: s.themeRows(root),
	}
	sec := s.report.Section("support")
	if m := sec.Find(support.PerWeek, organisation); m != nil && m.Why != "" {
		v.Why, v.Next = m.Why, m.Next
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

// officeHours returns the next office hours and the topics of earlier ones; hours is nil
// without a date.
func (s *site) officeHours(root string) (hours *event, topics []string) {
	h := s.report.Discovery.OfficeHours
	if h == nil {
		return nil, nil
	}
	e := newEvent(h.On)
	e.Feature, e.Text = view.Link{Title: h.Title}, h.Where
	if at := s.pageLink(root, discoveryPath); at != "" {
		e.Feature.Href = at + "#hours"
	}
	for i := range s.report.Discovery.Talks {
		if t := &s.report.Discovery.Talks[i]; t.ID == h.ID && t.Kind == fact.OfficeHours {
			topics = t.Topics
		}
	}
	return &e, topics
}

// painRow is a problem: a theme of tickets, or a pain as it was recorded. Unsure marks an
// inferred link to a job.
type painRow struct {
	view.Figure
	Rising   bool
	Hint     string
	Features []view.Link
}

// themeRows returns the ticket themes, the most frequent first. Themes without a ticket are
// left out.
func (s *site) themeRows(root string) []painRow {
	list := slices.Clone(s.report.Support.Themes)
	slices.SortStableFunc(list, func(a, b support.Theme) int { return cmp.Compare(b.N, a.N) })
	var rows []painRow
	for i := range list {
		t := &list[i]
		if t.N == 0 && t.Before == 0 {
			continue
		}
		row := painRow{
			Figure: view.Figure{
				Name: view.Link{Title: t.Title}, Value: format.Share(t.Share), Range: view.LikelyShare(&t.Lo, &t.Hi),
				N: format.Things(t.N, "tickets"), Was: format.Count(t.Before),
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

// unusedFeatures returns the features, and parts of features, with few users. The team should
// ask for the reason.
func (s *site) unusedFeatures(root string) []view.Figure {
	var out []view.Figure
	for i := range s.report.Discovery.Hints.Unused {
		u := &s.report.Discovery.Hints.Unused[i]
		row := view.Figure{
			Name: s.linkTo(root, "features", u.Feature, u.Title), Note: u.Part, N: format.Of(u.Active, u.Eligible),
		}
		if f := s.report.Adoption.Find(u.Feature); f != nil {
			row.N += " " + view.UnitPlural(f.Unit)
		}
		if u.Eligible > 0 {
			share := float64(u.Active) / float64(u.Eligible)
			row.N += ", " + format.Share(share)
			row.Bar = view.DrawShare(share, discovery.UnusedBelow)
		}
		out = append(out, row)
	}
	return out
}

// copiedPipelines returns the number of repositories with a copied pipeline in words, and the
// copied files. words is "" if there are none.
func (s *site) copiedPipelines() (words string, files []string) {
	c := &s.report.Discovery.Hints.Copied
	if c.Copying == 0 {
		return "", nil
	}
	for _, f := range c.Files {
		files = append(files, f.Path+", in "+format.Things(f.Repositories, "repositories"))
	}
	return format.Share(c.Share()) + " of repositories (" + format.Of(c.Copying, c.Repositories) +
		") have a pipeline that is an exact copy of another: make a template?", files
}

// researchView is a piece of research: an insight from data, a job to be done, a
// conversation about a request, or a talk. Each kind uses the fields that it has.
type researchView struct {
	ID, Title, Kind, When string
	Request               string
	Says, Wants, Job      string
	Finding, Hint         string
	Problem, Solution     string
	Bar                   template.HTML
	Questions             []discovery.QA
	Text                  view.Prose
	Lists                 []view.List[string]
	Leads                 []view.Link
}

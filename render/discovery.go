package render

import (
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/markdown"
)

const discoveryPath = "discovery/index.html"

// goalOfDiscovery is the phase's goal in the words of the concept.
const goalOfDiscovery = "Deeply understand developer pain points before building anything."

type discoveryView struct {
	frame
	Goal          string
	Summary       string // where we stand, in a sentence
	Meta          string
	Empty         bool // nothing was asked and nothing found yet
	Practice      []goalTile
	Insights      []insightView
	Jobs          []jobView
	Conversations []conversationView
	Tree          []opportunityView
	Tickets       ticketsView
	Hints         hintsView
	Debt          debtView
	Journeys      []journeyView
	Tried         []string
	NotAsked      []unaskedView
	Quotes        []quoteView
	Talks         []talkView
	Hours         *hoursView
}

// practiceIDs are the numbers that say whether anyone listens.
var practiceIDs = []string{
	discovery.Interviews, discovery.Share, discovery.UnusedEffort, discovery.IdeaToGA,
	discovery.FirstAnswer,
}

func (s *site) discovery() ([]Page, error) {
	p, err := s.page("discovery", discoveryPath, func() any { return s.discoveryView() })
	pages := []Page{p}
	if series := s.report.Section("support").FindSeries(support.PerWeek, organisation); series != nil && hasValue(series) {
		pages = append(pages, chartFile(ticketsFile, chart.NewLine("", series)))
	}
	return pages, err
}

func (s *site) discoveryView() discoveryView {
	d := &s.report.Discovery
	v := discoveryView{
		frame: s.frame(discoveryPath, "Discovery", goalOfDiscovery), Goal: goalOfDiscovery,
		Empty: len(d.Insights)+len(d.Jobs)+len(d.Conversations)+len(d.Talks) == 0,
	}
	root := v.Root
	sec := &s.report.Found
	v.Meta = s.meta()
	if m := sec.Find(discovery.Interviews, organisation); m != nil && !m.Window.From.IsZero() {
		v.Meta = "twelve weeks, " + format.Span(m.Window.From, m.Window.To) + " · " + format.Things(len(s.report.Teams),
			"teams")
	}
	for _, id := range practiceIDs {
		if m := sec.Find(id, organisation); m != nil {
			v.Practice = append(v.Practice, s.goalTile(m, root))
		}
	}
	for i := range d.Insights {
		v.Insights = append(v.Insights, s.insight(&d.Insights[i], root))
	}
	for i := range d.Jobs {
		v.Jobs = append(v.Jobs, s.job(&d.Jobs[i], root))
	}
	for i := range d.Conversations {
		v.Conversations = append(v.Conversations, s.conversation(&d.Conversations[i], root))
	}
	for i := range d.Tree {
		v.Tree = append(v.Tree, s.opportunity(&d.Tree[i], root))
	}
	v.Tickets, v.Hints, v.Debt = s.tickets(root), s.hints(root), s.debt(root)
	v.Journeys, v.Tried, v.NotAsked = s.journeys(root), s.tried(), s.unasked()
	v.Summary = s.listening(&v)
	v.Quotes, v.Talks = s.quotes(), s.talks(root)
	v.Hours = s.officeHours(root)
	return v
}

// goalTile is a number with the goal that it is held against.
type goalTile struct {
	tile
	Goal string // "goal: at least 10"; "" if there is none
	Met  string // "met" or "not met"
	Good bool
}

func (s *site) goalTile(m *metric.Metric, root string) goalTile {
	g := goalTile{tile: s.tile(m, root)}
	if m.Trend == nil && m.Was != nil && !m.Was.Window.From.IsZero() {
		g.Was = "was " + format.Maybe(m.Was.Value, m.Unit) + ", " + format.Span(m.Was.Window.From, m.Was.Window.To)
	}
	if m.Target == nil {
		return g
	}
	g.Goal = "goal: " + format.Target(m.Target, m.Unit)
	if m.Value == nil || m.State == metric.NotAvailable {
		return g
	}
	g.Good = m.Target.Met(*m.Value)
	g.Met = "not met"
	if g.Good {
		g.Met = "met"
	}
	return g
}

// researchAnchor is where an item of research stands on the discovery page.
func researchAnchor(id string) string { return "research-" + id }

// researchProse is what somebody wrote below an item of research. Its headings and
// their IDs are the item's own: many texts stand on one page.
func (s *site) researchProse(id string) prose {
	for i := range s.content.Research {
		r := &s.content.Research[i]
		if r.ID != id || r.Body == "" {
			continue
		}
		o := markdown.Options{Top: 4, Prefix: researchAnchor(id) + "-", Resolve: s.resolver(discoveryPath, r.File)}
		html, err := markdown.Render([]byte(r.Body), o)
		if err != nil {
			return prose{Problem: r.File + ": " + err.Error()}
		}
		return prose{HTML: html}
	}
	return prose{}
}

// insightView is something learnt from data.
type insightView struct {
	ID, Title, Finding, Hint string
	From                     string // "platform analytics, 24 Oct 2024"
	Bar                      template.HTML
	Text                     prose
	Leads                    []link
}

func (s *site) insight(in *discovery.Insight, root string) insightView {
	v := insightView{
		ID: researchAnchor(in.ID), Title: in.Title, Finding: in.Finding, Hint: in.Hint,
		Text: s.researchProse(in.ID), Leads: s.leads(&in.Links, root),
	}
	from := []string{}
	if in.Source != "" {
		from = append(from, in.Source)
	}
	if !in.Date.IsZero() {
		from = append(from, format.Date(in.Date))
	}
	v.From = strings.Join(from, ", ")
	if in.Share != nil {
		v.Bar = template.HTML(chart.AppendShareBar(nil, *in.Share/100, 0)) // two numbers
	}
	return v
}

// leads are what followed from research: work, then features, then cases.
func (s *site) leads(l *discovery.Links, root string) []link {
	return slices.Concat(s.named(root, "roadmap", l.Initiatives), s.named(root, "features", l.Features),
		s.named(root, "cases", l.Cases))
}

// jobView is a row of the jobs-to-be-done table.
type jobView struct {
	ID, Says, Wants, Job, Solution string
	Leads                          []link
}

func (s *site) job(j *discovery.Job, root string) jobView {
	return jobView{
		ID: researchAnchor(j.ID), Says: j.Says, Wants: j.Wants, Job: j.Job, Solution: j.Solution,
		Leads: s.leads(&j.Links, root),
	}
}

// conversationView leads from a request to the problem behind it.
type conversationView struct {
	ID, Title, When, Request string
	Whys                     []discovery.QA
	Problem, Solution        string
	Text                     prose
	Leads                    []link
}

func (s *site) conversation(c *discovery.Conversation, root string) conversationView {
	v := conversationView{
		ID: researchAnchor(c.ID), Title: c.Title, Request: c.Request, Whys: c.Whys, Problem: c.Problem, Solution: c.Solution,
		Text: s.researchProse(c.ID), Leads: s.leads(&c.Links, root),
	}
	v.When = when(c.Date.IsZero(), format.Date(c.Date), c.Teams)
	return v
}

// when says the day of a talk and how many teams took part, never which.
func when(undated bool, date string, teams int) string {
	parts := []string{}
	if !undated {
		parts = append(parts, date)
	}
	if teams > 0 {
		parts = append(parts, format.Things(teams, "teams"))
	}
	return strings.Join(parts, " · ")
}

// ticketsView is what tickets are about.
type ticketsView struct {
	Window    string
	Against   string
	N         string
	Tiles     []tile
	Chart     template.HTML
	Still     string // "3 are still open, 2 were opened again"
	Themes    []themeRow
	Unmatched string // "23 % match no theme"
	Warn      bool
	Why, Next string // set when there are no tickets
}

// ticketsFile is where the tickets per week are published.
const ticketsFile = "data/series/" + support.PerWeek + ".csv"

// ticketBars are the tickets of each week, or nil without any.
func (s *site) ticketBars() *chart.Bars {
	series := s.report.Section("support").FindSeries(support.PerWeek, organisation)
	if series == nil || !hasValue(series) {
		return nil
	}
	return &chart.Bars{ID: "tickets-chart", Title: "Tickets opened", Unit: series.Unit, Points: recent(series).Points}
}

func (s *site) tickets(root string) ticketsView {
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
	v.Tiles = s.tiles(sec, organisation, root, support.PerWeek, support.Per100, support.Resolution)
	if bars := s.ticketBars(); bars != nil {
		v.Chart = figureOf(bars, chart.FigureOptions{CSV: root + ticketsFile, Level: 3, Note: "per week"})
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

// hintsView is where data say that it is worth asking.
type hintsView struct {
	Unused []unusedView
	Copied string
	Files  []string
}

// unusedView is a feature, or a part of one, that few use.
type unusedView struct {
	Name link
	Part string
	Of   string
	Bar  template.HTML
}

func (s *site) hints(root string) hintsView {
	h := &s.report.Discovery.Hints
	var v hintsView
	for i := range h.Unused {
		u := &h.Unused[i]
		row := unusedView{
			Name: s.linkTo(root, "features", u.Feature, u.Title), Part: u.Part,
			Of: format.Of(u.Active, u.Eligible),
		}
		if f := s.report.Adoption.Find(u.Feature); f != nil {
			row.Of += " " + unitPlural(f.Unit)
		}
		if u.Eligible > 0 {
			share := float64(u.Active) / float64(u.Eligible)
			row.Of += ", " + format.Share(share)
			row.Bar = template.HTML(chart.AppendShareBar(nil, share, discovery.UnusedBelow)) // two numbers
		}
		v.Unused = append(v.Unused, row)
	}
	if h.Copied.Copying > 0 {
		v.Copied = format.Share(h.Copied.Share()) + " of repositories (" + format.Of(h.Copied.Copying,
			h.Copied.Repositories) + ") hold a pipeline that is copied to the byte: make a template?"
		for _, f := range h.Copied.Files {
			v.Files = append(v.Files, f.Path+", in "+format.Things(f.Repositories, "repositories"))
		}
	}
	return v
}

// hoursView is when developers can drop in next.
type hoursView struct {
	Name   link
	On     string
	ISO    string
	Where  string
	Topics []string
}

func (s *site) officeHours(root string) *hoursView {
	h := s.report.Discovery.OfficeHours
	if h == nil {
		return nil
	}
	v := hoursView{Name: link{Title: h.Title}, On: format.Date(h.On), ISO: format.ISO(h.On), Where: h.Where}
	if at := s.at(root, discoveryPath); at != "" {
		v.Name.Href = at + "#hours"
	}
	for i := range s.report.Discovery.Talks {
		if t := &s.report.Discovery.Talks[i]; t.ID == h.ID && t.Kind == fact.OfficeHours {
			v.Topics = t.Topics
		}
	}
	return &v
}

package render

import (
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
	When        string // the goal of the phase, the window and the talks
	Claim       string // the largest pains without work
	Doubt       string // their size, and the most frequent theme
	Empty       bool   // there are no questions and no findings yet
	Spoken      view.Chart
	Practice    view.Figures
	Tickets     ticketsView
	Tree        []opportunityView
	Insights    view.List[researchView]
	Jobs        view.List[researchView]
	Talked      view.List[researchView] // conversations about a request
	Talks       view.List[researchView]
	Unused      view.Figures
	Copied      view.List[string] // files that many repositories have
	Unspoken    string            // "49 of 60 teams" without a talk; "" for none
	Unrequested view.List[view.Link]
	NotWorked   view.List[painRow] // jobs and pains without work
	Journeys    view.List[journeyView]
	Tried       []string
	NotAsked    []view.List[string]
	Quotes      []view.Entry
	Hours       *event   // the next office hours
	Topics      []string // topics of earlier office hours
	Ask         view.Link
	Public      string // a note of a public site
}

// These are the largest numbers of rows in view. The others are behind a disclosure.
const (
	mostInsights     = 10
	mostTalked       = 6
	mostTalks        = 30
	mostJobs         = 12
	mostTicketThemes = 10
	fewTicketThemes  = 2 // on a narrow screen
	mostJourneys     = 15
	mostDebts        = 8
)

// practiceIDs are the metrics of the discovery work.
var practiceIDs = []string{
	discovery.Interviews, discovery.Share, discovery.FirstAnswer, discovery.IdeaToGA, discovery.UnusedEffort,
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
		frame: s.newFrame(discoveryPath, "Discovery", goalOfDiscovery),
		Empty: len(d.Insights)+len(d.Jobs)+len(d.Conversations)+len(d.Talks) == 0,
	}
	root := v.Root
	v.When, v.Claim, v.Doubt = goalOfDiscovery+" "+s.discoveryWindow(), s.painClaim(), s.painSizes()
	v.Spoken, v.Practice = s.spokenChart(), s.practiceRows(root)
	var insights, jobs, talked []researchView
	for i := range d.Insights {
		insights = append(insights, s.insightView(&d.Insights[i], root))
	}
	for i := range d.Jobs {
		jobs = append(jobs, s.jobView(&d.Jobs[i], root))
	}
	for i := range d.Conversations {
		talked = append(talked, s.conversationView(&d.Conversations[i], root))
	}
	v.Insights = view.Fold(insights, mostInsights, "findings")
	v.Jobs = view.Fold(jobs, mostJobs, "jobs")
	v.Talked = view.Fold(talked, mostTalked, "conversations")
	v.Talks = view.Fold(s.talkViews(root), mostTalks, "talks")
	v.Talked.Title = format.Things(len(talked), "conversations")
	v.Jobs.Title, v.Insights.Title = format.Things(len(jobs), "jobs"), format.Things(len(insights), "findings")
	v.Talks.Title = format.Things(len(d.Talks), "talks")
	for i := range d.Tree {
		v.Tree = append(v.Tree, s.opportunityView(&d.Tree[i], root))
	}
	v.Tickets = s.ticketsView(root)
	v.Public = s.publicNote("the words of developers are left out; the counts are whole.")
	s.addDebt(&v)
	v.Unused = view.Fold(s.unusedFeatures(root), mostDebts, "features")
	v.Copied = s.copiedPipelines()
	v.Journeys = view.Fold(s.journeyViews(root), mostJourneys, "initiatives")
	v.Journeys.Title = format.Things(len(v.Journeys.Rows)+len(v.Journeys.Rest), "initiatives")
	v.Tried, v.NotAsked = s.triedWords(), s.listUnasked()
	v.Quotes = s.listQuotes()
	v.Hours, v.Topics = s.officeHours(root)
	if s.report.Platform.Ask != "" { // the page has the office hours already
		v.Ask = s.askLink(root)
	}
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
		Text: s.researchProse(c.ID), Leads: s.leadLinks(&c.Links, root), Bare: s.isPublic(),
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

// copiedPipelines lists the copied pipelines; its title has the number of repositories with one
// and is "" if there are none.
func (s *site) copiedPipelines() view.List[string] {
	c := &s.report.Discovery.Hints.Copied
	if c.Copying == 0 {
		return view.List[string]{}
	}
	var files []string
	for _, f := range c.Files {
		files = append(files, f.Path+", in "+format.Things(f.Repositories, "repositories"))
	}
	list := view.Fold(files, mostDebts, "files")
	list.Title = format.Share(c.Share()) + " of repositories (" + format.Of(c.Copying, c.Repositories) +
		") have a pipeline that is an exact copy of another: make a template?"
	return list
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
	Bare                  bool // the words of a conversation are left out
}

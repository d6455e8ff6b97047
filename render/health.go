package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

var organisation = metric.Scope{Kind: metric.Organisation}

// headlineIDs are the four main numbers of the health page.
var headlineIDs = []string{dora.Frequency, dora.LeadTime, dora.FailRate, dora.RestoreTime}

const healthPath = "index.html"

type healthView struct {
	frame
	Banner       []view.Labelled // sources with partial or old data, and the claims that they touch
	When, Who    string
	Sources      view.Mark
	Headline     []view.Mark // the parts of the sentence; the words of a verdict have its class
	Doubt        view.Labelled
	Since        string // the changes of the last week
	Delivery     []view.Tile
	Advice       string // the number of decisions that wait
	Cards        []actionCard
	Postponed    []view.Entry
	AllAdvice    string
	AllDecisions string
	Satisfaction satisfactionStrip
	Adoption     view.Figures
	Support      supportStrip
	Asked        []askedRow
	AllAsked     string
	Ask          string // where to ask for something
	Loop         []loopPhase
	Numbers      []view.Figure // all numbers of the page, for its table
	Notes        []view.Labelled
	Empty        bool // nothing was collected: the page explains how to begin
}

func (s *site) buildHealth() ([]Page, error) {
	p, err := s.newPage("health", healthPath, func() any { return s.healthView() })
	return []Page{p}, err
}

func (s *site) healthView() healthView {
	sec := s.report.Section("dora")
	claim, doubt := s.headline(sec, s.report.Section("space").Find(space.NPS, organisation))
	v := healthView{
		frame: s.newFrame(healthPath, "Platform health", claim), Headline: markVerdicts(claim), Doubt: splitDoubt(doubt),
		When: s.windowWords(), Who: s.populationWords(), Sources: sourceMark(s.report.Quality, s.report.Doubts),
		Banner: s.sourcesInDoubt(), Since: s.sinceLastWeek(),
		Delivery: s.northStar(sec), Advice: s.waitingWords(),
		Cards: s.actionCards(), Postponed: s.postponed(), AllAdvice: s.pageLink("", featuresPath), AllDecisions: s.pageLink("", decisionsPath),
		Satisfaction: s.satisfactionStrip(""), Adoption: s.adoptionStrip(""), Support: s.supportStrip(""),
		Asked: s.askedLines(""), AllAsked: s.pageLink("", decisionsPath), Loop: s.loopSteps(""),
		Empty: len(s.report.Changes.Missing) == len(headlineIDs) && len(s.report.Quality) == 0,
	}
	v.Ask = s.askLink("").Href
	v.Numbers, v.Notes = s.allNumbers(&v)
	return v
}

// windowWords returns the compared windows: "7 Oct–3 Nov 2024, against 9 Sep–6 Oct 2024".
func (s *site) windowWords() string { return s.windowWordsOf(organisation) }

// populationWords returns the number of teams and developers, or of services without them.
func (s *site) populationWords() string {
	m := &s.report.Measured
	var who []string
	if n := m.CountTeams(); n > 0 {
		who = append(who, format.Things(n, "teams"))
	}
	if n := m.Platform.Developers; n > 0 {
		who = append(who, format.Things(n, "developers"))
	}
	if len(who) == 0 {
		who = append(who, format.Things(m.Services, "services"))
	}
	return strings.Join(who, ", ")
}

// sourceMark returns the number of complete sources, with a tick if all are.
func sourceMark(q []compute.Quality, doubts []string) view.Mark {
	for i := range q {
		if q[i].Grade != compute.Complete {
			return view.Mark{Word: sourceWords(q), Class: "unknown"}
		}
	}
	if len(q) == 0 {
		return view.Mark{Word: sourceWords(q), Class: "muted"}
	}
	if len(doubts) > 0 {
		return view.Mark{Word: sourceWords(q) + ", with doubts", Class: "unknown"}
	}
	return view.GoodMark(sourceWords(q))
}

// verdictPhrases are the phrases of a headline with the words that have the colour of their
// verdict. A phrase about an unchanged number has none.
var verdictPhrases = []struct{ phrase, word, class string }{
	{"is faster", "faster", "better"},
	{"is slower", "slower", "worse"},
	{"fails less often", "less often", "better"},
	{"fails more often", "more often", "worse"},
	{"deploy more often", "more often", "better"},
	{"deploy less often", "less often", "worse"},
	{"are over sooner", "sooner", "better"},
	{"last longer", "longer", "worse"},
	{"are happier", "happier", "better"},
	{"are less happy", "less happy", "worse"},
}

// markVerdicts splits a headline into its words, with the classes of those that are a verdict.
func markVerdicts(claim string) []view.Mark {
	var out []view.Mark
	for claim != "" {
		at, end, class := len(claim), len(claim), ""
		for _, v := range verdictPhrases {
			if i := strings.Index(claim, v.phrase); i >= 0 && i < at {
				at, end, class = i+len(v.phrase)-len(v.word), i+len(v.phrase), v.class
			}
		}
		if at > 0 {
			out = append(out, view.Mark{Word: claim[:at]})
		}
		if class != "" {
			out = append(out, view.Mark{Word: claim[at:end], Class: class})
		}
		claim = claim[end:]
	}
	return out
}

// splitDoubt splits "Not sure yet: whether …" into its label and the rest.
func splitDoubt(doubt string) view.Labelled {
	for _, label := range []string{"Not sure yet:", "Not tested yet:"} {
		if rest, ok := strings.CutPrefix(doubt, label); ok {
			return view.Labelled{Label: label, Value: strings.TrimSpace(rest)}
		}
	}
	return view.Labelled{Value: doubt}
}

// mostNews is the largest number of changes of the last week on the health page.
const mostNews = 3

// sinceLastWeek returns the changes of the last week in a line: claims about the four numbers
// that were found now, then changed recommendations, decisions and gates.
func (s *site) sinceLastWeek() string {
	var news, found []string
	compared := false
	sec := s.report.Section("dora")
	for _, id := range headlineIDs {
		m := sec.Find(id, organisation)
		if m == nil || m.Trend == nil {
			continue
		}
		compared = true
		if m.Trend.Claim == nil || !m.Trend.Claim.Found.Equal(s.report.CutOff) {
			continue
		}
		found = append(found, format.LowerFirst(m.Title))
	}
	const few = 2
	switch n := len(found); {
	case n > few:
		news = append(news, "now beyond chance: "+format.Count(n)+" of the four numbers")
	case n > 0:
		news = append(news, "now beyond chance: "+format.List(found, "and"))
	}
	since := s.report.AsOf.Add(-org.Week)
	for i := range s.report.Log.Changes {
		c := &s.report.Log.Changes[i]
		isNew := c.On.Equal(s.report.CutOff) && !c.On.Equal(s.report.Log.Begun) // the first run lists all
		if c.Kind == compute.DecisionMade {
			isNew = c.On.After(since) && !c.On.After(s.report.AsOf)
		}
		if isNew {
			news = append(news, c.Words())
		}
	}
	switch n := len(news); {
	case n == 0 && !compared:
		return "none of the four numbers can be compared yet."
	case n == 0:
		return "nothing changed beyond chance."
	case n > mostNews:
		news = append(news[:mostNews], format.Things(n-mostNews, "further changes"))
	}
	return strings.Join(news, "; ") + "."
}

// gapLines returns the gaps in the data, for the pages that use these data.
func (s *site) gapLines() []string {
	var out []string
	for i := range s.report.Quality {
		q := &s.report.Quality[i]
		if q.Grade == compute.Stale && q.Why != "" {
			out = append(out, q.Source+": "+q.Why)
		}
		for _, g := range q.Gaps {
			text := q.Source
			if g.Repository != "" && g.Repository != q.Source {
				text += " (" + g.Repository + ")"
			}
			out = append(out, text+": "+g.Reason)
		}
	}
	const most = 3
	if n := len(out); n > most {
		out = append(out[:most], format.Things(n-most, "further gaps")+" on the data quality page")
	}
	return out
}

// gapsOf returns the gaps in the data of a scope's page. That of the organisation begins with the
// doubts about its numbers.
func (s *site) gapsOf(scope metric.Scope) []string {
	var out []string
	if scope == organisation {
		for _, d := range s.doubtedNumbers() {
			out = append(out, d.Label+" (touches "+d.Value+")")
		}
	}
	return append(out, s.gapLines()...)
}

// mostAsked is the largest number of answered requests on the health page.
const mostAsked = 4

// askedLines returns the newest requests that have an answer.
func (s *site) askedLines(root string) []askedRow {
	var out []askedRow
	for i := range s.report.Discovery.Asked {
		a := &s.report.Discovery.Asked[i]
		if a.Answer == "" || len(out) == mostAsked {
			continue
		}
		row := askedRow{Link: s.askedLink(root, a), State: string(a.State), Class: "no"}
		row.Answer = strings.TrimPrefix(a.Answer, row.State+": ")
		switch a.State {
		case discovery.Built:
			row.Class = "ok"
		case discovery.Answered, discovery.Working:
			row.Class = ""
		}
		if !a.Asked.IsZero() {
			row.Asked = format.Date(a.Asked)
		}
		if a.Days != nil {
			row.Days = format.Things(*a.Days, "days")
		}
		if !a.Revisit.IsZero() {
			row.Answer = strings.TrimSuffix(row.Answer, ".") + "; looked at again on " + format.Date(a.Revisit)
		}
		out = append(out, row)
	}
	return out
}

// askedLink returns the link to the best page about a request: its initiative, else its case.
func (s *site) askedLink(root string, a *discovery.Asked) view.Link {
	for _, id := range a.Initiatives {
		if id == a.ID || len(a.Initiatives) == 1 {
			if l := s.linkTo(root, "roadmap", id, a.Title); l.Href != "" {
				return l
			}
		}
	}
	for _, id := range a.Cases {
		if l := s.linkTo(root, "cases", id, a.Title); l.Href != "" {
			return l
		}
	}
	return view.Link{Title: a.Title}
}

func (s *site) loopSteps(root string) []loopPhase {
	l := &s.report.Discovery.Loop
	phase := func(title, path string) view.Link { return view.Link{Title: title, Href: s.pageLink(root, path)} }
	steps := []loopPhase{
		{
			Page: phase("Discovery", discoveryPath), Counts: []string{format.Things(l.Talks, "talks") + " in 12 weeks"},
			Hands: "problems",
		},
		{Page: phase("Prioritisation", roadmapPath), Counts: []string{
			format.Count(l.Ranked) + " ranked",
			format.Count(l.Refused) + " refused",
		}, Hands: "roadmap"},
		{Page: phase("Delivery", roadmapPath), Hands: "features"},
		{
			Page: phase("Measurement", featuresPath), Counts: []string{format.Things(l.Recommendations, "recommendations")},
			Hands: "learnings",
		},
	}
	for _, p := range l.Phases {
		steps[2].Counts = append(steps[2].Counts, inPhase(p))
	}
	if len(l.Phases) == 0 {
		steps[2].Counts = []string{"nothing under way"}
	}
	return steps
}

// inPhase returns the number of initiatives in a phase: "1 alpha", "2 GA".
func inPhase(p discovery.PhaseCount) string {
	name := strings.ToLower(p.Name)
	if name == "ga" {
		name = "GA"
	}
	return format.Count(p.N) + " " + name
}

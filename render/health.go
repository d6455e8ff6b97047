package render

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/format"
)

var organisation = metric.Scope{Kind: metric.Organisation}

// headlineIDs are the four numbers that the health page leads with.
var headlineIDs = []string{dora.Frequency, dora.LeadTime, dora.FailRate, dora.RestoreTime}

// keyTitles are the short names that the health page calls them by.
var keyTitles = map[string]string{
	dora.Frequency: "Deployments", dora.LeadTime: "Lead time", dora.FailRate: "Change failure rate", dora.RestoreTime: "Time to restore",
}

type healthView struct {
	frame
	Headline     string
	Doubt        string
	Meta         string
	Cards        []card
	AllAdvice    string
	Delivery     []tile
	Satisfaction satisfactionStrip
	Adoption     adoptionStrip
	Support      supportStrip
	Asked        []askedLine
	AllAsked     string
	Loop         []loopStep
	Gaps         []string
	Empty        bool // nothing was collected: say how to begin
}

func (s *site) health() ([]Page, error) {
	const at = "index.html"
	p, err := s.page("health", at, func() any {
		sec := s.report.Section("dora")
		nps := s.report.Section("space").Find(space.NPS, organisation)
		h, doubt := s.headline(sec, nps)
		return healthView{
			frame:    s.frame(at, "Platform health", h),
			Headline: h, Doubt: doubt, Meta: s.meta(),
			Cards: s.recommendationCards(), AllAdvice: s.at("", featuresPath),
			Delivery: s.keyTiles(sec), Satisfaction: s.satisfactionStrip(""), Adoption: s.adoptionStrip(""), Support: s.supportStrip(""),
			Asked: s.askedLines(""), AllAsked: s.at("", decisionsPath), Loop: s.loopSteps(""),
			Gaps:  s.gaps(),
			Empty: len(s.report.Changes.Missing) == len(headlineIDs) && len(s.report.Quality) == 0,
		}
	})
	return []Page{p}, err
}

// keyTiles are the four, under short names; an older name stays where the short one
// is not the same.
func (s *site) keyTiles(sec *metric.Section) []tile {
	var out []tile
	for _, id := range headlineIDs {
		m := sec.Find(id, organisation)
		if m == nil {
			continue
		}
		t := s.tile(m, "")
		if t.Title = s.keyTitle(id); id != dora.RestoreTime {
			t.Familiar = ""
		}
		out = append(out, t)
	}
	return out
}

func upperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

// gaps are the known holes in the data, for every page that depends on them.
func (s *site) gaps() []string {
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

// mostAsked is how many requests the health page answers.
const mostAsked = 4

// askedLine is a request and its answer.
type askedLine struct {
	Name   link
	Answer string
}

// askedLines are the newest requests that have an answer.
func (s *site) askedLines(root string) []askedLine {
	var out []askedLine
	for i := range s.report.Discovery.Asked {
		a := &s.report.Discovery.Asked[i]
		if a.Answer == "" || len(out) == mostAsked {
			continue
		}
		out = append(out, askedLine{Name: s.askedLink(root, a), Answer: a.Answer})
	}
	return out
}

// askedLink leads to where a request is told best: its initiative, then its case.
func (s *site) askedLink(root string, a *discovery.Asked) link {
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
	return link{Title: a.Title}
}

// loopStep is a phase of the loop with what happens in it now, and what it hands on.
type loopStep struct {
	Phase  link
	Counts []string
	Gives  string
}

func (s *site) loopSteps(root string) []loopStep {
	l := &s.report.Discovery.Loop
	phase := func(title, path string) link { return link{Title: title, Href: s.at(root, path)} }
	steps := []loopStep{
		{phase("Discovery", "discovery/index.html"), []string{format.Things(l.Talks, "talks") + " in 12 weeks"}, "problems"},
		{phase("Prioritisation", "roadmap/index.html"), []string{
			format.Count(l.Ranked) + " ranked",
			format.Count(l.Refused) + " refused",
		}, "roadmap"},
		{phase("Delivery", "roadmap/index.html"), nil, "features"},
		{
			phase("Measurement", "features/index.html"),
			[]string{format.Things(l.Recommendations, "recommendations")},
			"learnings",
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

// inPhase counts initiatives in a phase: "1 alpha", "2 GA".
func inPhase(p discovery.PhaseCount) string {
	name := strings.ToLower(p.Name)
	if name == "ga" {
		name = "GA"
	}
	return format.Count(p.N) + " " + name
}

package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

var organisation = metric.Scope{Kind: metric.Organisation}

// headlineIDs are the four main numbers of the health page.
var headlineIDs = []string{dora.Frequency, dora.LeadTime, dora.FailRate, dora.RestoreTime}

const healthPath = "index.html"

type healthView struct {
	frame
	Headline     string
	Doubt        string
	Meta         string
	Cards        []featureRow
	AllAdvice    string
	Delivery     []view.Tile
	Satisfaction satisfactionStrip
	Adoption     view.Figures
	Support      supportStrip
	Asked        []view.Entry
	AllAsked     string
	Loop         []loopPhase
	Gaps         []string
	Empty        bool // nothing was collected: the page explains how to begin
}

func (s *site) buildHealth() ([]Page, error) {
	p, err := s.newPage("health", healthPath, func() any {
		sec := s.report.Section("dora")
		nps := s.report.Section("space").Find(space.NPS, organisation)
		h, doubt := s.headline(sec, nps)
		return healthView{
			frame:    s.newFrame(healthPath, "Platform health", h),
			Headline: h, Doubt: doubt, Meta: s.metaLine(),
			Cards: s.recommendationCards(), AllAdvice: s.pageLink("", featuresPath),
			Delivery: s.newTiles(sec, organisation, "", headlineIDs...), Satisfaction: s.satisfactionStrip(""), Adoption: s.adoptionStrip(""), Support: s.supportStrip(""),
			Asked: s.askedLines(""), AllAsked: s.pageLink("", decisionsPath), Loop: s.loopSteps(""),
			Gaps:  s.gapLines(),
			Empty: len(s.report.Changes.Missing) == len(headlineIDs) && len(s.report.Quality) == 0,
		}
	})
	return []Page{p}, err
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

// mostAsked is the largest number of answered requests on the health page.
const mostAsked = 4

// askedLines returns the newest requests that have an answer.
func (s *site) askedLines(root string) []view.Entry {
	var out []view.Entry
	for i := range s.report.Discovery.Asked {
		a := &s.report.Discovery.Asked[i]
		if a.Answer == "" || len(out) == mostAsked {
			continue
		}
		out = append(out, view.Entry{Name: s.askedLink(root, a), Note: a.Answer})
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

// satisfactionStrip is a summary of the latest survey.
type satisfactionStrip struct {
	Survey      string // "October 2024 survey, 180 of 250 answered"
	Score       view.Tile
	ScoreWas    *view.Mark
	Loved       view.Figures
	Frustrating view.Figures
	Whole       string
	Why, Next   string
}

func (s *site) satisfactionStrip(root string) satisfactionStrip {
	v := satisfactionStrip{Whole: s.pageLink(root, experiencePath)}
	m := s.report.Section("space").Find(space.NPS, organisation)
	w := s.latestWave()
	if m == nil || w == nil {
		if m != nil {
			v.Why, v.Next = m.Why, m.Next
		}
		return v
	}
	v.Survey, v.Score = w.Title+" survey, "+answeredWords(w)+" answered", s.newTile(m, root)
	v.ScoreWas = wasLineOf(m)
	v.Loved, v.Frustrating = s.topMentions(w.Loved, root), s.topMentions(w.Frustrating, root)
	return v
}

func wasLineOf(m *metric.Metric) *view.Mark {
	if m.Was == nil || m.Was.Value == nil {
		return nil
	}
	c := format.Moved(m)
	was := c.Was
	switch {
	case c.Word == "":
		return &view.Mark{Class: "unknown", Word: was + ", not tested yet"}
	case c.Class == "unknown":
		return &view.Mark{Class: "unknown", Word: was + "; " + c.String()}
	}
	return &view.Mark{Class: c.Class, Word: c.String() + ", " + was}
}

func (s *site) adoptionStrip(root string) view.Figures {
	var known, unknown []view.Figure
	list := make([]*adoption.Feature, 0, len(s.report.Adoption.Features))
	for i := range s.report.Adoption.Features {
		list = append(list, &s.report.Adoption.Features[i])
	}
	slices.SortStableFunc(list, func(a, b *adoption.Feature) int { return cmp.Compare(b.ActiveShare(), a.ActiveShare()) })
	for _, f := range list {
		row := view.Figure{Name: s.linkTo(root, "features", f.ID, f.Title)}
		if !f.Known || f.Eligible <= 0 {
			row.Note = cmp.Or(s.ownReason("adoption", adoption.Share, f.ID), "Nobody is eligible.")
			unknown = append(unknown, row)
			continue
		}
		share := f.ActiveShare()
		row.N, row.Value = format.Of(f.Active, f.Eligible)+" "+view.UnitPlural(f.Unit), format.Share(share)
		if f.Given != "" {
			row.Note = f.Given
		}
		row.Bar = view.DrawShare(share, 0)
		known = append(known, row)
	}
	return view.Figures{Rows: append(known, unknown...), More: s.pageLink(root, featuresPath)}
}

// supportStrip is a summary of the tickets and the response times.
type supportStrip struct {
	Against string // the earlier period of the comparison
	PerWeek view.Tile
	Time    view.Tile
	Mean    string
	Themes  []painRow
	Whole   string // link to the ticket themes
}

// mostThemes is the largest number of ticket themes on the health page.
const mostThemes = 2

func (s *site) supportStrip(root string) supportStrip {
	sec := s.report.Section("support")
	out := supportStrip{Against: format.Span(s.report.Quarter.From, s.report.Quarter.To)}
	if p := s.pageLink(root, "discovery/index.html"); p != "" {
		out.Whole = p + "#tickets"
	}
	if m := sec.Find(support.PerWeek, organisation); m != nil {
		out.PerWeek = s.newTile(m, root)
	}
	if m := sec.Find(support.Resolution, organisation); m != nil {
		out.Time = s.newTile(m, root)
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

package render

import (
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/format"
)

const reviewPath = "review/index.html"

// reviewView is what a team looks at together every quarter: what it aimed at, what
// it decided, and what became of what it predicted.
type reviewView struct {
	frame
	Meta        string
	Lead        string
	Tiles       []tile
	Goals       goalsView
	Events      []event // decisions
	Since       string  // from when decisions are listed
	Effects     effectsView
	Predictions []predictionRow
	Calibration string
	Dates       []dateRow
}

// dateRow is a day to come.
type dateRow struct {
	at   time.Time
	When string
	What string
	link
}

const (
	// reviewWeeks is how many weeks back a review lists decisions.
	reviewWeeks = 13
	// mostDates is how many days to come a review lists.
	mostDates = 8
)

func (s *site) review() ([]Page, error) {
	p, err := s.page("review", reviewPath, func() any { return s.reviewView() })
	return []Page{p}, err
}

func (s *site) reviewView() reviewView {
	f := s.frame(reviewPath, "Review", "What we aimed at, what we decided, and what became of what we predicted.")
	v := reviewView{
		frame: f, Meta: s.meta(), Goals: s.goalsView(), Effects: s.effectsView(f.Root, "effects"),
		Predictions: s.predictionRows(f.Root), Calibration: calibrationWords(s.report.Plan.Predictions), Dates: s.nextDates(f.Root),
	}
	nps := s.report.Section("space").Find(space.NPS, organisation)
	claim, _ := s.headline(s.report.Section("dora"), nps)
	v.Lead = claim
	if v.Goals.Lead != "" {
		v.Lead = strings.TrimSpace(claim + " Goals: " + v.Goals.Lead + ".")
	}
	for _, id := range []string{dora.Frequency, dora.LeadTime, dora.FailRate, dora.RestoreTime} {
		if m := s.report.Section("dora").Find(id, organisation); m != nil {
			v.Tiles = append(v.Tiles, s.tile(m, f.Root))
		}
	}
	if nps != nil {
		v.Tiles = append(v.Tiles, s.tile(nps, f.Root))
	}
	since := s.report.AsOf.AddDate(0, 0, -7*reviewWeeks)
	v.Since = format.Date(since)
	for _, e := range newestFirst(s.decisionEvents(reviewPath, "")) {
		if !e.at.Before(since) {
			v.Events = append(v.Events, e)
		}
	}
	return v
}

// nextDates are the days to come on which something is due or looked at, the next
// first.
func (s *site) nextDates(root string) []dateRow {
	var out []dateRow
	add := func(at time.Time, what string, l link) {
		if at.After(s.report.AsOf) {
			out = append(out, dateRow{at: at, When: format.Date(at), What: what, link: l})
		}
	}
	for i := range s.report.Goals {
		g := &s.report.Goals[i]
		l := link{Title: g.Title, Href: root + experiencePath + "#goals"}
		if g.Scope.Kind == metric.Feature {
			l.Href = root + featurePath(g.Scope.ID)
		}
		add(g.By, "a goal is due", l)
	}
	for i := range s.report.Expected {
		x := &s.report.Expected[i]
		add(x.Next, "an expected effect is looked at", s.linkTo(root, "roadmap", x.ID, x.Title))
	}
	for i := range s.report.Effects {
		if e := &s.report.Effects[i]; e.Verdict == string(impact.Insufficient) {
			add(e.Next, "earliest answer on its effect", s.linkTo(root, "features", e.Feature, s.titles["features/"+e.Feature]))
		}
	}
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft {
			continue
		}
		l := s.linkTo(root, "roadmap", in.ID, in.Title)
		if in.Status == fact.WontBuild {
			add(in.Revisit, "a refusal is looked at again", l)
			continue
		}
		for n := range in.Phases {
			add(in.Phases[n].Start, phaseName(in.Phases[n].Name)+" begins", l)
		}
	}
	for i := range s.content.Decisions {
		if d := &s.content.Decisions[i]; !d.Draft {
			add(d.Deadline, "the deadline of a decision", s.linkTo(root, "features", d.Feature, s.titles["features/"+d.Feature]))
		}
	}
	slices.SortStableFunc(out, func(a, b dateRow) int { return a.at.Compare(b.at) })
	return out[:min(len(out), mostDates)]
}

package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/render/format"
)

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

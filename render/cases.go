package render

import (
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

const casesPath = "cases/index.html"

type casesView struct {
	frame
	Cases []caseCard
}

// caseCard is a case in the list of cases.
type caseCard struct {
	Name    link
	Draft   bool
	Request string
	Outcome string
	Results []resultView // measured and estimated ones
	Value   string
}

type caseView struct {
	frame
	Heading     string
	Draft       bool
	Request     string
	Traditional string
	Job         string
	Findings    []string
	Discovery   []string
	Priority    []string
	Inputs      inputList
	Score       scoreView
	Delivery    []stepView
	Reported    []string // the team's own words about what came of it
	Results     []caseResult
	Value       string
	ValueBasis  string
	Quotes      []string
	Outcome     string
	Text        prose

	Features, Research, Initiatives, Links []link
}

// caseResult is a result, drawn where it has a before and an after.
type caseResult struct {
	resultView
	Figure template.HTML
}

// stepView is one stage of a case's delivery.
type stepView struct{ Phase, Text string }

func (s *site) cases() ([]Page, error) {
	p, err := s.page("cases", casesPath, func() any { return s.casesView() })
	if err != nil {
		return nil, err
	}
	pages := []Page{p}
	for i := range s.content.Cases {
		c := &s.content.Cases[i]
		at := "cases/" + c.ID + "/index.html"
		p, err := s.page("case", at, func() any { return s.caseView(at, c) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func (s *site) casesView() casesView {
	v := casesView{frame: s.frame(casesPath, "Cases", "What was asked for, what was built instead, and what came "+
		"of it, also where there was no effect.")}
	for i := range s.content.Cases {
		c := &s.content.Cases[i]
		card := caseCard{
			Name: s.linkTo(v.Root, "cases", c.ID, c.Title), Draft: c.Draft, Request: c.Request, Outcome: c.Outcome,
		}
		for _, r := range s.resultsOf(c.Results) {
			if r.Basis != fact.Reported {
				card.Results = append(card.Results, r)
			}
		}
		if value, basis := valueWords(c.Value); value != "" {
			card.Value = value + ", " + basis
		}
		v.Cases = append(v.Cases, card)
	}
	return v
}

func (s *site) caseView(at string, c *fact.Case) caseView {
	f := s.frame(at, c.Title, "Asked for: "+c.Request, place{"Cases", casesPath})
	v := caseView{
		frame: f, Heading: c.Title, Draft: c.Draft, Request: c.Request, Traditional: c.Traditional, Job: c.Job,
		Findings: c.Findings, Discovery: c.Discovery, Priority: c.Prioritisation, Reported: c.Measurement,
		Quotes: c.Quotes, Outcome: c.Outcome, Text: s.prose(at, &c.Item, 3),
		Features: s.named(f.Root, "features", c.Features), Research: s.named(f.Root, "research", c.Research),
		Initiatives: s.named(f.Root, "roadmap", c.Initiatives), Links: furtherLinks(c.Links),
	}
	v.Value, v.ValueBasis = valueWords(c.Value)
	for _, st := range c.Delivery {
		v.Delivery = append(v.Delivery, stepView{phaseName(st.Phase), st.Text})
	}
	if score := caseScore(&s.report.Plan, c.ID); score != nil {
		v.Inputs, v.Score = s.inputsOf(s.withReasons(score.Inputs, c)), scoreOf(score.Score, 0, 0, 0)
	}
	for i, r := range s.resultsOf(c.Results) {
		res := caseResult{resultView: r}
		if bars := r.beforeAfter(i + 1); bars != nil {
			res.Figure = figureOf(bars, chart.FigureOptions{Level: 3, Note: r.note()})
		}
		v.Results = append(v.Results, res)
	}
	return v
}

func caseScore(p *rice.Plan, id string) *rice.CaseScore {
	for i := range p.Cases {
		if p.Cases[i].ID == id {
			return &p.Cases[i]
		}
	}
	return nil
}

// valueWords is what a case is worth in money, and what that is based on.
func valueWords(v *fact.Value) (value, basis string) {
	if v == nil || v.SavedPerYear == nil {
		return "", ""
	}
	value = strings.TrimSpace(v.Currency+format.Space+format.Number(*v.SavedPerYear)) + " a year saved"
	basis = v.Basis
	switch {
	case basis == fact.Reported:
		basis = "reported by the team, not measured here"
	case basis == "":
		basis = "basis not given"
	}
	if v.Because != "" {
		basis += ": " + v.Because
	}
	return value, basis
}

// withReasons fills in the reasons that a case leaves to its initiative: those of
// the same judgement.
func (s *site) withReasons(inputs []rice.Input, c *fact.Case) []rice.Input {
	inputs = slices.Clone(inputs)
	for _, id := range c.Initiatives {
		it := s.report.Plan.Find(id)
		if it == nil {
			continue
		}
		for i := range inputs {
			for _, of := range it.Inputs {
				if in := &inputs[i]; in.Because == "" && of.Name == in.Name && of.Value == in.Value {
					in.Because = of.Because
				}
			}
		}
	}
	return inputs
}

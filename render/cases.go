package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const casesPath = "cases/index.html"

type caseView struct {
	frame
	Name        view.Link // in the list of cases
	Heading     string
	Draft       bool
	Request     string
	Traditional string
	Job         string
	Findings    []string
	Discovery   []string
	Priority    []string
	Inputs      inputList
	Score       view.Figure
	Delivery    []view.Labelled
	Reported    []string // the results in the team's own words
	Results     []resultView
	Value       string
	ValueBasis  string
	Quotes      []string
	Outcome     string
	Text        view.Prose

	Features, Research, Initiatives, Links []view.Link
}

func (s *site) buildCases() ([]Page, error) {
	p, err := s.newPage("cases", casesPath, func() any { return s.casesView() })
	if err != nil {
		return nil, err
	}
	pages := []Page{p}
	for i := range s.content.Cases {
		c := &s.content.Cases[i]
		at := "cases/" + c.ID + "/index.html"
		p, err := s.newPage("case", at, func() any { return s.caseView(at, c) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func (s *site) casesView() listView[caseView] {
	v := listView[caseView]{frame: s.newFrame(casesPath, "Cases",
		"What was asked for, what was built instead, and what came of it, also where nothing changed.")}
	v.Count = format.Things(len(s.content.Cases), "cases")
	for i := range s.content.Cases {
		c := &s.content.Cases[i]
		card := caseView{
			Name: s.linkTo(v.Root, "cases", c.ID, c.Title), Draft: c.Draft, Request: c.Request, Outcome: c.Outcome,
		}
		for _, r := range s.resultsOf(c.Results) {
			if r.Basis != fact.Reported {
				r.Figure = r.beforeAfter()
				card.Results = append(card.Results, r)
			}
		}
		if value, basis := valueWords(c.Value); value != "" {
			card.Value = value + ", " + basis
		}
		v.Rows = append(v.Rows, card)
	}
	return v
}

func (s *site) caseView(at string, c *fact.Case) caseView {
	f := s.newFrame(at, c.Title, "Asked for: "+c.Request, view.Link{Title: "Cases", Href: casesPath})
	v := caseView{
		frame: f, Heading: c.Title, Draft: c.Draft, Request: c.Request, Traditional: c.Traditional, Job: c.Job,
		Findings: c.Findings, Discovery: c.Discovery, Priority: c.Prioritisation, Reported: c.Measurement,
		Quotes: c.Quotes, Outcome: c.Outcome, Text: s.renderProse(at, &c.Item, 3),
		Features: s.namedLinks(f.Root, "features", c.Features), Research: s.namedLinks(f.Root, "research", c.Research),
		Initiatives: s.namedLinks(f.Root, "roadmap", c.Initiatives), Links: furtherLinks(c.Links),
	}
	v.Value, v.ValueBasis = valueWords(c.Value)
	for _, st := range c.Delivery {
		v.Delivery = append(v.Delivery, view.Labelled{Label: format.Phase(st.Phase), Value: st.Text})
	}
	if score := caseScore(&s.report.Plan, c.ID); score != nil {
		v.Inputs, v.Score = s.inputsOf(s.withReasons(score.Inputs, c)), scoreOf(score.Score, 0, 0, nil)
	}
	v.Results = s.resultsOf(c.Results)
	for i := range v.Results {
		r := &v.Results[i]
		r.Figure, r.Tested = r.beforeAfter(), s.testedWords(r.measure, c.Initiatives)
		if r.Figure != "" {
			r.Note = r.note()
		}
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

// valueWords returns the value of a case in money, and the basis of that value.
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

// withReasons returns the inputs with the missing reasons of a case. They come from its
// initiative, if the judgement is the same.
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

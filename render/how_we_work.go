package render

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/render/view"
)

const howPath = "how-we-work/index.html"

// mostPages is the largest number of the platform's own pages in the menu. The page about how
// we work lists all.
const mostPages = 8

type howView struct {
	frame
	Phases []loopPhase
	Pages  []view.Entry
}

// loopPhase is one of the four phases of the loop.
type loopPhase struct {
	Name, Question, Goal string
	Hands                string    // its result, for the next phase
	Page                 view.Link // the page of this site about it
	Counts               []string  // the present work in this phase
}

type pageView struct {
	frame
	Heading string
	Summary string
	Draft   bool
	Text    view.Prose
	Links   []view.Link
}

// theLoop is the loop in the words of the concept, with the page of each phase.
var theLoop = []struct {
	loopPhase
	at string
}{
	{loopPhase{
		Name: "Discovery", Question: "What problems do developers have?",
		Goal: "Deeply understand developer pain points before building anything.", Hands: "Problems",
	}, discoveryPath},
	{loopPhase{
		Name: "Prioritization", Question: "What should we build?", Goal: goalOfPrioritisation,
		Hands: "Roadmap",
	}, roadmapPath},
	{loopPhase{
		Name: "Delivery", Question: "Build, measure, learn",
		Goal: "Ship iteratively, get feedback fast, pivot if needed.", Hands: "Features",
	}, deliveryPath},
	{loopPhase{
		Name: "Measurement", Question: "Did it work?", Goal: "Quantify impact, not just activity.",
		Hands: "Learnings",
	}, healthPath},
}

// buildContentPages returns the page about the work of the platform team, and the pages that
// the team wrote.
func (s *site) buildContentPages() ([]Page, error) {
	p, err := s.newPage("how-we-work", howPath, func() any { return s.howView() })
	if err != nil {
		return nil, err
	}
	pages := []Page{p}
	for i := range s.content.Pages {
		c := &s.content.Pages[i]
		at := "pages/" + c.ID + "/index.html"
		p, err := s.newPage("page", at, func() any {
			return pageView{
				frame:   s.newFrame(at, c.Title, cmp.Or(c.Summary, c.Title), view.Link{Title: "How we work", Href: howPath}),
				Heading: c.Title, Summary: c.Summary, Draft: c.Draft, Text: s.renderProse(at, &c.Item,
					2), Links: furtherLinks(c.Links),
			}
		})
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func (s *site) howView() howView {
	v := howView{frame: s.newFrame(howPath, "How we work",
		"The loop of discovery, prioritization, delivery and measurement, and its goals.")}
	for _, ph := range theLoop {
		ph.Page = view.Link{Title: ph.Name}
		if s.paths[ph.at] {
			ph.Page.Href = v.Root + ph.at
		}
		v.Phases = append(v.Phases, ph.loopPhase)
	}
	for _, p := range s.ownPages() {
		v.Pages = append(v.Pages, view.Entry{
			Name: s.linkTo(v.Root, "pages", p.ID, p.Title), Note: p.Summary,
			Draft: p.Draft,
		})
	}
	return v
}

// ownPages returns the platform's pages in their order.
func (s *site) ownPages() []*fact.Page {
	var out []*fact.Page
	for i := range s.content.Pages {
		out = append(out, &s.content.Pages[i])
	}
	slices.SortStableFunc(out, func(a, b *fact.Page) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// ownPlaces returns the links to the first of the platform's pages, for the menu.
func (s *site) ownPlaces() []view.Link {
	var out []view.Link
	for _, p := range s.ownPages() {
		if !p.Draft && len(out) < mostPages {
			out = append(out, view.Link{Title: p.Title, Href: "pages/" + p.ID + "/index.html"})
		}
	}
	return out
}

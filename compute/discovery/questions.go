package discovery

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Questions are the questions that were not asked or not answered yet.
type Questions struct {
	Dimensions []Dimension `json:"dimensions"` // of SPACE, in its order
	Methods    []Method    `json:"methods"`    // of the concept, in its order
	Items      []Dropped   `json:"items"`      // survey items that the latest wave lacks
	Features   []ItemRef   `json:"features"`   // in use, without a question about the satisfaction of their users
	Open       []OpenItem  `json:"open"`       // without an answer in research
}

// Dimension is a dimension of SPACE with the number of survey items and declared measures about
// it. The facts of forges about activity and performance are not counted here.
type Dimension struct {
	Name     string `json:"name"`
	Items    int    `json:"items"`    // survey questions sent in any wave, NPS included
	Measures int    `json:"measures"` // declared measures
}

// Method is a method of discovery and the number of its uses up to now. For analytics and
// tickets it is the number of features with data and of tickets.
type Method struct {
	Name string `json:"name"` // "interviews", "shadowing", "surveys", "analytics", "tickets"
	N    int    `json:"n"`
}

// Dropped is a survey item that is not asked in the latest wave.
type Dropped struct {
	ID        string `json:"id"`
	Question  string `json:"question"`
	Dimension string `json:"dimension,omitempty"`
	Wave      string `json:"wave,omitempty"` // the last wave with the item; "" if it was never sent
}

// OpenItem is a question in research that has no answer.
type OpenItem struct {
	ID       string `json:"id"` // of the research
	Title    string `json:"title"`
	Question string `json:"question"`
}

// space lists the dimensions of the SPACE framework (Forsgren et al. 2021).
var space = [...]string{"satisfaction", "performance", "activity", "communication", "efficiency"}

func (g *graph) listQuestions() Questions {
	sent, unsent := g.splitWaves()
	return Questions{
		Dimensions: g.countDimensions(sent), Methods: g.countMethods(sent), Items: findDroppedItems(sent, unsent),
		Features: g.findFeaturesNotAsked(sent), Open: g.listOpenQuestions(),
	}
}

// splitWaves returns the surveys sent up to now, oldest first, and the others.
func (g *graph) splitWaves() (sent, unsent []*fact.Survey) {
	for i := range g.in.Content.Surveys {
		s := &g.in.Content.Surveys[i]
		switch {
		case s.Draft:
		case s.Sent.IsZero() || s.Sent.After(g.asOf):
			unsent = append(unsent, s)
		default:
			sent = append(sent, s)
		}
	}
	byDate := func(a, b *fact.Survey) int { return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.ID, b.ID)) }
	slices.SortFunc(sent, byDate)
	slices.SortFunc(unsent, byDate)
	return sent, unsent
}

func (g *graph) countDimensions(sent []*fact.Survey) []Dimension {
	items, nps := map[string]string{}, 0
	for _, s := range sent {
		if s.NPS != "" {
			nps = 1
		}
		for _, item := range s.Items {
			items[item.ID] = item.Dimension
		}
	}
	list := make([]Dimension, 0, len(space))
	for _, name := range space {
		d := Dimension{Name: name}
		for _, dimension := range items {
			if dimension == name {
				d.Items++
			}
		}
		for _, m := range g.in.Content.Measures {
			if m.Dimension == name {
				d.Measures++
			}
		}
		list = append(list, d)
	}
	list[0].Items += nps // NPS asks for satisfaction
	return list
}

func (g *graph) countMethods(sent []*fact.Survey) []Method {
	known := 0
	for _, f := range g.features {
		if a := g.adoption[f.ID]; a != nil && a.Known {
			known++
		}
	}
	return []Method{
		{"interviews", g.countKinds(fact.Interview)},
		{"shadowing", g.countKinds(fact.Shadowing)},
		{"surveys", len(sent)},
		{"analytics", known},
		{"tickets", g.in.Tickets},
	}
}

// countKinds counts the research of some kinds up to now.
func (g *graph) countKinds(kinds ...string) int {
	n := 0
	for _, r := range g.research {
		if slices.Contains(kinds, r.Kind) && !r.Date.After(g.asOf) {
			n++
		}
	}
	return n
}

// findDroppedItems returns the items of any wave that the latest sent wave lacks, by ID.
// Without a sent wave it returns all items.
func findDroppedItems(sent, unsent []*fact.Survey) []Dropped {
	latest := map[string]bool{}
	if len(sent) > 0 {
		for _, item := range sent[len(sent)-1].Items {
			latest[item.ID] = true
		}
	}
	found := map[string]Dropped{}
	note := func(s *fact.Survey, wave string) {
		for _, item := range s.Items {
			if !latest[item.ID] && (wave != "" || found[item.ID].Wave == "") {
				found[item.ID] = Dropped{ID: item.ID, Question: item.Question, Dimension: item.Dimension, Wave: wave}
			}
		}
	}
	for _, s := range sent {
		note(s, s.ID)
	}
	for _, s := range unsent {
		note(s, "")
	}
	var list []Dropped
	for _, d := range found {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b Dropped) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (g *graph) findFeaturesNotAsked(sent []*fact.Survey) []ItemRef {
	asked := map[string]bool{}
	for _, s := range sent {
		for _, q := range s.Features {
			asked[q.Feature] = true
		}
	}
	var list []ItemRef
	for _, f := range g.features {
		if a := g.adoption[f.ID]; a != nil && a.Known && a.Active > 0 && !asked[f.ID] && f.Retired.IsZero() {
			list = append(list, ItemRef{ID: f.ID, Title: f.Title})
		}
	}
	return list
}

func (g *graph) listOpenQuestions() []OpenItem {
	var list []OpenItem
	for _, r := range g.research {
		for _, e := range slices.Concat(r.Whys, r.Questions) {
			if e.Answer == "" {
				list = append(list, OpenItem{ID: r.ID, Title: r.Title, Question: e.Question})
			}
		}
	}
	return list
}

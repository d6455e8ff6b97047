package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// opportunityView is a job to be done with its branches.
type opportunityView struct {
	Job      view.Link // "" for pains without a named job
	Summary  string
	Branches []branchView
	Silent   string // talks without a problem and without work
}

// branchView is a group of pains with the same work, so that the work appears once.
type branchView struct {
	Pains []painRow
	Work  []workView
	// Features are the features of pains without work.
	Features []view.Link
}

// workView is an initiative with its features and its results.
type workView struct {
	Name     view.Link
	Status   string
	Features []view.Figure
	Results  []resultView
}

func (s *site) opportunityView(o *discovery.Opportunity, root string) opportunityView {
	v := opportunityView{Job: view.Link{Title: o.Job}}
	if o.ID != "" {
		v.Job.Href = "#" + researchAnchor(o.ID)
	}
	told := map[string]bool{}
	silent := 0
	for _, p := range o.Pains {
		if p.Text == "" && len(p.Work) == 0 {
			silent++
			continue
		}
		v.Branches = s.addPain(v.Branches, told, p, root)
	}
	if silent > 0 {
		v.Silent = format.Things(silent, "talks") + " named no problem"
	}
	v.Summary = strings.Join([]string{
		format.Things(len(o.Pains)-silent, "pains"), format.Things(o.Initiatives, "initiatives"),
		format.Things(o.Features, "features"), format.Things(o.Results, "results"),
	}, ", ")
	var rest []discovery.Work // work on the job itself, not on a pain
	for _, w := range o.Work {
		if !told[w.ID] {
			rest = append(rest, w)
		}
	}
	if len(rest) > 0 {
		v.Branches = append(v.Branches, branchView{Work: s.workViews(rest, root)})
	}
	// Branches with work come first, and those without work last.
	slices.SortStableFunc(v.Branches, func(a, b branchView) int { return countTrue(len(a.Work) == 0) - countTrue(len(b.Work) == 0) })
	return v
}

// addPain adds a pain to the branch with the same work, or to a new branch.
func (s *site) addPain(branches []branchView, told map[string]bool, p discovery.Pain, root string) []branchView {
	pain := painOf(&p)
	key := func(w []workView) string {
		var ids []string
		for i := range w {
			ids = append(ids, w[i].Name.Title)
		}
		return strings.Join(ids, "\x00")
	}
	work := s.workViews(p.Work, root)
	for _, w := range p.Work {
		told[w.ID] = true
	}
	for i := range branches {
		if key(branches[i].Work) == key(work) {
			branches[i].Pains = append(branches[i].Pains, pain)
			return branches
		}
	}
	return append(branches, branchView{Pains: []painRow{pain}, Work: work})
}

func painOf(p *discovery.Pain) painRow {
	v := painRow{
		Figure: view.Figure{Name: view.Link{Title: p.Text}, Note: p.Kind, Unsure: p.Inferred}, Rising: p.Rising,
	}
	if v.Name.Title == "" {
		v.Name.Title = p.Title
	}
	switch {
	case p.Kind == discovery.PainTheme:
		v.Name, v.Note = view.Link{Title: "“" + p.Title + "”", Href: "#tickets"}, format.Things(p.Tickets, "tickets")
	case p.Teams > 0:
		v.Note += ", " + format.Things(p.Teams, "teams")
	}
	if p.Kind == fact.Retrospective {
		v.Name.Title = "What did not work: " + v.Name.Title
	}
	if p.Kind != discovery.PainTheme {
		v.Name.Href = "#" + researchAnchor(p.ID)
	}
	return v
}

func (s *site) workViews(list []discovery.Work, root string) []workView {
	var out []workView
	for i := range list {
		w := &list[i]
		v := workView{Name: s.linkTo(root, "roadmap", w.ID, w.Title), Status: statusWords(w.Status)}
		for _, f := range w.Features {
			use := view.Figure{Name: s.linkTo(root, "features", f.ID, f.Title)}
			if f.Share != nil {
				use.Value = format.Share(*f.Share) + " use it"
			}
			v.Features = append(v.Features, use)
		}
		for _, r := range w.Results {
			v.Results = append(v.Results, s.resultOf(&fact.Result{
				Measure: r.Measure, Text: r.Text, Before: r.Before, After: r.After, Change: r.Change, Basis: r.Basis,
			}))
		}
		out = append(out, v)
	}
	return out
}

// countTrue returns 1 for true and 0 for false.
func countTrue(b bool) int {
	if b {
		return 1
	}
	return 0
}

package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// These are the largest numbers of branches of a job and of pains of a branch in view, on a
// narrow screen and on others. Pains that nobody works on are always in view.
const (
	fewBranches  = 2
	mostBranches = 6
	fewPains     = 2
	mostPains    = 7
)

// opportunityView is a job to be done with its branches.
type opportunityView struct {
	Job      view.Link // "" for pains without a named job
	Says     string    // the request in the words of a developer
	Summary  string
	Branches []branchView          // the first ones with work
	Wide     view.List[branchView] // the next ones, which a narrow screen folds
	Open     []branchView          // of pains that nobody works on
	Silent   string                // talks without a problem and without work
}

// branchView is a group of pains with the same work, so that the work appears once.
type branchView struct {
	Pains view.List[painRow]
	Work  []workView
	// Class is "none" if nobody works on the pains, "refused" if all work was refused, else "".
	Class string
	// Features are the features of pains without work.
	Features []view.Link

	key  string // of the work
	rows []painRow
}

// workView is an initiative with its features and its results.
type workView struct {
	Name     view.Link
	Status   string
	Refused  bool
	Features []view.Figure
	Results  []view.Figure
	Open     string // without a result: the state of the evidence
}

func (s *site) opportunityView(o *discovery.Opportunity, root string) opportunityView {
	v := opportunityView{Job: view.Link{Title: o.Job}}
	if o.ID != "" {
		v.Job.Href = "#" + researchAnchor(o.ID)
	}
	for i := range s.report.Discovery.Jobs {
		if j := &s.report.Discovery.Jobs[i]; j.ID == o.ID {
			v.Says = j.Says
		}
	}
	pains := slices.Clone(o.Pains)
	slices.SortStableFunc(pains, comparePains)
	var branches []branchView
	told := map[string]bool{}
	silent := 0
	for i := range pains {
		p := &pains[i]
		if p.Text == "" && len(p.Work) == 0 {
			silent++
			continue
		}
		for _, w := range p.Work {
			told[w.ID] = true
		}
		branches = s.addPain(branches, p, root)
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
		branches = append(branches, branchView{Work: s.workViews(rest, root)})
	}
	v.placeBranches(branches)
	return v
}

// placeBranches puts branches with work first, refused ones after them, and pains that nobody
// works on last.
func (v *opportunityView) placeBranches(branches []branchView) {
	order := map[string]int{"refused": 1, "none": 2}
	slices.SortStableFunc(branches, func(a, b branchView) int { return order[a.Class] - order[b.Class] })
	worked := 0
	for i := range branches {
		b := &branches[i]
		b.Pains = view.FoldNarrow(b.rows, fewPains, mostPains, "pains")
		if b.Class != "none" {
			worked++
		}
	}
	first := view.Fold(branches[:worked:worked], fewBranches, "groups of pains")
	v.Branches, v.Open = first.Rows, branches[worked:]
	if first.Rest != nil {
		v.Wide = view.Fold(first.Rest, mostBranches-fewBranches, "groups of pains")
		v.Wide.Title = first.Hidden
	}
}

// addPain adds a pain to the branch with the same work, or to a new branch. Refused work does
// not part branches whose other work is the same.
func (s *site) addPain(branches []branchView, p *discovery.Pain, root string) []branchView {
	pain := s.painOf(p)
	class, key := "", ""
	for _, w := range p.Work {
		if w.Status != fact.WontBuild {
			key += w.ID + "\x00"
		}
	}
	switch {
	case key == "" && len(p.Work) > 0:
		class, key = "refused", "refused"
		for _, w := range p.Work {
			key += "\x00" + w.ID
		}
	case key == "" && s.isOpen(p):
		class = "none"
	}
	for i := range branches {
		b := &branches[i]
		if b.key != key || b.Class != class {
			continue
		}
		b.rows = append(b.rows, pain)
		for _, w := range s.workViews(p.Work, root) {
			if !slices.ContainsFunc(b.Work, func(o workView) bool { return o.Name == w.Name }) {
				b.Work = append(b.Work, w)
			}
		}
		b.addFeatures(s, p, root)
		return branches
	}
	b := branchView{rows: []painRow{pain}, Work: s.workViews(p.Work, root), Class: class, key: key}
	b.addFeatures(s, p, root)
	return append(branches, b)
}

// isOpen reports whether nobody works on a pain.
func (s *site) isOpen(p *discovery.Pain) bool {
	return slices.ContainsFunc(s.report.Discovery.Debt.NotWorked, func(ref discovery.PainRef) bool {
		return ref.Kind == p.Kind && ref.ID == p.ID
	})
}

// addFeatures adds the features of a pain without work.
func (b *branchView) addFeatures(s *site, p *discovery.Pain, root string) {
	if len(p.Work) > 0 {
		return
	}
	for _, f := range p.Features {
		if l := s.linkTo(root, "features", f.ID, f.Title); !slices.Contains(b.Features, l) {
			b.Features = append(b.Features, l)
		}
	}
}

func (s *site) painOf(p *discovery.Pain) painRow {
	v := painRow{
		Figure: view.Figure{Name: view.Link{Title: p.Text}, Note: strings.ReplaceAll(p.Kind, "-", " "), Unsure: p.Inferred},
		Rising: p.Rising, Theme: p.Kind == discovery.PainTheme,
	}
	if v.Name.Title == "" {
		v.Name.Title = p.Title
	}
	switch {
	case v.Theme:
		v.Name, v.Note = view.Link{Title: "“" + p.Title + "”", Href: "#tickets"}, format.Things(p.Tickets, "tickets")
		top := p.Tickets
		if most := s.mostFrequent(); most != nil {
			top = most.Tickets
		}
		v.Bar = view.DrawTickets(p.Tickets, top)
	case p.Teams > 0:
		v.Note += ", " + format.Things(p.Teams, "teams")
		v.Bar = view.DrawCounted(p.Teams, max(p.Teams, s.report.Discovery.Debt.Teams))
	}
	if p.Kind == fact.Retrospective {
		v.Name.Title = "What did not work: " + v.Name.Title
	}
	if !v.Theme {
		v.Name.Href = "#" + researchAnchor(p.ID)
	}
	return v
}

func (s *site) workViews(list []discovery.Work, root string) []workView {
	var out []workView
	for i := range list {
		w := &list[i]
		v := workView{
			Name: s.linkTo(root, "roadmap", w.ID, w.Title), Status: statusWords(w.Status),
			Refused: w.Status == fact.WontBuild,
		}
		for _, f := range w.Features {
			use := view.Figure{Name: s.linkTo(root, "features", f.ID, f.Title)}
			if f.Share != nil {
				use.Value = format.Share(*f.Share) + " use it"
			}
			v.Features = append(v.Features, use)
		}
		for _, r := range w.Results {
			v.Results = append(v.Results, s.resultFigure(&fact.Result{
				Measure: r.Measure, Text: r.Text, Before: r.Before, After: r.After, Change: r.Change, Basis: r.Basis,
			}))
		}
		if len(v.Results) == 0 && !v.Refused {
			v.Open = s.openResult(w)
		}
		out = append(out, v)
	}
	return out
}

// resultFigure returns a result as a figure. Only a measured change in the wanted direction has
// the colour of an improvement.
func (s *site) resultFigure(r *fact.Result) view.Figure {
	res := s.resultOf(r)
	if res.Claim != "" {
		return view.Figure{Note: res.Claim, Why: "reported by the team, not measured here"}
	}
	v := view.Figure{Name: view.Link{Title: res.Title}, Value: res.Change}
	words := []string{res.Basis}
	if res.Before != "" {
		v.Value = res.Before + " → " + res.After
		words = []string{res.Change, res.Basis}
	}
	if res.Aim != "" {
		words = append(words, res.Aim)
	}
	v.Why = strings.Join(words, ", ")
	if res.Because != "" {
		v.Why += ": " + res.Because
	}
	if res.Now != "" {
		v.Why += ". Now " + res.Now
	}
	gain := 0.0
	switch {
	case res.before != nil && res.after != nil:
		gain = *res.after - *res.before
	case r.Change != nil:
		gain = *r.Change
	}
	if res.Aim == aimWords("down") {
		gain = -gain
	}
	if res.Basis == fact.Measured && res.Aim != "" && gain != 0 {
		v.Mark.Class = "better"
		if gain < 0 {
			v.Mark.Class = "worse"
		}
	}
	return v
}

// openResult returns the state of the evidence of work without a result.
func (s *site) openResult(w *discovery.Work) string {
	for i := range s.report.Effects {
		e := &s.report.Effects[i]
		for _, f := range w.Features {
			if f.ID == e.Feature && w.Status == fact.Active && e.Verdict == string(impact.Insufficient) && !e.Next.IsZero() {
				return "no result yet; earliest answer " + format.Date(e.Next)
			}
		}
	}
	return "no result yet"
}

// countTrue returns 1 for true and 0 for false.
func countTrue(b bool) int {
	if b {
		return 1
	}
	return 0
}

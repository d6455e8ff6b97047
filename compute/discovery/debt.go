package discovery

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Debt is what the team has not found out, or not acted upon.
type Debt struct {
	Teams     int       `json:"teams"` // in all
	Unspoken  []Item    `json:"unspoken"`
	NotAsked  []Item    `json:"not_asked"`  // initiatives that no research speaks for
	NotWorked []PainRef `json:"not_worked"` // jobs, pains and themes that nobody works on
}

// Item points to a team or an initiative.
type Item struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// PainRef points to a job, a pain or a ticket theme.
type PainRef struct {
	Kind    string `json:"kind"` // a kind of research, or PainTheme
	ID      string `json:"id"`
	Title   string `json:"title"`
	Tickets int    `json:"tickets,omitempty"` // of a theme, in the current four weeks
}

func (g *graph) debt() Debt {
	return Debt{Teams: len(g.in.Content.Teams), Unspoken: g.unspoken(), NotAsked: g.notAsked(), NotWorked: g.notWorked()}
}

// unspoken are the teams that no research up to now was done with, by ID.
func (g *graph) unspoken() []Item {
	spoken := map[string]bool{}
	for _, r := range g.research {
		if r.Date.After(g.asOf) {
			continue
		}
		for _, id := range r.Teams {
			spoken[id] = true
		}
	}
	var list []Item
	for i := range g.in.Content.Teams {
		t := &g.in.Content.Teams[i]
		if !spoken[t.ID] {
			list = append(list, Item{ID: t.ID, Title: cmp.Or(t.Title, t.ID)})
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// notAsked are initiatives beyond a request, and not refused, without research.
func (g *graph) notAsked() []Item {
	var list []Item
	for _, i := range g.initiatives {
		switch i.Status {
		case fact.Idea, fact.Approved, fact.Active, fact.Done:
			if len(g.asked.back[i.ID]) == 0 {
				list = append(list, Item{ID: i.ID, Title: i.Title})
			}
		}
	}
	return list
}

// worked reports whether something answers the research: an initiative (also a
// refused one, for that is an answer), a feature that exists because of it, or a
// case; a job also by work on one of its pains.
func (g *graph) worked(r *fact.Research) bool {
	for _, pain := range g.belongs.back[r.ID] {
		if g.worked(g.researchByID[pain]) {
			return true
		}
	}
	return len(g.asked.forth[r.ID]) > 0 || len(g.tells.forth[r.ID]) > 0 || g.because[r.ID]
}

func (g *graph) notWorked() []PainRef {
	var list []PainRef
	for _, r := range g.research {
		if (r.Kind == fact.Job || r.Problem != "") && !g.worked(r) {
			list = append(list, PainRef{Kind: r.Kind, ID: r.ID, Title: r.Title})
		}
	}
	for i := range g.in.Content.Themes {
		t := &g.in.Content.Themes[i]
		if slices.ContainsFunc(g.explained.forth[t.ID], func(id string) bool { return g.worked(g.researchByID[id]) }) {
			continue
		}
		ref := PainRef{Kind: PainTheme, ID: t.ID, Title: t.Title}
		if counted := g.themes[t.ID]; counted != nil {
			ref.Tickets = counted.N
		}
		list = append(list, ref)
	}
	return list
}

package discovery

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Debt lists the teams not talked to, the initiatives without research and the pains without
// work.
type Debt struct {
	Teams     int       `json:"teams"` // all teams
	Unspoken  []ItemRef `json:"unspoken"`
	Silent    int       `json:"silent,omitempty"` // their number, in data without the names of teams
	NotAsked  []ItemRef `json:"not_asked"`        // initiatives without research
	NotWorked []PainRef `json:"not_worked"`       // jobs, pains and themes without work
}

// CountUnspoken returns the number of teams not talked to.
func (d *Debt) CountUnspoken() int { return max(d.Silent, len(d.Unspoken)) }

// ItemRef points to a team or an initiative.
type ItemRef struct {
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

func (g *graph) findDebt() Debt {
	return Debt{
		Teams: len(g.in.Content.Teams), Unspoken: g.findUnspoken(), NotAsked: g.findNotAsked(),
		NotWorked: g.findNotWorked(),
	}
}

// findUnspoken returns the teams without research up to now, by ID.
func (g *graph) findUnspoken() []ItemRef {
	spoken := map[string]bool{}
	for _, r := range g.research {
		if r.Date.After(g.asOf) {
			continue
		}
		for _, id := range r.Teams {
			spoken[id] = true
		}
	}
	var list []ItemRef
	for i := range g.in.Content.Teams {
		t := &g.in.Content.Teams[i]
		if !spoken[t.ID] {
			list = append(list, ItemRef{ID: t.ID, Title: cmp.Or(t.Title, t.ID)})
		}
	}
	slices.SortFunc(list, func(a, b ItemRef) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// findNotAsked returns the initiatives without research, except requests and refusals.
func (g *graph) findNotAsked() []ItemRef {
	var list []ItemRef
	for _, i := range g.initiatives {
		switch i.Status {
		case fact.Idea, fact.Approved, fact.Active, fact.Done:
			if len(g.asked.back[i.ID]) == 0 {
				list = append(list, ItemRef{ID: i.ID, Title: i.Title})
			}
		}
	}
	return list
}

// isWorkedOn reports whether an item answers the research: an initiative (also a refused one,
// because a refusal is an answer), a feature that exists because of it, or a case. Work on a
// pain of a job counts for the job.
func (g *graph) isWorkedOn(r *fact.Research) bool {
	for _, pain := range g.belongs.back[r.ID] {
		if g.isWorkedOn(g.researchByID[pain]) {
			return true
		}
	}
	return len(g.asked.forth[r.ID]) > 0 || len(g.tells.forth[r.ID]) > 0 || g.because[r.ID]
}

func (g *graph) findNotWorked() []PainRef {
	var list []PainRef
	for _, r := range g.research {
		if (r.Kind == fact.Job || r.Problem != "") && !g.isWorkedOn(r) {
			list = append(list, PainRef{Kind: r.Kind, ID: r.ID, Title: r.Title})
		}
	}
	for i := range g.in.Content.Themes {
		t := &g.in.Content.Themes[i]
		if slices.ContainsFunc(g.explained.forth[t.ID], func(id string) bool { return g.isWorkedOn(g.researchByID[id]) }) {
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

package discovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// relation links two kinds of items in both directions.
type relation struct{ forth, back map[string][]string }

func newRelation() relation { return relation{map[string][]string{}, map[string][]string{}} }

func (r *relation) add(a, b string) {
	if !slices.Contains(r.forth[a], b) {
		r.forth[a] = append(r.forth[a], b)
		r.back[b] = append(r.back[b], a)
	}
}

func (r *relation) sort() {
	for _, side := range []map[string][]string{r.forth, r.back} {
		for _, ids := range side {
			slices.Sort(ids)
		}
	}
}

// graph holds the content without drafts, with the links between its items.
type graph struct {
	in    *Input
	asOf  time.Time
	goals Goals

	research    []*fact.Research // every list by ID
	activities  []fact.Activity
	initiatives []*fact.Initiative
	features    []*fact.Feature
	cases       []*fact.Case

	researchByID   map[string]*fact.Research
	initiativeByID map[string]*fact.Initiative
	featureByID    map[string]*fact.Feature
	caseByID       map[string]*fact.Case
	adoption       map[string]*Adoption
	themes         map[string]*Theme

	because   map[string]bool // research that a feature names as its reason
	asked     relation        // research → initiatives
	speaks    relation        // research → features
	delivers  relation        // initiative → features
	told      relation        // initiative → cases
	tells     relation        // research → cases
	belongs   relation        // research → jobs
	explained relation        // theme → research
}

// dropDrafts returns the items that are not drafts, by ID.
func dropDrafts[T any](items []T, item func(*T) *fact.Item) ([]*T, map[string]*T) {
	list, byID := make([]*T, 0, len(items)), make(map[string]*T, len(items))
	for i := range items {
		if it := item(&items[i]); !it.Draft {
			list = append(list, &items[i])
			byID[it.ID] = &items[i]
		}
	}
	slices.SortStableFunc(list, func(a, b *T) int { return cmp.Compare(item(a).ID, item(b).ID) })
	return list, byID
}

func newGraph(in *Input) *graph {
	c := &in.Content
	g := &graph{
		in: in, asOf: in.Calendar.AsOf, goals: in.Goals, because: map[string]bool{},
		adoption: map[string]*Adoption{}, themes: map[string]*Theme{},
	}
	g.research, g.researchByID = dropDrafts(c.Research, func(r *fact.Research) *fact.Item { return &r.Item })
	g.initiatives, g.initiativeByID = dropDrafts(c.Initiatives, func(i *fact.Initiative) *fact.Item { return &i.Item })
	g.features, g.featureByID = dropDrafts(c.Features, func(f *fact.Feature) *fact.Item { return &f.Item })
	g.cases, g.caseByID = dropDrafts(c.Cases, func(c *fact.Case) *fact.Item { return &c.Item })
	g.activities = slices.Clone(c.Activities)
	slices.SortStableFunc(g.activities, func(a, b fact.Activity) int { return cmp.Compare(a.ID, b.ID) })
	for i := range in.Adoption {
		g.adoption[in.Adoption[i].Feature] = &in.Adoption[i]
	}
	for i := range in.Themes {
		g.themes[in.Themes[i].ID] = &in.Themes[i]
	}
	relations := []*relation{&g.asked, &g.speaks, &g.delivers, &g.told, &g.tells, &g.belongs, &g.explained}
	for _, r := range relations {
		*r = newRelation()
	}
	g.linkResearch()
	g.linkWork()
	for _, r := range relations {
		r.sort()
	}
	return g
}

// linkItems links item a with each of ids, if both exist.
func linkItems[A, B any](r *relation, as map[string]*A, a string, bs map[string]*B, ids []string) {
	if as[a] == nil {
		return
	}
	for _, b := range ids {
		if bs[b] != nil {
			r.add(a, b)
		}
	}
}

// linkReverse links each of ids with item b, if both exist.
func linkReverse[A, B any](r *relation, as map[string]*A, ids []string, bs map[string]*B, b string) {
	for _, a := range ids {
		linkItems(r, as, a, bs, []string{b})
	}
}

func (g *graph) linkResearch() {
	for _, r := range g.research {
		linkItems(&g.asked, g.researchByID, r.ID, g.initiativeByID, r.Initiatives)
		linkItems(&g.speaks, g.researchByID, r.ID, g.featureByID, r.Features)
		if r.Kind == fact.Job {
			for _, pain := range r.Research {
				g.linkJob(pain, r.ID)
			}
			continue
		}
		for _, job := range slices.Concat(r.Jobs, r.Research) {
			g.linkJob(r.ID, job)
		}
	}
	for i := range g.in.Content.Themes {
		t := &g.in.Content.Themes[i]
		for _, id := range t.Research {
			if g.researchByID[id] != nil {
				g.explained.add(t.ID, id)
			}
		}
	}
	for _, r := range g.research {
		if r.Theme != "" {
			g.explained.add(r.Theme, r.ID)
		}
	}
}

// linkJob links research with a job, if both exist and have the right kind.
func (g *graph) linkJob(research, job string) {
	r, j := g.researchByID[research], g.researchByID[job]
	if r != nil && j != nil && r.Kind != fact.Job && j.Kind == fact.Job {
		g.belongs.add(research, job)
	}
}

func (g *graph) linkWork() {
	for _, i := range g.initiatives {
		linkReverse(&g.asked, g.researchByID, i.Research, g.initiativeByID, i.ID)
		linkItems(&g.delivers, g.initiativeByID, i.ID, g.featureByID, i.Features)
		linkItems(&g.told, g.initiativeByID, i.ID, g.caseByID, i.Cases)
	}
	for _, f := range g.features {
		for _, id := range f.Research {
			g.because[id] = true
		}
		linkReverse(&g.speaks, g.researchByID, f.Research, g.featureByID, f.ID)
	}
	for _, c := range g.cases {
		linkReverse(&g.told, g.initiativeByID, c.Initiatives, g.caseByID, c.ID)
		linkReverse(&g.tells, g.researchByID, c.Research, g.caseByID, c.ID)
	}
}

package discovery

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// PainTheme is the kind of a pain found in tickets. All other kinds are those of research.
const PainTheme = "theme"

// Opportunity is a branch of the opportunity tree: a job to be done with its pains and the work
// on them.
type Opportunity struct {
	// ID is the research that names the job; "" gathers pains without a named job.
	ID    string `json:"id"`
	Job   string `json:"job"`
	Pains []Pain `json:"pains"`
	Work  []Work `json:"work,omitempty"` // for the job itself
	// These fields count the distinct items below it.
	Initiatives int `json:"initiatives"`
	Features    int `json:"features"`
	Results     int `json:"results"`
}

// Pain is a problem that developers or data report.
type Pain struct {
	Kind  string   `json:"kind"` // a kind of research, or PainTheme
	ID    string   `json:"id"`
	Title string   `json:"title"`
	Text  string   `json:"text,omitempty"`  // the problem or finding
	Share *float64 `json:"share,omitempty"` // percent in the finding; for a theme, of all tickets
	Teams int      `json:"teams,omitempty"` // number of teams that took part
	// Tickets is the number of tickets of a theme in the current four weeks. Rising is true if
	// it is significantly higher than before.
	Tickets int  `json:"tickets,omitempty"`
	Rising  bool `json:"rising,omitempty"`
	// Inferred is true without a link to the job: both share an initiative.
	Inferred bool         `json:"inferred,omitempty"`
	Work     []Work       `json:"work,omitempty"`
	Features []FeatureRef `json:"features,omitempty"` // features about it, or that exist because of it
}

// newPain returns research as a pain; ok is false if it contains none.
func (g *graph) newPain(r *fact.Research) (p Pain, ok bool) {
	switch r.Kind {
	case fact.Insight, fact.Conversation, fact.Interview, fact.Shadowing:
	case fact.Retrospective:
		if cmp.Or(r.Problem, r.Retro.DidNot) == "" {
			return p, false
		}
	default:
		return p, false
	}
	return Pain{
		Kind: r.Kind, ID: r.ID, Title: r.Title, Text: cmp.Or(r.Problem, r.Finding, r.Retro.DidNot), Share: r.Share,
		Teams: countTeams(r), Work: g.listWork(g.asked.forth[r.ID]), Features: g.newFeatureRefs(g.speaks.forth[r.ID]),
	}, true
}

// countTeams returns the number of teams that took part in the research.
func countTeams(r *fact.Research) int {
	teams := slices.Clone(r.Teams)
	slices.Sort(teams)
	return len(slices.Compact(teams))
}

// newThemePain returns a ticket theme as a pain. Its work follows from the research that
// explains it.
func (g *graph) newThemePain(t *fact.Theme) Pain {
	p := Pain{Kind: PainTheme, ID: t.ID, Title: t.Title, Text: t.Hint}
	if counted := g.themes[t.ID]; counted != nil {
		percent := 100 * counted.Share
		p.Tickets, p.Rising, p.Share = counted.N, counted.Rising, &percent
	}
	var work []string
	for _, id := range g.explained.forth[t.ID] {
		work = append(work, g.asked.forth[id]...)
	}
	slices.Sort(work)
	p.Work = g.listWork(slices.Compact(work))
	if g.featureByID[t.Feature] != nil {
		p.Features = g.newFeatureRefs([]string{t.Feature})
	}
	return p
}

// buildTree lists the jobs by ID with their pains; pains without a job come last.
func (g *graph) buildTree() []Opportunity {
	var list []Opportunity
	loose := Opportunity{}
	homes := map[string][]string{} // research → jobs, inferred ones included
	for _, r := range g.research {
		homes[r.ID], _ = g.findJobs(r)
	}
	for _, j := range g.research {
		if j.Kind == fact.Job {
			list = append(list, Opportunity{ID: j.ID, Job: cmp.Or(j.Job, j.Title), Work: g.listWork(g.asked.forth[j.ID])})
		}
	}
	at := func(job string) *Opportunity {
		for i := range list {
			if list[i].ID == job {
				return &list[i]
			}
		}
		return &loose
	}
	place := func(p Pain, jobs []string) {
		for _, job := range jobs {
			o := at(job)
			o.Pains = append(o.Pains, p)
		}
		if len(jobs) == 0 {
			loose.Pains = append(loose.Pains, p)
		}
	}
	for _, r := range g.research {
		if p, ok := g.newPain(r); ok {
			_, p.Inferred = g.findJobs(r)
			place(p, homes[r.ID])
		}
	}
	for i := range g.in.Content.Themes {
		t := &g.in.Content.Themes[i]
		var jobs []string
		for _, id := range g.explained.forth[t.ID] {
			jobs = append(jobs, homes[id]...)
		}
		slices.Sort(jobs)
		place(g.newThemePain(t), slices.Compact(jobs))
	}
	if len(loose.Pains) > 0 {
		list = append(list, loose)
	}
	for i := range list {
		list[i].countItems()
	}
	return list
}

// findJobs returns the jobs of research: the linked ones, else those that share an initiative
// with it. The job of a job is itself.
func (g *graph) findJobs(r *fact.Research) (jobs []string, inferred bool) {
	if r.Kind == fact.Job {
		return []string{r.ID}, false
	}
	if jobs = g.belongs.forth[r.ID]; len(jobs) > 0 {
		return jobs, false
	}
	for _, i := range g.asked.forth[r.ID] {
		for _, other := range g.asked.back[i] {
			if g.researchByID[other].Kind == fact.Job && !slices.Contains(jobs, other) {
				jobs = append(jobs, other)
			}
		}
	}
	slices.Sort(jobs)
	return jobs, len(jobs) > 0
}

// countItems counts the items of the branch.
func (o *Opportunity) countItems() {
	initiatives, features := map[string]bool{}, map[string]bool{}
	results := 0
	add := func(work []Work) {
		for _, w := range work {
			if !initiatives[w.ID] {
				initiatives[w.ID] = true
				results += len(w.Results)
			}
			for _, f := range w.Features {
				features[f.ID] = true
			}
		}
	}
	add(o.Work)
	for _, p := range o.Pains {
		add(p.Work)
		for _, f := range p.Features {
			features[f.ID] = true
		}
	}
	o.Initiatives, o.Features, o.Results = len(initiatives), len(features), results
}

package discovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Links are the IDs of the items linked to research, in either direction.
type Links struct {
	Jobs        []string `json:"jobs,omitempty"`
	Initiatives []string `json:"initiatives,omitempty"`
	Features    []string `json:"features,omitempty"`
	Cases       []string `json:"cases,omitempty"`
}

func (g *graph) listLinks(id string) Links {
	return Links{
		Jobs: g.belongs.forth[id], Initiatives: g.asked.forth[id], Features: g.speaks.forth[id],
		Cases: g.tells.forth[id],
	}
}

// Insight is a finding from data.
type Insight struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Date    time.Time `json:"date,omitzero"`
	Finding string    `json:"finding"`
	Share   *float64  `json:"share,omitempty"` // percent in the finding
	Source  string    `json:"source,omitempty"`
	Measure string    `json:"measure,omitempty"`
	Theme   string    `json:"theme,omitempty"`
	Hint    string    `json:"hint,omitempty"`
	Links
}

// Job is a row of the jobs-to-be-done table.
type Job struct {
	ID       string `json:"id"`
	Says     string `json:"says"`
	Wants    string `json:"wants"`
	Job      string `json:"job"`
	Solution string `json:"solution"`
	Pains    int    `json:"pains"` // research that belongs to it
	Links
}

// QA is a question and its answer, or "".
type QA struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Conversation is a conversation about a request and the problem behind it.
type Conversation struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Date     time.Time `json:"date,omitzero"`
	Teams    int       `json:"teams"`
	Request  string    `json:"request"`
	Whys     []QA      `json:"whys"`
	Problem  string    `json:"problem"`
	Solution string    `json:"solution"`
	Links
}

// Talk is time spent with developers: an interview, shadowing, office hours, a
// retrospective.
type Talk struct {
	Kind         string    `json:"kind"`
	ID           string    `json:"id"`
	Title        string    `json:"title"`
	Date         time.Time `json:"date,omitzero"`
	Teams        int       `json:"teams"`
	Minutes      float64   `json:"minutes,omitempty"`
	Questions    []QA      `json:"questions,omitempty"`
	Observations []string  `json:"observations,omitempty"`
	Quotes       []string  `json:"quotes,omitempty"` // without names
	Topics       []string  `json:"topics,omitempty"`
	Problem      string    `json:"problem,omitempty"`
	Worked       string    `json:"worked,omitempty"`  // of a retrospective
	DidNot       string    `json:"did_not,omitempty"` // of a retrospective
	Change       string    `json:"change,omitempty"`  // of a retrospective
	Links
}

func newQAs(list []fact.Exchange) []QA {
	var out []QA
	for _, e := range list {
		out = append(out, QA(e))
	}
	return out
}

// listKinds returns the research of some kinds, newest first.
func (g *graph) listKinds(kinds ...string) []*fact.Research {
	var list []*fact.Research
	for _, r := range g.research {
		if slices.Contains(kinds, r.Kind) {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b *fact.Research) int {
		return cmp.Or(b.Date.Compare(a.Date), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (g *graph) listInsights() []Insight {
	var list []Insight
	for _, r := range g.listKinds(fact.Insight) {
		list = append(list, Insight{
			ID: r.ID, Title: r.Title, Date: r.Date, Finding: r.Finding, Share: r.Share, Source: r.Source, Measure: r.Measure,
			Theme: r.Theme, Hint: r.Hint, Links: g.listLinks(r.ID),
		})
	}
	return list
}

func (g *graph) listJobs() []Job {
	var list []Job
	for _, r := range g.listKinds(fact.Job) {
		list = append(list, Job{
			ID: r.ID, Says: r.Says, Wants: r.Wants, Job: r.Job, Solution: r.Solution,
			Pains: len(g.belongs.back[r.ID]), Links: g.listLinks(r.ID),
		})
	}
	return list
}

func (g *graph) listConversations() []Conversation {
	var list []Conversation
	for _, r := range g.listKinds(fact.Conversation) {
		list = append(list, Conversation{
			ID: r.ID, Title: r.Title, Date: r.Date, Teams: countTeams(r), Request: r.Request, Whys: newQAs(r.Whys),
			Problem: r.Problem, Solution: r.Solution, Links: g.listLinks(r.ID),
		})
	}
	return list
}

func (g *graph) listTalks() []Talk {
	var list []Talk
	for _, r := range g.listKinds(fact.Interview, fact.Shadowing, fact.OfficeHours, fact.Retrospective) {
		list = append(list, Talk{
			Kind: r.Kind, ID: r.ID, Title: r.Title, Date: r.Date, Teams: countTeams(r), Minutes: r.Minutes,
			Questions:    newQAs(r.Questions),
			Observations: r.Observations, Quotes: r.Quotes, Topics: r.Topics, Problem: r.Problem,
			Worked: r.Retro.Worked, DidNot: r.Retro.DidNot, Change: r.Retro.Change, Links: g.listLinks(r.ID),
		})
	}
	return list
}

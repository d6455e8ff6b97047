package discovery

import "github.com/ip3dp/ip3dp/compute/metric"

// Result is the result of the family. It names no person. The only teams that it names are
// those without research.
type Result struct {
	Section       metric.Section `json:"section,omitzero"`
	Goals         Goals          `json:"goals"`
	Insights      []Insight      `json:"insights"` // newest first, like conversations and talks
	Jobs          []Job          `json:"jobs"`     // by ID
	Conversations []Conversation `json:"conversations"`
	Talks         []Talk         `json:"talks"`
	Tree          []Opportunity  `json:"tree"` // jobs by ID; pains without a job last
	Hints         Hints          `json:"hints"`
	Debt          Debt           `json:"debt"`
	Questions     Questions      `json:"questions"`
	Asked         []Asked        `json:"asked"`    // newest first
	Journeys      []Journey      `json:"journeys"` // by the initiative's ID
	Effort        Effort         `json:"effort"`   // of the quarter
	Loop          Loop           `json:"loop"`
	OfficeHours   *OfficeHours   `json:"office_hours"` // nil if none is planned
}

// Discover computes the result. The order of the input does not change it.
func Discover(in Input) Result {
	g := newGraph(&in)
	journeys, asked, effort := g.listJourneys(), g.listRequests(), g.sumEffort(g.findQuarter())
	return Result{
		Section: g.newSection(journeys, asked, effort), Goals: in.Goals,
		Insights: g.listInsights(), Jobs: g.listJobs(), Conversations: g.listConversations(), Talks: g.listTalks(),
		Tree: g.buildTree(), Hints: g.findHints(), Debt: g.findDebt(), Questions: g.listQuestions(),
		Asked: asked, Journeys: journeys, Effort: effort, Loop: g.countLoop(), OfficeHours: g.findOfficeHours(),
	}
}

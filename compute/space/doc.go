// Package space measures developer experience: what survey waves say (net
// promoter score, features loved and frustrating, satisfaction of a feature's own
// users, items on scales), how common tasks go, and the five dimensions of SPACE
// (Forsgren et al. 2021), each against its target.
//
// Answers carry no identity and none leaves this package: what is published is
// counts. Nothing is shown of fewer than five answers; where a wave is broken down
// it is by the parts that package privacy made, which come in as plain data. Text
// that people typed is shown only where five of them typed the same.
//
// Use Measure. Waves holds each survey, Section the latest values as metrics,
// Dimensions the table of SPACE.
package space

// IDs of the metrics and their definitions.
const (
	NPS          = "space.nps"
	ResponseRate = "space.response_rate"
	Satisfied    = "space.satisfied"    // by feature
	MostLoved    = "space.most_loved"   // by feature, several where they tie
	Frustrating  = "space.frustrating"  // likewise
	Items        = "space.item"         // with ".<item>" of one question
	TaskSuccess  = "space.task_success" // of all tasks; with ".<task>" of one
	TaskMinutes  = "space.task_minutes" // with ".<task>"
	ChangesWeek  = "space.changes_per_week"
	CommitsWeek  = "space.commits_per_week"
)

const (
	confidence = 0.95
	likely     = "likely range, 95 %"
	// minAnswers is how many answers stand behind anything that people said.
	minAnswers = 5
)

// Options are the levels aimed at and the population.
type Options struct {
	// Developers is the platform's population, for waves that do not say how many
	// were invited; 0 if not known.
	Developers int
	// NPSPoints is the smallest change of the net promoter score worth acting on.
	NPSPoints float64
	Targets   Targets
}

// Targets are the levels of the SPACE table.
type Targets struct {
	NPS            float64 // more than, in points
	Deployments    float64 // more than, per day and team
	LeadTime       float64 // less than, in seconds
	FailRate       float64 // less than, 0 to 1
	RestoreTime    float64 // less than, in seconds
	DeployMinutes  float64 // less than
	OnboardMinutes float64 // less than
	// DeployTask and OnboardTask are the tasks that the last two are about, as task
	// exports name them.
	DeployTask, OnboardTask string
}

// Defaults are the targets of the concept's table; for delivery those of DORA's
// elite teams of 2021, on demand and under an hour, with failures under 15 %.
func Defaults() Options {
	return Options{
		NPSPoints: 5,
		Targets: Targets{
			NPS: 40, Deployments: 1, LeadTime: 3600, FailRate: 0.15, RestoreTime: 3600,
			DeployMinutes: 5, OnboardMinutes: 30, DeployTask: "deploy", OnboardTask: "onboard-service",
		},
	}
}

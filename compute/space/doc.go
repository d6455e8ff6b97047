// Package space measures developer experience: the results of survey waves (net promoter score,
// features loved and frustrating, satisfaction of a feature's own users, items on scales), the
// success of common tasks, and the five dimensions of SPACE (Forsgren et al. 2021). Each
// dimension is compared with published levels or, by ApplyGoals, with the team's own goals.
//
// Answers have no identity, and none leaves this package: it publishes counts. It shows nothing
// about fewer than five answers. The parts of a wave come from package privacy as plain data.
// Text that people typed is shown only if five of them typed the same.
//
// Use Measure. Waves has each survey, Section the latest values as metrics, Dimensions the
// table of SPACE.
package space

// IDs of the metrics and their definitions.
const (
	NPS          = "space.nps"
	ResponseRate = "space.response_rate"
	Satisfied    = "space.satisfied"    // by feature
	MostLoved    = "space.most_loved"   // by feature, several where they tie
	Frustrating  = "space.frustrating"  // by feature, several in a tie
	Items        = "space.item"         // with ".<item>" for one question
	TaskSuccess  = "space.task_success" // for all tasks; with ".<task>" for one
	TaskMinutes  = "space.task_minutes" // with ".<task>"
	ChangesWeek  = "space.changes_per_week"
	CommitsWeek  = "space.commits_per_week"
)

const (
	confidence = 0.95
	likely     = "likely range, 95 %"
	// minAnswers is the smallest number of answers that is shown.
	minAnswers = 5
)

// Options are the population and the smallest change worth acting on.
type Options struct {
	// Developers is the platform's population, for waves without a number of people invited; 0
	// if unknown.
	Developers int
	// NPSPoints is the smallest change of the net promoter score worth acting on.
	NPSPoints float64
}

// Defaults returns the default options.
func Defaults() Options { return Options{NPSPoints: 5} }

// Package space measures developer experience: what survey waves say (net
// promoter score, features loved and frustrating, satisfaction of a feature's own
// users, items on scales), how common tasks go, and the five dimensions of SPACE
// (Forsgren et al. 2021), each against a published level or, see Aim, the team's own
// goal.
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

// Options are the population and what is worth acting on.
type Options struct {
	// Developers is the platform's population, for waves that do not say how many
	// were invited; 0 if not known.
	Developers int
	// NPSPoints is the smallest change of the net promoter score worth acting on.
	NPSPoints float64
}

// Defaults are the options used where nothing is configured.
func Defaults() Options { return Options{NPSPoints: 5} }

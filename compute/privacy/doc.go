// Package privacy decides by which groups of respondents a survey wave may be shown, and checks
// that the published figures reveal nobody's answer.
//
// Hiding the cells of fewer than five answers is not enough: subtraction from a total reveals
// them. So a wave has one partition of its answers, the same for every question and file.
// [Publish] makes it: groups that are too small, or whose answers are all alike, are merged
// into "other (k groups)", and every answer is in exactly one part, so that the total minus the
// parts is nothing. The next wave keeps the partition as far as its groups are still large and
// mixed enough.
//
// [Audit] computes as a reader could: it solves everything that was published about a wave, now
// and earlier, for any combination that covers fewer than five answers. If it finds one, the
// build fails.
//
// Builds are compared as well: a wave that was published keeps its partition, and a [Record]
// has the figures published about it at one time. [AuditRecords] solves the records of all
// waves and times together.
//
// Answers enter with the name of a team and a coarse class; the package gets no other data
// about people.
package privacy

// MinAnswers is the fewest answers behind any published figure.
const MinAnswers = 5

// minKinds is the fewest different kinds of answers in a part: if all answers are alike, the
// figure reveals each of them.
const minKinds = 2

// Answer is one answer, with the properties that the partition depends on.
type Answer struct {
	Wave string
	Name string // team or group as in the export; "" if not asked
	// Class is the answer, coarsely ("promoter"); "" for an answer that no published breakdown
	// counts.
	Class string
	// Unclear means that the answer was not understood: it counts, and may be of any kind.
	Unclear bool
	// Late means that the answer came after the wave was closed. It makes no part, and may
	// enter the part that its team is in.
	Late bool
}

// Counts has the number of answers of each member (a team, or a group if answers name no team),
// by wave and member. It is never published.
type Counts map[string]map[string]int

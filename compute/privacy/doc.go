// Package privacy decides which groups of respondents a survey wave may be shown by, and checks
// that what is shown gives nobody away.
//
// Hiding the cells of fewer than five answers is no protection: they come back by subtraction
// from a total. So a wave has one partition of its answers, the same for every question and
// file. [Publish] makes it: groups too small, or of one mind, are merged into "other (k
// groups)", and every answer is in exactly one part, so that the total less the parts leaves
// nothing. A partition is kept for the next wave while it holds.
//
// [Audit] takes the view of a reader with a pencil: it solves everything that was published
// about a wave, now and earlier, for any combination that covers fewer than five answers. The
// build fails on what it finds.
//
// Builds are compared as well: a wave that was published keeps its partition, and [Record] is
// what was published about it at one time. [AuditRecords] solves the records of all waves and
// times together.
//
// Answers come as names of teams and a coarse class; nothing here sees more.
package privacy

// MinAnswers is how many answers stand behind anything that is published.
const MinAnswers = 5

// minKinds is how many different kinds of answers a part needs: where all answered alike, the
// figure shows what each of them answered.
const minKinds = 2

// Answer is one answer, as far as privacy is concerned.
type Answer struct {
	Wave string
	Name string // team or group as the export names it; "" if not asked
	// Class is the answer, coarsely ("promoter"); "" for an answer that no published breakdown
	// counts.
	Class string
	// Late means that it was given after the wave was closed: it makes no part, and may enter
	// the one that its team is in.
	Late bool
}

// Counts holds how many answers each member (a team, or a group where answers
// name no team) gave, by wave and member. It is never published.
type Counts map[string]map[string]int

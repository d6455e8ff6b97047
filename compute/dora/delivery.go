// Package dora computes the delivery metrics of DORA from linked deliveries.
//
// Link joins the facts of one service into deliveries: a production deployment
// with the changes that reached production in it for the first time, whether it
// failed and by what evidence, and when service was restored. Measure turns
// deliveries of all services into metrics, weekly series and evidence.
package dora

import (
	"fmt"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Method says how the changes of a delivery were found.
type Method string

// Methods, strongest first.
const (
	Listed   Method = "listed by the source"
	Ancestry Method = "by ancestry"
	Mainline Method = "by position on the branch" // the deployed commit is a change's own merge commit
	ByTime   Method = "by time"                   // a flagged fallback: changes merged before the roll-out began
	Unknown  Method = "unknown"                   // no commit, or a configuration commit without a mapping
)

// Delivery is one production deployment that succeeded.
type Delivery struct {
	ID, URL, Ref, Commit, Environment string
	Service                           int // index into Organisation.Services
	Created, Finished                 time.Time
	Lane                              org.Lane
	// Baseline says it is the first known deployment of its service: history
	// before it is unknown, so no change is attributed to it.
	Baseline bool
	Release  bool
	Method   Method
	Changes  []Lead // changes that reached production here for the first time
	// Carriers are the requests that only brought others' commits here, and Copies
	// the backports of changes, which count with their originals.
	Carriers, Copies []*org.Change
	Failure          *Failure
	// unmeasured are changes that reached production here without a lead time: the
	// source gave no first commit, or an impossible one.
	unmeasured []*org.Change
	// FixOf is the kind of unplanned fix this deployment is, "" if none.
	FixOf Evidence
	// Suspected says that incidents began during it, or soon after it at a service
	// that deploys too often for that to be evidence, and that nothing tells whether
	// it failed. suspects counts them.
	Suspected bool
	suspects  int
	// Ruling is people's word on it, nil if there is none.
	Ruling *fact.FailureOverride

	sequence string   // deliveries of one place follow one another: the environment, or "" where commits are grouped
	retries  []string // IDs of its further attempts, by which an incident may name it
	changes  []string // as listed by the source; nil if it lists none
	commits  []string
	unmapped bool
	fresh    int           // commits that no earlier delivery reached; by ancestry only
	lead     *deliveryLead // once it was asked for
}

// deliveryLead is the lead time of a delivery: the median of people's changes in it.
type deliveryLead struct {
	log               float64 // of seconds, at least one
	measured, bounded int     // changes, and those of them that took at least as long as measured
}

// Evidence is the class of proof that a deployment failed.
type Evidence string

// Evidence classes, strongest first.
const (
	Override      Evidence = "ruled by"
	IncidentField Evidence = "incident names it"
	Rollback      Evidence = "rolled back"
	Revert        Evidence = "reverted"
	Hotfix        Evidence = "hotfixed"
	Window        Evidence = "incident soon after"
)

// class is a kind of evidence, its key in config.toml and what it means.
type class struct {
	Evidence
	key, text string
}

// classes are all of them, strongest first.
var classes = []class{
	{Override, "override", "people ruled so in failures.toml"},
	{IncidentField, "incident_field", "an incident names it, its commit or its change"},
	{Rollback, "rollback", "an older commit was deployed again in its place"},
	{Revert, "revert", "a change it shipped was reverted by a later deployment"},
	{Hotfix, "hotfix", "the next deployment brought a hotfix"},
	{Window, "window", "an incident of the service opened soon after it"},
}

func listClassKeys() []string {
	keys := make([]string, len(classes))
	for i, c := range classes {
		keys[i] = c.key
	}
	return keys
}

// byClass counts deployments by class of evidence, in the order of classes.
type byClass [6]int

func (b *byClass) add(e Evidence) {
	for i, c := range classes {
		if c.Evidence == e {
			b[i]++
		}
	}
}

// countPassing counts those of the classes that pass.
func (b *byClass) countPassing(pass func(Evidence) bool) int {
	n := 0
	for i, c := range classes {
		if pass(c.Evidence) {
			n += b[i]
		}
	}
	return n
}

// formatCounts list the classes that pass with their counts: "3 rollback, 1 revert".
func (b *byClass) formatCounts(pass func(Evidence) bool) string {
	var parts []string
	for i, c := range classes {
		if b[i] > 0 && pass(c.Evidence) {
			parts = append(parts, fmt.Sprintf("%d %s", b[i], strings.ReplaceAll(c.key, "_", " ")))
		}
	}
	return strings.Join(parts, ", ")
}

// Key is the class's name in config.toml.
func (e Evidence) Key() string {
	for _, c := range classes {
		if c.Evidence == e {
			return c.key
		}
	}
	return ""
}

// isInferred is the opposite of Confirmed; always passes every class.
func isInferred(e Evidence) bool { return !e.Confirmed() }
func acceptAll(Evidence) bool    { return true }

// Confirmed reports whether the class is a statement of the team's rather than
// an inference of ours.
func (e Evidence) Confirmed() bool { return e == Override || e == IncidentField }

// Failure is why a delivery counts as failed. Several proofs fail it once: the
// strongest is kept.
type Failure struct {
	Evidence Evidence
	By       string    // ID of the incident or of the deployment that mended it; a role
	URL      string    // of that incident or deployment
	Restored time.Time // zero: not restored yet
	// Bad says the restoration cannot be used: it was recorded before the
	// deployment had finished, or before the incident was opened, or nobody said
	// whether there was one.
	Bad bool

	said Evidence // whose word Restored is; "" if nobody's
}

// Lead is one change's way to production: durations in seconds.
type Lead struct {
	Change  *org.Change
	Seconds float64 // first commit → finish of the deployment; never negative
	// Phases that happened; nil ones did not, and their time is in the one that
	// contained it. Present ones sum exactly to Seconds.
	Coding, Pickup, Review, Deploy *float64
	// Clamped says that the first commit was older than max_commit_age_days before
	// opening: Seconds and Coding are at least as long as they say.
	Clamped bool
	// Impossible counts phases that would end before they began: they are nil.
	Impossible int
}

// Linked is what Link makes of one service.
type Linked struct {
	Service    int
	Deliveries []Delivery // by finish
	// Waiting are merged changes that no production deployment contains yet.
	Waiting []*org.Change
	// Unfinished are production roll-outs that never reached a success: in no
	// rate, but in the deploy-job failure rate.
	Unfinished []org.Deployment
	LeftOut    []metric.LeftOut

	obscured []time.Time     // as in counts
	lost     []*org.Incident // as in counts
}

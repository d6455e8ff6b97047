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

// Method names how the changes of a delivery were found.
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
	// Baseline marks the first deployment collected of its service. The history before it is
	// missing, so no change is attributed to it.
	Baseline bool
	Release  bool
	Method   Method
	Changes  []Lead // changes that reached production here for the first time
	// Carriers are the requests that only brought commits of others. Copies are backports of
	// changes; they count with their originals.
	Carriers, Copies []*org.Change
	Failure          *Failure
	// unmeasured are changes that reached production here without a lead time: the source gave
	// no first commit, or an impossible one.
	unmeasured []*org.Change
	// FixOf is the kind of unplanned fix this deployment is, "" if none.
	FixOf Evidence
	// Suspected marks a delivery that may have failed: incidents began during it, or soon after
	// it at a service that deploys too often for that to be evidence. suspects counts these
	// incidents.
	Suspected bool
	suspects  int
	// Ruling is the ruling of a person on this delivery, or nil.
	Ruling *fact.FailureOverride

	sequence string   // deliveries of one sequence replace each other: the environment, or "" where commits are grouped
	retries  []string // IDs of its further attempts; an incident may name one of them
	changes  []string // as listed by the source; nil if it lists none
	commits  []string
	unmapped bool
	fresh    int           // commits that no earlier delivery reached; by ancestry only
	lead     *deliveryLead // computed on first use
}

// deliveryLead is the lead time of a delivery: the median over the changes of people in it.
type deliveryLead struct {
	log               float64 // natural logarithm of seconds, at least of one second
	measured, bounded int     // changes, and those of them with a lower bound only
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

// class is a kind of evidence, with its key in config.toml and its meaning.
type class struct {
	Evidence
	key, text string
}

// classes lists the kinds of evidence, strongest first.
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

// countPassing counts the deployments of the classes that pass.
func (b *byClass) countPassing(pass func(Evidence) bool) int {
	n := 0
	for i, c := range classes {
		if pass(c.Evidence) {
			n += b[i]
		}
	}
	return n
}

// formatCounts lists the classes that pass with their counts: "3 rollback, 1 revert".
func (b *byClass) formatCounts(pass func(Evidence) bool) string {
	var parts []string
	for i, c := range classes {
		if b[i] > 0 && pass(c.Evidence) {
			parts = append(parts, fmt.Sprintf("%d %s", b[i], strings.ReplaceAll(c.key, "_", " ")))
		}
	}
	return strings.Join(parts, ", ")
}

// Key returns the name of the class in config.toml.
func (e Evidence) Key() string {
	for _, c := range classes {
		if c.Evidence == e {
			return c.key
		}
	}
	return ""
}

// isInferred reports whether the class is inferred; acceptAll accepts every class.
func isInferred(e Evidence) bool { return !e.Confirmed() }
func acceptAll(Evidence) bool    { return true }

// Confirmed reports whether people stated the evidence. Other evidence is inferred.
func (e Evidence) Confirmed() bool { return e == Override || e == IncidentField }

// Failure is the reason why a delivery counts as failed. Several proofs fail it once; the
// strongest is kept.
type Failure struct {
	Evidence Evidence
	By       string    // ID of the incident or of the deployment that fixed it, or the role of the person who ruled
	URL      string    // of that incident or deployment
	Restored time.Time // zero: not restored yet
	// Bad marks a restoration that cannot be used: it is earlier than the finish of the
	// deployment or the opening of the incident, or no time is recorded.
	Bad bool

	said Evidence // source of Restored; "" if there is none
}

// Lead is the way of one change to production. Durations are in seconds.
type Lead struct {
	Change  *org.Change
	Seconds float64 // first commit → finish of the deployment; never negative
	// Phases that took place. A nil phase did not, and its time is in the phase that contained
	// it. The others add up exactly to Seconds.
	Coding, Pickup, Review, Deploy *float64
	// Clamped marks a first commit more than max_commit_age_days before the opening: Seconds
	// and Coding are lower bounds.
	Clamped bool
	// Impossible counts phases that would end before they began; they are nil.
	Impossible int
}

// Linked is the result of Link for one service.
type Linked struct {
	Service    int
	Deliveries []Delivery // by finish
	// Waiting are merged changes that no production deployment contains yet.
	Waiting []*org.Change
	// Unfinished are production roll-outs that never succeeded. Only the deploy-job failure
	// rate counts them.
	Unfinished []org.Deployment
	LeftOut    []metric.LeftOut

	obscured []time.Time     // as in exclusions
	lost     []*org.Incident // as in exclusions
}

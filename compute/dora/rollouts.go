package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// exclusions counts left-out events by reason, in the order first seen.
type exclusions struct {
	list []metric.LeftOut
	// obscured lists the creation of production roll-outs with an unknown result; lost lists
	// the incidents that name a deployment, commit or change that was not collected.
	obscured []time.Time
	lost     []*org.Incident
}

func (c *exclusions) add(what, reason string, n int) {
	if n == 0 {
		return
	}
	for i := range c.list {
		if c.list[i].What == what && c.list[i].Reason == reason {
			c.list[i].N += n
			return
		}
	}
	c.list = append(c.list, metric.LeftOut{What: what, Reason: reason, N: n})
}

// rollout is one or more attempts to bring one commit to one environment or, where commits are
// grouped, to any environment.
type rollout struct {
	first        *org.Deployment
	last         time.Time // when the latest attempt began
	finished     time.Time // the earliest success of any
	ended        time.Time // the latest end of any
	retries      []string  // IDs of all but the first
	environments []string  // environments, where there are several
}

// listRollouts selects the production deployments of a service and joins retries. It returns
// those that succeeded, by finish, and those that never did.
func (r *rules) listRollouts(s *org.Service, service int, out *exclusions) (done []Delivery, never []org.Deployment) {
	all := r.collapseRetries(s.Deployments, out)
	if r.Group == ByCommit {
		all = groupByCommit(all, out)
	}
	done = make([]Delivery, 0, len(all))
	for i := range all {
		d := all[i].first
		if all[i].finished.IsZero() {
			never = append(never, *d)
			continue
		}
		x := Delivery{
			ID: d.ID, URL: d.URL, Ref: d.Ref, Commit: d.Commit, Environment: d.Environment, Service: service,
			Created: d.Created, Finished: all[i].finished, Release: d.Release,
			retries: all[i].retries, changes: d.Changes, commits: d.Commits, unmapped: d.Unmapped,
		}
		if r.Group != ByCommit {
			x.sequence = d.Environment
		} else if len(all[i].environments) > 1 {
			x.Environment = strings.Join(all[i].environments, ", ")
		}
		if x.Created.After(x.Finished) {
			out.add(evDeploy, "created after they finished: taken to begin when they finished", 1)
			x.Created = x.Finished
		}
		done = append(done, x)
	}
	if !slices.IsSortedFunc(done, compareFinish) {
		slices.SortStableFunc(done, compareFinish)
	}
	return done, never
}

// compareFinish orders the deliveries of a service by finish.
func compareFinish(a, b Delivery) int {
	return cmp.Or(a.Finished.Compare(b.Finished), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Environment, b.Environment))
}

// compareStart orders attempts by creation, independent of the input order.
func compareStart(a, b *org.Deployment) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Environment, b.Environment),
		cmp.Compare(a.Commit, b.Commit))
}

// collapseRetries joins the attempts of one roll-out: the same commit to the same environment,
// begun within collapse_minutes of the end of an earlier attempt, with no other commit between.
// Tags of one commit are one release, however far apart. The earliest success finishes a
// roll-out, whichever attempt began first.
func (r *rules) collapseRetries(ds []org.Deployment, out *exclusions) []rollout {
	attempts := make([]*org.Deployment, 0, len(ds))
	for i := range ds {
		switch d := &ds[i]; {
		case !r.isProduction(d):
			out.add(evDeploy, "not production", 1)
		case d.Obscured:
			out.obscured = append(out.obscured, d.Created)
			out.add(evDeploy, "recorded as inactive only: their result is unknown", 1)
		default:
			attempts = append(attempts, d)
		}
	}
	if !slices.IsSortedFunc(attempts, compareStart) {
		slices.SortStableFunc(attempts, compareStart)
	}
	all := make([]rollout, 0, len(attempts))
	type target struct {
		environment, commit string
		release             bool
	}
	latest := make(map[target]int, len(attempts)) // index in all of its latest roll-out
	seen := map[string]*attemptLog{}
	for _, d := range attempts {
		here := seen[d.Environment]
		if here == nil {
			here = &attemptLog{}
			seen[d.Environment] = here
		}
		t := target{d.Environment, d.Commit, d.Release}
		k, known := latest[t]
		switch {
		case known && d.Commit != "" && d.Release:
			all[k].join(d)
			out.add(evDeploy, "another tag of the same commit", 1)
		case known && d.Commit != "" && r.isRetry(d, &all[k], here):
			all[k].join(d)
			out.add(evDeploy, "retry of the same commit", 1)
		default:
			latest[t] = len(all)
			all = append(all, rollout{first: d, last: d.Created, finished: d.Finished, ended: laterTime(d.Created, d.Ended)})
		}
		here.add(d)
	}
	return all
}

// isProduction reports whether a deployment counts. A release of an older line counts as a
// release, though it does not replace the newest line.
func (r *rules) isProduction(d *org.Deployment) bool {
	if d.Release && d.Environment == fact.Maintenance {
		return !r.production.Excludes(d.Environment)
	}
	return r.production.IsProduction(d.Environment, d.Tier)
}

// join adds an attempt to a roll-out.
func (o *rollout) join(d *org.Deployment) {
	o.retries = append(o.retries, d.ID)
	o.last = laterTime(o.last, d.Created)
	o.ended = laterTime(o.ended, laterTime(d.Created, d.Ended))
	o.finished = org.Earlier(o.finished, d.Finished)
}

// isRetry reports whether d repeats the roll-out: it began during an attempt or soon after, and
// no other commit came between.
func (r *rules) isRetry(d *org.Deployment, before *rollout, here *attemptLog) bool {
	return d.Created.Sub(before.ended) <= r.collapse && !here.hasOtherBetween(before, d)
}

// attemptLog lists the attempts at one environment by creation.
type attemptLog struct{ list []*org.Deployment }

func (a *attemptLog) add(d *org.Deployment) { a.list = append(a.list, d) }

// hasOtherBetween reports whether another commit came between a roll-out and d: it began after
// all attempts of the roll-out had ended, or it began after the latest of them and was in
// service when d began. Attempts that began at the same moment have no order.
func (a *attemptLog) hasOtherBetween(before *rollout, d *org.Deployment) bool {
	for i := len(a.list) - 1; i >= 0 && a.list[i].Created.After(before.last); i-- {
		x := a.list[i]
		if x.Commit == d.Commit || !x.Created.Before(d.Created) {
			continue
		}
		if x.Created.After(before.ended) || !x.Finished.IsZero() && !x.Finished.After(d.Created) {
			return true
		}
	}
	return false
}

// groupByCommit joins the roll-outs of one commit to several environments. The first roll-out
// of a commit to each environment belongs to one deployment, however late it comes. A second
// roll-out to the same environment begins another deployment: the commit came back.
func groupByCommit(all []rollout, out *exclusions) []rollout {
	type target struct {
		commit  string
		release bool
	}
	latest := map[target]int{}
	places := map[int]map[string]bool{}
	kept := all[:0]
	for i := range all {
		o := all[i]
		t := target{o.first.Commit, o.first.Release}
		k, known := latest[t]
		if !known || t.commit == "" || places[k][o.first.Environment] {
			latest[t] = len(kept)
			places[len(kept)] = map[string]bool{o.first.Environment: true}
			o.environments = []string{o.first.Environment}
			kept = append(kept, o)
			continue
		}
		places[k][o.first.Environment] = true
		g := &kept[k]
		g.retries = append(append(g.retries, o.first.ID), o.retries...)
		g.finished = org.Earlier(g.finished, o.finished)
		g.ended = laterTime(g.ended, o.ended)
		g.environments = append(g.environments, o.first.Environment)
		out.add(evDeploy, "the same commit in another environment", 1)
	}
	return kept
}

func laterTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

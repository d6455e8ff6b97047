package dora

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// counts gathers what a number leaves out, by reason, in the order first seen.
type counts struct {
	list []metric.LeftOut
	// obscured are production roll-outs of which only the end is known, by creation;
	// lost the incidents that name a deployment, commit or change that is not known.
	obscured []time.Time
	lost     []*org.Incident
}

func (c *counts) add(what, reason string, n int) {
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

// rollout is one or more attempts to bring one commit to one environment.
type rollout struct {
	first    *org.Deployment
	finished time.Time // the first success of any
	ended    time.Time // the last status of any
	retries  []string  // IDs of all but the first
}

// rollouts picks the production deployments of a service, collapses retries and
// returns those that succeeded, by finish, and those that never did.
func (r *rules) rollouts(s *org.Service, service int, out *counts) (done []Delivery, never []org.Deployment) {
	all := r.collapsed(s.Deployments, out)
	done = make([]Delivery, 0, len(all))
	for i := range all {
		d := all[i].first
		if all[i].finished.IsZero() {
			never = append(never, *d)
			continue
		}
		done = append(done, Delivery{
			ID: d.ID, URL: d.URL, Ref: d.Ref, Commit: d.Commit, Environment: d.Environment, Service: service,
			Created: d.Created, Finished: all[i].finished, Release: d.Release,
			retries: all[i].retries, changes: d.Changes, commits: d.Commits, unmapped: d.Unmapped,
		})
	}
	if !slices.IsSortedFunc(done, earlier) {
		slices.SortStableFunc(done, earlier)
	}
	return done, never
}

// earlier orders the deliveries of a service by finish.
func earlier(a, b Delivery) int {
	return cmp.Or(a.Finished.Compare(b.Finished), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

// collapsed merges retries into the roll-out they repeat: the same commit to the
// same environment, with no other commit between, begun within collapse_minutes
// of the end of the attempt before.
func (r *rules) collapsed(ds []org.Deployment, out *counts) []rollout {
	all := make([]rollout, 0, len(ds))
	last := map[string]int{} // environment → index in all of its latest roll-out
	for i := range ds {
		d := &ds[i]
		if !r.isProduction(d.Environment, d.Tier) {
			out.add("deployments", "not production", 1)
			continue
		}
		if d.Obscured {
			out.obscured = append(out.obscured, d.Created)
			out.add("deployments", "recorded as inactive only: whether and when they succeeded is not known", 1)
			continue
		}
		if p, seen := last[d.Environment]; seen && r.isRetry(d, &all[p]) {
			all[p].retries = append(all[p].retries, d.ID)
			all[p].ended = latest(all[p].ended, d.Ended, d.Created)
			if all[p].finished.IsZero() {
				all[p].finished = d.Finished
			}
			out.add("deployments", "retry of the same commit", 1)
			continue
		}
		last[d.Environment] = len(all)
		all = append(all, rollout{first: d, finished: d.Finished, ended: d.Ended})
	}
	return all
}

func (r *rules) isRetry(d *org.Deployment, before *rollout) bool {
	end := latest(before.first.Created, before.ended, time.Time{})
	return d.Commit != "" && d.Commit == before.first.Commit && d.Created.Sub(end) <= r.collapse
}

func latest(a, b, c time.Time) time.Time {
	if b.After(a) {
		a = b
	}
	if c.After(a) {
		a = c
	}
	return a
}

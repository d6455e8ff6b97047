package dora

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// counts gathers what a number leaves out, by reason, in the order first seen.
type counts struct{ list []metric.LeftOut }

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
	org.Deployment
	retries []string // IDs of all but the first
}

// rollouts picks the production deployments of a service, collapses retries and
// returns those that succeeded, by finish, and those that never did.
func (r *rules) rollouts(s *org.Service, service int, out *counts) (done []Delivery, never []org.Deployment) {
	all := r.collapsed(s.Deployments, out)
	done = make([]Delivery, 0, len(all))
	for i := range all {
		d := &all[i]
		if d.Finished.IsZero() {
			never = append(never, d.Deployment)
			continue
		}
		done = append(done, Delivery{
			ID: d.ID, URL: d.URL, Ref: d.Ref, Commit: d.Commit, Environment: d.Environment, Service: service,
			Created: d.Created, Finished: d.Finished, Release: d.Release,
			retries: d.retries, changes: d.Changes, commits: d.Commits, unmapped: d.Unmapped,
		})
	}
	slices.SortStableFunc(done, func(a, b Delivery) int {
		return cmp.Or(a.Finished.Compare(b.Finished), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return done, never
}

// collapsed merges retries into the roll-out they repeat: the same commit to the
// same environment, with no other commit between, begun within collapse_minutes
// of the end of the attempt before.
func (r *rules) collapsed(ds []org.Deployment, out *counts) []rollout {
	all := make([]rollout, 0, len(ds))
	last := map[string]int{} // environment → index in all of its latest roll-out
	for i := range ds {
		d := &ds[i]
		if !r.isProduction(d.Environment) {
			out.add("deployments", "not production", 1)
			continue
		}
		if p, seen := last[d.Environment]; seen && r.isRetry(d, &all[p].Deployment) {
			all[p].retries = append(all[p].retries, d.ID)
			all[p].Ended = latest(all[p].Ended, d.Ended, d.Created)
			if all[p].Finished.IsZero() {
				all[p].Finished = d.Finished // its first success
			}
			out.add("deployments", "retry of the same commit", 1)
			continue
		}
		last[d.Environment] = len(all)
		all = append(all, rollout{Deployment: *d})
	}
	return all
}

func (r *rules) isRetry(d, before *org.Deployment) bool {
	end := latest(before.Created, before.Ended)
	return d.Commit != "" && d.Commit == before.Commit && d.Created.Sub(end) <= r.collapse
}

func latest(ts ...time.Time) time.Time {
	var t time.Time
	for _, u := range ts {
		if u.After(t) {
			t = u
		}
	}
	return t
}

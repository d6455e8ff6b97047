package dora

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/org"
)

// blameRollbacks finds commits that were brought back: V1 → V2 → V3 → V1 is a rollback that
// blames V2, the first commit that V1 replaced again. The same commit twice in a row is not a
// rollback, and neither is V2 after that: it moves forward. A release (a tag) is never a
// rollback, nor is a roll-out that only finished late, after a newer one that began later.
func blameRollbacks(ds []Delivery) {
	type history struct {
		seq  []int          // indices into ds, by finish
		rank map[string]int // commit → position of its first delivery in seq
		last map[string]int // commit → position of its latest delivery in seq
	}
	byEnv := map[string]*history{}
	for i := range ds {
		d := &ds[i]
		if d.Commit == "" || d.Release {
			continue
		}
		h := byEnv[d.sequence]
		if h == nil {
			n := len(ds) - i
			h = &history{seq: make([]int, 0, n), rank: make(map[string]int, n), last: make(map[string]int, n)}
			byEnv[d.sequence] = h
		}
		at := len(h.seq)
		rank, known := h.rank[d.Commit]
		if known && at > 0 {
			inService := &ds[h.seq[at-1]]
			if rank < h.rank[inService.Commit] && !d.Created.Before(inService.Created) {
				ds[h.seq[h.last[d.Commit]+1]].fixedBy(d, Rollback)
			}
		}
		if !known {
			h.rank[d.Commit] = at
		}
		h.last[d.Commit] = at
		h.seq = append(h.seq, i)
	}
}

// fixedBy blames d because the deployment by undid or fixed it. by becomes an unplanned fix.
func (d *Delivery) fixedBy(by *Delivery, e Evidence) {
	if !d.blame(e, by.ID, by.URL) {
		return
	}
	by.isFix(e)
	d.Failure.setRestored(e, by.Finished, false)
}

// isFix marks an unplanned fix; the first reason found is kept.
func (d *Delivery) isFix(e Evidence) {
	if d.FixOf == "" {
		d.FixOf = e
	}
}

// blameReverts blames the deployment that shipped the original of a deployed revert. A revert
// that shipped together with its original, or before it, is not a failure, and reverting a
// revert brings the work back. If the original was in production before the history begins, no
// deployment is blamed, but the deployment of the revert is an unplanned fix.
func (a *attribution) blameReverts(ds []Delivery) {
	for i := range a.s.Changes {
		c := &a.s.Changes[i]
		by := a.shipped[i]
		if c.Reverts == "" || by == noDelivery || ds[by].Baseline {
			continue
		}
		original, known := a.byID[c.Reverts]
		if !known {
			original, known = a.findChange(a.expandSHA(c.Reverts))
		}
		switch {
		case !known:
			ds[by].isFix(Revert)
			a.out.add(evChange, "revert an unknown change: no deployment is blamed", 1)
		case a.s.Changes[original].Reverts != "":
		case a.shipped[original] == noDelivery || a.shipped[original] >= by:
		case ds[a.shipped[original]].Baseline:
			ds[by].isFix(Revert)
			a.out.add(evChange, "revert a change from before the first known deployment: no deployment is blamed", 1)
		default:
			ds[a.shipped[original]].fixedBy(&ds[by], Revert)
		}
	}
}

// blameHotfixes blames the deployment that was in service before a hotfix, in the same
// environment. It skips deployments that only undid another: the hotfix fixes the one that they
// undid.
func (r *rules) blameHotfixes(ds []Delivery) {
	if r.hotfixBranch == nil && r.hotfixLabel == nil && r.hotfixTitle == nil {
		return
	}
	inService := map[string]int{}
	before := make([]int, len(ds))
	for i := range ds {
		d := &ds[i]
		b, known := inService[d.sequence]
		if !known {
			b = noDelivery
		}
		before[i] = b
		inService[d.sequence] = i
		if !r.isHotfix(d) {
			continue
		}
		for b != noDelivery && (ds[b].FixOf == Rollback || ds[b].FixOf == Revert) {
			b = before[b]
		}
		if b == noDelivery {
			d.isFix(Hotfix)
			continue
		}
		ds[b].fixedBy(d, Hotfix)
	}
}

// isHotfix reports whether the deployed ref, or a change of a person in the delivery, matches
// the rules of hotfixes.
func (r *rules) isHotfix(d *Delivery) bool {
	if d.Ref != "" && r.hotfixBranch.matches(d.Ref) {
		return true
	}
	mends := func(c *org.Change) bool {
		return c.Lane != org.Automation && r.matchesHotfix(c)
	}
	return slices.ContainsFunc(d.Changes, func(l Lead) bool { return mends(l.Change) }) ||
		slices.ContainsFunc(d.unmeasured, mends)
}

// matchesHotfix reports whether a change is a hotfix by its branch, title or label.
func (r *rules) matchesHotfix(c *org.Change) bool {
	return r.hotfixBranch.matches(c.HeadBranch) || r.hotfixTitle.matches(c.Title) ||
		slices.ContainsFunc(c.Labels, r.hotfixLabel.matches)
}

package dora

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// judge finds which deliveries failed. Evidence comes strongest first, and a
// failure that has one keeps it: several proofs fail a delivery once.
func judge(ds []Delivery, s *org.Service, incidents []*org.Incident, out *counts) {
	blameNamed(ds, s, incidents, out)
	blameRollbacks(ds)
}

// blameNamed fails the deliveries that incidents name by deployment, commit or
// change.
func blameNamed(ds []Delivery, s *org.Service, incidents []*org.Incident, out *counts) {
	if len(incidents) == 0 {
		return
	}
	idx := indexDeliveries(ds)
	for _, in := range incidents {
		i, named := idx.find(in)
		switch {
		case !named:
		case i < 0:
			out.add("incidents", "name a deployment, commit or change that is not known", 1)
		case in.Opened.Before(ds[i].Created):
			out.add("incidents", "opened before the deployment they name", 1)
		default:
			ds[i].fail(in)
		}
	}
}

// fail records an incident. Service is restored when the last of a delivery's
// incidents is resolved.
func (d *Delivery) fail(in *org.Incident) {
	bad := !in.Open() && (in.Resolved.Before(in.Opened) || in.Resolved.Before(d.Finished))
	if d.Failure == nil {
		d.Failure = &Failure{Evidence: IncidentField, By: in.ID, URL: in.URL, Restored: in.Resolved, Bad: bad}
		return
	}
	f := d.Failure
	f.Bad = f.Bad || bad
	if in.Open() || f.Restored.IsZero() {
		f.Restored = time.Time{}
	} else if in.Resolved.After(f.Restored) {
		f.Restored = in.Resolved
	}
}

// deliveryIndex finds a delivery by what an incident may name.
type deliveryIndex struct {
	byID     map[string]int
	byCommit map[string]int
	byChange map[string]int
}

func indexDeliveries(ds []Delivery) deliveryIndex {
	x := deliveryIndex{map[string]int{}, map[string]int{}, map[string]int{}}
	for i := range ds {
		for _, id := range ds[i].attempts {
			x.byID[id] = i
		}
		if _, known := x.byCommit[ds[i].Commit]; !known {
			x.byCommit[ds[i].Commit] = i
		}
		for _, l := range ds[i].Changes {
			x.byChange[l.Change.ID] = i
			for _, sha := range l.Change.Commits {
				if _, known := x.byCommit[sha]; !known {
					x.byCommit[sha] = i
				}
			}
		}
	}
	return x
}

// find returns the delivery that an incident names; −1 if it is not known, and
// named = false if the incident names none.
func (x deliveryIndex) find(in *org.Incident) (i int, named bool) {
	for _, k := range []struct {
		name string
		in   map[string]int
	}{{in.Deployment, x.byID}, {in.Commit, x.byCommit}, {in.Change, x.byChange}} {
		if k.name == "" {
			continue
		}
		named = true
		if i, ok := k.in[k.name]; ok {
			return i, true
		}
	}
	return -1, named
}

// blameRollbacks finds commits that were brought back: V1 → V2 → V3 → V1 is a
// rollback that blames V2, the first that V1 replaced again. The same commit
// twice in a row is none, nor is V2 again after that: it moves forward. A
// release (a tag) is never a rollback, and neither is a roll-out that merely
// finished late, after a newer one that had begun later.
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
		h := byEnv[d.Environment]
		if h == nil {
			h = &history{rank: map[string]int{}, last: map[string]int{}}
			byEnv[d.Environment] = h
		}
		at := len(h.seq)
		rank, known := h.rank[d.Commit]
		if known && at > 0 {
			inService := &ds[h.seq[at-1]]
			if rank < h.rank[inService.Commit] && !d.Created.Before(inService.Created) {
				d.FixOf = Rollback
				ds[h.seq[h.last[d.Commit]+1]].rolledBack(d)
			}
		}
		if !known {
			h.rank[d.Commit] = at
		}
		h.last[d.Commit] = at
		h.seq = append(h.seq, i)
	}
}

// rolledBack records that by undid d. An incident's word on when service was
// restored goes before ours.
func (d *Delivery) rolledBack(by *Delivery) {
	if d.Failure == nil {
		d.Failure = &Failure{Evidence: Rollback, By: by.ID, URL: by.URL, Restored: by.Finished}
	} else if d.Failure.Restored.IsZero() {
		d.Failure.Restored = by.Finished
	}
}

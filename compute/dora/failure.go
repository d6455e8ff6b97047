package dora

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// judge finds which deliveries failed. Evidence comes strongest first, and a
// failure that has one keeps it: several proofs fail a delivery once.
func (r *rules) judge(a *attribution, ds []Delivery, incidents []*org.Incident) {
	if r.uses(Override) {
		r.ruleOn(ds, a.s)
	}
	named := r.blameNamed(ds, incidents, a.out)
	if r.uses(Rollback) {
		blameRollbacks(ds)
	}
	if r.uses(Revert) {
		a.blameReverts(ds)
	}
	if r.uses(Hotfix) {
		r.blameHotfixes(ds)
	}
	if r.uses(Window) {
		r.blameByTime(ds, incidents, named)
	}
	for i := range ds {
		if f := ds[i].Failure; f != nil && f.said == "" {
			f.Bad = true
			a.out.add(evDeploy, "failed, and nobody said when service was restored: in no recovery time", 1)
		}
	}
}

// uses reports whether a class of evidence is in force.
func (r *rules) uses(e Evidence) bool {
	return len(r.Classes) == 0 || slices.Contains(r.Classes, e.Key())
}

// blame fails d by a proof, unless a person ruled that it did not fail. A proof
// that comes later is weaker, and adds nothing to one that is there.
func (d *Delivery) blame(e Evidence, by, url string) bool {
	if d.Ruling != nil && !*d.Ruling.Failed {
		return false
	}
	if d.Failure == nil {
		d.Failure = &Failure{Evidence: e, By: by, URL: url}
	}
	return true
}

// restoredBy notes when service was restored, zero for not yet. A person's word
// goes before incidents, those before deployments that fixed it. With several
// incidents service is restored when the last is resolved.
func (f *Failure) restoredBy(e Evidence, t time.Time, bad bool) {
	switch {
	case f.said == Override:
	case f.said == "":
		f.said, f.Restored, f.Bad = e, t, bad
	case e == f.said && (e == IncidentField || e == Window):
		f.Bad = f.Bad || bad
		if t.IsZero() || f.Restored.IsZero() {
			f.Restored = time.Time{}
		} else if t.After(f.Restored) {
			f.Restored = t
		}
	case e != Window && f.Restored.IsZero():
		f.Restored = t
	}
}

// blameNamed fails the deliveries that incidents name by deployment, commit or
// change, and returns which incidents name something.
func (r *rules) blameNamed(ds []Delivery, incidents []*org.Incident, out *counts) (named []bool) {
	if len(incidents) == 0 {
		return nil
	}
	named = make([]bool, len(incidents))
	idx := indexDeliveries(ds, incidents)
	for k, in := range incidents {
		i, names := idx.find(in)
		named[k] = names
		switch {
		case !names || !r.uses(IncidentField):
		case i == nowhere:
			out.add("incidents", "name a deployment, commit or change that is not known", 1)
			out.lost = append(out.lost, in)
		case in.Opened.Before(ds[i].Created):
			out.add("incidents", "opened before the deployment they name", 1)
		case ds[i].blame(IncidentField, in.ID, in.URL):
			ds[i].Failure.restoredBy(IncidentField, in.Resolved, impossible(in, &ds[i]))
		default:
			out.add("incidents", "name a deployment that a person ruled did not fail", 1)
		}
	}
	return named
}

// impossible reports an incident that was resolved before it was opened, or
// before the deployment that it is blamed on had finished.
func impossible(in *org.Incident, d *Delivery) bool {
	return !in.Open() && (in.Resolved.Before(in.Opened) || in.Resolved.Before(d.Finished))
}

// deliveryIndex finds a delivery by what an incident may name. It holds what
// incidents name, which is little beside all that there is.
type deliveryIndex struct{ byID, byCommit, byChange wanted }

// wanted maps names to deliveries, nowhere until one is found.
type wanted map[string]int

func (w wanted) want(name string) {
	if name != "" {
		w[name] = nowhere
	}
}

func (w wanted) last(name string, i int) {
	if _, ok := w[name]; ok {
		w[name] = i
	}
}

func (w wanted) first(name string, i int) {
	if at, ok := w[name]; ok && at == nowhere {
		w[name] = i
	}
}

func indexDeliveries(ds []Delivery, incidents []*org.Incident) deliveryIndex {
	x := deliveryIndex{wanted{}, wanted{}, wanted{}}
	for _, in := range incidents {
		x.byID.want(in.Deployment)
		x.byCommit.want(in.Commit)
		x.byChange.want(in.Change)
	}
	for i := range ds {
		x.byID.last(ds[i].ID, i)
		for _, id := range ds[i].retries {
			x.byID.last(id, i)
		}
		x.byCommit.first(ds[i].Commit, i)
		if len(x.byCommit)+len(x.byChange) == 0 {
			continue
		}
		for _, l := range ds[i].Changes {
			x.byChange.last(l.Change.ID, i)
			for _, sha := range l.Change.Commits {
				x.byCommit.first(sha, i)
			}
		}
	}
	return x
}

// find returns the delivery that an incident names; nowhere if it is not known, and
// named = false if the incident names none.
func (x deliveryIndex) find(in *org.Incident) (i int, named bool) {
	for _, k := range [...]struct {
		name string
		in   wanted
	}{{in.Deployment, x.byID}, {in.Commit, x.byCommit}, {in.Change, x.byChange}} {
		if k.name == "" {
			continue
		}
		named = true
		if i, ok := k.in[k.name]; ok && i != nowhere {
			return i, true
		}
	}
	return nowhere, named
}

// blameByTime blames incidents that name nothing on the deployment finished last
// before they opened, if it finished within the window; never an older one. Where
// the service deploys more than once per window that is no evidence, because any
// incident has a deployment near: such a deployment is suspected, and in no rate.
func (r *rules) blameByTime(ds []Delivery, incidents []*org.Incident, named []bool) {
	for k, in := range incidents {
		if named[k] {
			continue
		}
		last := lastFinished(ds, in.Opened)
		if last < 0 || in.Opened.Sub(ds[last].Finished) > r.window {
			continue
		}
		d := &ds[last]
		switch {
		case d.Failure != nil && d.Failure.Evidence != Window:
		case r.oftenAt(ds, last, in.Opened):
			d.Suspected = d.Failure == nil
		case d.blame(Window, in.ID, in.URL):
			d.Failure.restoredBy(Window, in.Resolved, impossible(in, d))
		}
	}
}

// lastFinished is the index of the last delivery that had finished at t, or −1.
func lastFinished(ds []Delivery, t time.Time) int {
	i, _ := slices.BinarySearchFunc(ds, t, func(d Delivery, t time.Time) int {
		if d.Finished.After(t) {
			return 1
		}
		return -1
	})
	return i - 1
}

// oftenAt reports whether, over the four weeks before t, the service had more
// deployments than windows.
func (r *rules) oftenAt(ds []Delivery, last int, t time.Time) bool {
	n, from := 0, t.Add(-org.Period)
	for i := last; i >= 0 && !ds[i].Finished.Before(from); i-- {
		n++
	}
	return float64(n) > float64(org.Period)/float64(r.window)
}

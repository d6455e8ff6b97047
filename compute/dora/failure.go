package dora

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// findFailures finds the deliveries that failed. It looks for the strongest evidence first, and
// a failure keeps the first evidence found.
func (r *rules) findFailures(a *attribution, ds []Delivery, never []org.Deployment, incidents []*org.Incident) {
	if r.uses(Override) {
		r.applyRulings(ds, a.s)
	}
	claims := r.blameNamed(a, ds, incidents)
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
		r.blameByTime(ds, never, incidents, claims, a.out)
	}
	for i := range ds {
		ds[i].clearSuspicion()
		if f := ds[i].Failure; f != nil && f.said == "" {
			f.Bad = true
			a.out.add(evDeploy, "failed, without a recorded restoration: in no recovery time", 1)
		}
	}
}

// uses reports whether a class of evidence is in force.
func (r *rules) uses(e Evidence) bool {
	return len(r.Classes) == 0 || slices.Contains(r.Classes, e.Key())
}

// blame fails d by a proof, unless a person ruled that it did not fail. A later, weaker proof
// changes nothing.
func (d *Delivery) blame(e Evidence, by, url string) bool {
	if d.Ruling != nil && !*d.Ruling.Failed {
		return false
	}
	if d.Failure == nil {
		d.Failure = &Failure{Evidence: e, By: by, URL: url}
	}
	return true
}

// setRestored records when service was restored; a zero time means not yet. A ruling overrides
// incidents, and incidents override deployments that fixed the failure. With several incidents,
// service is restored when the last one is resolved.
func (f *Failure) setRestored(e Evidence, t time.Time, bad bool) {
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

// claim classifies the reference of an incident to the deployment that caused it.
type claim int

const (
	namesNothing claim = iota
	namesUnknown       // it names something that was not collected
	namesKnown         // it names a delivery, or a deployment that does not count
)

// blameNamed fails the deliveries that incidents name by deployment, commit or change. It
// returns the claim of each incident.
func (r *rules) blameNamed(a *attribution, ds []Delivery, incidents []*org.Incident) []claim {
	claims := make([]claim, len(incidents))
	if len(incidents) == 0 {
		return claims
	}
	x := a.indexDeliveries(ds, incidents)
	for k, in := range incidents {
		i, says := x.findNamed(in)
		claims[k] = says
		switch {
		case says == namesNothing || !r.uses(IncidentField):
			if says == namesUnknown {
				claims[k] = namesKnown // the reference does not count as evidence
			}
		case says == namesUnknown:
			a.out.add("incidents", "name an unknown deployment, commit or change", 1)
			a.out.lost = append(a.out.lost, in)
		case i == noDelivery:
			a.out.add("incidents", "name a commit or change that is not in a counted deployment", 1)
		case in.Opened.Before(ds[i].Created):
			a.out.add("incidents", "opened before the deployment they name", 1)
		case ds[i].blame(IncidentField, in.ID, in.URL):
			ds[i].Failure.setRestored(IncidentField, in.Resolved, isImpossible(in, &ds[i]))
		default:
			a.out.add("incidents", "name a deployment that a person ruled did not fail", 1)
		}
	}
	return claims
}

// isImpossible reports whether an incident was resolved before it was opened, or before the
// blamed deployment had finished.
func isImpossible(in *org.Incident, d *Delivery) bool {
	return !in.Open() && (in.Resolved.Before(in.Opened) || in.Resolved.Before(d.Finished))
}

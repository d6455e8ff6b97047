package dora

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// applyRulings applies the rulings of people to the deliveries of a service.
func (r *rules) applyRulings(ds []Delivery, s *org.Service) {
	if len(r.rulings) == 0 {
		return
	}
	for i := range ds {
		d := &ds[i]
		for _, id := range append([]string{d.ID}, d.retries...) {
			for _, o := range r.rulings[id] {
				if r.isRulingFor(o, s) {
					d.applyRuling(o)
				}
			}
		}
	}
}

// isRulingFor reports whether a ruling applies to this service: it names the repository, or
// only this repository has a deployment of that ID.
func (r *rules) isRulingFor(o *fact.FailureOverride, s *org.Service) bool {
	if o.Repository != "" {
		return o.Repository == s.Repository
	}
	return r.repositoriesOf[o.Deployment] == s.Repository
}

func (d *Delivery) applyRuling(o *fact.FailureOverride) {
	if o.Failed == nil {
		return
	}
	d.Ruling = o
	if *o.Failed {
		d.blame(Override, o.By, "")
		if !o.Restored.IsZero() {
			d.Failure.setRestored(Override, o.Restored, o.Restored.Before(d.Finished))
		}
	}
}

// ambiguous marks an ID that deployments of several repositories have.
const ambiguous = "\x00"

// indexRulings indexes the overrides by deployment and finds the repository of those that do
// not name one.
func (r *rules) indexRulings(o *org.Organisation) {
	r.rulings = make(map[string][]*fact.FailureOverride, len(r.Overrides))
	for i := range r.Overrides {
		f := &r.Overrides[i]
		r.rulings[f.Deployment] = append(r.rulings[f.Deployment], f)
	}
	r.repositoriesOf = map[string]string{}
	if len(r.rulings) == 0 {
		return
	}
	for i := range o.Services {
		s := &o.Services[i]
		for k := range s.Deployments {
			id := s.Deployments[k].ID
			if r.rulings[id] == nil {
				continue
			}
			if at, seen := r.repositoriesOf[id]; seen && at != s.Repository {
				r.repositoriesOf[id] = ambiguous
			} else {
				r.repositoriesOf[id] = s.Repository
			}
		}
	}
}

// listUnusedRulings describes the overrides that changed nothing, with the reason.
func (r *rules) listUnusedRulings(linked []Linked) []string {
	used := map[*fact.FailureOverride]bool{}
	for i := range linked {
		for k := range linked[i].Deliveries {
			used[linked[i].Deliveries[k].Ruling] = true
		}
	}
	var notes []string
	for i := range r.Overrides {
		f := &r.Overrides[i]
		if used[f] {
			continue
		}
		why := "no production deployment has that ID"
		if f.Repository == "" && r.repositoriesOf[f.Deployment] == ambiguous {
			why = "several repositories have a deployment of that ID: name the repository"
		}
		notes = append(notes, fmt.Sprintf("%s:%d: the override of deployment %q is not used: %s", f.File, f.Line,
			f.Deployment, why))
	}
	return notes
}

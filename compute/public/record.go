package public

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute"
)

// noCommit replaces the commit of a change, which is empty only if there is none.
const noCommit = "not published"

// reduceRecords removes the commits that recorded predictions and expected effects: they are of
// the repository with the content, which may be private. Their days stay.
func reduceRecords(r *compute.Report) {
	r.Plan.Predictions = slices.Clone(r.Plan.Predictions)
	for i := range r.Plan.Predictions {
		p := &r.Plan.Predictions[i]
		p.Commit, p.Since = "", slices.Clone(p.Since)
		for k := range p.Since {
			hideCommit(&p.Since[k].Commit)
		}
	}
	r.Expected = slices.Clone(r.Expected)
	for i := range r.Expected {
		e := &r.Expected[i]
		e.Commit, e.Since = "", slices.Clone(e.Since)
		for k := range e.Since {
			hideCommit(&e.Since[k].Commit)
		}
	}
}

func hideCommit(commit *string) {
	if *commit != "" {
		*commit = noCommit
	}
}

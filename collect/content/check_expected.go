package content

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// checkExpected reports an expected effect that nobody could review later: it needs an outcome,
// a size, and days of review after the day of the prediction.
func (k *checker) checkExpected(at location, i *fact.Initiative) {
	e := i.Expected
	k.requireText(at, "outcome", e.Outcome,
		`name what should change: outcome = "dora.lead_time", or a measure of measures.toml`)
	k.resolveMeasure(at, "outcome", &e.Outcome)
	k.checkOneOf(at, "unit", e.Unit, "%", "points")
	switch {
	case e.Change == nil:
		k.addMissing(at, "change", "write by how many percent the outcome should change: change = -20")
	case *e.Change == 0:
		k.addProblem(at, "change", "change is 0, which is not an effect", "write the effect that would make it worth the effort")
	case e.Unit != "points" && *e.Change <= -100:
		k.addProblem(at, "change", fmt.Sprintf("change is %g %%, but nothing can fall by 100 %% or more", *e.Change), "")
	}
	if r := e.Range; r != nil {
		switch {
		case r.Lo >= r.Hi:
			k.addProblem(at, "range", fmt.Sprintf("range [%g, %g] is not a range", r.Lo, r.Hi),
				"write the low end first: [-30, -10]")
		case e.Change != nil && (*e.Change < r.Lo || *e.Change > r.Hi):
			k.addProblem(at, "range", fmt.Sprintf("change %g is outside range [%g, %g]", *e.Change, r.Lo, r.Hi), "")
		case e.Unit != "points" && r.Lo <= -100:
			k.addProblem(at, "range", fmt.Sprintf("range begins at %g %%, but nothing can fall by 100 %% or more", r.Lo), "")
		}
	}
	if len(e.Looks) == 0 {
		k.addMissing(at, "looks", "write the days on which the effect is looked at: looks = [2025-01-06]")
	}
	if !slices.IsSortedFunc(e.Looks, time.Time.Compare) {
		k.addProblem(at, "looks", "looks are not in order", "write the earliest first")
	}
	written := e.On
	if written.IsZero() && i.Rice != nil {
		written = i.Rice.Approved
	}
	if written.IsZero() {
		k.addMissing(at, "on", "write the day on which it was predicted: on = 2024-10-07, or approved under [rice]")
	}
	if len(e.Looks) > 0 && !written.IsZero() && !written.Before(e.Looks[0]) {
		k.addProblem(at, "looks", fmt.Sprintf("first look %s is not after the prediction of %s", formatDay(e.Looks[0]),
			formatDay(written)), "")
	}
}

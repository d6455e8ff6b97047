package explain

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/render/format"
)

// Plan is the JSON form of a plan.
type Plan struct {
	Version int                   `json:"version"`
	Panel   *compute.Panel        `json:"panel"`
	Effect  float64               `json:"effect"` // relative
	Begin   []int                 `json:"begin"`  // number of teams that begin, by period of four weeks
	Others  int                   `json:"others"`
	From    time.Time             `json:"from"` // start of the first period
	At      *time.Time            `json:"at"`   // nil: not within two years
	Looks   []compute.PlannedLook `json:"looks"`
}

// Text returns the lines of a plan. They list the tests up to the first that detects the change
// in four of five cases, or those of two years.
func (out *Plan) Text() []string {
	w := new(writer)
	teams := 0
	for _, n := range out.Begin {
		teams += n
	}
	w.printf("panel: %s, %s of four weeks; a team's median lead time moves by about %s by itself",
		format.Things(out.Panel.Teams, "teams"), format.Things(out.Panel.Periods,
			"periods"), format.Share(math.Expm1(out.Panel.Noise())))
	how := "all at once"
	if len(out.Begin) > 1 {
		how = format.Count(out.Begin[0]) + " in each of " + format.Things(len(out.Begin), "periods")
	}
	w.printf("plan: %s begin, %s, from %s; %s do not", format.Things(teams, "teams"), how, format.Date(out.From),
		format.Things(out.Others, "teams"))
	change := format.RelativeChange(out.Effect)
	if out.At == nil {
		w.printf("answer: a change of %s is not found in four of five cases within two years", change)
	} else {
		w.printf("answer: a change of %s is found in four of five cases from %s on", change, format.Date(*out.At))
	}
	seen := false
	for i := range out.Looks {
		l := &out.Looks[i]
		if l.Smallest == nil && !seen {
			continue
		}
		seen = true
		smallest := "none"
		if l.Smallest != nil {
			smallest = format.Share(math.Abs(*l.Smallest))
		}
		w.printf("  %s  after %2d periods  chance %5s  smallest change found %s", format.ISO(l.At), l.Periods,
			format.Share(l.Chance), smallest)
		if out.At != nil && !l.At.Before(*out.At) {
			break
		}
	}
	if !seen {
		w.printf("  %s", "there are too few teams or periods for any answer: it takes "+
			format.Things(impact.MinAdopters, "teams")+" that begin, "+format.Count(impact.MinComparators)+" that do not yet, and "+
			format.Things(impact.MinPrePeriods, "periods")+" before")
	}
	return *w
}

package dora

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// blameByTime blames an incident without a reference on the last deployment that finished
// before it opened, if that finished within the window; never an older one. If the service
// deploys more than once per window, nearness is not evidence, because every incident has a
// deployment near. Such a deployment is suspected, and no rate counts it.
//
// An incident that begins during a roll-out makes that roll-out suspected and blames no earlier
// one. So does an incident that names something that was not collected.
func (r *rules) blameByTime(ds []Delivery, never []org.Deployment, incidents []*org.Incident, claims []claim,
	out *exclusions,
) {
	longest := findLongestRollOut(ds)
	for k, in := range incidents {
		if claims[k] == namesKnown {
			continue
		}
		last := findLastFinished(ds, in.Opened)
		if r.Blame == Previous {
			if last >= 0 && (ds[last].Failure == nil || ds[last].Failure.Evidence == Window) &&
				ds[last].blame(Window, in.ID, in.URL) {
				ds[last].Failure.setRestored(Window, in.Resolved, isImpossible(in, &ds[last]))
			}
			continue
		}
		if i := findRunning(ds, last+1, in.Opened, longest); i != noDelivery {
			ds[i].suspect(1)
			continue
		}
		if slices.ContainsFunc(never, func(d org.Deployment) bool {
			return !d.Created.After(in.Opened) &&
				in.Opened.Before(d.Ended)
		}) {
			out.add("incidents", "began during a roll-out that never succeeded: they blame no other", 1)
			continue
		}
		if last < 0 || in.Opened.Sub(ds[last].Finished) > r.window {
			continue
		}
		d := &ds[last]
		switch {
		case d.Failure != nil && d.Failure.Evidence != Window:
		case claims[k] == namesUnknown || r.deploysOften(ds, last, in.Opened):
			d.suspect(1)
		case d.blame(Window, in.ID, in.URL):
			d.Failure.setRestored(Window, in.Resolved, isImpossible(in, d))
		}
	}
}

// suspect adds incidents that d may have caused.
func (d *Delivery) suspect(n int) { d.suspects += n; d.Suspected = d.suspects > 0 }

// clearSuspicion removes the suspicion from a delivery with a failure or a ruling.
func (d *Delivery) clearSuspicion() {
	if d.Failure != nil || d.Ruling != nil {
		d.suspects, d.Suspected = 0, false
	}
}

// findLongestRollOut returns the longest time from creation to finish of a delivery.
func findLongestRollOut(ds []Delivery) time.Duration {
	longest := time.Duration(0)
	for i := range ds {
		longest = max(longest, ds[i].Finished.Sub(ds[i].Created))
	}
	return longest
}

// findRunning returns the index of the last-begun delivery that was being rolled out at t, or
// noDelivery. from is the index of the first one that finished after t.
func findRunning(ds []Delivery, from int, t time.Time, longest time.Duration) int {
	found := noDelivery
	for i := from; i < len(ds) && !ds[i].Finished.After(t.Add(longest)); i++ {
		if !ds[i].Created.After(t) && (found == noDelivery || ds[i].Created.After(ds[found].Created)) {
			found = i
		}
	}
	return found
}

// findLastFinished returns the index of the last delivery that had finished at t, or −1.
func findLastFinished(ds []Delivery, t time.Time) int {
	i, _ := slices.BinarySearchFunc(ds, t, func(d Delivery, t time.Time) int {
		if d.Finished.After(t) {
			return 1
		}
		return -1
	})
	return i - 1
}

// deploysOften reports whether the service had more deployments than windows in the four weeks
// before t.
func (r *rules) deploysOften(ds []Delivery, last int, t time.Time) bool {
	n, from := 0, t.Add(-org.Period)
	for i := last; i >= 0 && !ds[i].Finished.Before(from); i-- {
		n++
	}
	return float64(n) > float64(org.Period)/float64(r.window)
}

// minSuspected is the number of suspected deployments that makes a lower failure rate too
// uncertain to give.
const minSuspected = 5

// computeFailShare returns the share of the deployments that failed. Suspected ones may have
// failed as well: the value is then the rate of the failed ones, and its range ends at the rate
// of both. It has no value if five or more are suspected, and more than failed. In a single
// week more suspected than failed ones are enough.
func (s *sample) computeFailShare() estimate {
	e := computeShare(s.failed, s.deployments, s.week.failed)
	if s.suspected == 0 || s.deployments == 0 {
		return e
	}
	e.unsettled = true
	e.Hi = computeShare(s.failed+s.suspected, s.deployments, s.week.failed).Hi
	if s.suspected > s.failed && (s.suspected >= minSuspected || len(s.weeks) == 1) {
		e.Value = nil
	}
	return e
}

// describeSuspicion gives the range of the failure rate in words.
func (s *sample) describeSuspicion() string {
	n := float64(s.deployments)
	lo, hi := formatPercentNumber(float64(s.failed)/n), formatPercent(float64(s.failed+s.suspected)/n)
	if s.suspects == 1 {
		return fmt.Sprintf("between %s and %s: an incident began soon after a deployment or during it, and names no "+
			"deployment",
			lo, hi)
	}
	return fmt.Sprintf("between %s and %s: %d incidents began soon after deployments and name no deployment", lo, hi,
		s.suspects)
}

// nameThem is the next step for suspicions.
const nameThem = "let incidents name the deployment, its commit or its change"

// explainSuspicion adds the effect of suspicions to a failure rate.
func (s *sample) explainSuspicion(mt *metric.Metric, e estimate) {
	switch {
	case !e.unsettled:
	case e.Value == nil:
		mt.Why, mt.Next = s.describeSuspicion(), nameThem
	default:
		mt.Unsettled = true
		mt.Warnings = append(mt.Warnings, s.describeSuspicion()+"; "+nameThem)
	}
}

// testFailRate compares failure rates. If suspicions could decide the outcome, nothing is
// tested and why gives the reason: the change is computed with none of the suspected
// deployments failed, and with all of one side and none of the other.
func (c *comparison) testFailRate() (t *metric.Trend, why string) {
	both := func(s *totals) int { return s.failed + s.suspected }
	t = c.testShare(countFailed, countFailed)
	up, down := c.testShare(both, countFailed), c.testShare(countFailed, both)
	if t == nil || up == nil || down == nil {
		return t, ""
	}
	if up.Change == t.Change && down.Change == t.Change {
		return t, ""
	}
	for _, x := range []*metric.Trend{up, down} {
		if x.Outcome != t.Outcome || (x.Change > 0) != (t.Change > 0) && t.Outcome != metric.AboutTheSame {
			return nil, "the change is not tested, because incidents that name no deployment could decide it"
		}
		t.P, t.Q = max(t.P, x.P), max(t.Q, x.Q)
		t.Lo, t.Hi = min(t.Lo, x.Lo), max(t.Hi, x.Hi)
		t.Detectable = max(t.Detectable, x.Detectable)
	}
	return t, ""
}

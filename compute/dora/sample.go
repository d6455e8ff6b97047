package dora

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// durations holds times to an end; some are still open.
type durations struct {
	seconds []float64
	closed  []bool // false: still open after this long
	open    int
	bad     int // recorded in an impossible order, not counted
}

func (d *durations) addClosed(s float64) {
	d.seconds, d.closed = append(d.seconds, s), append(d.closed, true)
}

func (d *durations) addOpen(s float64) {
	d.seconds, d.closed = append(d.seconds, s), append(d.closed, false)
	d.open++
}

// sample holds the events of one scope in one window. A duration belongs to the week of its
// finish, an incident to the week of its opening.
type sample struct {
	window      metric.Window
	deployments int
	automated   int
	unfinished  int
	weeks       []float64 // deployments per week of the window

	leads    []float64 // seconds, one per change
	clusters []int     // the deployment each change belongs to
	phases   [4][]float64
	clamped  int // changes whose lead time and coding time are lower bounds
	// The smallest of these bounds, +Inf without any.
	leastClamped, leastCoding float64
	hidden                    int // changes whose first commit is as old as their merge in the source
	byTime                    int // deployments whose changes were found by time only
	unknown                   int // deployments with unknown changes

	failed    int
	by        byClass // failures
	suspected int     // an incident began soon after or during them, which is not proof; not counted as failed
	suspects  int     // those incidents
	reworked  int     // unplanned fixes
	fixes     byClass
	fixable   int // deployments with facts that could show a fix
	recovery  durations
	restore   durations
	week      weekDispersion // how much weeks differ; none in a sample of one week
}

// phaseNames are the phases of a lead time, in order.
var phaseNames = [4]string{"coding", "pickup", "review", "deploy"}

// newSample gathers the events of a window.
func (p *pool) newSample(w metric.Window, asOf time.Time) sample {
	s := sample{
		window: w, weeks: make([]float64, int(w.To.Sub(w.From)/org.Week)),
		leastClamped: math.Inf(1), leastCoding: math.Inf(1),
	}
	deliveries := selectWithin(p.deliveries, finishTime, w)
	s.reserveFor(deliveries)
	for i, d := range deliveries {
		s.addDelivery(i, d, asOf)
	}
	s.automated = len(selectWithin(p.automated, finishTime, w))
	s.unfinished = len(selectWithin(p.unfinished, identityTime, w))
	incidents := selectWithin(p.incidents, openingTime, w)
	s.restore.reserve(len(incidents))
	for _, in := range incidents {
		switch {
		case in.Open():
			s.restore.addOpen(asOf.Sub(in.Opened).Seconds())
		case in.Resolved.Before(in.Opened):
			s.restore.bad++
		default:
			s.restore.addClosed(in.Resolved.Sub(in.Opened).Seconds())
		}
	}
	return s
}

// reserveFor allocates space for the changes and failures of the deliveries.
func (s *sample) reserveFor(ds []*Delivery) {
	changes, failures := 0, 0
	for _, d := range ds {
		changes += len(d.Changes)
		if d.Failure != nil {
			failures++
		}
	}
	s.leads, s.clusters = make([]float64, 0, changes), make([]int, 0, changes)
	phases := make([]float64, len(s.phases)*changes)
	for k := range s.phases {
		s.phases[k] = phases[k*changes : k*changes : (k+1)*changes]
	}
	s.recovery.reserve(failures)
}

func (d *durations) reserve(n int) {
	d.seconds, d.closed = make([]float64, 0, n), make([]bool, 0, n)
}

func (s *sample) addDelivery(cluster int, d *Delivery, asOf time.Time) {
	s.deployments++
	s.weeks[int(d.Finished.Sub(s.window.From)/org.Week)]++
	switch d.Method {
	case ByTime:
		s.byTime++
	case Unknown:
		s.unknown++
	}
	for i := range d.Changes {
		l := &d.Changes[i]
		if l.Change.Lane == org.Automation {
			continue // a change of a bot that shipped along with people's
		}
		s.leads, s.clusters = append(s.leads, l.Seconds), append(s.clusters, cluster)
		for k, part := range [4]*float64{l.Coding, l.Pickup, l.Review, l.Deploy} {
			if part != nil {
				s.phases[k] = append(s.phases[k], *part)
			}
		}
		if l.Clamped {
			s.clamped++
			s.leastClamped = math.Min(s.leastClamped, l.Seconds)
			if l.Coding != nil {
				s.leastCoding = math.Min(s.leastCoding, *l.Coding)
			}
		}
		if c := l.Change; c.Merged.Sub(c.FirstCommit).Abs() < time.Minute {
			s.hidden++
		}
	}
	if d.FixOf != "" {
		s.reworked++
		s.fixes.add(d.FixOf)
	}
	if d.Method != Unknown || d.Commit != "" && !d.Release {
		s.fixable++
	}
	if d.Suspected {
		s.suspected++
		s.suspects += d.suspects
	}
	if f := d.Failure; f != nil {
		s.failed++
		s.by.add(f.Evidence)
		switch {
		case f.Bad:
			s.recovery.bad++
		case f.Restored.IsZero():
			s.recovery.addOpen(asOf.Sub(d.Finished).Seconds())
		default:
			s.recovery.addClosed(f.Restored.Sub(d.Finished).Seconds())
		}
	}
}

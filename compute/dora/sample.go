package dora

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// durations are times to an end, some of which has not come yet.
type durations struct {
	seconds []float64
	closed  []bool // false: still open after this long
	open    int
	bad     int // recorded in an impossible order, in no number
}

func (d *durations) addClosed(s float64) {
	d.seconds, d.closed = append(d.seconds, s), append(d.closed, true)
}

func (d *durations) addOpen(s float64) {
	d.seconds, d.closed = append(d.seconds, s), append(d.closed, false)
	d.open++
}

// sample is what one scope did in one window. Durations belong to the week they
// finish in, incidents to the week they open.
type sample struct {
	window      metric.Window
	deployments int
	automated   int
	unfinished  int
	weeks       []float64 // deployments per week of the window

	leads    []float64 // seconds, one per change
	clusters []int     // the deployment each change belongs to
	phases   [4][]float64
	clamped  int // changes whose lead time and coding are at least as long as measured
	// The smallest of those, +Inf without any.
	leastClamped, leastCoding float64
	hidden                    int // changes whose work began at the merge, as far as the source says
	byTime                    int // deployments whose changes were found by time only
	unknown                   int // deployments whose changes cannot be known

	failed    int
	by        byClass // failures
	suspected int     // an incident soon after or during them proves nothing; not failed
	suspects  int     // those incidents
	reworked  int     // unplanned fixes
	fixes     byClass
	fixable   int // deployments of which it could be seen that they are fixes
	recovery  durations
	restore   durations
	week      weekDispersion // how much weeks differ; none in a sample of one week
}

// phaseNames are the phases of a lead time, in order.
var phaseNames = [4]string{"coding", "pickup", "review", "deploy"}

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

// reserveFor makes room for what the deliveries bring.
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
			continue // a bot's change that rode along with people's
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

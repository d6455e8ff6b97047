package dora

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// confidence of every interval on the site.
const confidence = 0.95

// estimate is a point with its interval; lo and hi are nil where there is no limit.
// Without a value there may be a lower bound of it. An unsettled one may lie
// anywhere from lo to hi, whatever the value: evidence is missing.
type estimate struct {
	value, lo, hi, atLeast *float64
	unsettled              bool
}

func newEstimate(v float64, iv stat.Interval) estimate {
	e := estimate{value: metric.Of(v)}
	if !math.IsInf(iv.Lo, 0) && !math.IsNaN(iv.Lo) {
		e.lo = metric.Of(iv.Lo)
	}
	if !math.IsInf(iv.Hi, 0) && !math.IsNaN(iv.Hi) {
		e.hi = metric.Of(iv.Hi)
	}
	return e
}

// computeFrequency is deployments per day and team, with a quasi-Poisson interval from
// the weeks: deployments come in bursts, so the spread between weeks decides.
func (s *sample) computeFrequency(teams int) estimate {
	rate, _, iv := stat.QuasiPoissonRate(s.weeks, confidence)
	per := 1 / (7 * float64(max(teams, 1)))
	return newEstimate(rate*per, stat.Interval{Lo: iv.Lo * per, Hi: iv.Hi * per})
}

// computeLeadTime is the median over changes. Changes of one deployment share their
// wait, so the interval is Woodruff's, over deployments. The mean is given
// without one: a few changes that waited for months decide it.
func (s *sample) computeLeadTime(statistic string) estimate {
	if len(s.leads) == 0 {
		return estimate{}
	}
	if statistic == Mean {
		return s.computeMeanLead()
	}
	median, iv, ok := stat.WoodruffMedianOf(s.leads, s.clusters, s.week.lead, confidence)
	if !ok {
		return estimate{value: metric.Of(median)}.withBounds(s.leads, 0.5, s.leastClamped)
	}
	return newEstimate(median, iv).withBounds(s.leads, 0.5, s.leastClamped)
}

// computeQuantile of durations, with its order-statistic interval, stretched where weeks
// differ. Fewer than needed values give no quantile.
func computeQuantile(values []float64, q float64, needed int, week stat.Dispersion) estimate {
	if len(values) < needed {
		return estimate{}
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	v, iv := stat.QuantileInterval(sorted, q, confidence)
	return newEstimate(v, week.Stretch(v, iv, confidence))
}

func (s *sample) computeReworkRate() estimate {
	return computeShare(s.reworked, s.deployments, s.week.reworked)
}

func (s *sample) computeJobFailureRate() estimate {
	return computeShare(s.unfinished, s.deployments+s.unfinished, stat.Dispersion{})
}

// computeIncidentRate is incidents of any cause per deployment; it may exceed 1.
func (s *sample) computeIncidentRate() estimate {
	if s.deployments == 0 {
		return estimate{}
	}
	k, n := len(s.restore.seconds)+s.restore.bad, float64(s.deployments)
	return newEstimate(float64(k)/n, stat.PoissonInterval(k, n, confidence))
}

// computeFailRate is the change fail rate by the definition in force.
func (r *rules) computeFailRate(s *sample) estimate {
	if r.FailRateOf == OfIncidents {
		return s.computeIncidentRate()
	}
	return s.computeFailShare()
}

// computeShare is k of n with Wilson's interval, wider where weeks differ; of nothing there
// is none.
func computeShare(k, n int, week stat.Dispersion) estimate {
	if n == 0 {
		return estimate{}
	}
	return newEstimate(float64(k)/float64(n), stat.WilsonOf(k, n, week, confidence))
}

// computeMedian of durations with their open cases: Kaplan–Meier where some are open,
// so that a restoration still running is not dropped for being slow.
func (d *durations) computeMedian(week stat.Dispersion) estimate {
	if len(d.seconds) == 0 || d.open == len(d.seconds) {
		return estimate{}
	}
	if d.open == 0 {
		return computeQuantile(d.seconds, 0.5, 1, week)
	}
	m, iv := stat.KaplanMeierMedian(d.seconds, d.closed, confidence)
	if math.IsInf(m, 0) || math.IsNaN(m) {
		return estimate{}
	}
	return newEstimate(m, week.Stretch(m, iv, confidence))
}

// computeMean of the closed cases; nil without any.
func (d *durations) computeMean() *float64 {
	sum, n := 0.0, 0
	for i, s := range d.seconds {
		if d.closed[i] {
			sum += s
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return metric.Of(sum / float64(n))
}

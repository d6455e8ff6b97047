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

func bounded(v float64, iv stat.Interval) estimate {
	e := estimate{value: metric.Of(v)}
	if !math.IsInf(iv.Lo, 0) && !math.IsNaN(iv.Lo) {
		e.lo = metric.Of(iv.Lo)
	}
	if !math.IsInf(iv.Hi, 0) && !math.IsNaN(iv.Hi) {
		e.hi = metric.Of(iv.Hi)
	}
	return e
}

// frequency is deployments per day and team, with a quasi-Poisson interval from
// the weeks: deployments come in bursts, so the spread between weeks decides.
func (s *sample) frequency(teams int) estimate {
	rate, _, iv := stat.QuasiPoissonRate(s.weeks, confidence)
	per := 1 / (7 * float64(max(teams, 1)))
	return bounded(rate*per, stat.Interval{Lo: iv.Lo * per, Hi: iv.Hi * per})
}

// leadTime is the median over changes. Changes of one deployment share their
// wait, so the interval is Woodruff's, over deployments. The mean is given
// without one: a few changes that waited for months decide it.
func (s *sample) leadTime(statistic string) estimate {
	if len(s.leads) == 0 {
		return estimate{}
	}
	if statistic == Mean {
		return s.mean()
	}
	median, iv, ok := stat.WoodruffMedianOf(s.leads, s.clusters, s.week.lead, confidence)
	if !ok {
		return estimate{value: metric.Of(median)}.below(s.leads, 0.5, s.leastClamped)
	}
	return bounded(median, iv).below(s.leads, 0.5, s.leastClamped)
}

// quantile of durations, with its order-statistic interval, stretched where weeks
// differ. Fewer than needed values give no quantile.
func quantile(values []float64, q float64, needed int, week stat.Dispersion) estimate {
	if len(values) < needed {
		return estimate{}
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	v, iv := stat.QuantileInterval(sorted, q, confidence)
	return bounded(v, week.Stretch(v, iv, confidence))
}

func (s *sample) reworkRate() estimate { return share(s.reworked, s.deployments, s.week.reworked) }

func (s *sample) jobFailureRate() estimate {
	return share(s.unfinished, s.deployments+s.unfinished, stat.Dispersion{})
}

// incidentRate is incidents of any cause per deployment; it may exceed 1.
func (s *sample) incidentRate() estimate {
	if s.deployments == 0 {
		return estimate{}
	}
	k, n := len(s.restore.seconds)+s.restore.bad, float64(s.deployments)
	return bounded(float64(k)/n, stat.PoissonInterval(k, n, confidence))
}

// failRateOf is the change fail rate by the definition in force.
func (r *rules) failRateOf(s *sample) estimate {
	if r.FailRateOf == OfIncidents {
		return s.incidentRate()
	}
	return s.failShare()
}

// share is k of n with Wilson's interval, wider where weeks differ; of nothing there
// is none.
func share(k, n int, week stat.Dispersion) estimate {
	if n == 0 {
		return estimate{}
	}
	return bounded(float64(k)/float64(n), stat.WilsonOf(k, n, week, confidence))
}

// median of durations with their open cases: Kaplan–Meier where some are open,
// so that a restoration still running is not dropped for being slow.
func (d *durations) median(week stat.Dispersion) estimate {
	if len(d.seconds) == 0 || d.open == len(d.seconds) {
		return estimate{}
	}
	if d.open == 0 {
		return quantile(d.seconds, 0.5, 1, week)
	}
	m, iv := stat.KaplanMeierMedian(d.seconds, d.closed, confidence)
	if math.IsInf(m, 0) || math.IsNaN(m) {
		return estimate{}
	}
	return bounded(m, week.Stretch(m, iv, confidence))
}

// mean of the closed cases; nil without any.
func (d *durations) mean() *float64 {
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

package dora

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// confidence is the level of every interval on the site.
const confidence = 0.95

// estimate is a figure with two more forms of doubt. Without a value, atLeast may hold a lower
// bound. An unsettled estimate may be anywhere from Lo to Hi, because evidence is missing.
type estimate struct {
	metric.Figure
	atLeast   *float64
	unsettled bool
}

func newEstimate(v float64, iv stat.Interval) estimate {
	return estimate{Figure: metric.NewFigure(v, iv)}
}

// computeFrequency returns deployments per day and team. The interval is quasi-Poisson over the
// weeks (McCullagh and Nelder 1989), because deployments come in bursts.
func (s *sample) computeFrequency(teams int) estimate {
	rate, _, iv := stat.QuasiPoissonRate(s.weeks, confidence)
	per := 1 / (7 * float64(max(teams, 1)))
	return newEstimate(rate*per, stat.Interval{Lo: iv.Lo * per, Hi: iv.Hi * per})
}

// computeLeadTime returns the median over changes. Changes of one deployment share their wait,
// so the interval is Woodruff's (1952) over deployments. A mean has no interval: a few changes
// that waited for months decide it.
func (s *sample) computeLeadTime(statistic string) estimate {
	if len(s.leads) == 0 {
		return estimate{}
	}
	if statistic == Mean {
		return s.computeMeanLead()
	}
	median, iv, ok := stat.DispersedWoodruffMedian(s.leads, s.clusters, s.week.lead, confidence)
	if !ok {
		return estimate{Figure: metric.Figure{Value: metric.Of(median)}}.withBounds(s.leads, 0.5, s.leastClamped)
	}
	return newEstimate(median, iv).withBounds(s.leads, 0.5, s.leastClamped)
}

// computeQuantile returns a quantile of durations with its order-statistic interval, widened
// where weeks differ. It returns no value with fewer values than needed.
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

// computeIncidentRate returns incidents of any cause per deployment, with Garwood's (1936)
// interval. The rate may exceed 1.
func (s *sample) computeIncidentRate() estimate {
	if s.deployments == 0 {
		return estimate{}
	}
	k, n := len(s.restore.seconds)+s.restore.bad, float64(s.deployments)
	return newEstimate(float64(k)/n, stat.PoissonInterval(k, n, confidence))
}

// computeFailRate returns the change failure rate by the definition in force.
func (r *rules) computeFailRate(s *sample) estimate {
	if r.FailRateOf == OfIncidents {
		return s.computeIncidentRate()
	}
	return s.computeFailShare()
}

// computeShare returns k of n with Wilson's (1927) interval, widened where weeks differ. It
// returns no value for n = 0.
func computeShare(k, n int, week stat.Dispersion) estimate {
	if n == 0 {
		return estimate{}
	}
	return newEstimate(float64(k)/float64(n), stat.DispersedWilson(k, n, week, confidence))
}

// computeMedian returns the median of durations, some of them open. With open ones it is that
// of Kaplan and Meier (1958), so that a slow restoration is not dropped.
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

// computeMean returns the mean of the closed durations, or nil without any.
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

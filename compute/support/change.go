package support

import (
	"fmt"
	"math"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// minOpenCases is the fewest cases in each window for a claim, if some of them are still open.
const minOpenCases = 10

// testChanges compares the metrics with those of three months ago. Tickets per 100 developers
// have the same test as tickets.
func (m *measurer) testChanges(metrics []metric.Metric, now, ago sample) {
	if len(m.sorted) == 0 || !m.isCovered(m.cal.Quarter()) {
		return
	}
	rate, time := m.rateChange(now, ago), m.testDurations(now, ago)
	for _, t := range []*metric.Trend{rate, time} {
		if t != nil {
			t.Now, t.Before = m.cal.Current(), m.cal.Quarter()
		}
	}
	for i := range metrics {
		mt := &metrics[i]
		switch {
		case mt.State == metric.NotAvailable || mt.Was == nil:
		case mt.ID == Resolution:
			mt.Trend = time
			if time != nil {
				time.Of = "a typical ticket"
			}
		default:
			mt.Trend = rate
			if rate != nil {
				rate.Of = "all tickets"
			}
		}
	}
}

// sample has the tickets of one window.
type sample struct {
	perWeek []float64
	seconds []float64
	closed  []bool
	certain bool // few tickets have an unknown end
}

func (m *measurer) newSample(tickets []fact.Ticket, w metric.Window) sample {
	l := m.resolutionTimes(tickets)
	return sample{m.countPerWeek(tickets, w), l.seconds, l.closed, l.isCertain()}
}

func (m *measurer) rateChange(now, ago sample) *metric.Trend {
	ratio, _, p, iv := stat.QuasiPoissonRatio(ago.perWeek, now.perWeek, confidence)
	t := trend.Ratio(ratio, iv, p, m.sesoi, metric.Down)
	return describeTest(t, "quasi-Poisson ratio of the tickets per week", "weeks", len(now.perWeek), len(ago.perWeek))
}

// testDurations compares durations as a ratio. Open tickets enter with their age so far.
func (m *measurer) testDurations(now, ago sample) *metric.Trend {
	if len(now.seconds) == 0 || len(ago.seconds) == 0 || !now.certain || !ago.certain {
		return nil
	}
	x, y := logDurations(now.seconds), logDurations(ago.seconds)
	const what = "tickets"
	if countOpen(now.closed)+countOpen(ago.closed) == 0 {
		_, p := stat.MannWhitney(x, y)
		shift, iv := stat.HodgesLehmann(x, y, confidence)
		t := trend.LogRatio(shift, iv, p, m.sesoi, metric.Down)
		return describeTest(t, "Mann–Whitney test over tickets, ratio by Hodges and Lehmann", what, len(x), len(y))
	}
	shift, p, iv := stat.Gehan(stat.Censored{Times: x, Closed: now.closed},
		stat.Censored{Times: y, Closed: ago.closed}, confidence)
	if min(len(x), len(y)) < minOpenCases {
		t := trend.NoClaim(math.Exp(shift), m.sesoi, metric.Down)
		return describeTest(t, fmt.Sprintf("none: some are still open, and there are fewer than %d in a window",
			minOpenCases), what, len(x), len(y))
	}
	t := trend.LogRatio(shift, iv, p, m.sesoi, metric.Down)
	return describeTest(t, "Gehan's test over tickets, open ones included", what, len(x), len(y))
}

// logDurations returns the logarithms of durations, of at least one second each.
func logDurations(seconds []float64) []float64 {
	out := make([]float64, len(seconds))
	for i, s := range seconds {
		out[i] = math.Log(math.Max(s, 1))
	}
	return out
}

func describeTest(t *metric.Trend, method, what string, now, ago int) *metric.Trend {
	if t != nil {
		t.Method, t.N = method, []metric.Count{{What: what, N: now}, {What: what + " three months ago", N: ago}}
	}
	return t
}

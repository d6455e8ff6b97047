package dora

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

const (
	// fewDeployments is the number of deployments in four weeks that is enough for a rate. With
	// fewer, a longer window is shown as well.
	fewDeployments = 6
	// widest is the largest useful ratio of the upper to the lower end of the longer rate, if
	// more weeks can make it smaller.
	widest = 10
	// longest is the length of the longest window, in weeks.
	longest = 52
)

// longWindows are the windows of the longer rate, in weeks.
var longWindows = [...]int{12, 26, longest}

// computeLongRate returns the deployment frequency over the shortest of 12, 26 and 52 weeks
// that has at least six deployments and a useful interval; else over 52. Windows end at the
// cut-off and reach back as far as services were collected. It returns nil if four weeks have
// six deployments, or if no more than four weeks were collected.
func (m *measurer) computeLongRate(x *scopeSamples, unit metric.Unit) *metric.Longer {
	if x.now.deployments >= fewDeployments || x.services == 0 {
		return nil
	}
	weeks := m.countDeploymentsPerWeek(x)
	if len(weeks) <= len(x.now.weeks) {
		return nil
	}
	phi, df := stat.BurstDispersion(weeks)
	for _, n := range longWindows {
		n = min(n, len(weeks))
		counts := weeks[len(weeks)-n:]
		total := 0
		for _, k := range counts {
			total += int(k)
		}
		iv := stat.DispersedRate(counts, phi, df, confidence)
		if n < len(weeks) && (total < fewDeployments || iv.Hi > widest*iv.Lo) {
			continue
		}
		w := m.org.Calendar.Last(m.cut, n, x.p.team())
		teams := 1
		if unit == metric.PerDayPer {
			teams, _ = x.p.countCollected(m.org, w)
		}
		per := 1 / (7 * math.Max(float64(teams), 1))
		e := newEstimate(float64(total)/float64(n)*per, stat.Interval{Lo: iv.Lo * per, Hi: iv.Hi * per})
		return &metric.Longer{
			Figure: e.Figure, N: []metric.Count{{What: evDeploy, N: total}},
			Window: w, Weeks: n, Dispersion: phi,
		}
	}
	return nil
}

// countDeploymentsPerWeek counts the deployments of up to 52 weeks before the cut-off, oldest
// first, as far back as all services of the current window were collected. It leaves out weeks
// of a break.
func (m *measurer) countDeploymentsPerWeek(x *scopeSamples) []float64 {
	n := 0
	for n < longest {
		w := metric.Window{From: m.cut.Add(-time.Duration(n+1) * org.Week), To: m.cut}
		if _, services := x.p.countCollected(m.org, w); services < x.services {
			break
		}
		n++
	}
	weeks := make([]float64, n)
	from := m.cut.Add(-time.Duration(n) * org.Week)
	for _, d := range selectWithin(x.p.deliveries, finishTime, metric.Window{From: from, To: m.cut}) {
		weeks[int(d.Finished.Sub(from)/org.Week)]++
	}
	return m.org.Calendar.DropBreaks(weeks, metric.Window{From: from, To: m.cut}, x.p.team())
}

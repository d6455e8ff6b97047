package dora

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// findSeriesSpan returns the span of whole weeks that series cover: from the first week in
// which a service was collected to the last week that has ended.
func (m *measurer) findSeriesSpan() (first, last time.Time) {
	last = org.WeekOf(m.org.Calendar.AsOf)
	first = last
	for i := range m.org.Services {
		for _, c := range m.org.Services[i].Collected {
			w := org.WeekOf(c.From)
			if w.Before(c.From) {
				w = w.Add(org.Week) // a week that began before collection is not whole
			}
			if w.Before(first) {
				first = w
			}
		}
	}
	return first, last
}

// computeSeries returns the weekly values of the four headline metrics. A week that was not
// collected is a gap; weeks after the cut-off are provisional.
func (m *measurer) computeSeries(p *pool, first, last time.Time) []metric.Series {
	n := int(last.Sub(first) / org.Week)
	var list []metric.Series
	for _, id := range []string{Frequency, LeadTime, FailRate, RestoreTime} {
		s := m.specs.Find(id).NewSeries(p.scope)
		if s.Points = make([]metric.Point, 0, n); id == Frequency {
			s.Unit = m.chooseFrequencyUnit(p)
		}
		list = append(list, s)
	}
	for i := range n {
		w := metric.Window{From: first.Add(time.Duration(i) * org.Week)}
		w.To = w.From.Add(org.Week)
		s := p.newSample(w, m.org.Calendar.AsOf)
		teams, services := p.countCollected(m.org, w)
		for k, point := range m.newWeekPoints(p, &s, teams, services > 0) {
			point.At, point.Provisional = w.From, !w.From.Before(m.cut)
			if b := m.findBreak(p, w); b != nil {
				if point.Break = true; point.Note != notCollected {
					point.Note = b.Name()
				}
			}
			list[k].Points = append(list[k].Points, point)
		}
	}
	for k := range list {
		setProcessLimits(&list[k])
	}
	return list
}

// minWeeks is the number of mature weeks that process limits need.
const minWeeks = 8

// setProcessLimits sets the natural process limits of the mature weeks of a series (XmR chart,
// Wheeler 1993), without breaks, and marks the weeks outside. Durations vary by factors, so
// their limits are computed on logarithms. A rate or share has no limit below 0.
func setProcessLimits(s *metric.Series) {
	logs := s.Unit == metric.Seconds
	counts := func(p *metric.Point) bool {
		return p.Value != nil && !p.Provisional && !p.Break
	}
	values := make([]float64, 0, len(s.Points))
	for i := range s.Points {
		if p := &s.Points[i]; counts(p) {
			v := *p.Value
			if logs {
				v = math.Log(math.Max(v, 1))
			}
			values = append(values, v)
		}
	}
	if len(values) < minWeeks {
		return
	}
	centre, lower, upper := stat.XmR(values)
	if logs {
		centre, lower, upper = math.Exp(centre), math.Exp(lower), math.Exp(upper)
	}
	lower = math.Max(lower, 0)
	if s.Unit == metric.Share {
		upper = math.Min(upper, 1)
	}
	s.Centre, s.Lower, s.Upper = metric.Of(centre), metric.Of(lower), metric.Of(upper)
	for i := range s.Points {
		if p := &s.Points[i]; counts(p) {
			p.Outside = *p.Value < lower || *p.Value > upper
		}
	}
}

const notCollected = "not collected"

func (m *measurer) chooseFrequencyUnit(p *pool) metric.Unit {
	if p.scope.Kind == metric.Team || len(p.teams) == 0 {
		return metric.PerDay
	}
	return metric.PerDayPer
}

// newWeekPoints returns one point for each of the four series.
func (m *measurer) newWeekPoints(p *pool, s *sample, teams int, collected bool) [4]metric.Point {
	if !collected {
		gap := metric.Point{Note: notCollected}
		return [4]metric.Point{gap, gap, gap, newRestorePoint(s)}
	}
	if m.chooseFrequencyUnit(p) == metric.PerDay {
		teams = 1
	}
	freq := estimate{}
	if teams > 0 {
		freq = s.computeFrequency(teams)
	}
	fail := m.computeFailRate(s)
	failPoint := func(e estimate) metric.Point {
		p := newPoint(e, s.deployments)
		if p.Unsettled = e.unsettled; e.unsettled {
			p.Note = s.describeSuspicion()
		}
		return p
	}
	if m.hidesFailures(p, s) {
		fail = estimate{}
	}
	points := [4]metric.Point{
		newPoint(freq, s.deployments), newPoint(s.computeLeadTime(m.LeadStatistic),
			len(s.leads)), failPoint(fail), newRestorePoint(s),
	}
	if m.missesIncidents(s.window) {
		points[2] = metric.Point{Note: notCollected}
	}
	return points
}

func newRestorePoint(s *sample) metric.Point {
	return newPoint(s.restore.computeMedian(stat.Dispersion{}), len(s.restore.seconds))
}

func newPoint(e estimate, n int) metric.Point {
	p := metric.Point{Figure: e.Figure, N: n}
	switch {
	case e.atLeast != nil:
		p.Note = formatAtLeast(*e.atLeast)
	case e.Value == nil:
		p.Note = "nothing to measure"
	}
	return p
}

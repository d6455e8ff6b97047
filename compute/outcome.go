package compute

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/stat"
)

const (
	// outcomeWeeks is the number of weeks before general availability, and up to now, over
	// which an outcome is compared.
	outcomeWeeks = 13
	// minOutcomeWeeks is the fewest weeks with a figure on either side.
	minOutcomeWeeks = 4
)

// outcomeFacts returns the facts about a feature's effect on an outcome that is not measured by
// team: it compares the weeks before general availability with the latest ones. Another event
// between them may be the cause, so these facts are at most weak evidence. Without such weeks
// it returns the result that an initiative or a case reports, which is even weaker.
func outcomeFacts(d decision.Effect, f *fact.Feature, c *fact.Content, m *Measured) decision.Effect {
	s, better := outcomeSeries(m, d.Outcome)
	if f.Decision.Outcome == "" || s == nil && len(listReported(f.ID, d.Outcome, c)) == 0 {
		return d
	}
	d.BeforeAfter = true
	since := time.Time{}
	if a := m.Adoption.Find(f.ID); a != nil {
		since = a.Available
	}
	if s != nil {
		d.Better = better
	}
	if s != nil && !since.IsZero() && since.Before(m.CutOff) {
		from := m.CutOff.Add(-outcomeWeeks * org.Week)
		if from.Before(since) {
			from = since
		}
		before, after := weeklyValues(s, since.Add(-outcomeWeeks*org.Week), since), weeklyValues(s, from, m.CutOff)
		d.Next = org.WeekOf(since).Add((minOutcomeWeeks + 2) * org.Week)
		if len(before) > 0 && len(after) > 0 {
			compareMedianWeeks(&d, before, after)
			return d
		}
	}
	for _, r := range listReported(f.ID, d.Outcome, c) {
		if *r.Before != 0 {
			d.Before, d.After, d.ChecksFailed = r.Before, r.After, true
			d.Change = decision.Estimate{Figure: metric.Figure{Value: metric.Of((*r.After - *r.Before) / max(*r.Before,
				-*r.Before))}}
		}
	}
	return d
}

// listReported lists the results with a value before and after that content reports for a
// measure and a feature.
func listReported(feature, measure string, c *fact.Content) []fact.Result {
	var out []fact.Result
	take := func(draft bool, features []string, results []fact.Result) {
		for _, r := range results {
			if !draft && slices.Contains(features, feature) && r.Measure == measure && r.Before != nil && r.After != nil {
				out = append(out, r)
			}
		}
	}
	for i := range c.Initiatives {
		take(c.Initiatives[i].Draft, c.Initiatives[i].Features, c.Initiatives[i].Results)
	}
	for i := range c.Cases {
		take(c.Cases[i].Draft, c.Cases[i].Features, c.Cases[i].Results)
	}
	return out
}

// compareMedianWeeks fills in the change from the weeks before to those after: of the median
// week, relative to the median before, with the interval of the shift and the one-sided
// p-values of the rank test. The relative change is nil if the median before is 0.
func compareMedianWeeks(d *decision.Effect, before, after []float64) {
	b, a := medianOf(before), medianOf(after)
	d.Before, d.After = metric.Of(b), metric.Of(a)
	d.ChecksFailed = b == 0 || len(before) < minOutcomeWeeks || len(after) < minOutcomeWeeks
	if b == 0 {
		return
	}
	size := max(b, -b)
	d.Change = decision.Estimate{Figure: metric.Figure{Value: metric.Of((a - b) / size)}, N: len(before) + len(after)}
	if d.ChecksFailed {
		return
	}
	shift, iv := stat.HodgesLehmann(after, before, 0.95)
	d.Change.Lo, d.Change.Hi = metric.Of(iv.Lo/size), metric.Of(iv.Hi/size)
	_, p := stat.MannWhitney(after, before)
	down := p / 2
	if shift > 0 {
		down = 1 - p/2
	}
	d.Down, d.Up = metric.Of(down), metric.Of(1-down)
}

// outcomeSeries returns the platform's weekly series of a measure or metric, and its better
// direction.
func outcomeSeries(m *Measured, id string) (*metric.Series, metric.Direction) {
	for _, name := range [...]string{measures.MetricID(id), id} {
		for i := range m.Sections {
			scope := metric.Scope{Kind: metric.Organisation}
			if s := m.Sections[i].FindSeries(name, scope); s != nil {
				if mt := m.Sections[i].Find(name, scope); mt != nil {
					return s, mt.Better
				}
			}
		}
	}
	return nil, metric.Neutral
}

// weeklyValues returns the values of the whole weeks within a span.
func weeklyValues(s *metric.Series, from, to time.Time) []float64 {
	var out []float64
	for _, p := range s.Points {
		if p.Value != nil && !p.At.Before(from) && !p.At.Add(org.Week).After(to) {
			out = append(out, *p.Value)
		}
	}
	return out
}

func medianOf(x []float64) float64 {
	sorted := slices.Sorted(slices.Values(x))
	return stat.Quantile(sorted, 0.5)
}

const (
	// waveEvery is the assumed time between surveys without dates.
	waveEvery = 13 * org.Week
	// waveDays is the assumed number of days for which a survey without an end is open.
	waveDays = 14
)

// nextWave returns the expected day of the answers of the next survey that counts for a feature
// available since that day. It assumes the interval between the last two surveys and the length
// of the last one.
func nextWave(waves []space.Wave, since, asOf time.Time) time.Time {
	every, open := time.Duration(waveEvery), waveDays
	sent := asOf
	if n := len(waves); n > 0 {
		last := &waves[n-1]
		if sent = last.Sent; n > 1 && last.Sent.After(waves[n-2].Sent) {
			every = last.Sent.Sub(waves[n-2].Sent)
		}
		if last.Closed.After(last.Sent) {
			open = int(last.Closed.Sub(last.Sent)/(24*time.Hour)) + 1
		}
		if last.Open && last.Window.To.After(asOf) && !last.Sent.Before(since.Add(decision.WaveWeeks*org.Week)) {
			return last.Window.To
		}
		sent = sent.Add(every)
	}
	counts := since.Add(decision.WaveWeeks * org.Week)
	for sent.Before(asOf) || sent.Before(counts) {
		sent = sent.Add(max(every, org.Week))
	}
	return sent.AddDate(0, 0, open)
}

package dora

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func (r *rules) newFailRateSpec(source string, rollouts, failures []string) metric.Spec {
	d := metric.Spec{
		ID: FailRate, Version: 1, Title: "Change failure rate",
		Familiar: "Change fail rate", Unit: metric.Share, Better: metric.Down,
		Source: source, Series: true, Estimate: "share, Wilson", Interval: likely, Trend: shareTrend,
	}
	if r.FailRateOf == OfIncidents {
		d.Unit, d.Estimate, d.Trend, d.Untested = metric.Number, "ratio, Garwood", "", "deployments do not cause all "+
			"incidents"
		d.Config = append(slices.Clone(rollouts), fmt.Sprintf("dora.fail_rate = %q", OfIncidents))
		d.Text = "Incidents of any cause that opened in the window ÷ production deployments that succeeded in rolling " +
			"out. It is not a share: several incidents may follow one deployment. The interval is " +
			"Garwood's. Its change is not tested."
		return d
	}
	var proofs []string
	for _, c := range classes {
		if !r.uses(c.Evidence) {
			continue
		}
		said := "inferred"
		if c.Confirmed() {
			said = "confirmed"
		}
		proofs = append(proofs, c.text+" ("+said+")")
	}
	d.Config = failures
	d.Text = "Failed production deployments ÷ production deployments that succeeded in rolling out. A deployment " +
		"failed when, strongest proof first: " +
		strings.Join(proofs, "; ") + ". Several proofs count once. The interval is Wilson's."
	switch {
	case r.uses(Window) && r.Blame == Previous:
		d.Text += " An incident without a reference is blamed on the last deployment that finished before it, however old."
	case r.uses(Window):
		d.Text += fmt.Sprintf(" An incident without a reference is blamed on the last deployment that finished before it, "+
			"if that was within %d hours and the service does not deploy more than once in that time. Otherwise the "+
			"deployment is suspected, which is shown and not counted. A roll-out is also suspected if an incident began "+
			"during it. The range extends to the rate with all suspected deployments. The metric has no value if %d or "+
			"more are suspected and they are more than those counted.", r.WindowHours, minSuspected)
	}
	return d
}

func (m *measurer) measureFailRate(x *scopeSamples) metric.Metric {
	mt := m.newMetric(FailRate, x)
	mt.Evidence = evDeploy
	s := &x.now
	mt.N = m.countFailures(s)
	if s.deployments == 0 {
		mt.Why = "no deployment in these weeks"
		return mt
	}
	if m.hidesFailures(x.p, s) {
		mt.Why, mt.Next = "no incidents were collected, so failures cannot be seen", "connect a source of incidents "+
			"in config.toml"
		return mt
	}
	var was estimate
	if m.org.IncidentsKnownIn(m.before) {
		was = m.computeFailRate(&x.before)
	}
	rate := m.computeFailRate(s)
	s.explainSuspicion(&mt, rate)
	m.setValue(&mt, rate, was, m.countFailures(&x.before))
	if m.FailRateOf == OfDeployments {
		mt.Details = splitFailures(s)
	}
	return mt
}

// hidesFailures reports whether the facts cannot show failures: no incident was collected, no
// source is declared complete, and no other evidence shows a failure.
func (m *measurer) hidesFailures(p *pool, s *sample) bool {
	return len(p.incidents) == 0 && !m.org.IncidentsCompleteIn(s.window) && (s.failed == 0 || m.FailRateOf == OfIncidents)
}

func (m *measurer) countFailures(s *sample) []metric.Count {
	failed := metric.Count{What: "failed", N: s.failed}
	if m.FailRateOf == OfIncidents {
		failed = metric.Count{What: "incidents", N: len(s.restore.seconds) + s.restore.bad}
	}
	return []metric.Count{failed, {What: "deployments", N: s.deployments}}
}

// splitFailures returns the confirmed, the inferred and the suspected share of failures.
func splitFailures(s *sample) []metric.Detail {
	detail := func(label string, k int, note string) metric.Detail {
		return metric.Detail{
			Label: label, Figure: metric.Figure{Value: metric.Of(float64(k) / float64(s.deployments))}, Unit: metric.Share,
			Note: note,
		}
	}
	list := []metric.Detail{
		detail("confirmed", s.by.countPassing(Evidence.Confirmed), s.by.formatCounts(Evidence.Confirmed)),
		detail("inferred", s.by.countPassing(isInferred), s.by.formatCounts(isInferred)),
	}
	if s.suspected > 0 {
		list = append(list, detail("suspected, not counted", s.suspected,
			"an incident began soon after, at services that deploy too often for that to be evidence, or during the roll-out"))
	}
	return list
}

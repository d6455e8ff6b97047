package discovery

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// IDs of the metrics.
const (
	Interviews   = "discovery.interviews_per_quarter"
	Share        = "discovery.share"
	UnusedEffort = "discovery.unused_effort"
	IdeaToGA     = "discovery.idea_to_ga"
	FirstAnswer  = "discovery.first_answer"
)

const (
	confidence = 0.95
	secondsDay = 24 * 60 * 60
)

func definitions() []metric.Definition {
	defs := []metric.Definition{
		{ID: Interviews, Title: "Interviews per quarter", Text: "Interviews dated in the 12 weeks before the cut-off, against the 12 weeks before those. Shadowing and conversations about a request are counted apart."},
		{ID: Share, Title: "Time spent on discovery", Text: "Person-days of discovery ÷ all person-days of the 12 weeks before the cut-off. Activities count by their track, phases of initiatives as delivery, and research as discovery unless an activity lists it. Person-days are spread evenly from start to end; what is planned counts nothing.", Source: "IP3dP: spending 20 % of the time on discovery prevents 80 % waste on wrong features"},
		{ID: UnusedEffort, Title: "Effort on features few use", Text: "Person-days of initiatives for features that fewer than 20 % of eligible units use six months after shipping ÷ person-days of initiatives for all features that have had six months. An initiative's days are shared equally among its features."},
		{ID: IdeaToGA, Title: "Idea to production", Text: "Days from the request of an initiative (declared, or the earliest of its research) to the start of its general availability. The headline is the median; initiatives not there yet stay in, as at least this long (Kaplan–Meier), and refused ones leave."},
		{ID: FirstAnswer, Title: "Days to the first answer", Text: "Days from a request to the first answer to whoever asked. The headline is the median over all requests; those without a recorded answer of any kind stay in, as at least this long (Kaplan–Meier)."},
	}
	for i := range defs {
		defs[i].Hash = defs[i].Fingerprint()
	}
	return defs
}

// section holds the five metrics.
func (g *graph) section(journeys []Journey, asked []Asked, e Effort) metric.Section {
	defs := definitions()
	return metric.Section{
		Family:      "discovery",
		Definitions: defs,
		Metrics: []metric.Metric{
			g.interviews(g.blank(&defs[0])), g.share(g.blank(&defs[1]), e), g.unusedShare(g.blank(&defs[2])),
			g.ideaToGA(g.blank(&defs[3]), journeys), g.firstAnswer(g.blank(&defs[4]), asked),
		},
	}
}

func (g *graph) blank(d *metric.Definition) metric.Metric {
	return metric.Metric{
		ID: d.ID, Title: d.Title, Scope: metric.Scope{Kind: metric.Organisation}, State: metric.OK, Better: metric.Down,
		Window: g.quarter(), CutOff: g.in.Calendar.CutOff(), Definition: d.ID, DefinitionHash: d.Hash,
	}
}

func notAvailable(m metric.Metric, why, next string) metric.Metric {
	m.State, m.Why, m.Next = metric.NotAvailable, why, next
	return m
}

func (g *graph) interviews(m metric.Metric) metric.Metric {
	m.Unit, m.Better = metric.Number, metric.Up
	m.Target = &metric.Target{Value: float64(g.goals.Interviews), Op: metric.Up, From: "goal"}
	if g.countKinds(fact.Interview) == 0 {
		return notAvailable(m, "no interview is recorded", "write one with: ip3dp new interview ID")
	}
	n := g.countIn(m.Window, fact.Interview)
	before := metric.Window{From: m.Window.From.Add(-quarterWeeks * org.Week), To: m.Window.From}
	was := g.countIn(before, fact.Interview)
	m.Value, m.N = metric.Of(float64(n)), []metric.Count{{What: "interviews", N: n}}
	m.Was = &metric.Was{Value: metric.Of(float64(was)), N: []metric.Count{{What: "interviews", N: was}}, Window: before}
	m.Details = []metric.Detail{
		{Label: "shadowing", Value: metric.Of(float64(g.countIn(m.Window, fact.Shadowing))), Unit: metric.Number},
		{Label: "conversations about a request", Value: metric.Of(float64(g.countIn(m.Window, fact.Conversation))), Unit: metric.Number},
	}
	return m
}

func (g *graph) share(m metric.Metric, e Effort) metric.Metric {
	m.Unit, m.Better = metric.Share, metric.Up
	m.Target = &metric.Target{Value: g.goals.DiscoveryShare, Op: metric.Up, From: "goal"}
	if e.Total() <= 0 {
		return notAvailable(m, "no person-days are recorded in these twelve weeks", "give activities, phases and research their person_days")
	}
	m.Value = metric.Of(e.Discovery / e.Total())
	m.N = []metric.Count{{What: "person-days", N: int(math.Round(e.Total()))}}
	for _, d := range []metric.Detail{
		{Label: "discovery, person-days", Value: metric.Of(e.Discovery)},
		{Label: "delivery, person-days", Value: metric.Of(e.Delivery)},
		{Label: "measurement, person-days", Value: metric.Of(e.Measurement)},
	} {
		d.Unit = metric.Number
		m.Details = append(m.Details, d)
	}
	return m
}

func (g *graph) unusedShare(m metric.Metric) metric.Metric {
	m.Unit, m.Window = metric.Share, metric.Window{From: g.firstPhase(), To: g.asOf}
	unused, all, features := g.unusedEffort()
	switch {
	case features == 0:
		return notAvailable(m, "no feature whose use is known has been shipped for six months", "give features a shipped date and an [adoption] source")
	case all <= 0:
		return notAvailable(m, "no person-days are recorded for features shipped six months ago", "give the phases of their initiatives person_days")
	}
	m.Value = metric.Of(unused / all)
	m.N = []metric.Count{{What: "person-days", N: int(math.Round(all))}, {What: "features", N: features}}
	return m
}

// firstPhase is when the first phase of any initiative began.
func (g *graph) firstPhase() time.Time {
	var first time.Time
	for _, i := range g.initiatives {
		for n := range i.Phases {
			if p := &i.Phases[n]; begun(p, g.asOf) {
				first = earlier(first, p.Start)
			}
		}
	}
	return first
}

// earlier is the earlier of two times, of which a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (g *graph) ideaToGA(m metric.Metric, journeys []Journey) metric.Metric {
	days, closed, impossible := waits(journeys, g.asOf)
	for k := range journeys {
		m.Window.From = earlier(m.Window.From, journeys[k].Requested)
	}
	m = g.wait(m, days, closed, "initiatives", "no initiative with a known request has reached general availability yet",
		"set requested, or link the research that asked for it")
	if impossible > 0 {
		m.Warnings = append(m.Warnings, "initiatives available before they were requested are left out")
	}
	if p := prototypeDays(journeys); len(p) > 0 {
		m.Details = append(m.Details, metric.Detail{Label: "request to prototype, median", Value: metric.Of(stat.Quantile(p, 0.5) * secondsDay), Unit: metric.Seconds})
	}
	return m
}

func (g *graph) firstAnswer(m metric.Metric, asked []Asked) metric.Metric {
	var days []float64
	var closed []bool
	for i := range asked {
		a := &asked[i]
		m.Window.From = earlier(m.Window.From, a.Asked)
		switch {
		case a.Days != nil:
			days, closed = append(days, float64(*a.Days)), append(closed, true)
		case a.State == Open && !a.Asked.IsZero() && !a.Asked.After(g.asOf):
			days, closed = append(days, g.asOf.Sub(a.Asked).Hours()/24), append(closed, false)
		}
	}
	return g.wait(m, days, closed, "requests", "no request has a recorded answer", "set asked and answered in research that has a request")
}

// wait fills in the median of waits, of which some are still open.
func (g *graph) wait(m metric.Metric, days []float64, closed []bool, what, why, next string) metric.Metric {
	m.Unit, m.Interval = metric.Seconds, "likely range, 95 %"
	m.Window.To = g.asOf
	median, iv := stat.KaplanMeierMedian(days, closed, confidence)
	ended := 0
	for _, c := range closed {
		if c {
			ended++
		}
	}
	if math.IsInf(median, 0) || math.IsNaN(median) || ended == 0 {
		if ended > 0 {
			why, next = "fewer than half of the "+what+" got there yet", "wait"
		}
		return notAvailable(m, why, next)
	}
	m.Value, m.Lo = metric.Of(median*secondsDay), metric.Of(iv.Lo*secondsDay)
	if !math.IsInf(iv.Hi, 0) {
		m.Hi = metric.Of(iv.Hi * secondsDay)
	}
	m.N = []metric.Count{{What: what, N: len(days)}}
	if ended < len(days) {
		m.N = append(m.N, metric.Count{What: "still open", N: len(days) - ended})
	}
	return m
}

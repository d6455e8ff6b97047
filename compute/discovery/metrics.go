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

// Specs declares the metrics under these goals.
func Specs(goals Goals) metric.Specs {
	const person = "person-days are estimates by hand"
	return metric.Specs{
		{
			ID: Interviews, Version: 1, Title: "Interviews per quarter", Unit: metric.Number, Better: metric.Up,
			Estimate: "count", Untested: "it is a count, without statistical inference",
			Target: &metric.Target{Value: float64(goals.Interviews), Op: metric.Up, From: "goal"},
			Text: "Interviews dated in the 12 weeks before the cut-off, against the 12 weeks before those. Shadowing " +
				"and conversations about a request are counted apart.",
		},
		{
			ID: Share, Version: 1, Title: "Time spent on discovery", Unit: metric.Share, Better: metric.Up,
			Estimate: "ratio", Untested: person, Source: "IP3dP: spending 20 % of the time on discovery prevents 80 % " +
				"waste on wrong features",
			Target: &metric.Target{Value: goals.DiscoveryShare, Op: metric.Up, From: "goal"},
			Text: "Person-days of discovery ÷ all person-days of the 12 weeks before the cut-off. Activities count by " +
				"their track, phases of initiatives as delivery, and research as discovery unless an activity lists it. " +
				"Person-days are spread evenly from start to end; planned work does not count.",
		},
		{
			ID: UnusedEffort, Version: 1, Title: "Effort on features few use", Unit: metric.Share, Better: metric.Down,
			Estimate: "ratio", Untested: person,
			Text: "Person-days of initiatives for features that fewer than 20 % of eligible units use six months after " +
				"shipping ÷ person-days of initiatives for all features that have had six months. An initiative's days are " +
				"shared equally among its features.",
		},
		{
			ID: IdeaToGA, Version: 1, Title: "Idea to production", Unit: metric.Seconds, Better: metric.Down,
			Estimate: "median, Kaplan–Meier", Interval: metric.LikelyRange, Untested: fewEnds,
			Text: "Days from the request of an initiative (declared, or the earliest of its research) to the start of " +
				"its general availability. The headline is the median; initiatives not there yet stay in, as at least this " +
				"long (Kaplan–Meier), and refused ones leave.",
		},
		{
			ID: FirstAnswer, Version: 1, Title: "Days to the first answer", Unit: metric.Seconds, Better: metric.Down,
			Estimate: "median, Kaplan–Meier", Interval: metric.LikelyRange, Untested: fewEnds,
			Text: "Days from a request to the first answer to whoever asked. The headline is the median over all " +
				"requests; those without a recorded answer of any kind stay in, as at least this long (Kaplan–Meier).",
		},
	}
}

// fewEnds is the reason why the change of a wait is not tested.
const fewEnds = "it covers all requests so far, and too few end within a few weeks"

// newSection returns the five metrics.
func (g *graph) newSection(journeys []Journey, asked []Asked, e Effort) metric.Section {
	list := Specs(g.goals)
	blank := func(id string) metric.Metric {
		return list.Find(id).Metric(metric.Scope{Kind: metric.Organisation}, g.findQuarter(), g.in.Calendar.CutOff())
	}
	return metric.Section{
		Family:      "discovery",
		Definitions: list.Definitions(),
		Metrics: []metric.Metric{
			g.measureInterviews(blank(Interviews)), g.measureShare(blank(Share), e), g.measureUnusedShare(blank(UnusedEffort)),
			g.measureIdeaToGA(blank(IdeaToGA), journeys), g.measureFirstAnswer(blank(FirstAnswer), asked),
		},
	}
}

func markNotAvailable(m metric.Metric, why, next string) metric.Metric {
	m.State, m.Why, m.Next = metric.NotAvailable, why, next
	return m
}

func (g *graph) measureInterviews(m metric.Metric) metric.Metric {
	if g.countKinds(fact.Interview) == 0 {
		return markNotAvailable(m, "no interview is recorded", "write one with: ip3dp new interview ID")
	}
	n := g.countResearch(m.Window, fact.Interview)
	before := metric.Window{From: m.Window.From.Add(-quarterWeeks * org.Week), To: m.Window.From}
	was := g.countResearch(before, fact.Interview)
	m.Value, m.N = metric.Of(float64(n)), []metric.Count{{What: "interviews", N: n}}
	m.Was = &metric.Was{
		Figure: metric.Figure{Value: metric.Of(float64(was))},
		N:      []metric.Count{{What: "interviews", N: was}}, Window: before,
	}
	m.Details = []metric.Detail{
		{
			Label: "shadowing", Figure: metric.Figure{Value: metric.Of(float64(g.countResearch(m.Window, fact.Shadowing)))},
			Unit: metric.Number,
		},
		{
			Label: "conversations about a request", Figure: metric.Figure{Value: metric.Of(float64(g.countResearch(m.Window,
				fact.Conversation)))},
			Unit: metric.Number,
		},
	}
	return m
}

func (g *graph) measureShare(m metric.Metric, e Effort) metric.Metric {
	if e.Total() <= 0 {
		return markNotAvailable(m, "no person-days are recorded in these twelve weeks",
			"give activities, phases and research their person_days")
	}
	m.Value = metric.Of(e.Discovery / e.Total())
	m.N = []metric.Count{{What: "person-days", N: int(math.Round(e.Total()))}}
	for _, d := range []metric.Detail{
		{Label: "discovery, person-days", Figure: metric.Figure{Value: metric.Of(e.Discovery)}},
		{Label: "delivery, person-days", Figure: metric.Figure{Value: metric.Of(e.Delivery)}},
		{Label: "measurement, person-days", Figure: metric.Figure{Value: metric.Of(e.Measurement)}},
	} {
		d.Unit = metric.Number
		m.Details = append(m.Details, d)
	}
	return m
}

func (g *graph) measureUnusedShare(m metric.Metric) metric.Metric {
	m.Window = metric.Window{From: g.findFirstPhase(), To: g.asOf}
	unused, all, features := g.sumUnusedEffort()
	switch {
	case features == 0:
		return markNotAvailable(m, "no feature whose use is known has been shipped for six months",
			"give features a shipped date and an [adoption] source")
	case all <= 0:
		return markNotAvailable(m, "no person-days are recorded for features shipped six months ago",
			"give the phases of their initiatives person_days")
	}
	m.Value = metric.Of(unused / all)
	m.N = []metric.Count{{What: "person-days", N: int(math.Round(all))}, {What: "features", N: features}}
	return m
}

// findFirstPhase returns the start of the earliest phase of any initiative.
func (g *graph) findFirstPhase() time.Time {
	var first time.Time
	for _, i := range g.initiatives {
		for n := range i.Phases {
			if p := &i.Phases[n]; p.Begun(g.asOf) {
				first = org.Earlier(first, p.Start)
			}
		}
	}
	return first
}

func (g *graph) measureIdeaToGA(m metric.Metric, journeys []Journey) metric.Metric {
	days, closed, impossible := listWaits(journeys, g.asOf)
	for k := range journeys {
		m.Window.From = org.Earlier(m.Window.From, journeys[k].Requested)
	}
	m = g.measureWait(m, days, closed, "initiatives", "no initiative with a known request has reached general "+
		"availability yet",
		"set requested, or link the research that asked for it")
	if impossible > 0 {
		m.Warnings = append(m.Warnings, "initiatives available before they were requested are left out")
	}
	if p := listPrototypeDays(journeys); len(p) > 0 {
		m.Details = append(m.Details, metric.Detail{
			Label:  "request to prototype, median",
			Figure: metric.Figure{Value: metric.Of(stat.Quantile(p, 0.5) * secondsDay)}, Unit: metric.Seconds,
		})
	}
	return m
}

func (g *graph) measureFirstAnswer(m metric.Metric, asked []Asked) metric.Metric {
	var days []float64
	var closed []bool
	for i := range asked {
		a := &asked[i]
		m.Window.From = org.Earlier(m.Window.From, a.Asked)
		switch {
		case a.Days != nil:
			days, closed = append(days, float64(*a.Days)), append(closed, true)
		case a.State == Open && !a.Asked.IsZero() && !a.Asked.After(g.asOf):
			days, closed = append(days, g.asOf.Sub(a.Asked).Hours()/24), append(closed, false)
		}
	}
	return g.measureWait(m, days, closed, "requests", "no request has a recorded answer",
		"set asked and answered in research that has a request")
}

// measureWait fills in the median of waits, some of them open (Kaplan and Meier 1958).
func (g *graph) measureWait(m metric.Metric, days []float64, closed []bool, what, why, next string) metric.Metric {
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
		return markNotAvailable(m, why, next)
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

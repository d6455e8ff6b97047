package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

var (
	nowWeeks    = metric.Window{From: on("2024-10-07"), To: on("2024-11-04")}
	beforeWeeks = metric.Window{From: on("2024-09-09"), To: on("2024-10-07")}
)

// windowed is a tested metric of two windows, and its series with steps in some weeks.
func windowed(id, title string, unit metric.Unit, better metric.Direction, value, was float64, o metric.Outcome,
	steps ...metric.Step,
) (*metric.Metric, *metric.Series) {
	m := moved(id, unit, better, value, was, o)
	m.Title, m.Window, m.Was.Window = title, nowWeeks, beforeWeeks
	if m.Trend != nil {
		m.Trend.Now, m.Trend.Before = nowWeeks, beforeWeeks
	}
	m.Change = &metric.Change{Value: value/was - 1, Relative: true}
	series := &metric.Series{ID: id, Title: title, Scope: organisation, Unit: unit, Steps: steps}
	for at := on("2024-01-01"); at.Before(nowWeeks.To); at = at.Add(org.Week) {
		series.Points = append(series.Points, metric.Point{At: at, Figure: metric.Figure{Value: &value}})
	}
	return &m, series
}

// stepIn is a step that begins in a week.
func stepIn(week string, before, after float64) metric.Step {
	return metric.Step{Week: on(week), Before: before, After: after, P: .003}
}

// titledSite is a site with gates, a decision and a feature that no title may name.
func titledSite() *site {
	return &site{
		report: compute.Report{Measured: compute.Measured{AsOf: on("2024-11-11"), CutOff: nowWeeks.To, Current: nowWeeks, Before: beforeWeeks}},
		titles: map[string]string{"features/helm": "Helm Charts"},
		content: fact.Content{
			Initiatives: []fact.Initiative{{
				Item: fact.Item{ID: "auto"}, GanttTitle: "GitOps", Phases: []fact.Phase{
					{Name: "alpha", Start: on("2024-06-03")},
					{Name: "beta", Start: on("2024-10-07")},
					{Name: "ga", Start: on("2025-01-06")},
				},
			}},
			Decisions: []fact.Decision{{Feature: "helm", Decision: "accept", On: on("2024-08-06")}},
		},
	}
}

// A title states what tests support: the week only with a tested change and a step in the window.
func TestTitles(t *testing.T) {
	const (
		frequency, leadTime, failures = "Deployment frequency", "Change lead time", "Change failure rate"
		windows                       = " in 7 Oct–3 Nov"
		before                        = " in 9 Sep–6 Oct"
	)
	october := stepIn("2024-10-07", 4, 5.2)
	for _, c := range []struct {
		name  string
		make  func() (*metric.Metric, *metric.Series)
		title string
	}{
		{"a change with its week", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.Frequency, frequency, metric.PerDayPer, metric.Up, 5.2, 4, metric.Changed, october)
		}, "Deployments rose from 4.0 to 5.2 per team per day in the week of 7 October"},
		{"a fall, in full words, with the decimal that makes the sum right", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.LeadTime, leadTime, metric.Seconds, metric.Down, 2520, 2964, metric.Changed, stepIn("2024-10-07", 2964, 2520))
		}, "Change lead time fell from 49.4 to 42 minutes in the week of 7 October"},
		{"one worse", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.FailRate, failures, metric.Share, metric.Down, .11, .08, metric.Changed, stepIn("2024-10-07", .08, .11))
		}, "Change failure rate rose from 8 to 11 % in the week of 7 October"},
		{"a change without a step", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.Frequency, frequency, metric.PerDayPer, metric.Up, 5.2, 4, metric.Changed)
		}, "Deployments: 5.2 per team per day" + windows + ", 4.0" + before},
		{"a step in the earlier window", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.Frequency, frequency, metric.PerDayPer, metric.Up, 5.2, 4, metric.Changed, stepIn("2024-09-23", 4, 5.2))
		}, "Deployments: 5.2 per team per day" + windows + ", 4.0" + before},
		{"a step of the other direction", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.Frequency, frequency, metric.PerDayPer, metric.Up, 5.2, 4, metric.Changed, stepIn("2024-10-07", 5.2, 4))
		}, "Deployments: 5.2 per team per day" + windows + ", 4.0" + before},
		{"a step without a tested change", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.Frequency, frequency, metric.PerDayPer, metric.Up, 5.2, 4, metric.NotEnoughData, october)
		}, "Deployments: 5.2 per team per day" + windows + ", 4.0" + before + "; may be chance"},
		{"worth watching", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.LeadTime, leadTime, metric.Seconds, metric.Down, 4200, 3000, metric.WorthWatching, stepIn("2024-10-07", 3000, 4200))
		}, "Change lead time: 1.2 hours" + windows + ", 50 minutes" + before + "; worth watching"},
		{"a claim of an earlier look", func() (*metric.Metric, *metric.Series) {
			m, s := windowed(dora.Frequency, frequency, metric.PerDayPer, metric.Up, 5.2, 5.1, metric.Changed, october)
			m.Trend.Claim = &metric.Claim{Direction: metric.Up, Now: beforeWeeks}
			return m, s
		}, "Deployments: 5.2 per team per day" + windows + ", 5.1" + before},
		{"nothing changed", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.FailRate, failures, metric.Share, metric.Down, .08, .08, metric.AboutTheSame)
		}, "Change failure rate stayed about the same: 8 %" + windows + ", 8 %" + before},
		{"not tested", func() (*metric.Metric, *metric.Series) {
			return windowed(dora.Rework, "Deployment rework rate", metric.Share, metric.Down, .08, .07, "")
		}, "Deployment rework rate: 8 %" + windows + ", 7 %" + before + "; not tested"},
		{"tickets", func() (*metric.Metric, *metric.Series) {
			return windowed("support.tickets_per_week", "Tickets per week", metric.PerWeek, metric.Down, 12, 20, metric.Changed, stepIn("2024-10-07", 20, 12))
		}, "Tickets fell from 20 to 12 per week in the week of 7 October"},
		{"the score", func() (*metric.Metric, *metric.Series) {
			m, _ := windowed("space.nps", "NPS", metric.Points, metric.Up, 42, 34, metric.NotEnoughData)
			return m, nil
		}, "NPS: +42" + windows + ", +34" + before + "; may be chance"},
		{"the first night", func() (*metric.Metric, *metric.Series) {
			m, s := windowed(dora.LeadTime, leadTime, metric.Seconds, metric.Down, 2640, 1, "")
			m.Was, m.Change = nil, nil
			return m, s
		}, "Change lead time: 44 minutes" + windows},
		{"without a value", func() (*metric.Metric, *metric.Series) {
			return &metric.Metric{ID: dora.RestoreTime, Title: "Time to restore service", State: metric.NotAvailable}, nil
		}, "Time to restore service"},
		{"evidence is missing", func() (*metric.Metric, *metric.Series) {
			m, s := windowed(dora.FailRate, failures, metric.Share, metric.Down, .04, .04, metric.NotEnoughData)
			m.Unsettled, m.Lo, m.Hi = true, metric.Of(.01), metric.Of(.08)
			return m, s
		}, "Change failure rate: 1–8 %" + windows + ", because evidence is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, series := c.make()
			s := titledSite()
			title, _ := s.seriesTitle(m, series)
			if got := plainSpaces(title); got != c.title {
				t.Errorf("%s\ngot  %q\nwant %q", c.name, got, c.title)
			}
			for _, text := range []string{title, s.leadFinding(m)} {
				for _, never := range []string{"GitOps", "Helm", "beta", "decided"} {
					if strings.Contains(text, never) {
						t.Errorf("%q names %s", text, never)
					}
				}
			}
		})
	}
}

// The finding of the leading tile has the same evidence as a title.
func TestLeadFinding(t *testing.T) {
	s := titledSite()
	m, series := windowed(dora.LeadTime, "Change lead time", metric.Seconds, metric.Down, 2520, 2964, metric.Changed, stepIn("2024-10-07", 2964, 2520))
	want := func(text string) {
		t.Helper()
		if got := plainSpaces(s.leadFinding(m)); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	want("42 minutes in 7 Oct–3 Nov, 49.4 in 9 Sep–6 Oct.")
	s.report.Sections = []metric.Section{{Family: "dora", Series: []metric.Series{*series}}}
	want("From 49.4 to 42 minutes in the week of 7 October.")
	m.Trend.Outcome = metric.NotEnoughData
	want("42 minutes in 7 Oct–3 Nov, 49.4 in 9 Sep–6 Oct; may be chance.")
	m.Trend.Outcome = metric.AboutTheSame
	want("About the same: 42 minutes in 7 Oct–3 Nov, 49.4 in 9 Sep–6 Oct.")
	m.Was = nil
	want("")
}

// The line below a title has measure, unit and period.
func TestMeasureLine(t *testing.T) {
	s := titledSite()
	m, series := windowed(dora.LeadTime, "Change lead time", metric.Seconds, metric.Down, 2520, 2964, metric.Changed)
	if got, want := plainSpaces(s.measureLine(m, series)), "Change lead time, minutes, median, by week, 1 Jan–3 Nov 2024"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Dates are labels: spans, gates, releases and decisions; and a step near none of them.
func TestMarks(t *testing.T) {
	labels := func(marks ...string) []string { return marks }
	for _, c := range []struct {
		name  string
		edit  func(s *site, series *metric.Series)
		label []string
	}{
		{"a step with a gate near it", func(*site, *metric.Series) {}, labels("3 Jun GitOps Alpha", "6 Aug Helm Charts decided", "7 Oct GitOps Beta")},
		{"a step without a label", func(s *site, _ *metric.Series) { s.content.Initiatives[0].Phases[1].Start = on("2024-09-02") }, labels("3 Jun GitOps Alpha", "6 Aug Helm Charts decided", "2 Sep GitOps Beta", "7 Oct nothing written down")},
		{"a step at the end of holidays", func(s *site, _ *metric.Series) {
			s.content = fact.Content{}
			s.report.Calendar = []metric.Break{{Title: "Autumn break", Kind: metric.Holiday, Window: metric.Window{From: on("2024-09-30"), To: on("2024-10-05")}}}
		}, labels("30 Sep Autumn break")},
		{"a freeze of another team", func(s *site, _ *metric.Series) {
			s.content = fact.Content{}
			s.report.Calendar = []metric.Break{{Kind: metric.Freeze, Window: metric.Window{From: on("2024-09-30"), To: on("2024-10-05")}, Teams: []string{"shop"}}}
		}, labels("7 Oct nothing written down")},
		{"a team has its own spans and no gates", func(s *site, series *metric.Series) {
			series.Scope, series.Steps = metric.Scope{Kind: metric.Team, ID: "shop"}, nil
			s.report.Calendar = []metric.Break{{Kind: metric.Freeze, Window: metric.Window{From: on("2024-09-30"), To: on("2024-10-05")}, Teams: []string{"shop"}}}
		}, labels("30 Sep Freeze")},
		{"planned and stopped phases", func(s *site, _ *metric.Series) {
			s.content.Initiatives[0].Phases[0].Status, s.content.Initiatives[0].Phases[1].Status = "stopped", "planned"
		}, labels("6 Aug Helm Charts decided", "7 Oct nothing written down")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := titledSite()
			_, series := windowed(dora.Frequency, "Deployment frequency", metric.PerDayPer, metric.Up, 5.2, 4, metric.Changed, stepIn("2024-10-07", 4, 5.2))
			c.edit(s, series)
			var got []string
			for _, m := range s.marksFor(series) {
				got = append(got, plainSpaces(m.At.Format("2 Jan")+" "+m.Label))
			}
			if diff := cmp.Diff(c.label, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of many dates an axis shows a few: those near a step first.
func TestManyMarks(t *testing.T) {
	s := titledSite()
	for i := range 40 {
		s.content.Initiatives = append(s.content.Initiatives, fact.Initiative{
			Item:   fact.Item{ID: "x", Title: "A title that is longer than any label of an axis may be"},
			Phases: []fact.Phase{{Name: "ga", Start: on("2024-01-08").AddDate(0, 0, 7*i)}},
		})
	}
	_, series := windowed(dora.Frequency, "Deployment frequency", metric.PerDayPer, metric.Up, 5.2, 4, metric.Changed, stepIn("2024-10-07", 4, 5.2))
	marks := s.marksFor(series)
	if len(marks) > mostMarks {
		t.Errorf("%d marks", len(marks))
	}
	near := 0
	for i := range marks {
		if isNear(&marks[i], on("2024-10-07")) {
			near++
		}
		if n := len([]rune(marks[i].Label)); n > longestLabel+len(" decided") {
			t.Errorf("%q is too long", marks[i].Label)
		}
	}
	if near == 0 {
		t.Error("no date near the step is shown")
	}
}

// The words on the windows name the weeks that they leave out.
func TestWindowsNameTheirBreaks(t *testing.T) {
	s := titledSite()
	if got := plainSpaces(s.windowWords()); got != "7 Oct–3 Nov 2024, against 9 Sep–6 Oct 2024" {
		t.Error(got)
	}
	s.report.Calendar = []metric.Break{
		{Title: "Autumn break", Kind: metric.Holiday, Window: metric.Window{From: on("2024-09-16"), To: on("2024-09-19")}},
		{Title: "Summer", Kind: metric.Holiday, Window: metric.Window{From: on("2024-08-05"), To: on("2024-08-12")}},
		{Kind: metric.Freeze, Window: metric.Window{From: on("2024-10-16"), To: on("2024-10-19")}, Teams: []string{"shop"}},
	}
	if got := plainSpaces(s.windowWords()); got != "7 Oct–3 Nov 2024, against 9 Sep–6 Oct 2024, without 16–22 Sep 2024 (Autumn break)" {
		t.Error(got)
	}
}

// A headline names the earlier month if most of the earlier window is in it.
func TestHeadlineNamesTheMonth(t *testing.T) {
	window := func(from string) metric.Window {
		return metric.Window{From: on(from), To: on(from).Add(org.Period)}
	}
	for _, c := range []struct {
		name, lead, fail string // the beginnings of the earlier windows
		outcomes         [2]metric.Outcome
		claim            string
	}{
		{"faster and no worse", "2024-09-09", "2024-09-09", [2]metric.Outcome{metric.Changed, metric.AboutTheSame}, "delivery is faster than in September and fails no more often"},
		{"nothing moved", "2024-09-09", "2024-09-09", [2]metric.Outcome{metric.AboutTheSame, metric.AboutTheSame}, "delivery is as fast as in September and fails no more often"},
		{"half a month is not the month", "2024-09-16", "2024-09-16", [2]metric.Outcome{metric.Changed, metric.AboutTheSame}, "delivery is faster and fails no more often"},
		{"other windows", "2024-09-09", "2024-08-05", [2]metric.Outcome{metric.Changed, metric.AboutTheSame}, "delivery is faster and fails no more often"},
		{"failures alone", "2024-09-09", "2024-09-09", [2]metric.Outcome{metric.NotEnoughData, metric.AboutTheSame}, "delivery fails no more often than in September"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lead := moved(dora.LeadTime, metric.Seconds, metric.Down, 2520, 2940, c.outcomes[0])
			fail := moved(dora.FailRate, metric.Share, metric.Down, .08, .08, c.outcomes[1])
			lead.Trend.Before, fail.Trend.Before = window(c.lead), window(c.fail)
			if got := deliveryClaims(&lead, &fail); len(got) != 1 || got[0] != c.claim {
				t.Errorf("got %q, want %q", got, c.claim)
			}
		})
	}
	old := moved(dora.LeadTime, metric.Seconds, metric.Down, 2520, 2940, metric.Changed)
	old.Trend.Before = window("2024-10-07")
	old.Trend.Claim = &metric.Claim{Direction: metric.Down, Before: window("2024-09-02")}
	if got := earlierWeeks(&old); got != "in September" {
		t.Errorf("a claim of an earlier look is about %q", got)
	}
}

// The configuration names the leading number, and never the data.
func TestLeadIsConfigured(t *testing.T) {
	s := titledSite()
	sec := &metric.Section{Family: "dora"}
	for _, id := range headlineIDs {
		m, _ := windowed(id, id, metric.Seconds, metric.Down, 2520, 2964, metric.Changed)
		sec.Metrics = append(sec.Metrics, *m)
	}
	for word, id := range map[string]string{
		"": dora.LeadTime, "change_lead_time": dora.LeadTime, "deployment_frequency": dora.Frequency,
		"change_failure_rate": dora.FailRate, "time_to_restore": dora.RestoreTime, "unknown": dora.LeadTime,
	} {
		t.Run(word, func(t *testing.T) {
			s.report.Platform.Lead = word
			tiles := s.northStar(sec)
			if len(tiles) != 4 || tiles[0].ID != strings.ReplaceAll(id, ".", "-") || !strings.HasPrefix(tiles[0].Class, "lead") {
				t.Errorf("%q: %+v", word, tiles[0].ID)
			}
		})
	}
}

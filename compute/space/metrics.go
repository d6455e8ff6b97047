package space

import (
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Specs declares the metrics under these options.
func (o Options) Specs() metric.Specs {
	developers := fmt.Sprintf("platform.developers = %d", o.Developers)
	points := fmt.Sprintf("sesoi.nps_points = %g", o.NPSPoints)
	return metric.Specs{
		{
			ID: NPS, Version: 1, Title: "Net promoter score", Unit: metric.Points, Better: metric.Up, Familiar: "NPS",
			Config: []string{developers, points}, Source: "Reichheld 2003; interval: Rocks 2016",
			Estimate: "difference of shares, adjusted Wald", Interval: likely, Trend: "difference of two independent samples",
			Text: "Answers of 9 and 10 less answers of 0 to 6, in % of all valid answers of the latest closed survey; 7 " +
				"and 8 stay in the denominator, and a blank answer is not a 0. The interval is adjusted Wald with " +
				"finite-population correction, within the range that the missing answers allow. A change " +
				"between two surveys is tested as that of two independent samples, without the correction.",
		},
		{
			ID: ResponseRate, Version: 1, Title: "Response rate",
			Unit: metric.Share, Better: metric.Up, Config: []string{developers},
			Estimate: "share", Untested: "it measures how many people a survey reached, not how good the platform is",
			Text: "Answers with at least one valid item ÷ people invited, or all developers of the platform if the " +
				"survey does not record how many were invited.",
		},
		{
			ID: Satisfied, Version: 1, Title: "Satisfied users", Unit: metric.Share, Better: metric.Up,
			Estimate: "share, Wilson by team", Interval: likely, Untested: fewAnswers,
			Text: "Positive answers ÷ answers of the feature's own users to the question how satisfied they are with it, " +
				"in the latest survey with at least five. A neutral answer stays in the denominator; a blank one does not " +
				"come from a user. Wilson interval with an effective number of answers, because people of one team answer alike.",
		},
		{
			ID: MostLoved, Version: 1, Title: "Most loved feature", Unit: metric.Share, Better: metric.Up,
			Estimate: "share, Wilson", Interval: likely, Untested: fewMentions,
			Text: "Respondents who name the feature as loved ÷ all respondents of the survey; one mention a respondent, " +
				"at least five mentions, ties shown. Wilson interval. It is not a share of the feature's users.",
		},
		{
			ID: Frustrating, Version: 1, Title: "Most frustrating feature", Unit: metric.Share, Better: metric.Down,
			Estimate: "share, Wilson", Interval: likely, Untested: fewMentions,
			Text: "Respondents who name the feature as frustrating ÷ all respondents of the survey; one mention a " +
				"respondent, at least five mentions, ties shown. Wilson interval. It is not a share of the feature's users.",
		},
		{
			ID: Items, Version: 1, Title: "Favourable answers", Unit: metric.Share, Better: metric.Up,
			Estimate: "share, Wilson", Interval: likely, Untested: fewAnswers,
			Text: "Answers on the good side of the scale's middle ÷ all answers to the question; of a reversed question " +
				"the low ones are good. Wilson interval.",
		},
		{
			ID: TaskSuccess, Version: 1, Title: "Tasks completed without help", Unit: metric.Share, Better: metric.Up,
			Estimate: "share, Wilson", Interval: likely, Untested: fewTasks,
			Text: "Attempts at common tasks that were completed without help ÷ all attempts, over four weeks. Completed " +
				"attempts that do not record whether they needed help are left out and counted. Wilson interval.",
		},
		{
			ID: TaskMinutes, Version: 1, Title: "Time for a task", Unit: metric.Seconds, Better: metric.Down,
			Estimate: "median, order statistics", Interval: likely, Untested: fewTasks,
			Text: "Median time of the completed attempts of four weeks, with its order-statistic interval. Attempts that " +
				"were given up are in the success rate.",
		},
		{
			ID: ChangesWeek, Version: 1, Title: "Changes merged per week", Unit: metric.PerWeek, Better: metric.Neutral,
			Estimate: "rate, quasi-Poisson over the weeks", Interval: likely, Untested: activity,
			Text: "Changes of people merged per week, over four weeks, in repositories whose changes were collected " +
				"throughout. Only " +
				"for the whole organisation: activity is never shown for a person, and never alone. " +
				"The interval is quasi-Poisson over the weeks.",
		},
		{
			ID: CommitsWeek, Version: 1, Title: "Commits merged per week", Unit: metric.PerWeek, Better: metric.Neutral,
			Estimate: "rate, quasi-Poisson over the weeks", Interval: likely, Untested: activity,
			Text: "Commits of these changes, counted in the same way.",
		},
	}
}

// Reasons not to test a change.
const (
	fewAnswers  = "only the score of a survey is tested: of many questions, some change by chance"
	fewMentions = "another feature may come first in the next survey"
	fewTasks    = "attempts are few and chosen by hand"
	activity    = "neither more nor less activity is better"
)

// newMetric returns a metric without a value.
func (m *measurer) newMetric(id string, scope metric.Scope) metric.Metric {
	return m.specs.Find(id).Metric(scope, metric.Window{}, m.cal.CutOff())
}

var organisation = metric.Scope{Kind: metric.Organisation}

// listSurveyMetrics returns the score, the other results of surveys, each from the latest wave
// that has it, and the satisfaction with each feature.
func (m *measurer) listSurveyMetrics(waves []Wave) []metric.Metric {
	var out []metric.Metric
	if w := findLatest(waves, asksForScore); w != nil {
		before := findPrevious(waves, w, hasScore)
		out = append(out, m.newScoreMetric(w, before))
		for i := range w.Parts {
			out = append(out, m.newPartMetric(&w.Parts[i], w, before))
		}
	} else {
		out = append(out, m.explainNoScore(waves))
	}
	if w := findHeadline(waves); w != nil {
		out = append(out, m.newRateMetric(w, findPrevious(waves, w, hasScore)))
	}
	if w := findLatest(waves, func(w *Wave) bool { return w.Loved != nil }); w != nil {
		out = append(out, m.newTopMetrics(MostLoved, w, w.Loved)...)
	}
	if w := findLatest(waves, func(w *Wave) bool { return w.Frustrating != nil }); w != nil {
		out = append(out, m.newTopMetrics(Frustrating, w, w.Frustrating)...)
	}
	for _, it := range findLatestItems(waves) {
		out = append(out, m.newItemMetric(it))
	}
	for _, s := range m.listSatisfaction(waves) {
		out = append(out, m.newSatisfiedMetric(&s, waves))
	}
	return out
}

// explainNoScore returns a net promoter score without a value, with the reason.
func (m *measurer) explainNoScore(waves []Wave) metric.Metric {
	mt := m.newMetric(NPS, organisation)
	mt.State, mt.Why, mt.Next = metric.NotAvailable, "no survey has been sent", "begin one with ip3dp new survey, "+
		"and send its questions"
	if n := len(waves); n > 0 {
		mt.Why, mt.Next, mt.Window = waves[n-1].Why, "remind those invited, or check the survey's columns with `ip3dp "+
			"check`", waves[n-1].Window
		if waves[n-1].Open {
			mt.Next = "wait until the survey closes"
		}
	}
	return mt
}

func (m *measurer) newScoreMetric(w, before *Wave) metric.Metric {
	s := w.Score
	mt := m.newMetric(NPS, organisation)
	mt.Window = w.Window
	if s == nil {
		w.Unclear.explain(&mt)
		return mt
	}
	w.Unclear.widen(&mt)
	mt.Figure = metric.NewFigure(s.Value, stat.Interval(s.Range))
	mt.N = w.listCounts(s.N)
	mt.Details = s.listDetails()
	if w.Population > 0 && w.Answered > w.Population {
		mt.Warnings = append(mt.Warnings, fmt.Sprintf("%d answers of %d people: the population is out of date, and "+
			"counts as unknown", w.Answered, w.Population))
	}
	if before != nil {
		b := before.Score
		mt.Was = &metric.Was{
			Figure: metric.Figure{
				Value: metric.Of(b.Value), Lo: metric.Of(b.Lo),
				Hi: metric.Of(b.Hi),
			}, N: before.listCounts(b.N),
			Window: before.Window,
		}
		mt.Trend = compareWidened(b.toAnswers(), s.toAnswers(), before.Unclear.count(), w.Unclear.count(), m.NPSPoints)
	}
	return mt
}

// listCounts returns n as the number of answers, and the population if known.
func (w *Wave) listCounts(n int) []metric.Count {
	out := []metric.Count{{What: "answers", N: n}}
	switch {
	case w.Population <= 0:
	case w.Invited:
		out = append(out, metric.Count{What: "invited", N: w.Population})
	default:
		out = append(out, metric.Count{What: "developers", N: w.Population})
	}
	return out
}

// listDetails returns the shares behind a score, and its worst and best case.
func (s *Score) listDetails() []metric.Detail {
	share := func(label string, k int) metric.Detail {
		return metric.Detail{
			Label: label, Figure: metric.Figure{Value: metric.Of(float64(k) / float64(s.N))},
			Unit: metric.Share,
		}
	}
	out := []metric.Detail{
		share("promoters (9–10)", s.Promoters),
		share("passives (7–8)", s.Passives), share("detractors (0–6)", s.Detractors),
	}
	if s.Worst != nil {
		out = append(out, metric.Detail{
			Label: "whatever those who did not answer think", Figure: metric.Figure{
				Lo: s.Worst,
				Hi: s.Best,
			}, Unit: metric.Points,
			Note: "if all of them were detractors, and if all were promoters",
		})
	}
	return out
}

func (m *measurer) newRateMetric(w, before *Wave) metric.Metric {
	mt := m.newMetric(ResponseRate, organisation)
	mt.Window, mt.N = w.Window, w.listCounts(w.Answered)
	rate, ok := w.ResponseRate()
	if !ok {
		mt.State = metric.NotAvailable
		mt.Why = "the number of people who could answer is unknown, or smaller than the number of answers"
		mt.Next = "set invited in surveys/" + SurveyID(w.ID) + ".toml"
		return mt
	}
	mt.Value = metric.Of(rate)
	if before == nil {
		return mt
	}
	if was, ok := before.ResponseRate(); ok {
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: metric.Of(was)}, N: before.listCounts(before.Answered),
			Window: before.Window,
		}
	}
	return mt
}

// newPartMetric returns the score of a part. It shows the change only if the answers of people
// who joined or left are not visible in it.
func (m *measurer) newPartMetric(p *PartScore, w, before *Wave) metric.Metric {
	mt := m.newMetric(NPS, metric.Scope{Kind: metric.Group, ID: p.ID, Title: p.Title})
	mt.Window, mt.Target = w.Window, nil // only the platform has a target
	if p.Value == nil {
		p.Unclear.explain(&mt)
		return mt
	}
	p.Unclear.widen(&mt)
	mt.Figure = p.Figure
	mt.N = []metric.Count{{What: "answers", N: p.N}}
	if before == nil {
		return mt
	}
	switch was := before.findPart(p.ID); {
	case was == nil || was.Value == nil:
	case !p.Comparable || before.ID != w.Since || !p.Unchanged && (!w.Until.IsZero() || !before.Until.IsZero()):
		// Joins and leaves were counted before the late answers came.
		mt.Warnings = append(mt.Warnings, "not compared with the survey before: who is in it has changed")
	default:
		mt.Was = &metric.Was{
			Figure: was.Figure,
			N:      []metric.Count{{What: "answers", N: was.N}}, Window: before.Window,
		}
		mt.Trend = compareWidened(was.toAnswers(), p.toAnswers(), was.Unclear.count(), p.Unclear.count(), m.NPSPoints)
	}
	return mt
}

// newTopMetrics returns the most mentioned features: one, or several in a tie.
func (m *measurer) newTopMetrics(id string, w *Wave, mentions *Mentions) []metric.Metric {
	var out []metric.Metric
	for _, top := range mentions.FindTop() {
		mt := m.newMetric(id, metric.Scope{Kind: metric.Feature, ID: top.Feature, Title: top.Label})
		mt.Window = w.Window
		mt.Figure = metric.NewFigure(top.Share, stat.Interval(top.Range))
		mt.N = []metric.Count{{What: "mentions", N: top.N}, {What: "respondents", N: mentions.Of}}
		out = append(out, mt)
	}
	return out
}

// listNotes describes the waves after the headline, which have no score or are open.
func listNotes(r *Result) []string {
	var out []string
	for i := len(r.Waves) - 1; i >= 0 && r.Waves[i].ID != r.Latest; i-- {
		switch w := &r.Waves[i]; {
		case w.Open:
			out = append(out, fmt.Sprintf("%s is under way, with %d answers so far.", w.Title, w.Answered))
		case w.Score == nil:
			out = append(out, fmt.Sprintf("%s has no net promoter score: %s.", w.Title, w.Why))
		}
	}
	slices.Reverse(out)
	return out
}

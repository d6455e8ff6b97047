package render

import (
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// effectView is the effect of the feature on delivery.
type effectView struct {
	Title   string
	Verdict view.Mark
	Text    string
	Next    string // the earliest day with more data
	When    string // the date of an answer
	Needed  string
	Figure  template.HTML
	Checks  []view.Mark
	Notes   []string // the basis of the verdict
}

// needed describes the data that an effect on delivery requires.
var needed = "it takes at least " + format.Things(impact.MinAdopters, "teams") + " that began to use it, " +
	format.Count(impact.MinComparators) + " to compare them with, and " +
	format.Things(impact.MinPrePeriods, "periods") + " of four weeks before and " +
	format.Count(impact.MinPostPeriods) + " after."

// effectView returns the effect of a feature. For a comparison before and after, and for
// another outcome than delivery, it is the effect on that outcome.
func (s *site) effectView(root, feature string, r *decision.Recommendation) effectView {
	if f := r.Fact(decision.Improved); judgedElsewhere(f) {
		return s.outcomeEffect(feature, f)
	}
	e := s.report.Effect(feature)
	if e == nil || e.Change == nil {
		v := effectView{
			Title: "Effect on lead time: not measured yet", Verdict: view.UnclearMark("not measured yet"),
			Needed: format.UpperFirst(needed),
		}
		if e != nil && e.Reason != "" {
			v.Text = format.UpperFirst(e.Reason) + "."
		}
		if e != nil {
			v.When = answerWords(e.Forecast)
		}
		return v
	}
	title := effectTitle(e)
	v := effectView{Title: title, Verdict: effectMark(e.Verdict), Text: effectWords(e), Figure: effectFigure(root, e, title)}
	for _, c := range e.Checks {
		v.Checks = append(v.Checks, checkMark(&c))
	}
	if isUndecided(e.Verdict) && !e.Next.IsZero() {
		v.Next = "The next result is due from " + format.Date(e.Next) + " on."
	}
	if v.When, v.Notes = answerWords(e.Forecast), effectNotes(e); v.When != "" {
		v.Next = "" // the forecast contains it
	}
	return v
}

// judgedElsewhere reports whether a feature is judged by an effect without a comparison with other
// teams. f may be nil.
func judgedElsewhere(f *decision.Fact) bool { return f != nil && (f.BeforeAfter || !f.OnDelivery()) }

// shownEffect returns the chart of the effect that a feature's page shows; nil for none.
func (s *site) shownEffect(feature string) *chart.Effect {
	if judgedElsewhere(s.findRecommendation(feature).Fact(decision.Improved)) {
		return nil
	}
	return effectChart(s.report.Effect(feature))
}

// effectTitle returns the measured effect, or that nobody can tell it.
func effectTitle(e *compute.Effect) string {
	size := "Lead time was about " + format.Share(math.Abs(*e.Change)) + " shorter"
	if *e.Change > 0 {
		size = "Lead time was about " + format.Share(math.Abs(*e.Change)) + " longer"
	}
	switch impact.Verdict(e.Verdict) {
	case impact.Improved, impact.Worse:
		return size + " once a team began to use it"
	case impact.NoMeaningfulEffect:
		return "Lead time was about the same once a team began to use it"
	case impact.CannotAttribute:
		return size + " once a team began, not surely because of it"
	}
	return "Effect on lead time: nobody can tell yet"
}

// answerWords returns the forecast date of an answer; "" without a forecast.
func answerWords(f *compute.Forecast) string {
	switch {
	case f == nil:
		return ""
	case !f.At.IsZero():
		return "If no further team begins, a change of lead time by " + format.Share(math.Abs(f.Effect)) +
			" would be found in four of five cases from " + format.Date(f.At) + " on; at the next look, " +
			format.Date(f.Next) + ", in " + format.Share(f.Chance) + " of cases."
	case f.Smallest != nil:
		return "If no further team begins, an answer takes more than two years: even then only a change of lead " +
			"time by " +
			format.Share(math.Abs(*f.Smallest)) + " would be found in four of five cases."
	}
	return "Without a further team, the question stays open: " + needed
}

// effectNotes returns the notes about the certainty of an effect and the number of repeated
// tests.
func effectNotes(e *compute.Effect) []string {
	var out []string
	if v := impact.Verdict(e.Verdict); e.Breakdown != nil && (v == impact.Improved || v == impact.Worse) {
		out = append(out, "Holds unless later drift exceeded "+format.Number(*e.Breakdown)+" × the worst before.")
	}
	if e.Looks > 1 {
		out = append(out, "This is look "+format.Count(e.Looks)+" since the first team began: the looks of a year "+
			"together claim what is not there in 5 % of cases.")
	}
	return out
}

// isUndecided reports whether more data may still lead to a verdict.
func isUndecided(verdict string) bool {
	return verdict == string(impact.Insufficient) || verdict == string(impact.CannotAttribute)
}

func effectMark(verdict string) view.Mark {
	switch impact.Verdict(verdict) {
	case impact.Improved:
		return view.GoodMark("improved")
	case impact.Worse:
		return view.BadMark("worse")
	case impact.NoMeaningfulEffect:
		return view.Mark{Icon: view.Unclear, Word: "no meaningful effect", Class: "same"}
	case impact.CannotAttribute:
		return view.UnclearMark("not surely because of it")
	}
	return view.UnclearMark("cannot tell yet")
}

// effectWords describes an effect, its range and its basis.
func effectWords(e *compute.Effect) string {
	size := format.Share(math.Abs(*e.Change))
	among := format.Things(e.Adopters, "teams") + " that began to use it, each against its own earlier weeks and " +
		"against " +
		format.Things(e.Comparators, "teams") + " that had not yet; " + format.Things(e.PrePeriods, "periods") +
		" of four weeks before, " +
		format.Count(e.PostPeriods) + " after."
	interval := ""
	if iv := format.RelativeRange(e.Lo, e.Hi); iv != "" {
		interval = " (likely " + iv + ")"
	}
	moved := "fell"
	if *e.Change > 0 {
		moved = "rose"
	}
	switch impact.Verdict(e.Verdict) {
	case impact.Improved, impact.Worse:
		return "Change lead time " + moved + " about " + size + interval + ": " + among
	case impact.NoMeaningfulEffect:
		return "Change lead time is about the same" + interval + ": " + among
	case impact.CannotAttribute:
		return "Change lead time " + moved + " about " + size + interval +
			", but the comparison fails a check, so something else may be the cause: " + among
	}
	text := "The best guess is " + format.RelativeChange(*e.Change) + interval
	if e.Detectable != nil {
		text += "; only a change beyond " + format.Share(math.Abs(*e.Detectable)) + " would have shown four times in five"
	}
	return text + ": " + among + tooFew(e)
}

// tooFew returns the first requirement that the data do not meet; "" if they meet all.
func tooFew(e *compute.Effect) string {
	for _, gate := range []struct {
		what        string
		have, least int
	}{
		{"teams that began to use it", e.Adopters, impact.MinAdopters},
		{"teams to compare with", e.Comparators, impact.MinComparators},
		{"periods before", e.PrePeriods, impact.MinPrePeriods},
		{"periods after", e.PostPeriods, impact.MinPostPeriods},
	} {
		if gate.have < gate.least {
			return " At least " + format.Count(gate.least) + " " + gate.what + " are needed."
		}
	}
	return ""
}

// checkWords has the words for a check that passed, and for one that failed.
var checkWords = map[string][2]string{
	"pre-period": {
		"Before they began, these teams moved like the others",
		"Before they began, these teams already moved differently",
	},
	impact.NoiseCheck: {
		"Their weeks are about as noisy as those of the teams compared with",
		", more than twice: the difference between the two cannot be separated from noise",
	},
	impact.SlopeCheck: {
		"Over all periods before they began, these teams did not drift away from the others",
		"Before they began, these teams already drifted away from the others",
	},
	impact.ExtrapolationCheck: {
		"The change is larger than their earlier drift would have made it",
		"Their earlier drift, continued, would have made as large a change",
	},
	impact.PlaceboCheck: {"A made-up earlier date shows no effect", "A made-up earlier date shows an effect, too"},
	impact.AnticipationCheck: {
		"The effect does not hinge on when it is taken to begin",
		"The effect hinges on when it is taken to begin",
	},
}

func checkMark(c *compute.Check) view.Mark {
	words, ok := checkWords[c.Name]
	switch {
	case !ok:
		words = [2]string{format.UpperFirst(c.Note), format.UpperFirst(c.Note)}
	case c.Name == impact.NoiseCheck:
		words[1] = format.UpperFirst(c.Note) + words[1]
	}
	if c.Passed {
		return view.Mark{Icon: view.Good, Word: words[0], Class: "muted"}
	}
	return view.BadMark(words[1])
}

func effectPath(feature string) string { return "data/effects/" + feature + ".csv" }

// effectFigure draws the effect by periods relative to each team's start; "" without periods.
func effectFigure(root string, e *compute.Effect, title string) template.HTML {
	c := effectChart(e)
	if c == nil {
		return ""
	}
	return view.Draw(c, chart.FigureOptions{
		Heading: title, Level: 2, CSV: root + effectPath(e.Feature), Method: root + Methods,
		Count: format.Things(e.Adopters, "teams") + ", " + format.Things(len(e.Events), "periods"),
		Note: "Change of lead time, each team against the teams that had not begun, with the likely range of each " +
			"period alone. Periods of four weeks since each team began, all against the second one before it; before " +
			"it, points near zero show a fair comparison. The band is the range of all periods from the start on, " +
			"weighted by teams",
	})
}

// effectChart returns the chart of an effect; nil without periods. A period without a comparison
// is a gap.
func effectChart(e *compute.Effect) *chart.Effect {
	if e == nil || e.Change == nil || len(e.Events) == 0 {
		return nil
	}
	c := &chart.Effect{
		ID: "effect-chart", Title: "Change of lead time around adoption", Unit: metric.Share, Event: "began to use it",
		Desc: "Relative change of lead time against teams that had not begun yet, by periods of four weeks since a " +
			"team began.",
		Total: metric.Figure{Value: e.Change, Lo: e.Lo, Hi: e.Hi}, TotalWords: format.RelativeChange(*e.Change), Step: 4,
	}
	if iv := format.RelativeRange(e.Lo, e.Hi); iv != "" {
		c.TotalWords += ", likely " + iv
	}
	if isUndecided(e.Verdict) {
		c.TotalWords += ": cannot tell"
	}
	for i := range e.Events {
		ev := &e.Events[i]
		for n := len(c.Periods); n > 0 && c.Periods[n-1].At+1 < ev.Periods; n++ {
			c.Periods = append(c.Periods, chart.Period{At: c.Periods[n-1].At + 1})
		}
		c.Periods = append(c.Periods, chart.Period{
			At: ev.Periods, Figure: metric.Figure{Value: metric.Of(ev.Change), Lo: ev.Lo, Hi: ev.Hi}, N: ev.Teams, Compared: ev.Compared,
		})
	}
	return c
}

// beforeAfterWords returns the basis of a comparison before and after.
func beforeAfterWords(f *decision.Fact) string {
	if f.N == 0 {
		return "as its initiative reports"
	}
	return format.Things(f.N, "weeks") + " before and after general availability, compared with nobody"
}

// leaningMark returns the mark of an uncertain effect.
func leaningMark(improved *decision.Fact) view.Mark {
	switch {
	case improved.Likely >= 0.95:
		return view.UnclearMark("better since, not surely because of it")
	case improved.Likely <= 0.05:
		return view.UnclearMark("worse since, not surely because of it")
	}
	return view.UnclearMark("cannot tell yet")
}

// outcomeEffect returns the effect on an outcome that was compared before and after.
func (s *site) outcomeEffect(feature string, f *decision.Fact) effectView {
	title := s.outcomeTitle(f.Outcome)
	v := effectView{
		Title: "Effect on “" + title + "”: not measured yet", Verdict: leaningMark(f),
		Text: "It is judged by another outcome than lead time: “" + title + "”.",
	}
	if f.Value == nil {
		v.Verdict = view.UnclearMark("not measured yet")
		v.Text += " It takes figures from before general availability and from after it."
		return v
	}
	_, unit, _ := s.measureOf(f.Outcome)
	v.Title = title + ": " + format.RelativeChange(*f.Value) + " since general availability, compared with nobody"
	if f.N == 0 {
		v.Title = title + ": " + format.RelativeChange(*f.Value) + ", as its initiative reports"
	}
	if f.Before != nil && f.After != nil {
		v.Text += " It went from " + format.Value(*f.Before, unit) + " to " + format.Value(*f.After, unit) + ": " +
			format.RelativeChange(*f.Value)
		if iv := format.RelativeRange(f.Lo, f.Hi); iv != "" {
			v.Text += " (likely " + iv + ")"
		}
		v.Text += ", " + beforeAfterWords(f) + "."
	}
	if words := s.reportedWords(feature, f.Outcome); words != "" && f.N > 0 {
		v.Text += " " + words
	}
	v.Notes = []string{"No team without it was compared, so something else may have changed it: it can lean, but " +
		"is not beyond doubt."}
	return v
}

// reportedWords returns the results that a feature's initiatives and cases report for a
// measure.
func (s *site) reportedWords(feature, measure string) string {
	var parts []string
	add := func(where string, results []fact.Result) {
		for i := range results {
			if v := s.resultOf(&results[i]); results[i].Measure == measure && v.Before != "" && v.After != "" {
				parts = append(parts, where+" reports "+v.Before+" → "+v.After+", "+v.Basis+".")
			}
		}
	}
	for _, in := range s.workOn(feature) {
		add("Its initiative “"+in.Title+"”", in.Results)
	}
	for i := range s.content.Cases {
		if c := &s.content.Cases[i]; !c.Draft && slices.Contains(c.Features, feature) {
			add("The case “"+c.Title+"”", c.Results)
		}
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " ")
}

package render

import (
	"html/template"
	"math"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// effectView is what the feature did to delivery.
type effectView struct {
	Verdict mark
	Text    string
	Next    string // the earliest day on which more can be said
	When    string // when there will be an answer
	Needed  string
	Figure  template.HTML
	Checks  []mark
	Notes   []string // what the verdict rests on
}

// needed is what an effect on delivery takes to be told.
var needed = "it takes at least " + format.Things(impact.MinAdopters, "teams") + " that began to use it, " +
	format.Count(impact.MinComparators) + " to compare them with, and " +
	format.Things(impact.MinPrePeriods, "periods") + " of four weeks before and " +
	format.Count(impact.MinPostPeriods) + " after."

// effect tells what is known of a feature's effect. One on another outcome than
// lead time is compared before and after.
func (s *site) effect(feature string, r *decision.Recommendation) effectView {
	e := s.report.Effect(feature)
	if f := factOf(r, decision.Improved); f != nil && (f.BeforeAfter || !isDelivery(f.Outcome)) {
		return s.outcomeEffect(feature, f)
	}
	if e == nil || e.Change == nil {
		v := effectView{Verdict: mark{unclear, "not measured yet", "unknown"}, Needed: upperFirst(needed)}
		if e != nil && e.Reason != "" {
			v.Text = upperFirst(e.Reason) + "."
		}
		if e != nil {
			v.When = answerWords(e.Forecast)
		}
		return v
	}
	v := effectView{Verdict: effectMark(e.Verdict), Text: effectWords(e), Figure: effectFigure(e)}
	for _, c := range e.Checks {
		v.Checks = append(v.Checks, checkMark(&c))
	}
	if undecided(e.Verdict) && !e.Next.IsZero() {
		v.Next = "More can be told from " + format.Date(e.Next) + " on."
	}
	if v.When, v.Notes = answerWords(e.Forecast), effectNotes(e); v.When != "" {
		v.Next = "" // the forecast says so
	}
	return v
}

// answerWords says when there will be an answer; "" without a forecast.
func answerWords(f *compute.Forecast) string {
	switch {
	case f == nil:
		return ""
	case !f.At.IsZero():
		return "If no further team begins, a change of lead time by " + format.Share(math.Abs(f.Effect)) +
			" would be found in four of five cases from " + format.Date(f.At) + " on; at the next look, " +
			format.Date(f.Next) + ", in " + format.Share(f.Chance) + " of cases."
	case f.Smallest != nil:
		return "If no further team begins, there will be no answer within two years: even then only a change of lead " +
			"time by " +
			format.Share(math.Abs(*f.Smallest)) + " would be found in four of five cases."
	}
	return "If no further team begins, there will be no answer: " + needed
}

// effectNotes say how firm a claim is, and how many looks it shares its doubt with.
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

// undecided reports whether more data may still give a verdict.
func undecided(verdict string) bool {
	return verdict == string(impact.Insufficient) || verdict == string(impact.CannotAttribute)
}

func effectMark(verdict string) mark {
	switch impact.Verdict(verdict) {
	case impact.Improved:
		return mark{good, "improved", "better"}
	case impact.Worse:
		return mark{bad, "worse", "worse"}
	case impact.NoMeaningfulEffect:
		return mark{unclear, "no meaningful effect", "same"}
	case impact.CannotAttribute:
		return mark{unclear, "not surely because of it", "unknown"}
	}
	return mark{unclear, "cannot tell yet", "unknown"}
}

// effectWords says an effect, how sure it is and what it rests on.
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
		return "Lead time " + moved + " about " + size + interval + ": " + among
	case impact.NoMeaningfulEffect:
		return "Lead time is about the same" + interval + ": " + among
	case impact.CannotAttribute:
		return "Lead time " + moved + " about " + size + interval +
			", but the comparison fails a check, so it can not be said to be because of it: " + among
	}
	text := "The best guess is " + format.RelativeChange(*e.Change) + interval
	if e.Detectable != nil {
		text += "; only a change beyond " + format.Share(math.Abs(*e.Detectable)) + " would have shown four times in five"
	}
	return text + ": " + among + tooFew(e)
}

// tooFew names the first thing that there is too little of, "" if there is enough.
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

// checkWords say in plain words what a check found if it passed, and if it failed.
var checkWords = map[string][2]string{
	"pre-period": {
		"Before they began, these teams moved like the others",
		"Before they began, these teams already moved differently",
	},
	impact.NoiseCheck: {
		"Their weeks are about as noisy as those of the teams compared with",
		", more than twice: the difference between the two can not be told from noise",
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

func checkMark(c *compute.Check) mark {
	words, ok := checkWords[c.Name]
	switch {
	case !ok:
		words = [2]string{upperFirst(c.Note), upperFirst(c.Note)}
	case c.Name == impact.NoiseCheck:
		words[1] = upperFirst(c.Note) + words[1]
	}
	if c.Passed {
		return mark{good, words[0], "muted"}
	}
	return mark{bad, words[1], "worse"}
}

// effectFigure draws the effect by periods since each team began. A period that
// could not be compared is a gap.
func effectFigure(e *compute.Effect) template.HTML {
	if len(e.Events) == 0 {
		return ""
	}
	c := chart.Effect{
		ID: "effect-chart", Title: "Change of lead time around adoption", Unit: metric.Share, Event: "began to use it",
		Desc: "Relative change of lead time against teams that had not begun yet, by periods of four weeks since a " +
			"team began.",
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
	return figureOf(&c, chart.FigureOptions{Level: 3, Note: "Periods of four weeks since each team began, all " +
		"against the second one before it; before it, points near zero show a fair comparison"})
}

package space

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Wave holds the counts of one survey wave.
type Wave struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Sent   time.Time `json:"sent"`
	Closed time.Time `json:"closed"`         // last day for answers; zero: open-ended
	Open   bool      `json:"open,omitempty"` // it still takes answers: only Answered is shown
	// CutOff is the time when it closes: answers before it count. Until, if set, is the end of
	// the late answers that count as well.
	CutOff time.Time `json:"cut_off,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	// Window is from the day it was sent to the day after the last answer or closing day.
	Window metric.Window `json:"window"`
	// Population is the number of people who could answer: those invited if Invited is true,
	// else the platform's developers; 0 if unknown.
	Population int  `json:"population"`
	Invited    bool `json:"invited"`
	Answered   int  `json:"answered"` // answers with at least one valid item
	// Score is nil with fewer than five answers to the question; Why gives the reason.
	Score *Score `json:"score"`
	Why   string `json:"why,omitempty"`
	// Unclear counts the answers to the question that were not understood. If they hide the
	// score, Score is nil.
	Unclear *Unclear `json:"not_understood,omitempty"`
	// Parts are in the given order; empty if the wave is not broken down.
	Parts []PartScore `json:"parts,omitempty"`
	// Since is the wave that parts are compared with, or "".
	Since       string           `json:"since,omitempty"`
	Loved       *Mentions        `json:"loved"` // nil: not asked, or fewer than five answers
	Frustrating *Mentions        `json:"frustrating"`
	Satisfied   []Satisfaction   `json:"satisfied,omitempty"` // of the features asked about, by ID
	Items       []ItemAnswers    `json:"items,omitempty"`     // in the order of the survey
	LeftOut     []metric.LeftOut `json:"left_out,omitempty"`
}

// Score is a net promoter score in points, −100 to 100.
type Score struct {
	Value        float64 `json:"value"`
	metric.Range         // with finite-population correction
	Classes
	// Scores counts the answers from 0 to 10; nil if all answers are the same.
	Scores []int `json:"scores,omitempty"`
	// Worst and Best are the score if all others had answered 0 or 10; nil if the population is
	// unknown.
	Worst *float64 `json:"worst"`
	Best  *float64 `json:"best"`
}

// PartScore is the net promoter score of a published part of a wave.
type PartScore struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Comparable bool   `json:"comparable"`          // its change since the wave before may be shown
	Unchanged  bool   `json:"unchanged,omitempty"` // the same people as in the wave before
	// Figure and Classes are empty if the answers that were not understood hide the score.
	metric.Figure
	Classes
	Unclear *Unclear `json:"not_understood,omitempty"`
}

// given returns the number of answers of a part, with those that were not understood.
func (p *PartScore) given() int {
	if p.Unclear != nil {
		return p.Unclear.Given
	}
	return p.N
}

// CountGiven returns the number of answers in the parts of a wave, with those that were not
// understood.
func (w *Wave) CountGiven(part string) int {
	if p := w.findPart(part); p != nil {
		return p.given()
	}
	return 0
}

// Classes counts N valid answers by class.
type Classes struct {
	N          int `json:"n"`
	Promoters  int `json:"promoters"`
	Passives   int `json:"passives"`
	Detractors int `json:"detractors"`
}

func (c *Classes) toAnswers() stat.Answers {
	return stat.Answers{Promoters: c.Promoters, Passives: c.Passives, Detractors: c.Detractors}
}

// computeNPS returns the score in points with the interval of Rocks (2016). population is 0 if
// unknown.
func (c *Classes) computeNPS(population int) (float64, stat.Interval) {
	return stat.NPS(c.Promoters, c.Passives, c.Detractors, population, confidence)
}

// ResponseRate returns the response rate, 0 to 1. It returns false if the population is unknown
// or smaller than the number of answers.
func (w *Wave) ResponseRate() (float64, bool) {
	if w.Population <= 0 || w.Answered > w.Population {
		return 0, false
	}
	return float64(w.Answered) / float64(w.Population), true
}

// measureWave returns the wave of a round: the number of answers while it is open, then its
// published figures. news reports whether it has figures that were not published before.
func (m *measurer) measureWave(r *Round, in *Input) (w Wave, news bool) {
	w = m.newWave(r)
	given := in.selectAnswers(r.Answers)
	if r.Open {
		w.Open, w.Answered = true, countAnswered(given)
		w.Why = "it still takes answers: until it closes only their number is shown"
		return w, false
	}
	m.fillWave(&w, r.Survey, given, in)
	before, published := in.Published[w.ID]
	if news = true; published {
		w, news = keepPublished(&before, &w)
	}
	if all := given; (published || len(r.Late) > 0) && !in.Sealed[w.ID] {
		all = dropHomeless(slices.Concat(given, in.selectAnswers(r.Late)), len(w.Parts) > 0)
		more := m.newWave(r)
		more.Until = m.cal.AsOf
		m.fillWave(&more, r.Survey, all, in)
		if w.addLate(&more) {
			r.Late, news = nil, true
		}
	}
	w.LeftOut = append(slices.Clone(w.LeftOut), dropEmpty(metric.LeftOut{
		What: "answers", Reason: cameLate, N: countAnswered(in.selectAnswers(r.Late)),
	})...)
	return w, news
}

// newWave returns a wave without answers.
func (m *measurer) newWave(r *Round) Wave {
	s := r.Survey
	w := Wave{
		ID: s.ID, Title: cmp.Or(s.Title, s.ID), Sent: s.Sent, Closed: s.Closed, CutOff: r.CutOff, Until: r.Until,
		Population: cmp.Or(s.Invited, m.Developers), Invited: s.Invited > 0,
		Window: metric.Window{From: s.Sent, To: dayAfter(s.Sent)},
	}
	if !s.Closed.IsZero() {
		w.Window.To = dayAfter(s.Closed)
	}
	return w
}

// dropHomeless drops the scored answers outside the parts of a wave that has parts. Otherwise
// the difference of total and parts would reveal them.
func dropHomeless(answers []answer, parts bool) []answer {
	if !parts {
		return answers
	}
	return slices.DeleteFunc(answers, func(a answer) bool { return a.part == "" && ClassOf(a.Answer) != "" })
}

func countAnswered(answers []answer) int {
	n := 0
	for _, a := range answers {
		if isAnswered(a.Answer) {
			n++
		}
	}
	return n
}

// fillWave computes the figures of a wave from its answers.
func (m *measurer) fillWave(w *Wave, s *fact.Survey, answers []answer, in *Input) {
	answers = m.selectValid(w, answers)
	if w.Answered < minAnswers {
		w.Why = fmt.Sprintf("fewer than %d people answered", minAnswers)
		return
	}
	w.Score = computeScore(answers, w.Population)
	if c, _ := tallyClasses(answers); c.N+countUnclear(fact.NPSMeasure, 0, answers).count() >= minAnswers {
		w.Unclear = countUnclear(fact.NPSMeasure, c.N, answers)
	}
	if w.Unclear.Hides() {
		w.Score = nil
	}
	switch {
	case w.Unclear.Hides():
		w.Why = w.Unclear.Why()
	case w.Score == nil && s.NPS == "":
		w.Why = "the survey does not ask for a recommendation"
	case w.Score == nil:
		w.Why = fmt.Sprintf("fewer than %d people answered the question", minAnswers)
	}
	w.Parts, w.Since = computePartScores(w, answers, in.Parts)
	var unknown int
	w.Loved = m.rankMentions(answers, s.Columns.Loved, func(a answer) []string { return a.Loved }, &unknown)
	w.Frustrating = m.rankMentions(answers, s.Columns.Frustrating, func(a answer) []string { return a.Hated }, &unknown)
	w.Satisfied = m.measureSatisfied(s, answers)
	var offScale int
	for i := range s.Items {
		w.Items = append(w.Items, countItem(&s.Items[i], answers, &offScale))
	}
	w.LeftOut = append(w.LeftOut, dropEmpty(
		metric.LeftOut{What: "mentions", Reason: fmt.Sprintf("name an unknown feature; listed as written if %d give it",
			minAnswers), N: unknown},
		metric.LeftOut{What: "answers to items", Reason: "off the scale", N: offScale},
		metric.LeftOut{What: "answers to questions", Reason: "were not understood", N: countAllUnclear(answers)},
	)...)
}

// selectValid returns the answers with a valid item. It counts them, and ends the window of a
// wave without a closing day after the last one.
func (m *measurer) selectValid(w *Wave, answers []answer) []answer {
	var valid []answer
	var blank, off int
	for _, a := range answers {
		if a.Score != nil && Classify(a.Answer) == "" {
			off++
		}
		if !isAnswered(a.Answer) {
			blank++
			continue
		}
		valid = append(valid, a)
		if end := dayAfter(a.At); w.Closed.IsZero() && end.After(w.Window.To) {
			w.Window.To = end
		}
	}
	w.Answered = len(valid)
	w.LeftOut = dropEmpty(
		metric.LeftOut{What: "answers", Reason: "are blank", N: blank},
		metric.LeftOut{What: "scores", Reason: "are not from 0 to 10", N: off},
	)
	return valid
}

func dayAfter(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
}

// isAnswered reports whether an answer has a valid item.
func isAnswered(a *fact.Answer) bool {
	return Classify(a) != "" || a.Reason != "" ||
		len(a.Loved)+len(a.Hated)+len(a.Features)+len(a.Items)+len(a.Unclear) > 0
}

// countAllUnclear returns the number of answers that were not understood, to any question.
func countAllUnclear(answers []answer) int {
	n := 0
	for _, a := range answers {
		n += len(a.Unclear)
	}
	return n
}

// tallyClasses counts classes of answers.
func tallyClasses(answers []answer) (c Classes, scores []int) {
	scores = make([]int, 11)
	for _, a := range answers {
		switch Classify(a.Answer) {
		case Promoter:
			c.Promoters++
		case Passive:
			c.Passives++
		case Detractor:
			c.Detractors++
		default:
			continue
		}
		c.N++
		scores[*a.Score]++
	}
	return c, scores
}

// computeScore returns the score, or nil with fewer than five valid answers.
func computeScore(answers []answer, population int) *Score {
	c, scores := tallyClasses(answers)
	s := Score{Classes: c, Scores: scores}
	if s.N < minAnswers {
		return nil
	}
	value, iv := c.widenedNPS(population, countUnclear(fact.NPSMeasure, 0, answers).count())
	s.Value, s.Range = value, metric.Range(iv)
	if isUniform(scores) {
		s.Scores = nil
	}
	if unanswered := population - s.N; unanswered >= 0 {
		net := c.Promoters - c.Detractors
		s.Worst = metric.Of(100 * float64(net-unanswered) / float64(population))
		s.Best = metric.Of(100 * float64(net+unanswered) / float64(population))
	}
	return &s
}

// isUniform reports whether all answers are the same. Their distribution would then reveal each
// person's answer.
func isUniform(counts []int) bool {
	places := 0
	for _, n := range counts {
		if n > 0 {
			places++
		}
	}
	return places < 2
}

// computePartScores returns the scores of a wave's published parts. If one part is too small, or
// what was understood in it is all alike, it returns none, because the total would reveal it. The population of a part counts as
// unknown, which widens intervals. since is the wave that they are compared with.
//
// If the score of the wave is hidden, so are those of all parts with answers that were not
// understood: once these are, no part that was shown changes.
func computePartScores(w *Wave, answers []answer, parts []WavePart) (out []PartScore, since string) {
	for _, p := range parts {
		if p.Wave != w.ID {
			continue
		}
		in := slices.DeleteFunc(slices.Clone(answers), func(a answer) bool { return a.part != p.ID })
		c, _ := tallyClasses(in)
		unclear := countUnclear(fact.NPSMeasure, c.N, in)
		total := !w.Unclear.Hides()
		if c.N+unclear.count() < minAnswers || total && unclear != nil && (c.N < minAnswers || isUniform(listCounts(c))) {
			return nil, ""
		}
		since = p.Since
		score := PartScore{
			ID: p.ID, Title: p.Title, Comparable: p.Comparable, Unchanged: p.Unchanged, Unclear: unclear,
		}
		if unclear == nil || total && !unclear.Hides() {
			value, iv := c.widenedNPS(0, unclear.count())
			score.Figure, score.Classes = metric.NewFigure(value, iv), c
		}
		out = append(out, score)
	}
	return out, since
}

func (w *Wave) findPart(id string) *PartScore {
	return find(w.Parts, func(p *PartScore) bool { return p.ID == id })
}

// findLatest returns the latest closed wave for which has returns true, or nil.
func findLatest(waves []Wave, has func(*Wave) bool) *Wave {
	for i := len(waves) - 1; i >= 0; i-- {
		if w := &waves[i]; !w.Open && has(w) {
			return w
		}
	}
	return nil
}

// findPrevious returns the last wave before of for which has returns true, or nil.
func findPrevious(waves []Wave, of *Wave, has func(*Wave) bool) *Wave {
	var before *Wave
	for i := range waves {
		if waves[i].ID == of.ID {
			return before
		}
		if has(&waves[i]) {
			before = &waves[i]
		}
	}
	return nil
}

func hasScore(w *Wave) bool { return w.Score != nil }

// asksForScore reports whether a wave has a score, or answers that hide it.
func asksForScore(w *Wave) bool { return w.Score != nil || w.Unclear.Hides() }

// findHeadline returns the wave of the score, else the latest with enough answers.
func findHeadline(waves []Wave) *Wave {
	if w := findLatest(waves, asksForScore); w != nil {
		return w
	}
	return findLatest(waves, func(w *Wave) bool { return w.Answered >= minAnswers })
}

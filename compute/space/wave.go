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

// Wave is one survey, in counts.
type Wave struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Sent   time.Time `json:"sent"`
	Closed time.Time `json:"closed"`         // last day answers were taken; zero: not said
	Open   bool      `json:"open,omitempty"` // answers were still taken: nothing is shown but Answered
	// CutOff is when it closes: answers given before it count, and Until, if it is
	// set, when those late answers end that count as well.
	CutOff time.Time `json:"cut_off,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	// Window is from the day it was sent to the day after the last one.
	Window metric.Window `json:"window"`
	// Population is how many could have answered: those invited if Invited, else the
	// platform's developers; 0 if not known.
	Population int  `json:"population"`
	Invited    bool `json:"invited"`
	Answered   int  `json:"answered"` // answers with at least one valid item
	// Score is nil when fewer than five answered the question: Why says so.
	Score *Score `json:"score"`
	Why   string `json:"why,omitempty"`
	// Parts are in the order given; empty where the wave is not broken down.
	Parts []PartScore `json:"parts,omitempty"`
	// Since is the wave that parts are compared with, "" for none.
	Since       string           `json:"since,omitempty"`
	Loved       *Mentions        `json:"loved"` // nil: not asked, or fewer than five answers
	Frustrating *Mentions        `json:"frustrating"`
	Satisfied   []Satisfaction   `json:"satisfied,omitempty"` // of the features asked about, by ID
	Items       []Item           `json:"items,omitempty"`     // in the order of the survey
	LeftOut     []metric.LeftOut `json:"left_out,omitempty"`
}

// Score is a net promoter score in points, −100 to 100.
type Score struct {
	Value        float64 `json:"value"`
	metric.Range         // with finite-population correction
	Classes
	// Scores counts the answers from 0 to 10; nil where all answered alike.
	Scores []int `json:"scores,omitempty"`
	// Worst and Best are what those who did not answer could still make it; nil
	// where the population is not known.
	Worst *float64 `json:"worst"`
	Best  *float64 `json:"best"`
}

// PartScore is the net promoter score of a published part of a wave.
type PartScore struct {
	ID         string  `json:"id"`
	Title      string  `json:"title"`
	Comparable bool    `json:"comparable"`          // its change since the wave before may be shown
	Unchanged  bool    `json:"unchanged,omitempty"` // who is in it is the same in both
	Value      float64 `json:"value"`
	metric.Range
	Classes
}

// Classes counts N valid answers by class.
type Classes struct {
	N          int `json:"n"`
	Promoters  int `json:"promoters"`
	Passives   int `json:"passives"`
	Detractors int `json:"detractors"`
}

func (c *Classes) answers() stat.Answers {
	return stat.Answers{Promoters: c.Promoters, Passives: c.Passives, Detractors: c.Detractors}
}

// nps is the score in points, of a population that may be 0 for unknown.
func (c *Classes) nps(population int) (float64, stat.Interval) {
	return stat.NPS(c.Promoters, c.Passives, c.Detractors, population, confidence)
}

// Rate is the response rate, 0 to 1; false if the population is not known or
// smaller than the answers.
func (w *Wave) Rate() (float64, bool) {
	if w.Population <= 0 || w.Answered > w.Population {
		return 0, false
	}
	return float64(w.Answered) / float64(w.Population), true
}

// wave is one round: the number of its answers while it is open, and then what it
// published, or publishes now. news reports whether something of it was not published
// before.
func (m *measurer) wave(r *Round, in *Input) (w Wave, news bool) {
	w = m.begin(r)
	given := in.given(r.Answers)
	if r.Open {
		w.Open, w.Answered = true, countAnswered(given)
		w.Why = "it still takes answers: until it closes only their number is shown"
		return w, false
	}
	m.fill(&w, r.Survey, given, in)
	before, published := in.Published[w.ID]
	if news = true; published {
		w, news = keep(&before, &w)
	}
	if all := given; (published || len(r.Late) > 0) && !in.Sealed[w.ID] {
		all = withHome(slices.Concat(given, in.given(r.Late)), len(w.Parts) > 0)
		more := m.begin(r)
		more.Until = m.cal.AsOf
		m.fill(&more, r.Survey, all, in)
		if w.enter(&more) {
			r.Late, news = nil, true
		}
	}
	w.LeftOut = append(slices.Clone(w.LeftOut), leftOut(metric.LeftOut{
		What: "answers", Reason: cameLate, N: countAnswered(in.given(r.Late)),
	})...)
	return w, news
}

// begin is a wave without its answers.
func (m *measurer) begin(r *Round) Wave {
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

// withHome drops the scored answers that belong to no part of a wave that has
// parts: the total less the parts would tell of them.
func withHome(answers []answer, parts bool) []answer {
	if !parts {
		return answers
	}
	return slices.DeleteFunc(answers, func(a answer) bool { return a.part == "" && Class(a.Answer) != "" })
}

func countAnswered(answers []answer) int {
	n := 0
	for _, a := range answers {
		if answered(a.Answer) {
			n++
		}
	}
	return n
}

// fill computes what a wave's answers give.
func (m *measurer) fill(w *Wave, s *fact.Survey, answers []answer, in *Input) {
	answers = m.valid(w, answers)
	if w.Answered < minAnswers {
		w.Why = fmt.Sprintf("fewer than %d people answered", minAnswers)
		return
	}
	w.Score = score(answers, w.Population)
	switch {
	case w.Score == nil && s.NPS == "":
		w.Why = "the survey does not ask for a recommendation"
	case w.Score == nil:
		w.Why = fmt.Sprintf("fewer than %d people answered the question", minAnswers)
	}
	w.Parts, w.Since = partScores(w.ID, answers, in.Parts)
	var unknown int
	w.Loved = m.mentions(answers, s.Columns.Loved, func(a answer) []string { return a.Loved }, &unknown)
	w.Frustrating = m.mentions(answers, s.Columns.Frustrating, func(a answer) []string { return a.Hated }, &unknown)
	w.Satisfied = m.satisfied(s, answers)
	var offScale int
	for i := range s.Items {
		w.Items = append(w.Items, item(&s.Items[i], answers, &offScale))
	}
	w.LeftOut = append(w.LeftOut, leftOut(
		metric.LeftOut{What: "mentions", Reason: fmt.Sprintf("name no known feature; listed as written where %d say so",
			minAnswers), N: unknown},
		metric.LeftOut{What: "answers to items", Reason: "off the scale", N: offScale},
	)...)
}

// valid are the answers with a valid item. It counts them, and ends the window of
// a wave without a closing day after the last one.
func (m *measurer) valid(w *Wave, answers []answer) []answer {
	var valid []answer
	var blank, off int
	for _, a := range answers {
		if a.Score != nil && Class(a.Answer) == "" {
			off++
		}
		if !answered(a.Answer) {
			blank++
			continue
		}
		valid = append(valid, a)
		if end := dayAfter(a.At); w.Closed.IsZero() && end.After(w.Window.To) {
			w.Window.To = end
		}
	}
	w.Answered = len(valid)
	w.LeftOut = leftOut(
		metric.LeftOut{What: "answers", Reason: "are blank", N: blank},
		metric.LeftOut{What: "scores", Reason: "are not from 0 to 10", N: off},
	)
	return valid
}

func dayAfter(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
}

// answered reports whether an answer has a valid item.
func answered(a *fact.Answer) bool {
	return Class(a) != "" || a.Reason != "" || len(a.Loved)+len(a.Hated)+len(a.Features)+len(a.Items) > 0
}

// tally counts classes of answers.
func tally(answers []answer) (c Classes, scores []int) {
	scores = make([]int, 11)
	for _, a := range answers {
		switch Class(a.Answer) {
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

// score is nil below five valid answers.
func score(answers []answer, population int) *Score {
	c, scores := tally(answers)
	s := Score{Classes: c, Scores: scores}
	if s.N < minAnswers {
		return nil
	}
	value, iv := c.nps(population)
	s.Value, s.Range = value, metric.Range(iv)
	if alike(scores) {
		s.Scores = nil
	}
	if unanswered := population - s.N; unanswered >= 0 {
		net := c.Promoters - c.Detractors
		s.Worst = metric.Of(100 * float64(net-unanswered) / float64(population))
		s.Best = metric.Of(100 * float64(net+unanswered) / float64(population))
	}
	return &s
}

// alike reports whether all answers fall into one place: a distribution would say
// what each person answered.
func alike(counts []int) bool {
	places := 0
	for _, n := range counts {
		if n > 0 {
			places++
		}
	}
	return places < 2
}

// partScores are the scores of a wave's published parts. Should one be too small,
// none is shown: the total would give it away. The population of a part is taken
// as unknown, which makes intervals wider. since is the wave that they are compared
// with.
func partScores(wave string, answers []answer, parts []Part) (out []PartScore, since string) {
	for _, p := range parts {
		if p.Wave != wave {
			continue
		}
		in := slices.DeleteFunc(slices.Clone(answers), func(a answer) bool { return a.part != p.ID })
		c, _ := tally(in)
		if c.N < minAnswers {
			return nil, ""
		}
		since = p.Since
		value, iv := c.nps(0)
		out = append(out, PartScore{
			ID: p.ID, Title: p.Title, Comparable: p.Comparable, Unchanged: p.Unchanged, Value: value, Range: metric.Range(iv), Classes: c,
		})
	}
	return out, since
}

func (w *Wave) part(id string) *PartScore {
	for i := range w.Parts {
		if w.Parts[i].ID == id {
			return &w.Parts[i]
		}
	}
	return nil
}

// latest is the latest wave that has something, nil if none has. An open wave has
// nothing.
func latest(waves []Wave, has func(*Wave) bool) *Wave {
	for i := len(waves) - 1; i >= 0; i-- {
		if w := &waves[i]; !w.Open && has(w) {
			return w
		}
	}
	return nil
}

// previous is the last wave before that one that has something, or nil.
func previous(waves []Wave, of *Wave, has func(*Wave) bool) *Wave {
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

// headline is the wave of the score, or else the latest that enough people answered.
func headline(waves []Wave) *Wave {
	if w := latest(waves, hasScore); w != nil {
		return w
	}
	return latest(waves, func(w *Wave) bool { return w.Answered >= minAnswers })
}

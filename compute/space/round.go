package space

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// closesAfter is how long after its last answer a wave closes that has no closing
// day.
const closesAfter = 14 * 24 * time.Hour

// Round is one wave: a survey, or what a pulse gathered in one calendar month.
type Round struct {
	// Survey is what was asked. A month of a pulse has an ID, title and days of its
	// own.
	Survey *fact.Survey
	// CutOff is when the wave closes: answers given before it count. Of an open wave
	// without a closing day it moves with the answers, and is zero before the first.
	CutOff time.Time
	// Until is when the late answers end that were published after the wave closed;
	// zero without any.
	Until time.Time
	Open  bool
	// Answers are the indices of those that count, and Late of those that came too
	// late.
	Answers, Late []int
}

// ListRounds returns the waves sent by a time, oldest first, with their answers up to
// then. A wave closes at the end of its closing day, or else 14 days after the
// answer that none follows within 14 days. published are waves that closed in an
// earlier run, by ID: they stay closed, whatever the content says of them now.
func ListRounds(c fact.Content, answers []fact.Answer, asOf time.Time, published map[string]Wave) []Round {
	by := map[string][]int{}
	for i := range answers {
		if !answers[i].At.After(asOf) {
			by[answers[i].Wave] = append(by[answers[i].Wave], i)
		}
	}
	var out []Round
	for _, s := range listSent(c, asOf) {
		if s.Pulse {
			out = append(out, splitMonths(s, answers, by[s.ID], asOf)...)
		} else {
			out = append(out, Round{Survey: s, Answers: by[s.ID]})
		}
	}
	for i := range out {
		r := &out[i]
		r.setCutOff(answers, asOf)
		if p, ok := published[r.Survey.ID]; ok && !p.CutOff.IsZero() {
			r.CutOff, r.Until = p.CutOff, p.Until
			r.Open = r.CutOff.After(asOf)
		}
		if r.Open {
			continue
		}
		until, all := r.CutOff, r.Answers
		if r.Until.After(until) {
			until = r.Until
		}
		r.Answers = nil
		for _, k := range all {
			if answers[k].At.Before(until) {
				r.Answers = append(r.Answers, k)
			} else {
				r.Late = append(r.Late, k)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Round) int {
		return cmp.Or(a.Survey.Sent.Compare(b.Survey.Sent), cmp.Compare(a.Survey.ID, b.Survey.ID))
	})
	return out
}

// setCutOff sets when the wave closes, and whether it is open then.
func (r *Round) setCutOff(answers []fact.Answer, asOf time.Time) {
	if !r.Survey.Closed.IsZero() {
		r.CutOff = dayAfter(r.Survey.Closed)
		r.Open = r.CutOff.After(asOf)
		return
	}
	if r.Open = len(r.Answers) == 0; r.Open {
		return
	}
	var times []time.Time // trials from before it was sent do not begin it
	for _, k := range r.Answers {
		if at := answers[k].At; !at.Before(r.Survey.Sent) {
			times = append(times, at)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	last := r.Survey.Sent
	for i, t := range times {
		if i > 0 && !t.Before(last.Add(closesAfter)) {
			break
		}
		last = t
	}
	r.CutOff = last.Add(closesAfter)
	r.Open = r.CutOff.After(asOf)
}

// splitMonths divides a pulse: one wave for each calendar month with answers. An answer
// without a time is of the month in which the pulse began.
func splitMonths(s *fact.Survey, answers []fact.Answer, given []int, asOf time.Time) []Round {
	by := map[time.Time][]int{}
	for _, k := range given {
		at := answers[k].At
		if at.IsZero() {
			at = s.Sent
		}
		by[findMonth(at)] = append(by[findMonth(at)], k)
	}
	if len(by) == 0 {
		return []Round{{Survey: s}}
	}
	var out []Round
	for month, list := range by {
		one := *s
		one.ID = s.ID + "/" + month.Format("2006-01")
		one.Title = cmp.Or(s.Title, s.ID) + ", " + month.Format("January 2006")
		one.Sent = month
		if s.Sent.After(month) {
			one.Sent = s.Sent
		}
		end := month.AddDate(0, 1, -1)
		if one.Closed.IsZero() || one.Closed.After(end) || one.Closed.Before(month) {
			one.Closed = end
		}
		out = append(out, Round{Survey: &one, Answers: list})
	}
	return out
}

func findMonth(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// SurveyID returns the ID of the survey that a wave belongs to.
func SurveyID(wave string) string {
	file, _, _ := strings.Cut(wave, "/")
	return file
}

// ListClosedWaves lists the closed waves that ask for a recommendation: those that are
// broken down.
func ListClosedWaves(rounds []Round) []string {
	var ids []string
	for i := range rounds {
		if !rounds[i].Open && rounds[i].Survey.NPS != "" {
			ids = append(ids, rounds[i].Survey.ID)
		}
	}
	return ids
}

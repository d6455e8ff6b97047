package space

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// closesAfter is the time after its last answer that closes a wave without a closing day.
const closesAfter = 14 * 24 * time.Hour

// Round is one wave: a survey, or one calendar month of a pulse.
type Round struct {
	// Survey has the questions. A month of a pulse has its own ID, title and days.
	Survey *fact.Survey
	// CutOff is the time when the wave closes: only answers before it count. For an open wave
	// without a closing day it moves with the answers, and is zero before the first.
	CutOff time.Time
	// Until is the end of the late answers that were published after the wave closed, or zero.
	Until time.Time
	Open  bool
	// Answers are the indices of the answers that count, Late those of the late ones.
	Answers, Late []int
}

// ListRounds returns the waves sent by a time, oldest first, with their answers up to then. A
// wave closes at the end of its closing day, or 14 days after an answer that no other follows
// within 14 days. published are waves that closed in an earlier run, by ID: they stay closed,
// even if the content changes.
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

// setCutOff sets the time when the wave closes, and whether it is open.
func (r *Round) setCutOff(answers []fact.Answer, asOf time.Time) {
	if !r.Survey.Closed.IsZero() {
		r.CutOff = dayAfter(r.Survey.Closed)
		r.Open = r.CutOff.After(asOf)
		return
	}
	if r.Open = len(r.Answers) == 0; r.Open {
		return
	}
	var times []time.Time // trials before it was sent do not count
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

// splitMonths returns one wave for each calendar month of a pulse with answers. An answer
// without a time belongs to the month of the start.
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

// SurveyID returns the ID of the survey of a wave.
func SurveyID(wave string) string {
	file, _, _ := strings.Cut(wave, "/")
	return file
}

// ListClosedWaves lists the closed waves that ask for a recommendation. Only these are broken
// down.
func ListClosedWaves(rounds []Round) []string {
	var ids []string
	for i := range rounds {
		if !rounds[i].Open && rounds[i].Survey.NPS != "" {
			ids = append(ids, rounds[i].Survey.ID)
		}
	}
	return ids
}

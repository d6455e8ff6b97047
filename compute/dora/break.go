package dora

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// team returns the team of a scope, for the calendar; "" for the organisation.
func (p *pool) team() string {
	if p.scope.Kind == metric.Team {
		return p.scope.ID
	}
	return ""
}

// forPool returns the measurer with the windows of a pool: a team may have breaks of its own.
func (m *measurer) forPool(p *pool) *measurer {
	own := *m
	cal := m.org.Calendar
	own.now = cal.Last(m.cut, windowWeeks, p.team())
	if m.before.From.Before(m.before.To) {
		own.before = cal.Last(own.now.From, windowWeeks, p.team())
	} else {
		own.before = metric.Window{From: own.now.From, To: own.now.From}
	}
	return &own
}

// findBreak returns the first break of a pool in the weeks of a window; nil without one.
func (m *measurer) findBreak(p *pool, w metric.Window) *metric.Break {
	for from := w.From; from.Before(w.To); from = from.Add(org.Week) {
		if b := m.org.Calendar.BreakOf(from, p.team()); b != nil {
			return b
		}
	}
	return nil
}

// withoutBreaks returns the pool without the events in weeks of its breaks. Series show all
// events; numbers and tests count these.
func (m *measurer) withoutBreaks(p *pool) *pool { return m.withoutBreaksOf(p, p.team()) }

// withoutBreaksOf returns the pool without the events in weeks of the breaks of a team, or of
// everybody if team is "": the pool itself, if there are none.
func (m *measurer) withoutBreaksOf(p *pool, team string) *pool {
	cal := m.org.Calendar
	if !slices.ContainsFunc(cal.Breaks, func(b metric.Break) bool { return b.Covers(team) }) {
		return p
	}
	counted := *p
	counted.totals = nil
	counted.deliveries = dropBreaks(cal, team, p.deliveries, finishTime)
	counted.automated = dropBreaks(cal, team, p.automated, finishTime)
	counted.unfinished = dropBreaks(cal, team, p.unfinished, identityTime)
	counted.obscured = dropBreaks(cal, team, p.obscured, identityTime)
	counted.incidents = dropBreaks(cal, team, p.incidents, openingTime)
	counted.lost = dropBreaks(cal, team, p.lost, openingTime)
	counted.all = p
	return &counted
}

// dropBreaks returns the events that are in no break of a team.
func dropBreaks[T any](cal org.Calendar, team string, events []T, at func(T) time.Time) []T {
	return slices.DeleteFunc(slices.Clone(events), func(x T) bool { return !cal.Counts(at(x), team) })
}

// countInBreaks returns the number of events of the current window that are in a break.
func countInBreaks[T any](m *measurer, all, counted []T, at func(T) time.Time) int {
	return len(selectWithin(all, at, m.now)) - len(selectWithin(counted, at, m.now))
}

// markBreakWeeks marks the weeks of a window that are in a break of the pool.
func (m *measurer) markBreakWeeks(p *pool, w metric.Window) []bool {
	marked := make([]bool, int(w.To.Sub(w.From)/org.Week))
	for i := range marked {
		from := w.From.Add(time.Duration(i) * org.Week)
		marked[i] = m.org.Calendar.BreakOf(from, p.team()) != nil
	}
	return marked
}

// listBreakNotes describes the breaks of everybody between the beginning of the earlier window
// and the cut-off.
func (m *measurer) listBreakNotes() []string {
	var notes []string
	for i := range m.org.Calendar.Breaks {
		b := &m.org.Calendar.Breaks[i]
		if !b.Covers("") || !b.Overlaps(metric.Window{From: m.before.From, To: m.cut}) {
			continue
		}
		notes = append(notes, fmt.Sprintf("%s from %s until %s: its weeks are shown, and windows leave them out and reach "+
			"further back", b.Name(), b.From.Format(time.DateOnly), b.To.AddDate(0, 0, -1).Format(time.DateOnly)))
	}
	return notes
}

package org

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Week is the length of an ISO week. Period is the four weeks that metrics compare.
const (
	Week   = 7 * 24 * time.Hour
	Period = 4 * Week
)

// epoch is Monday 1 January 2018, the start of period 0.
var epoch = time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC)

// WeekOf returns the Monday 00:00 UTC that begins t's ISO week.
func WeekOf(t time.Time) time.Time {
	t = t.UTC()
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// PeriodOf returns the number of t's period of four ISO weeks, counted from
// Monday 1 January 2018 (period 0). Times before that have negative numbers.
func PeriodOf(t time.Time) int {
	d := t.Sub(epoch)
	p := int(d / Period)
	if d < 0 && d%Period != 0 {
		p--
	}
	return p
}

// PeriodStart returns the Monday that begins period p.
func PeriodStart(p int) time.Time { return epoch.Add(time.Duration(p) * Period) }

// Earlier returns the earlier of two times and ignores a zero time.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Calendar turns an as-of time into the windows that pages compare. Windows leave out the weeks
// of a break, and reach further back for them.
type Calendar struct {
	AsOf         time.Time
	MaturityDays int            // a week counts once its Sunday is this many days old
	Breaks       []metric.Break // [[calendar]], in the order of the file
}

// CutOff returns the end (exclusive) of the last mature week. Later weeks may still change,
// because incidents and late statuses arrive with delay.
func (c Calendar) CutOff() time.Time {
	return WeekOf(c.AsOf.AddDate(0, 0, -c.MaturityDays))
}

// Current returns the last four mature weeks.
func (c Calendar) Current() metric.Window { return c.Last(c.CutOff(), windowWeeks, "") }

// Before returns the four weeks before Current. Pages call them "last month".
func (c Calendar) Before() metric.Window { return c.Last(c.Current().From, windowWeeks, "") }

// Quarter returns the four weeks that ended 12 weeks before Current did, or further back if
// Current begins before that. Pages call them "three months ago".
func (c Calendar) Quarter() metric.Window {
	return c.Last(Earlier(c.CutOff().Add(-3*Period), c.Current().From), windowWeeks, "")
}

const (
	// windowWeeks is the number of weeks of a window.
	windowWeeks = int(Period / Week)
	// longestBreak is the largest number of weeks that a window reaches further back. Beyond it
	// the calendar is an error of the file rather than a break.
	longestBreak = 104
)

// Last returns the window of the last weeks before end that are in no break of a team, or of
// everybody if team is "". If breaks leave too few weeks, it returns the weeks before end as
// they are.
func (c Calendar) Last(end time.Time, weeks int, team string) metric.Window {
	w := metric.Window{From: end.Add(-time.Duration(weeks) * Week), To: end}
	if len(c.Breaks) == 0 {
		return w
	}
	var reach metric.Window
	counted, at := 0, end
	for range weeks + longestBreak {
		at = at.Add(-Week)
		if c.BreakOf(at, team) != nil {
			continue
		}
		if counted++; counted == 1 {
			reach.To = at.Add(Week)
		}
		if counted == weeks {
			reach.From = at
			return reach
		}
	}
	return w
}

// BreakOf returns the first break with a day in the week that begins at from, of a team, or of
// everybody if team is ""; nil without one.
func (c Calendar) BreakOf(from time.Time, team string) *metric.Break {
	w := metric.Window{From: from, To: from.Add(Week)}
	for i := range c.Breaks {
		if b := &c.Breaks[i]; b.Covers(team) && b.Overlaps(w) {
			return b
		}
	}
	return nil
}

// Counts reports whether a time is in a week that is in no break.
func (c Calendar) Counts(t time.Time, team string) bool {
	return len(c.Breaks) == 0 || c.BreakOf(WeekOf(t), team) == nil
}

// DropBreaks removes the weeks of a break from values for each week of a window.
func (c Calendar) DropBreaks(perWeek []float64, w metric.Window, team string) []float64 {
	if len(c.Breaks) == 0 {
		return perWeek
	}
	out := make([]float64, 0, len(perWeek))
	for i, v := range perWeek {
		if c.BreakOf(w.From.Add(time.Duration(i)*Week), team) == nil {
			out = append(out, v)
		}
	}
	return out
}

// WithoutBreaks returns the calendar of numbers for which weeks of a break count like others.
func (c Calendar) WithoutBreaks() Calendar {
	c.Breaks = nil
	return c
}

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

// Calendar turns an as-of time into the windows that pages compare.
type Calendar struct {
	AsOf         time.Time
	MaturityDays int // a week counts once its Sunday is this many days old
}

// CutOff returns the end (exclusive) of the last mature week. Later weeks may still change,
// because incidents and late statuses arrive with delay.
func (c Calendar) CutOff() time.Time {
	return WeekOf(c.AsOf.AddDate(0, 0, -c.MaturityDays))
}

// Current returns the last four mature weeks.
func (c Calendar) Current() metric.Window { return c.fourWeeksEnding(c.CutOff()) }

// Before returns the four weeks before Current. Pages call them "last month".
func (c Calendar) Before() metric.Window { return c.fourWeeksEnding(c.CutOff().Add(-Period)) }

// Quarter returns the four weeks that ended 12 weeks before Current did. Pages call them "three
// months ago".
func (c Calendar) Quarter() metric.Window { return c.fourWeeksEnding(c.CutOff().Add(-3 * Period)) }

func (c Calendar) fourWeeksEnding(end time.Time) metric.Window {
	return metric.Window{From: end.Add(-Period), To: end}
}

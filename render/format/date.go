package format

import (
	"strconv"
	"time"
)

// Date formats a day: "7 Oct 2024".
func Date(t time.Time) string { return t.UTC().Format("2" + nbsp + "Jan" + nbsp + "2006") }

// Day formats a day without its year: "7 Oct".
func Day(t time.Time) string { return t.UTC().Format("2" + nbsp + "Jan") }

// ISO formats a day for files and machine-readable attributes: "2024-10-07".
func ISO(t time.Time) string { return t.UTC().Format(time.DateOnly) }

const nbsp = "\u00a0"

// Span formats the days from from (inclusive) to to (exclusive): "7 Oct–3 Nov 2024", "7–27 Oct
// 2024", "16 Dec 2024–12 Jan 2025". A span of one day is formatted as that day.
func Span(from, to time.Time) string {
	from, last := from.UTC(), to.UTC().Add(-time.Nanosecond)
	switch {
	case !last.After(from) || from.Format(time.DateOnly) == last.Format(time.DateOnly):
		return Date(from)
	case from.Year() != last.Year():
		return Date(from) + Dash + Date(last)
	case from.Month() != last.Month():
		return Day(from) + Dash + Date(last)
	}
	return strconv.Itoa(from.Day()) + Dash + Date(last)
}

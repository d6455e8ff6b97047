package tabular

import (
	"fmt"
	"time"
)

// clocks counts local times without exactly one instant, and records the first line of each
// kind.
type clocks struct {
	skipped, repeated         int
	skippedLine, repeatedLine int
	name                      string // of the zone

	// From quietFrom to quietTo no clock of the zone changes within a day. Most stamps of a
	// file are in one such span.
	zone               *time.Location
	quietFrom, quietTo time.Time
}

// aDay is longer than any change of clocks.
const aDay = 24 * time.Hour

// resolveLocal returns the instant of a stamp without an offset, in UTC. It reads a local time
// that a change of clocks skips as if the clocks had not changed yet, and a local time that
// occurs twice as the first of the two. It counts both.
func (d *dates) resolveLocal(s stamp, zone *time.Location) time.Time {
	t := time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, s.nano, zone)
	c := &d.clocks
	if !s.clock || c.zone == zone && t.After(c.quietFrom) && t.Before(c.quietTo) {
		return t.UTC()
	}
	start, end := t.ZoneBounds()
	c.zone, c.quietFrom, c.quietTo = zone, start.Add(aDay), end.Add(-aDay)
	if end.IsZero() {
		c.quietTo = t.AddDate(1, 0, 0)
	}
	before, first := s.instantAtOffset(zone, t.Add(-aDay))
	after, second := s.instantAtOffset(zone, t.Add(aDay))
	switch {
	case before.Equal(after):
		return t.UTC()
	case first && second:
		c.countDoubt(&c.repeated, &c.repeatedLine, d.line, zone)
		return before
	case second:
		return after
	case !first:
		c.countDoubt(&c.skipped, &c.skippedLine, d.line, zone)
	}
	return before
}

// instantAtOffset returns the instant of a local time by the zone's offset at another time, and
// reports whether that offset is valid at the instant.
func (s stamp) instantAtOffset(zone *time.Location, at time.Time) (instant time.Time, holds bool) {
	_, offset := at.In(zone).Zone()
	instant = time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, s.nano,
		time.UTC).Add(-time.Duration(offset) * time.Second)
	_, really := instant.In(zone).Zone()
	return instant, really == offset
}

func (c *clocks) countDoubt(n, first *int, line int, zone *time.Location) {
	if *n++; *n == 1 {
		*first = line
	}
	c.name = zone.String()
}

// listNotes describes the skipped and repeated local times.
func (c *clocks) listNotes() []string {
	var notes []string
	if c.skipped > 0 {
		notes = append(notes, fmt.Sprintf("local times that do not exist in %s, because the clocks went forward: %d, "+
			"read as if they had not (first on line %d)", c.name, c.skipped, c.skippedLine))
	}
	if c.repeated > 0 {
		notes = append(notes, fmt.Sprintf("local times that occur twice in %s, because the clocks went back: %d, read "+
			"as the first (first on line %d)", c.name, c.repeated, c.repeatedLine))
	}
	return notes
}

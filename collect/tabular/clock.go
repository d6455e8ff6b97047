package tabular

import (
	"fmt"
	"time"
)

// clocks counts local times that do not name one instant, with the first line of
// each sort.
type clocks struct {
	skipped, repeated         int
	skippedLine, repeatedLine int
	name                      string // of the zone

	// From quietFrom to quietTo no clock of the zone changes within a day: most
	// stamps of a file lie in one such span.
	zone               *time.Location
	quietFrom, quietTo time.Time
}

// aDay is more than any change of clocks moves them.
const aDay = 24 * time.Hour

// resolveLocal returns the instant of a stamp without an offset, in UTC. A local time that
// a change of clocks skips is read as if the clocks had not changed yet, and one
// that occurs twice as the first of the two; both are counted.
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

// instantAtOffset returns the instant of a local time by the offset that its zone has at
// another time, and whether that offset holds at the instant.
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

// listNotes tells of the local times that were in doubt.
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

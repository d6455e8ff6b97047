package metric

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"
)

// LikelyRange is how pages call a 95 % interval.
const LikelyRange = "likely range, 95 %"

// Spec declares a metric in one place: its definition, its blank values and its
// series are made from it.
type Spec struct {
	ID       string // "dora.lead_time"
	Title    string
	Familiar string // the older name of the metric, if it has one
	// Text is the definition in words. It may be reworded freely; another meaning
	// needs a higher Version.
	Text string
	// Version is set by hand, from 1 on: values of different versions are series of
	// their own.
	Version int
	Config  []string // settings in force, as they would be written; part of the identity
	Source  string   // where the formula comes from
	Unit    Unit
	Better  Direction
	Target  *Target
	// Estimate is how value and interval are estimated, in words. Interval is how
	// pages call the interval; "" if there is none.
	Estimate, Interval string
	// Trend is how a change is tested, in words. If it is "", Untested is why no
	// change is tested.
	Trend, Untested string
	Series          bool // a weekly series is made
}

// Definition returns the text shown beside the numbers, with its hash.
func (s *Spec) Definition() Definition {
	return Definition{
		ID: s.ID, Version: s.Version, Title: s.Title, Text: s.Text, Config: s.Config, Source: s.Source,
		Hash: Fingerprint(s.ID, s.Version, s.Config),
	}
}

// Metric returns a metric with everything but its value.
func (s *Spec) Metric(scope Scope, window Window, cutOff time.Time) Metric {
	return Metric{
		ID: s.ID, Title: s.Title, Familiar: s.Familiar, Scope: scope, State: OK, Interval: s.Interval, Unit: s.Unit, Better: s.Better,
		Target: s.Target, Window: window, CutOff: cutOff, Definition: s.ID, DefinitionHash: Fingerprint(s.ID, s.Version,
			s.Config),
	}
}

// NewSeries returns a series without points.
func (s *Spec) NewSeries(scope Scope) Series {
	return Series{ID: s.ID, Title: s.Title, Scope: scope, Unit: s.Unit, Better: s.Better}
}

// Specs are the metrics that a family declares.
type Specs []Spec

// Find returns the declaration of that ID. An ID that is not declared is a fault
// of the program: it panics.
func (l Specs) Find(id string) *Spec {
	for i := range l {
		if l[i].ID == id {
			return &l[i]
		}
	}
	panic("metric: " + id + " is not declared")
}

// Definitions returns the definitions of all of them, in their order.
func (l Specs) Definitions() []Definition {
	out := make([]Definition, len(l))
	for i := range l {
		out[i] = l[i].Definition()
	}
	return out
}

// Fingerprint returns the identity of a definition: 12 hexadecimal digits of its ID, version
// and settings. Two numbers with different ones may not be compared as one series. The words of
// a definition do not count.
func Fingerprint(id string, version int, config []string) string {
	return hashParts(id, "version "+strconv.Itoa(version), config)
}

// ReleasedFingerprint returns the identity that releases before versions gave a
// definition: it contained the words.
func ReleasedFingerprint(id, text string, config []string) string {
	return hashParts(id, text, config)
}

func hashParts(id, meaning string, config []string) string {
	h := fnv.New64a()
	for _, s := range append([]string{id, meaning}, config...) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return fmt.Sprintf("%016x", h.Sum64())[:12]
}

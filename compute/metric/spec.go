package metric

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"
)

// LikelyRange is the name of a 95 % interval on pages.
const LikelyRange = "likely range, 95 %"

// Spec declares a metric in one place. Its definition, its blank values and its series are made
// from the Spec.
type Spec struct {
	ID       string // "dora.lead_time"
	Title    string
	Familiar string // older name of the metric, if it has one
	// Text is the definition in words. A new wording keeps the Version; a new meaning needs a
	// higher one.
	Text string
	// Version is set by hand, from 1 on. Values of different versions are separate series.
	Version int
	Config  []string // settings in force, as in the file; part of the identity
	Source  string   // source of the formula
	Unit    Unit
	Better  Direction
	Target  *Target
	// Estimate describes the estimator of value and interval. Interval is the name of the
	// interval on pages; "" if there is none.
	Estimate, Interval string
	// Trend describes the test of change. If it is "", Untested gives the reason for no test.
	Trend, Untested string
	Series          bool // the metric has a weekly series
}

// Definition returns the definition shown beside the numbers, with its hash.
func (s *Spec) Definition() Definition {
	return Definition{
		ID: s.ID, Version: s.Version, Title: s.Title, Text: s.Text, Config: s.Config, Source: s.Source,
		Hash: Fingerprint(s.ID, s.Version, s.Config),
	}
}

// Metric returns a metric with every field filled but those of its value.
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

// Find returns the declaration of an ID. It panics on an ID that is not declared, which is a
// programming error.
func (l Specs) Find(id string) *Spec {
	for i := range l {
		if l[i].ID == id {
			return &l[i]
		}
	}
	panic("metric: " + id + " is not declared")
}

// Definitions returns the definitions of all metrics in the list, in order.
func (l Specs) Definitions() []Definition {
	out := make([]Definition, len(l))
	for i := range l {
		out[i] = l[i].Definition()
	}
	return out
}

// Fingerprint returns the identity of a definition: 12 hexadecimal digits of a hash of its ID,
// version and settings. Numbers with different fingerprints are not one series. The wording of
// a definition has no influence.
func Fingerprint(id string, version int, config []string) string {
	return hashParts(id, "version "+strconv.Itoa(version), config)
}

// ReleasedFingerprint returns the identity of a definition in releases before Spec.Version
// existed: it also covered the wording.
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

package view

import (
	"html/template"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Tile is the view of one metric on a page.
type Tile struct {
	ID, Title    string
	Number, Unit string
	Provisional  bool
	// Facts are counts and dates that a page always shows. Few puts them next to the number,
	// because the number is missing or counts few events.
	Facts string
	Few   bool
	// Why is the reason for a missing value, and Next the next step. With a value, the fields
	// below are set instead.
	Why, Next string
	Longer    string // the rate over more weeks
	Change    format.Change
	Was       string // an earlier value without a test of the change
	Interval  string
	N         string
	Details   []Labelled
	Warnings  []string
	Spark     template.HTML
	Chart     template.HTML
	Evidence  string // link to the events that it counts
	How       string // link to its definition

	Goal string // "goal: at least 10"; "" without a goal
	Met  string // "met" or "not met"
	Good bool   // the goal is met
}

// NewTile returns the tile of a metric; methods is the address of the page with the
// definitions.
func NewTile(m *metric.Metric, methods string) Tile {
	t := Tile{
		ID: Anchor(m.ID), Title: m.Title,
		Why: m.Why, Next: m.Next, Warnings: m.Warnings,
		How: methods + "#" + Anchor(m.Definition),
	}
	if m.State == metric.NotAvailable || m.Value == nil {
		return t
	}
	t.Longer = LongerWords(m)
	t.Provisional = m.State == metric.Provisional
	t.Number, t.Unit = format.Parts(*m.Value, m.Shown(m.Unit))
	t.Change = format.Moved(m)
	if t.Change.Was != "" {
		if m.Trend == nil {
			t.Was = t.Change.Was + ", not tested yet"
		} else {
			t.Change.Range = strings.TrimSuffix(t.Change.Was+"; likely "+t.Change.Range, "; likely ")
		}
	}
	t.Interval = Likely(format.Interval(m.Lo, m.Hi, m.Shown(m.Unit)))
	t.N = format.Counts(m.N)
	for _, d := range m.Details {
		v := format.Maybe(d.Value, m.Shown(d.Unit))
		if d.Value == nil {
			v = d.Note
		}
		t.Details = append(t.Details, Labelled{d.Label, v})
	}
	return t
}

// WithGoal returns the tile with the goal of its metric.
func (t Tile) WithGoal(m *metric.Metric) Tile {
	if m.Trend == nil && m.Was != nil && !m.Was.Window.From.IsZero() {
		t.Was = "was " + format.Maybe(m.Was.Value, m.Shown(m.Unit)) + ", " + format.Span(m.Was.Window.From, m.Was.Window.To)
	}
	if m.Target == nil {
		return t
	}
	t.Goal = "goal: " + format.Target(m.Target, m.Shown(m.Unit))
	if m.Value == nil || m.State == metric.NotAvailable {
		return t
	}
	t.Good = m.Target.Met(*m.Value)
	t.Met = "not met"
	if t.Good {
		t.Met = "met"
	}
	return t
}

// LongerWords returns the rate over more weeks than the metric's, in a line; "" without one.
func LongerWords(m *metric.Metric) string {
	l := m.Longer
	if l == nil {
		return ""
	}
	text := format.Counts(l.N) + " in " + format.Things(l.Weeks, "weeks") + ", " +
		format.Span(l.Window.From, l.Window.To) + ": " + format.Maybe(l.Value, m.Shown(m.Unit))
	if iv := format.Interval(l.Lo, l.Hi, m.Shown(m.Unit)); iv != "" {
		text += ", likely " + iv
	}
	return text
}

// Anchor returns the ID of the element that shows the metric, or the definition,
// with the given ID.
func Anchor(id string) string { return strings.ReplaceAll(id, ".", "-") }

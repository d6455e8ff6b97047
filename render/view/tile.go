package view

import (
	"html/template"
	"math"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// Tile is the view of one metric on a page.
type Tile struct {
	ID, Title    string
	Number, Unit string
	// Class is "bad" for a change to the worse, "empty" without a value, and "lead" for the
	// first number of a page.
	Class string
	// Kind is the statistic, "median". Mean is the mean beside a median, and Below a line under
	// the number, such as its base.
	Kind, Mean, Below string
	Familiar          string // the familiar name of the mean
	Provisional       bool
	// Facts are counts and dates that a page always shows. Few puts them next to the number,
	// because the number is missing or counts few events.
	Facts string
	Few   bool
	// Why is the reason for a missing value, and Next the next step. With a value, the fields
	// below are set instead.
	Why, Next string
	Longer    string // the rate over more weeks
	Change    format.Change
	Gauge     template.HTML // the tested change with its range; "" without a test
	Was       string        // an earlier value without a test of the change
	First     string        // "first comparison by 12 Dec 2024"; "" with an earlier value
	Find      string        // the finding of the leading tile, in a sentence
	Interval  string
	N         string
	Details   []Labelled
	Warnings  []string
	Spark     template.HTML
	Chart     template.HTML
	Evidence  string // link to the events that it counts
	How       string // link to its definition
	// Brief leaves out the interval, the details and the warnings, because the page has them
	// in its table of all numbers.
	Brief bool

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
		t.Class = "empty"
		return t
	}
	t.Longer = LongerWords(m)
	t.Provisional = m.State == metric.Provisional
	t.Number, t.Unit = format.Parts(*m.Value, m.Shown(m.Unit))
	t.Change, t.Gauge = tileChange(m), DrawChange(m)
	if t.Change.Class == "worse" {
		t.Class = "bad"
	}
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

// tileChange returns the change of a metric with its verdict first: a range without a clear
// result is in Range, not in Size. A change to the worse has a filled arrow.
func tileChange(m *metric.Metric) format.Change {
	c := format.Moved(m)
	if c.Class == "unknown" && c.Size != "" {
		c.Range = strings.TrimSuffix(strings.TrimPrefix(c.Size, "likely "), ":")
		c.Size = ""
	}
	if c.Range != "" {
		c.Test = strings.TrimSuffix(c.Test, ", likely "+c.Range) // it is the range before it
	}
	if c.Class == "worse" {
		c.Icon = strings.NewReplacer("↑", "▲", "↓", "▼").Replace(c.Icon)
	}
	return c
}

// The ends of the axis of a change. A relative axis has at most fourfold as much in either
// direction.
const (
	usualChange = 0.5
	mostChange  = 4
)

// DrawChange returns the tested change of a metric on an axis around no change, with the range
// of changes that are too small to matter; "" without a test. A claim of an earlier look is
// drawn as it was found.
func DrawChange(m *metric.Metric) template.HTML {
	t := m.Trend
	if t == nil {
		return ""
	}
	g := chart.Gauge{Class: gaugeClass(format.Moved(m).Class)}
	switch {
	case t.Outcome == metric.Changed && t.Claim != nil && t.Claim.Now != t.Now:
		g.Figure = metric.Figure{Value: &t.Claim.Change, Lo: &t.Claim.Lo, Hi: &t.Claim.Hi}
	case t.HasLimits():
		g.Figure = metric.Figure{Value: &t.Change, Lo: &t.Lo, Hi: &t.Hi}
	default:
		g.Value = &t.Change
	}
	end, most := 2*t.Sesoi, 16*t.Sesoi
	if t.Relative || end <= 0 {
		end, most = usualChange, mostChange
	}
	for end < most && isBeyond(&g.Figure, end) {
		end *= 2
	}
	g.Min, g.Max = -end, end
	if t.Sesoi > 0 {
		g.Zone = &metric.Limits{Lo: metric.Of(-t.Sesoi), Hi: metric.Of(t.Sesoi)}
	}
	return DrawGauge(&g)
}

// isBeyond reports whether a figure or its range leaves an axis from −end to end.
func isBeyond(f *metric.Figure, end float64) bool {
	for _, v := range []*float64{f.Value, f.Lo, f.Hi} {
		if v != nil && math.Abs(*v) > end {
			return true
		}
	}
	return false
}

// gaugeClass returns the class of a gauge for the class of a change.
func gaugeClass(change string) string {
	if change == "same" {
		return "muted"
	}
	return change
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

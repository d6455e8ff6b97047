package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"
	"github.com/ip3dp/ip3dp/render/format"

	"github.com/ip3dp/ip3dp/collect/text"
)

// fewRows is how many events explain prints without --all.
const fewRows = 10

// plainSpaces makes typographic spaces plain, so that lines can be searched.
var plainSpaces = strings.NewReplacer("\u00a0", " ", format.Space, " ")

// fact prints a labelled line; nothing if there is no text.
func (p *program) fact(label, text string) {
	if text != "" {
		p.out.Printf("  %-10s %s", label, plainSpaces.Replace(text))
	}
}

// heading prints a line that others follow, after an empty one.
func (p *program) heading(text string) {
	p.out.Printf("")
	p.out.Printf("%s", plainSpaces.Replace(text))
}

// explainMetric prints all that is known about a number.
func (p *program) explainMetric(e *explanation, all bool) {
	m, counts := e.Metric, format.Counts(e.Metric.N)
	if e.Shipped.Releases && strings.HasPrefix(m.ID, "dora.") {
		worded := render.ReleaseMetric(m)
		m = &worded
		if strings.Contains(counts, "deployment") {
			counts += "; each deployment is a release"
		}
	}
	title := m.Title
	if m.Familiar != "" {
		title += " (" + m.Familiar + ")"
	}
	p.out.Printf("%s: %s, %s", m.ID, title, about(m.Scope))
	p.level(m, counts)
	if m.ID == dora.Frequency {
		p.fact("longer", render.LongerWords(m))
		p.fact("known", render.ShippedWords(e.Shipped))
	}
	p.change(m)
	p.fact("published", publishedIn(e))
	if len(m.Details) > 0 {
		p.heading("details")
		for i := range m.Details {
			d := &m.Details[i]
			p.out.Printf("  %s", plainSpaces.Replace(text.Join(", ", d.Label+": "+detail(d))))
		}
	}
	if len(m.Warnings) > 0 {
		p.heading("warnings")
		for _, w := range m.Warnings {
			p.out.Printf("  %s", w)
		}
	}
	p.definition(e)
	p.evidenceRows(e, all)
	p.heading("where")
	p.fact("page", e.Page)
	p.fact("methods", e.Methods)
}

// about names a scope: "the whole organisation", "team Checkout".
func about(s metric.Scope) string {
	if s.Kind == metric.Organisation {
		return "the whole organisation"
	}
	if s.Title == "" || s.Title == s.ID {
		return string(s.Kind) + " " + s.ID
	}
	return string(s.Kind) + " " + s.Title + " (" + s.ID + ")"
}

// level prints the value and what bounds it, or why there is none.
func (p *program) level(m *metric.Metric, counts string) {
	value := format.Maybe(m.Value, m.Unit)
	if m.State == metric.Provisional {
		value += ", provisional: it may still change"
	}
	p.fact("value", value)
	p.fact("why", m.Why)
	p.fact("next", m.Next)
	if iv := format.Interval(m.Lo, m.Hi, m.Unit); iv != "" {
		p.fact("likely", text.Join("; ", iv, m.Interval))
	}
	p.fact("n", counts)
	if !m.Window.To.IsZero() {
		p.fact("window", format.Span(m.Window.From, m.Window.To))
	}
	if !m.CutOff.IsZero() {
		p.fact("cut-off", "counts what happened before "+format.Date(m.CutOff))
	}
	if m.Target != nil {
		p.fact("target", text.Join(", from ", format.Target(m.Target, m.Unit), m.Target.From))
	}
	if m.Tier != nil {
		p.fact("level", text.Join(", by ", cmp.Or(m.Tier.Span, m.Tier.Name), m.Tier.Source))
	}
}

// change prints the earlier value and what may be said of the difference.
func (p *program) change(m *metric.Metric) {
	if m.Was != nil {
		was := format.Maybe(m.Was.Value, m.Unit)
		if iv := format.Interval(m.Was.Lo, m.Was.Hi, m.Unit); iv != "" {
			was += " (likely " + iv + ")"
		}
		p.fact("was", text.Join(", ", was, format.Counts(m.Was.N), format.Span(m.Was.Window.From, m.Was.Window.To)))
	}
	t := m.Trend
	switch {
	case t != nil:
	case m.Was != nil:
		p.fact("change", "not tested")
		return
	default:
		p.fact("change", "no earlier data to compare with")
		return
	}
	c := format.Moved(m)
	moved := c.String()
	if c.Range != "" {
		moved += " (likely " + c.Range + ")"
	}
	p.fact("change", moved)
	p.fact("tested on", c.Test)
	p.fact("outcome", string(t.Outcome)+": "+outcomes[t.Outcome])
	p.fact("matters", "from "+amount(t.Sesoi, t, m.Unit))
	if t.Detectable > 0 {
		p.fact("would show", "from "+amount(t.Detectable, t, m.Unit))
	}
	p.fact("tested", text.Join(", ", t.Method, format.Counts(t.N)))
	p.fact("p", fmt.Sprintf("%s; %s adjusted for all numbers that were tested", probability(t.P), probability(t.Q)))
}

// outcomes say in words what a test of change found.
var outcomes = map[metric.Outcome]string{
	metric.Changed:       "beyond chance over a year of looks, and large enough to matter",
	metric.WorthWatching: "beyond chance at this look alone: no claim",
	metric.AboutTheSame:  "any change is smaller than what would matter",
	metric.NotEnoughData: "the data cannot tell a change from chance",
}

// amount is the size of a change of a metric of unit u.
func amount(v float64, t *metric.Trend, u metric.Unit) string {
	if t.Relative {
		return format.Share(v)
	}
	return strings.TrimPrefix(format.Delta(v, u), "+")
}

func probability(p float64) string {
	if p < 0.001 {
		return "below 0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

func detail(d *metric.Detail) string {
	value := format.Maybe(d.Value, d.Unit)
	if iv := format.Interval(d.Lo, d.Hi, d.Unit); iv != "" {
		value += " (likely " + iv + ")"
	}
	return text.Join("; ", value, d.Note)
}

// publishedIn says what the history holds of the number.
func publishedIn(e *explanation) string {
	if e.Published == 0 {
		return ""
	}
	text := "for " + format.Things(e.Published, "weeks") + " under this definition"
	if e.Revised > 0 {
		text += "; " + format.Count(e.Revised) + " would be different today"
	}
	return text
}

func (p *program) definition(e *explanation) {
	d := e.Definition
	if d == nil {
		return
	}
	p.heading("definition " + d.ID + " (" + d.Hash + ")")
	p.out.Printf("  %s", d.Text)
	for _, setting := range d.Config {
		p.out.Printf("  %s", setting)
	}
	p.fact("source", d.Source)
}

func (p *program) evidenceRows(e *explanation, all bool) {
	ev := e.Evidence
	if ev == nil {
		return
	}
	shown := ev.Rows
	if !all {
		shown = shown[:min(len(shown), fewRows)]
	}
	title := "evidence: " + ev.Title + ", " + format.Things(e.Rows, "rows")
	if len(shown) < e.Rows {
		title += ", the first " + format.Count(len(shown)) + " (--all prints all)"
	}
	p.heading(title)
	if len(shown) > 0 {
		p.out.Printf("  %s", strings.Join(ev.Columns, " | "))
	}
	for _, r := range shown {
		p.out.Printf("  %s", plainSpaces.Replace(text.Join(" | ", strings.Join(r.Cells, " | "), r.URL)))
	}
	for _, l := range ev.LeftOut {
		p.out.Printf("  left out: %s %s: %s", format.Count(l.N), l.What, l.Reason)
	}
}

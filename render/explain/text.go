package explain

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// FewRows is the number of events without --all.
const FewRows = 10

// plainSpaces replaces typographic spaces with plain ones, so that users can search the lines.
var plainSpaces = strings.NewReplacer("\u00a0", " ", format.Space, " ")

// writer is the lines of a text, in order.
type writer []string

func (w *writer) printf(format string, args ...any) {
	*w = append(*w, plainSpaces.Replace(fmt.Sprintf(format, args...)))
}

// Text returns the lines of an explanation, with all rows of its evidence or the first of them.
func Text(e *Explanation, all bool) []string {
	w := new(writer)
	w.addMetric(e, all)
	return *w
}

// addFact adds a line with a label; nothing without a text.
func (w *writer) addFact(label, text string) {
	if text != "" {
		w.printf("  %-10s %s", label, text)
	}
}

// addHeading adds an empty line and a heading.
func (w *writer) addHeading(text string) {
	w.printf("")
	w.printf("%s", text)
}

// addMetric adds the whole explanation of a metric.
func (w *writer) addMetric(e *Explanation, all bool) {
	m, counts := e.Metric, format.Counts(e.Metric.N)
	if e.Shipped.Releases && strings.HasPrefix(m.ID, "dora.") {
		worded := render.ReleaseMetric(m)
		m = &worded
		if strings.Contains(counts, "deployment") {
			counts += "; each deployment is a release"
		}
	}
	w.printf("%s: %s, %s", m.ID, m.Title, ScopeName(m.Scope))
	w.addLevel(m, counts)
	if m.ID == dora.Frequency {
		w.addFact("longer", view.LongerWords(m))
		w.addFact("known", render.ShippedWords(e.Shipped))
	}
	w.addChange(m)
	w.addFact("published", formatPublished(e))
	if len(m.Details) > 0 {
		w.addHeading("details")
		for i := range m.Details {
			d := &m.Details[i]
			w.printf("  %s", text.Join(", ", d.Label+": "+formatDetail(d)))
		}
	}
	if len(m.Warnings) > 0 {
		w.addHeading("warnings")
		for _, warning := range m.Warnings {
			w.printf("  %s", warning)
		}
	}
	w.addDefinition(e)
	w.addEvidence(e, all)
	w.addHeading("where")
	w.addFact("page", e.Page)
	w.addFact("methods", e.Methods)
}

// ScopeName returns the name of a scope: "the whole organisation", "team Checkout".
func ScopeName(s metric.Scope) string {
	if s.Kind == metric.Organisation {
		return "the whole organisation"
	}
	if s.Title == "" || s.Title == s.ID {
		return string(s.Kind) + " " + s.ID
	}
	return string(s.Kind) + " " + s.Title + " (" + s.ID + ")"
}

// addLevel adds the value with its range, or the reason for a missing value.
func (w *writer) addLevel(m *metric.Metric, counts string) {
	value := format.Maybe(m.Value, m.Shown(m.Unit))
	if m.State == metric.Provisional {
		value += ", provisional: it may still change"
	}
	w.addFact("value", value)
	w.addFact("why", m.Why)
	w.addFact("next", m.Next)
	if iv := format.Interval(m.Lo, m.Hi, m.Shown(m.Unit)); iv != "" {
		w.addFact("likely", text.Join("; ", iv, m.Interval))
	}
	w.addFact("n", counts)
	if !m.Window.To.IsZero() {
		w.addFact("window", format.Span(m.Window.From, m.Window.To))
	}
	if !m.CutOff.IsZero() {
		w.addFact("cut-off", "counts what happened before "+format.Date(m.CutOff))
	}
	if m.Target != nil {
		w.addFact("target", text.Join(", from ", format.Target(m.Target, m.Shown(m.Unit)), m.Target.From))
	}
	if m.Tier != nil {
		w.addFact("level", text.Join(", by ", cmp.Or(m.Tier.Span, m.Tier.Name), m.Tier.Source))
	}
}

// addChange adds the earlier value and the tested difference.
func (w *writer) addChange(m *metric.Metric) {
	if m.Was != nil {
		was := format.Maybe(m.Was.Value, m.Shown(m.Unit))
		if iv := format.Interval(m.Was.Lo, m.Was.Hi, m.Shown(m.Unit)); iv != "" {
			was += " (likely " + iv + ")"
		}
		w.addFact("was", text.Join(", ", was, format.Counts(m.Was.N), format.Span(m.Was.Window.From, m.Was.Window.To)))
	}
	t := m.Trend
	switch {
	case t != nil:
	case m.Was != nil:
		w.addFact("change", "not tested")
		return
	default:
		w.addFact("change", "no earlier data to compare with")
		return
	}
	c := format.Moved(m)
	moved := c.String()
	if c.Range != "" {
		moved += " (likely " + c.Range + ")"
	}
	w.addFact("change", moved)
	w.addFact("tested on", c.Test)
	w.addFact("outcome", string(t.Outcome)+": "+outcomes[t.Outcome])
	w.addFact("matters", "from "+formatAmount(t.Sesoi, t, m.Shown(m.Unit)))
	if t.Detectable > 0 {
		w.addFact("would show", "from "+formatAmount(t.Detectable, t, m.Shown(m.Unit)))
	}
	w.addFact("tested", text.Join(", ", t.Method, format.Counts(t.N)))
	w.addFact("p", fmt.Sprintf("%s; %s adjusted for all numbers that were tested", formatProbability(t.P),
		formatProbability(t.Q)))
}

// outcomes describes the outcomes of a test of a change.
var outcomes = map[metric.Outcome]string{
	metric.Changed:       "beyond chance over a year of looks, and large enough to matter",
	metric.WorthWatching: "beyond chance at this look alone: no claim",
	metric.AboutTheSame:  "any change is smaller than what would matter",
	metric.NotEnoughData: "the data cannot separate a change from chance",
}

// formatAmount returns the size of a change of a metric of unit u.
func formatAmount(v float64, t *metric.Trend, u metric.Unit) string {
	if t.Relative {
		return format.Share(v)
	}
	return strings.TrimPrefix(format.Delta(v, u), "+")
}

func formatProbability(p float64) string {
	if p < 0.001 {
		return "below 0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

func formatDetail(d *metric.Detail) string {
	value := format.Maybe(d.Value, d.Unit)
	if iv := format.Interval(d.Lo, d.Hi, d.Unit); iv != "" {
		value += " (likely " + iv + ")"
	}
	return text.Join("; ", value, d.Note)
}

// formatPublished returns a sentence about the weeks of the metric in the history.
func formatPublished(e *Explanation) string {
	if e.Published == 0 {
		return ""
	}
	text := "for " + format.Things(e.Published, "weeks") + " under this definition"
	if e.Revised > 0 {
		text += "; " + format.Count(e.Revised) + " would be different today"
	}
	return text
}

func (w *writer) addDefinition(e *Explanation) {
	d := e.Definition
	if d == nil {
		return
	}
	w.addHeading("definition " + d.ID + " (" + d.Hash + ")")
	w.printf("  %s", d.Text)
	for _, setting := range d.Config {
		w.printf("  %s", setting)
	}
	w.addFact("other name", e.Metric.Familiar)
	w.addFact("source", d.Source)
}

func (w *writer) addEvidence(e *Explanation, all bool) {
	ev := e.Evidence
	if ev == nil {
		return
	}
	shown := ev.Rows
	if !all {
		shown = shown[:min(len(shown), FewRows)]
	}
	title := "evidence: " + ev.Title + ", " + format.Things(e.Rows, "rows")
	if len(shown) < e.Rows {
		title += ", the first " + format.Count(len(shown)) + " (--all prints all)"
	}
	w.addHeading(title)
	columns, shown := view.ReadableEvidence(ev.Columns, shown)
	if len(shown) > 0 {
		w.printf("  %s", strings.Join(columns, " | "))
	}
	for _, r := range shown {
		w.printf("  %s", text.Join(" | ", strings.Join(r.Cells, " | "), r.URL))
	}
	for _, l := range ev.LeftOut {
		w.printf("  left out: %s %s: %s", format.Count(l.N), l.What, l.Reason)
	}
}

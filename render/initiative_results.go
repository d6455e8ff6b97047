package render

import (
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// resultView is one result of an initiative or a case. A result that was not measured appears
// as the report of the team.
type resultView struct {
	Title   string // of the measure; "" for a claim
	Before  string
	After   string
	Change  string // "−80 %", "+15 points"; never for a claim
	Aim     string // "lower is better"
	Now     string // the measure's latest value
	Claim   string // the team's report, word for word
	Basis   string // "measured", "estimated" or "reported"
	Because string
	Figure  template.HTML // before and after
	Tested  string        // the change with its interval, from the weekly data
	Note    string        // the reliability of the result

	measure       string
	unit          metric.Unit
	before, after *float64
}

// resultsOf returns results with their basis.
func (s *site) resultsOf(results []fact.Result) []resultView {
	var out []resultView
	for i := range results {
		out = append(out, s.resultOf(&results[i]))
	}
	return out
}

func (s *site) resultOf(r *fact.Result) resultView {
	v := resultView{Basis: basisOf(r), Because: r.Because}
	name, unit, better := s.measureOf(r.Measure)
	v.Title, v.measure, v.unit = name, r.Measure, unit
	if v.Title == "" {
		v.Title = r.Text
	}
	if v.Basis == fact.Reported {
		v.Title, v.Claim = "", claimWords(r, name, unit)
		return v
	}
	switch {
	case r.Before != nil && r.After != nil:
		v.before, v.after = r.Before, r.After
		v.Before, v.After = format.Value(*r.Before, unit), format.Value(*r.After, unit)
		v.Change = changeWords(*r.Before, *r.After, unit)
	case r.Change != nil:
		v.Change = differenceWords(*r.Change, unit)
	}
	v.Aim = aimWords(better)
	if value, _, week, ok := s.report.Measures.Level(r.Measure); ok {
		v.Now = format.Value(value, unit) + " in the week of " + format.Date(week)
	}
	return v
}

// basisOf returns the basis of a result; without a declared one it follows from the values.
func basisOf(r *fact.Result) string {
	switch {
	case r.Basis != "":
		return r.Basis
	case r.Before != nil && r.After != nil:
		return fact.Measured
	}
	return fact.Reported
}

// measureOf returns the name, the unit and the better direction of a declared measure or a
// computed metric.
func (s *site) measureOf(id string) (name string, unit metric.Unit, better metric.Direction) {
	for i := range s.content.Measures {
		if d := &s.content.Measures[i]; d.ID == id && id != "" {
			name = d.Title
			if name == "" {
				name = id
			}
			return name, metric.Unit(d.Unit), metric.Direction(d.Better)
		}
	}
	for i := range s.computed.Sections {
		if m := s.computed.Sections[i].Find(id, organisation); m != nil {
			return m.Title, m.Unit, m.Better
		}
	}
	return id, "", ""
}

// changeWords returns the change from before to after: the difference for a share or a score,
// else the relative change.
func changeWords(before, after float64, unit metric.Unit) string {
	if before == 0 || unit == metric.Points || unit == metric.Share || unit == "%" {
		return differenceWords(after-before, unit)
	}
	return format.RelativeChange((after - before) / math.Abs(before))
}

// differenceWords returns a signed difference with its unit.
func differenceWords(d float64, unit metric.Unit) string {
	if unit == "%" || unit == metric.Points {
		return format.Signed(d) + format.Space + "points"
	}
	return format.Delta(d, unit)
}

func aimWords(better metric.Direction) string {
	switch better {
	case metric.Up:
		return "higher is better"
	case metric.Down:
		return "lower is better"
	}
	return ""
}

// claimWords returns a reported result in one sentence.
func claimWords(r *fact.Result, name string, unit metric.Unit) string {
	var parts []string
	if r.Text != "" {
		parts = append(parts, r.Text)
	} else {
		parts = append(parts, name)
	}
	switch {
	case r.Before != nil && r.After != nil:
		parts = append(parts, "from "+format.Value(*r.Before, unit)+" to "+format.Value(*r.After, unit))
	case r.Change != nil:
		parts = append(parts, differenceWords(*r.Change, unit))
	}
	return strings.Join(parts, ", ")
}

// beforeAfter draws the value before as a ring and the value after as a dot, on an axis from zero;
// "" without both.
func (v *resultView) beforeAfter() template.HTML {
	if v.before == nil || v.after == nil {
		return ""
	}
	g := &chart.Gauge{Figure: metric.Figure{Value: v.after}, Was: v.before}
	g.Min, g.Max = min(0, *v.before, *v.after), max(0, *v.before, *v.after)
	g.Max += (g.Max - g.Min) / 20
	return view.DrawGauge(g)
}

// testedWords returns the change of a measure with its interval, if one of the initiatives
// expected an effect on it and was looked at.
func (s *site) testedWords(measure string, initiatives []string) string {
	for i := range s.report.Expected {
		x := &s.report.Expected[i]
		if strings.TrimPrefix(x.Outcome, "measure.") != measure || x.Got == nil || !slices.Contains(initiatives, x.ID) {
			continue
		}
		text := "At the look of " + format.Date(x.Look) + ": " + signedChange(*x.Got, x)
		if x.GotLo != nil && x.GotHi != nil {
			text += ", likely " + trimUnit(signedChange(*x.GotLo, x)) + " to " + signedChange(*x.GotHi, x)
		}
		return text + " (" + format.LowerFirst(x.Method) + ")"
	}
	return ""
}

// note returns the text under a picture about the reliability of the result.
func (v *resultView) note() string {
	note := "Before and after, " + v.Basis + ". One comparison without a control: other things may have changed too."
	if *v.before == *v.after {
		note = "Nothing changed. " + note
	}
	return note
}

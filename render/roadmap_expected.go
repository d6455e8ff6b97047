package render

import (
	"html/template"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// effectRow is one expectation.
type effectRow struct {
	Name    view.Link
	Outcome string
	Text    string // "expected −20 %, got −8 % (−15 to 0)"
	Range   string // "expected range −35 to −5 %"
	Verdict string // "within the expected range"
	Looks   string
	How     string
	Because string
	Bar     template.HTML // the expected range as a field, the effect found as a dot with its range
}

// effectsView lists the expected and the measured effects of initiatives, with their calibration.
func (s *site) effectsView(root, id string) view.List[effectRow] {
	v := view.List[effectRow]{ID: id}
	for i := range s.report.Expected {
		v.Rows = append(v.Rows, s.effectRow(root, &s.report.Expected[i]))
	}
	if len(v.Rows) > 0 {
		v.Note = effectCalibration(s.report.Expected)
	}
	return v
}

// expectedOf returns the expected effect of an initiative; nil without one.
func (s *site) expectedOf(root, id string) *effectRow {
	for i := range s.report.Expected {
		if x := &s.report.Expected[i]; x.ID == id {
			row := s.effectRow(root, x)
			return &row
		}
	}
	return nil
}

func (s *site) effectRow(root string, x *rice.Expectation) effectRow {
	size := func(v float64) string { return signedChange(v, x) }
	row := effectRow{
		Name: s.linkTo(root, "roadmap", x.ID, x.Title), Outcome: s.outcomeTitle(x.Outcome), Text: "expected " +
			size(x.Change),
		Range: "expected range " + trimUnit(size(x.Lo)) + " to " + size(x.Hi), Because: x.Because,
	}
	row.Bar = view.DrawGauge(effectGauge(x))
	if x.Assumed {
		row.Range += ", assumed"
	}
	if x.Got != nil {
		row.Text += ", got " + size(*x.Got)
		if x.GotLo != nil && x.GotHi != nil {
			row.Text += " (" + trimUnit(size(*x.GotLo)) + " … " + trimUnit(size(*x.GotHi)) + ")"
		}
		row.Verdict = "outside the expected range"
		if x.Hit() {
			row.Verdict = "within the expected range"
		}
	}
	var looks []string
	for _, look := range x.Looks {
		word := format.Date(look)
		if look.Equal(x.Look) {
			word += " (read)"
		}
		looks = append(looks, word)
	}
	row.Looks = strings.Join(looks, ", ")
	row.How = expectedHow(x)
	return row
}

// effectGauge draws the expected range as a field, and the effect found with its interval.
func effectGauge(x *rice.Expectation) *chart.Gauge {
	g := &chart.Gauge{
		Figure: metric.Figure{Value: x.Got, Lo: x.GotLo, Hi: x.GotHi}, Yes: &metric.Limits{Lo: &x.Lo, Hi: &x.Hi},
		Marks: []chart.Limit{{Value: 0}},
	}
	for _, v := range []*float64{&x.Lo, &x.Hi, x.Got, x.GotLo, x.GotHi} {
		if v != nil {
			g.Min, g.Max = min(g.Min, *v), max(g.Max, *v)
		}
	}
	room := (g.Max - g.Min) / 20
	g.Min, g.Max = g.Min-room, g.Max+room
	return g
}

// expectedHow returns the method of the comparison, or the reason for its absence.
func expectedHow(x *rice.Expectation) string {
	how := format.UpperFirst(x.Method)
	if x.Method == "" {
		how = format.UpperFirst(x.Why)
	}
	if !x.Next.IsZero() {
		how += "; next look " + format.Date(x.Next)
	}
	if x.On != (time.Time{}) {
		how += "; written down on " + format.Date(x.On)
	}
	if x.Late {
		how += ", after it could be seen: not counted as a prediction"
	}
	return how
}

// trimUnit returns a percentage or points without the unit.
func trimUnit(text string) string {
	for _, unit := range []string{"%", "points"} {
		if number, ok := strings.CutSuffix(text, format.Space+unit); ok {
			return number
		}
	}
	return text
}

// signedChange returns a change with its sign.
func signedChange(v float64, x *rice.Expectation) string {
	sign := "+"
	switch {
	case v < 0:
		sign, v = "−", -v
	case v == 0:
		sign = ""
	}
	switch {
	case x.Relative:
		return sign + format.Share(v)
	case x.Unit == metric.Share:
		return sign + format.Number(v*100) + format.Space + "points"
	case x.Unit == metric.Points:
		return sign + format.Number(v) + format.Space + "points"
	}
	return sign + format.Value(v, x.Unit)
}

// effectCalibration returns the accuracy of expected effects, if there are enough.
func effectCalibration(list []rice.Expectation) string {
	c, ok := rice.CalibrateEffects(list)
	if !ok {
		return "How good expectations are is judged once five were looked at; " + format.Count(c.N) + " " + format.Is(c.N) +
			" so far, and only listed."
	}
	text := format.Count(c.Hits) + " of " + format.Count(c.N) + " effects were within their expected range (" +
		format.Share(c.Share) +
		", likely " + format.Interval(&c.Likely.Lo, &c.Likely.Hi, metric.Share) + "; 90" + format.Space + "% should)."
	if c.Relative > 0 {
		text += " Outcomes ended at " + format.Number(c.Bias) +
			" times what was expected; mean interval score (Winkler, on logarithms) " +
			format.Number(c.Winkler) + " over " + format.Count(c.Relative) + "."
	}
	if c.Confident > 0 {
		text += " Brier score of confidence " + format.Number(c.Brier) + " over " + format.Count(c.Confident) +
			" (0 is perfect, 0.25 is a coin)."
	}
	return text
}

package render

import (
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
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
		how += "; written down on " + format.Date(x.On) + ", " + recordedWords(&x.Record).Text
	}
	if n := len(x.Since); n > 0 {
		e := &x.Since[n-1]
		what := signedChange(e.Change, x)
		if e.Change == x.Change {
			what = "its range, outcome or looks"
		}
		how += "; changed since: " + what + ", on " + format.Date(e.At)
	}
	if mark := recordedWords(&x.Record).Mark; mark.Word != "" {
		how += "; " + mark.Word
	}
	if x.Late {
		how += "; not written down in time: not counted as a prediction"
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

// recordedView is when something dated was recorded in git.
type recordedView struct {
	Text  string    // "recorded in git on 3 Sep 2024"
	Short string    // in a list: "recorded on 3 Sep 2024"
	Mark  view.Mark // a doubt; empty without one
}

// recordedWords returns when a prediction was recorded, and the reason to doubt its day.
func recordedWords(r *rice.Record) recordedView {
	v := recordedView{}
	switch {
	case r.Unchecked != "":
		v.Text, v.Short = "could not be checked: "+r.Unchecked, "not checked"
	case r.Request:
		v.Text = "counts from this request"
	case r.Pending:
		v.Text = "not committed yet"
	default:
		v.Text, v.Short = "recorded in git on "+format.Date(r.Recorded), "recorded on "+format.Date(r.Recorded)
	}
	if v.Short == "" {
		v.Short = v.Text
	}
	switch {
	case r.Future:
		v.Mark.Word = "a day that has not come yet"
	case r.BackDated && r.Recorded.IsZero():
		v.Mark.Word = "back-dated: git does not have it yet"
	case r.BackDated:
		v.Mark.Word = "back-dated: git has it only since " + format.Date(r.Recorded)
	case r.WithResult:
		v.Mark.Word = "recorded together with its result"
	}
	if v.Mark.Word != "" {
		v.Mark.Icon, v.Mark.Class = "▲", "worse"
	}
	return v
}

// uncheckedWords returns the reason that predictions could not be checked; "" if all could.
func uncheckedWords(list []rice.Prediction) string {
	n, why := 0, ""
	for i := range list {
		if list[i].Unchecked != "" {
			n++
			why = list[i].Unchecked
		}
	}
	switch n {
	case 0:
		return ""
	case len(list):
		return "None of them could be checked in git: " + why + "."
	}
	return format.Count(n) + " of " + format.Things(len(list), "predictions") + " could not be checked in git: " + why + "."
}

// changedSince returns the changes after a prediction was recorded: "changed since: 1, on 5 Oct 2024".
func changedSince(p *rice.Prediction) string {
	var parts []string
	was := rice.Edit{Effort: p.Effort, Range: p.Range, Score: p.Score}
	for i := range p.Since {
		e := &p.Since[i]
		what := "approval on " + format.Date(e.Approved)
		switch {
		case e.Effort != was.Effort && e.Effort == 0:
			what = "no numbers"
		case e.Effort != was.Effort:
			what = format.Number(e.Effort)
		case e.Range != was.Range:
			what = "range " + format.Interval(&e.Lo, &e.Hi, "")
		case e.Score != was.Score:
			what = "score " + format.Value(e.Score, metric.Score)
		}
		when := "on " + format.Date(e.At)
		if e.Commit == "" {
			when = "not committed yet"
			if p.Request {
				when = "in this request"
			}
		}
		parts = append(parts, what+", "+when)
		was = *e
	}
	if len(parts) == 0 {
		return ""
	}
	return "changed since: " + strings.Join(parts, "; ")
}

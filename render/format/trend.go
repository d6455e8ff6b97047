package format

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Change is the line about the change of a number.
type Change struct {
	// Class is "better", "worse", "same" or "unknown": a CSS class.
	Class string
	// Icon is an arrow if the change was tested and matters, "→" for about the same, and "" if
	// the data do not decide.
	Icon string
	// Size is the change, "30 %", or its interval if the test has no clear result: "likely −45
	// to +8 %:". It is "" without either.
	Size string
	// Word is the verdict in words: "better", "slightly worse", "about the same",
	// "worth watching", "may be chance".
	Word string
	// Range is the interval of the change: "+19 to +43 %".
	Range string
	// Was is the earlier value: "was 4.0/day/team"; "" without one.
	Was string
	// Test is the estimate of the test, if it is about another quantity than the two values: "a
	// typical team: +31 %, likely +28 to +33 %".
	Test string
}

// String returns the line without the range: "↑ 30 % better".
func (c Change) String() string {
	var b strings.Builder
	for _, part := range [...]string{c.Icon, c.Size, c.Word} {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(nbsp)
		}
		b.WriteString(part)
	}
	return b.String()
}

// Moved returns the change of a metric in words. The size and the range are those of the value
// against the earlier one beside it; the verdict is that of the test. The arrow is that of
// metric.Trend.Arrow. Without a tested change only Was is set.
func Moved(m *metric.Metric) Change {
	var c Change
	if m.Was != nil && m.Was.Value != nil {
		c.Was = "was " + earlierValue(m)
	}
	t := m.Trend
	if t == nil {
		return c
	}
	c.Class = "unknown"
	switch t.Outcome {
	case metric.Changed:
		c.Class, c.Word = verdictWords(t)
		c.Icon = arrowSign(t.Arrow())
		if t.Claim != nil && t.Claim.Now != t.Now {
			c.Size, c.Range, c.Test = claimWords(m)
			return c
		}
		c.Size, c.Range = sizeOf(m), rangeOf(m)
	case metric.AboutTheSame:
		c.Class, c.Icon, c.Word, c.Range = "same", "→", "about the same", rangeOf(m)
	case metric.WorthWatching:
		c.Size, c.Word, c.Test = labelRange(rangeOf(m)), "worth watching", widerWindow(m)
	default:
		c.Size, c.Word, c.Test = labelRange(rangeOf(m)), "may be chance", widerWindow(m)
		if m.Change != nil && m.Change.Value == 0 {
			c.Word = "no change seen, too few data"
		}
		if t.Lo > 0 || t.Hi < 0 { // alone it would be significant; the methods page explains this
			c.Word = "may be chance, among so many numbers"
		}
	}
	if m.Opposed() {
		return c.withoutSize(t)
	}
	c.Test = cmp.Or(mixOf(m), c.Test, testOf(m))
	return c
}

// leastMix is the smallest part of a change of a share, as a share, that is attributed to a
// different mix of teams.
const leastMix = 0.005

// mixOf returns the change of a share in two parts: the change within teams, and the change
// from a different mix of teams. It returns "" unless the second is larger or the two have
// different signs.
func mixOf(m *metric.Metric) string {
	t := m.Trend
	if m.Unit != metric.Share || math.Abs(t.Mix) < leastMix || math.Abs(t.Mix) <= math.Abs(t.Change) &&
		t.Mix*t.Change >= 0 {
		return ""
	}
	u, by := changeUnit(m.Shown(m.Unit), false)
	return "within teams " + signedValue(t.Change*by, u) + " (likely " + testRange(m) + "), another mix of teams " +
		signedValue(t.Mix*by, u)
}

// labelRange returns an interval as a label. A single point could be mistaken for the change.
func labelRange(interval string) string {
	if interval == "" {
		return ""
	}
	return "likely " + interval + ":"
}

// claimWords returns the claim of an earlier test, or of a wider window, with its weeks.
func claimWords(m *metric.Metric) (size, interval, when string) {
	claim, t := m.Trend.Claim, m.Trend
	u, by := changeUnit(m.Shown(m.Unit), t.Relative)
	size = Value(math.Abs(claim.Change*by), u)
	interval = changeRange(claim.Lo*by, claim.Hi*by, u)
	return size, interval, fmt.Sprintf("%s against %s", Span(claim.Now.From, claim.Now.To),
		Span(claim.Before.From, claim.Before.To))
}

// beyond is the relative change that a test of four weeks should detect. If it cannot, the
// result of eight weeks is shown.
const beyond = 0.30

// hopeless is the relative change above which more weeks do not help: a value four times as
// large.
const hopeless = 3

// widerWindow returns the change that a test of four weeks would have detected. If that is more
// than 30 %, it adds the result of eight weeks.
func widerWindow(m *metric.Metric) string {
	t := m.Trend
	if t.Detectable <= 0 {
		return ""
	}
	u, by := changeUnit(m.Shown(m.Unit), t.Relative)
	text := "only a change beyond " + Value(t.Detectable*by, u) + " would show"
	if t.Relative && t.Detectable > hopeless {
		text = "four weeks hold too little to show a change"
	}
	if w := t.Wide; w != nil && w.HasLimits() && (!t.Relative || t.Detectable > beyond) {
		text += fmt.Sprintf("; %s against the %d weeks before: %s", Span(w.Now.From, w.Now.To), int(w.Before.Days()/7),
			changeRange(w.Lo*by, w.Hi*by, u))
	}
	return text
}

// withoutSize removes the size of a change whose two estimates have different signs. If there
// is a verdict, it adds the quantity that the verdict is about.
func (c Change) withoutSize(t *metric.Trend) Change {
	if t.Outcome == metric.Changed {
		c.Size = ""
	}
	if t.Outcome != metric.AboutTheSame {
		c.Icon = ""
	}
	if t.Verdict() != "" && t.Of != "" {
		c.Word += " for " + t.Of
	}
	return c
}

// sizeOf returns the size of the printed change. Points are whole numbers on a page, and their
// difference is that of the printed numbers: +42 after +34 is 8. Without a printed change it is
// the size that the test estimates.
func sizeOf(m *metric.Metric) string {
	v, relative := m.Trend.Change, m.Trend.Relative
	if m.Change != nil {
		v, relative = m.Change.Value, m.Change.Relative
	}
	u, by := changeUnit(m.Shown(m.Unit), relative)
	v *= by
	if m.Unit == metric.Points && m.Value != nil && m.Was != nil && m.Was.Value != nil {
		u, v = metric.Number, math.Round(*m.Value)-math.Round(*m.Was.Value)
	}
	return Value(math.Abs(v), u)
}

// rangeOf returns the interval of the printed change: "+19 to +43 %".
func rangeOf(m *metric.Metric) string {
	c := m.Change
	switch {
	case c == nil:
		return testRange(m)
	case c.Lo != nil && c.Hi != nil:
		u, by := changeUnit(m.Shown(m.Unit), c.Relative)
		return changeRange(wholeValue(*c.Lo*by, m.Unit), wholeValue(*c.Hi*by, m.Unit), u)
	case c.Relative:
		return RelativeRange(c.Lo, c.Hi)
	}
	return ""
}

// testRange returns the interval of the tested estimate.
func testRange(m *metric.Metric) string {
	u, by := changeUnit(m.Shown(m.Unit), m.Trend.Relative)
	return changeRange(wholeValue(m.Trend.Lo*by, m.Unit), wholeValue(m.Trend.Hi*by, m.Unit), u)
}

// wholeValue rounds points, because pages show them as whole numbers.
func wholeValue(v float64, u metric.Unit) float64 {
	if u == metric.Points {
		return math.Round(v)
	}
	return v
}

// testOf returns the estimate of the test with its name, if it is about another quantity than
// the printed values: "a typical team: +31 %, likely +28 to +33 %".
func testOf(m *metric.Metric) string {
	t, c := m.Trend, m.Change
	if t.Of == "" || c == nil || t.Relative == c.Relative && math.Abs(t.Change-c.Value) <= 1e-6*math.Max(1,
		math.Abs(c.Value)) {
		return ""
	}
	u, by := changeUnit(m.Shown(m.Unit), t.Relative)
	text := t.Of + ": " + signedValue(t.Change*by, u)
	if r := testRange(m); r != "" {
		text += ", likely " + r
	}
	return text
}

// earlierValue formats the earlier value. It adds a decimal if only then the printed numbers
// give the printed change.
func earlierValue(m *metric.Metric) string {
	was := *m.Was.Value
	usual := Value(was, m.Shown(m.Unit))
	if m.Value == nil || m.Change == nil || !m.Change.Relative || was == 0 {
		return usual
	}
	now, wasScale := scaleOf(*m.Value, m.Shown(m.Unit)), scaleOf(was, m.Shown(m.Unit))
	d := countDigits(wasScale.apply(was), m.Shown(m.Unit))
	shown := printedValue(*m.Value, countDigits(now.apply(*m.Value), m.Shown(m.Unit)), now)
	want := math.Round(100 * m.Change.Value)
	gives := func(d int) bool { return math.Round(100*(shown/printedValue(was, d, wasScale)-1)) == want }
	if gives(d) || !gives(d+1) {
		return usual
	}
	return joinUnit(trimZeros(formatFixed(wasScale.apply(was), d+1)), wasScale.name)
}

// printedValue returns the value as printed: v rounded to d decimals of its scale, in the
// smallest scale of its unit.
func printedValue(v float64, d int, s scale) float64 {
	p := math.Pow(10, float64(d))
	return math.Round(s.apply(v)*p) / p * s.per
}

// verdictWords returns the class and the word for a significant change. A metric without a
// better direction has only "changed".
func verdictWords(t *metric.Trend) (class, word string) {
	if v := t.Verdict(); v != "" {
		return v, v
	}
	return "same", "changed"
}

func arrowSign(d metric.Direction) string {
	switch d {
	case metric.Up:
		return "↑"
	case metric.Down:
		return "↓"
	}
	return ""
}

// Delta formats a difference of a metric of unit u with its sign: "+8", "−3 min".
// A difference between two shares is in points: "+2 points".
func Delta(v float64, u metric.Unit) string {
	u, by := changeUnit(u, false)
	return signedValue(v*by, u)
}

// RelativeChange formats a relative change with its sign: "−25 %".
func RelativeChange(v float64) string { return signedValue(v, metric.Share) }

// changeUnit returns the unit for a change of a metric of unit u, and the factor to multiply
// the change with.
func changeUnit(u metric.Unit, relative bool) (metric.Unit, float64) {
	switch {
	case relative:
		return metric.Share, 1
	case u == metric.Share:
		return sharePoints, 100
	case u == metric.Points:
		return metric.Number, 1
	}
	return u, 1
}

func signedValue(v float64, u metric.Unit) string { return addSign(Value(v, u), v) }

// changeRange formats the interval of a change, both ends signed.
func changeRange(lo, hi float64, u metric.Unit) string {
	if math.IsNaN(lo) || math.IsNaN(hi) || (lo == 0 && hi == 0) {
		return ""
	}
	s := scaleOf(math.Max(math.Abs(lo), math.Abs(hi)), u)
	a, b := s.apply(lo), s.apply(hi)
	d := max(countDigits(a, u), countDigits(b, u))
	from, to := addSign(trimZeros(formatFixed(a, d)), a), addSign(trimZeros(formatFixed(b, d)), b)
	return from + " to " + joinUnit(to, s.name)
}

// RelativeRange formats the interval of a relative change with both signs: "−35 to −13 %".
// Without lo it is "at most" hi, without hi "at least" lo, without both "".
func RelativeRange(lo, hi *float64) string {
	lo, hi = knownBound(lo), knownBound(hi)
	switch {
	case lo == nil && hi == nil:
		return ""
	case hi == nil:
		return "at least " + RelativeChange(*lo)
	case lo == nil:
		return "at most " + RelativeChange(*hi)
	}
	return changeRange(*lo, *hi, metric.Share)
}

package format

import (
	"math"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Change is the line under a number that says how it moved.
type Change struct {
	// Class is "better", "worse", "same" or "unknown": a CSS class.
	Class string
	// Icon is an arrow, only for a change that was tested and matters; "→" for
	// about the same; "" when the data cannot tell.
	Icon string
	// Size is the change: "30 %"; signed where there is no arrow. "" if it says nothing.
	Size string
	// Word is the verdict in words: "better", "slightly worse", "about the same",
	// "may be chance".
	Word string
	// Range is the interval of the change: "+19 to +43 %".
	Range string
}

// String is the whole line without the range: "↑ 30 % better".
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

// Trend puts a tested change of a metric of unit u into words. Only
// metric.Trend.Arrow gives an arrow. A nil trend is the zero Change.
func Trend(t *metric.Trend, u metric.Unit) Change {
	if t == nil {
		return Change{}
	}
	u, by := changeUnit(u, t.Relative)
	c := Change{Class: "unknown", Range: changeRange(t.Lo*by, t.Hi*by, u)}
	switch t.Outcome {
	case metric.Changed:
		c.Class, c.Word = verdict(t)
		c.Icon = arrow(t.Arrow())
		c.Size = Value(math.Abs(t.Change)*by, u)
	case metric.ChangedSlightly:
		c.Class, c.Word = verdict(t)
		c.Word = strings.TrimSpace("slightly " + c.Word)
		c.Size = signed(t.Change*by, u)
	case metric.AboutTheSame:
		c.Class, c.Icon, c.Word = "same", "→", "about the same"
	default:
		c.Size, c.Word = signed(t.Change*by, u), "may be chance"
		if t.Lo > 0 || t.Hi < 0 { // alone it would count; the methods page says why not here
			c.Word = "may be chance, among so many numbers"
		}
	}
	return c
}

// verdict is class and word of a change beyond chance; a metric without a better
// side has changed, no more.
func verdict(t *metric.Trend) (class, word string) {
	if v := t.Verdict(); v != "" {
		return v, v
	}
	return "same", "changed"
}

func arrow(d metric.Direction) string {
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
	return signed(v*by, u)
}

// RelativeChange formats a relative change with its sign: "−25 %".
func RelativeChange(v float64) string { return signed(v, metric.Share) }

// changeUnit is the unit a change of a metric of unit u is shown in, and the
// factor it is multiplied with before.
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

func signed(v float64, u metric.Unit) string { return sign(Value(v, u), v) }

// changeRange formats the interval of a change, both ends signed.
func changeRange(lo, hi float64, u metric.Unit) string {
	if math.IsNaN(lo) || math.IsNaN(hi) || (lo == 0 && hi == 0) {
		return ""
	}
	s := scaleOf(math.Max(math.Abs(lo), math.Abs(hi)), u)
	a, b := lo/s.per, hi/s.per
	d := max(digits(a, u), digits(b, u))
	from, to := sign(trimZeros(fixed(a, d)), a), sign(trimZeros(fixed(b, d)), b)
	return from + " to " + join(to, s.name)
}

// RelativeRange formats the interval of a relative change, both ends signed:
// "−35 to −13 %". A missing end is "at least" or "at most" the other; neither: "".
func RelativeRange(lo, hi *float64) string {
	lo, hi = known(lo), known(hi)
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

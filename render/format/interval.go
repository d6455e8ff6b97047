package format

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Interval formats lo and hi in one unit: "38–46 min", "−3 to +19". Without hi it is "at least
// 38 min", without lo "at most 46 min", without both "".
func Interval(lo, hi *float64, u metric.Unit) string {
	lo, hi = knownBound(lo), knownBound(hi)
	switch {
	case lo == nil && hi == nil:
		return ""
	case hi == nil:
		return "at least " + Maybe(lo, u)
	case lo == nil:
		return "at most " + Value(*hi, u)
	}
	return formatRange(*lo, *hi, u)
}

// knownBound returns nil for a bound that is infinite or not a number: that side is open.
func knownBound(v *float64) *float64 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	return v
}

// formatRange formats two finite ends with enough decimals to make them different.
func formatRange(lo, hi float64, u metric.Unit) string {
	s := scaleOf(math.Max(math.Abs(lo), math.Abs(hi)), u)
	a, b := s.apply(lo), s.apply(hi)
	d := max(countDigits(a, u), countDigits(b, u))
	if d > 0 && math.Abs(b) >= 10 && math.Abs(a) >= 1 && math.Abs(b-a) >= 1 {
		d = 0
	}
	from, to := formatText(a, d, u), formatText(b, d, u)
	for from == to && a != b && d < 3 {
		d++
		from, to = formatText(a, d, u), formatText(b, d, u)
	}
	if from == to {
		return joinUnit(to, s.name)
	}
	sep := Dash
	if lo < 0 || u == metric.Points { // signed numbers are joined with a word
		sep = " to "
	}
	return from + sep + joinUnit(to, s.name)
}

// Axis formats the labels of an axis: all in one unit and with the same decimals, zero without
// a unit.
type Axis struct {
	unit   metric.Unit
	s      scale
	d      int
	signed bool
}

// NewAxis returns the format for the labels of an axis up to top with ticks step apart, both in
// the stored unit.
func NewAxis(top, step float64, u metric.Unit) Axis {
	a := Axis{unit: u, s: scaleOf(top, u), signed: u == metric.Points}
	if u == metric.Seconds {
		a.s = stepScale(top, step)
	}
	for shown := a.s.apply(step); a.d < 3 && math.Abs(shown-math.Round(shown)) > 1e-6; shown *= 10 {
		a.d++
	}
	return a
}

// Label formats the value of one tick.
func (a Axis) Label(v float64) string {
	if v == 0 {
		return "0"
	}
	t := formatFixed(a.s.apply(v), a.d)
	if a.signed {
		t = addSign(t, v)
	}
	return joinUnit(t, a.shortUnit())
}

// Tick formats the value of a tick like Label, but leaves out a unit that makes the label longer
// than a narrow margin.
func (a Axis) Tick(v float64) string {
	label := a.Label(v)
	if len([]rune(label)) > 5 && v != 0 {
		a.s.name, a.unit = "", metric.Number
		return a.Label(v)
	}
	return label
}

// Signed returns the axis for differences: positive labels have a plus sign.
func (a Axis) Signed() Axis {
	a.signed = true
	return a
}

// stepScale returns the largest scale that shows the steps as whole or half numbers, if top is
// at least one of its units: steps of 20 min stay in minutes.
func stepScale(top, step float64) scale {
	best := durationScale(step)
	for _, d := range durations {
		if whole := d.apply(step); d.per <= top && whole >= 0.5 && whole*2 == math.Trunc(whole*2) {
			best = d.scale
		}
	}
	return best
}

// shortUnit returns the unit in the labels. It is "" for a rate, whose long unit does not fit
// beside a plot.
func (a Axis) shortUnit() string {
	switch a.unit {
	case metric.Seconds, metric.Share:
		return a.s.name
	}
	return ""
}

// Unit returns the unit if the labels leave it out: "a week per 100 developers"; else "".
func (a Axis) Unit() string {
	if a.shortUnit() != "" {
		return ""
	}
	return a.s.name
}

// Scaled returns v in the unit of the labels: 2520 s on an axis of minutes is 42.
func (a Axis) Scaled(v float64) float64 { return a.s.apply(v) }

// Suffix returns the unit as the labels have it, after the number: " min".
func (a Axis) Suffix() string { return joinUnit("", a.shortUnit()) }

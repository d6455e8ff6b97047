package format

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// sharePoints is the difference of two shares, times 100: percentage points.
const sharePoints metric.Unit = "share points"

// scale is a form of a unit for display: the stored value is multiplied by times and divided by
// per, and followed by name. One of the factors is 1, so that whole numbers stay whole.
type scale struct {
	times, per float64
	name       string
}

// apply returns a stored value in the scale.
func (s scale) apply(v float64) float64 { return v * s.times / s.per }

// durations are the scales of durations. A duration from next on uses the next scale.
var durations = []struct {
	scale
	next float64 // in this scale; 0: the largest scale
}{
	{scale{1, 1, "s"}, 60},
	{scale{1, 60, "min"}, 60},
	{scale{1, 3600, "h"}, 24},
	{scale{1, 86400, "days"}, 0},
}

// rates are the scales of events per time. Rare events are stored per day and shown per week.
var rates = map[metric.Unit]scale{
	metric.PerDay:        {1, 1, "a day"},
	metric.PerDayPer:     {1, 1, "/day/team"},
	metric.PerWeek:       {1, 1, "a week"},
	metric.Per100:        {1, 1, "a week per 100 developers"},
	metric.RarePerDay:    {7, 1, "a week"},
	metric.RarePerDayPer: {7, 1, "/week/team"},
}

// isRate reports whether a unit is a rate of events per time.
func isRate(u metric.Unit) bool {
	_, ok := rates[u]
	return ok
}

// rareBelow is the number of events per day below which they are rare: 2 a week is easier to
// read than 0.29 a day.
const rareBelow = 0.5

// IsRare reports whether the largest of the rates per day is above zero and below the limit for
// rare events.
func IsRare(perDay ...*float64) bool {
	largest := 0.0
	for _, v := range perDay {
		if v != nil {
			largest = math.Max(largest, math.Abs(*v))
		}
	}
	return largest > 0 && largest < rareBelow
}

// Factor returns the factor for values of unit u in data files and in the steps of an axis: 7
// for the rates of rare events, which are per week there; else 1.
func Factor(u metric.Unit) float64 {
	if s, ok := rates[u]; ok {
		return s.times
	}
	return 1
}

// DataUnit returns the unit of values that were multiplied by Factor.
func DataUnit(u metric.Unit) string {
	switch u {
	case metric.RarePerDay:
		return string(metric.PerWeek)
	case metric.RarePerDayPer:
		return "per week and team"
	}
	return string(u)
}

// scaleOf returns the suitable scale for a value v of unit u.
func scaleOf(v float64, u metric.Unit) scale {
	if s, ok := rates[u]; ok {
		return s
	}
	switch u {
	case metric.Seconds:
		return durationScale(math.Abs(v))
	case metric.Share:
		return scale{1, 0.01, "%"}
	case sharePoints:
		return scale{1, 1, "points"}
	case metric.Points, metric.Number, metric.Score, "":
		return scale{1, 1, ""}
	}
	return scale{1, 1, string(u)}
}

// durationScale returns the scale for v seconds. Rounding must not reach the next scale: 59.7 s
// is "1 min", not "60 s".
func durationScale(v float64) scale {
	for _, d := range durations {
		shown := d.apply(v)
		if shown >= 10 {
			shown = math.Round(shown)
		}
		if d.next == 0 || shown < d.next {
			return d.scale
		}
	}
	return durations[len(durations)-1].scale
}

// countDigits returns the number of decimals for a value of unit u that is shown as v.
func countDigits(v float64, u metric.Unit) int {
	abs := math.Abs(v)
	switch {
	case !isRate(u):
	case abs == 0:
		return 0
	case abs < 0.095:
		return 2
	case abs < 9.95:
		return 1
	default:
		return 0
	}
	switch u {
	case metric.Seconds:
		if abs < 9.95 && abs != math.Trunc(abs) {
			return 1
		}
		return 0
	case metric.Share:
		return shareDigits(abs)
	case metric.Points:
		return 0
	case metric.Score:
		return max(countDecimals(v)-1, 0)
	}
	return countDecimals(v)
}

// shareDigits returns the number of decimals for a percentage: usually none, but more if it
// would round to "0 %" or "100 %" and is neither.
func shareDigits(percent float64) int {
	if (percent > 0 && percent < 0.95) || (percent > 99 && percent < 100) {
		return 1
	}
	return 0
}

// Parts formats v of unit u as a number and its unit, because a tile shows them in two sizes:
// "42" and "min". The unit of a plain number is empty.
func Parts(v float64, u metric.Unit) (number, unit string) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None, ""
	}
	s := scaleOf(v, u)
	shown := s.apply(v)
	number = formatText(shown, countDigits(shown, u), u)
	if s.name == "days" && number == "1" {
		return number, "day"
	}
	return number, s.name
}

// formatText formats a scaled value with d decimals; points have a sign.
func formatText(v float64, d int, u metric.Unit) string {
	t := formatFixed(v, d)
	if isRate(u) {
		return t // for example "4.0" next to "5.2"
	}
	t = trimZeros(t)
	if u == metric.Points {
		return addSign(t, v)
	}
	return t
}

// Value formats v of unit u: "42 min", "8 %", "5.2/day/team", "+42".
func Value(v float64, u metric.Unit) string { return joinUnit(Parts(v, u)) }

// Maybe formats *v; None without a value.
func Maybe(v *float64, u metric.Unit) string {
	if v == nil {
		return None
	}
	return Value(*v, u)
}

// Duration formats seconds: "42 s", "42 min", "3.2 h", "2.1 days".
func Duration(seconds float64) string { return Value(seconds, metric.Seconds) }

// Share formats a share from 0 to 1 as a percentage: "8 %", "0.4 %".
func Share(v float64) string { return Value(v, metric.Share) }

// joinUnit joins a number with its unit, with a space unless the unit begins with a slash.
func joinUnit(number, unit string) string {
	if unit == "" || unit[0] == '/' {
		return number + unit
	}
	return number + Space + unit
}

package format

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// sharePoints is the difference of two shares, times 100: percentage points.
const sharePoints metric.Unit = "share points"

// scale is one way of showing a unit: the stored value divided by per, followed
// by name.
type scale struct {
	per  float64
	name string
}

// The scales of durations. A duration moves to the next one at next.
var durations = []struct {
	scale
	next float64 // in this scale; 0: none larger
}{
	{scale{1, "s"}, 60},
	{scale{60, "min"}, 60},
	{scale{3600, "h"}, 24},
	{scale{86400, "days"}, 0},
}

// scaleOf returns the scale that suits a value of unit u and size v.
func scaleOf(v float64, u metric.Unit) scale {
	switch u {
	case metric.Seconds:
		return durationScale(math.Abs(v))
	case metric.Share:
		return scale{0.01, "%"}
	case metric.PerDay:
		return scale{1, "a day"}
	case metric.PerDayPer:
		return scale{1, "/day/team"}
	case metric.PerWeek:
		return scale{1, "a week"}
	case metric.PerWeekPer:
		return scale{1, "/week/team"}
	case metric.Per100:
		return scale{1, "a week per 100 developers"}
	case sharePoints:
		return scale{1, "points"}
	case metric.Points, metric.Number, metric.Score, "":
		return scale{1, ""}
	}
	return scale{1, string(u)}
}

// durationScale returns the scale that does not round v seconds up to one of the next: 59.7 s
// is "1 min", not "60 s".
func durationScale(v float64) scale {
	for _, d := range durations {
		shown := v / d.per
		if shown >= 10 {
			shown = math.Round(shown)
		}
		if d.next == 0 || shown < d.next {
			return d.scale
		}
	}
	return durations[len(durations)-1].scale
}

// countDigits returns how many decimals a value of unit u needs when it is shown as v.
func countDigits(v float64, u metric.Unit) int {
	abs := math.Abs(v)
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
	case metric.PerDay, metric.PerDayPer, metric.PerWeek, metric.PerWeekPer, metric.Per100:
		if abs == 0 {
			return 0
		}
		if abs < 0.095 {
			return 2
		}
		if abs < 9.95 {
			return 1
		}
		return 0
	}
	return countDecimals(v)
}

// shareDigits gives whole percents, but never "0 %" for something or "100 %"
// for less than all. percent is the share times 100.
func shareDigits(percent float64) int {
	if (percent > 0 && percent < 0.95) || (percent > 99 && percent < 100) {
		return 1
	}
	return 0
}

// Parts formats v of unit u as a number and its unit, which a tile sets in two
// sizes: "42" and "min". The unit of a plain number is empty.
func Parts(v float64, u metric.Unit) (number, unit string) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None, ""
	}
	s := scaleOf(v, u)
	shown := v / s.per
	number = formatText(shown, countDigits(shown, u), u)
	if s.name == "days" && number == "1" {
		return number, "day"
	}
	return number, s.name
}

// formatText formats a scaled value with d decimals, signed for points.
func formatText(v float64, d int, u metric.Unit) string {
	t := formatFixed(v, d)
	switch u {
	case metric.PerDay, metric.PerDayPer, metric.PerWeek, metric.PerWeekPer, metric.Per100:
		return t // "4.0" is shown beside "5.2"
	}
	t = trimZeros(t)
	if u == metric.Points {
		return addSign(t, v)
	}
	return t
}

// Value formats v of unit u: "42 min", "8 %", "5.2/day/team", "+42".
func Value(v float64, u metric.Unit) string { return joinUnit(Parts(v, u)) }

// Maybe formats *v, or None without a value.
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

// joinUnit sets unit behind number; a unit that begins with a slash stands close.
func joinUnit(number, unit string) string {
	if unit == "" || unit[0] == '/' {
		return number + unit
	}
	return number + Space + unit
}

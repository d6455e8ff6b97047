package format

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// sharePoints is the difference of two shares, times 100: percentage points.
const sharePoints metric.Unit = "share points"

// scale is one way of showing a unit: the stored value multiplied with times and divided by
// per, followed by name. One of the factors is 1, so that whole numbers stay whole.
type scale struct {
	times, per float64
	name       string
}

// apply returns a stored value as it is shown.
func (s scale) apply(v float64) float64 { return v * s.times / s.per }

// The scales of durations. A duration moves to the next one at next.
var durations = []struct {
	scale
	next float64 // in this scale; 0: none larger
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

// isRate reports whether a unit is one of events per time.
func isRate(u metric.Unit) bool {
	_, ok := rates[u]
	return ok
}

// rareBelow is how many events a day are rare: 2 a week reads better than 0.29 a day.
const rareBelow = 0.5

// IsRare reports whether the largest of the rates, in events a day, is small.
func IsRare(perDay ...*float64) bool {
	largest := 0.0
	for _, v := range perDay {
		if v != nil {
			largest = math.Max(largest, math.Abs(*v))
		}
	}
	return largest > 0 && largest < rareBelow
}

// Factor returns how many times larger a value of unit u is in a data file and in the steps of
// an axis: 7 for the rates of rare events, which both have per week.
func Factor(u metric.Unit) float64 {
	if s, ok := rates[u]; ok {
		return s.times
	}
	return 1
}

// DataUnit returns the unit of a column of values that were multiplied with Factor.
func DataUnit(u metric.Unit) string {
	switch u {
	case metric.RarePerDay:
		return string(metric.PerWeek)
	case metric.RarePerDayPer:
		return "per week and team"
	}
	return string(u)
}

// scaleOf returns the scale that suits a value of unit u and size v.
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

// durationScale returns the scale that does not round v seconds up to one of the next: 59.7 s
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

// countDigits returns how many decimals a value of unit u needs when it is shown as v.
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
	shown := s.apply(v)
	number = formatText(shown, countDigits(shown, u), u)
	if s.name == "days" && number == "1" {
		return number, "day"
	}
	return number, s.name
}

// formatText formats a scaled value with d decimals, signed for points.
func formatText(v float64, d int, u metric.Unit) string {
	t := formatFixed(v, d)
	if isRate(u) {
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

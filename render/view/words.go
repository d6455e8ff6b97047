package view

import (
	"cmp"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Reason returns the reason for a missing number and the next step: "nobody was asked. Next:
// send a survey."
func Reason(why, next string) string {
	if next == "" {
		return why + "."
	}
	return why + ". Next: " + next + "."
}

// Likely returns a range with its label; "" without a range.
func Likely(interval string) string {
	if interval == "" {
		return ""
	}
	return "likely " + interval
}

// LikelyShare returns the labelled range of a share.
func LikelyShare(lo, hi *float64) string { return Likely(format.Interval(lo, hi, metric.Share)) }

// UnitPlural returns the plural of a unit of adoption; "developers" without a unit.
func UnitPlural(unit string) string { return cmp.Or(unit, "developer") + "s" }

// OfUnits formats a number of units of the whole: "50 of 60 teams".
func OfUnits(part, whole int, unit string) string {
	return format.Count(part) + " of " + format.Things(whole, UnitPlural(unit))
}

// ShareOf formats a share, "83 %"; "n/a" without one.
func ShareOf(v *float64) string { return format.Maybe(v, metric.Share) }

// Package format turns numbers into the words of a page: "42 min", "8 %",
// "8,736", "+42", "7 Oct–3 Nov 2024", "at least 38 min".
//
// Every page, chart, table and comment formats through it, so that a number
// reads the same wherever it stands. Values come in the unit that compute
// stores (metric.Unit: seconds, shares from 0 to 1); the package chooses how
// they are shown. A value and its unit are joined by a narrow no-break space and
// never wrap; negative numbers carry a minus sign, not a hyphen. Nothing here
// depends on a locale, the clock or the environment.
//
// Value formats one number, Interval two ends in one unit, Parts gives number
// and unit apart for a tile, Moved the change line under it.
package format

const (
	// Space is the space between a number and its unit: U+202F, narrow and without a line
	// break.
	Space = "\u202f"
	// Minus is the sign of negative numbers, as wide as the plus sign.
	Minus = "\u2212"
	// Dash is the sign between the two ends of a range.
	Dash = "–"
	// None is the text for a missing number.
	None = "n/a"
)

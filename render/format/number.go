package format

import (
	"math"
	"strconv"
	"strings"
)

// Count formats a whole number with thousands separators: "8,736".
func Count(n int) string { return formatFixed(float64(n), 0) }

// Number formats v with three significant digits, at most two decimals and thousands
// separators: "8,736", "12.3", "0.05". It returns None for NaN.
func Number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	return trimZeros(formatFixed(v, countDecimals(v)))
}

// countDecimals returns the number of decimals for v: 0 from 100 up, 1 from 10 up, else 2.
func countDecimals(v float64) int {
	switch v = math.Abs(v); {
	case v >= 99.95:
		return 0
	case v >= 9.995:
		return 1
	}
	return 2
}

// formatFixed formats v with d decimals, thousands separators and a typographic minus sign. A
// value that rounds to zero has no sign.
func formatFixed(v float64, d int) string {
	var buf [48]byte
	s := strconv.AppendFloat(buf[:0], math.Abs(v), 'f', d, 64)
	whole := len(s)
	if d > 0 {
		whole -= d + 1
	}
	out := make([]byte, 0, len(s)+whole/3+len(Minus))
	if v < 0 && strings.ContainsAny(string(s), "123456789") {
		out = append(out, Minus...)
	}
	for i, c := range s {
		if i > 0 && i < whole && (whole-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, c)
	}
	return string(out)
}

// trimZeros removes the zeros at the end of a decimal fraction.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// Signed formats v with its sign; zero has none: "+42", "−8", "0".
func Signed(v float64) string { return addSign(Number(v), v) }

// addSign adds a plus sign to the formatted text of a positive number.
func addSign(s string, v float64) string {
	if v > 0 && strings.ContainsAny(s, "123456789") {
		return "+" + s
	}
	return s
}

// Of formats a part and its whole: "220/250".
func Of(part, whole int) string { return Count(part) + "/" + Count(whole) }

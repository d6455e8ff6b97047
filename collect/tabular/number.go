package tabular

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

var (
	errNotWhole  = errors.New("not a whole number")
	errNotNumber = errors.New("not a number")
	errNotYesNo  = errors.New("not yes or no")
	errDecimal   = &fileError{text: `1,234 may be a thousand or a fraction: set decimal = "." or ","`}
)

// readInteger returns the canonical spelling of an integer. "9.0", as spreadsheets and data
// frames write it, is 9; "9.7" is refused, not cut to 9; "010" is 10.
func readInteger(s string, decimal byte) (number string, mark byte, err error) {
	if isCanonicalInt(s) {
		return s, 0, nil
	}
	text, mark, err := readNumber(s, decimal)
	if isFatal(err) {
		return "", 0, err
	}
	f, parseErr := strconv.ParseFloat(text, 64)
	if err != nil || parseErr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return "", 0, errNotWhole
	}
	return strconv.FormatInt(int64(f), 10), mark, nil
}

func isCanonicalInt(s string) bool {
	body := strings.TrimPrefix(s, "-")
	if len(body) == 0 || len(body) > 15 || body[0] == '0' && len(s) > 1 {
		return false
	}
	return isDigits(body)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

// isCanonicalNumber reports whether s consists of digits with at most a sign and a point.
func isCanonicalNumber(s string) bool {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	const longest = 30
	return len(s) < longest && isDigits(whole) && (fraction == "" || isDigits(fraction))
}

// readNumber returns the canonical spelling of a finite number, without grouping characters and
// percent sign, with a decimal point. mark is the decimal mark that the cell proves: '.', ','
// or 0.
func readNumber(s string, decimal byte) (number string, mark byte, err error) {
	if decimal != ',' && isCanonicalNumber(s) {
		if strings.IndexByte(s, '.') >= 0 {
			mark = '.'
		}
		return s, mark, nil
	}
	s = strings.Replace(strings.TrimSpace(strings.TrimSuffix(s, "%")), "\u2212", "-", 1)
	body, negative := strings.CutPrefix(s, "-")
	if !negative {
		body = strings.TrimPrefix(s, "+")
	}
	exponent := ""
	if at := strings.IndexAny(body, "eE"); at > 0 {
		if _, err := strconv.Atoi(body[at+1:]); err != nil {
			return "", 0, errNotNumber
		}
		body, exponent = body[:at], body[at:]
	}
	whole, fraction, mark, err := splitNumber(body, decimal)
	if err != nil {
		return "", 0, err
	}
	if whole, err = dropGroups(whole, mark); err != nil {
		return "", 0, err
	}
	if negative {
		whole = "-" + whole
	}
	if fraction != "" {
		whole += "." + fraction
	}
	whole += exponent
	f, err := strconv.ParseFloat(whole, 64)
	if err != nil || math.IsInf(f, 0) {
		return "", 0, errNotNumber
	}
	return whole, mark, nil
}

// splitNumber splits a number at its decimal mark. Without a declared one, the last of two
// different marks is the decimal one, several equal marks group, and a single comma before
// exactly three digits is ambiguous.
func splitNumber(s string, decimal byte) (whole, fraction string, mark byte, err error) {
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	at := max(comma, point)
	if at < 0 {
		return s, "", 0, nil
	}
	groups := at > 0 && at <= 3 && s[0] != '0' && len(s)-at-1 == 3 && isDigits(s[:at]) && isDigits(s[at+1:])
	switch {
	case comma >= 0 && point >= 0:
		mark = s[at]
	case strings.Count(s, s[at:at+1]) > 1: // the mark groups, so the other is the decimal one
		mark, at = '.'+','-s[at], len(s)
	case groups && decimal != 0 && decimal != s[at]:
		mark, at = decimal, len(s)
	case groups && decimal == 0 && s[at] == ',':
		return "", "", 0, errDecimal
	default:
		mark = s[at]
	}
	if decimal != 0 && decimal != mark {
		return "", "", 0, &fileError{text: fmt.Sprintf("a number has the decimal mark %q, and %q is declared: correct decimal or the number",
			mark, decimal)}
	}
	if at == len(s) {
		return s, "", mark, nil
	}
	return s[:at], s[at+1:], mark, nil
}

// dropGroups removes the marks between groups of three digits (or two, as in India).
func dropGroups(s string, decimal byte) (string, error) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" '\u2019\u00a0\u202f,.", r) && r != rune(decimal) })
	for i, part := range parts {
		if i > 0 && (!isDigits(part) || len(part) != 3 && (len(part) != 2 || i == len(parts)-1)) {
			return "", errNotNumber
		}
	}
	if len(parts) > 1 && (!isDigits(parts[0]) || len(parts[0]) > 3) {
		return "", errNotNumber
	}
	joined := strings.Join(parts, "")
	if joined == "" || strings.ContainsAny(joined, "xXpPnNiI_+-") { // hexadecimal, NaN, Inf
		return "", errNotNumber
	}
	return joined, nil
}

// weighMark refuses a column whose numbers have both decimal marks.
func (c *column) weighMark(mark byte, line int) error {
	line = max(line, 1)
	switch {
	case mark == '.' && c.pointLine == 0:
		c.pointLine = line
	case mark == ',' && c.commaLine == 0:
		c.commaLine = line
	default:
		return nil
	}
	if c.pointLine > 0 && c.commaLine > 0 {
		return &fileError{text: fmt.Sprintf("numbers of one column have a decimal point (line %d) and a decimal comma (line %d): "+
			`correct one of them, or set decimal = "." or ","`, c.pointLine, c.commaLine)}
	}
	return nil
}

// yes and no are the canonical forms of a checked and an unchecked box.
const yes, no = "true", "false"

// canonicalBool returns yes or no for the spellings of a checked box in exports.
func canonicalBool(s string) (string, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "y", "1", "1.0", "x", "on", "checked", "t":
		return yes, nil
	case "false", "no", "n", "0", "0.0", "off", "unchecked", "f":
		return no, nil
	}
	return "", errNotYesNo
}

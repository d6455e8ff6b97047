package tabular

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

var (
	errNotWhole  = errors.New("not a whole number")
	errNotNumber = errors.New("not a number")
	errNotYesNo  = errors.New("not yes or no")
	errDecimal   = errors.New(`1,234 may be a thousand or a fraction: set decimal = "." or ","`)
)

// canonicalInteger returns the canonical spelling of an integer. "9.0", as spreadsheets and
// data frames write it, is 9; "9.7" is refused, not cut to 9; "010" is 10.
func canonicalInteger(s string, decimal byte) (string, error) {
	if isCanonicalInt(s) {
		return s, nil
	}
	text, err := canonicalNumber(s, decimal)
	if errors.Is(err, errDecimal) {
		return "", err
	}
	f, parseErr := strconv.ParseFloat(text, 64)
	if err != nil || parseErr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return "", errNotWhole
	}
	return strconv.FormatInt(int64(f), 10), nil
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

// ungroup removes the characters that group digits. It makes the underscore a letter, because
// ParseFloat would accept it in some places.
var ungroup = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "_", "x")

// isCanonicalNumber reports whether s consists of digits with at most a sign and a point.
func isCanonicalNumber(s string) bool {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	const longest = 30
	return len(s) < longest && isDigits(whole) && (fraction == "" || isDigits(fraction))
}

// canonicalNumber returns the canonical spelling of a finite number, without grouping
// characters and percent sign, with a decimal point.
func canonicalNumber(s string, decimal byte) (string, error) {
	if decimal != ',' && isCanonicalNumber(s) {
		return s, nil
	}
	s = ungroup.Replace(strings.TrimSpace(strings.TrimSuffix(s, "%")))
	if strings.ContainsAny(s, ",") || decimal == ',' {
		var err error
		if s, err = resolveDecimal(s, decimal); err != nil {
			return "", err
		}
	}
	if strings.ContainsAny(s, "xXpPnNiI") { // hexadecimal, NaN, Inf
		return "", errNotNumber
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return "", errNotNumber
	}
	return s, nil
}

// resolveDecimal replaces commas. Without a declared decimal sign, the last of two different
// signs is the decimal one, several commas group, and a single comma before exactly three
// digits is ambiguous.
func resolveDecimal(s string, decimal byte) (string, error) {
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	if decimal == 0 {
		switch {
		case point >= 0 && comma > point:
			decimal = ','
		case point >= 0 || strings.Count(s, ",") > 1:
			decimal = '.'
		case len(s)-comma-1 == 3:
			return "", errDecimal
		default:
			decimal = ','
		}
	}
	group := ","
	if decimal == ',' {
		group = "."
	}
	s = strings.ReplaceAll(s, group, "")
	return strings.Replace(s, ",", ".", 1), nil
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

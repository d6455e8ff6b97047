package tabular

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberStyle is the kind of number that a cell style displays.
type numberStyle int

const (
	plainStyle numberStyle = iota
	percentStyle
	dateStyle  // a day
	stampStyle // a day and a time of day
	clockStyle // a time of day or a duration
)

// builtInStyle returns the style of a number format that every spreadsheet has.
func builtInStyle(id int) numberStyle {
	switch {
	case id == 9 || id == 10:
		return percentStyle
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return dateStyle
	case id == 22:
		return stampStyle
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return clockStyle
	}
	return plainStyle
}

// parseNumberStyle returns the style of a number format such as `yyyy\-mm\-dd;@`.
func parseNumberStyle(code string) numberStyle {
	if strings.EqualFold(code, "general") {
		return plainStyle
	}
	var letters strings.Builder // outside of quotes, escapes and brackets
	quoted := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return plainStyle
			}
			if inner := strings.ToLower(code[i+1 : i+end]); strings.Trim(inner, "hms") == "" {
				letters.WriteString(inner) // [h]:mm
			}
			i += end
		case c == ';':
			i = len(code) // the format of negative numbers follows
		default:
			letters.WriteByte(c)
		}
	}
	s := strings.ToLower(letters.String())
	day, clock := strings.ContainsAny(s, "yd"), strings.ContainsAny(s, "hs")
	switch {
	case strings.Contains(s, "general"):
	case day && clock:
		return stampStyle
	case day, !clock && strings.Contains(s, "m"):
		return dateStyle
	case clock:
		return clockStyle
	case strings.Contains(s, "%"):
		return percentStyle
	}
	return plainStyle
}

// format returns a stored number as the text of a cell of CSV: 45580.396 in a style of dates is
// "2024-10-15T09:30:14.4", 0.45 in a style of percents is "45%".
func (n numberStyle) format(stored string, date1904 bool) string {
	v, err := strconv.ParseFloat(stored, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return stored
	}
	switch n {
	case percentStyle:
		const digits = 15
		percent, err := strconv.ParseFloat(strconv.FormatFloat(v*100, 'g', digits, 64), 64)
		if err != nil {
			return stored
		}
		return strconv.FormatFloat(percent, 'f', -1, 64) + "%"
	case dateStyle, stampStyle:
		return n.formatDate(v, date1904)
	case clockStyle:
		if v >= 1000 { // a day, although the style shows its time only
			return stampStyle.formatDate(v, date1904)
		}
		seconds := int64(math.Round(v * 86400))
		if seconds < 0 {
			return stored
		}
		rest := time.Duration(seconds%3600) * time.Second
		return strconv.FormatInt(seconds/3600, 10) + time.Time{}.Add(rest).Format(":04:05")
	}
	return formatStored(stored)
}

// formatDate returns the day of a serial number, with the time of day if the style shows one or
// the number has one.
func (n numberStyle) formatDate(v float64, date1904 bool) string {
	const lastSerial = 2958466 // the year 10000
	if v < 0 || v >= lastSerial {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days := math.Floor(v)
	milliseconds := math.Round((v - days) * 86400000)
	t := first.AddDate(0, 0, int(days)).Add(time.Duration(milliseconds) * time.Millisecond)
	if n == dateStyle && milliseconds == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02T15:04:05.999")
}

// formatStored returns a stored number without an exponent, which spreadsheets write for large
// and small ones. Digits are never dropped.
func formatStored(stored string) string {
	if !strings.ContainsAny(stored, "eE") {
		return stored
	}
	v, err := strconv.ParseFloat(stored, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return stored
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

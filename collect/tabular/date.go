package tabular

import (
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// errNotDate rejects one row. The others concern the whole file.
var (
	errNotDate   = errors.New("not a date")
	errAmbiguous = &fileError{text: `the order of day, month and year is not clear from the dates of the column: ` +
		`set date_order = "dmy", "mdy" or "ymd"`}
	errNoZone = &fileError{text: `the stamp names no time zone: set timezone, such as "UTC" or "Europe/Berlin"`}
	errSerial = &fileError{text: `a date may be a spreadsheet's count of days: format the column as a date before the export, ` +
		`or set date_order = "excel"`}
)

// minYear and maxYear limit the years of a date: others are typing errors or dates of another
// calendar.
const minYear, maxYear = 1970, 2200

// stamp is a parsed date, with the time of day and the zone if it has them.
type stamp struct {
	year, month, day     int
	hour, min, sec, nano int
	offset               int // seconds east of UTC
	clock, zoned         bool
}

func (s stamp) isValid() bool {
	return s.year >= minYear && s.year <= maxYear && s.month >= 1 && s.month <= 12 &&
		s.day >= 1 && (s.day <= 28 || s.day <= daysIn(s.year, s.month)) &&
		s.hour <= 23 && s.min <= 59 && s.sec <= 60 &&
		s.offset > -24*3600 && s.offset < 24*3600
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// toUTC returns the instant in UTC. zone is for stamps without one, if no change of clocks is
// near: see dates.resolveLocal.
func (s stamp) toUTC(zone *time.Location) time.Time {
	if s.zoned {
		t := time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, s.nano, time.UTC)
		return t.Add(-time.Duration(s.offset) * time.Second)
	}
	return time.Date(s.year, time.Month(s.month), s.day, s.hour, s.min, s.sec, s.nano, zone).UTC()
}

// dates reads the dates of one file.
type dates struct {
	order DateOrder
	zone  *time.Location
	// usedZone records that a stamp took the configured zone.
	usedZone bool
	// line is the line of the current record; clocks counts local times that a change of clocks
	// skips or repeats.
	line   int
	clocks clocks
	// column is the evidence of the column of the current cell.
	column *column
	// isQuery means that the rows have no order, so that none may decide how another is read.
	isQuery bool
}

// parseDate reads ISO 8601, epochs, and the dates of people and spreadsheets. A date without a
// time of day is midnight in the column's or the configured zone, else UTC.
func (d *dates) parseDate(s string, column *time.Location) (time.Time, error) {
	st, err := parseISO(s)
	if err != nil {
		if t, ok := parseEpoch(s); ok {
			return t, nil
		}
		if serial, ok := parseSerial(s); !ok {
			st, err = d.parseLoose(s)
		} else if st, err = serial, nil; d.order != ExcelDays {
			err = errSerial
		}
		if err != nil {
			return time.Time{}, err
		}
	}
	if st.zoned {
		return st.toUTC(time.UTC), nil
	}
	switch {
	case column != nil:
		return d.resolveLocal(st, column), nil
	case d.zone != nil:
		d.usedZone = d.usedZone || st.clock
		return d.resolveLocal(st, d.zone), nil
	case st.clock:
		return time.Time{}, errNoZone
	}
	return st.toUTC(time.UTC), nil
}

// parseISO reads 2024-10-15, with a time of day after "T" or a space, and a zone after that. It
// does not allocate, because most stamps have this form.
func parseISO(s string) (stamp, error) {
	var st stamp
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return st, errNotDate
	}
	var ok [3]bool
	st.year, ok[0] = parseDigits(s[0:4])
	st.month, ok[1] = parseDigits(s[5:7])
	st.day, ok[2] = parseDigits(s[8:10])
	if !ok[0] || !ok[1] || !ok[2] {
		return st, errNotDate
	}
	if len(s) > 10 {
		if s[10] != 'T' && s[10] != 't' && s[10] != ' ' {
			return st, errNotDate
		}
		rest, good := st.readClock(s[11:])
		if !good || !st.readZone(rest) {
			return st, errNotDate
		}
	}
	if !st.isValid() {
		return st, errNotDate
	}
	return st, nil
}

// readClock reads 9:30, 09:30:15 or 09:30:15.123 and "am" or "pm" after it, and returns the
// rest.
func (s *stamp) readClock(text string) (rest string, ok bool) {
	if s.hour, text, ok = parseLeadingDigits(text, 2); !ok || text == "" || text[0] != ':' {
		return "", false
	}
	if s.min, text, ok = parseLeadingDigits(text[1:], 2); !ok {
		return "", false
	}
	s.clock = true
	if strings.HasPrefix(text, ":") {
		if s.sec, text, ok = parseLeadingDigits(text[1:], 2); !ok {
			return "", false
		}
		text = s.readFraction(text)
	}
	if text == "" || text[0] == 'Z' {
		return text, true
	}
	return s.readHalf(strings.TrimLeft(text, " \u202f"))
}

func (s *stamp) readFraction(text string) string {
	if text == "" || text[0] != '.' && text[0] != ',' {
		return text
	}
	scale, i := 100_000_000, 1
	for ; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		s.nano += int(text[i]-'0') * scale
		scale /= 10
	}
	return text[i:]
}

// readHalf applies "am" and "pm".
func (s *stamp) readHalf(text string) (string, bool) {
	for _, half := range [...]string{"am", "pm", "a.m.", "p.m."} {
		if len(text) < len(half) || !strings.EqualFold(text[:len(half)], half) {
			continue
		}
		if s.hour < 1 || s.hour > 12 {
			return "", false
		}
		s.hour %= 12
		if half[0] == 'p' {
			s.hour += 12
		}
		return strings.TrimLeft(text[len(half):], " "), true
	}
	return text, true
}

// readZone reads Z, UTC, GMT, +02, +0200, +02:00, GMT+2 or nothing. Other
// abbreviations are refused: CST alone names three zones.
func (s *stamp) readZone(text string) bool {
	if text == "" {
		return true
	}
	s.zoned = true
	switch {
	case text == "Z" || text == "z":
		return true
	case len(text) >= 3 && (strings.EqualFold(text[:3], "UTC") || strings.EqualFold(text[:3], "GMT")):
		if text = text[3:]; text == "" {
			return true
		}
	}
	sign := 1
	switch text[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return false
	}
	hours, rest, ok := parseLeadingDigits(text[1:], 2)
	if !ok || hours > 14 {
		return false
	}
	minutes := 0
	if rest = strings.TrimPrefix(rest, ":"); rest != "" {
		if minutes, ok = parseDigits(rest); !ok || len(rest) != 2 || minutes > 59 {
			return false
		}
	}
	s.offset = sign * (hours*3600 + minutes*60)
	return true
}

// parseEpoch reads seconds (10 digits, a fraction allowed), milli-, micro- or
// nanoseconds since 1970, and the compact dates 20241015 and 20241015T093000Z.
func parseEpoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n < 0 || whole[0] == '+' {
		return time.Time{}, false
	}
	switch len(whole) {
	case 10:
		nano := stamp{}
		if rest := nano.readFraction("." + fraction); rest != "" {
			return time.Time{}, false
		}
		return time.Unix(n, int64(nano.nano)).UTC(), true
	case 13:
		return time.UnixMilli(n).UTC(), fraction == ""
	case 16:
		return time.UnixMicro(n).UTC(), fraction == ""
	case 19:
		return time.Unix(0, n).UTC(), fraction == ""
	}
	return time.Time{}, false
}

// parseLoose reads the dates of people and spreadsheets: 15/10/2024 9:30 AM, 15.10.24,
// 12/Mar/24, Tue, 12 Mar 2024 09:30:00 +0100, 12 de março de 2024.
func (d *dates) parseLoose(s string) (stamp, error) {
	var st stamp
	date := s
	if colon := strings.IndexByte(s, ':'); colon > 0 {
		start := colon
		for start > 0 && s[start-1] >= '0' && s[start-1] <= '9' {
			start--
		}
		rest, ok := st.readClock(s[start:])
		if !ok || !st.readZone(rest) {
			return st, errNotDate
		}
		date = strings.TrimRight(s[:start], "Tt ")
	}
	if err := d.readDate(&st, date); err != nil {
		return st, err
	}
	if !st.isValid() {
		return st, errNotDate
	}
	return st, nil
}

// readDate sets year, month and day from the words and numbers of a date.
func (d *dates) readDate(st *stamp, text string) error {
	var numbers [3]string
	n, month, monthAt := 0, 0, -1
	for i, word := range strings.FieldsFunc(text, dateSeparator) {
		if word[0] < '0' || word[0] > '9' {
			if m := findMonth(word); m > 0 && month == 0 {
				month, monthAt = m, n
			} else if i > 0 && !smallWords[strings.ToLower(word)] {
				return errNotDate // only the first word may be the name of a weekday
			}
			continue
		}
		if n == len(numbers) {
			return errNotDate
		}
		numbers[n] = trimOrdinal(word)
		n++
	}
	switch {
	case month > 0 && n == 2:
		return st.setNamedDate(numbers, month, monthAt)
	case month == 0 && n == 3:
		return d.setNumericDate(st, numbers, strings.Contains(text, "."))
	case month == 0 && n == 1 && len(numbers[0]) == 8:
		return d.setNumericDate(st, [3]string{numbers[0][:4], numbers[0][4:6], numbers[0][6:]}, false)
	}
	return errNotDate
}

func dateSeparator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("/-.,\u202f", r)
}

// smallWords occur between the parts of a written date.
var smallWords = map[string]bool{"de": true, "of": true, "at": true, "um": true, "à": true}

func trimOrdinal(word string) string {
	for _, suffix := range [...]string{"st", "nd", "rd", "th", "er", "º", "ª"} {
		if trimmed, ok := strings.CutSuffix(word, suffix); ok {
			return trimmed
		}
	}
	return word
}

// setNamedDate reads a date with a word for the month: 12 Mar 2024, Mar 12 2024, 2024 Mar 12.
// The day is before a year of two digits.
func (s *stamp) setNamedDate(numbers [3]string, month, monthAt int) error {
	day, year := numbers[0], numbers[1]
	if len(day) == 4 && monthAt == 1 {
		day, year = year, day
	}
	return s.setDate(year, month, day)
}

func (d *dates) setNumericDate(st *stamp, n [3]string, points bool) error {
	if len(n[0]) == 4 {
		month, ok := parseDigits(n[1])
		if !ok {
			return errNotDate
		}
		return st.setDate(n[0], month, n[2])
	}
	order, err := d.chooseOrder(n, points)
	if err != nil {
		return err
	}
	year, month, day := n[2], n[1], n[0]
	switch order {
	case MonthFirst:
		month, day = day, month
	case YearFirst:
		year, day = day, year
	}
	m, _ := parseDigits(month)
	return st.setDate(year, m, day)
}

func (s *stamp) setDate(year string, month int, day string) error {
	y, okYear := parseDigits(year)
	d, okDay := parseDigits(day)
	if !okYear || !okDay || len(day) > 2 {
		return errNotDate
	}
	switch len(year) {
	case 2: // 1970 to 2069
		y += 2000
		if y >= minYear+100 {
			y -= 100
		}
	case 4:
	default:
		return errNotDate
	}
	s.year, s.month, s.day = y, month, d
	return nil
}

// parseDigits reads a short run of digits.
func parseDigits(s string) (int, bool) {
	if len(s) > 9 || !isDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// parseLeadingDigits reads at most limit digits from the front of s.
func parseLeadingDigits(s string, limit int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < limit && s[i]-'0' <= 9 {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0
}

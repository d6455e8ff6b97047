package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fileError is an error that concerns the whole file, not one row: a guess, or the loss of the
// rows in doubt, would make every number wrong.
type fileError struct {
	text  string
	cause error
}

func (e *fileError) Error() string { return e.text }
func (e *fileError) Unwrap() error { return e.cause }

// isFatal reports whether an error concerns the whole file, not one row.
func isFatal(err error) bool {
	_, fatal := errors.AsType[*fileError](err)
	return fatal
}

// errQueried refuses a date in a text of a query. Which date would prove the order of another
// depends on the order of the rows.
var errQueried = &fileError{text: "a text of the query has a date of three numbers: convert it to a date in the query"}

// column is the evidence that the cells of one column have given so far.
type column struct {
	// excluded has the first line with a date that cannot have an order; 0: none has.
	excluded [YearFirst + 1]int
	// pointLine and commaLine are the first lines with a number whose decimal mark is a point
	// or a comma.
	pointLine, commaLine int
}

// orders are the orders of a date of three numbers without a year of four digits in front.
var orders = [...]DateOrder{DayFirst, MonthFirst, YearFirst}

// listOrders reports which orders the three numbers of a date may have, by DateOrder. A date
// with points has the day before the month everywhere.
func listOrders(n [3]string, points bool) (may [YearFirst + 1]bool) {
	a, okA := parseDigits(n[0])
	b, okB := parseDigits(n[1])
	c, okC := parseDigits(n[2])
	if !okA || !okB || !okC || len(n[0]) > 2 || len(n[1]) > 2 || len(n[2]) != 2 && len(n[2]) != 4 {
		return may
	}
	isMonth := func(v int) bool { return v >= 1 && v <= 12 }
	isDay := func(v int) bool { return v >= 1 && v <= 31 }
	may[DayFirst] = isDay(a) && isMonth(b)
	may[MonthFirst] = isMonth(a) && isDay(b) && (!points || !may[DayFirst])
	may[YearFirst] = len(n[0]) == 2 && len(n[2]) == 2 && isMonth(b) && isDay(c)
	return may
}

// chooseOrder returns the order of a date: the declared one, or the only one that neither the
// date nor another of its column excludes.
func (d *dates) chooseOrder(n [3]string, points bool) (DateOrder, error) {
	may := listOrders(n, points)
	if may == [YearFirst + 1]bool{} {
		return 0, errNotDate
	}
	if d.order != Undeclared && d.order != ExcelDays {
		if !may[d.order] {
			return 0, &fileError{text: fmt.Sprintf("a date cannot have the declared order %q: correct date_order or the date", d.order)}
		}
		return d.order, nil
	}
	if d.isQuery {
		return 0, errQueried
	}
	if d.column == nil {
		d.column = &column{}
	}
	excluded := &d.column.excluded
	left, found := 0, Undeclared
	var lines []int // with the dates that contradict this one or each other
	for _, o := range orders {
		switch {
		case !may[o] && excluded[o] == 0:
			excluded[o] = max(d.line, 1)
		case !may[o]:
		case excluded[o] > 0:
			lines = append(lines, excluded[o])
		default:
			left++
			found = cmp.Or(found, o)
		}
	}
	if left == 0 {
		if len(lines) == 1 {
			lines = append(lines, d.line)
		}
		slices.Sort(lines)
		return 0, &fileError{text: fmt.Sprintf("the dates on lines %d and %d cannot have one order of day and month: correct "+
			"them, or split the file and set date_order for each part", lines[0], lines[len(lines)-1])}
	}
	sameDay := n[0] == n[1] && len(n[2]) == 4
	if left > 1 && !sameDay {
		return 0, errAmbiguous
	}
	return found, nil
}

// String returns the order as written in config.toml.
func (o DateOrder) String() string { return [...]string{"", "dmy", "mdy", "ymd", "excel"}[o] }

// Serials of spreadsheets from 1954 to 2119.
const firstSerial, lastSerial = 20_000, 80_000

// parseSerial reads a spreadsheet's count of days since 30 Dec 1899.
func parseSerial(s string) (st stamp, ok bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	days, ok := parseDigits(whole)
	if !ok || len(whole) != 5 || days < firstSerial || days > lastSerial || fraction != "" && !isDigits(fraction) {
		return st, false
	}
	part, _ := strconv.ParseFloat("0."+fraction, 64)
	const daySeconds = 24 * 60 * 60
	t := time.Date(1899, 12, 30+days, 0, 0, 0, 0, time.UTC).Add(time.Duration(part*daySeconds+0.5) * time.Second)
	return stamp{
		year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), min: t.Minute(), sec: t.Second(),
		clock: fraction != "",
	}, true
}

// proveColumns reads the file once more for the evidence of all its dates, because a date may be
// read by the order that a later one proves. It costs a second pass, and only in files with such
// a date.
func (rd *reader) proveColumns(name string, o Options, fields []field) error {
	if rd.proved == nil {
		columns, err := readEvidence(name, o, fields)
		if err != nil {
			return &fileError{text: "the file could not be read again: " + err.Error(), cause: err}
		}
		rd.proved = columns
	}
	for _, headers := range [...][]header{rd.source.listHeaders(), rd.binding.headers} { // JSON may have more by now
		for i := range headers[:min(len(headers), len(rd.proved))] {
			headers[i].column = rd.proved[i]
		}
	}
	return nil
}

// readEvidence returns the evidence of each column of a file.
func readEvidence(name string, o Options, fields []field) (columns []*column, err error) {
	file, err := o.again()
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := file.Close(); e != nil && err == nil {
			err = e
		}
	}()
	o.again = nil
	rd, err := openReader(file, name, o, fields)
	if err != nil {
		return nil, err
	}
	for {
		rec, err := rd.source.readNext()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(rd.source.listHeaders()) > len(rd.binding.headers) {
			if err := rd.bindHeaders(); err != nil {
				return nil, err
			}
		}
		if rec.reject == nil {
			rd.convert.weighDates(rd.binding, &rec)
		}
	}
	for _, h := range rd.source.listHeaders() {
		columns = append(columns, h.column)
	}
	return columns, nil
}

// weighDates reads the dates of a record only for their evidence. The first pass reports what is
// wrong with them.
func (c *converter) weighDates(b *binding, rec *record) {
	c.dates.line = rec.line
	for _, i := range b.active {
		if b.fields[i].kind != timeKind {
			continue
		}
		for _, p := range b.columns[i] {
			if p < len(rec.cells) && rec.cells[p] != "" {
				_, _ = c.convertCell(&b.fields[i], &b.headers[p], rec.cells[p], rec.line)
			}
		}
	}
}

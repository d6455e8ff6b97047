package tabular

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Options describe the dialect of a file. The zero value is right for a UTF-8 or UTF-16 file
// with unambiguous dates.
type Options struct {
	Source string // name in config.toml, for the reconciliation line
	Kind   string // kind of the rows: "deployments", "survey" …

	// Columns maps a column's own name to the headers it has in this file, ahead
	// of the aliases in the struct's tags. A header named here must be in the file.
	Columns map[string][]string

	Encoding   string // one of those in pages and wides, "utf-8", "utf-16le" or "utf-16be"; "": detected
	Delimiter  rune   // 0: detected
	HeaderRows int    // 1, 2 or 3; 0: detected
	SkipRows   int    // lines before the header, such as a report's title
	Tool       string // survey tool, whose number of header rows the file must have; "": any

	// Sheet is the sheet of a workbook, or the key of the list of rows in JSON; "": the only one.
	Sheet string

	Zone    *time.Location // zone of stamps without one; nil: such a stamp is an error
	Order   DateOrder      // order of day and month in dates such as 3/4/2024
	Decimal byte           // '.' or ','; 0: 1,234 is an error

	// Blanks are the cells that count as blank, in any case; nil: those of ListBlanks.
	Blanks []string

	// Separator splits lists in one cell; "" tries ";", then commas.
	Separator string

	// Branches accepts several columns of one name for a field that is tagged "question"; else
	// they are an error, because their answers may differ.
	Branches bool

	// KeepLines keeps the line of each row that is not used, up to fact.MaxLines.
	KeepLines bool
	// LeaveOut returns the reason why a rule leaves out a row, by its raw cells; "" keeps it.
	// field returns the name of the field that a cell is read as, by position, or "".
	LeaveOut func(cells []string, field func(position int) string) string

	// People means that the file is about people: cells with nothing but an e-mail or IP
	// address are dropped, except in columns that are declared identity.
	People bool

	MaxBytes int64 // cap on the decompressed size; 0: 512 MiB
	MaxRatio int64 // cap on decompressed ÷ compressed size; 0: 200
	MaxField int   // cap on one cell in bytes; 0: 1 MiB

	// again opens the file once more, if that is possible.
	again func() (io.ReadCloser, error)
}

const (
	defaultMaxBytes = 512 << 20
	defaultMaxRatio = 200
	defaultMaxField = 1 << 20
	// maxFieldsPerRecord limits one record to this many of the largest cells, so that a quote
	// without an end cannot pull a whole file into memory.
	maxFieldsPerRecord = 16
)

func (o Options) withDefaults() Options {
	o.MaxBytes = cmp.Or(o.MaxBytes, defaultMaxBytes)
	o.MaxRatio = cmp.Or(o.MaxRatio, defaultMaxRatio)
	o.MaxField = cmp.Or(o.MaxField, defaultMaxField)
	return o
}

// Validate reports an option that no file can have.
func (o Options) Validate() error {
	if !isEncoding(strings.ToLower(o.Encoding)) {
		return fmt.Errorf("encoding %q is unknown: use %s", o.Encoding, listEncodings)
	}
	if o.HeaderRows < 0 || o.HeaderRows > 3 {
		return fmt.Errorf("header_rows is %d: use 1, 2 or 3, or leave it out", o.HeaderRows)
	}
	if o.SkipRows < 0 {
		return fmt.Errorf("skip_rows is %d: use the number of lines before the header", o.SkipRows)
	}
	if _, known := toolHeaderRows[o.Tool]; o.Tool != "" && !known {
		return fmt.Errorf("dialect %q is unknown: use %s", o.Tool, strings.Join(ListTools(), ", "))
	}
	if o.Decimal != 0 && o.Decimal != '.' && o.Decimal != ',' {
		return fmt.Errorf("decimal is %q: use \".\" or \",\"", o.Decimal)
	}
	switch o.Delimiter {
	case '"', '\r', '\n', '\uFFFD':
		return fmt.Errorf("delimiter %q cannot separate cells", o.Delimiter)
	}
	return nil
}

// DateOrder is the order of day and month in a date of three numbers.
type DateOrder int

// Date orders. Undeclared refuses a column without a date that proves its order.
const (
	Undeclared DateOrder = iota
	DayFirst
	MonthFirst
	YearFirst // years of two digits; those of four need no order
	ExcelDays // a spreadsheet's count of days; other dates as if undeclared
)

// ParseDateOrder reads "dmy", "mdy", "ymd", "excel" or "" as written in config.toml.
func ParseDateOrder(s string) (DateOrder, error) {
	switch strings.ToLower(s) {
	case "":
		return Undeclared, nil
	case "dmy", "d/m/y":
		return DayFirst, nil
	case "mdy", "m/d/y":
		return MonthFirst, nil
	case "ymd", "y/m/d":
		return YearFirst, nil
	case "excel":
		return ExcelDays, nil
	}
	return Undeclared, fmt.Errorf("date_order %q is unknown: use \"dmy\", \"mdy\", \"ymd\" or \"excel\"", s)
}

// rejection is the error of a callback that does not count one row.
type rejection struct {
	reason string
	class  fact.Class
	column string // our name of the column that it is about, or ""
}

// newCellRefusal refuses a row because of the cell of a column.
func newCellRefusal(column, format string, values ...any) *rejection {
	return &rejection{fmt.Sprintf(format, values...), fact.Refused, column}
}

func (r *rejection) Error() string { return r.reason }

// Reject returns an error that refuses one row: its reason is counted, and reading goes on.
// Reasons are published, so they must not quote a cell that may contain private text.
func Reject(reason string) error { return newRefusal(reason) }

func newRefusal(reason string) *rejection { return &rejection{reason: reason, class: fact.Refused} }

// Rejectf formats the reason of a Reject.
func Rejectf(format string, args ...any) error {
	return newRefusal(fmt.Sprintf(format, args...))
}

// LeaveOut returns an error that leaves out one row because of a documented rule, also in
// perfect data: the source is still complete.
func LeaveOut(reason string) error { return &rejection{reason: reason, class: fact.ByRule} }

// NotUnderstood returns an error that refuses one row because it has a value whose meaning is
// not known. Such a row is never taken for one without the value.
func NotUnderstood(reason string) error { return &rejection{reason: reason, class: fact.NotUnderstood} }

// NamesNobody returns an error that refuses one row because it names a thing that the content
// does not have, so that no number can use it.
func NamesNobody(reason string) error { return &rejection{reason: reason, class: fact.Nobody} }

package tabular

import (
	"fmt"
	"reflect"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Rows is a table that comes from elsewhere than a file, such as the result of a query. Its
// rows have no lines: their order means nothing.
type Rows interface {
	// Headers returns the names of the columns, which are bound as the headers of a file are.
	Headers() []string
	// ReadNext returns the next row, valid until the next call, or io.EOF after the last one. A
	// value is nil (blank), a string, a bool, or a list of these.
	ReadNext() ([]any, error)
	Close() error
}

// rowSource reads a table.
type rowSource struct {
	rows  Rows
	heads []header
	cells []string
	limit int // of the bytes of all cells
	size  int
}

func newRowSource(rows Rows, o Options) *rowSource {
	return &rowSource{rows: rows, heads: newHeaders([][]string{rows.Headers()}), limit: int(o.MaxBytes)}
}

func (s *rowSource) listHeaders() []header { return s.heads }
func (s *rowSource) isComplete() bool      { return true }
func (s *rowSource) listNotes() []string   { return nil }

func (s *rowSource) readNext() (record, error) {
	row, err := s.rows.ReadNext()
	if err != nil {
		return record{}, err
	}
	s.cells = s.cells[:0]
	for _, value := range row {
		cell := formatScalar(value)
		s.size += len(cell)
		s.cells = append(s.cells, cell)
	}
	if s.size > s.limit {
		return record{}, fmt.Errorf("more than %d bytes: select fewer columns or rows", s.limit)
	}
	rec := record{cells: s.cells}
	if isBlank(s.cells) {
		rec.reject = blankRow
	}
	return rec, nil
}

// readRows reads a table as [Read] reads a file.
func readRows[T any](rows Rows, name string, o Options, each func(line int, row *T) error) (fact.Import, error) {
	o.Decimal = '.' // numbers come from columns of numbers
	im := fact.Import{Source: o.Source, Kind: o.Kind, File: name}
	if err := o.validate(); err != nil {
		return im, fmt.Errorf("%s: %w", name, err)
	}
	o = o.withDefaults()
	text := &textFile{charset: newCharset(utf8Name)}
	fields, err := fieldsOf(reflect.TypeFor[T](), o)
	if err != nil {
		return im, fmt.Errorf("%s: %w", name, err)
	}
	rd, err := newSourceReader(text, newRowSource(rows, o), name, o, fields)
	if err != nil {
		return im, fmt.Errorf("%s: %w", name, err)
	}
	rd.convert.dates.isQuery = true
	return readBatches(rd, name, each)
}

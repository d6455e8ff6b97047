package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"

	"github.com/gocarina/gocsv"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// batchSize is the number of rows that gocsv decodes in one call. It limits memory and spreads
// the fixed work of a call over many rows.
const batchSize = 128

// errUndecoded replaces an error of gocsv, which would quote the cell.
var errUndecoded = errors.New("a cell does not have the type of its column")

// Read decodes the rows of an export into T and passes them to each, one by one and in order.
// The row is reused after the call; values that its fields point to may be kept. name is the
// file's name for messages and the reconciliation line.
//
// If each returns [Reject] or [LeaveOut], the row is counted by that reason; any other error
// ends reading. Beside an error, the reconciliation line covers the rows before the error: a
// caller must not use them as if they were the file.
func Read[T any](r io.Reader, name string, o Options, each func(line int, row *T) error) (fact.Import, error) {
	rd, err := newReader(r, name, o, reflect.TypeFor[T]())
	if err != nil {
		return fact.Import{Source: o.Source, Kind: o.Kind, File: name}, fmt.Errorf("%s: %w", name, err)
	}
	return readBatches(rd, name, each)
}

// readBatches passes all rows of a reader to each.
func readBatches[T any](rd *reader, name string, each func(line int, row *T) error) (fact.Import, error) {
	var err error
	out := make([]decoded[T], batchSize)
	for more := true; more && err == nil; {
		more, err = rd.fillBatch()
		if len(rd.lines) == 0 {
			continue
		}
		if e := gocsv.UnmarshalDecoder(rd, &out); e != nil {
			return rd.tally.Import, fmt.Errorf("%s: rows up to line %d: %w", name, rd.lines[len(rd.lines)-1], errUndecoded)
		}
		for i, line := range rd.lines {
			if e := rd.countRow(line, each(line, &out[i].Row)); e != nil {
				return rd.tally.Import, fmt.Errorf("%s:%d: %w", name, line, e)
			}
		}
	}
	rd.finishImport()
	if err != nil {
		return rd.tally.Import, fmt.Errorf("%s: %w", name, err)
	}
	return rd.tally.Import, nil
}

// reader reads one file in batches of canonical rows.
type reader struct {
	text     *textFile
	source   source
	fields   []field
	leaveOut func(cells []string, field func(int) string) string
	binding  *binding
	convert  converter
	tally    tally

	keys   []string   // of the bound fields, for gocsv
	rows   [][]string // the batch for gocsv: the keys, then the rows
	cells  []string   // memory of rows
	lines  []int      // line of each row
	held   record     // first record under new headers, if isHeld
	isHeld bool
	proved []*column // evidence of the whole file by column; nil: not needed so far
}

func newReader(r io.Reader, name string, o Options, row reflect.Type) (*reader, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	fields, err := fieldsOf(row, o)
	if err != nil {
		return nil, err
	}
	rd, err := openReader(r, name, o, fields)
	if err == nil && o.again != nil {
		rd.convert.prove = func() error { return rd.proveColumns(name, o, fields) }
	}
	return rd, err
}

// openReader opens a file and binds its headers to the fields.
func openReader(r io.Reader, name string, o Options, fields []field) (*reader, error) {
	t, err := openText(r, o)
	if err != nil {
		return nil, err
	}
	src, err := newSource(t, o)
	if err != nil {
		return nil, err
	}
	return newSourceReader(t, src, name, o, fields)
}

// newSourceReader binds the headers of a source to the fields.
func newSourceReader(t *textFile, src source, name string, o Options, fields []field) (*reader, error) {
	rd := &reader{text: t, source: src, fields: fields, leaveOut: o.LeaveOut}
	rd.tally.Source, rd.tally.Kind, rd.tally.File = o.Source, o.Kind, name
	rd.convert = converter{
		charset: t.charset, dates: dates{order: o.Order, zone: o.Zone},
		decimal: o.Decimal, separator: o.Separator, people: o.People, maxField: o.MaxField,
	}
	return rd, rd.bindHeaders()
}

// bindHeaders matches the headers read so far and allocates the batch for them.
func (rd *reader) bindHeaders() error {
	var err error
	if rd.binding, err = bindFields(rd.fields, rd.source.listHeaders(), rd.source.isComplete()); err != nil {
		return err
	}
	rd.cells = make([]string, batchSize*len(rd.binding.active))
	rd.keys = rd.keys[:0]
	for _, i := range rd.binding.active {
		rd.keys = append(rd.keys, fieldKey(i))
	}
	rd.convert.nameColumns(rd.binding)
	return nil
}

// GetCSVRows returns the batch to gocsv.
func (rd *reader) GetCSVRows() ([][]string, error) { return rd.rows, nil }

// fillBatch reads the next batch. It returns false after the last one. There may be rows even
// then, and beside an error.
func (rd *reader) fillBatch() (more bool, err error) {
	rd.lines = rd.lines[:0]
	rd.rows = append(rd.rows[:0], rd.keys)
	for len(rd.lines) < batchSize {
		rec, err := rd.readNext()
		if errors.Is(err, io.EOF) {
			return false, rd.checkRequired()
		}
		if err != nil {
			return false, err
		}
		if len(rd.source.listHeaders()) > len(rd.binding.headers) {
			if len(rd.lines) > 0 { // gocsv takes one set of keys a batch
				rd.held, rd.isHeld = rec, true
				return true, nil
			}
			if err := rd.bindHeaders(); err != nil {
				return false, err
			}
			rd.rows[0] = rd.keys
		}
		if err := rd.addRecord(rec); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (rd *reader) readNext() (record, error) {
	if rd.isHeld {
		rd.isHeld = false
		return rd.held, nil
	}
	return rd.source.readNext()
}

// addRecord adds a record to the batch, or counts the reason against it.
func (rd *reader) addRecord(rec record) error {
	if rec.reject != nil {
		rd.tally.Read++
		rd.tally.countRejected(rec.reject, rec.line)
		return nil
	}
	if rd.leaveOut != nil {
		if reason := rd.leaveOut(rec.cells, rd.binding.fieldAt); reason != "" {
			rd.tally.Read++
			rd.tally.countRejected(&rejection{reason, fact.ByRule}, rec.line)
			return nil
		}
	}
	width, n := len(rd.binding.active), len(rd.lines)
	row := rd.cells[n*width : (n+1)*width]
	if err := rd.convert.convertRow(rd.binding, &rec, row); err != nil {
		r, ok := errors.AsType[*rejection](err)
		if !ok {
			return atLine(rec.line, err)
		}
		rd.tally.Read++
		rd.tally.countRejected(r, rec.line)
		return nil
	}
	rd.tally.Read++
	rd.rows = append(rd.rows, row)
	rd.lines = append(rd.lines, rec.line)
	return nil
}

// countRow counts a row after its callback.
func (rd *reader) countRow(line int, err error) error {
	if err == nil {
		rd.tally.Used++
		return nil
	}
	if r, ok := errors.AsType[*rejection](err); ok {
		rd.tally.countRejected(r, line)
		return nil
	}
	return err
}

// checkRequired makes a missing column of a JSON file an error, as in CSV: else every row is
// refused, and the cause is lost among the counts.
func (rd *reader) checkRequired() error {
	if rd.source.isComplete() || rd.tally.Read == 0 {
		return nil
	}
	_, err := bindFields(rd.fields, rd.source.listHeaders(), true)
	return err
}

// finishImport sorts the reconciliation line and adds the notes.
func (rd *reader) finishImport() {
	slices.SortStableFunc(rd.tally.Rejected, func(a, b fact.Rejected) int { return cmp.Compare(a.Line, b.Line) })
	notes := append(rd.text.notes, rd.source.listNotes()...)
	if c := rd.convert.charset; c.page != nil && !c.declared {
		notes = append(notes, fmt.Sprintf("encoding %s (guessed), first seen on line %d", c.name, rd.convert.recoded))
	}
	if rd.convert.dates.usedZone {
		notes = append(notes, "stamps without a zone read as "+rd.convert.dates.zone.String())
	}
	notes = append(notes, rd.convert.dates.clocks.listNotes()...)
	if rd.convert.addresses > 0 {
		notes = append(notes, fmt.Sprintf("%d cells dropped: nothing but an e-mail or IP address", rd.convert.addresses))
	}
	rd.tally.Notes = append(notes, rd.binding.listNotes()...)
	if pages, ok := rd.source.(*jsonSource); ok {
		rd.tally.Whole = pages.describeWhole()
	}
}

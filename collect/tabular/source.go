package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// record is one row of a file before any of it was judged.
type record struct {
	cells []string // by position; valid until the next record
	line  int
	// reject is why the row cannot be used at all; nil if it can.
	reject *rejection
}

// Rows that say nothing, whoever wrote them.
var (
	blankRow    = &rejection{reason: "blank row", byRule: true}
	headerAgain = &rejection{reason: "header repeated", byRule: true}
)

// Marks in a raw cell, which text cannot contain once it is clean. A cell that
// starts with itemSeparator is a JSON array of scalars.
const nestedCell = "\x1e" // a JSON object, or an array with something other than scalars

// source yields the records of one file.
type source interface {
	// headers are the columns so far. JSON objects may bring more with each row.
	listHeaders() []header
	isComplete() bool // no more headers can come
	// next gives io.EOF behind the last record; another error ends the file.
	readNext() (record, error)
	listNotes() []string
}

// newSource finds out whether a file is JSON or delimited text.
func newSource(t *text, o Options) (source, error) {
	head, err := t.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch trimmed := bytes.TrimLeft(head, " \t\r\n"); {
	case len(trimmed) == 0:
		return nil, errors.New("the file is empty")
	case trimmed[0] == '[':
		return newJSONArray(t, o.MaxField*maxFieldsPerRecord)
	case trimmed[0] == '{':
		return newJSONLines(t, o.MaxField*maxFieldsPerRecord), nil
	}
	return newCSV(t, o)
}

// atLine says where a file became unreadable.
func atLine(line int, err error) error {
	return fmt.Errorf("line %d: %w", line, err)
}

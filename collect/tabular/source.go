package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// record is one row of a file before any check.
type record struct {
	cells []string // by position; valid until the next record
	line  int
	// reject is the reason why the row cannot be used; nil if it can.
	reject *rejection
}

// Rows without content, in any export.
var (
	blankRow    = &rejection{"blank row", fact.ByRule}
	headerAgain = &rejection{"header repeated", fact.ByRule}
)

// Marks in a raw cell, which clean text cannot contain. A cell that starts with itemSeparator
// is a JSON array of scalars.
const nestedCell = "\x1e" // a JSON object, or an array with something other than scalars

// source reads the records of one file.
type source interface {
	// listHeaders returns the columns so far. JSON objects may add more with each row.
	listHeaders() []header
	isComplete() bool // no more headers can come
	// readNext returns io.EOF after the last record; another error ends the file.
	readNext() (record, error)
	listNotes() []string
}

// newSource detects whether a file is a workbook, JSON or delimited text.
func newSource(t *textFile, o Options) (source, error) {
	if t.isArchive {
		return newXLSX(t, o)
	}
	head, err := t.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	if err := refuseMarkup(trimmed); err != nil {
		return nil, err
	}
	switch {
	case len(trimmed) == 0:
		return nil, errors.New("the file is empty")
	case trimmed[0] == '[' || trimmed[0] == '{':
		return newJSON(t, trimmed, o), nil
	}
	return newCSV(t, o)
}

// atLine adds the line to an error.
func atLine(line int, err error) error {
	return fmt.Errorf("line %d: %w", line, err)
}

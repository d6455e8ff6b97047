package tabular

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csvSource reads delimited text, or a sheet of a workbook.
type csvSource struct {
	r       *csv.Reader
	guard   *recordGuard
	next    func() (record, error) // reads the next record: readRecord, or the rows of a sheet
	notes   func() []string        // further notes of a sheet
	heads   []header
	first   []string // first header row, to find repeated headers
	queue   []record // data rows that were read with the headers
	skipped int      // lines before the first one of r
	text    *textFile

	short, long         int // ragged rows that were used
	shortLine, longLine int
}

func newCSV(t *textFile, o Options) (*csvSource, error) {
	comma, skipped := t.findDelimiter(o.Delimiter)
	s := &csvSource{text: t, skipped: skipped}
	s.guard = &recordGuard{r: t, limit: o.MaxField * maxFieldsPerRecord}
	s.r = csv.NewReader(s.guard)
	s.r.Comma, s.r.FieldsPerRecord, s.r.ReuseRecord = comma, -1, true
	s.next = s.readRecord
	return s, s.readHeaders(o.HeaderRows)
}

// readHeaders reads up to three records as headers, and queues those that are data.
func (s *csvSource) readHeaders(declared int) error {
	var first [][]string
	for len(first) < 3 {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if len(first) == 0 && isBlank(rec.cells) {
			continue
		}
		rec.cells = slices.Clone(rec.cells)
		first = append(first, rec.cells)
		s.queue = append(s.queue, rec)
		if rec.reject != nil && len(first) == 1 {
			return atLine(rec.line, fmt.Errorf("the header cannot be read: %s", rec.reject.reason))
		}
	}
	if len(first) == 0 {
		return errors.New("the file has no header")
	}
	n := declared
	if n == 0 {
		n = countHeaderRows(first)
	}
	if len(first) < n {
		return fmt.Errorf("the file has %d rows, want %d of headers", len(first), n)
	}
	if n > 1 && declared == 0 {
		s.text.notes = append(s.text.notes, fmt.Sprintf("%d header rows (detected)", n))
	}
	for _, row := range first[:n] {
		for i, cell := range row {
			row[i] = s.text.charset.decodeCell(cell)
		}
	}
	s.heads, s.first, s.queue = newHeaders(first[:n]), first[0], s.queue[n:]
	return nil
}

func (s *csvSource) listHeaders() []header { return s.heads }
func (s *csvSource) isComplete() bool      { return true }

// readNext checks the shape of a record. Too few cells are blank cells that some spreadsheets
// cut off. Too many mean a delimiter inside a cell, so that every later cell has a wrong
// header.
func (s *csvSource) readNext() (record, error) {
	var rec record
	if len(s.queue) > 0 {
		rec, s.queue = s.queue[0], s.queue[1:]
	} else {
		var err error
		if rec, err = s.next(); err != nil {
			return rec, err
		}
	}
	if rec.reject != nil {
		return rec, nil
	}
	width := len(s.heads)
	switch {
	case isBlank(rec.cells):
		rec.reject = blankRow
	case len(rec.cells) < width:
		s.short++
		if s.short == 1 {
			s.shortLine = rec.line
		}
	case len(rec.cells) > width && isBlank(rec.cells[width:]):
		s.long++
		if s.long == 1 {
			s.longLine = rec.line
		}
	case len(rec.cells) > width:
		rec.reject = newRefusal("more cells than headers")
	case rec.cells[0] == s.first[0] && slices.Equal(rec.cells, s.first):
		rec.reject = headerAgain
	}
	return rec, nil
}

// readRecord reads one record. Broken quotes on one line cost that row. Over several lines they
// may have swallowed any number of rows, so the file is refused.
func (s *csvSource) readRecord() (record, error) {
	s.guard.n = 0
	cells, err := s.r.Read()
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		line := broken.StartLine + s.skipped
		if broken.Line > broken.StartLine {
			return record{}, atLine(line, fmt.Errorf("a quoted cell does not end properly up to line %d",
				broken.Line+s.skipped))
		}
		return record{line: line, reject: newRefusal("broken quotes")}, nil
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			return record{}, io.EOF
		}
		line, _ := s.r.FieldPos(0)
		return record{}, fmt.Errorf("after line %d: %w", line+s.skipped, err)
	}
	line, _ := s.r.FieldPos(0)
	return record{cells: cells, line: line + s.skipped}, nil
}

func (s *csvSource) listNotes() []string {
	var notes []string
	if s.notes != nil {
		return s.notes() // a sheet leaves out blank cells at the end of a row
	}
	if s.short > 0 {
		notes = append(notes, fmt.Sprintf("%d rows have fewer cells than headers, first on line %d: read as blank",
			s.short, s.shortLine))
	}
	if s.long > 0 {
		notes = append(notes, fmt.Sprintf("%d rows have blank cells after the last header, first on line %d", s.long,
			s.longLine))
	}
	return notes
}

func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// recordGuard ends the file if one record is too long.
type recordGuard struct {
	r        io.Reader
	n, limit int
}

func (g *recordGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += n
	if g.n > g.limit+sampleSize {
		return n, fmt.Errorf("one row is longer than %d bytes: is a quote or bracket never closed?", g.limit)
	}
	return n, err
}

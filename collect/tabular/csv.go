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
	first   [][]string // header rows as written, to find repeated ones
	queue   []record   // data rows that were read with the headers
	skipped int        // lines before the first one of r
	text    *textFile
	comma   rune // 0: a sheet
	// afterBlank and afterFooter are set if the row before was blank, or any row was a footer.
	afterBlank, afterFooter bool
	ownTotals               bool // the caller decides which rows are totals, see Options.LeaveOut

	short, long         int // ragged rows that were used
	shortLine, longLine int
}

func newCSV(t *textFile, o Options) (*csvSource, error) {
	comma, skipped, err := t.findDelimiter(o.Delimiter, o.SkipRows)
	if err != nil {
		return nil, err
	}
	s := &csvSource{text: t, skipped: skipped, comma: comma}
	s.guard = &recordGuard{r: t, limit: o.MaxField * maxFieldsPerRecord}
	s.r = csv.NewReader(s.guard)
	s.r.Comma, s.r.FieldsPerRecord, s.r.ReuseRecord = comma, -1, true
	s.next = s.readRecord
	return s, s.readHeaders(o)
}

// readHeaders reads the first records, takes some as headers, and queues those that are data.
func (s *csvSource) readHeaders(o Options) error {
	s.ownTotals = o.LeaveOut != nil
	var rows [][]string
	var lines []int
	for len(rows) < lookahead {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if rec.line <= o.SkipRows || len(rows) == 0 && isBlank(rec.cells) && rec.reject == nil {
			continue
		}
		if rec.reject != nil && len(rows) == 0 {
			return atLine(rec.line, fmt.Errorf("the header cannot be read: %s", rec.reject.reason))
		}
		rec.cells = slices.Clone(rec.cells)
		s.queue = append(s.queue, rec)
		decoded := slices.Clone(rec.cells)
		for i, cell := range decoded {
			decoded[i] = s.text.charset.decodeCell(cell)
		}
		rows, lines = append(rows, decoded), append(lines, rec.line)
	}
	if len(rows) == 0 {
		return errors.New("the file has no header")
	}
	n, err := chooseHeaderRows(rows, lines, &o)
	if err != nil {
		return err
	}
	if len(rows) < n {
		return fmt.Errorf("the file has %d rows, want %d of headers", len(rows), n)
	}
	if n > 1 && o.HeaderRows == 0 {
		s.text.notes = append(s.text.notes, fmt.Sprintf("%d header rows (detected)", n))
	}
	s.heads = newHeaders(rows[:n])
	for _, rec := range s.queue[:n] {
		if rec.reject != nil {
			return atLine(rec.line, fmt.Errorf("the header cannot be read: %s", rec.reject.reason))
		}
		s.first = append(s.first, rec.cells)
	}
	s.noteUnnamed(rows[n:])
	s.queue = s.queue[n:]
	for _, rec := range s.queue {
		if err := s.checkRecord(&rec); err != nil {
			return err
		}
	}
	return nil
}

// noteUnnamed notes columns with cells and without a header: their header may be lost.
func (s *csvSource) noteUnnamed(rows [][]string) {
	for i := range s.heads {
		filled := func(row []string) bool { return strings.TrimSpace(cellAt(row, i)) != "" }
		if s.heads[i].title == "" && slices.ContainsFunc(rows, filled) {
			s.text.notes = append(s.text.notes, formatColumn(i)+" has cells and no header: not read")
		}
	}
}

// checkRecord refuses a record that holds others.
func (s *csvSource) checkRecord(rec *record) error {
	if s.comma == 0 || rec.reject != nil {
		return nil
	}
	return checkSwallowed(rec.cells, len(s.heads), s.comma, rec.line)
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
	blank := isBlank(rec.cells)
	switch {
	case blank:
		rec.reject = blankRow
	case s.isFooter(rec.cells):
		rec.reject = footer
		s.afterFooter = true
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
	case s.isHeader(rec.cells):
		rec.reject = headerAgain
	}
	s.afterBlank = blank
	return rec, nil
}

// isHeader reports whether a row repeats one of the header rows.
func (s *csvSource) isHeader(cells []string) bool {
	return slices.ContainsFunc(s.first, func(row []string) bool { return slices.Equal(cells, row) })
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
	last, _ := s.r.FieldPos(len(cells) - 1)
	rec := record{cells: cells, line: line + s.skipped}
	if len(s.heads) > 0 && (last > line || strings.IndexByte(cells[len(cells)-1], '\n') >= 0) {
		return rec, s.checkRecord(&rec)
	}
	return rec, nil
}

func (s *csvSource) listNotes() []string {
	var notes []string
	if s.notes != nil {
		return s.notes() // a sheet leaves out blank cells at the end of a row
	}
	if s.guard.last != '\n' && s.guard.last != '\r' {
		notes = append(notes, "the last line has no end: is the file whole?")
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
	last     byte // of the file so far
}

func (g *recordGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += n
	if n > 0 {
		g.last = p[n-1]
	}
	if g.n > g.limit+sampleSize {
		return n, fmt.Errorf("one row is longer than %d bytes: is a quote or bracket never closed?", g.limit)
	}
	return n, err
}

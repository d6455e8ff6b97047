package tabular

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// maxColumns is the number of columns that a sheet can have.
const maxColumns = 16384

// sheetRows reads the rows of one sheet of a workbook. Cells are read as they are stored, not
// as they are displayed, because a display rounds.
type sheetRows struct {
	d        *xml.Decoder
	styles   []numberStyle
	shared   []string
	date1904 bool
	maxField int
	ranges   map[int][]mergedCell // ranges of one column, by first row
	merged   map[int]mergedCell   // those that reach the current row, by column

	rows    int // rows with cells so far
	row     int // number of the last row
	cells   []string
	text    strings.Builder
	hidden  tallied
	uncalc  tallied // formulas without a stored value
	broken  tallied // #N/A
	filled  tallied
	ignored int // merged ranges over several columns
}

// tallied is a number of cells or rows, and the first row with one.
type tallied struct{ n, row int }

func (t *tallied) add(row int) {
	if t.n == 0 {
		t.row = row
	}
	t.n++
}

// mergedCell is a range of merged cells of one column: only its first row has the value.
type mergedCell struct {
	column, last int
	value        string
}

// readRecord reads the next row that has a value. Its line is the number of the row.
func (s *sheetRows) readRecord() (record, error) {
	for {
		token, err := s.d.RawToken()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return record{}, io.EOF
			}
			return record{}, s.damaged()
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "row" {
				continue
			}
			if err := s.readRow(t.Attr); err != nil {
				return record{}, err
			}
			if len(s.cells) > 0 {
				s.rows++
				return record{cells: s.cells, line: s.row}, nil
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return record{}, io.EOF
			}
		}
	}
}

func (s *sheetRows) damaged() error {
	return fmt.Errorf("after row %d: the sheet is damaged: open the workbook in a spreadsheet, and save it again", s.row)
}

// readRow reads the cells of a row, without blank ones at its end.
func (s *sheetRows) readRow(attrs []xml.Attr) error {
	s.cells = s.cells[:0]
	number, hidden := s.row+1, false
	for _, a := range attrs {
		switch a.Name.Local {
		case "r":
			n, err := strconv.Atoi(a.Value)
			if err != nil || n <= s.row {
				return s.damaged()
			}
			number = n
		case "hidden":
			hidden = a.Value == "1" || a.Value == "true"
		}
	}
	s.row = number
	column := 0
	for {
		token, err := s.d.RawToken()
		if err != nil {
			return s.damaged()
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if column, err = s.readCell(t.Attr, column); err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local != "row" {
				continue
			}
			s.fillMerged()
			if hidden && len(s.cells) > 0 {
				s.hidden.add(s.row)
			}
			return nil
		}
	}
}

// readCell reads one cell, and returns the next column.
func (s *sheetRows) readCell(attrs []xml.Attr, column int) (int, error) {
	style, kind := 0, ""
	for _, a := range attrs {
		switch a.Name.Local {
		case "r":
			if c, _, ok := parseReference(a.Value); ok {
				column = c
			}
		case "s":
			style, _ = strconv.Atoi(a.Value)
		case "t":
			kind = a.Value
		}
	}
	if column >= maxColumns {
		return 0, s.damaged()
	}
	value, formula, err := s.readValue()
	if err != nil {
		return 0, err
	}
	switch value = s.formatValue(kind, value, style); {
	case value == "" && formula && kind != "str":
		s.uncalc.add(s.row)
		value = uncalculated
	case value == "#N/A":
		s.broken.add(s.row)
		value = ""
	}
	if value == "" {
		return column + 1, nil
	}
	for len(s.cells) <= column {
		s.cells = append(s.cells, "")
	}
	s.cells[column] = value
	return column + 1, nil
}

// uncalculated is the value of a formula without a stored one: neither blank nor a number.
const uncalculated = "#FORMULA!"

// readValue reads the text of a cell up to its end, and reports whether it has a formula.
func (s *sheetRows) readValue() (value string, formula bool, err error) {
	s.text.Reset()
	taken, skipped := false, 0 // inside <v> or <t>; inside <f> or a reading aid
	for {
		token, err := s.d.RawToken()
		if err != nil {
			return "", false, s.damaged()
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				formula = true
				skipped++
			case "rPh":
				skipped++
			case "v", "t":
				taken = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "c":
				return s.text.String(), formula, nil
			case "f", "rPh":
				skipped--
			case "v", "t":
				taken = false
			}
		case xml.CharData:
			if taken && skipped == 0 {
				if s.text.Len()+len(t) > s.maxField+1 {
					t = t[:max(0, s.maxField+1-s.text.Len())] // too long for any cell, and refused as such
				}
				s.text.Write(t)
			}
		}
	}
}

// formatValue returns the stored value of a cell as the text of a cell of CSV.
func (s *sheetRows) formatValue(kind, value string, style int) string {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(s.shared) {
			return ""
		}
		return s.shared[i]
	case "b":
		if value == "1" {
			return "true"
		}
		return "false"
	case "", "n":
		value = strings.TrimSpace(value)
		if style >= 0 && style < len(s.styles) {
			return s.styles[style].format(value, s.date1904)
		}
		return formatStored(value)
	}
	return value // a text, a date in ISO 8601, or an error such as #REF!
}

// readMerged reads the merged ranges of a sheet, which follow its rows.
func (s *sheetRows) readMerged(part []byte) {
	at := bytes.LastIndex(part, []byte("mergeCells"))
	if at < 0 {
		return
	}
	if at = bytes.LastIndex(part[:at], []byte("</sheetData>")); at < 0 {
		return
	}
	d := xml.NewDecoder(bytes.NewReader(part[at:]))
	for {
		token, err := d.RawToken()
		if err != nil {
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "mergeCell" {
			continue
		}
		for _, a := range start.Attr {
			from, to, _ := strings.Cut(a.Value, ":")
			left, top, ok1 := parseReference(from)
			right, bottom, ok2 := parseReference(to)
			switch {
			case a.Name.Local != "ref" || !ok1 || !ok2 || bottom <= top && right <= left:
			case left == right:
				s.ranges[top] = append(s.ranges[top], mergedCell{column: left, last: bottom})
			case bottom > top:
				s.ignored++
			}
		}
	}
}

// fillMerged gives the cells of a merged range below its first row the value of the range. A
// range that begins in the first row of the sheet is a header over several header rows.
func (s *sheetRows) fillMerged() {
	for column, m := range s.merged {
		if s.row > m.last {
			delete(s.merged, column)
			continue
		}
		if len(s.cells) == 0 {
			continue
		}
		for len(s.cells) <= column {
			s.cells = append(s.cells, "")
		}
		s.cells[column] = m.value
		s.filled.add(s.row)
	}
	if s.rows == 0 {
		return
	}
	for _, m := range s.ranges[s.row] {
		if m.column < len(s.cells) && s.cells[m.column] != "" {
			m.value = s.cells[m.column]
			s.merged[m.column] = m
		}
	}
}

func (s *sheetRows) listNotes() []string {
	var notes []string
	add := func(t tallied, what, effect string) {
		if t.n > 0 {
			notes = append(notes, fmt.Sprintf("%s, first on row %d: %s", text.Plural(t.n, what), t.row, effect))
		}
	}
	add(s.hidden, "hidden row", "read like the others")
	add(s.uncalc, "formula without a stored value", "not understood; save the workbook in a spreadsheet")
	add(s.broken, "cell with #N/A", "read as blank")
	add(s.filled, "cell of a merged range", "read with the value of the range")
	if s.ignored > 0 {
		notes = append(notes, text.Plural(s.ignored, "merged range")+" over several columns: only the first cell has the value")
	}
	return notes
}

// parseReference reads a reference such as "AB12": a column from 0, and a row from 1.
func parseReference(s string) (column, row int, ok bool) {
	i := 0
	for ; i < len(s) && s[i] >= 'A' && s[i] <= 'Z' && column <= maxColumns; i++ {
		column = column*26 + int(s[i]-'A') + 1
	}
	row, err := strconv.Atoi(s[i:])
	return column - 1, row, i > 0 && err == nil && row > 0
}

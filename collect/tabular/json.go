package tabular

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// jsonSource reads an array of flat objects, or one object a line.
type jsonSource struct {
	heads    []header
	position map[string]int // by key as written
	row      []string
	nested   map[int]bool // positions of keys with nested values

	array *json.Decoder // nil for lines
	guard *recordGuard  // under array
	lines *lineReader
	count int
}

func newJSONArray(t *textFile, limit int) (*jsonSource, error) {
	guard := &recordGuard{r: t, limit: limit}
	s := &jsonSource{position: map[string]int{}, nested: map[int]bool{}, guard: guard, array: json.NewDecoder(guard)}
	s.array.UseNumber()
	if _, err := s.array.Token(); err != nil {
		return nil, withoutText(err)
	}
	return s, nil
}

func newJSONLines(t *textFile, limit int) *jsonSource {
	return &jsonSource{position: map[string]int{}, nested: map[int]bool{}, lines: &lineReader{r: t, limit: limit}}
}

func (s *jsonSource) listHeaders() []header { return s.heads }
func (s *jsonSource) isComplete() bool      { return false }

func (s *jsonSource) listNotes() []string {
	if len(s.nested) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("keys with nested values, which are not read: %d", len(s.nested))}
}

// readNext reads one object. A broken line costs that row. A broken array cannot be read
// further, because the start of its next object is unknown.
func (s *jsonSource) readNext() (record, error) {
	s.row = s.row[:0]
	if s.array != nil {
		return s.readArrayItem()
	}
	line, err := s.lines.readLine()
	if err != nil {
		return record{}, err
	}
	rec := record{line: s.lines.n}
	if len(line) == 0 {
		rec.reject = blankRow
		return rec, nil
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := s.readObject(d); err != nil {
		if rec.line == 1 {
			return rec, atLine(1, fmt.Errorf("want an array of objects or one object a line: %w", err))
		}
		rec.reject = newRefusal("not a JSON object on one line")
		return rec, nil
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		rec.reject = newRefusal("more than one JSON value on the line")
	}
	rec.cells = s.row
	return rec, nil
}

func (s *jsonSource) readArrayItem() (record, error) {
	s.count++
	s.guard.n = 0
	if !s.array.More() {
		if _, err := s.array.Token(); err != nil {
			return record{}, fmt.Errorf("the array does not end properly: %w", withoutText(err))
		}
		return record{}, io.EOF
	}
	if err := s.readObject(s.array); err != nil {
		return record{}, fmt.Errorf("item %d: %w", s.count, withoutText(err))
	}
	return record{cells: s.row, line: s.count}, nil
}

// withoutText returns an error of the decoder without its quotes of the file.
func withoutText(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return io.ErrUnexpectedEOF
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON at byte %d", syntax.Offset)
	}
	return err
}

// readObject reads one object into the row.
func (s *jsonSource) readObject(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return withoutText(err)
	}
	if token != json.Delim('{') {
		return errors.New("want an object")
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return withoutText(err)
		}
		name, ok := token.(string)
		if !ok {
			return errors.New("want a key")
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return withoutText(err)
		}
		s.setCell(name, value)
	}
	_, err = d.Token()
	return withoutText(err)
}

// setCell puts a value into its column. A key that occurs twice keeps its first value that is
// not blank, as columns of the same name do.
func (s *jsonSource) setCell(name string, value any) {
	p, known := s.position[name]
	if !known {
		p = len(s.heads)
		s.position[name] = p
		s.heads = append(s.heads, newHeader(name))
	}
	for len(s.row) < len(s.heads) {
		s.row = append(s.row, "")
	}
	cell := formatScalar(value)
	if cell == nestedCell {
		s.nested[p] = true
	}
	if s.row[p] == "" {
		s.row[p] = cell
	}
}

// formatScalar returns a JSON value as a cell.
func formatScalar(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimLeft(v, itemSeparator+cellSeparator)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	case []any:
		var b strings.Builder
		for _, item := range v {
			text := formatScalar(item)
			if text == nestedCell || strings.HasPrefix(text, itemSeparator) {
				return nestedCell
			}
			b.WriteString(itemSeparator)
			b.WriteString(strings.ReplaceAll(text, itemSeparator, ""))
		}
		return b.String()
	}
	return nestedCell
}

// lineReader reads lines up to a limit.
type lineReader struct {
	r     *textFile
	limit int
	n     int
	buf   []byte
}

// readLine returns the next line without outer white space, valid until the next call.
func (l *lineReader) readLine() ([]byte, error) {
	l.buf = l.buf[:0]
	l.n++
	for {
		part, err := l.r.ReadSlice('\n')
		l.buf = append(l.buf, part...)
		switch {
		case len(l.buf) > l.limit:
			return nil, atLine(l.n, fmt.Errorf("longer than %d bytes", l.limit))
		case err == nil, errors.Is(err, io.EOF) && len(bytes.TrimSpace(l.buf)) > 0:
			return bytes.TrimSpace(l.buf), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

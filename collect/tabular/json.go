package tabular

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// maxKeys is the largest number of different keys of the objects of a file, nested ones
// included. Jira writes about a thousand.
const maxKeys = 10000

// errManyKeys is the error for a file whose keys are data.
var errManyKeys = fmt.Errorf("the objects have more than %d different keys: write IDs as values, not as keys", maxKeys)

// jsonLists are the keys of the list of rows in what the APIs of tools return.
var jsonLists = map[string]bool{
	"tickets": true, "issues": true, "result": true, "results": true, "values": true, "value": true, "data": true,
	"items": true, "incidents": true, "records": true, "rows": true, "alerts": true, "builds": true, "hits": true,
	"nodes": true, "search": true, "events": true, "deployments": true, "responses": true,
}

// jsonSource reads objects: an array of them, one a line, or lists in pages.
type jsonSource struct {
	jsonRow
	limit int
	sheet string // key of the list of rows; "": one of jsonLists

	lines *lineReader // one object a line; nil for a stream

	stream *json.Decoder // values in any layout
	guard  *recordGuard  // under stream
	count  int           // rows so far
	arrays int           // open arrays of rows
	path   []string      // keys of the open objects around a list; nil outside of them
	opened bool          // a page is open
	page   jsonPage      // the page so far
	paging paging        // what the pages give about further ones
}

// jsonPage is an object that holds a list of rows, or is a row itself.
type jsonPage struct {
	keys         int
	lists, empty []string // keys of lists of objects, and of empty lists
	paged        bool     // it has a key such as "total"
}

// isRow reports whether the object is a row itself: nothing in it is a list of rows.
func (p *jsonPage) isRow() bool {
	return len(p.lists) == 0 && (len(p.empty) == 0 || !p.paged && p.keys > 1)
}

// newJSON returns a source of objects. The layout is one object a line if the first line is an
// object and not a page: then a broken line costs that row only.
func newJSON(t *textFile, head []byte, o Options) *jsonSource {
	s := &jsonSource{limit: o.MaxField * maxFieldsPerRecord, sheet: normaliseKey(o.Sheet)}
	s.position = map[string]int{}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	var object map[string]json.RawMessage
	if s.sheet == "" && json.Unmarshal(first, &object) == nil && object != nil && !holdsPage(object) {
		s.lines = &lineReader{r: t, limit: s.limit}
		return s
	}
	s.guard = &recordGuard{r: t, limit: s.limit}
	s.stream = json.NewDecoder(s.guard)
	s.stream.UseNumber()
	return s
}

// holdsPage reports whether an object is a page and not a row.
func holdsPage(object map[string]json.RawMessage) bool {
	p := jsonPage{keys: len(object)}
	for key, raw := range object {
		p.paged = p.paged || pagingKeys[key]
		if !jsonLists[key] {
			continue
		}
		var list []json.RawMessage
		var nested map[string]json.RawMessage
		switch {
		case json.Unmarshal(raw, &list) == nil && len(list) > 0:
			if bytes.HasPrefix(list[0], []byte("{")) {
				return true
			}
		case bytes.HasPrefix(raw, []byte("[")):
			p.empty = append(p.empty, key)
		case json.Unmarshal(raw, &nested) == nil && nested != nil && holdsPage(nested):
			return true
		}
	}
	return !p.isRow()
}

func (s *jsonSource) listHeaders() []header { return s.heads }
func (s *jsonSource) isComplete() bool      { return false }

func (s *jsonSource) listNotes() []string {
	if s.nested == 0 {
		return nil
	}
	return []string{fmt.Sprintf("keys with nested values, which are not read: %d", s.nested)}
}

// readNext reads one object. A broken line costs that row. A broken stream cannot be read
// further, because the start of its next object is unknown.
func (s *jsonSource) readNext() (record, error) {
	s.row = s.row[:0]
	if s.stream != nil {
		rec, err := s.readStream()
		if err == nil && len(s.heads) > maxKeys {
			return rec, errManyKeys
		}
		return rec, err
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
	if err := s.readLine(d); err != nil {
		rec.reject = newRefusal("not a JSON object on one line")
		return rec, nil
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		rec.reject = newRefusal("more than one JSON value on the line")
	}
	if rec.cells = s.row; len(s.heads) > maxKeys {
		return rec, errManyKeys
	}
	return rec, nil
}

func (s *jsonSource) readLine(d *json.Decoder) error {
	if err := expectObject(d); err != nil {
		return err
	}
	return s.readObject(d)
}

// readStream reads the next object of a stream of arrays, pages and objects.
func (s *jsonSource) readStream() (record, error) {
	for {
		s.guard.n = 0
		more := s.stream.More()
		switch {
		case s.arrays > 0 && more:
			if isRow, err := s.openItem(); err != nil || isRow {
				return s.newRecord(), err
			}
		case s.arrays > 0:
			if err := s.closeValue(); err != nil {
				return record{}, err
			}
			s.arrays--
		case s.opened && more:
			if isRow, err := s.readKey(); err != nil || isRow {
				return s.newRecord(), err
			}
		case s.opened:
			if err := s.closeValue(); err != nil {
				return record{}, err
			}
			if isRow, err := s.closeObject(); err != nil || isRow {
				return s.newRecord(), err
			}
		default:
			if err := s.openValue(); err != nil {
				return record{}, err
			}
		}
	}
}

func (s *jsonSource) newRecord() record { return record{cells: s.row, line: s.count} }

// closeValue reads the end of an array or object.
func (s *jsonSource) closeValue() error {
	if _, err := s.stream.Token(); err != nil {
		return fmt.Errorf("after item %d, the file does not end properly: %w", s.count, withoutText(err))
	}
	return nil
}

// openValue reads the start of the next value of the file.
func (s *jsonSource) openValue() error {
	token, err := s.stream.Token()
	switch {
	case errors.Is(err, io.EOF):
		if s.sheet != "" && s.count == 0 && !s.paging.seen {
			return errors.New("no list of objects has the key that sheet names")
		}
		return io.EOF
	case err != nil:
		return fmt.Errorf("after item %d: %w", s.count, withoutText(err))
	case token == json.Delim('['):
		s.arrays = 1
	case token == json.Delim('{'):
		s.opened, s.path, s.page = true, s.path[:0], jsonPage{}
	default:
		return errors.New("want an array of objects or one object a line")
	}
	return nil
}

// openItem reads the next item of a list, and reports whether it is a row.
func (s *jsonSource) openItem() (bool, error) {
	token, err := s.stream.Token()
	switch {
	case err != nil:
	case token == json.Delim('['):
		s.arrays++ // pages that were put into one array
		return false, nil
	case token == json.Delim('{'):
		s.count++
		err = s.readObject(s.stream)
		if err == nil {
			return true, nil
		}
	default:
		s.count++
		err = errors.New("want an object")
	}
	return false, fmt.Errorf("item %d: %w", s.count, withoutText(err))
}

// readKey reads a key of a page and its value, and reports whether a row was read: the first
// item of a list.
func (s *jsonSource) readKey() (bool, error) {
	name, err := readKey(s.stream)
	if err != nil {
		return false, fmt.Errorf("after item %d: %w", s.count, err)
	}
	s.page.keys++
	s.page.paged = s.page.paged || pagingKeys[name]
	full := strings.Join(append(s.path, name), ".")
	isList := jsonLists[name]
	if s.sheet != "" {
		isList = normaliseKey(name) == s.sheet || normaliseKey(full) == s.sheet
	}
	if isList || jsonLists[name] && len(s.path) < maxDepth {
		return s.openList(name, full, isList)
	}
	if len(s.page.lists) > 0 && !pagingKeys[name] {
		return false, s.skipValue()
	}
	var value any
	if err := s.stream.Decode(&value); err != nil {
		return false, fmt.Errorf("after item %d: %w", s.count, withoutText(err))
	}
	s.paging.add(name, value)
	s.setCells(full, value, 1)
	return false, nil
}

// skipValue reads a value of any size, and keeps nothing of it.
func (s *jsonSource) skipValue() error {
	for depth := 0; ; {
		s.guard.n = 0
		token, err := s.stream.Token()
		if err != nil {
			return fmt.Errorf("after item %d: %w", s.count, withoutText(err))
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// maxDepth is the largest number of objects around a list of rows.
const maxDepth = 5

// openList reads the start of a value that may be the list of rows, or an object around it.
func (s *jsonSource) openList(name, full string, isList bool) (bool, error) {
	token, err := s.stream.Token()
	if err != nil {
		return false, fmt.Errorf("after item %d: %w", s.count, withoutText(err))
	}
	switch token {
	case json.Delim('{'):
		s.path = append(s.path, name)
		return false, nil
	case json.Delim('['):
	default:
		s.paging.add(name, token)
		s.setCells(full, token, 0)
		return false, nil
	}
	var list []any
	for s.stream.More() {
		if len(list) == 0 && isList {
			token, err := s.stream.Token()
			if err != nil {
				return false, fmt.Errorf("item %d: %w", s.count+1, withoutText(err))
			}
			if token == json.Delim('{') {
				return true, s.beginList(name)
			}
			if _, nested := token.(json.Delim); nested {
				return false, fmt.Errorf("item %d: want an object", s.count+1)
			}
			list = append(list, token)
			continue
		}
		var v any
		if err := s.stream.Decode(&v); err != nil {
			return false, fmt.Errorf("after item %d: %w", s.count, withoutText(err))
		}
		list = append(list, v)
	}
	if isList && len(list) == 0 {
		s.page.empty = append(s.page.empty, name)
	} else {
		s.setCells(full, list, 1)
	}
	return false, s.closeValue()
}

// beginList reads the first row of a list.
func (s *jsonSource) beginList(name string) error {
	s.page.lists = append(s.page.lists, name)
	if len(s.page.lists) > 1 {
		return fmt.Errorf("the object has the lists %s: set sheet to the key of the one with the rows",
			strings.Join(s.page.lists, " and "))
	}
	s.arrays, s.row = 1, s.row[:0]
	s.count++
	if err := s.readObject(s.stream); err != nil {
		return fmt.Errorf("item %d: %w", s.count, withoutText(err))
	}
	return nil
}

// closeObject ends an object of a page, and reports whether the page is a row itself.
func (s *jsonSource) closeObject() (bool, error) {
	if len(s.path) > 0 {
		s.path = s.path[:len(s.path)-1]
		return false, nil
	}
	s.opened = false
	if s.sheet != "" || !s.page.isRow() {
		if len(s.page.lists)+len(s.page.empty) > 0 {
			s.paging.endPage()
		}
		s.row = s.row[:0]
		return false, nil
	}
	s.count++
	return true, nil
}

// describeWhole returns what the pages of the file give about the whole list; nil if it has none.
func (s *jsonSource) describeWhole() *fact.Whole {
	if !s.paging.seen {
		return nil
	}
	return &fact.Whole{Total: s.paging.total, More: s.paging.more}
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

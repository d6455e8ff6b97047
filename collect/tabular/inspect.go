package tabular

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Inspection describes a file before its rows have a type: its dialect and the evidence of every
// column. It holds cells of people in [Column.Words] only, which are for comparing.
type Inspection struct {
	Format     string // "CSV", "JSON" or "workbook"
	Encoding   string // "" for a workbook
	Delimiter  rune   // 0 for JSON and workbooks
	HeaderRows int    // 0 for JSON
	FirstLine  int    // line of the first row; of JSON arrays its number
	Rows       int    // that were read
	Unusable   int    // of them: blank, broken or ragged
	Whole      bool   // whether these are all rows of the file
	Columns    []Column
	Notes      []string // guesses of the reader

	headers []header
}

// Limits of an inspection. Every cell of the first rows is examined in every way; later cells are
// compared with the kind that their column has by then.
const (
	examinedRows  = 4000
	inspectedRows = 1_000_000
	jsonRows      = 50_000 // JSON takes five times as long to read
	keptWords     = 200    // different texts of a column
	longestWord   = 80     // bytes of a text that is kept
)

// Inspect reads a file, at most its first million rows, and returns what it finds. The options
// declare a dialect; an error is about the whole file, and quotes nothing of it.
func Inspect(r io.Reader, name string, o Options) (*Inspection, error) {
	in, err := inspect(r, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return in, nil
}

func inspect(r io.Reader, o Options) (*Inspection, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	t, err := openText(r, o)
	if err != nil {
		return nil, err
	}
	src, err := newSource(t, o)
	if err != nil {
		return nil, err
	}
	in := &Inspection{Format: "JSON", Encoding: utf8Name}
	most := jsonRows
	if grid, ok := src.(*csvSource); ok {
		in.Format, in.HeaderRows, most = "CSV", 1, inspectedRows
		if in.Delimiter = grid.r.Comma; t.isArchive {
			in.Format, in.Encoding, in.Delimiter = "workbook", "", 0
		}
	}
	e := &examiner{Inspection: in, charset: t.charset}
	if err := e.readRows(src, most); err != nil {
		return nil, err
	}
	in.Notes = append(in.Notes, t.notes...)
	in.Notes = append(in.Notes, src.listNotes()...)
	for _, note := range in.Notes {
		if n := 0; scanNote(note, "%d header rows (detected)", &n) {
			in.HeaderRows = n
		}
		if found := ""; scanNote(note, "encoding %s (detected)", &found) {
			in.Encoding = found
		}
	}
	if o.HeaderRows > 0 {
		in.HeaderRows = o.HeaderRows
	}
	if c := t.charset; c.page != nil {
		in.Encoding = c.name
	}
	return in, in.checkHeaders()
}

func scanNote(note, format string, value any) bool {
	n, err := fmt.Sscanf(note, format, value)
	return n == 1 && err == nil
}

// examiner collects the evidence of the columns.
type examiner struct {
	*Inspection
	charset *charset
	columns []*examined
}

func (e *examiner) readRows(src source, most int) error {
	for e.Rows < most {
		rec, err := src.readNext()
		if errors.Is(err, io.EOF) {
			e.Whole = true
			break
		}
		if err != nil {
			return err
		}
		if e.Rows++; e.FirstLine == 0 {
			e.FirstLine = rec.line
		}
		if rec.reject != nil {
			e.Unusable++
			continue
		}
		for heads := src.listHeaders(); len(e.columns) < len(heads); {
			e.columns = append(e.columns, newExamined(&heads[len(e.columns)], len(e.columns)))
		}
		for p, cell := range rec.cells[:min(len(rec.cells), len(e.columns))] {
			if cell == "" {
				continue
			}
			if !isPlain(cell) {
				cell = Clean(e.charset.decodeCell(cell))
			}
			e.columns[p].add(cell, rec.line, e.Rows <= examinedRows)
		}
	}
	e.headers = src.listHeaders()
	for p := range e.headers {
		if p >= len(e.columns) {
			e.columns = append(e.columns, newExamined(&e.headers[p], p))
		}
		e.Columns = append(e.Columns, e.columns[p].finish())
	}
	return nil
}

// checkHeaders refuses a file whose first row is data: its cells would be taken for headers.
func (in *Inspection) checkHeaders() error {
	numbers := 0
	for i := range in.headers {
		title := in.headers[i].title
		place := formatColumn(i)
		switch {
		case title == "":
		case isAddress(title):
			return fmt.Errorf("the first row is not a header: %s of it is an e-mail or IP address", place)
		case isDigits(title):
			numbers++
		default:
			d := dates{order: DayFirst, zone: time.UTC}
			if _, err := d.parseDate(title, nil); err == nil {
				return fmt.Errorf("the first row is not a header: %s of it is a date", place)
			}
		}
	}
	if len(in.headers) > 1 && 2*numbers >= len(in.headers) {
		return fmt.Errorf("the first row is not a header: %d of its %d cells are numbers", numbers, len(in.headers))
	}
	return nil
}

// Match is one field of a row type with the columns of a file that it would be read from.
type Match struct {
	Field    string
	Kind     FieldKind
	Required bool
	Identity bool     // may hold a name, login or address
	Many     bool     // all its columns count, not only the first filled one
	Names    []string // accepted headers: the declared ones, the field's own, its aliases
	Columns  []int    // positions, the best first
	Near     []int    // positions of headers like one of the names; none if there are columns
	// Absent are the declared headers that the file lacks.
	Absent []string
}

// FieldKind is the kind of the values of a field.
type FieldKind string

// Kinds of fields.
const (
	TextField   FieldKind = "text"
	WholeField  FieldKind = "whole number"
	NumberField FieldKind = "number"
	YesNoField  FieldKind = "yes or no"
	TimeField   FieldKind = "date"
	ListField   FieldKind = "list"
	CellsField  FieldKind = "answers"
)

// MatchColumns returns the fields of a row type in their order, with the columns that [Read]
// would read them from. declared is as [Options.Columns].
func MatchColumns[T any](in *Inspection, declared map[string][]string) ([]Match, error) {
	fields, err := fieldsOf(reflect.TypeFor[T](), Options{Columns: declared})
	if err != nil {
		return nil, err
	}
	names := map[kind]FieldKind{
		textKind: TextField, wholeKind: WholeField, numberKind: NumberField, yesNoKind: YesNoField, timeKind: TimeField,
		listKind: ListField, wordsKind: ListField, cellsKind: CellsField,
	}
	var list []Match
	for i := range fields {
		f := &fields[i]
		m := Match{
			Field: f.name, Kind: names[f.kind], Required: f.required, Identity: f.identity, Many: f.kind.takesAll(),
			Names: f.wanted,
		}
		for _, p := range f.findColumns(in.headers) {
			if f.identity || !in.Columns[p].Personal {
				m.Columns = append(m.Columns, p)
			}
		}
		for _, w := range f.wanted[:f.declared] {
			if k := normaliseKey(w); !slices.ContainsFunc(in.headers, func(h header) bool { return h.isNamed(k) || h.group == k }) {
				m.Absent = append(m.Absent, w)
			}
		}
		if len(m.Columns) == 0 || len(m.Absent) > 0 {
			m.Near = in.findNear(f.wanted)
		}
		list = append(list, m)
	}
	return list, nil
}

// findNear returns the positions of the headers most like any of the names.
func (in *Inspection) findNear(names []string) []int {
	var near []int
	for _, place := range findNearest(names, in.headers) {
		if n := 0; scanNote(place, "column %d", &n) {
			near = append(near, n-1)
		}
	}
	return near
}

// HasHeader reports whether a column, or a question of several columns, has that name in any
// spelling.
func (in *Inspection) HasHeader(name string) bool {
	k := normaliseKey(name)
	return k != "" && slices.ContainsFunc(in.headers, func(h header) bool { return h.isNamed(k) || h.group == k })
}

// FindColumn returns the position of the first column with that name in any spelling; -1 if there
// is none.
func (in *Inspection) FindColumn(name string) int {
	k := normaliseKey(name)
	return slices.IndexFunc(in.headers, func(h header) bool { return h.isNamed(k) })
}

// NormaliseHeader returns a header without case, spaces and punctuation.
func NormaliseHeader(title string) string { return normaliseKey(title) }

// questionOf returns the question of one of its columns as written: "Tools" of "Tools [Helm]".
func (h *header) questionOf() string {
	if h.choice == "" {
		return h.title
	}
	question := strings.TrimSpace(strings.TrimSuffix(h.title, "["+h.choice+"]"))
	if question == h.title {
		question = strings.TrimSuffix(h.title, " - "+h.choice)
	}
	return strings.TrimSuffix(question, " - Selected Choice")
}

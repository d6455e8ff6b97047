package tabular

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// converter turns the raw cells of a record into the canonical cells of a row.
type converter struct {
	charset *charset
	dates   dates
	decimal byte
	// separator splits lists; "": detected.
	separator string
	people    bool
	maxField  int
	// addresses counts dropped cells with nothing but an address.
	addresses int
	// recoded is the first line with a cell that was not UTF-8.
	recoded int
	// prove finds the evidence of all dates of the file; nil if it cannot be opened again.
	prove func() error
}

// convertRow fills out with the canonical cells of the bound fields. An error that is not a
// rejection concerns the whole file.
func (c *converter) convertRow(b *binding, rec *record, out []string) error {
	if b.absent != "" {
		return Rejectf("%s is blank", b.absent)
	}
	c.dates.line = rec.line
	for n, i := range b.active {
		f := &b.fields[i]
		value, err := c.convertField(b, i, rec)
		switch {
		case isFatal(err):
			return fmt.Errorf("column %s: %w", quoteTitle(f.name), err)
		case err != nil:
			return Rejectf("%s: %v", f.name, err)
		case value == "" && f.required:
			return Rejectf("%s is blank", f.name)
		}
		out[n] = value
	}
	return nil
}

func (c *converter) convertField(b *binding, i int, rec *record) (string, error) {
	f := &b.fields[i]
	several := f.kind.takesAll()
	joined := ""
	for _, p := range b.columns[i] {
		if p >= len(rec.cells) {
			continue
		}
		raw := rec.cells[p]
		if raw == "" {
			continue
		}
		value, err := c.convertCell(f, &b.headers[p], raw, rec)
		if err != nil {
			return "", err
		}
		switch {
		case value == "":
		case !several:
			return value, nil
		case joined == "":
			joined = value
		case f.kind == cellsKind:
			joined += cellSeparator + value
		default:
			joined += itemSeparator + value
		}
	}
	return joined, nil
}

// convertCell checks one cell and returns its canonical spelling, "" for blank.
func (c *converter) convertCell(f *field, h *header, raw string, rec *record) (string, error) {
	if raw == nestedCell {
		return "", errors.New("a nested value, want text or a number")
	}
	if len(raw) > c.maxField {
		return "", fmt.Errorf("a cell over %d bytes", c.maxField)
	}
	if strings.HasPrefix(raw, itemSeparator) {
		return c.convertArray(f, raw)
	}
	s := c.cleanCell(raw, rec.line)
	if s == "" {
		return "", nil
	}
	switch f.kind {
	case wholeKind:
		return c.convertNumber(readInteger, s, h, rec.line)
	case numberKind:
		return c.convertNumber(readNumber, s, h, rec.line)
	case yesNoKind:
		return canonicalBool(s)
	case timeKind:
		return c.convertDate(s, h)
	case listKind, wordsKind:
		return c.convertList(f, h, s), nil
	case cellsKind:
		return f.boundName(h) + itemSeparator + s, nil
	}
	return c.dropAddress(f, s), nil
}

func (c *converter) cleanCell(raw string, line int) string {
	if isPlain(raw) {
		return raw
	}
	decoded := c.charset.decodeCell(raw)
	if decoded != raw && c.recoded == 0 {
		c.recoded = line
	}
	return Clean(decoded)
}

// dropAddress drops a cell that is nothing but an e-mail or IP address.
func (c *converter) dropAddress(f *field, s string) string {
	if c.people && !f.identity && isAddress(s) {
		c.addresses++
		return ""
	}
	return s
}

func (c *converter) convertNumber(read func(s string, decimal byte) (string, byte, error), s string, h *header,
	line int,
) (string, error) {
	number, mark, err := read(s, c.decimal)
	if mark != 0 && err == nil {
		if h.column == nil {
			h.column = &column{}
		}
		err = h.column.weighMark(mark, line)
	}
	return number, err
}

func (c *converter) convertDate(s string, h *header) (string, error) {
	iso, err := parseISO(s)
	if err == nil && (iso.zoned || !iso.clock && h.zone == nil && c.dates.zone == nil) {
		return s, nil // Time reads it the same way
	}
	if h.column == nil {
		h.column = &column{}
	}
	c.dates.column = h.column
	t, err := c.dates.parseDate(s, h.zone)
	if errors.Is(err, errAmbiguous) && c.prove != nil {
		if err := c.prove(); err != nil {
			return "", err
		}
		c.dates.column = h.column
		t, err = c.dates.parseDate(s, h.zone)
	}
	if err != nil {
		return "", err
	}
	return t.Format(time.RFC3339Nano), nil
}

// convertList splits a cell into items. In a column of a multiple-choice question, a ticked box
// means the column's choice.
func (c *converter) convertList(f *field, h *header, s string) string {
	if h.choice != "" {
		switch ticked, err := canonicalBool(s); {
		case err != nil:
			return c.dropAddress(f, s) // the choice's own text, with its commas
		case ticked == "false":
			return ""
		}
		return h.choice
	}
	var items []string
	for _, item := range c.splitCell(f.kind, s) {
		if item = c.dropAddress(f, strings.TrimSpace(item)); item != "" {
			items = append(items, item)
		}
	}
	return strings.Join(items, itemSeparator)
}

// splitCell cuts a cell into items: at the declared separator, else at semicolons,
// else at commas, line breaks and, for words, white space.
func (c *converter) splitCell(k kind, s string) []string {
	switch {
	case c.separator != "":
		return strings.Split(s, c.separator)
	case strings.ContainsRune(s, ';'):
		return strings.Split(s, ";")
	}
	separators := ",\n"
	if k == wordsKind {
		separators = ", \t\n"
	}
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) })
}

// convertArray reads the items of a JSON array.
func (c *converter) convertArray(f *field, raw string) (string, error) {
	if f.kind != listKind && f.kind != wordsKind {
		return "", errors.New("a list, want one value")
	}
	var items []string
	for item := range strings.SplitSeq(raw[1:], itemSeparator) {
		if item = c.dropAddress(f, Clean(item)); item != "" {
			items = append(items, item)
		}
	}
	return strings.Join(items, itemSeparator), nil
}

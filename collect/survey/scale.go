package survey

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// decideScale finds the scale of a question without declared words, and reads its words and
// numbers. Several scales that fit give the words no meaning, unless they agree.
func (q *question) decideScale(v *vocabulary) {
	fitting := q.findScales(v)
	q.fitting = fitting
	var s *scale
	if len(fitting) > 0 {
		s = fitting[0]
	}
	q.decideNumbers(s)
	if s == nil || q.kind == itemKind && s.size != q.points() {
		return
	}
	figures, most := q.countFigures(s)
	for _, c := range q.list {
		point, known := s.point[c.text]
		if !known || c.isNumber {
			continue
		}
		if most && (figures[point] || point != 0 && point != s.size-1 && 2*point != s.size-1) {
			continue
		}
		value, positive := float64(point)+q.low, sign(cmp.Compare(2*point, s.size-1))
		agree := !slices.ContainsFunc(fitting[1:], func(other *scale) bool {
			p, ok := other.point[c.text]
			if q.kind == opinionKind {
				return ok && !sameSign(sign(cmp.Compare(2*p, other.size-1)), positive)
			}
			return ok && (p != point || other.size != s.size)
		})
		if agree {
			c.known, c.value, c.positive = true, value, positive
		}
	}
	if !most {
		q.dropAmbiguous(fitting)
	}
}

// countFigures returns the points of a scale that a column has as numbers without a label, and
// whether most answers are such numbers. Then only the words of the ends and of the middle that
// have no number are labels of points.
func (q *question) countFigures(s *scale) (points map[int]bool, most bool) {
	points = map[int]bool{}
	numbers, words := 0, 0
	for _, c := range q.list {
		switch _, word := s.point[c.text]; {
		case c.isNumber && c.known && c.number.label == "":
			points[int(c.value-q.low)] = true
			numbers += c.n
		case word:
			words += c.n
		}
	}
	return points, numbers > words
}

// dropAmbiguous takes the meaning of all words if one of them is ambiguous: a scale that is
// half understood is biased.
func (q *question) dropAmbiguous(fitting []*scale) {
	isWord := func(c *cell) bool {
		_, known := fitting[0].point[c.text]
		return known && !c.isNumber
	}
	if !slices.ContainsFunc(q.list, func(c *cell) bool { return isWord(c) && !c.known }) {
		return
	}
	for _, c := range q.list {
		if isWord(c) {
			c.known = false
		}
	}
}

func sameSign(a, b *bool) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }

// points returns the number of points of the question's scale.
func (q *question) points() int { return int(q.high-q.low) + 1 }

// findScales returns the scales that fit the words of a column: those with the most answers.
// Among them, those of the question's size are first. It returns none if so many answers are
// words of other scales that the column mixes scales.
func (q *question) findScales(v *vocabulary) []*scale {
	covered := make([]int, len(v.scales))
	all, most := 0, 0
	for _, c := range q.list {
		if !v.hasScaleWord(c.word()) {
			continue
		}
		all += c.n
		for i := range v.scales {
			if _, ok := v.scales[i].point[c.word()]; ok {
				covered[i] += c.n
				most = max(most, covered[i])
			}
		}
	}
	if all == 0 || fact.IsBiased(all, all-most) {
		return nil
	}
	var fitting []*scale
	for i := range v.scales {
		if covered[i] == most {
			fitting = append(fitting, &v.scales[i])
		}
	}
	return q.preferScales(fitting)
}

// preferScales drops the scales on which two answers of the column are one point, if another
// scale tells them apart, and then those of another size than the question's, if there is one
// of its size.
func (q *question) preferScales(fitting []*scale) []*scale {
	keep := func(is func(*scale) bool) {
		if slices.ContainsFunc(fitting, is) {
			fitting = slices.DeleteFunc(fitting, func(s *scale) bool { return !is(s) })
		}
	}
	collisions := func(s *scale) int {
		n, at := 0, map[int]string{}
		for _, c := range q.list {
			if p, ok := s.point[c.word()]; ok {
				if was, taken := at[p]; taken && was != c.word() {
					n++
				}
				at[p] = c.word()
			}
		}
		return n
	}
	fewest := -1
	for _, s := range fitting {
		if n := collisions(s); fewest < 0 || n < fewest {
			fewest = n
		}
	}
	keep(func(s *scale) bool { return collisions(s) == fewest })
	if q.kind == itemKind {
		keep(func(s *scale) bool { return s.size == q.points() })
	}
	return fitting
}

// hasScaleWord reports whether a folded text is a word of a scale.
func (v *vocabulary) hasScaleWord(text string) bool {
	return slices.ContainsFunc(v.scales, func(s scale) bool { _, ok := s.point[text]; return ok })
}

// findNext returns the way to make an answer understood. It quotes only words of our own lists.
func (q *question) findNext(v *vocabulary, c *cell, file string) string {
	switch {
	case c.text == twoAnswers:
		return "two columns have different answers of one person: correct branches in " + file
	case q.kind == scoreKind:
		return q.findNextScore(v, c, file)
	case q.kind == opinionKind:
		if len(q.opinion) > 0 {
			return fmt.Sprintf("list them under positive, neutral or negative of feature %q in %s", q.feature.Feature, file)
		}
		return fmt.Sprintf("set positive, negative and neutral of feature %q in %s", q.feature.Feature, file)
	}
	at := fmt.Sprintf("item %q in %s", q.item.ID, file)
	fitting := q.fitting
	switch {
	case c.isNumber && q.whole && !c.number.isWhole():
		return "answers are whole numbers: set fractions = true of " + at + " if they may have decimals"
	case c.isNumber && c.number.label != "" && c.number.value >= q.low && c.number.value <= q.high:
		return "their numbers run against their words: map them under [item.words] of " + at
	case c.isNumber:
		return fmt.Sprintf("the scale is %g to %g: set min and max of %s", q.low, q.high, at)
	case len(q.words) > 0 || !v.hasScaleWord(c.text):
		return "map them under [item.words] of " + at
	case len(fitting) == 0:
		return "the column mixes the words of several scales: map them under [item.words] of " + at
	case fitting[0].size != q.points():
		return fmt.Sprintf("their words are of a scale with %d points: set min and max of %s", fitting[0].size, at)
	}
	return "several scales have these words: map them under [item.words] of " + at
}

// findNextScore proposes the value of a known label.
func (q *question) findNextScore(v *vocabulary, c *cell, file string) string {
	switch {
	case len(v.highest[c.text]) > 0:
		return fmt.Sprintf("map them under [nps_words] in %s, for example %q = 10", file, c.text)
	case len(v.lowest[c.text]) > 0:
		return fmt.Sprintf("map them under [nps_words] in %s, for example %q = 0", file, c.text)
	case c.isNumber && q.isRecoded():
		return "the numbers seem to be recoded from 1 to 11: export the choice text, or map each number under [nps_words] in " + file
	case c.between:
		return "there is no whole number from 0 to 10 in it: correct nps in " + file + " if it names another question"
	case c.isNumber:
		return "a score is a whole number from 0 to 10: correct nps in " + file + " if it names another question"
	}
	return "map them under [nps_words] in " + file
}

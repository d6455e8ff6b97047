package chart

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/render/format"
)

// Likert is the agreement with questions: one bar of a hundred percent each, from disagreement
// on the left to agreement on the right.
type Likert struct {
	ID        string // prefix of the IDs inside; unique on its page
	Title     string
	Desc      string
	Levels    [5]string // from "strongly disagree" to "strongly agree"
	Upper     string    // the word for the two upper levels; "" is "agree"
	Questions []Question
}

// Question is one item of a survey with the number of answers at each level.
type Question struct {
	Text   string
	Counts [5]int
}

func (q *Question) n() int {
	n := 0
	for _, c := range q.Counts {
		n += c
	}
	return n
}

var likertClasses = [5]string{"k1", "k4", "k2", "k5", "k3"}

// likertHead is the height of the legend, and likertBar is the height of a bar.
const likertHead, likertBar = 22, 14

// Name implements Chart.
func (l *Likert) Name() (id, title, desc string) { return l.ID, l.Title, l.Desc }

// Height implements Chart.
func (l *Likert) Height() float64 {
	h := float64(likertHead)
	for i := range l.Questions {
		h += l.rowHeight(&l.Questions[i])
	}
	return h
}

func (l *Likert) rowHeight(q *Question) float64 {
	return headingHeight(q.Text, l.agreeText(q)) + barTop + likertBar + rowGap
}

// AppendSVG implements Chart.
func (l *Likert) AppendSVG(dst []byte) []byte {
	height := l.Height()
	dst = appendOpen(dst, l.ID, height, l.Title, l.describe())
	dst = appendView(dst, height)
	y := float64(likertHead)
	for i := range l.Questions {
		q := &l.Questions[i]
		dst = q.appendBar(dst, y+headingHeight(q.Text, l.agreeText(q))+barTop)
		y += l.rowHeight(q)
	}
	dst = append(dst, `</svg>`...)
	dst = appendLabel(dst, "kt1", 0, 12, atStart, "← "+l.Levels[0])
	dst = appendLabel(dst, "kt3", viewWidth, 12, atEnd, l.Levels[4]+" →")
	y = likertHead
	for i := range l.Questions {
		dst = appendHeadingText(dst, y, l.Questions[i].Text, l.agreeText(&l.Questions[i]))
		y += l.rowHeight(&l.Questions[i])
	}
	return append(dst, `</svg>`...)
}

// appendBar stacks the levels of one question.
func (q *Question) appendBar(dst []byte, top float64) []byte {
	n := q.n()
	if n == 0 {
		dst = appendPath(dst, "x")
		dst = appendBox(dst, 0, top, viewWidth, top+likertBar)
		return append(dst, closePath...)
	}
	seen := 0
	for i, c := range q.Counts {
		if c > 0 {
			dst = appendPath(dst, likertClasses[i])
			dst = appendBox(dst, viewWidth*float64(seen)/float64(n), top, viewWidth*float64(seen+c)/float64(n), top+likertBar)
			dst = append(dst, closePath...)
		}
		seen += c
	}
	return dst
}

// agreeText returns the share of answers at the two upper levels: "64 % agree".
func (l *Likert) agreeText(q *Question) string {
	n := q.n()
	if n == 0 {
		return "no data"
	}
	return format.Share(float64(q.Counts[3]+q.Counts[4])/float64(n)) + " " + cmp.Or(l.Upper, "agree")
}

func (l *Likert) describe() string {
	var b strings.Builder
	b.WriteString(l.Desc)
	for i := range l.Questions {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(l.Questions[i].Text + ": " + l.agreeText(&l.Questions[i]) + ".")
	}
	return b.String()
}

// Table implements Chart.
func (l *Likert) Table() Table {
	t := Table{Head: []Column{{"Question", false}}}
	for _, level := range l.Levels {
		t.Head = append(t.Head, Column{level, true})
	}
	t.Head = append(t.Head, Column{"n", true})
	for i := range l.Questions {
		q := &l.Questions[i]
		cells := []string{q.Text}
		for _, c := range q.Counts {
			cells = append(cells, format.Count(c))
		}
		t.Rows = append(t.Rows, Row{Cells: append(cells, format.Count(q.n())), Gap: q.n() == 0})
	}
	return t
}

// Records implements Chart.
func (l *Likert) Records() [][]string {
	out := [][]string{append(append([]string{"question"}, l.Levels[:]...), "n")}
	for i := range l.Questions {
		q := &l.Questions[i]
		row := []string{q.Text}
		for _, c := range q.Counts {
			row = append(row, strconv.Itoa(c))
		}
		out = append(out, append(row, strconv.Itoa(q.n())))
	}
	return out
}

// AppendOption implements Chart. It appends nothing: the picture has every number.
func (l *Likert) AppendOption(dst []byte) []byte { return dst }

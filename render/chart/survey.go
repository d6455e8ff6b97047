package chart

import (
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/render/format"
)

// Distribution is the distribution of the answers to the recommendation question, 0 to 10, in
// the three classes of the net promoter score.
type Distribution struct {
	ID     string // prefix of the IDs inside; unique on its page
	Title  string
	Desc   string
	Counts [11]int
}

// The classes of the net promoter score.
var npsClasses = [3]struct {
	name, class string
	from, to    int
}{{"detractors", "neg", 0, 6}, {"passives", "track", 7, 8}, {"promoters", "pos", 9, 10}}

// The measures of a distribution in pixels: the heights of the highest bar, of the whole
// picture, and the place of the numbers below.
const (
	distTop    = 24
	distBottom = 134
	distHeight = 154
)

// Name implements Chart.
func (d *Distribution) Name() (id, title, desc string) { return d.ID, d.Title, d.Desc }

// Height implements Chart.
func (d *Distribution) Height() float64 { return distHeight }

// sum returns the number of answers from score from to score to, both included.
func (d *Distribution) sum(from, to int) int {
	n := 0
	for _, c := range d.Counts[from : to+1] {
		n += c
	}
	return n
}

// AppendSVG implements Chart.
func (d *Distribution) AppendSVG(dst []byte) []byte {
	highest := 1
	for _, c := range d.Counts {
		highest = max(highest, c)
	}
	dst = appendOpen(dst, d.ID, distHeight, d.Title, d.describe())
	const slot = 100.0 / 11
	for i, c := range d.Counts {
		top := distBottom - (distBottom-distTop)*float64(c)/float64(highest)
		x := float64(i) * slot
		if c > 0 {
			dst = appendColumn(dst, classOf(i), x+slot*0.05, slot*0.9, top)
		}
		dst = appendLabel(dst, "t", (x+slot/2)*10, distHeight-3, atMiddle, strconv.Itoa(i))
		if text := format.Count(c); c > 0 && len(text) <= mostDigits {
			dst = appendLabel(dst, "v", (x+slot/2)*10, top-4, atMiddle, text)
		}
	}
	dst = appendRule(dst, "base", 0, 100, distBottom, distBottom)
	return append(dst, `</svg>`...)
}

// mostDigits is the length of the longest count that has room above its bar on a phone. The
// table has all of them.
const mostDigits = 3

// classOf returns the class of the bar of an answer.
func classOf(answer int) string {
	for i := range npsClasses {
		if answer <= npsClasses[i].to {
			return npsClasses[i].class
		}
	}
	return ""
}

func appendColumn(dst []byte, class string, x, width, top float64) []byte {
	dst = append(dst, `<rect class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" width="`...)
	dst = appendNum(dst, width)
	dst = append(dst, `%" y="`...)
	dst = appendNum(dst, top)
	dst = append(dst, `" height="`...)
	dst = appendNum(dst, distBottom-top)
	return append(dst, closePath...)
}

// classText returns the share of a class: "12 % detractors".
func (d *Distribution) classText(i int) string {
	all := d.sum(0, 10)
	if all == 0 {
		return npsClasses[i].name
	}
	n := d.sum(npsClasses[i].from, npsClasses[i].to)
	return format.Share(float64(n)/float64(all)) + " " + npsClasses[i].name
}

func (d *Distribution) describe() string {
	parts := make([]string, 0, 4)
	if d.Desc != "" {
		parts = append(parts, d.Desc)
	}
	for i := range npsClasses {
		parts = append(parts, d.classText(i)+".")
	}
	return strings.Join(parts, " ")
}

// Table implements Chart.
func (d *Distribution) Table() Table {
	t := Table{Head: []Column{{"Answer", false}, {"Answers", true}, {"Class", false}}}
	for _, class := range npsClasses {
		for i := class.from; i <= class.to; i++ {
			t.Rows = append(t.Rows, Row{Cells: []string{strconv.Itoa(i), format.Count(d.Counts[i]), class.name}})
		}
	}
	return t
}

// Records implements Chart.
func (d *Distribution) Records() [][]string {
	out := [][]string{{"answer", "answers", "class"}}
	for _, class := range npsClasses {
		for i := class.from; i <= class.to; i++ {
			out = append(out, []string{strconv.Itoa(i), strconv.Itoa(d.Counts[i]), class.name})
		}
	}
	return out
}

// AppendOption implements Chart. It appends nothing: the picture has every number.
func (d *Distribution) AppendOption(dst []byte) []byte { return dst }

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
}{{"detractors", "k1", 0, 6}, {"passives", "k2", 7, 8}, {"promoters", "k3", 9, 10}}

// Name implements Chart.
func (d *Distribution) Name() (id, title, desc string) { return d.ID, d.Title, d.Desc }

// Height implements Chart.
func (d *Distribution) Height() float64 { return 2*lineHead + lineBody - 30 + lineFoot }

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
	top, bottom, highest := 2.0*lineHead, d.Height()-lineFoot, 1
	for _, c := range d.Counts {
		highest = max(highest, c)
	}
	slot := float64(viewWidth) / 11
	dst = appendOpen(dst, d.ID, d.Height(), d.Title, d.describe())
	dst = appendView(dst, d.Height())
	y := func(n int) float64 { return bottom - (bottom-top)*float64(n)/float64(highest) }
	for _, class := range npsClasses {
		dst = appendPath(dst, class.class)
		for i := class.from; i <= class.to; i++ {
			dst = appendBox(dst, float64(i)*slot+8, y(d.Counts[i]), float64(i+1)*slot-8, bottom)
		}
		dst = append(dst, closePath...)
	}
	dst = append(dst, `</svg>`...)
	for i, c := range d.Counts {
		x := (float64(i) + 0.5) * slot
		dst = appendLabel(dst, "t", x, bottom+15, atMiddle, strconv.Itoa(i))
		dst = appendLabel(dst, "t", x, y(c)-4, atMiddle, format.Count(c))
	}
	dst = appendLabel(dst, "kt1", 0, 12, atStart, d.classText(0))
	dst = appendLabel(dst, "t", viewWidth/2, 12, atMiddle, d.classText(1))
	dst = appendLabel(dst, "kt3", viewWidth, 12, atEnd, d.classText(2))
	return append(dst, `</svg>`...)
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

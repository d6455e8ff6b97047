package chart

import (
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/render/format"
)

// Ranks is an order over time, the first rank at the top: a bump chart. It has no interactive
// form. Names are at the ends of their lines, so that readers need not compare colours.
type Ranks struct {
	ID    string // prefix of the IDs inside; unique on its page
	Title string
	Desc  string
	At    []time.Time // chronological; an order applies until the next one, the last applies now
	Lines []RankLine
}

// RankLine is the line of one item, with its rank at each time; 0 without a rank.
type RankLine struct {
	Name   string
	Places []int
	Scores []float64 // one for each rank
}

// Sizes in a bump chart. A name is above the end of its line.
const (
	rankHead  = 4
	rankRow   = 36
	rankText  = 13
	rankMid   = 24
	rankLeft  = 60 // start of the lines; the ranks are left of it
	plotRight = 975
	rankSlant = 0.6 // part of the step for the move of a line to its next rank
)

// Name implements Chart.
func (r *Ranks) Name() (id, title, desc string) { return r.ID, r.Title, r.Desc }

// Height implements Chart.
func (r *Ranks) Height() float64 { return float64(rankHead + r.lastIndex()*rankRow + lineFoot) }

// lastIndex returns the lowest rank of any item at any time, at least 1.
func (r *Ranks) lastIndex() int {
	last := 1
	for i := range r.Lines {
		last = max(last, slices.Max(append([]int{0}, r.Lines[i].Places...)))
	}
	return last
}

func (r *Ranks) y(place int) float64 { return float64(rankHead + (place-1)*rankRow + rankMid) }

func (r *Ranks) x(t time.Time) float64 {
	from, to := r.At[0], r.At[len(r.At)-1]
	if !to.After(from) {
		return plotRight
	}
	return rankLeft + (plotRight-rankLeft)*float64(t.Sub(from))/float64(to.Sub(from))
}

// AppendSVG implements Chart.
func (r *Ranks) AppendSVG(dst []byte) []byte {
	height := r.Height()
	dst = appendOpen(dst, r.ID, height, r.Title, r.Desc)
	if len(r.At) == 0 {
		return append(dst, `</svg>`...)
	}
	dst = appendView(dst, height)
	dst = appendPath(dst, "g")
	for place := 1; place <= r.lastIndex(); place++ {
		dst = appendXY(dst, 'M', rankLeft, r.y(place))
		dst = append(dst, "H1000"...)
	}
	dst = append(dst, closePath...)
	for i := range r.Lines {
		dst = r.appendLine(dst, &r.Lines[i])
	}
	dst = append(dst, `</svg>`...)
	for place := 1; place <= r.lastIndex(); place++ {
		dst = appendLabel(dst, "t", 0, r.y(place)+4, atStart, strconv.Itoa(place))
	}
	for i := range r.Lines {
		dst = r.appendEnds(dst, &r.Lines[i])
	}
	for _, t := range timeTicks(r.At[0], r.At[len(r.At)-1]) {
		x, at := r.x(t.At), atMiddle
		switch {
		case x-labelWidth(t.Label)/2 < 0:
			x, at = 0, atStart
		case x+labelWidth(t.Label)/2 > viewWidth:
			x, at = viewWidth, atEnd
		}
		dst = appendLabel(dst, "t", x, height-lineFoot+15, at, t.Label)
	}
	return append(dst, `</svg>`...)
}

// appendLine draws the ranks of one item: level between changes, with a slope at a change.
func (r *Ranks) appendLine(dst []byte, l *RankLine) []byte {
	dst = appendPath(dst, "l")
	before := 0
	for i, place := range l.Places[:min(len(l.Places), len(r.At))] {
		x := r.x(r.At[i])
		switch {
		case place > 0 && before == 0:
			dst = appendXY(dst, 'M', x, r.y(place))
		case place > 0 && place == before:
			dst = append(dst, 'H')
			dst = appendNum(dst, x)
		case place > 0:
			dst = append(dst, 'H')
			dst = appendNum(dst, x-rankSlant*min(x-r.x(r.At[i-1]), rankLeft))
			dst = appendXY(dst, 'L', x, r.y(place))
		case before > 0: // the rank applied until now
			dst = append(dst, 'H')
			dst = appendNum(dst, x)
		}
		before = place
	}
	return append(dst, closePath...)
}

// appendEnds draws a dot at each end of a line, and the name above its last end if the item has
// a rank now.
func (r *Ranks) appendEnds(dst []byte, l *RankLine) []byte {
	before := 0
	for i, place := range l.Places[:min(len(l.Places), len(r.At))] {
		switch {
		case place > 0 && before == 0 && i < len(r.At)-1:
			dst = appendDot(dst, "p", r.x(r.At[i]), r.y(place))
		case place == 0 && before > 0:
			dst = appendDot(dst, "p h", r.x(r.At[i]), r.y(before))
		}
		before = place
	}
	if before == 0 {
		return dst
	}
	dst = appendDot(dst, "p", r.x(r.At[len(r.At)-1]), r.y(before))
	return appendLabel(dst, "n", viewWidth, r.y(before)-rankMid+rankText, atEnd, l.Name)
}

// Table implements Chart. It has a row for each order and a column for each item.
func (r *Ranks) Table() Table {
	t := Table{Head: []Column{{"From", false}}}
	for i := range r.Lines {
		t.Head = append(t.Head, Column{r.Lines[i].Name, true})
	}
	for k, at := range r.At {
		row := Row{Cells: []string{format.Date(at)}}
		for i := range r.Lines {
			cell := ""
			if k < len(r.Lines[i].Places) && r.Lines[i].Places[k] > 0 {
				cell = strconv.Itoa(r.Lines[i].Places[k])
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Records implements Chart. It has a record for each item at each time.
func (r *Ranks) Records() [][]string {
	out := [][]string{{"from", "what", "place", "score"}}
	for k, at := range r.At {
		for i := range r.Lines {
			l := &r.Lines[i]
			if k < len(l.Places) && l.Places[k] > 0 {
				score := ""
				if k < len(l.Scores) {
					score = strconv.FormatFloat(l.Scores[k], 'g', 9, 64)
				}
				out = append(out, []string{format.ISO(at), l.Name, strconv.Itoa(l.Places[k]), score})
			}
		}
	}
	return out
}

// AppendOption implements Chart. It appends nothing: the chart is not interactive.
func (r *Ranks) AppendOption(dst []byte) []byte { return dst }

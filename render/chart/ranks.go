package chart

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Ranks is an order over time. It is drawn as a small line for each item, with the first place
// on top, in the rows of a table that has the names.
type Ranks struct {
	At    []time.Time // chronological; an order applies until the next one, the last applies now
	Lines []RankLine
}

// RankLine is the line of one item, with its rank at each time; 0 without a rank.
type RankLine struct {
	Name   string
	Places []int
	Scores []float64 // one for each rank
}

// Sizes of the picture of one line in pixels.
const (
	rankHeight = 36
	rankEdge   = 6
	rankSlant  = 8 // part of the width for the move of a line to its next rank, in viewport units
)

// lastIndex returns the lowest rank of any item at any time, at least 1.
func (r *Ranks) lastIndex() int {
	last := 1
	for i := range r.Lines {
		last = max(last, slices.Max(append([]int{0}, r.Lines[i].Places...)))
	}
	return last
}

// y returns the height of a place; all lines have the same axis.
func (r *Ranks) y(place int) float64 {
	return rankEdge + float64(place-1)*(rankHeight-2*rankEdge)/float64(max(r.lastIndex()-1, 1))
}

func (r *Ranks) x(t time.Time) float64 {
	from, to := r.At[0], r.At[len(r.At)-1]
	if !to.After(from) {
		return viewWidth
	}
	return viewWidth * float64(t.Sub(from)) / float64(to.Sub(from))
}

// AppendLine appends the picture of one line: level between changes, with a slope at a change,
// a dot at its end and a ring where it left the order. The words beside it have its first and
// its last place, so it is hidden from screen readers.
func (r *Ranks) AppendLine(dst []byte, l *RankLine) []byte {
	dst = append(dst, `<svg height="`...)
	dst = appendNum(dst, rankHeight)
	dst = append(dst, `" aria-hidden="true">`...)
	if len(r.At) == 0 {
		return append(dst, `</svg>`...)
	}
	for _, place := range []int{1, r.lastIndex()} {
		dst = appendRule(dst, "grid", 0, 100, r.y(place), r.y(place))
	}
	dst = appendView(dst, rankHeight)
	dst = r.appendSteps(dst, l)
	dst = append(dst, `</svg>`...)
	before := 0
	for i, place := range l.Places[:min(len(l.Places), len(r.At))] {
		if place == 0 && before > 0 {
			dst = appendEnd(dst, "hollow", r.x(r.At[i]), r.y(before))
		}
		before = place
	}
	if before > 0 {
		dst = appendEnd(dst, "dot", viewWidth, r.y(before))
	}
	return append(dst, `</svg>`...)
}

func appendEnd(dst []byte, class string, x, y float64) []byte {
	dst = append(dst, `<circle class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" r="4" cx="`...)
	dst = appendPct(dst, x)
	dst = append(dst, `" cy="`...)
	dst = appendNum(dst, y)
	return append(dst, closePath...)
}

// appendSteps draws the path of one line.
func (r *Ranks) appendSteps(dst []byte, l *RankLine) []byte {
	dst = appendPath(dst, "ln")
	before, at := 0, 0.0
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
			dst = appendNum(dst, max(at, x-rankSlant))
			dst = appendXY(dst, 'L', x, r.y(place))
		case before > 0: // the rank applied until now
			dst = append(dst, 'H')
			dst = appendNum(dst, x)
		}
		before, at = place, x
	}
	return append(dst, closePath...)
}

// Table returns the places: a row for each order and a column for each item.
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

// Records returns a record for each item at each time, after a row of names.
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

// chanceHeight is the height in pixels of the highest bar.
const chanceHeight = 24

// AppendChances appends the chance of each place as small bars, the first place on the left. top
// is the chance of the highest bar in the column. name describes the picture to people who cannot
// see it.
func AppendChances(dst []byte, chances []float64, top float64, name string) []byte {
	dst = append(dst, `<svg height="26" role="img"`...)
	dst = appendAttr(dst, "aria-label", name)
	dst = append(dst, '>')
	step := 100 / float64(max(len(chances), 4))
	for i, c := range chances {
		if !(c >= 0.005) || !(top > 0) {
			continue
		}
		height := chanceHeight * min(c/top, 1)
		dst = append(dst, `<rect class="bar" x="`...)
		dst = appendNum(dst, float64(i)*step)
		dst = append(dst, `%" width="`...)
		dst = appendNum(dst, step*0.8)
		dst = append(dst, `%" y="`...)
		dst = appendNum(dst, chanceHeight+1-height)
		dst = append(dst, `" height="`...)
		dst = appendNum(dst, height)
		dst = append(dst, closePath...)
	}
	dst = appendRule(dst, "base", 0, step*float64(len(chances)), chanceHeight+1, chanceHeight+1)
	return append(dst, `</svg>`...)
}

// NewLogAxis returns an empty gauge with a logarithmic axis from lo to hi, with a little room at
// both ends. Copies of it with a figure share the axis. Both ends must be above zero.
func NewLogAxis(lo, hi float64) Gauge { return Gauge{Min: lo / 1.25, Max: hi * 1.25, Log: true} }

// logTicks returns at most six round numbers on a logarithmic axis.
func (g *Gauge) logTicks() []float64 {
	for _, steps := range [][]float64{{1, 3}, {1}} {
		var out []float64
		for power := -12; power <= 15; power++ {
			for _, m := range steps {
				if v := m * math.Pow10(power); v >= g.Min && v <= g.Max {
					out = append(out, v)
				}
			}
		}
		if len(out) > 0 && len(out) <= 6 {
			return out
		}
	}
	return nil
}

// AppendLogLabels appends the labels of a logarithmic axis.
func AppendLogLabels(dst []byte, axis *Gauge) []byte {
	dst = append(dst, `<svg height="18" aria-hidden="true">`...)
	for _, v := range axis.logTicks() {
		x, _ := axis.at(v)
		dst = appendBarText(dst, "", x, 0, 14, atMiddle, format.Value(v, metric.Number))
	}
	return append(dst, `</svg>`...)
}

// AppendLogGrid appends the lines of a logarithmic axis over the height of a cell.
func AppendLogGrid(dst []byte, axis *Gauge) []byte {
	dst = append(dst, `<svg class="lines" aria-hidden="true">`...)
	for _, v := range axis.logTicks() {
		x, _ := axis.at(v)
		dst = appendUpright(dst, "grid", x)
	}
	return append(dst, `</svg>`...)
}

// AppendStack appends parts of a whole side by side; mark is a threshold as a share of the
// whole, 0 for none. The first part is the measured one that the threshold is about.
func AppendStack(dst []byte, parts []float64, mark float64) []byte {
	total, from := 0.0, 0.0
	for _, v := range parts {
		total += max(v, 0)
	}
	dst = append(dst, `<svg height="40" aria-hidden="true">`...)
	for i, class := range []string{"bar", "band", "track"} {
		if i >= len(parts) || !(total > 0) || !(parts[i] > 0) {
			continue
		}
		share := 100 * parts[i] / total
		dst = append(dst, `<rect class="`...)
		dst = append(dst, class...)
		dst = append(dst, `" x="`...)
		dst = appendNum(dst, from)
		dst = append(dst, `%" width="`...)
		dst = appendNum(dst, share)
		dst = append(dst, `%" y="4" height="32"/>`...)
		from += share
	}
	if mark > 0 && mark < 1 {
		dst = appendUpright(dst, "thr", 100*mark)
	}
	return append(dst, `</svg>`...)
}

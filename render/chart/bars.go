package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Bars are counts over time, one bar a week, always from zero. A week without data has no bar
// and is shaded, because it is not a week with a count of zero.
type Bars struct {
	ID     string // prefix of the IDs inside; unique on its page
	Title  string
	Desc   string // for people who cannot see the chart; a summary of the numbers follows it
	Unit   metric.Unit
	Points []metric.Point // chronological, a gap is a Point without a Value
	Target *metric.Target
}

// Name implements Chart.
func (b *Bars) Name() (id, title, desc string) { return b.ID, b.Title, b.Desc }

// Table implements Chart.
func (b *Bars) Table() Table { return pointTable(b.Title, b.Points, b.Unit) }

// Records implements Chart.
func (b *Bars) Records() [][]string { return pointRecords(b.Points, b.Unit) }

// Height implements Chart.
func (b *Bars) Height() float64 { return lineHead + lineBody + lineFoot }

func (b *Bars) plan() plan {
	p := newPlan(b.Points, plotLeft)
	// The axis has half a step more on both sides, for the halves of the outermost bars.
	p.from, p.to = p.from.Add(-p.gap/3), p.to.Add(p.gap/3)
	p.stretch()
	lo, hi := (&Line{Points: p.points, Target: b.Target}).bounds()
	p.scale = newScale(math.Min(lo, 0), math.Max(hi, 0), b.Unit, true)
	p.top, p.bottom, p.height = lineHead, lineHead+lineBody, b.Height()
	return p
}

// AppendSVG implements Chart.
func (b *Bars) AppendSVG(dst []byte) []byte {
	p := b.plan()
	dst = appendOpen(dst, b.ID, p.height, b.Title, summarise(b.Desc, p.points, b.Unit, b.Target))
	dst = appendView(dst, p.height)
	dst = p.appendGrid(dst)
	if len(p.points) > 0 {
		dst = p.appendGaps(dst, p.points)
		dst = p.appendBars(dst, false)
		dst = p.appendBars(dst, true)
		dst = p.appendWhiskers(dst)
	}
	dst = p.appendTargetLine(dst, b.Target)
	dst = append(dst, `</svg>`...)
	dst = p.appendAxes(dst, b.Unit)
	dst = appendValueLabels(dst, &p, b.Unit, b.Target)
	return append(dst, `</svg>`...)
}

// appendBars draws the final bars, or the provisional ones.
func (p *plan) appendBars(dst []byte, provisional bool) []byte {
	half := (p.x(p.from.Add(p.gap)) - p.left) / 3 * 0.76
	open := false
	for i := range p.points {
		pt := &p.points[i]
		v, ok := finiteValue(pt.Value)
		if !ok || pt.Provisional != provisional {
			continue
		}
		if !open {
			class := "b"
			if provisional {
				class = "b h"
			}
			dst, open = appendPath(dst, class), true
		}
		x := p.x(pt.At)
		dst = appendBox(dst, x-half, p.y(v), x+half, p.y(0))
	}
	if open {
		dst = append(dst, closePath...)
	}
	return dst
}

// appendWhiskers draws the intervals as strokes.
func (p *plan) appendWhiskers(dst []byte) []byte {
	open := false
	for i := range p.points {
		lo, hi, ok := p.rangeEnds(&p.points[i])
		if !ok {
			continue
		}
		if !open {
			dst, open = appendPath(dst, "w"), true
		}
		dst = appendXY(dst, 'M', p.x(p.points[i].At), p.y(lo))
		dst = append(dst, 'V')
		dst = appendNum(dst, p.y(hi))
	}
	if open {
		dst = append(dst, closePath...)
	}
	return dst
}

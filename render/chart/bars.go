package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Bars are counts over time, one bar a week, always from zero. A week without data has no bar
// and is hatched, because it is not a week with a count of zero.
type Bars struct {
	ID      string // prefix of the IDs inside; unique on its page
	Title   string
	Desc    string // for people who cannot see the chart; a summary of the numbers follows it
	Unit    metric.Unit
	Points  []metric.Point // chronological, a gap is a Point without a Value
	Target  *metric.Target
	Marks   []Mark // as in a Line
	Windows []Mark // as in a Line
}

// Name implements Chart.
func (b *Bars) Name() (id, title, desc string) { return b.ID, b.Title, b.Desc }

// Table implements Chart.
func (b *Bars) Table() Table { return pointTable(b.Title, b.Points, b.Unit, b.Marks) }

// Records implements Chart.
func (b *Bars) Records() [][]string { return pointRecords(b.Points, b.Unit) }

// Height implements Chart.
func (b *Bars) Height() float64 { p := b.plan(); return p.height }

// bounds returns the range of the axis, with zero.
func (b *Bars) bounds() (lo, hi float64) {
	lo, hi = (&Line{Points: b.Points, Target: b.Target}).bounds()
	return math.Min(lo, 0), math.Max(hi, 0)
}

func (b *Bars) plan() plan {
	p := newPlan(b.Points)
	lo, hi := b.bounds()
	p.scale = newScale(lo, hi, b.Unit, true)
	rowCount := 0
	p.rows, rowCount = p.markRows(b.Marks)
	p.setHeight(rowCount, 0)
	return p
}

// AppendSVG implements Chart.
func (b *Bars) AppendSVG(dst []byte) []byte {
	p := b.plan()
	dst = p.appendOpen(dst, b.Title, summarise(b.Desc, p.points, b.Unit, b.Target))
	dst = p.appendShades(dst, b.ID, b.Windows, b.Marks)
	dst = p.appendView(dst)
	dst = p.appendGrid(dst)
	dst = p.appendBars(dst, false)
	dst = p.appendBars(dst, true)
	dst = p.appendWhiskers(dst)
	dst = p.appendMarkLines(dst, b.Marks)
	dst = p.appendLevels(dst, b.Target, nil)
	dst = append(dst, `</svg>`...)
	dst = p.appendAxes(dst, b.Unit)
	dst = p.appendClipped(dst, b.Unit)
	dst = p.appendMarkLabels(dst, b.Marks)
	dst = p.appendLevelLabels(dst, b.Target, nil, b.Unit, b.Windows)
	dst = p.appendValues(dst, bars, b.Unit, b.Windows)
	return append(dst, `</svg>`...)
}

// AppendSpark appends the bars of a tile; the style sheet sets its height.
func (b *Bars) AppendSpark(dst []byte) []byte {
	p := newPlan(b.Points)
	lo, hi := b.bounds()
	p.sparkScale(lo, hi, b.Unit)
	dst = p.appendSparkOpen(dst, b.Title, summarise(b.Desc, p.points, b.Unit, b.Target))
	dst = p.appendShades(dst, b.ID, b.Windows, b.Marks)
	dst = p.appendView(dst)
	dst = p.appendGrid(dst)
	dst = p.appendBars(dst, false)
	dst = p.appendBars(dst, true)
	dst = append(dst, `</svg>`...)
	dst = p.appendSparkLabels(dst, b.Unit, b.Windows)
	return append(dst, `</svg>`...)
}

// appendBars draws the final bars, or the provisional ones.
func (p *plan) appendBars(dst []byte, provisional bool) []byte {
	open := false
	for i := range p.points {
		pt := &p.points[i]
		v, ok := finiteValue(pt.Value)
		if !ok || pt.Provisional != provisional {
			continue
		}
		if !open {
			class := "bar"
			if provisional {
				class = "bar un"
			}
			dst, open = appendPath(dst, class), true
		}
		x, y, zero := p.ux(pt.At), p.uy(v), p.uy(0)
		if y == zero {
			continue
		}
		dst = append(dst, 'M')
		dst = append(appendInt(dst, x-weekUnits*2/5), ' ')
		dst = append(appendInt(dst, zero), 'V')
		dst = append(appendInt(dst, y), 'h')
		dst = append(appendInt(dst, weekUnits*4/5), 'V')
		dst = append(appendInt(dst, zero), 'z')
	}
	if open {
		dst = append(dst, closePath...)
	}
	return dst
}

// appendWhiskers draws the intervals as strokes.
func (p *plan) appendWhiskers(dst []byte) []byte {
	var at pen
	open := false
	for i := range p.points {
		lo, hi, ok := rangeEnds(&p.points[i])
		if !ok {
			continue
		}
		if !open {
			dst, open = appendPath(dst, "whisk"), true
		}
		dst = at.move(dst, p.ux(p.points[i].At), p.uy(lo))
		dst = at.line(dst, at[0], p.uy(hi))
	}
	if open {
		dst = append(dst, closePath...)
	}
	return dst
}

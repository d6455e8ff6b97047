package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// appendGrid draws a line for each tick; the lowest is the axis.
func (p *plan) appendGrid(dst []byte) []byte {
	dst = appendPath(dst, "grid")
	for i := 1; i <= p.ticks(); i++ {
		dst = p.appendAcross(dst, p.uy(p.lo+float64(i)*p.step))
	}
	dst = append(dst, closePath...)
	dst = appendPath(dst, "base")
	dst = p.appendAcross(dst, int(math.Round(p.bottom*p.grow)))
	if p.lo < 0 && p.hi > 0 {
		dst = p.appendAcross(dst, p.uy(0))
	}
	return append(dst, closePath...)
}

// appendAcross appends a line over the whole width to a path.
func (p *plan) appendAcross(dst []byte, y int) []byte {
	dst = append(dst, "M0 "...)
	dst = appendInt(dst, y)
	dst = append(dst, 'h')
	return appendInt(dst, int(p.width))
}

// appendValueAxis writes the labels of the ticks in the margin. Only the topmost has the unit:
// it is above its line, with room to the right.
func (s *scale) appendValueAxis(dst []byte, axis format.Axis, u metric.Unit) []byte {
	for i := 0; i < s.ticks(); i++ {
		v := s.lo + float64(i)*s.step
		dst = appendWords(dst, "", 0, s.y(v)+5, -8, atEnd, axis.Tick(v))
	}
	top := axis.Label(s.hi)
	if unit := axis.Unit(); unit != "" {
		top += " " + unit
	}
	return appendWords(dst, "halo", 0, s.top-6, -sideMargin, atStart, top)
}

// axis returns the format of the labels.
func (s *scale) axis(u metric.Unit) format.Axis {
	return format.NewAxis(math.Max(s.hi, -s.lo), s.step, u)
}

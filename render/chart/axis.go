package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// appendGrid draws a line for each tick; the lowest is the axis.
func (s *scale) appendGrid(dst []byte) []byte {
	dst = appendPath(dst, "g")
	for i := 1; i <= s.ticks(); i++ {
		dst = appendXY(dst, 'M', 0, s.y(s.lo+float64(i)*s.step))
		dst = append(dst, "H1000"...)
	}
	dst = append(dst, closePath...)
	dst = appendPath(dst, "a")
	dst = appendXY(dst, 'M', 0, s.bottom)
	dst = append(dst, "H1000"...)
	if s.lo < 0 && s.hi > 0 {
		dst = appendXY(dst, 'M', 0, s.y(0))
		dst = append(dst, "H1000"...)
	}
	return append(dst, closePath...)
}

// appendValueAxis writes the labels of the ticks above their lines.
func (s *scale) appendValueAxis(dst []byte, axis format.Axis) []byte {
	for i := 0; i <= s.ticks(); i++ {
		v := s.lo + float64(i)*s.step
		dst = appendLabel(dst, "t", 0, s.y(v)-4, atStart, axis.Label(v))
	}
	return dst
}

// axis returns the format of the labels.
func (s *scale) axis(u metric.Unit) format.Axis {
	return format.NewAxis(math.Max(s.hi, -s.lo), s.step, u)
}

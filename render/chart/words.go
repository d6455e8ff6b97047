package chart

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// summarise returns a description of a line for people who cannot see it: desc, then the time
// span, the first, last, lowest and highest value, and the gaps.
func summarise(desc string, points []metric.Point, u metric.Unit, target *metric.Target) string {
	var b strings.Builder
	b.Grow(256)
	if desc != "" {
		b.WriteString(desc)
		b.WriteByte(' ')
	}
	var s struct {
		known, provisional     int
		first, last, low, high float64
	}
	for i := range points {
		v, ok := finiteValue(points[i].Value)
		if !ok {
			continue
		}
		if s.known == 0 {
			s.first, s.low, s.high = v, v, v
		}
		s.known++
		s.last, s.low, s.high = v, min(s.low, v), max(s.high, v)
		if points[i].Provisional {
			s.provisional++
		}
	}
	if s.known == 0 {
		b.WriteString("No data.")
		return b.String()
	}
	b.WriteString(format.Date(points[0].At))
	b.WriteString(" to ")
	b.WriteString(format.Date(points[len(points)-1].At))
	for _, part := range [...]struct {
		name string
		v    float64
	}{{": first ", s.first}, {", last ", s.last}, {", lowest ", s.low}, {", highest ", s.high}} {
		b.WriteString(part.name)
		b.WriteString(format.Value(part.v, u))
	}
	b.WriteByte('.')
	if n := len(points) - s.known; n > 0 {
		b.WriteByte(' ')
		b.WriteString(format.Things(n, "points"))
		b.WriteString(" without data.")
	}
	if s.provisional > 0 {
		b.WriteByte(' ')
		b.WriteString(format.Things(s.provisional, "points"))
		b.WriteString(" provisional.")
	}
	if target != nil {
		b.WriteString(" Target ")
		b.WriteString(format.Target(target, u))
		b.WriteByte('.')
	}
	return b.String()
}

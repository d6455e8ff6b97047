package chart

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// ChangeAxis is the axis that the ranges of many changes have in common, with "no change" in
// the middle. It is logarithmic for ratios, so that half and double are equally far from it.
type ChangeAxis struct {
	Relative bool
	End      float64 // the largest factor; for differences the largest difference
}

// The ends that an axis of changes may have. A range beyond the last is cut.
var (
	factors     = []float64{2, 3, 4, 6, 8, 16, 32}
	differences = []float64{0.05, 0.1, 0.2, 0.5, 1}
)

// NewChangeAxis returns the smallest axis with all ranges. A ratio of 0 is beyond any axis, and
// does not count.
func NewChangeAxis(relative bool, ranges []*metric.Range) ChangeAxis {
	ends, far := differences, 0.0
	if relative {
		ends = factors
	}
	for _, r := range ranges {
		switch {
		case r == nil:
		case relative && r.Lo > -1:
			far = max(far, 1+r.Hi, 1/(1+r.Lo))
		case relative:
			far = max(far, 1+r.Hi)
		default:
			far = max(far, math.Abs(r.Lo), math.Abs(r.Hi))
		}
	}
	at, _ := slices.BinarySearch(ends, far)
	return ChangeAxis{relative, ends[min(at, len(ends)-1)]}
}

// Words returns the ends of the axis: "−75 to +300 %".
func (a ChangeAxis) Words() string {
	if a.Relative {
		lo, hi := 1/a.End-1, a.End-1
		return format.RelativeRange(&lo, &hi)
	}
	return format.Signed(-100*a.End) + " to " + format.Signed(100*a.End) + " points"
}

// at returns the position of a change in percent of the width, and reports whether the axis
// reaches it.
func (a ChangeAxis) at(v float64) (pct float64, within bool) {
	share := v / a.End
	if a.Relative {
		share = math.Log1p(v) / math.Log(a.End)
	}
	return 50 + 50*min(max(share, -1), 1), math.Abs(share) <= 1
}

// AppendChangeRange appends the range of a change on a common axis, with a stroke at no change.
// A cut end has an arrow. It is hidden from screen readers: the table has the numbers.
func AppendChangeRange(dst []byte, a ChangeAxis, r metric.Range) []byte {
	from, all := a.at(r.Lo)
	to, reached := a.at(r.Hi)
	dst = append(dst, `<svg height="8" aria-hidden="true">`...)
	dst = appendRule(dst, "rng", from, to, 4, 4)
	dst = append(dst, `<line class="thr" x1="50%" x2="50%" y2="8"/>`...)
	if !all {
		dst = appendGlyph(dst, 0, 4, "", "‹")
	}
	if !reached {
		dst = appendGlyph(dst, 100, 4, "end", "›")
	}
	return append(dst, `</svg>`...)
}

// NiceEnd returns the end of an axis from zero to the largest of its values.
func NiceEnd(largest float64, u metric.Unit) float64 {
	return newScale(0, largest, u, true).hi
}

// AppendBar appends a bar from zero, with the value before as a ring. It is hidden from screen
// readers, because the text beside it has the figures.
func AppendBar(dst []byte, value float64, was *float64, end float64) []byte {
	share := func(v float64) float64 {
		if !(end > 0) {
			return 0
		}
		return 100 * min(max(v/end, 0), 1)
	}
	dst = append(dst, `<svg height="16" aria-hidden="true"><rect class="track" width="100%" y="2" height="12"/>`...)
	dst = append(dst, `<rect class="bar" y="2" height="12" width="`...)
	dst = appendNum(dst, share(value))
	dst = append(dst, `%"/>`...)
	if v, ok := finiteValue(was); ok {
		dst = append(dst, `<circle class="was" cy="8" r="5" cx="`...)
		dst = appendNum(dst, share(v))
		dst = append(dst, `%"/>`...)
	}
	return append(dst, `</svg>`...)
}

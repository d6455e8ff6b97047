package chart

const rangeHeight = 12

// AppendRange appends a point with its range on an axis from zero to top, without labels. A
// column of them shows the ranges that overlap. It is hidden from screen readers, because the
// text beside it has the figures. Numbers that cannot be drawn are left out.
func AppendRange(dst []byte, lo, point, hi, top float64) []byte {
	dst = append(dst, `<svg class="c" width="100%" height="12" aria-hidden="true">`...)
	at := func(v float64) float64 {
		if !(top > 0) {
			return 0
		}
		return rangeEdge + (viewWidth-2*rangeEdge)*min(max(v/top, 0), 1)
	}
	dst = appendView(dst, rangeHeight)
	dst = appendPath(dst, "g")
	dst = appendXY(dst, 'M', at(0), rangeHeight/2)
	dst = append(dst, 'H')
	dst = appendNum(dst, at(top))
	dst = append(dst, closePath...)
	if _, okLo := finiteValue(&lo); okLo {
		if _, okHi := finiteValue(&hi); okHi {
			dst = appendPath(dst, "il")
			dst = appendXY(dst, 'M', at(lo), rangeHeight/2)
			dst = append(dst, 'H')
			dst = appendNum(dst, at(hi))
			dst = append(dst, closePath...)
		}
	}
	dst = append(dst, `</svg>`...)
	if _, ok := finiteValue(&point); ok {
		dst = appendDot(dst, "p", at(point), rangeHeight/2)
	}
	return append(dst, `</svg>`...)
}

// rangeEdge is the margin for the outermost dots, in units of the nested viewport.
const rangeEdge = 20

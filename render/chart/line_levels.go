package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// appendLevels draws the target and the limits. A limit without a name is the edge of the usual
// weeks.
func (p *plan) appendLevels(dst []byte, target *metric.Target, limits []Limit) []byte {
	if target != nil {
		dst = p.appendLevel(dst, "lim aim", target.Value)
	}
	for i := range limits {
		l := &limits[i]
		switch {
		case !l.At.IsZero():
			if !l.At.Before(p.from) && !l.At.After(p.to) {
				x, half := p.ux(l.At), int(p.width/25)
				var at pen
				dst = appendPath(dst, "thr")
				dst = at.move(dst, max(x-half, 0), p.uy(l.Value))
				dst = at.line(dst, min(x+half, int(p.width)), at[1])
				dst = append(dst, closePath...)
			}
		case l.Label == "":
			dst = p.appendLevel(dst, "lim xmr", l.Value)
		default:
			dst = p.appendLevel(dst, "lim", l.Value)
		}
	}
	return dst
}

func (p *plan) appendLevel(dst []byte, class string, v float64) []byte {
	dst = appendPath(dst, class)
	dst = append(dst, "M0 "...)
	dst = appendInt(dst, p.uy(v))
	dst = append(dst, 'h')
	dst = appendInt(dst, int(p.width))
	return append(dst, closePath...)
}

// appendLevelLabels writes the words of the target and the limits beside their lines, where they
// cover no data if there is such a place.
func (p *plan) appendLevelLabels(dst []byte, target *metric.Target, limits []Limit, u metric.Unit, windows []Mark) []byte {
	var taken []float64
	if target != nil {
		dst = p.appendLevelLabel(dst, "halo aimed", target.Value, "target "+format.Target(target, u), windows, &taken)
	}
	named := false
	for i := range limits {
		l := &limits[i]
		switch {
		case !l.At.IsZero():
			dst = p.appendPrediction(dst, l)
		case l.Label != "":
			dst = p.appendLevelLabel(dst, "halo", l.Value, cutLabel(l.Label, levelChars), windows, &taken)
		case !named:
			dst = p.appendLevelLabel(dst, "halo", l.Value, "most weeks", windows, &taken)
			named = true
		}
	}
	return dst
}

// appendLevelLabel writes the words of a level above or below its line, at the start or, without
// windows, at the end. taken has the heights of the labels before.
func (p *plan) appendLevelLabel(dst []byte, class string, v float64, words string, windows []Mark, taken *[]float64) []byte {
	line, width := p.y(p.clip(v)), labelShare(words)+3
	fits := func(end bool, y float64, onData bool) bool {
		from, to := 0.0, width
		if end {
			from, to = 100-width, 100
		}
		return y >= p.top+10 && y <= p.bottom-2 && isFree(*taken, y-8, y+8) &&
			!p.meetsValue(windows, to, y) && (onData || !p.covers(from, to, y-12, y+4))
	}
	best, at, dx := line-5, atStart, 4
	switch {
	case fits(false, line-5, false):
	case fits(false, line+15, false):
		best = line + 15
	case len(windows) == 0 && fits(true, line-5, false):
		at, dx = atEnd, -4
	case len(windows) == 0 && fits(true, line+15, false):
		best, at, dx = line+15, atEnd, -4
	default: // the place on the data that is nearest to the line
		for d := 0.0; d < p.bottom-p.top; d += 4 {
			if fits(false, line-5-d, true) {
				best = line - 5 - d
				break
			}
			if fits(false, line-5+d, true) {
				best = line - 5 + d
				break
			}
		}
	}
	*taken = append(*taken, best-8, best+8)
	x := 0.0
	if at == atEnd {
		x = 100
	}
	return p.appendLabel(dst, class, x, best, dx, at, words)
}

// meetsValue reports whether a label from the start of the plot to an end in percent meets the
// value of a window.
func (p *plan) meetsValue(windows []Mark, to, y float64) bool {
	for i, w := range windows {
		x, _ := p.windowLabel(windows, i)
		if x-labelShare(w.Label) > to && i < len(windows)-1 || x > to && i == len(windows)-1 {
			continue
		}
		if at, ok := p.besideBand(w); ok && math.Abs(at-y) < 15 {
			return true
		}
		if at, ok := p.aboveBars(w); ok && math.Abs(at-y) < 15 {
			return true
		}
	}
	return false
}

// windowLabel returns the place of a window's value: an earlier window ends with it, and the
// current one begins with it.
func (p *plan) windowLabel(windows []Mark, i int) (float64, anchor) {
	if i == len(windows)-1 {
		return p.x(windows[i].At.Add(-p.every/2)) + 1, atStart
	}
	return p.x(windows[i].To.Add(-p.every/2)) - 1, atEnd
}

// covers reports whether a value or its range is in a rectangle: from and to in percent, top and
// bottom in pixels.
func (p *plan) covers(from, to, top, bottom float64) bool {
	for i := range p.points {
		v, ok := finiteValue(p.points[i].Value)
		if x := p.x(p.points[i].At); !ok || x < from || x > to {
			continue
		}
		y0, y1 := p.y(p.clip(v)), p.y(p.clip(v))
		if lo, hi, ok := rangeEnds(&p.points[i]); ok {
			y0, y1 = p.y(p.clip(hi)), p.y(p.clip(lo))
		}
		if y0 < bottom && y1 > top {
			return true
		}
	}
	return false
}

// appendPrediction writes the words of a prediction below its stroke, beside the day.
func (p *plan) appendPrediction(dst []byte, l *Limit) []byte {
	if l.At.Before(p.from) || l.At.After(p.to) {
		return dst
	}
	label := fit(l.Label)
	x, dx, at := p.x(l.At), 0, atMiddle
	switch half := labelShare(label) / 2; {
	case x-half < 0:
		x, at = 0, atStart
	case x+half > 100+marginWidth:
		x, dx, at = 100, sideMargin-2, atEnd
	}
	y := p.y(p.clip(l.Value)) + 18
	if y > p.bottom-2 {
		y = p.y(p.clip(l.Value)) - 8
	}
	return p.appendLabel(dst, "halo v", x, y, dx, at, label)
}

package chart

import (
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// viewWidth is the width of the nested viewport for lines and areas, for any width of the
// picture. Its height is that of the picture in pixels.
const viewWidth = 1000

// textWidth is an upper estimate of the width of a 12 px character, and narrowWidth is the
// width of a plot on a 360 px screen. Together they decide which labels fit.
const (
	textWidth   = 6.8
	narrowWidth = 326
)

// labelWidth returns the width of a label of 12 px on a narrow screen, in viewport units.
func labelWidth(s string) float64 {
	return float64(len([]rune(s))) * textWidth / narrowWidth * viewWidth
}

// appendNum appends v with at most one decimal; a number that cannot be drawn becomes 0.
func appendNum(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.Abs(v) > 1e9 {
		return append(dst, '0')
	}
	tenths := int64(math.Round(v * 10))
	if tenths < 0 {
		dst = append(dst, '-')
		tenths = -tenths
	}
	dst = strconv.AppendInt(dst, tenths/10, 10)
	if d := tenths % 10; d != 0 {
		dst = append(dst, '.', byte('0'+d))
	}
	return dst
}

// appendPct appends a position in the nested viewport as a percentage of the width.
func appendPct(dst []byte, x float64) []byte {
	return append(appendNum(dst, x*100/viewWidth), '%')
}

// appendText appends s for XML text and attribute values. It drops control characters, also
// those that reorder text, because a name must not change the text around it.
func appendText(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, "\uFFFD"...)
		} else if !isDropped(r) {
			dst = append(dst, s[i:i+size]...)
		}
		i += size
	}
	return dst
}

func appendASCII(dst []byte, c byte) []byte {
	switch c {
	case '&':
		return append(dst, "&amp;"...)
	case '<':
		return append(dst, "&lt;"...)
	case '>':
		return append(dst, "&gt;"...)
	case '"':
		return append(dst, "&#34;"...)
	case '\'':
		return append(dst, "&#39;"...)
	case '\t', '\n', '\r':
		return append(dst, ' ')
	}
	if c < 0x20 || c == 0x7f {
		return dst
	}
	return append(dst, c)
}

// isDropped reports whether r is invisible and harmful in a label: C1 controls, marks and
// overrides of direction, line separators, characters that XML does not allow.
func isDropped(r rune) bool {
	switch {
	case r == 0x61c, r == 0x200e, r == 0x200f, r == 0xfeff, r == 0xfffe, r == 0xffff:
		return true
	case r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return unicode.IsControl(r)
}

// appendAttr appends ` name="value"`.
func appendAttr(dst []byte, name, value string) []byte {
	dst = append(dst, ' ')
	dst = append(dst, name...)
	dst = append(dst, `="`...)
	dst = appendText(dst, value)
	return append(dst, '"')
}

// anchor is the part of a label at its x: the start, the middle or the end.
type anchor string

const (
	atStart  anchor = ""
	atMiddle anchor = "middle"
	atEnd    anchor = "end"
)

// appendLabel appends a text element at x (in units of the nested viewport) and y (pixels).
func appendLabel(dst []byte, class string, x, y float64, at anchor, s string) []byte {
	dst = append(dst, `<text class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendPct(dst, x)
	dst = append(dst, `" y="`...)
	dst = appendNum(dst, y)
	if at != atStart {
		dst = append(dst, `" text-anchor="`...)
		dst = append(dst, at...)
	}
	dst = append(dst, `">`...)
	dst = appendText(dst, s)
	return append(dst, "</text>"...)
}

// appendOpen opens the picture with its size, and its name and description for people who
// cannot see it. id must be unique on the page.
func appendOpen(dst []byte, id string, height float64, title, desc string) []byte {
	dst = append(dst, `<svg class="c" width="100%" height="`...)
	dst = appendNum(dst, height)
	dst = append(dst, `" role="img" aria-labelledby="`...)
	dst = appendText(dst, id)
	dst = append(dst, `-t `...)
	dst = appendText(dst, id)
	dst = append(dst, `-d"><title id="`...)
	dst = appendText(dst, id)
	dst = append(dst, `-t">`...)
	dst = appendText(dst, title)
	dst = append(dst, `</title><desc id="`...)
	dst = appendText(dst, id)
	dst = append(dst, `-d">`...)
	dst = appendText(dst, desc)
	return append(dst, `</desc>`...)
}

// appendView opens the stretched viewport for lines and areas.
func appendView(dst []byte, height float64) []byte {
	dst = append(dst, `<svg width="100%" height="`...)
	dst = appendNum(dst, height)
	dst = append(dst, `" viewBox="0 0 1000 `...)
	dst = appendNum(dst, height)
	return append(dst, `" preserveAspectRatio="none">`...)
}

// appendPath opens a path of a class. The caller appends the data and closePath.
func appendPath(dst []byte, class string) []byte {
	dst = append(dst, `<path class="`...)
	dst = append(dst, class...)
	return append(dst, `" d="`...)
}

const closePath = `"/>`

// appendXY appends a path command with a point.
func appendXY(dst []byte, cmd byte, x, y float64) []byte {
	dst = append(dst, cmd)
	dst = appendNum(dst, x)
	dst = append(dst, ' ')
	return appendNum(dst, y)
}

// appendBox appends a closed rectangle to a path.
func appendBox(dst []byte, x0, y0, x1, y1 float64) []byte {
	dst = appendXY(dst, 'M', x0, y0)
	dst = append(dst, 'H')
	dst = appendNum(dst, x1)
	dst = append(dst, 'V')
	dst = appendNum(dst, y1)
	dst = append(dst, 'H')
	dst = appendNum(dst, x0)
	return append(dst, 'Z')
}

// appendDot appends a dot at x (viewport units) and y (pixels).
func appendDot(dst []byte, class string, x, y float64) []byte {
	dst = append(dst, `<circle class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" r="3" cx="`...)
	dst = appendPct(dst, x)
	dst = append(dst, `" cy="`...)
	dst = appendNum(dst, y)
	return append(dst, closePath...)
}

// appendInt appends an integer.
func appendInt(dst []byte, v int) []byte { return strconv.AppendInt(dst, int64(v), 10) }

// pen is the position in a path whose commands are relative, because they are shorter. Positions
// are integers, so that no error adds up.
type pen [2]int

// to moves the pen, or draws a line.
func (p *pen) to(dst []byte, moves bool, x, y int) []byte {
	if moves {
		return p.move(dst, x, y)
	}
	return p.line(dst, x, y)
}

// move moves the pen without a line.
func (p *pen) move(dst []byte, x, y int) []byte {
	dst = append(dst, 'm')
	dst = appendInt(dst, x-p[0])
	return p.vertical(dst, x, y)
}

// line draws a line after a move or a line.
func (p *pen) line(dst []byte, x, y int) []byte {
	if x >= p[0] {
		dst = append(dst, ' ')
	}
	dst = appendInt(dst, x-p[0])
	return p.vertical(dst, x, y)
}

// vertical appends the second coordinate.
func (p *pen) vertical(dst []byte, x, y int) []byte {
	if y >= p[1] {
		dst = append(dst, ' ')
	}
	dst = appendInt(dst, y-p[1])
	p[0], p[1] = x, y
	return dst
}

// appendName appends the name of a picture for an attribute: the title, then the description.
func appendName(dst []byte, title, desc string) []byte {
	dst = appendText(dst, title)
	if title != "" && desc != "" {
		dst = append(dst, ". "...)
	}
	return appendText(dst, desc)
}

// appendVertical appends an upright line at x (percent) between two heights in pixels.
func appendVertical(dst []byte, class string, x, y1, y2 float64) []byte {
	dst = append(dst, `<line class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x1="`...)
	dst = append(appendNum(dst, x), `%" x2="`...)
	dst = append(appendNum(dst, x), `%" y1="`...)
	dst = append(appendNum(dst, y1), `" y2="`...)
	return append(appendNum(dst, y2), closePath...)
}

// appendWords appends a text at x (percent of the width) and y (pixels), moved by dx pixels.
func appendWords(dst []byte, class string, x, y float64, dx int, at anchor, s string) []byte {
	dst = append(dst, "<text"...)
	if class != "" {
		dst = append(append(append(dst, ` class="`...), class...), '"')
	}
	dst = append(dst, ` x="`...)
	dst = append(appendNum(dst, x), `%" y="`...)
	dst = append(appendNum(dst, y), '"')
	if dx != 0 {
		dst = append(dst, ` dx="`...)
		dst = append(appendInt(dst, dx), '"')
	}
	if at != atStart {
		dst = append(append(append(dst, ` text-anchor="`...), at...), '"')
	}
	dst = append(dst, '>')
	dst = appendText(dst, s)
	return append(dst, "</text>"...)
}

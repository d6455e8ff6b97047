package chart

import (
	"strconv"

	"github.com/ip3dp/ip3dp/render/format"
)

// Answers counts the answers to a question on a scale of five, the unfavourable ones first.
type Answers [5]int

// sum returns the number of answers.
func (a *Answers) sum() int {
	n := 0
	for _, c := range a {
		n += c
	}
	return n
}

// Likert draws the answers to questions as bars that are centred on the neutral answer. The
// bars of one Likert have the same scale, so that a column of them can be compared.
type Likert struct {
	left, right float64 // the largest share of answers on either side of the centre
}

// NewLikert returns the scale that has room for all of these questions.
func NewLikert(all []Answers) Likert {
	var l Likert
	for i := range all {
		n := float64(all[i].sum())
		if n == 0 {
			continue
		}
		middle := float64(all[i][2]) / 2
		l.left = max(l.left, (float64(all[i][0]+all[i][1])+middle)/n)
		l.right = max(l.right, (float64(all[i][3]+all[i][4])+middle)/n)
	}
	return l
}

// The measures of a bar in pixels, and the room for the share on its left in percent of the
// width.
const (
	likertHeight = 30
	likertTop    = 3
	likertBar    = 24
	likertText   = 20
	likertRoom   = 9
)

// likertLabel is the smallest part of the width, in percent, that holds its share as a text on
// a phone.
const likertLabel = 6.5

// AppendBar appends the bar of one question: five shares, the two unfavourable ones left of
// the centre. Their sum stands left of the bar. name describes the picture to people who
// cannot see it.
func (l *Likert) AppendBar(dst []byte, a *Answers, name string) []byte {
	dst = append(dst, `<svg height="30" role="img"`...)
	dst = appendAttr(dst, "aria-label", name)
	dst = append(dst, '>')
	n := float64(a.sum())
	if n == 0 || !(l.left+l.right > 0) {
		return append(dst, `</svg>`...)
	}
	scale := (100 - likertRoom) / (l.left + l.right)
	centre := likertRoom + l.left*scale
	x := centre - (float64(a[0]+a[1])+float64(a[2])/2)/n*scale
	against := float64(a[0]+a[1]) / n
	dst = appendRule(dst, "base", centre, centre, 0, likertHeight)
	dst = appendShareText(dst, "v", x, -6, "end", against)
	for i, c := range a {
		width := float64(c) / n * scale
		if c > 0 {
			dst = appendTone(dst, i, x, width)
		}
		if width >= likertLabel {
			dst = appendShareText(dst, "t"+strconv.Itoa(i+1), x+width/2, 0, "middle", float64(c)/n)
		}
		x += width
	}
	return append(dst, `</svg>`...)
}

// appendTone appends one part of a bar.
func appendTone(dst []byte, level int, x, width float64) []byte {
	dst = append(dst, `<rect class="l`...)
	dst = strconv.AppendInt(dst, int64(level+1), 10)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" width="`...)
	dst = appendNum(dst, width)
	dst = append(dst, `%" y="`...)
	dst = strconv.AppendInt(dst, likertTop, 10)
	dst = append(dst, `" height="`...)
	dst = strconv.AppendInt(dst, likertBar, 10)
	return append(dst, closePath...)
}

// appendShareText appends a share without its sign: the column is in percent.
func appendShareText(dst []byte, class string, x, dx float64, at anchor, share float64) []byte {
	dst = append(dst, `<text class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, '%')
	if dx != 0 {
		dst = append(dst, `" dx="`...)
		dst = appendNum(dst, dx)
	}
	dst = append(dst, `" y="`...)
	dst = strconv.AppendInt(dst, likertText, 10)
	dst = append(dst, `" text-anchor="`...)
	dst = append(dst, at...)
	dst = append(dst, `">`...)
	dst = appendText(dst, format.Count(int(100*share+0.5)))
	return append(dst, `</text>`...)
}

// AppendTone appends the sample of a level for a legend; level is 0 to 4.
func AppendTone(dst []byte, level int) []byte {
	dst = append(dst, `<svg aria-hidden="true"><rect class="l`...)
	dst = strconv.AppendInt(dst, int64(level+1), 10)
	return append(dst, `" width="12" height="12"/></svg>`...)
}

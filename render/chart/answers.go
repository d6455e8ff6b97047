package chart

import "strconv"

// answersHeight is the height of a bar of answers in pixels.
const answersHeight = 34

// roomForCount is the smallest part of the bar, in percent, that has room for a count.
const roomForCount = 8

// AppendAnswers appends the answers about one thing as one bar: negative, neutral and positive.
// It is hidden from screen readers, because the text beside it has the numbers.
func AppendAnswers(dst []byte, negative, neutral, positive int) []byte {
	all := float64(max(negative+neutral+positive, 1))
	dst = append(dst, `<svg height="`...)
	dst = appendNum(dst, answersHeight)
	dst = append(dst, `" aria-hidden="true">`...)
	from := 0.0
	for _, part := range [...]struct {
		class, text string
		n           int
	}{{"neg", "on", negative}, {"track", "v", neutral}, {"pos", "on", positive}} {
		width := 100 * float64(part.n) / all
		if width == 0 {
			continue
		}
		dst = append(dst, `<rect class="`...)
		dst = append(dst, part.class...)
		dst = append(dst, `" x="`...)
		dst = appendNum(dst, from)
		dst = append(dst, `%" width="`...)
		dst = appendNum(dst, width)
		dst = append(dst, `%" height="`...)
		dst = appendNum(dst, answersHeight)
		dst = append(dst, closePath...)
		if width >= roomForCount {
			dst = appendLabelAt(dst, part.text, from+width/2, part.n)
		}
		from += width
	}
	return append(dst, `</svg>`...)
}

// appendLabelAt appends a count in the middle of its part of the bar.
func appendLabelAt(dst []byte, class string, x float64, n int) []byte {
	dst = append(dst, `<text class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" y="22" text-anchor="middle" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%">`...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, `</text>`...)
}

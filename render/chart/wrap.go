package chart

import "strings"

// lineHeight is the distance of two lines of 12 px text.
const lineHeight = 16

// wrapText splits s into lines of at most n characters, at spaces if possible, never at a
// no-break space. It returns at least one line.
func wrapText(s string, n int) []string {
	var lines []string
	var line []rune
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		w := []rune(word)
		if len(line) > 0 && len(line)+1+len(w) > n {
			lines = append(lines, string(line))
			line = line[:0]
		}
		for len(w) > n {
			lines = append(lines, string(w[:n]))
			w = w[n:]
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, w...)
	}
	if len(line) > 0 || len(lines) == 0 {
		lines = append(lines, string(line))
	}
	return lines
}

// narrowChars returns the number of characters that fit on a 360 px screen beside a margin in
// pixels, at least 8.
func narrowChars(margin float64) int {
	return max(int((narrowWidth-margin)/textWidth), 8)
}

// headingLines returns the lines of the label above a bar, and the number of rows with the
// value. The value is at the right of the last line, or in a row of its own if both do not fit.
func headingLines(label, value string) (lines []string, rows int) {
	all := narrowChars(0)
	lines = wrapText(label, all)
	rows = len(lines)
	if len([]rune(lines[rows-1]))+2+len([]rune(value)) > all {
		rows++
	}
	return lines, rows
}

// headingHeight returns the height of a heading in pixels.
func headingHeight(label, value string) float64 {
	_, rows := headingLines(label, value)
	return float64(rows * lineHeight)
}

// appendHeadingText draws the heading of a bar; its first line begins at y.
func appendHeadingText(dst []byte, y float64, label, value string) []byte {
	lines, rows := headingLines(label, value)
	for i, line := range lines {
		dst = appendLabel(dst, "n", 0, y+float64(i*lineHeight)+12, atStart, line)
	}
	return appendLabel(dst, "t", viewWidth, y+float64((rows-1)*lineHeight)+12, atEnd, value)
}

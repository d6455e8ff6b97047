package chart

import "strings"

// Picture is a file with charts one below the other: an SVG that needs no style sheet, no script
// and no other file.
type Picture struct {
	Name  string // of the file
	Title string
	Note  string // below the title
	// Tokens are the colours and fonts, as a style sheet with a rule for :root.
	Tokens string
	rows   []byte
	y      float64 // end of the rows
}

// The measures of a picture in pixels.
const (
	pictureWidth  = 800
	picturePlot   = 440 // width of a chart
	pictureMargin = 24
	pictureLine   = 20
)

// Characters that fit in a line of a picture.
const (
	pictureChars = 100 // of a note
	titleChars   = 72
	nameChars    = 36 // beside a chart
)

// pictureStyle is the part of the site's style that charts use, for a picture's size.
const pictureStyle = `text{font:14px var(--sans);fill:var(--mute)}.ttl{font:600 20px var(--serif);fill:var(--ink)}.nm,.v,.tdy{fill:var(--ink);font-weight:700}` +
	`.paper{fill:var(--card)}.halo{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}` +
	`.grid{stroke:var(--hair)}.base{stroke:var(--axis)}.note{stroke:var(--ink);stroke-width:1;stroke-dasharray:2 3}` +
	`.dot,.bar{fill:var(--data)}.rng{stroke:var(--data);stroke-width:6;stroke-opacity:.72}.zone{fill:var(--same);stroke:var(--axis)}` +
	`.thr{stroke:var(--ink);stroke-width:2}.okz{fill:var(--better-bg)}.was{fill:none;stroke:var(--axis);stroke-width:2}` +
	`.unknown .rng{stroke:var(--doubt)}.unknown .dot{fill:var(--card);stroke:var(--doubt);stroke-width:2}` +
	`.better .rng{stroke:var(--better)}.better .dot{fill:var(--better)}.worse .rng{stroke:var(--worse)}.worse .dot{fill:var(--worse)}` +
	`.muted .rng{stroke:var(--mute)}.muted .dot{fill:var(--mute)}text.better{fill:var(--better)}text.worse{fill:var(--worse)}text.unknown{fill:var(--doubt)}` +
	`.gauge .rng{stroke-width:10}.today{stroke:var(--ink);stroke-width:1.5}.plan{fill:var(--card);stroke:var(--data);stroke-width:1.5;stroke-dasharray:5 3}` +
	`.late{fill:var(--worse)}text.on{fill:var(--card);font-weight:700}.far{display:none}`

// IsEmpty reports whether a picture has no row.
func (p *Picture) IsEmpty() bool { return len(p.rows) == 0 }

// AddRow adds a name, lines of words with a class ("better", "worse", "unknown" or "muted"; "" for
// none) and, beside them, a chart of a height in pixels: SVG elements of this package, or none.
func (p *Picture) AddRow(name string, words []string, class string, height float64, drawn []byte) {
	top, chars := p.y+pictureLine/2, nameChars
	if len(drawn) == 0 {
		chars = pictureChars
	}
	y := top
	p.rows, y = appendLines(p.rows, "nm", y, wrapWords(name, chars))
	for _, text := range words {
		p.rows, y = appendLines(p.rows, class, y, wrapWords(text, chars))
	}
	if len(drawn) > 0 {
		p.rows = appendFrame(p.rows, pictureWidth-pictureMargin-picturePlot, top+3, picturePlot, height)
		p.rows = append(append(p.rows, drawn...), `</svg>`...)
		y = max(y, top+height+6)
	}
	p.y = y
}

// appendLines appends lines of text from y on, and returns their end.
func appendLines(dst []byte, class string, y float64, lines []string) (out []byte, end float64) {
	for _, line := range lines {
		dst = append(dst, `<text`...)
		if class != "" {
			dst = appendAttr(dst, "class", class)
		}
		dst = append(dst, ` x="`...)
		dst = appendNum(dst, pictureMargin)
		dst = append(dst, `" y="`...)
		dst = appendNum(dst, y+15)
		dst = append(dst, `">`...)
		dst = appendText(dst, line)
		dst = append(dst, `</text>`...)
		y += pictureLine
	}
	return dst, y
}

// AppendSVG appends the file.
func (p *Picture) AppendSVG(dst []byte) []byte {
	head, top := appendLines(nil, "ttl", pictureMargin, wrapWords(p.Title, titleChars))
	head, top = appendLines(head, "", top+6, wrapWords(p.Note, pictureChars))
	height := top + p.y + pictureMargin
	dst = append(dst, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 `...)
	dst = appendNum(dst, pictureWidth)
	dst = append(dst, ' ')
	dst = appendNum(dst, height)
	dst = append(dst, `" width="`...)
	dst = appendNum(dst, pictureWidth)
	dst = append(dst, `" height="`...)
	dst = appendNum(dst, height)
	dst = append(dst, `"><title>`...)
	dst = appendText(dst, p.Title)
	dst = append(dst, `</title><style>`...)
	dst = append(dst, p.Tokens...)
	dst = append(dst, pictureStyle...)
	dst = append(dst, `</style><rect class="paper" width="100%" height="100%"/>`...)
	dst = append(dst, head...)
	dst = appendFrame(dst, 0, top, pictureWidth, p.y)
	return append(append(dst, p.rows...), "</svg></svg>\n"...)
}

// appendFrame opens a viewport at a place.
func appendFrame(dst []byte, x, y, width, height float64) []byte {
	for i, v := range [...]float64{x, y, width, height} {
		dst = append(dst, [...]string{`<svg overflow="visible" x="`, `" y="`, `" width="`, `" height="`}[i]...)
		dst = appendNum(dst, v)
	}
	return append(dst, `">`...)
}

// maxPictureLines is the largest number of lines of one text.
const maxPictureLines = 6

// wrapWords breaks a text into lines of at most so many characters. A longer word has a line of
// its own and is cut, and so is a text of many lines.
func wrapWords(text string, most int) []string {
	var lines []string
	line := []rune{}
	for _, word := range strings.Fields(text) {
		letters := []rune(word)
		if len(line) > 0 && len(line)+1+len(letters) > most {
			lines, line = append(lines, string(line)), nil
		}
		if len(letters) > most {
			letters = append(letters[:most-1:most-1], '…')
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		line = append(line, letters...)
	}
	if len(line) > 0 {
		lines = append(lines, string(line))
	}
	if len(lines) > maxPictureLines {
		lines = append(lines[:maxPictureLines-1:maxPictureLines-1], "…")
	}
	return lines
}

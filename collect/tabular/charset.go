package tabular

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Names of the encodings, as in options and notes.
const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
	windowsName = "windows-1252"
	macName     = "macroman"
)

// charset decodes single cells that are not UTF-8. Delimiters, quotes and line
// ends are ASCII in both code pages, so a file can be split before it is decoded,
// and one stray byte deep inside a UTF-8 file harms one cell only.
type charset struct {
	page     *charmap.Charmap
	name     string
	declared bool
}

func newCharset(declared string) *charset {
	c := &charset{}
	if pages[declared] != nil {
		c.setPage(declared)
		c.declared = true
	}
	return c
}

func (c *charset) setPage(name string) {
	c.name = name
	c.page = pages[name]
}

// decodeCell returns the cell in UTF-8. The first cell that is not UTF-8 decides the code page,
// unless one was declared or the sample decided it.
func (c *charset) decodeCell(cell string) string {
	if !c.declared && utf8.ValidString(cell) {
		return cell
	}
	if c.page == nil {
		c.setPage(guessPage(cell))
	}
	out, err := c.page.NewDecoder().String(cell)
	if err != nil {
		return cell
	}
	return out
}

// guessPage chooses Windows-1252 or Mac Roman by the place of accented letters: C0–FF in the
// former, 80–9F in the latter, where Windows-1252 has rare letters, quotes and five holes.
func guessPage(sample string) string {
	windows, mac := 0, 0
	for i := range len(sample) {
		b := sample[i]
		switch {
		case b < 0x80:
		case b == 0x81 || b == 0x8d || b == 0x8f || b == 0x90 || b == 0x9d:
			mac += 4 // holes of Windows-1252
		case b >= 0x91 && b <= 0x97 || b == 0x80 || b == 0x85:
			windows++ // its quotes, dashes, euro sign and ellipsis
		case b < 0xa0:
			mac += 2
		case b >= 0xd2 && b <= 0xd5 && !betweenLetters(sample, i):
			mac++ // its curly quotes
		case b >= 0xc0:
			windows += 2
		}
	}
	if mac > windows {
		return macName
	}
	return windowsName
}

func betweenLetters(s string, i int) bool {
	return i > 0 && i+1 < len(s) && isLetter(s[i-1]) && isLetter(s[i+1])
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

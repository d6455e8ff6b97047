package tabular

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// pages are the single-byte code pages by name.
var pages = map[string]*charmap.Charmap{
	windowsName: charmap.Windows1252, macName: charmap.Macintosh, "windows-1250": charmap.Windows1250,
	"windows-1251": charmap.Windows1251,
}

// wides are the encodings with several bytes a character. A byte of a character may be a
// delimiter, so the whole file is decoded before it is split. They are only read if declared.
var wides = map[string]encoding.Encoding{
	"shift-jis": japanese.ShiftJIS, "gbk": simplifiedchinese.GB18030, "big5": traditionalchinese.Big5,
	"euc-kr": korean.EUCKR,
}

// listEncodings are the names that the option takes.
const listEncodings = "utf-8, utf-16le, utf-16be, windows-1252, macroman, windows-1250, windows-1251, shift-jis, gbk, " +
	"big5 or euc-kr"

func isEncoding(name string) bool {
	switch name {
	case "", utf8Name, utf16LEName, utf16BEName:
		return true
	}
	return pages[name] != nil || wides[name] != nil
}

// checkWestern refuses a sample in neither UTF-8 nor a Western code page. In Western text,
// letters with accents stand between others; elsewhere nearly all letters are beyond ASCII.
func checkWestern(sample []byte) error {
	alone, inRuns := 0, 0
	for i := 0; i < len(sample); {
		n := 0
		for i+n < len(sample) && sample[i+n] >= utf8.RuneSelf {
			n++
		}
		if n > 2 {
			inRuns += n
		} else {
			alone += n
		}
		i += n + 1
	}
	if inRuns <= 2*alone && !isJapanese(sample) {
		return nil
	}
	return fmt.Errorf("the text is neither in UTF-8 nor in a Western encoding, maybe in %s: set encoding, or export it as UTF-8",
		strings.Join(findForeign(sample), " or "))
}

// isJapanese reports whether a sample is Shift-JIS with kana, whose second bytes are often ASCII.
func isJapanese(sample []byte) bool {
	text, err := wides["shift-jis"].NewDecoder().Bytes(sample)
	if err != nil {
		return false
	}
	kana, _, han := countScripts(string(text))
	return kana > 2 && kana > han && bytes.Count(text, []byte(string(utf8.RuneError))) <= 1
}

// findForeign names the encodings that a sample may have, the likeliest first.
func findForeign(sample []byte) []string {
	var found []string
	for _, name := range [...]string{"shift-jis", "euc-kr", "gbk", "big5"} {
		text, err := wides[name].NewDecoder().Bytes(sample[:len(sample)&^1])
		if err != nil || bytes.ContainsRune(bytes.TrimRight(text, string(utf8.RuneError)), utf8.RuneError) {
			continue
		}
		kana, hangul, han := countScripts(string(text))
		switch {
		case name == "shift-jis" && kana*5 > han:
			return []string{name}
		case name == "euc-kr" && hangul > han, (name == "gbk" || name == "big5") && han > hangul && han > kana:
			found = append(found, name)
		}
	}
	letters, others := 0, 0
	for _, b := range sample {
		switch {
		case b >= 0xc0 || b == 0xa8 || b == 0xb8:
			letters++
		case b >= utf8.RuneSelf:
			others++
		}
	}
	if letters > 9*others {
		return append([]string{"windows-1251"}, found...)
	}
	return append(found, "windows-1251")
}

func countScripts(text string) (kana, hangul, han int) {
	for _, r := range text {
		switch {
		case r >= 0x3040 && r < 0x3100:
			kana++
		case r >= 0xac00 && r < 0xd7b0:
			hangul++
		case r >= 0x4e00 && r < 0xa000:
			han++
		}
	}
	return kana, hangul, han
}

func decodeWide(r io.Reader, name string) io.Reader { return wides[name].NewDecoder().Reader(r) }

// isMojibake reports whether a cell is UTF-8 that was once read as a Western code page, such as
// "Ã¤" for "ä".
func isMojibake(s string) bool {
	for i, r := range s {
		if r != 'Ã' && r != 'Â' && r != 'â' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		switch {
		case r == 'â' && next == '€', r != 'â' && next >= 0xa1 && next <= 0xbf:
			return true
		case r != 'â' && strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", next):
			return true
		}
	}
	return false
}

package comment

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longest is the largest number of characters of one text, and longName that of a name or a
	// reason in it.
	longest  = 500
	longName = 120
	// apart is a space without width. After a sign it prevents forges from making a mention, a
	// reference or a link.
	apart = "\u200b"
	// mostMarks is the largest number of combining marks on one letter.
	mostMarks = 2
)

// cleanText returns a text as one line of at most longest characters, without control
// characters and without characters that have no width or change the direction of writing.
func cleanText(s string) string { return cutText(s, longest) }

// shortText returns a name or a reason as one short, clean line.
func shortText(s string) string { return cutText(s, longName) }

// cutText returns a clean line of at most most characters.
func cutText(s string, most int) string {
	var b strings.Builder
	n, marks, blank := 0, 0, true
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if blank {
				continue
			}
			r = ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs,
			unicode.Bidi_Control, unicode.Variation_Selector):
			continue
		}
		if unicode.Is(unicode.M, r) {
			if marks++; marks > mostMarks {
				continue
			}
		} else {
			marks = 0
		}
		if n++; n > most {
			return strings.TrimRight(b.String(), " ") + "…"
		}
		blank = r == ' '
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ")
}

// escapeMarkdown returns s escaped for GitHub's and GitLab's Markdown, so that it appears
// unchanged.
func escapeMarkdown(s string) string {
	runes := []rune(s)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	var b strings.Builder
	hex := 0
	for i, r := range runes {
		if hex = hexRun(hex, r); hex > hexApart {
			b.WriteString(apart)
			hex = 1
		}
		switch r {
		case '\\', '`', '*', '_', '{', '}', '[', ']', '<', '>', '|', '~', '!':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '&':
			b.WriteString("&amp;")
		case '$':
			b.WriteString("&#36;") // a formula begins with a dollar
		default:
			b.WriteRune(r)
		}
		if isReference(at(i-1), r, at(i+1)) {
			b.WriteString(apart)
		}
	}
	return breakAddresses(b.String())
}

// hexApart is the longest run of hexadecimal digits that forges do not take for an abbreviated
// commit.
const hexApart = 6

func hexRun(n int, r rune) int {
	if r < utf8.RuneSelf && strings.ContainsRune("0123456789abcdefABCDEF", r) {
		return n + 1
	}
	return 0
}

// isReference reports whether a sign could begin a mention or a reference with the text after
// it: @team, #12, !12, %"milestone", ~label, &epic, ^alert, $snippet, :emoji:, GH-12, PLAT-12.
func isReference(before, r, after rune) bool {
	word := unicode.IsLetter(after) || unicode.IsDigit(after)
	switch r {
	case '@', '#', '!', '~', '^', '$', ':', '*', '%', '&':
		return word || strings.ContainsRune(`"_-+`, after)
	case '-':
		return unicode.IsLetter(before) && unicode.IsDigit(after)
	}
	return false
}

// addresses matches texts that forges turn into links.
var addresses = regexp.MustCompile(`(?i)(www)(\.)|(:)(//)`)

// breakAddresses changes bare addresses so that forges do not link them.
func breakAddresses(s string) string {
	return addresses.ReplaceAllString(s, "$1$3"+apart+"$2$4")
}

// quiet replaces the characters that would end a code span or imitate our marker.
var quiet = strings.NewReplacer("`", "'", "<!--", "<! --")

// codeSpan returns s as a code span, because forges make no references in it.
func codeSpan(s string) string {
	s = strings.TrimSpace(quiet.Replace(cleanText(s)))
	if s == "" {
		s = "?"
	}
	return "`" + s + "`"
}

// Inline returns a name or a reason as short, escaped text for a line or a table cell of any
// Markdown.
func Inline(s string) string { return escapeMarkdown(shortText(s)) }

package comment

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// longest is how many characters of one text are shown, and longName of a name or
	// reason inside it.
	longest  = 500
	longName = 120
	// apart is a space without width: it keeps a sign from what follows, so that forges
	// make no mention, reference or link of them.
	apart = "\u200b"
	// mostMarks is how many marks may be stacked on one letter.
	mostMarks = 2
)

// cleanText makes one line of a text: no control characters, none that turn the
// direction of writing or have no width, and not longer than longest.
func cleanText(s string) string { return cutText(s, longest) }

// shortText returns a name or a reason as one clean line.
func shortText(s string) string { return cutText(s, longName) }

// cutText is cleanText with a limit of characters.
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

// escapeMarkdown makes text of s that Markdown of GitHub and GitLab shows as it is.
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

// hexApart is the longest run of hexadecimal digits that cannot be an abbreviated commit.
const hexApart = 6

func hexRun(n int, r rune) int {
	if r < utf8.RuneSelf && strings.ContainsRune("0123456789abcdefABCDEF", r) {
		return n + 1
	}
	return 0
}

// isReference reports whether a sign could begin a mention or reference with the text after it:
// @team, #12, !12, %"milestone", ~label, &epic, ^alert, $snippet, :emoji:, GH-12, PLAT-12.
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

// addresses are texts that forges turn into links.
var addresses = regexp.MustCompile(`(?i)(www)(\.)|(:)(//)`)

// breakAddresses keeps forges from linking bare addresses.
func breakAddresses(s string) string {
	return addresses.ReplaceAllString(s, "$1$3"+apart+"$2$4")
}

// quiet keeps a code span from ending early, and from looking like our marker.
var quiet = strings.NewReplacer("`", "'", "<!--", "<! --")

// codeSpan returns a code span of s; forges look for nothing in it.
func codeSpan(s string) string {
	s = strings.TrimSpace(quiet.Replace(cleanText(s)))
	if s == "" {
		s = "?"
	}
	return "`" + s + "`"
}

// Inline returns a name or a reason as text for a line or a table's cell of any Markdown:
// short, and harmless.
func Inline(s string) string { return escapeMarkdown(shortText(s)) }

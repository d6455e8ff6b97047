package text

import (
	"strings"
	"unicode"
)

// OneLine makes text fit for a line of a log: no credentials, no control characters, none
// that turn the direction of writing, and nothing that GitHub Actions obeys.
func OneLine(line string) string {
	line, _ = RemoveSecrets(line)
	line = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, line)
	line = strings.ReplaceAll(line, "##[", "# #[")
	if strings.HasPrefix(strings.TrimSpace(line), "::") {
		line = "| " + line
	}
	return line
}

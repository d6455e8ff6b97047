package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns a form that is equal for two spellings of one name: composed (Unicode NFC), in
// lower case, with every run of blanks as one space, and without invisible characters such as a
// zero-width space.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return norm.NFC.String(strings.ToLower(strings.Join(strings.Fields(s), " ")))
}

// isFolded reports whether Fold would return s unchanged: ASCII without capitals, and blanks
// only as single spaces inside.
func isFolded(s string) bool {
	blank := true // a space at the beginning counts as repeated
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 0x80 || c >= 'A' && c <= 'Z' || c < ' ':
			return false
		case c == ' ' && blank:
			return false
		}
		blank = c == ' '
	}
	return s == "" || !blank
}

// FoldRepository returns a form that is equal for two spellings of one repository: "owner/name"
// in lower case, for that name in any case and for a web or clone address of it
// ("https://host/owner/name.git", "git@host:owner/name").
func FoldRepository(s string) string { return Fold(Repository(s)) }

// Repository returns "owner/name" for the address of a repository, and any other name without
// blanks around it. It drops the path below a repository after "/-/" or "/tree/".
func Repository(s string) string {
	s = strings.TrimSpace(s)
	path := s
	if _, rest, ok := strings.Cut(s, "://"); ok {
		_, path, ok = strings.Cut(rest, "/")
		if !ok {
			return s
		}
	} else if host, rest, ok := strings.Cut(s, ":"); ok && strings.Contains(host, "@") && !strings.Contains(host, "/") {
		path = rest
	} else {
		return s
	}
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "/-/")
	path, _, _ = strings.Cut(path, "/tree/")
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if path == "" {
		return s
	}
	return path
}

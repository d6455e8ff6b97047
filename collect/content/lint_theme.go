package content

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// lintThemes warns of themes that match every title, and of those that can never match because an
// earlier theme takes all of their titles.
func (l *linter) lintThemes() {
	var earlier []*regexp.Regexp
	for i := range l.content.Themes {
		t := &l.content.Themes[i]
		at := Problem{File: t.File, Line: t.Line}
		covered, own := len(t.Match) > 0, make([]*regexp.Regexp, 0, len(t.Match))
		for _, p := range t.Match {
			re, err := regexp.Compile("(?i)" + p)
			if err != nil {
				covered = false // the check reports it
				continue
			}
			own = append(own, re)
			covered = covered && isCovered(p, earlier)
			if re.MatchString("") && !strings.ContainsAny(p, "^$") {
				at.Text, at.Next = fmt.Sprintf("match %q matches every title", p), "write words that titles about it have"
				l.report(at, "theme-all", Warning)
			}
		}
		if covered {
			at.Text = fmt.Sprintf("theme %q never matches: earlier themes take all of its titles", t.Title)
			at.Next = "move it before them; the first theme that matches wins"
			l.report(at, "theme-never", Warning)
		}
		earlier = append(earlier, own...)
	}
}

// isCovered reports whether an earlier pattern surely matches every title that a pattern matches:
// it is the same, or the pattern is a text, and the earlier one matches that text anywhere.
func isCovered(p string, earlier []*regexp.Regexp) bool {
	plain := regexp.QuoteMeta(p) == p && utf8.ValidString(p)
	for _, re := range earlier {
		source := strings.TrimPrefix(re.String(), "(?i)")
		if source == p || plain && !strings.ContainsAny(source, `^$\`) && re.MatchString(p) {
			return true
		}
	}
	return false
}

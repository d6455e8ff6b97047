package tickets

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Themes are the compiled rules of the content, in their order: a title belongs to the first
// theme with a pattern that matches it. They may be used concurrently.
type Themes []themeRule

type themeRule []pattern

// pattern is a regular expression. A title in ASCII can only match it if the title in lower case
// contains at least one text of each group of needs.
type pattern struct {
	re    *regexp.Regexp
	needs [][]string
}

// NewThemes compiles the patterns of the themes. It skips those that do not compile, because the
// check of content reports them.
func NewThemes(themes []fact.Theme) Themes {
	list := make(Themes, len(themes))
	for i := range themes {
		for _, p := range themes[i].Match {
			if re, err := regexp.Compile("(?i)" + p); err == nil {
				list[i] = append(list[i], pattern{re, findNeeds(p)})
			}
		}
	}
	return list
}

// Find returns the place of the title's theme, from 1; 0 for a blank title, and fact.Unthemed if
// no rule matches.
func (t Themes) Find(title string) int16 {
	if strings.TrimSpace(title) == "" {
		return 0
	}
	lower := ""
	if isASCII(title) {
		lower = strings.ToLower(title)
	}
	for i := range min(len(t), maxThemes) {
		for k := range t[i] {
			if t[i][k].matches(title, lower) {
				return int16(i + 1)
			}
		}
	}
	return fact.Unthemed
}

// maxThemes is the largest place that a fact.Ticket can hold.
const maxThemes = 1<<15 - 1

// matches reports whether the pattern matches a title. lower is the title in lower case; "" if
// it is not ASCII.
func (p *pattern) matches(title, lower string) bool {
	if lower != "" {
		for _, group := range p.needs {
			if !slices.ContainsFunc(group, func(s string) bool { return strings.Contains(lower, s) }) {
				return false
			}
		}
	}
	return p.re.MatchString(title)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// findNeeds returns the groups of texts that every match of a regular expression needs one of,
// in lower case. A comparison of texts is much faster than the expression.
func findNeeds(expression string) [][]string {
	re, err := syntax.Parse(expression, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return nil
	}
	return listNeeds(re.Simplify())
}

func listNeeds(re *syntax.Regexp) [][]string {
	switch re.Op {
	case syntax.OpLiteral:
		return literalNeeds(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return listNeeds(re.Sub[0])
	case syntax.OpConcat:
		var all [][]string
		for _, sub := range re.Sub {
			all = append(all, listNeeds(sub)...)
		}
		return all
	case syntax.OpAlternate:
		var either []string
		for _, sub := range re.Sub {
			needs := listNeeds(sub)
			if len(needs) == 0 {
				return nil
			}
			either = append(either, needs[0]...)
		}
		return [][]string{either}
	}
	return nil
}

// literalNeeds returns the runs of ASCII in a literal. Letters of other scripts may have an
// equal in ASCII (the Kelvin sign and k), so they are no part of a run.
func literalNeeds(literal []rune) [][]string {
	var all [][]string
	run := ""
	for _, r := range append(slices.Clone(literal), utf8.RuneError) {
		if r < utf8.RuneSelf {
			run += strings.ToLower(string(r))
			continue
		}
		if run != "" {
			all = append(all, []string{run})
		}
		run = ""
	}
	return all
}

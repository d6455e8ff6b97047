package org

import (
	"regexp"
	"slices"
	"strings"
)

// pathScope matches file paths against globs: "*" and "?" match within one path element, "**"
// matches several. An empty scope is the whole repository.
type pathScope struct {
	prefixes []string // "services/a/" for the common form "services/a/**"
	res      []*regexp.Regexp
}

func newPathScope(globs []string) pathScope {
	var s pathScope
	for _, g := range globs {
		g = strings.TrimPrefix(g, "/")
		if p, ok := strings.CutSuffix(g, "/**"); ok && !strings.ContainsAny(p, "*?") {
			s.prefixes = append(s.prefixes, p+"/")
			continue
		}
		s.res = append(s.res, globRegexp(g))
	}
	return s
}

// globRegexp compiles a glob. It quotes everything but the three wildcards and so never fails.
func globRegexp(glob string) *regexp.Regexp {
	glob = strings.ToValidUTF8(glob, "")
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(glob); i++ {
		switch {
		case strings.HasPrefix(glob[i:], "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(glob[i:], "**"):
			b.WriteString(".*")
			i++
		case glob[i] == '*':
			b.WriteString("[^/]*")
		case glob[i] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(glob[i : i+1]))
		}
	}
	b.WriteString("$")
	return regexp.MustCompile(b.String())
}

func (s pathScope) isWhole() bool { return len(s.prefixes) == 0 && len(s.res) == 0 }

func (s pathScope) matches(path string) bool {
	return slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(path, p) }) ||
		slices.ContainsFunc(s.res, func(re *regexp.Regexp) bool { return re.MatchString(path) })
}

func (s pathScope) matchesAny(paths []string) bool {
	return slices.ContainsFunc(paths, s.matches)
}

// MatchPath reports whether a file path matches a glob of teams.toml.
func MatchPath(glob, path string) bool { return newPathScope([]string{glob}).matches(path) }

package org

import (
	"regexp"
	"strings"
)

// pathScope matches file paths against globs: "*" and "?" stay within one path
// element, "**" crosses them. An empty scope is the whole repository.
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

// globRegexp never fails: everything but the three wildcards is quoted.
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
	for _, p := range s.prefixes {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	for _, re := range s.res {
		if re.MatchString(path) {
			return true
		}
	}
	return false
}

func (s pathScope) matchesAny(paths []string) bool {
	for _, p := range paths {
		if s.matches(p) {
			return true
		}
	}
	return false
}

// MatchPath reports whether a file path matches a glob, by the rules of ownership.
func MatchPath(glob, path string) bool { return newPathScope([]string{glob}).matches(path) }

package content

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// checker finds what is well-formed but means nothing: unknown IDs, missing
// reasons, impossible numbers and dates.
type checker struct {
	content                                           *fact.Content
	teamLines, measureLines, themeLines, failureLines fact.Lines
	known                                             map[kind]map[string]string // ID or former ID → ID
	repositories                                      map[string]string          // folded name → its first spelling
	problems                                          []Problem
}

// kind of thing that an ID names, in the words of messages.
type kind string

const (
	groups      kind = "groups"
	teams       kind = "teams"
	measures    kind = "measures"
	features    kind = "features"
	initiatives kind = "initiatives"
	research    kind = "research"
	cases       kind = "cases"
	themes      kind = "themes"
	activities  kind = "activities"
	surveys     kind = "surveys"
	decisions   kind = "decisions"
	pages       kind = "pages"
)

func (k *checker) check() []Problem {
	k.index()
	k.teams()
	k.measures()
	k.failures()
	k.goals()
	k.features()
	k.initiatives()
	k.activities()
	k.research()
	k.cases()
	k.themes()
	k.surveys()
	k.decisions()
	k.pages()
	return k.problems
}

// place is a table in a file, to name the lines of its keys.
type place struct {
	file   string
	lines  fact.Lines
	prefix string // path of the table, "" for the file itself
	line   int    // where it begins, if lines do not say
}

func itemPlace(i *fact.Item) place { return place{i.File, i.Lines, "", i.Line} }

// in is the place of a table, or of the number-th table of a list, inside p.
func (p place) in(key string, number ...int) place {
	for _, n := range number {
		key = fmt.Sprintf("%s.%d", key, n)
	}
	p.prefix = join(p.prefix, key)
	return p
}

func (k *checker) problem(p place, key, text, next string) {
	line := p.line
	if n := p.lines.At(strings.Trim(p.prefix+"."+key, ".")); n > 0 {
		line = n
	}
	k.problems = append(k.problems, Problem{File: p.file, Line: line, Text: text, Next: next})
}

func (k *checker) missing(p place, key, next string) {
	k.problem(p, key, key+" is missing", next)
}

// require reports an empty text.
func (k *checker) require(p place, key, value, next string) {
	if strings.TrimSpace(value) == "" {
		k.missing(p, key, next)
	}
}

// oneOf reports a value that is not one of the words; "" is allowed.
func (k *checker) oneOf(p place, key, value string, words ...string) {
	if value == "" || slices.Contains(words, value) {
		return
	}
	next := "one of " + strings.Join(words, ", ")
	if near := text.Nearest(value, words); near != "" {
		next = fmt.Sprintf("did you mean %q?", near)
	}
	k.problem(p, key, fmt.Sprintf("unknown %s %q", key, value), next)
}

func (k *checker) percent(p place, key string, value *float64) {
	if value != nil && (*value < 0 || *value > 100) {
		k.problem(p, key, fmt.Sprintf("%s is %g, outside 0 to 100 %%", key, *value), "")
	}
}

func (k *checker) notNegative(p place, key string, value float64) {
	if value < 0 {
		k.problem(p, key, fmt.Sprintf("%s is %g, below 0", key, value), "")
	}
}

// order reports a span that ends before or as it begins.
func (k *checker) order(p place, from string, a time.Time, until string, b time.Time) {
	if !a.IsZero() && !b.IsZero() && !a.Before(b) {
		k.problem(p, until, fmt.Sprintf("%s %s is not after %s %s", until, day(b), from, day(a)), "")
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// patterns reports regular expressions that do not compile.
func (k *checker) patterns(p place, key string, list ...string) {
	for _, text := range list {
		if _, err := regexp.Compile(text); err != nil {
			k.problem(p, key, fmt.Sprintf("%s %q is no regular expression", key, text), "see https://golang.org/s/re2syntax")
		}
	}
}

// links reports addresses that a page may not link to.
func (k *checker) links(p place, list []fact.Link) {
	for i, link := range list {
		u, err := url.Parse(link.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			k.problem(p, fmt.Sprintf("links.%d", i), fmt.Sprintf("link %q is no web address", link.URL),
				"begin it with https://")
		}
	}
}

// ref resolves one ID to its current form, and reports an unknown one.
func (k *checker) ref(p place, key string, what kind, id *string) {
	if *id == "" {
		return
	}
	if current, ok := k.known[what][*id]; ok {
		*id = current
		return
	}
	k.problem(p, key, fmt.Sprintf("unknown %s %q in %s", singular(what), *id, key),
		text.DidYouMean(*id, string(what), sortedKeys(k.known[what])))
}

// refs is ref for a list; naming one twice is a problem too.
func (k *checker) refs(p place, key string, what kind, ids []string) {
	seen := map[string]bool{}
	for i := range ids {
		at := fmt.Sprintf("%s.%d", key, i)
		k.ref(p, at, what, &ids[i])
		if seen[ids[i]] {
			k.problem(p, at, fmt.Sprintf("%s %q is named twice in %s", singular(what), ids[i], key), "")
		}
		seen[ids[i]] = true
	}
}

func singular(what kind) string {
	switch what {
	case activities:
		return "activity"
	case research:
		return "research"
	}
	return strings.TrimSuffix(string(what), "s")
}

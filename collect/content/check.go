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

// checker finds content that is well-formed but wrong: unknown IDs, missing reasons, impossible
// numbers and dates.
type checker struct {
	content      *fact.Content
	lines        fileLines
	known        map[kind]map[string]string // ID or former ID → ID
	repositories map[string]string          // folded name → its first spelling
	problems     []Problem
	// elsewhere are IDs of files that are left out of the content: see ReadBoth.
	elsewhere map[reference]string
	// causes are the things that other files could have renamed or removed, by problem.
	causes map[Problem][]reference
}

// reference names a thing by its kind and ID.
type reference struct {
	what kind
	id   string
}

// addCauses lists the things without which the last problem would not exist.
func (k *checker) addCauses(list ...reference) {
	if k.causes == nil {
		k.causes = map[Problem][]reference{}
	}
	last := k.problems[len(k.problems)-1]
	k.causes[last] = append(k.causes[last], list...)
}

// kind is the kind of thing that an ID names, as messages print it.
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

func (k *checker) checkAll() []Problem {
	k.indexIDs()
	k.checkGroups()
	k.checkTeams()
	k.checkMeasures()
	k.checkFailures()
	k.checkGoals()
	k.checkFeatures()
	k.checkInitiatives()
	k.checkActivities()
	k.checkResearch()
	k.checkCases()
	k.checkThemes()
	k.checkSurveys()
	k.checkDecisions()
	k.checkPages()
	return k.problems
}

// location is a table in a file. It finds the lines of the table's keys.
type location struct {
	file   string
	lines  fact.Lines
	prefix string // path of the table, "" for the file itself
	line   int    // where it begins, if lines has no entry for it
}

func locateItem(i *fact.Item) location { return location{i.File, i.Lines, "", i.Line} }

// inTable returns the location of a table, or of the number-th table of a list, inside p.
func (p location) inTable(key string, number ...int) location {
	for _, n := range number {
		key = fmt.Sprintf("%s.%d", key, n)
	}
	p.prefix = joinKey(p.prefix, key)
	return p
}

func (k *checker) addProblem(p location, key, text, next string) {
	line := p.line
	if n := p.lines.At(strings.Trim(p.prefix+"."+key, ".")); n > 0 {
		line = n
	}
	k.problems = append(k.problems, Problem{File: p.file, Line: line, Text: text, Next: next})
}

func (k *checker) addMissing(p location, key, next string) {
	k.addProblem(p, key, key+" is missing", next)
}

// requireText reports an empty text.
func (k *checker) requireText(p location, key, value, next string) {
	if strings.TrimSpace(value) == "" {
		k.addMissing(p, key, next)
	}
}

// checkOneOf reports a value that is not in words; "" is allowed.
func (k *checker) checkOneOf(p location, key, value string, words ...string) {
	if value == "" || slices.Contains(words, value) {
		return
	}
	next := "one of " + strings.Join(words, ", ")
	if near := text.Nearest(value, words); near != "" {
		next = fmt.Sprintf("did you mean %q?", near)
	}
	k.addProblem(p, key, fmt.Sprintf("unknown %s %q", key, value), next)
}

func (k *checker) checkPercent(p location, key string, value *float64) {
	if value != nil && (*value < 0 || *value > 100) {
		k.addProblem(p, key, fmt.Sprintf("%s is %g, outside 0 to 100 %%", key, *value), "")
	}
}

func (k *checker) checkNotNegative(p location, key string, value float64) {
	if value < 0 {
		k.addProblem(p, key, fmt.Sprintf("%s is %g, below 0", key, value), "")
	}
}

// checkOrder reports a span that does not end after it begins.
func (k *checker) checkOrder(p location, from string, a time.Time, until string, b time.Time) {
	if !a.IsZero() && !b.IsZero() && !a.Before(b) {
		k.addProblem(p, until, fmt.Sprintf("%s %s is not after %s %s", until, formatDay(b), from, formatDay(a)), "")
	}
}

func formatDay(t time.Time) string { return t.Format(time.DateOnly) }

// checkPatterns reports regular expressions that do not compile.
func (k *checker) checkPatterns(p location, key string, list ...string) {
	for _, text := range list {
		if _, err := regexp.Compile(text); err != nil {
			k.addProblem(p, key, fmt.Sprintf("%s %q is not a regular expression", key, text),
				"see https://golang.org/s/re2syntax")
		}
	}
}

// checkLinks reports addresses that are not web addresses.
func (k *checker) checkLinks(p location, list []fact.Link) {
	for i, link := range list {
		u, err := url.Parse(link.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			k.addProblem(p, fmt.Sprintf("links.%d", i), fmt.Sprintf("link %q is not a web address", link.URL),
				"begin it with https://")
		}
	}
}

// resolveRef replaces a former ID by the current one, and reports an unknown ID.
func (k *checker) resolveRef(p location, key string, what kind, id *string) {
	if *id == "" {
		return
	}
	if current, ok := k.known[what][*id]; ok {
		*id = current
		return
	}
	k.addProblem(p, key, fmt.Sprintf("unknown %s %q in %s", toSingular(what), *id, key),
		text.DidYouMean(*id, string(what), sortedKeys(k.known[what])))
	k.addCauses(reference{what, *id})
}

// resolveRefs resolves a list of IDs, and reports an ID that is listed twice.
func (k *checker) resolveRefs(p location, key string, what kind, ids []string) {
	seen := map[string]bool{}
	for i := range ids {
		at := fmt.Sprintf("%s.%d", key, i)
		k.resolveRef(p, at, what, &ids[i])
		if seen[ids[i]] {
			k.addProblem(p, at, fmt.Sprintf("%s %q is named twice in %s", toSingular(what), ids[i], key), "")
		}
		seen[ids[i]] = true
	}
}

func toSingular(what kind) string {
	switch what {
	case activities:
		return "activity"
	case research:
		return "research"
	}
	return strings.TrimSuffix(string(what), "s")
}

package git

import (
	"regexp"
	"strconv"
	"strings"
)

// verdict is the kind of a tag, by its name.
type verdict int

const (
	notRelease verdict = iota // no release
	preRelease                // a release candidate, nightly build, …
	release
)

// judgedTag is a tag's name, parsed.
type judgedTag struct {
	verdict
	component string  // the text before the version: "api" in api/v1.2.3, "" if none or a word like "release"
	joined    byte    // the character between component and version: one of / @ - _
	version   []int64 // its numbers, for "older than"
}

// judge distinguishes release tags from others.
type judge struct{ pattern *regexp.Regexp } // nil: the default rules

var (
	// versionTag splits a tag into the text before a version, the version, and the rest. A
	// version is dotted (1.2, 1.2.3, 15_2) or a date (2024-01-31, 20240131). A single number is
	// not a version: v1 and v2 are tags that move.
	versionTag = regexp.MustCompile(`^((?:.*?[/@_-])??)((?i:version|ver|release|rel|go|v|r)?\.?)` +
		`((?:\d{4}-\d{2}-\d{2}|\d+(?:[._]\d+){1,5}|\d{8}))(.*)$`)
	// counterTag matches a tag such as release-123 or deploy/1712345678.
	counterTag = regexp.MustCompile(`^(?i:release|rel|deploy|deployment|prod|production|live)[-_/]?v?(\d+)$`)
	// finalRest matches the rest after a release's version: further numbers (a time, a package
	// revision), a word for "final" or "fix", a patch letter (1.1.1w), build metadata.
	finalRest = regexp.MustCompile(`^(?:[-._+T]?\d+)*Z?` +
		`(?:[-._]?(?i:final|ga|release|stable|lts|hotfix|patch|fix|post|sp|update)[-._]?\d*|[a-z])?(?:\+.*)?$`)
	// unfinished matches the words of a pre-release, with or without a number.
	unfinished = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:rc|cr|alpha|beta|pre|preview|prerelease|dev|snapshot|nightly|canary|` +
		`next|test|testing|experimental|edge|draft|milestone|ea|insiders?|unstable|staging|qa|uat|[abcm]\d+)(?:[^a-z]|$)`)
	unfinishedWord = regexp.MustCompile(`(?i)^(?:rc|alpha|beta|pre|preview|prerelease|dev|snapshot|nightly|canary|next|` +
		`test|experimental|edge|draft|unstable|staging|qa|uat)$`)
	// ordinaryWord matches words before a version that are not a component.
	ordinaryWord = regexp.MustCompile(`(?i)^(?:releases?|rel|version|ver|v|tags?|deploy|deployments?|prod|production|live|stable|hotfix)$`)
	numbers      = regexp.MustCompile(`\d+`)
)

// judgeTag classifies one tag by its short name.
func (j judge) judgeTag(name string) judgedTag {
	if j.pattern != nil {
		return j.matchPattern(name)
	}
	if m := counterTag.FindStringSubmatch(name); m != nil {
		return judgedTag{verdict: release, version: parseVersion(m[1])}
	}
	m := versionTag.FindStringSubmatch(name)
	if m == nil {
		if unfinished.MatchString(name) {
			return judgedTag{verdict: preRelease}
		}
		return judgedTag{}
	}
	one := judgedTag{version: parseVersion(m[3] + m[4])}
	if prefix := m[1]; prefix != "" {
		one.component, one.joined = prefix[:len(prefix)-1], prefix[len(prefix)-1]
	}
	switch {
	case unfinished.MatchString(m[4]) || hasSegment(one.component, unfinishedWord):
		one.verdict = preRelease
	case finalRest.MatchString(m[4]):
		one.verdict = release
	}
	one.component = strings.Trim(dropOrdinary(one.component), "/")
	return one
}

func (j judge) matchPattern(name string) judgedTag {
	m := j.pattern.FindStringSubmatch(name)
	if m == nil {
		return judgedTag{}
	}
	one := judgedTag{verdict: release, joined: '/', version: parseVersion(name)}
	if i := j.pattern.SubexpIndex("service"); i >= 0 {
		one.component = m[i]
		one.version = parseVersion(strings.Replace(name, m[i], "", 1))
	}
	return one
}

func hasSegment(component string, word *regexp.Regexp) bool {
	for segment := range strings.SplitSeq(component, "/") {
		if word.MatchString(segment) {
			return true
		}
	}
	return false
}

// dropOrdinary removes the path segments that are not a component.
func dropOrdinary(component string) string {
	var kept []string
	for segment := range strings.SplitSeq(component, "/") {
		if !ordinaryWord.MatchString(segment) {
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "/")
}

// parseVersion lists the numbers in a name. A number too long for an int64 counts as its first
// 18 digits.
func parseVersion(name string) []int64 {
	var version []int64
	for _, digits := range numbers.FindAllString(name, -1) {
		n, err := strconv.ParseInt(digits[:min(len(digits), 18)], 10, 64)
		if err == nil {
			version = append(version, n)
		}
	}
	return version
}

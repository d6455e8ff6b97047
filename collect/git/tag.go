package git

import (
	"regexp"
	"strconv"
	"strings"
)

// verdict says what a tag's name looks like.
type verdict int

const (
	other      verdict = iota // no release
	preRelease                // a release candidate, nightly build, …
	release
)

// judged is what a tag's name says.
type judged struct {
	verdict
	component string  // what stands before the version: "api" in api/v1.2.3, "" if nothing or a word like "release"
	joined    byte    // what joins component and version: one of / @ - _
	version   []int64 // the numbers in it, for "older than"
}

// judge tells release tags from others.
type judge struct{ pattern *regexp.Regexp } // nil: the default rules

var (
	// versionTag splits a tag into what stands before a version, the version,
	// and the rest. A version is dotted (1.2, 1.2.3, 15_2) or a date
	// (2024-01-31, 20240131). A lone number is none: v1 and v2 are tags that
	// move.
	versionTag = regexp.MustCompile(`^((?:.*?[/@_-])??)((?i:version|ver|release|rel|go|v|r)?\.?)` +
		`((?:\d{4}-\d{2}-\d{2}|\d+(?:[._]\d+){1,5}|\d{8}))(.*)$`)
	// counterTag is a tag such as release-123 or deploy/1712345678.
	counterTag = regexp.MustCompile(`^(?i:release|rel|deploy|deployment|prod|production|live)[-_/]?v?(\d+)$`)
	// finalRest may follow the version of a release: further numbers (a time, a
	// package revision), a word for "final" or "fix", a patch letter (1.1.1w),
	// build metadata.
	finalRest = regexp.MustCompile(`^(?:[-._+T]?\d+)*Z?` +
		`(?:[-._]?(?i:final|ga|release|stable|lts|hotfix|patch|fix|post|sp|update)[-._]?\d*|[a-z])?(?:\+.*)?$`)
	// unfinished are the words of a pre-release, with or without a number.
	unfinished = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:rc|cr|alpha|beta|pre|preview|prerelease|dev|snapshot|nightly|canary|` +
		`next|test|testing|experimental|edge|draft|milestone|ea|insiders?|unstable|staging|qa|uat|[abcm]\d+)(?:[^a-z]|$)`)
	unfinishedWord = regexp.MustCompile(`(?i)^(?:rc|alpha|beta|pre|preview|prerelease|dev|snapshot|nightly|canary|next|` +
		`test|experimental|edge|draft|unstable|staging|qa|uat)$`)
	// ordinary words before a version name no component.
	ordinary = regexp.MustCompile(`(?i)^(?:releases?|rel|version|ver|v|tags?|deploy|deployments?|prod|production|live|stable|hotfix)$`)
	numbers  = regexp.MustCompile(`\d+`)
)

// of judges one tag by its short name.
func (j judge) of(name string) judged {
	if j.pattern != nil {
		return j.byPattern(name)
	}
	if m := counterTag.FindStringSubmatch(name); m != nil {
		return judged{verdict: release, version: versionOf(m[1])}
	}
	m := versionTag.FindStringSubmatch(name)
	if m == nil {
		if unfinished.MatchString(name) {
			return judged{verdict: preRelease}
		}
		return judged{}
	}
	one := judged{version: versionOf(m[3] + m[4])}
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

func (j judge) byPattern(name string) judged {
	m := j.pattern.FindStringSubmatch(name)
	if m == nil {
		return judged{}
	}
	one := judged{verdict: release, joined: '/', version: versionOf(name)}
	if i := j.pattern.SubexpIndex("service"); i >= 0 {
		one.component = m[i]
		one.version = versionOf(strings.Replace(name, m[i], "", 1))
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

// dropOrdinary removes the path segments that name no component.
func dropOrdinary(component string) string {
	var kept []string
	for segment := range strings.SplitSeq(component, "/") {
		if !ordinary.MatchString(segment) {
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "/")
}

// versionOf lists the numbers in a name. One too long for an int64 counts as
// its first 18 digits.
func versionOf(name string) []int64 {
	var version []int64
	for _, digits := range numbers.FindAllString(name, -1) {
		n, err := strconv.ParseInt(digits[:min(len(digits), 18)], 10, 64)
		if err == nil {
			version = append(version, n)
		}
	}
	return version
}

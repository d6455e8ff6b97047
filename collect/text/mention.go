package text

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Mention is something that a text refers to by its ID.
type Mention struct {
	Repository string      `json:"repository,omitzero"` // "owner/name"; "" where the text names none: its own
	Kind       MentionKind `json:"kind,omitzero"`
	ID         string      `json:"id,omitzero"` // of a commit: its hash or the beginning of it, in lower case
}

// MentionKind is what is mentioned.
type MentionKind string

// Kinds of mentions.
const (
	OfDeployment MentionKind = "deployment"
	OfChange     MentionKind = "change" // a pull or merge request, or an issue of that number
	OfCommit     MentionKind = "commit"
)

// Limits of what is read of one text.
const (
	longestText  = 1 << 16
	mostMentions = 64
)

var (
	hidden = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)
	// mentions are the forms of a reference. Their groups are the repository, if the
	// form has one, and the ID.
	mentions = []struct {
		kind    MentionKind
		pattern *regexp.Regexp
	}{
		{OfChange, regexp.MustCompile(`https?://[^\s/]+/((?:[\w.-]+/)+?)(?:-/)?(?:pulls?|merge_requests)/(\d+)`)},
		{OfCommit, regexp.MustCompile(`https?://[^\s/]+/((?:[\w.-]+/)+?)(?:-/)?commits?/([0-9a-fA-F]{7,64})`)},
		{OfDeployment, regexp.MustCompile(`https?://[^\s/]+/((?:[\w.-]+/)+?)(?:-/)?deployments/(\d+)`)},
		{OfChange, regexp.MustCompile(`(?:^|[^\w./#!@&-])((?:[A-Za-z0-9][\w.-]*/)+[\w.-]+)?[#!](\d{1,9})\b`)},
		{OfChange, regexp.MustCompile(`(?:^|[^\w./-])()GH-(\d{1,9})\b`)},
		{OfCommit, regexp.MustCompile(`(?:^|[^\w./#!@-])((?:[A-Za-z0-9][\w.-]*/)+[\w.-]+)@([0-9a-fA-F]{7,64})\b`)},
		{OfCommit, regexp.MustCompile(`(?:^|[^\w./@-])()([0-9a-fA-F]{7,64})\b`)},
		{OfDeployment, regexp.MustCompile(`(?i)\bdeploy(?:ment)?()[ \t]*(?:id|no\.?|nr\.?|number)?[ \t]*[:#=]?[ \t]*((?:[a-z][\w-]*[-_.]?)?\d[\w-]*)`)},
	}
	aSpan = regexp.MustCompile(`(?i)^[ \t]*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|times?|%|percent)\b`)
)

// Mentions returns what a text refers to, in order: "deployment 123", "#12", "!12",
// "GH-12", "owner/name#12", "owner/name@hash", links to deployments, commits and
// requests, and hexadecimal numbers of seven digits or more, which may be commits.
// Comments that a forge does not show are passed over. The text is read up to a
// length of 64 KiB and 64 mentions.
func Mentions(s string) []Mention {
	s = hidden.ReplaceAllString(s[:min(len(s), longestText)], " ")
	type found struct {
		Mention
		at, end int
		link    bool
	}
	var all []found
	for k, form := range mentions {
		for at := 0; at < len(s); {
			m := form.pattern.FindStringSubmatchIndex(s[at:])
			if m == nil {
				break
			}
			f := found{Mention: Mention{Kind: form.kind, ID: s[at+m[4] : at+m[5]]}, at: at + m[4], end: at + m[5], link: k < 3}
			if m[2] >= 0 {
				f.Repository = repositoryOf(s[at+m[2] : at+m[3]])
			}
			if f.link {
				f.at = at + m[0] // nothing within a link is a reference of its own
			}
			at = f.end // what ends one may begin the next
			if form.kind == OfDeployment && !f.link && aSpan.MatchString(s[f.end:]) {
				continue // "the deployment 2 hours ago"
			}
			if form.kind == OfCommit {
				f.ID = strings.ToLower(f.ID)
			}
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	var out []Mention
	linked := 0
	for _, f := range all {
		if !f.link && f.at < linked {
			continue
		}
		if f.link {
			linked = max(linked, f.end)
		}
		if len(out) < mostMentions && !slices.Contains(out, f.Mention) {
			out = append(out, f.Mention)
		}
	}
	return out
}

// repositoryOf is the repository in the path of a link, without what an API puts
// before it; "" if there is none.
func repositoryOf(path string) string {
	path = strings.TrimSuffix(path, "/")
	if rest, ok := strings.CutPrefix(path, "repos/"); ok && strings.Count(rest, "/") == 1 {
		return rest
	}
	if !strings.Contains(path, "/") || strings.HasPrefix(path, "api/") {
		return ""
	}
	return path
}

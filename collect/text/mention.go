package text

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Mention is a reference in a text to something with an ID.
type Mention struct {
	Repository string      `json:"repository,omitzero"` // "owner/name"; "" for the text's own repository
	Kind       MentionKind `json:"kind,omitzero"`
	ID         string      `json:"id,omitzero"` // of a commit: its hash or its beginning, in lower case
}

// MentionKind is the kind of a mention.
type MentionKind string

// Kinds of mentions.
const (
	DeploymentMention MentionKind = "deployment"
	ChangeMention     MentionKind = "change" // a pull or merge request, or an issue of that number
	CommitMention     MentionKind = "commit"
)

// Limits for one text.
const (
	longestText  = 1 << 16
	mostMentions = 64
)

var (
	htmlComment = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)
	// mentions are the forms of a reference. Their groups are the repository, if the form has
	// one, and the ID.
	mentions = []struct {
		kind    MentionKind
		pattern *regexp.Regexp
	}{
		{ChangeMention, regexp.MustCompile(`https?://[^\s/]+/((?:[\w.-]+/)+?)(?:-/)?(?:pulls?|merge_requests)/(\d+)`)},
		{CommitMention, regexp.MustCompile(`https?://[^\s/]+/((?:[\w.-]+/)+?)(?:-/)?commits?/([0-9a-fA-F]{7,64})`)},
		{DeploymentMention, regexp.MustCompile(`https?://[^\s/]+/((?:[\w.-]+/)+?)(?:-/)?deployments/(\d+)`)},
		{ChangeMention, regexp.MustCompile(`(?:^|[^\w./#!@&-])((?:[A-Za-z0-9][\w.-]*/)+[\w.-]+)?[#!](\d{1,9})\b`)},
		{ChangeMention, regexp.MustCompile(`(?:^|[^\w./-])()GH-(\d{1,9})\b`)},
		{CommitMention, regexp.MustCompile(`(?:^|[^\w./#!@-])((?:[A-Za-z0-9][\w.-]*/)+[\w.-]+)@([0-9a-fA-F]{7,64})\b`)},
		{CommitMention, regexp.MustCompile(`(?:^|[^\w./@-])()([0-9a-fA-F]{7,64})\b`)},
		{DeploymentMention, regexp.MustCompile(`(?i)\bdeploy(?:ment)?()[ \t]*` +
			`(?:id|no\.?|nr\.?|number)?[ \t]*[:#=]?[ \t]*((?:[a-z][\w-]*[-_.]?)?\d[\w-]*)`)},
	}
	durationWords = regexp.MustCompile(`(?i)^[ \t]*(?:s|secs?|seconds?|m|mins?|minutes?` +
		`|h|hrs?|hours?|days?|weeks?|months?|times?|%|percent)\b`)
)

// Mentions returns the references in a text, in order: "deployment 123", "#12", "!12", "GH-12",
// "owner/name#12", "owner/name@hash", links to deployments, commits and requests, and
// hexadecimal numbers of seven digits or more, which may be commits. It skips comments that a
// forge does not show. It reads 64 KiB and returns 64 mentions at most.
func Mentions(s string) []Mention {
	if s = s[:min(len(s), longestText)]; strings.Contains(s, "<!--") {
		s = htmlComment.ReplaceAllString(s, " ")
	}
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
				f.Repository = linkRepository(s[at+m[2] : at+m[3]])
			}
			if f.link {
				f.at = at + m[0] // the text of a link has no other references
			}
			at = f.end // the end of one may begin the next
			if form.kind == DeploymentMention && !f.link && durationWords.MatchString(s[f.end:]) {
				continue // "the deployment 2 hours ago"
			}
			if form.kind == CommitMention {
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

// linkRepository returns the repository in the path of a link, without the prefix of an API, or
// "".
func linkRepository(path string) string {
	path = strings.TrimSuffix(path, "/")
	if rest, ok := strings.CutPrefix(path, "repos/"); ok && strings.Count(rest, "/") == 1 {
		return rest
	}
	if !strings.Contains(path, "/") || strings.HasPrefix(path, "api/") {
		return ""
	}
	return path
}

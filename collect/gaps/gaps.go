// Package gaps summarizes gaps of sources in a few lines.
package gaps

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Group is one reason, with its repositories.
type Group struct {
	Reason, Next string
	// Repositories are in order; none if the reason concerns the whole source.
	Repositories []string

	named string // the reason without the differences between its repositories
}

// GroupGaps groups gaps of one source by reason and next step, ordered by the first gap of
// each reason: O(n) for n gaps. Reasons are equal if they differ only in numbers and in
// the name of the repository.
func GroupGaps(list []fact.Gap) []Group {
	var out []Group
	index := map[string]int{}
	for i := range list {
		g := &list[i]
		named := withoutName(g.Reason, g.Repository)
		masked := numberPattern.ReplaceAllString(named, "…")
		key := masked + "\x00" + g.Next
		if g.Repository == "" {
			key = "\x00" + g.Reason + "\x00" + g.Next
		}
		at, seen := index[key]
		if !seen {
			at = len(out)
			index[key] = at
			out = append(out, Group{Reason: g.Reason, Next: g.Next, named: named})
		}
		group := &out[at]
		if group.named != named {
			group.named = masked
		}
		if group.Reason != g.Reason {
			group.Reason = group.named
		}
		if g.Repository != "" && !slices.Contains(group.Repositories, g.Repository) {
			group.Repositories = append(group.Repositories, g.Repository)
		}
	}
	for i := range out {
		slices.Sort(out[i].Repositories)
	}
	return out
}

// GroupEach returns every gap as a separate group.
func GroupEach(list []fact.Gap) []Group {
	out := make([]Group, len(list))
	for i := range list {
		out[i] = GroupGaps(list[i : i+1])[0]
	}
	return out
}

// withoutName returns a reason without the name of its repository.
func withoutName(reason, name string) string {
	if name == "" || !strings.Contains(reason, name) {
		return reason
	}
	whole := regexp.MustCompile(`(^|[^\pL\pN_-])` + regexp.QuoteMeta(name) + `([^\pL\pN_-]|$)`)
	return whole.ReplaceAllString(reason, "${1}…${2}")
}

// numberPattern matches numbers, dates and times.
var numberPattern = regexp.MustCompile(`[0-9]+([-:.,T][0-9]+)*Z?`)

// verbs occur in reasons about a part of a repository.
var verbs = []string{" could not be ", " cannot be "}

// String returns the group as one line: "acme/web: changes could not be read: …" for one
// repository, "changes of 37 repositories could not be read: …" for several.
func (g Group) String() string {
	reason, n := g.Reason, len(g.Repositories)
	switch n {
	case 0:
	case 1:
		reason = g.Repositories[0] + ": " + reason
	default:
		reason = formatSeveral(reason, text.FormatCount(n)+" repositories")
	}
	if g.Next != "" {
		reason += "; " + g.Next
	}
	return reason
}

func formatSeveral(reason, several string) string {
	if rest, ok := strings.CutPrefix(reason, "the repository "); ok {
		return several + " " + rest
	}
	for _, verb := range verbs {
		if subject, rest, ok := strings.Cut(reason, verb); ok {
			return subject + " of " + several + verb + rest
		}
	}
	return fmt.Sprintf("%s: %s", several, reason)
}

// Package gaps puts what sources could not read into few lines for people.
package gaps

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Group is one reason, with the repositories that it holds for.
type Group struct {
	Reason, Next string
	// Repositories are in order; none if the reason is about the whole source.
	Repositories []string

	named string // the reason without what only one of them has
}

// Groups puts gaps of one source together by reason and next step, in the order in
// which each reason comes first: O(n) for n gaps. Reasons are the same that differ in
// numbers and in the name of the repository only.
func Groups(list []fact.Gap) []Group {
	var out []Group
	place := map[string]int{}
	for i := range list {
		g := &list[i]
		named := withoutName(g.Reason, g.Repository)
		masked := numberPattern.ReplaceAllString(named, "…")
		key := masked + "\x00" + g.Next
		if g.Repository == "" {
			key = "\x00" + g.Reason + "\x00" + g.Next
		}
		at, seen := place[key]
		if !seen {
			at = len(out)
			place[key] = at
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

// Each returns every gap as a group of its own.
func Each(list []fact.Gap) []Group {
	out := make([]Group, len(list))
	for i := range list {
		out[i] = Groups(list[i : i+1])[0]
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

// verbs are those of reasons about a part of a repository.
var verbs = []string{" could not be ", " cannot be "}

// String returns the group as one line: "acme/web: changes could not be read: …" of
// one repository, "changes of 37 repositories could not be read: …" of several.
func (g Group) String() string {
	reason, n := g.Reason, len(g.Repositories)
	switch n {
	case 0:
	case 1:
		reason = g.Repositories[0] + ": " + reason
	default:
		reason = ofSeveral(reason, text.FormatCount(n)+" repositories")
	}
	if g.Next != "" {
		reason += "; " + g.Next
	}
	return reason
}

func ofSeveral(reason, several string) string {
	if rest, ok := strings.CutPrefix(reason, "the repository "); ok {
		return several + " " + rest
	}
	for _, verb := range verbs {
		if what, rest, ok := strings.Cut(reason, verb); ok {
			return what + " of " + several + verb + rest
		}
	}
	return fmt.Sprintf("%s: %s", several, reason)
}

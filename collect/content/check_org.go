package content

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

func (k *checker) teams() {
	for i := range k.content.Teams {
		t := &k.content.Teams[i]
		at := k.teamPlace(i)
		k.ref(at, "group", groups, &t.Group)
		k.notNegative(at, "developers", float64(t.Developers))
		for j := range t.Owns {
			o := &t.Owns[j]
			own := at.in("owns", j)
			o.Repository = k.repository(o.Repository)
			k.require(own, "repository", o.Repository, `write repository = "owner/name"`)
			if strings.ContainsAny(o.Repository, " \t\\*") {
				k.problem(own, "repository", fmt.Sprintf("%q is no repository", o.Repository),
					`write "owner/name"; parts of it go into paths`)
			}
			k.order(own, "from", o.From, "until", o.Until)
			k.globs(own, "paths", o.Paths)
		}
		k.ownedTwice(at, t)
	}
}

// repository returns the name of a repository in the spelling that teams.toml uses
// first. An address of it becomes "owner/name".
func (k *checker) repository(name string) string {
	key := text.FoldRepository(name)
	first, seen := k.repositories[key]
	if !seen {
		if k.repositories == nil {
			k.repositories = map[string]string{}
		}
		first = text.Repository(name)
		k.repositories[key] = first
	}
	return first
}

// ownedTwice reports a scope that one team owns twice at the same time. Two
// teams may share one.
func (k *checker) ownedTwice(at place, t *fact.Team) {
	spans := map[string][]*fact.Ownership{}
	for j := range t.Owns {
		o := &t.Owns[j]
		scopes := o.Paths
		if len(scopes) == 0 {
			scopes = []string{""}
		}
		for _, scope := range scopes {
			key := o.Repository + "\x00" + scope
			for _, other := range spans[key] {
				if overlap(o, other) {
					what := strings.TrimSpace(o.Repository + " " + scope)
					k.problem(at.in("owns", j), "", fmt.Sprintf("team %q owns %s twice at the same time", t.ID, what),
						fmt.Sprintf("first on line %d; give them dates that do not overlap", other.Line))
				}
			}
			spans[key] = append(spans[key], o)
		}
	}
}

func overlap(a, b *fact.Ownership) bool {
	begins := func(t, end time.Time) bool { return end.IsZero() || t.Before(end) }
	return begins(a.From, b.Until) && begins(b.From, a.Until)
}

// globs reports path patterns that can match nothing.
func (k *checker) globs(at place, key string, list []string) {
	for i, glob := range list {
		text := ""
		switch {
		case glob == "":
			text = "path is empty"
		case strings.HasPrefix(glob, "/"), strings.HasPrefix(glob, "./"):
			text = fmt.Sprintf("path %q does not begin at the root of the repository", glob)
		case strings.Contains("/"+glob+"/", "/../"):
			text = fmt.Sprintf("path %q leads out of the repository", glob)
		default:
			if _, err := path.Match(glob, ""); err != nil {
				text = fmt.Sprintf("path %q is no pattern", glob)
			}
		}
		if text != "" {
			k.problem(at, fmt.Sprintf("%s.%d", key, i), text, `write it like "services/a/**"`)
		}
	}
}

var dimensions = []string{"satisfaction", "performance", "activity", "communication", "efficiency"}

func (k *checker) measures() {
	for i := range k.content.Measures {
		m := &k.content.Measures[i]
		at := k.measurePlace(m)
		k.oneOf(at, "better", m.Better, "up", "down")
		k.oneOf(at, "aggregate", m.Aggregate, "mean", "median", "sum", "last")
		k.oneOf(at, "dimension", m.Dimension, dimensions...)
		k.ref(at, "feature", features, &m.Feature)
		if m.Target != nil && m.Better == "" {
			k.problem(at, "target", fmt.Sprintf("measure %q has a target but no better side", m.ID),
				`write better = "up" or "down"`)
		}
	}
}

func (k *checker) themes() {
	for i := range k.content.Themes {
		t := &k.content.Themes[i]
		at := k.themePlace(i)
		k.require(at, "title", t.Title, "")
		if len(t.Match) == 0 {
			k.missing(at, "match", `list regular expressions: match = ["slow.*build"]`)
		}
		k.patterns(at, "match", t.Match...)
		k.ref(at, "feature", features, &t.Feature)
		k.refs(at, "research", research, t.Research)
	}
}

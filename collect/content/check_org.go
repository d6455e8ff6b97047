package content

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// checkGroups resolves the groups that others are part of. It reports unknown ones, and each
// circle once.
func (k *checker) checkGroups() {
	parents := map[string]string{}
	for i := range k.content.Groups {
		g := &k.content.Groups[i]
		k.resolveRef(k.locateGroup(i), "parent", groups, &g.Parent)
		parents[g.ID] = g.Parent
	}
	reported := map[string]bool{}
	for i := range k.content.Groups {
		chain := findCircle(parents, k.content.Groups[i].ID)
		if len(chain) == 0 || reported[chain[0]] {
			continue
		}
		for _, id := range chain {
			reported[id] = true
		}
		k.addProblem(k.locateGroup(i), "parent", fmt.Sprintf("group %q is part of itself: %s", chain[0],
			strings.Join(append(chain, chain[0]), " → ")), "leave parent out in one of them")
	}
}

// findCircle returns the groups from one to itself along their parents; nil if they end.
func findCircle(parents map[string]string, from string) []string {
	chain := []string{from}
	for at := parents[from]; at != "" && len(chain) <= len(parents); at = parents[at] {
		if at == from {
			return chain
		}
		chain = append(chain, at)
	}
	return nil
}

func (k *checker) checkTeams() {
	for i := range k.content.Teams {
		t := &k.content.Teams[i]
		at := k.locateTeam(i)
		k.resolveRef(at, "group", groups, &t.Group)
		k.checkNotNegative(at, "developers", float64(t.Developers))
		for j := range t.Owns {
			o := &t.Owns[j]
			own := at.inTable("owns", j)
			o.Repository = k.normaliseRepository(o.Repository)
			k.requireText(own, "repository", o.Repository, `write repository = "owner/name"`)
			if strings.ContainsAny(o.Repository, " \t\\*") {
				k.addProblem(own, "repository", fmt.Sprintf("%q is not a repository", o.Repository),
					`write "owner/name"; parts of it go into paths`)
			}
			k.checkOrder(own, "from", o.From, "until", o.Until)
			k.checkGlobs(own, "paths", o.Paths)
		}
		k.checkOwnedTwice(at, t)
	}
}

// normaliseRepository returns the first spelling of a repository's name in teams.toml. An
// address becomes "owner/name".
func (k *checker) normaliseRepository(name string) string {
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

// checkOwnedTwice reports a scope that one team owns twice at the same time. Two teams may
// share a scope.
func (k *checker) checkOwnedTwice(at location, t *fact.Team) {
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
				if spansOverlap(o, other) {
					what := strings.TrimSpace(o.Repository + " " + scope)
					k.addProblem(at.inTable("owns", j), "", fmt.Sprintf("team %q owns %s twice at the same time", t.ID, what),
						fmt.Sprintf("first on line %d; give them dates that do not overlap", other.Line))
				}
			}
			spans[key] = append(spans[key], o)
		}
	}
}

func spansOverlap(a, b *fact.Ownership) bool {
	begins := func(t, end time.Time) bool { return end.IsZero() || t.Before(end) }
	return begins(a.From, b.Until) && begins(b.From, a.Until)
}

// checkGlobs reports path patterns that cannot match anything.
func (k *checker) checkGlobs(at location, key string, list []string) {
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
				text = fmt.Sprintf("path %q is not a pattern", glob)
			}
		}
		if text != "" {
			k.addProblem(at, fmt.Sprintf("%s.%d", key, i), text, `write it like "services/a/**"`)
		}
	}
}

var dimensions = []string{"satisfaction", "performance", "activity", "communication", "efficiency"}

func (k *checker) checkMeasures() {
	for i := range k.content.Measures {
		m := &k.content.Measures[i]
		at := k.locateMeasure(m)
		k.checkOneOf(at, "better", m.Better, "up", "down")
		k.checkOneOf(at, "aggregate", m.Aggregate, "mean", "median", "sum", "last")
		k.checkOneOf(at, "dimension", m.Dimension, dimensions...)
		k.resolveRef(at, "feature", features, &m.Feature)
		if m.Target != nil && m.Better == "" {
			k.addProblem(at, "target", fmt.Sprintf("measure %q has a target but no direction", m.ID),
				`write better = "up" or "down"`)
		}
	}
}

func (k *checker) checkThemes() {
	for i := range k.content.Themes {
		t := &k.content.Themes[i]
		at := k.locateTheme(i)
		k.requireText(at, "title", t.Title, "")
		if len(t.Match) == 0 {
			k.addMissing(at, "match", `list regular expressions: match = ["slow.*build"]`)
		}
		k.checkPatterns(at, "match", t.Match...)
		k.resolveRef(at, "feature", features, &t.Feature)
		k.resolveRefs(at, "research", research, t.Research)
		for j := range t.Changes {
			change := at.inTable("change", j)
			k.requireText(change, "title", t.Changes[j].Title, "")
			if t.Changes[j].On.IsZero() {
				k.addMissing(change, "on", "write the day of the change: on = 2024-09-02")
			}
		}
	}
}

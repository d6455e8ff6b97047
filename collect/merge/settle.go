package merge

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// settle decides between sources that describe the same repository: a clone and a
// forge. The clone's commits stay, because it has the whole history, and the
// forge's copies of them go. The forge's changes and deployments stay, because it
// records reviews and results, and those of the clone go where the forge covers
// them. What is left out is counted. Nothing that was gathered is changed: serve
// uses it again.
func settle(parts []Part, production func(environment, tier string) bool) []Part {
	known := newForgeKnowledge(parts, production)
	if len(known.repositories) == 0 {
		return parts
	}
	out := slices.Clone(parts)
	cloned := map[commitKey]string{} // → name of the clone's source
	for i := range out {
		if out[i].Origin == Forge {
			continue
		}
		out[i].Events = known.renamed(out[i].Events)
		if out[i].Origin == Clone {
			out[i].Events = known.withoutCovered(out[i].Source, out[i].Events)
			for k := range out[i].Events.Commits {
				cloned[keyOf(&out[i].Events.Commits[k])] = out[i].Source
			}
		}
	}
	for i := range out {
		if out[i].Origin == Forge && len(cloned) > 0 {
			out[i].Events = withoutCloned(out[i].Source, out[i].Events, cloned)
		}
	}
	return out
}

// commitKey names a commit: forks share SHAs.
type commitKey struct{ repository, sha string }

func keyOf(c *fact.Commit) commitKey { return commitKey{c.Repository, c.SHA} }

// forgeKnowledge is what the forges know of repositories.
type forgeKnowledge struct {
	repositories map[string]string // every name one ever had, in lower case → its present name
	source       map[string]string // present name → the forge's source
	changes      map[string][]fact.Coverage
	merges       map[commitKey]bool // commits that forge changes put on a branch
	deploys      map[string]bool    // has deployments to production
	covered      map[string]bool    // its deployments were read
}

func newForgeKnowledge(parts []Part, production func(environment, tier string) bool) *forgeKnowledge {
	k := &forgeKnowledge{
		repositories: map[string]string{}, source: map[string]string{}, changes: map[string][]fact.Coverage{},
		merges: map[commitKey]bool{}, deploys: map[string]bool{}, covered: map[string]bool{},
	}
	for i := range parts {
		if parts[i].Origin == Forge {
			k.take(parts[i].Source, &parts[i].Events, production)
		}
	}
	return k
}

func (k *forgeKnowledge) take(source string, e *fact.Events, production func(environment, tier string) bool) {
	for former, now := range PresentNames(e.Repositories) {
		k.repositories[former] = now
	}
	for i := range e.Repositories {
		name := e.Repositories[i].Name
		k.repositories[strings.ToLower(name)] = name
		k.source[name] = source
	}
	for _, c := range e.Coverage {
		switch c.Kind {
		case "changes":
			k.changes[c.Repository] = append(k.changes[c.Repository], c)
		case "deployments":
			k.covered[c.Repository] = true
		}
	}
	for i := range e.Changes {
		c := &e.Changes[i]
		for _, sha := range append([]string{c.MergeCommit}, c.Commits...) {
			k.merges[commitKey{c.Repository, sha}] = true
		}
	}
	for i := range e.Deployments {
		if d := &e.Deployments[i]; production(d.Environment, d.Tier) {
			k.deploys[d.Repository] = true
		}
	}
}

// present is a repository's name as its forge has it now.
func (k *forgeKnowledge) present(name string) string {
	if now, ok := k.repositories[strings.ToLower(name)]; ok {
		return now
	}
	return name
}

// renamed is a source's facts under the names that forges have for their
// repositories now. Repositories that a forge tells of are its own to tell.
func (k *forgeKnowledge) renamed(e fact.Events) fact.Events {
	rename(&e.Commits, k, func(c *fact.Commit) *string { return &c.Repository })
	rename(&e.Changes, k, func(c *fact.Change) *string { return &c.Repository })
	rename(&e.Deployments, k, func(d *fact.Deployment) *string { return &d.Repository })
	rename(&e.Incidents, k, func(i *fact.Incident) *string { return &i.Repository })
	rename(&e.Coverage, k, func(c *fact.Coverage) *string { return &c.Repository })
	rename(&e.Gaps, k, func(g *fact.Gap) *string { return &g.Repository })
	rename(&e.Repositories, k, func(r *fact.Repository) *string { return &r.Name })
	e.Repositories = slices.DeleteFunc(slices.Clone(e.Repositories), func(r fact.Repository) bool {
		return k.source[r.Name] != "" && !r.Shallow
	})
	return e
}

// rename gives facts the present names of their repositories. The list is copied
// when something in it is another, and never written to.
func rename[T any](list *[]T, k *forgeKnowledge, repository func(*T) *string) {
	copied := false
	for i := range *list {
		now := k.present(*repository(&(*list)[i]))
		if now == *repository(&(*list)[i]) {
			continue
		}
		if !copied {
			*list = slices.Clone(*list)
			copied = true
		}
		*repository(&(*list)[i]) = now
	}
}

// withoutCovered leaves out a clone's changes and deployments that a forge covers.
// A forge that recorded no deployment to production covers none of those that tags
// or branches stand for.
func (k *forgeKnowledge) withoutCovered(clone string, e fact.Events) fact.Events {
	var changes, deployments map[string]int
	e.Changes, changes = leaveOut(e.Changes, func(c *fact.Change) string {
		if k.coversChange(c) {
			return k.source[c.Repository]
		}
		return ""
	})
	e.Deployments, deployments = leaveOut(e.Deployments, func(d *fact.Deployment) string {
		if k.covered[d.Repository] && k.deploys[d.Repository] {
			return k.source[d.Repository]
		}
		return ""
	})
	e.Coverage = slices.DeleteFunc(slices.Clone(e.Coverage), func(c fact.Coverage) bool {
		return c.Kind == "deployments" && k.covered[c.Repository] && k.deploys[c.Repository]
	})
	e.Imports = countLeft(e.Imports, clone, "changes", changes)
	e.Imports = countLeft(e.Imports, clone, "deployments", deployments)
	return e
}

// coversChange reports whether a forge tells of a clone's change: it has the same
// commit, or it knows every change of that time.
func (k *forgeKnowledge) coversChange(c *fact.Change) bool {
	for _, sha := range append([]string{c.MergeCommit}, c.Commits...) {
		if sha != "" && k.merges[commitKey{c.Repository, sha}] {
			return true
		}
	}
	at := c.Merged
	for _, other := range []time.Time{c.Closed, c.Opened, c.FirstCommit} {
		if at.IsZero() {
			at = other
		}
	}
	return slices.ContainsFunc(k.changes[c.Repository], func(span fact.Coverage) bool {
		return !at.Before(span.From) && at.Before(span.To)
	})
}

// withoutCloned leaves out commits of a forge that clones have.
func withoutCloned(forge string, e fact.Events, cloned map[commitKey]string) fact.Events {
	commits, left := leaveOut(e.Commits, func(c *fact.Commit) string { return cloned[keyOf(c)] })
	e.Commits = commits
	e.Imports = countLeft(e.Imports, forge, "commits", left)
	return e
}

// alsoIn is the reason to leave out what another source has.
func alsoIn(source string) string { return "told by source " + source + " as well" }

// leaveOut is a list without the facts that another source tells, and how many
// they are by reason.
func leaveOut[T any](list []T, told func(*T) string) (kept []T, left map[string]int) {
	left = map[string]int{}
	for i := range list {
		if by := told(&list[i]); by != "" {
			left[alsoIn(by)]++
		} else if len(left) > 0 {
			kept = append(kept, list[i])
		}
		if len(left) == 0 {
			kept = list[: i+1 : i+1] // no copy as long as nothing was left out
		}
	}
	return kept, left
}

// countLeft moves facts that were left out, by reason, from used to rejected in
// the line of their kind.
func countLeft(imports []fact.Import, source, kind string, left map[string]int) []fact.Import {
	if len(left) == 0 {
		return imports
	}
	imports = slices.Clone(imports)
	i := slices.IndexFunc(imports, func(im fact.Import) bool { return im.Source == source && im.Kind == kind })
	if i < 0 {
		i = len(imports)
		imports = append(imports, fact.Import{Source: source, Kind: kind})
	}
	im := &imports[i]
	im.Rejected = slices.Clone(im.Rejected)
	for _, reason := range slices.Sorted(maps.Keys(left)) {
		n := left[reason]
		im.Read += max(0, n-im.Used) // of a source that counts otherwise
		im.Used = max(0, im.Used-n)
		im.Rejected = append(im.Rejected, fact.Rejected{Reason: reason, Count: n, ByRule: true})
	}
	return imports
}

// PresentNames maps what repositories were once called, in lower case, to what
// they are called now, unless another bears the name today.
func PresentNames(repositories []fact.Repository) map[string]string {
	names, borne := map[string]string{}, map[string]bool{}
	for i := range repositories {
		borne[strings.ToLower(repositories[i].Name)] = true
	}
	for i := range repositories {
		for _, former := range repositories[i].Former {
			if former = strings.ToLower(former); !borne[former] {
				names[former] = repositories[i].Name
			}
		}
	}
	return names
}

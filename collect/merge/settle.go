package merge

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// settleSources decides between a clone and a forge with the same repository. The clone keeps
// its commits, because it has the whole history, and the forge's copies are left out. The forge
// keeps its changes and deployments, because it records reviews and results. Those of the clone
// are left out for the time that the forge covers. Rows left out are counted. The input is
// never changed, because serve uses it again.
func settleSources(parts []SourceFacts, production func(environment, tier string) bool) []SourceFacts {
	known := newForgeFacts(parts, production)
	if len(known.repositories) == 0 {
		return parts
	}
	out := slices.Clone(parts)
	cloned := map[commitKey]string{} // → name of the clone's source
	for i := range out {
		if out[i].Origin == Forge {
			continue
		}
		out[i].Events = known.renameRepositories(out[i].Events)
		if out[i].Origin == Clone {
			out[i].Events = known.dropCovered(out[i].Name, out[i].Events)
			for k := range out[i].Events.Commits {
				cloned[newCommitKey(&out[i].Events.Commits[k])] = out[i].Name
			}
		}
	}
	for i := range out {
		if out[i].Origin == Forge && len(cloned) > 0 {
			out[i].Events = dropCloned(out[i].Name, out[i].Events, cloned)
		}
	}
	return out
}

// commitKey identifies a commit. Forks share hashes.
type commitKey struct{ repository, sha string }

func newCommitKey(c *fact.Commit) commitKey { return commitKey{c.Repository, c.SHA} }

// forgeFacts has the repositories of the forges and what the forges cover.
type forgeFacts struct {
	repositories map[string]string // each present and former name in lower case → the present name
	source       map[string]string // present name → the forge's source
	changes      map[string][]fact.Coverage
	merges       map[commitKey]bool // commits that changes of a forge put on a branch
	deploys      map[string]bool    // has deployments to production
	covered      map[string]bool    // its deployments were read
}

func newForgeFacts(parts []SourceFacts, production func(environment, tier string) bool) *forgeFacts {
	k := &forgeFacts{
		repositories: map[string]string{}, source: map[string]string{}, changes: map[string][]fact.Coverage{},
		merges: map[commitKey]bool{}, deploys: map[string]bool{}, covered: map[string]bool{},
	}
	for i := range parts {
		if parts[i].Origin == Forge {
			k.addEvents(parts[i].Name, &parts[i].Events, production)
		}
	}
	return k
}

func (k *forgeFacts) addEvents(source string, e *fact.Events, production func(environment, tier string) bool) {
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

// presentName returns a repository's present name in its forge.
func (k *forgeFacts) presentName(name string) string {
	if now, ok := k.repositories[strings.ToLower(name)]; ok {
		return now
	}
	return name
}

// renameRepositories returns a source's facts with the present names of repositories. It drops
// repositories that a forge describes.
func (k *forgeFacts) renameRepositories(e fact.Events) fact.Events {
	renameList(&e.Commits, k, func(c *fact.Commit) *string { return &c.Repository })
	renameList(&e.Changes, k, func(c *fact.Change) *string { return &c.Repository })
	renameList(&e.Deployments, k, func(d *fact.Deployment) *string { return &d.Repository })
	renameList(&e.Incidents, k, func(i *fact.Incident) *string { return &i.Repository })
	renameList(&e.Coverage, k, func(c *fact.Coverage) *string { return &c.Repository })
	renameList(&e.Gaps, k, func(g *fact.Gap) *string { return &g.Repository })
	renameList(&e.Repositories, k, func(r *fact.Repository) *string { return &r.Name })
	e.Repositories = slices.DeleteFunc(slices.Clone(e.Repositories), func(r fact.Repository) bool {
		return k.source[r.Name] != "" && !r.Shallow
	})
	return e
}

// renameList sets the present names of repositories. It copies the list before the first
// change.
func renameList[T any](list *[]T, k *forgeFacts, repository func(*T) *string) {
	copied := false
	for i := range *list {
		now := k.presentName(*repository(&(*list)[i]))
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

// dropCovered leaves out a clone's changes and deployments that a forge covers. A forge without
// deployments to production does not cover the deployments of tags or branches.
func (k *forgeFacts) dropCovered(clone string, e fact.Events) fact.Events {
	var changes, deployments map[leftOut]int
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

// coversChange reports whether a forge has a clone's change: it has the same commit, or all
// changes of that time.
func (k *forgeFacts) coversChange(c *fact.Change) bool {
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

// dropCloned leaves out the commits of a forge that clones have.
func dropCloned(forge string, e fact.Events, cloned map[commitKey]string) fact.Events {
	commits, left := leaveOut(e.Commits, func(c *fact.Commit) string { return cloned[newCommitKey(c)] })
	e.Commits = commits
	e.Imports = countLeft(e.Imports, forge, "commits", left)
	return e
}

// duplicateReason returns the reason for leaving out a fact of another source.
func duplicateReason(source string) string { return "also in source " + source }

// leaveOut returns the facts without those of another source, and the number left out by
// reason.
func leaveOut[T any](list []T, other func(*T) string) (kept []T, left map[leftOut]int) {
	left = map[leftOut]int{}
	for i := range list {
		if by := other(&list[i]); by != "" {
			left[leftOut{reason: duplicateReason(by), class: fact.Repeat}]++
		} else if len(left) > 0 {
			kept = append(kept, list[i])
		}
		if len(left) == 0 {
			kept = list[: i+1 : i+1] // no copy until the first fact is left out
		}
	}
	return kept, left
}

// countLeft moves facts that were left out, by reason, from used to rejected in the import of
// their kind.
func countLeft(imports []fact.Import, source, kind string, left map[leftOut]int) []fact.Import {
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
	for _, l := range slices.SortedFunc(maps.Keys(left), func(a, b leftOut) int {
		return cmp.Or(cmp.Compare(a.reason, b.reason), cmp.Compare(a.class, b.class))
	}) {
		n := left[l]
		im.Read += max(0, n-im.Used) // of a source that counts in another way
		im.Used = max(0, im.Used-n)
		im.Rejected = append(im.Rejected, fact.Rejected{Reason: l.reason, Count: n, Class: l.class})
	}
	return imports
}

// PresentNames maps former names of repositories, in lower case, to the present ones. It leaves
// out former names that another repository has now.
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

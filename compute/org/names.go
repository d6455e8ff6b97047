package org

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Names resolves the names in files and forges: a team, group, feature or measure by its ID,
// title, label or former ID, a service by its name, a repository by "owner/name" or its
// address. It ignores case, blanks and Unicode forms. All names are resolved here.
type Names struct {
	teams, groups, features, measures, services, repositories finder
	// shared holds the folded repositories with several services.
	shared map[string]bool
	// parts holds the names of owned parts of repositories in tags and deployments.
	parts map[partName]bool
}

// partName is a folded repository and the folded name of a part of it.
type partName struct{ repository, name string }

// NewNames indexes the names in content. IDs win over titles, titles over labels and former
// IDs, and the first of two equal names counts.
func NewNames(c fact.Content) *Names {
	n := &Names{
		shared: map[string]bool{}, parts: map[partName]bool{},
		teams: newFinder(), groups: newFinder(), features: newFinder(),
		measures: newFinder(), services: newFinder(), repositories: newFinder(),
	}
	rank := func(f *finder, id string, names ...string) {
		for _, name := range names {
			f.add(text.Fold(name), id)
		}
	}
	for i := range c.Teams {
		rank(&n.teams, c.Teams[i].ID, c.Teams[i].ID)
	}
	for i := range c.Teams {
		rank(&n.teams, c.Teams[i].ID, c.Teams[i].Title)
	}
	for i := range c.Teams {
		rank(&n.teams, c.Teams[i].ID, c.Teams[i].Formerly...)
	}
	for i := range c.Teams {
		for _, own := range c.Teams[i].Owns {
			for _, name := range ComponentNames(c.Teams[i].ID, own) {
				n.parts[partName{text.FoldRepository(own.Repository), text.Fold(name)}] = true
			}
		}
	}
	for i := range c.Groups {
		rank(&n.groups, c.Groups[i].ID, c.Groups[i].ID, c.Groups[i].Title)
	}
	for i := range c.Features {
		rank(&n.features, c.Features[i].ID, c.Features[i].ID)
	}
	for i := range c.Features {
		rank(&n.features, c.Features[i].ID, c.Features[i].Title)
	}
	for i := range c.Features {
		rank(&n.features, c.Features[i].ID, slices.Concat(c.Features[i].Labels, c.Features[i].Formerly)...)
	}
	for i := range c.Measures {
		rank(&n.measures, c.Measures[i].ID, c.Measures[i].ID)
	}
	for i := range c.Measures {
		rank(&n.measures, c.Measures[i].ID, c.Measures[i].Title)
	}
	n.declareServices(c)
	return n
}

// declareServices adds the repositories and services that teams own.
func (n *Names) declareServices(c fact.Content) {
	of := map[string]string{} // folded repository → its only service
	for i := range c.Teams {
		for _, own := range c.Teams[i].Owns {
			id, repository := ServiceID(own), text.FoldRepository(own.Repository)
			n.repositories.add(repository, own.Repository)
			n.services.add(text.Fold(id), id)
			if other, seen := of[repository]; seen && other != id {
				n.shared[repository] = true
			}
			of[repository] = id
		}
	}
	for repository, id := range of {
		if !n.shared[repository] {
			n.services.learn(repository, id)
		}
	}
}

// Team returns the ID of the team of that name.
func (n *Names) Team(name string) (id string, ok bool) { return n.teams.find(text.Fold(name)) }

// Feature returns the ID of the feature of that name.
func (n *Names) Feature(name string) (id string, ok bool) { return n.features.find(text.Fold(name)) }

// Measure returns the ID of the declared measure of that name.
func (n *Names) Measure(name string) (id string, ok bool) { return n.measures.find(text.Fold(name)) }

// NearMeasure returns the declared measure with the nearest name, or "".
func (n *Names) NearMeasure(name string) string { return n.measures.findNear(text.Fold(name)) }

// Repository returns the spelling in use for a repository's name or address. ok is false if the
// repository is unknown.
func (n *Names) Repository(name string) (spelling string, ok bool) {
	return n.repositories.find(text.FoldRepository(name))
}

// TeamOrGroup returns the ID of the team, or else the group, of that name.
func (n *Names) TeamOrGroup(name string) (id string, ok bool) {
	key := text.Fold(name)
	if id, ok = n.teams.find(key); ok {
		return id, true
	}
	return n.groups.find(key)
}

// Service returns the ID of the service of that name, or of the only service of the
// repository of that name.
func (n *Names) Service(name string) (id string, ok bool) {
	if id, ok = n.services.find(text.Fold(name)); ok {
		return id, true
	}
	return n.services.find(text.FoldRepository(name))
}

// Overrides returns rulings with the spelling in use for repositories.
func (n *Names) Overrides(list []fact.FailureOverride) []fact.FailureOverride {
	respell(&list, func(f *fact.FailureOverride) *string { return &f.Repository }, func(f *fact.FailureOverride) string {
		now, _ := n.Repository(f.Repository)
		return cmp.Or(now, f.Repository)
	})
	return list
}

// finder maps folded names to IDs or spellings.
type finder struct {
	byKey map[string]string
	// declared has the entries from content, which are proposed for unknown names. The other
	// entries come from facts.
	declared map[string]string
}

func newFinder() finder {
	return finder{byKey: map[string]string{}, declared: map[string]string{}}
}

// add adds a name that content declares.
func (f *finder) add(key, name string) {
	if f.learn(key, name) {
		f.declared[key] = name
	}
}

// learn adds a name that is never proposed for unknown names. It reports whether the name is
// new.
func (f *finder) learn(key, name string) bool {
	if _, taken := f.byKey[key]; taken || key == "" {
		return false
	}
	f.byKey[key] = name
	return true
}

func (f *finder) find(key string) (string, bool) {
	name, ok := f.byKey[key]
	return name, ok
}

// findNear returns a proposal for an unknown name: the only declared name that ends in it, else
// the one with the fewest edits, or "".
func (f *finder) findNear(key string) string {
	if key == "" {
		return ""
	}
	found, several := "", false
	keys := make([]string, 0, len(f.declared))
	for k, name := range f.declared {
		keys = append(keys, k)
		if i := strings.LastIndexAny(k, "/:"); i >= 0 && k[i+1:] == key {
			several = several || found != "" && found != name
			found = name
		}
	}
	if found != "" && !several {
		return found
	}
	return f.declared[text.Nearest(key, keys)]
}

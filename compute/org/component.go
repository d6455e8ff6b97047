package org

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// ComponentNames returns the names that tags and deployments may use for a part of a repository
// that a team owns by paths: its service, its folders, the last element of each folder, and the
// team's ID. It returns nil for a whole repository.
func ComponentNames(team string, own fact.Ownership) []string {
	if len(own.Paths) == 0 {
		return nil
	}
	names := []string{team}
	if own.Service != "" {
		names = append(names, own.Service)
	}
	for _, glob := range own.Paths {
		folder := strings.TrimPrefix(glob, "/")
		for _, end := range []string{"/**", "/*", "/"} {
			folder = strings.TrimSuffix(folder, end)
		}
		if folder == "" || strings.ContainsAny(folder, "*?") {
			continue
		}
		names = append(names, folder, folder[strings.LastIndexByte(folder, '/')+1:])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var (
	// componentTag splits a tag into the text before a version, a separator, and the version:
	// dotted numbers or a date.
	componentTag = regexp.MustCompile(`^(.+?)([/@_-])(?i:version|ver|release|rel|v|r)?\.?` +
		`(?:\d{4}-\d{2}-\d{2}|\d+(?:[._]\d+)+|\d{8})(?:[^/]*)$`)
	// ordinary words before a version do not name a component.
	ordinary = regexp.MustCompile(`^(?i:releases?|rel|version|ver|v|tags?|refs|heads|deploy|deployments?|prod|` +
		`production|live|stable|hot-?fix|bug-?fix|fix|feature|support|staging)$`)
)

// component is the part of a repository that a deployment names.
type component struct {
	name string // "" for none
	// sure: it names a part, owned or not.
	sure bool
	// dashed: - or _ joins name and version, so the name may be that of the project.
	dashed bool
}

// parseComponent returns the component that a deployment names: its service, or the text before
// the version of its tag ("web@1.2.0", "web/v1.2.0", "web-v1.2.0").
func parseComponent(d *fact.Deployment) component {
	if d.Service != "" {
		return component{name: d.Service, sure: true}
	}
	f := componentTag.FindStringSubmatch(strings.TrimPrefix(d.Ref, "refs/tags/"))
	if f == nil {
		name, _, _ := cutLast(d.Ref)
		return component{name: name}
	}
	var kept []string
	for segment := range strings.SplitSeq(f[1], "/") {
		if !ordinary.MatchString(segment) {
			kept = append(kept, segment)
		}
	}
	c := component{name: strings.Join(kept, "/"), dashed: f[2] == "-" || f[2] == "_"}
	c.sure = c.name != "" && !c.dashed
	return c
}

// cutLast cuts a ref at its last slash.
func cutLast(ref string) (before, after string, found bool) {
	i := strings.LastIndexByte(ref, '/')
	if i < 0 {
		return "", ref, false
	}
	return ref[:i], ref[i+1:], true
}

// components finds the services of a repository by the names of components.
type components struct {
	byName map[string][]int // folded name → services
	whole  []int            // services that are the whole repository
	scoped bool             // some service is a part of it
	dashed bool             // tags join components by - or _: one of them names an owned part
}

// nameComponents indexes the services of each repository by their names.
func (r *resolver) nameComponents() {
	r.components = make(map[string]*components, len(r.byRepo))
	for repo, services := range r.byRepo {
		c := &components{byName: map[string][]int{}}
		for _, i := range services {
			s := &r.org.Services[i]
			if s.scope.isWhole() {
				c.whole = append(c.whole, i)
				continue
			}
			c.scoped = true
			for _, name := range append(s.names, s.ID, strings.TrimPrefix(s.ID, repo+":")) {
				key := text.Fold(name)
				if !slices.Contains(c.byName[key], i) {
					c.byName[key] = append(c.byName[key], i)
				}
			}
		}
		r.components[repo] = c
	}
}

// findServices returns the services with that name, or with its last element ("@acme/web" is
// web).
func (c *components) findServices(name string) []int {
	key := text.Fold(name)
	if found := c.byName[key]; found != nil || key == "" {
		return found
	}
	_, last, _ := cutLast(key)
	return c.byName[last]
}

// findDashes marks the repositories whose tags join components by - or _.
func (r *resolver) findDashes(ds []fact.Deployment) {
	for i := range ds {
		of := r.components[ds[i].Repository]
		if of == nil || !of.scoped || of.dashed {
			continue
		}
		if c := parseComponent(&ds[i]); c.dashed && len(of.findServices(c.name)) > 0 {
			of.dashed = true
		}
	}
}

// findDeploymentServices returns the services that a deployment rolls out, or the reason for
// having none. It is the service that the source names; else the part that its tag names, if
// parts of the repository are owned by paths; else all services of the repository, because a
// roll-out of a whole monorepo rolls out each. A part that no team owns by paths belongs to the
// owner of the whole repository, if there is one.
func (r *resolver) findDeploymentServices(d *fact.Deployment) (services []int, why string) {
	if d.Service != "" {
		// Names are unique within a repository only.
		if i, ok := r.services[d.Service]; ok && (d.Repository == "" || r.org.Services[i].Repository == d.Repository) {
			return r.oneService(i), ""
		}
	}
	in, of := r.byRepo[d.Repository], r.components[d.Repository]
	if len(in) == 0 {
		return nil, "match no service"
	}
	if !of.scoped {
		if prefix, _, ok := cutLast(d.Ref); ok && len(in) > 1 {
			for _, s := range in {
				if id := r.org.Services[s].ID; id == prefix || strings.HasSuffix(id, "/"+prefix) {
					return r.oneService(s), ""
				}
			}
		}
		return in, ""
	}
	c := parseComponent(d)
	if found := of.findServices(c.name); len(found) > 0 {
		return found, ""
	}
	_, project, _ := cutLast(d.Repository)
	if c.name == "" || !c.sure && !(c.dashed && of.dashed) || text.Fold(c.name) == text.Fold(project) {
		return in, ""
	}
	if len(of.whole) > 0 {
		return of.whole, ""
	}
	return nil, fmt.Sprintf("belong to the component %s, which no team owns by paths", text.Quote(c.name))
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/compute/org"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// source is a configured source with what serve needs to know about it.
type source struct {
	collect.Source
	kind string // table of config.toml: "git", "events", "usage"
	// system issued the ids in it: tables of one system share them; "" is a system
	// of its own.
	system string
	// setting says all that the source was told: when it and the files are as
	// before, so are the facts.
	setting string
	files   []string // whose change calls for collecting again
	pattern string   // files that match it belong to it, too; "" if there is none
}

// sources lists the sources of a configuration: here is where a new one is added.
// Facts are merged in this order.
func sources(w *workspace.Workspace) ([]source, error) {
	list := forgeSources(w)
	for i := range w.Config.Git {
		list = append(list, gitSource(w, &w.Config.Git[i]))
	}
	for i := range w.Config.Events {
		more, err := eventSources(w, &w.Config.Events[i])
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	for i := range w.Content.Surveys {
		more, err := surveySources(w, &w.Content.Surveys[i])
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	for _, x := range w.Config.Exports() {
		more, err := exportSources(w, x)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

func gitSource(w *workspace.Workspace, g *config.Git) source {
	o := g.Options(workspace.ResolvePath(w.Root, g.Path), ownsPaths(w.Content))
	o.Components = componentsOf(w.Content)
	s := source{Source: git.New(g.Name, o), kind: "git", setting: fmt.Sprintf("%s %+v", g.Name, o)}
	dir := filepath.Join(o.Path, ".git")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		dir = o.Path // a bare clone, or a work tree whose clone is elsewhere
	}
	for _, name := range []string{"HEAD", "packed-refs", "refs/heads", "refs/tags"} {
		s.files = append(s.files, filepath.Join(dir, filepath.FromSlash(name)))
	}
	return s
}

// ownsPaths reports whether some team owns a part of a repository: only then
// the files of each commit are worth the time it takes to read them.
func ownsPaths(c fact.Content) bool {
	for i := range c.Teams {
		for j := range c.Teams[i].Owns {
			if len(c.Teams[i].Owns[j].Paths) > 0 {
				return true
			}
		}
	}
	return false
}

// componentsOf lists, by repository, the names of the parts that teams own.
func componentsOf(c fact.Content) map[string][]string {
	names := map[string][]string{}
	for i := range c.Teams {
		for _, own := range c.Teams[i].Owns {
			if of := org.ComponentNames(c.Teams[i].ID, own); of != nil {
				names[own.Repository] = append(names[own.Repository], of...)
			}
		}
	}
	return names
}

func eventSources(w *workspace.Workspace, e *config.Events) ([]source, error) {
	o, errs := e.Options()
	for _, err := range errs { // config.Parse has reported them
		return nil, exit.BadInput("", "source %q: %s", e.Name, err.Text)
	}
	setting := fmt.Sprintf("%s %+v", e.Kind, o)
	return fileSources(w, "events", &e.FileKeys, setting, func(file tabular.File) (collect.Source, error) {
		return events.New(e.Name, events.Kind(e.Kind), file, o)
	})
}

// fileSources are one source for each file that a table's pattern matches, all of
// one name; if it matches none, a source that says so.
func fileSources(w *workspace.Workspace, kind string, f *config.FileKeys, setting string, open func(tabular.File) (collect.Source,
	error),
) ([]source, error) {
	pattern := pattern(w.Root, f.File)
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, exit.BadInput("", "source %q: file %q is not a pattern", f.Name, f.File)
	}
	if len(files) == 0 {
		files = []string{workspace.ResolvePath(w.Root, f.File)}
	}
	system := cmp.Or(f.System, f.File)
	var list []source
	for _, name := range files {
		s, err := open(exportFile(w.Root, name))
		if err != nil {
			return nil, exit.BadInput("", "%w", err)
		}
		list = append(list, source{
			Source: s, kind: kind, system: system, files: []string{name}, pattern: pattern,
			setting: fmt.Sprintf("%s %s %s %q %s", kind, f.Name, name, system, setting),
		})
	}
	return list, nil
}

// exportFile is an export, opened anew for every build.
func exportFile(root, name string) tabular.File {
	return tabular.File{
		Path: workspace.PublicName(root, name),
		Open: func() (io.ReadCloser, error) { return workspace.OpenRegular(name) },
	}
}

// pattern is a pattern below a folder whose own name is taken as it is.
func pattern(root, file string) string {
	if filepath.IsAbs(filepath.FromSlash(file)) {
		return filepath.FromSlash(file)
	}
	literal := strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(root)
	return filepath.Join(literal, filepath.FromSlash(file))
}

package sources

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute/org"
)

func openClones(s *Setup) ([]Source, error) {
	var list []Source
	for i := range s.Config.Git {
		g := &s.Config.Git[i]
		o := g.Options(s.resolve(g.Path), ownsPaths(s.Content))
		o.Components = listComponents(s.Content)
		src := Source{Source: git.New(g.Name, o), Setting: fmt.Sprintf("%s %+v", g.Name, o)}
		dir := filepath.Join(o.Path, ".git")
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			dir = o.Path // a bare clone, or a work tree whose clone is elsewhere
		}
		for _, name := range []string{"HEAD", "packed-refs", "refs/heads", "refs/tags"} {
			src.Files = append(src.Files, filepath.Join(dir, filepath.FromSlash(name)))
		}
		list = append(list, src)
	}
	return list, nil
}

func clonePaths(s *Setup) []Path {
	var list []Path
	for i := range s.Config.Git {
		list = append(list, Path{s.Config.Git[i].Name, s.resolve(s.Config.Git[i].Path)})
	}
	return list
}

// ownsPaths reports whether a team owns a part of a repository. Only then is it worth the
// time to read the files of each commit.
func ownsPaths(c *fact.Content) bool {
	for i := range c.Teams {
		for j := range c.Teams[i].Owns {
			if len(c.Teams[i].Owns[j].Paths) > 0 {
				return true
			}
		}
	}
	return false
}

// listComponents lists, by repository, the names of the parts that teams own.
func listComponents(c *fact.Content) map[string][]string {
	names := map[string][]string{}
	for i := range c.Teams {
		for _, own := range c.Teams[i].Owns {
			if parts := org.ComponentNames(c.Teams[i].ID, own); parts != nil {
				names[own.Repository] = append(names[own.Repository], parts...)
			}
		}
	}
	return names
}

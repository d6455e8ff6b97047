package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/templates"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// home is where releases and the action come from.
const home = "ip3dp/ip3dp"

// pipeline is what the templates of CI files are filled with.
type pipeline struct {
	// Action is what a step uses, with the version in a comment; PinnedAction is
	// the same where nothing is checked out that it could come from.
	Action, PinnedAction string
	Version              string // release; "" for a build of the source
	Config               string // as seen from the clone's top; "" for the default
	State                string // folder of what is kept between runs
	Site                 string // address of the published site; "" if unknown
	Paths                []string
	// Local says that the clone holds ip3dp itself.
	Local bool
	// Component and Stage are for GitLab: whether it is the component of the
	// catalogue, whose values are inputs.
	Component       bool
	Stage, Releases string
}

// ciFiles are the files that run ip3dp on the forge that a clone comes from, with
// paths as seen from here; none if it is a forge we have none for.
func ciFiles(ctx context.Context, dir, kind, contentDir string) ([]newFile, error) {
	top := cloneAround(dir)
	if top == "" && kind != "auto" && kind != "none" {
		return nil, exit.BadInput("run it in a git clone, or leave out --ci", "--ci %s: %s lies in no git clone", kind, dir)
	}
	if top == "" {
		return nil, nil
	}
	root := workspace.ResolvePath(dir, top)
	if kind == "auto" {
		// A clone that cannot be read has been told of where its name was asked for.
		kind, _ = git.Forge(ctx, root)
	}
	below, err := folderBelow(root, dir)
	if err != nil {
		return nil, err
	}
	p := newPipeline(below, contentDir)
	forge := config.FindKind(kind)
	if forge == nil {
		return nil, nil
	}
	if forge == config.KindGitLab {
		// The jobs of GitLab name it in any case.
		p.Config = cmp.Or(p.Config, "config.toml")
	}
	var files []newFile
	for _, job := range forge.Jobs {
		text, err := ciFile(job.Template, p)
		if err != nil {
			return nil, err
		}
		files = append(files, newFile{filepath.Join(root, filepath.FromSlash(job.File)), text})
	}
	return files, nil
}

// initJobs adds the jobs of a forge to a configuration that is there.
func (p *program) initJobs(ctx context.Context, dir, kind string) error {
	jobs, err := ciFiles(ctx, dir, kind, contentFolder(dir))
	if err != nil {
		return err
	}
	for _, file := range jobs {
		if err := p.put(file, false); err != nil {
			return err
		}
	}
	return nil
}

// folderBelow is dir as seen from root, with slashes; "" if they are the same.
func folderBelow(root, dir string) (string, error) {
	a, err := filepath.Abs(root)
	if err == nil {
		var b, rel string
		if b, err = filepath.Abs(dir); err == nil {
			if rel, err = filepath.Rel(a, b); err == nil {
				return strings.TrimPrefix(filepath.ToSlash(rel), "."), nil
			}
		}
	}
	return "", exit.Fail("", fmt.Errorf("init: %w", err))
}

// newPipeline runs the configuration of a folder with this version of ip3dp.
func newPipeline(folder, contentDir string) pipeline {
	p := pipeline{
		State: path.Join(folder, ".ip3dp"), Stage: "deploy",
		Releases: "https://github.com/" + home + "/releases/download",
	}
	if folder != "" {
		p.Config = path.Join(folder, "config.toml")
	}
	if v := versionText(); isRelease(v) {
		p.Version = v
	}
	// A tag of an action can be moved to other code, a commit cannot.
	p.Action = home + "@" + cmp.Or(commit, p.Version, "main")
	if commit != "" {
		p.Action += " # " + versionText()
	} else {
		p.Action += " # better its commit, which this build does not know"
	}
	p.PinnedAction = p.Action
	p.Paths = contentPaths(folder, contentDir)
	return p
}

// isRelease reports whether a version is one that was published, such as v1.2.3.
func isRelease(v string) bool {
	rest, ok := strings.CutPrefix(v, "v")
	return ok && strings.Count(rest, ".") == 2 && !strings.ContainsAny(rest, "-+ ")
}

// contentPaths are the patterns of what a preview can show the effect of.
func contentPaths(folder, contentDir string) []string {
	paths := []string{path.Join(folder, "config.toml")}
	if contentDir != "." {
		return append(paths, path.Join(folder, contentDir, "**"))
	}
	paths = append(paths, path.Join(folder, "*.toml"))
	for _, name := range workspace.ContentFolders[1:] {
		paths = append(paths, path.Join(folder, name, "**"))
	}
	return slices.Compact(paths)
}

// ciFile fills one template. Its delimiters are [[ ]], because {{ }} are those of
// workflows.
func ciFile(name string, p pipeline) ([]byte, error) {
	files, err := fs.Sub(templates.Scaffold, "ci")
	var t *template.Template
	if err == nil {
		t, err = template.New(path.Base(name)).Delims("[[", "]]").ParseFS(files, name)
	}
	var b bytes.Buffer
	if err == nil {
		err = t.Execute(&b, p)
	}
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("scaffold: %w", err))
	}
	return b.Bytes(), nil
}

package scaffold

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/templates"
)

// Home is the repository of the releases and the action.
const Home = "ip3dp/ip3dp"

// Pipeline has the values of the templates of CI files.
type Pipeline struct {
	// Action is the reference of a step's action, with the version in a comment; PinnedAction
	// is the reference for jobs without a checkout.
	Action, PinnedAction string
	Version              string // release; "" for a build of the source
	Config               string // as seen from the clone's top; "" for the default
	State                string // folder that is kept between runs
	Site                 string // address of the published site; "" if unknown
	Paths                []string
	// Local marks the clone of ip3dp itself.
	Local bool
	// Component and Stage are for GitLab: whether it is the component of the
	// catalogue, whose values are inputs.
	Component              bool
	Stage, Image, Releases string
}

// Release is a version of ip3dp; its Commit is "" if it is unknown.
type Release struct{ Version, Commit string }

// ListJobs returns the files that run ip3dp on the forge of a clone, with paths as seen from
// here; none for a forge without templates.
func ListJobs(ctx context.Context, dir, kind, contentDir string, r Release) ([]File, error) {
	top := FindClone(dir)
	if top == "" && kind != "auto" && kind != "none" {
		return nil, exit.BadInput("run it in a git clone, or leave out --ci", "--ci %s: %s is outside a git clone", kind, dir)
	}
	if top == "" {
		return nil, nil
	}
	root := config.Resolve(dir, top)
	if kind == "auto" {
		// Find has reported a clone that cannot be read.
		kind, _ = git.ForgeKind(ctx, root)
	}
	below, err := folderBelow(root, dir)
	if err != nil {
		return nil, err
	}
	p := NewPipeline(below, contentDir, r)
	forge := config.FindKind(kind)
	if forge == nil {
		return nil, nil
	}
	if forge == config.KindGitLab {
		// The jobs of GitLab name it in any case.
		p.Config = cmp.Or(p.Config, "config.toml")
	}
	var files []File
	for _, job := range forge.Jobs {
		text, err := FillJob(job.Template, p)
		if err != nil {
			return nil, err
		}
		files = append(files, File{filepath.Join(root, filepath.FromSlash(job.File)), text})
	}
	return files, nil
}

// folderBelow returns dir as seen from root, with slashes; "" if they are the same.
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

// NewPipeline runs the configuration of a folder with this version of ip3dp.
func NewPipeline(folder, contentDir string, r Release) Pipeline {
	p := Pipeline{
		State: path.Join(folder, ".ip3dp"), Stage: "deploy", Image: "alpine:3.22",
		Releases: "https://github.com/" + Home + "/releases/download",
	}
	if folder != "" {
		p.Config = path.Join(folder, "config.toml")
	}
	if isRelease(r.Version) {
		p.Version = r.Version
	}
	// A tag of an action can be moved to other code, a commit cannot.
	p.Action = Home + "@" + cmp.Or(r.Commit, p.Version, "main")
	if r.Commit != "" {
		p.Action += " # " + r.Version
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

// contentPaths returns the patterns of files whose effect a preview can show.
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

// FillJob fills one template. Its delimiters are [[ ]], because {{ }} are those of
// workflows.
func FillJob(name string, p Pipeline) ([]byte, error) {
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

// Fill fills one of the files that init and demo write.
func Fill(name string, values any) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"quote": config.Quote}).ParseFS(templates.Scaffold, "init/"+name)
	var b bytes.Buffer
	if err == nil {
		err = t.Execute(&b, values)
	}
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("scaffold: %w", err))
	}
	return b.Bytes(), nil
}

// AppendTo returns the present text of a file followed by text, for files that have several
// things.
func AppendTo(path string, text []byte) ([]byte, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return text, nil
	case err != nil:
		return nil, exit.Fail("", fmt.Errorf("new: %w", err))
	case !info.Mode().IsRegular() || info.Size() > largestFile:
		return nil, exit.BadInput("add it by hand", "new: %s is not a file of a size that people write by hand", path)
	}
	before, err := workspace.ReadSmall(path)
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("new: %w", err))
	}
	if before = bytes.TrimRight(before, "\n"); len(before) == 0 {
		return text, nil
	}
	return slices.Concat(before, []byte("\n\n"), text), nil
}

// largestFile is the largest size of a content file, in bytes.
const largestFile = 1 << 20

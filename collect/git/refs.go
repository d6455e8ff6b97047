package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ref is one branch or tag in the output of for-each-ref.
type ref struct {
	name   string // full: "refs/tags/v1.0.0"
	commit string // "" if it points at another object than a commit
	nested bool   // a tag of a tag, which older gits do not resolve
	tagged int64  // Unix seconds of an annotated tag, 0 without a date
	// annotated is true for a tag with its own object, date and tagger.
	annotated bool
	symref    string // full name of the branch that it refers to
}

// tip is the newest commit of a branch.
type tip struct{ name, sha string }

const refFormat = "--format=%(refname)%00%(objectname)%00%(objecttype)%00" +
	"%(*objectname)%00%(*objecttype)%00%(taggerdate:unix)%00%(symref)"

// openClone checks that the path is a clone. It reads the refs, the repository's name and the
// branch whose history counts.
func (r *cloneReader) openClone(ctx context.Context) error {
	out, err := r.git.output(ctx, "rev-parse", "--is-shallow-repository", "--git-path", "FETCH_HEAD", "--show-prefix")
	if err != nil {
		return err
	}
	shallow, rest, _ := strings.Cut(string(out), "\n")
	fetchHead, prefix, _ := strings.Cut(rest, "\n")
	if prefix = strings.TrimSuffix(prefix, "\n"); prefix != "" {
		return &knownError{
			fmt.Sprintf("the path is the folder %q inside a clone", prefix), "give the clone's top folder",
			nil,
		}
	}
	r.repo.Shallow = shallow == "true"
	r.fetched = modTime(r.o.Path, fetchHead)
	origin, err := r.git.tryOutput(ctx, "remote", "get-url", "origin")
	if err != nil {
		return err
	}
	r.forge = newForge(origin)
	r.repo.URL = r.forge.base
	if r.repo.Name, err = repositoryName(r.o, r.forge); err != nil {
		return err
	}
	if out, err = r.git.output(ctx, "for-each-ref", refFormat, "refs/heads", "refs/remotes", "refs/tags"); err != nil {
		return err
	}
	if r.refs, err = parseRefs(out); err != nil {
		return err
	}
	if err = r.git.peelTags(ctx, r.refs); err != nil {
		return err
	}
	r.head, err = r.defaultBranch(ctx)
	if r.head.name != "HEAD" {
		r.repo.DefaultBranch = r.head.name
	}
	return err
}

// modTime returns when a file of the clone was written, or the zero time if it is missing.
func modTime(clone, file string) time.Time {
	if !filepath.IsAbs(file) {
		file = filepath.Join(clone, file)
	}
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime().UTC().Truncate(time.Second)
}

// tryOutput runs a git command that fails when there is nothing to print.
func (p program) tryOutput(ctx context.Context, args ...string) (string, error) {
	out, err := p.output(ctx, args...)
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return "", nil
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

func repositoryName(o Options, f forge) (string, error) {
	if o.Repository != "" {
		return o.Repository, nil
	}
	if f.path != "" {
		return f.path, nil
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(filepath.Base(path), ".git"), nil
}

func parseRefs(out []byte) ([]ref, error) {
	var refs []ref
	for line := range bytes.Lines(out) {
		f := strings.Split(strings.TrimSuffix(string(line), "\n"), "\x00")
		if len(f) != 7 {
			return nil, fmt.Errorf("git for-each-ref: %d fields instead of 7 in %q", len(f), line)
		}
		one := ref{name: f[0], symref: f[6], annotated: f[2] == "tag"}
		switch {
		case f[2] == "commit":
			one.commit = f[1]
		case f[4] == "commit":
			one.commit = f[3]
		case f[4] == "tag":
			one.nested = true
		}
		if at, err := strconv.ParseInt(f[5], 10, 64); err == nil {
			one.tagged = at
		}
		refs = append(refs, one)
	}
	return refs, nil
}

// peelTags finds the commits of tags of tags.
func (p program) peelTags(ctx context.Context, refs []ref) error {
	var ask strings.Builder
	var nested []int
	for i, one := range refs {
		if one.nested {
			ask.WriteString(one.name + "^{commit}\n")
			nested = append(nested, i)
		}
	}
	if len(nested) == 0 {
		return nil
	}
	out, err := p.outputWithInput(ctx, strings.NewReader(ask.String()), "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		if i < len(nested) && isHash(line) { // else "… missing": its end is not a commit
			refs[nested[i]].commit = line
		}
	}
	return nil
}

// defaultBranch finds the branch whose history counts: the configured one, else origin's
// default, else HEAD.
func (r *cloneReader) defaultBranch(ctx context.Context) (tip, error) {
	if r.o.Branch != "" {
		return r.findBranch(r.o.Branch)
	}
	for _, one := range r.refs {
		if one.name == "refs/remotes/origin/HEAD" && one.symref != "" {
			return tip{strings.TrimPrefix(one.symref, "refs/remotes/origin/"), one.commit}, nil
		}
	}
	symbolic, err := r.git.tryOutput(ctx, "symbolic-ref", "--quiet", "HEAD")
	if err != nil {
		return tip{}, err
	}
	if symbolic == "" { // detached, as in a checkout of continuous integration
		sha, err := r.git.tryOutput(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
		r.detached = "HEAD is detached and origin names no default branch: the history of HEAD is read; set branch to be sure"
		return tip{"HEAD", sha}, err
	}
	name := strings.TrimPrefix(symbolic, "refs/heads/")
	for _, one := range r.refs {
		if one.name == symbolic {
			return tip{name, one.commit}, nil
		}
	}
	if len(r.branchNames()) > 0 {
		return tip{}, noBranch(name, r.branchNames())
	}
	return tip{name: name}, nil
}

// findBranch finds a branch by its short name. The branch of origin takes precedence over a
// local one of that name, which may be behind.
func (r *cloneReader) findBranch(name string) (tip, error) {
	for _, full := range []string{"refs/remotes/origin/" + name, "refs/heads/" + name, "refs/remotes/" + name, name} {
		for _, one := range r.refs {
			if one.name == full && one.commit != "" && !strings.HasPrefix(full, "refs/tags/") {
				return tip{name, one.commit}, nil
			}
		}
	}
	return tip{}, noBranch(name, r.branchNames())
}

func (r *cloneReader) branchNames() []string {
	var names []string
	for _, one := range r.refs {
		for _, prefix := range []string{"refs/heads/", "refs/remotes/origin/"} {
			if name, ok := strings.CutPrefix(one.name, prefix); ok && name != "HEAD" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func noBranch(name string, names []string) error {
	next := "set branch to one that the clone has"
	if len(names) > 0 {
		next = fmt.Sprintf("set branch to one that the clone has, such as %q", names[:min(len(names), 5)])
	}
	return &knownError{fmt.Sprintf("the clone has no branch %q", name), next, nil}
}

// pipelineFiles lists the pipeline files of common build servers.
var pipelineFiles = []string{
	".github/workflows/", ".gitlab-ci.yml", "Jenkinsfile",
	".circleci/config.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
}

// listPipelines maps the pipeline files at a commit to their blob hashes, which are equal for
// equal content in any repository.
func listPipelines(ctx context.Context, p program, sha string) (map[string]string, error) {
	out, err := p.output(ctx, append([]string{"ls-tree", "-z", "--full-tree", sha, "--"}, pipelineFiles...)...)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		meta, path, _ := strings.Cut(entry, "\t")
		if f := strings.Fields(meta); len(f) == 3 && f[1] == "blob" {
			found[strings.ToValidUTF8(path, "\uFFFD")] = f[2]
		}
	}
	return found, nil
}

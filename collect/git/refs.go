package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// ref is one branch or tag as for-each-ref prints it.
type ref struct {
	name   string // full: "refs/tags/v1.0.0"
	commit string // "" when it points at something else than a commit
	nested bool   // a tag of a tag, which older gits do not look through
	tagged int64  // Unix seconds of an annotated tag, 0 when it says none
	// annotated is true for a tag with an object, a date and a tagger of its own.
	annotated bool
	symref    string // full name of the branch it stands for
}

// tip is the newest commit of a branch.
type tip struct{ name, sha string }

const refFormat = "--format=%(refname)%00%(objectname)%00%(objecttype)%00" +
	"%(*objectname)%00%(*objecttype)%00%(taggerdate:unix)%00%(symref)"

// open checks that the path is a clone and reads its refs, its name and the
// branch that counts.
func (r *reading) open(ctx context.Context) error {
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
	r.fetched = modified(r.o.Path, fetchHead)
	origin, err := r.git.optional(ctx, "remote", "get-url", "origin")
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
	if err = r.git.peel(ctx, r.refs); err != nil {
		return err
	}
	r.head, err = r.defaultBranch(ctx)
	if r.head.name != "HEAD" {
		r.repo.DefaultBranch = r.head.name
	}
	return err
}

// modified is when a file of the clone was written, or the zero time if there is
// none.
func modified(clone, file string) time.Time {
	if !filepath.IsAbs(file) {
		file = filepath.Join(clone, file)
	}
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime().UTC().Truncate(time.Second)
}

// optional runs a git command whose failure means "there is none".
func (p program) optional(ctx context.Context, args ...string) (string, error) {
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

// peel finds the commits that tags of tags lead to.
func (p program) peel(ctx context.Context, refs []ref) error {
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
	out, err := p.answer(ctx, strings.NewReader(ask.String()), "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		if i < len(nested) && isSHA([]byte(line)) { // else "… missing": no commit at its end
			refs[nested[i]].commit = line
		}
	}
	return nil
}

// defaultBranch finds the branch that counts: the configured one, else the one
// that origin calls its default, else HEAD.
func (r *reading) defaultBranch(ctx context.Context) (tip, error) {
	if r.o.Branch != "" {
		return r.branch(r.o.Branch)
	}
	for _, one := range r.refs {
		if one.name == "refs/remotes/origin/HEAD" && one.symref != "" {
			return tip{strings.TrimPrefix(one.symref, "refs/remotes/origin/"), one.commit}, nil
		}
	}
	symbolic, err := r.git.optional(ctx, "symbolic-ref", "--quiet", "HEAD")
	if err != nil {
		return tip{}, err
	}
	if symbolic == "" { // detached, as continuous integration checks out
		sha, err := r.git.optional(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
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

// branch finds a branch by the name a person gives it. What origin has goes
// before the local branch of that name, which may lag behind.
func (r *reading) branch(name string) (tip, error) {
	for _, full := range []string{"refs/remotes/origin/" + name, "refs/heads/" + name, "refs/remotes/" + name, name} {
		for _, one := range r.refs {
			if one.name == full && one.commit != "" && !strings.HasPrefix(full, "refs/tags/") {
				return tip{name, one.commit}, nil
			}
		}
	}
	return tip{}, noBranch(name, r.branchNames())
}

func (r *reading) branchNames() []string {
	var names []string
	for _, one := range r.refs {
		for _, prefix := range []string{"refs/heads/", "refs/remotes/origin/"} {
			if name, ok := strings.CutPrefix(one.name, prefix); ok && name != "HEAD" {
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	return names
}

func noBranch(name string, names []string) error {
	next := "set branch to one that the clone has"
	if len(names) > 0 {
		next = fmt.Sprintf("set branch to one that the clone has, such as %q", names[:min(len(names), 5)])
	}
	return &knownError{fmt.Sprintf("the clone has no branch %q", name), next, nil}
}

// pipelineFiles are where the common build servers keep their pipelines.
var pipelineFiles = []string{
	".github/workflows/", ".gitlab-ci.yml", "Jenkinsfile",
	".circleci/config.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
}

// pipelines maps the pipeline files at a commit to their blob hashes, which are
// equal for equal content in any repository.
func pipelines(ctx context.Context, p program, sha string) (map[string]string, error) {
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

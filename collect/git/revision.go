package git

import (
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// OpenTrees prepares to read the commits of a clone. top is its topmost folder, the one with
// .git, which no commit can add. A bare clone among the files of a commit is not used as the
// clone. folder is a path below the top, with slashes as in commits, or "".
func OpenTrees(ctx context.Context, top, folder string) (*Trees, error) {
	p := program{dir: top, strict: true}
	out, err := p.output(ctx, "rev-parse", "--is-shallow-repository", "--is-inside-work-tree", "--show-object-format",
		"--show-prefix")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(out), "\n")
	if len(lines) < 4 || lines[1] != "true" || lines[3] != "" {
		return nil, &knownError{
			"the clone's settings name another work tree than its own folder",
			"give a clone as git makes it", nil,
		}
	}
	t := &Trees{git: p, Shallow: lines[0] == "true", digits: 40}
	if lines[2] == "sha256" {
		t.digits = 64
	}
	if folder = path.Clean(folder); folder != "." {
		t.Prefix = folder + "/"
	}
	return t, nil
}

// AmbiguousError is a name of several commits.
type AmbiguousError struct {
	Name     string
	Meanings []string // as full names
}

// Error lists the meanings.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q means several commits: name one of them in full, %s", e.Name, strings.Join(e.Meanings, " or "))
}

// Resolve returns the commit of a name: a branch, a tag, a hash, "HEAD~3". A whole hash always
// means that object, even if a branch or tag has the same name, and "HEAD" means the
// checked-out commit. For other names Resolve finds every meaning; different ones are an
// AmbiguousError.
func (t *Trees) Resolve(ctx context.Context, ref string) (Commit, error) {
	name, suffix, ok := cutRevision(ref)
	if !ok {
		return Commit{}, fmt.Errorf("%q is not the name of a commit", ref)
	}
	full, err := t.resolveName(ctx, name)
	if err != nil {
		return Commit{}, err
	}
	hash := ""
	if full != "" {
		hash, err = t.resolveCommit(ctx, full+suffix)
	}
	if err != nil {
		return Commit{}, err
	}
	if hash == "" {
		return Commit{}, fmt.Errorf("the clone has no commit %q", ref)
	}
	log, err := t.listCommits(ctx, "--max-count=1", hash)
	if err != nil || len(log) == 0 {
		return Commit{}, errors.Join(fmt.Errorf("commit %s cannot be read", hash), err)
	}
	return log[0], nil
}

var (
	// revisionSteps lead from a named commit to another one. A search in messages is not among
	// them, because strangers write messages.
	revisionSteps = regexp.MustCompile(`^(?:~[0-9]*|\^[0-9]*|\^\{commit\}|@\{[^{}\n]*\})*$`)
	// refName matches the characters that git allows in names of branches and tags.
	refName   = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?*\[\\]+$`)
	pseudoRef = regexp.MustCompile(`^[A-Z_]*HEAD$`)
	shortHash = regexp.MustCompile(`^[0-9a-fA-F]{4,63}$`)
	// describedName matches a name from git describe: the hash is at its end.
	describedName = regexp.MustCompile(`-g([0-9a-f]{4,64})$`)
)

// cutRevision splits the name of a commit from the steps after it.
func cutRevision(ref string) (name, suffix string, ok bool) {
	at := len(ref)
	for _, mark := range []string{"~", "^", "@{"} {
		if i := strings.Index(ref, mark); i >= 0 {
			at = min(at, i)
		}
	}
	name, suffix = ref[:at], ref[at:]
	if name == "@" || name == "" && strings.HasPrefix(suffix, "@{") {
		name = "HEAD"
	}
	return name, suffix, refName.MatchString(name) && !strings.HasPrefix(name, "-") && !strings.Contains(name, "..") &&
		revisionSteps.MatchString(suffix)
}

// resolveName returns the full name of the one object with a name, or "" without one.
func (t *Trees) resolveName(ctx context.Context, name string) (string, error) {
	if lower := strings.ToLower(name); len(name) == t.digits && isHash(lower) {
		return lower, nil
	}
	if name == "HEAD" {
		return name, nil
	}
	all, err := t.listRefs(ctx, name)
	if err != nil {
		return "", err
	}
	objects, err := t.listAbbreviated(ctx, name)
	if err != nil {
		return "", err
	}
	var full, different []string
	for _, one := range append(all, objects...) {
		hash, err := t.resolveCommit(ctx, one)
		if err != nil {
			return "", err
		}
		if hash != "" && !slices.Contains(different, hash) {
			different, full = append(different, hash), append(full, one)
		}
	}
	switch len(full) {
	case 0:
		return "", nil
	case 1:
		return full[0], nil
	}
	return "", &AmbiguousError{name, full[:min(len(full), 5)]}
}

// listRefs lists the refs that git finds by a name.
func (t *Trees) listRefs(ctx context.Context, name string) ([]string, error) {
	places := []string{
		name, "refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name,
		"refs/remotes/" + name + "/HEAD",
	}
	out, err := t.git.output(ctx, append([]string{"for-each-ref", "--format=%(refname)", "--"}, places...)...)
	if err != nil {
		return nil, err
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		// Patterns match refs below them too.
		if line = strings.TrimSuffix(line, "\n"); slices.Contains(places, line) {
			found = append(found, line)
		}
	}
	if pseudoRef.MatchString(name) {
		found = append(found, name)
	}
	return found, nil
}

// listAbbreviated lists the commits and tags whose hashes begin with a name.
func (t *Trees) listAbbreviated(ctx context.Context, name string) ([]string, error) {
	if m := describedName.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if !shortHash.MatchString(name) || len(name) > t.digits {
		return nil, nil
	}
	out, err := t.git.output(ctx, "rev-parse", "--disambiguate="+strings.ToLower(name))
	if err != nil {
		return nil, nil // too short, or no hash begins so
	}
	out, err = t.git.outputWithInput(ctx, strings.NewReader(string(out)), "cat-file",
		"--batch-check=%(objectname) %(objecttype)")
	if err != nil {
		return nil, err
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		hash, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		if isHash(hash) && (kind == "commit" || kind == "tag") {
			found = append(found, hash)
		}
	}
	return found, nil
}

// resolveCommit returns the hash of the commit that a full name leads to, or "".
func (t *Trees) resolveCommit(ctx context.Context, full string) (string, error) {
	out, err := t.git.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", full+"^{commit}")
	hash := strings.TrimSpace(string(out))
	// Git before 2.30 prints the end of options too.
	hash = strings.TrimSpace(strings.TrimPrefix(hash, "--end-of-options"))
	if err == nil && isHash(hash) {
		return hash, nil
	}
	var known *knownError
	if errors.As(err, &known) || ctx.Err() != nil {
		return "", err
	}
	return "", nil
}

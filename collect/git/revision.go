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

// OpenTrees prepares to read the commits of a clone. top is its topmost folder,
// the one with .git, which no commit can bring along: a bare clone that a commit has
// among its files is not taken for it. folder is a path below the top, with slashes
// and as commits have it, or "".
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
			"the clone's settings name another work tree than the folder it lies in",
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

// AmbiguousError tells that a name means several commits.
type AmbiguousError struct {
	Name     string
	Meanings []string // as they are written in full
}

// Error names the meanings.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q means several commits: name one of them in full, %s", e.Name, strings.Join(e.Meanings, " or "))
}

// Resolve returns the commit that a name means: a branch, a tag, a hash,
// "HEAD~3". A whole hash means that object, whatever branch or tag is called like
// it, and "HEAD" means what is checked out. Of other names every meaning is looked
// for, and different ones are an AmbiguousError.
func (t *Trees) Resolve(ctx context.Context, ref string) (Commit, error) {
	name, suffix, ok := cutRevision(ref)
	if !ok {
		return Commit{}, fmt.Errorf("%q is no name of a commit", ref)
	}
	full, err := t.meaning(ctx, name)
	if err != nil {
		return Commit{}, err
	}
	hash := ""
	if full != "" {
		hash, err = t.commit(ctx, full+suffix)
	}
	if err != nil {
		return Commit{}, err
	}
	if hash == "" {
		return Commit{}, fmt.Errorf("the clone has no commit %q", ref)
	}
	log, err := t.log(ctx, "--max-count=1", hash)
	if err != nil || len(log) == 0 {
		return Commit{}, errors.Join(fmt.Errorf("commit %s can not be read", hash), err)
	}
	return log[0], nil
}

var (
	// steps are the ways from a named commit to another one. A search for text of
	// messages is none of them: strangers write those.
	steps = regexp.MustCompile(`^(?:~[0-9]*|\^[0-9]*|\^\{commit\}|@\{[^{}\n]*\})*$`)
	// refName has the characters that git allows in names of branches and tags.
	refName = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?*\[\\]+$`)
	pseudo  = regexp.MustCompile(`^[A-Z_]*HEAD$`)
	short   = regexp.MustCompile(`^[0-9a-fA-F]{4,63}$`)
	// described is a name as git describe gives it: the hash stands at its end.
	described = regexp.MustCompile(`-g([0-9a-f]{4,64})$`)
)

// cutRevision parts a name of a commit from the steps that follow it.
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
		steps.MatchString(suffix)
}

// meaning returns the full name of the one thing that a name means, or "" if it
// means nothing.
func (t *Trees) meaning(ctx context.Context, name string) (string, error) {
	if lower := strings.ToLower(name); len(name) == t.digits && isHash(lower) {
		return lower, nil
	}
	if name == "HEAD" {
		return name, nil
	}
	all, err := t.named(ctx, name)
	if err != nil {
		return "", err
	}
	objects, err := t.abbreviated(ctx, name)
	if err != nil {
		return "", err
	}
	var full, different []string
	for _, one := range append(all, objects...) {
		hash, err := t.commit(ctx, one)
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

// named lists the refs that git would find by a name.
func (t *Trees) named(ctx context.Context, name string) ([]string, error) {
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
		// Patterns find what lies below them, too.
		if line = strings.TrimSuffix(line, "\n"); slices.Contains(places, line) {
			found = append(found, line)
		}
	}
	if pseudo.MatchString(name) {
		found = append(found, name)
	}
	return found, nil
}

// abbreviated lists the commits and tags whose hashes begin as a name does.
func (t *Trees) abbreviated(ctx context.Context, name string) ([]string, error) {
	if m := described.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	if !short.MatchString(name) || len(name) > t.digits {
		return nil, nil
	}
	out, err := t.git.output(ctx, "rev-parse", "--disambiguate="+strings.ToLower(name))
	if err != nil {
		return nil, nil // too short, or nothing begins so
	}
	out, err = t.git.answer(ctx, strings.NewReader(string(out)), "cat-file", "--batch-check=%(objectname) %(objecttype)")
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

// commit returns the hash of the commit that a full name leads to, or "".
func (t *Trees) commit(ctx context.Context, full string) (string, error) {
	out, err := t.git.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", full+"^{commit}")
	hash := strings.TrimSpace(string(out))
	// Before git 2.30 the end of options was printed, too.
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

package publish

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// GitOptions selects the branch to publish a site to.
type GitOptions struct {
	// Remote is an https, ssh or file address, or "" for the remote named origin of the clone
	// at Clone, with the clone's credentials.
	Remote, Clone string
	// Local allows a clone without that remote, to read the branches of the clone itself.
	Local  bool
	Branch string
	Token  string // for https; "": git's own credentials
	// TokenFor returns the token for the address of a remote where Token is ""; nil for none.
	TokenFor func(remote string) string
	Env      []string // in the form of os.Environ
	Orphan   bool     // the branch has one commit only, so that it does not grow
	Adopt    bool     // files that ip3dp did not write are kept beside the site
	// Pause waits between attempts when others push at the same time.
	Pause func(ctx context.Context, attempt int) error
}

// Branch publishes to a branch of a repository with one commit and one push, so that readers
// see the old site or the new one. Nothing is checked out.
type Branch struct {
	remote, branch, name string
	clone                string // "" of an address
	orphan, adopt        bool
	pause                func(context.Context, int) error
	env, secret          []string
}

var branchPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$`)

// NewBranch checks the options. It does not use the network.
func NewBranch(ctx context.Context, o GitOptions) (*Branch, error) {
	if !branchPattern.MatchString(o.Branch) || strings.Contains(o.Branch, "..") || strings.HasSuffix(o.Branch, ".lock") {
		return nil, fmt.Errorf("%q is not the name of a branch", o.Branch)
	}
	b := &Branch{remote: o.Remote, branch: o.Branch, orphan: o.Orphan, adopt: o.Adopt, pause: o.Pause, env: gitEnv(o.Env)}
	var settings []setting
	if o.Remote == "" {
		var err error
		if b.remote, settings, err = cloneOrigin(ctx, o.Clone, b.env); err != nil && !o.Local {
			return nil, err
		}
		b.clone = o.Clone
	}
	if u, err := url.Parse(b.remote); err == nil && u.User != nil {
		if _, password := u.User.Password(); password || u.Scheme != "ssh" {
			return nil, fmt.Errorf("the address of the repository holds credentials: take them out and pass a token by " +
				"the environment")
		}
	}
	if strings.HasPrefix(b.remote, "-") {
		return nil, fmt.Errorf("%q is not the address of a repository", b.remote)
	}
	if o.Token == "" && o.TokenFor != nil {
		o.Token = o.TokenFor(b.remote)
	}
	if o.Token != "" {
		more, secret, err := tokenSettings(b.remote, o.Token)
		if err != nil {
			return nil, err
		}
		settings, b.secret = append(settings, more...), secret
	}
	b.env = withSettings(b.env, settings)
	b.name = b.remote + "#" + b.branch
	return b, nil
}

// String returns the repository's address and the branch.
func (b *Branch) String() string { return b.name }

// credentialKeys matches the settings of a clone for its connection to the remote. The checkout
// of a job keeps its credentials there.
var credentialKeys = `^(http\..*|credential\..*|core\.sshcommand)$`

// cloneOrigin returns the address of a clone's remote and the settings for its connection.
func cloneOrigin(ctx context.Context, clone string, env []string) (string, []setting, error) {
	p := &program{dir: clone, env: env}
	address, err := p.run(ctx, nil, "remote", "get-url", "--push", "origin")
	if err != nil {
		return "", nil, fmt.Errorf("no clone with a remote named origin: %w", err)
	}
	address = strings.TrimSpace(address)
	if local := filepath.Join(clone, address); !strings.Contains(address, ":") && !filepath.IsAbs(address) {
		if address, err = filepath.Abs(local); err != nil {
			return "", nil, err
		}
	}
	var settings []setting
	list, err := p.run(ctx, nil, "config", "--local", "--includes", "-z", "--get-regexp", credentialKeys)
	if err != nil {
		return address, nil, nil // git exits with 1 if there are none
	}
	for _, entry := range strings.Split(strings.TrimSuffix(list, "\x00"), "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		settings = append(settings, setting{key, value})
	}
	return address, settings, nil
}

// Publish puts the site at prefix with one commit.
func (b *Branch) Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Summary, error) {
	message := siteSubject + site.AsOf.UTC().Format(time.DateOnly)
	if prefix != "" {
		message = "Publish " + prefix
	}
	return b.commitEdit(ctx, message, now, func(ctx context.Context, c *treeEdit) error {
		held, err := b.inspectBranch(ctx, c, prefix)
		if err != nil {
			return err
		}
		return c.addSite(ctx, site, prefix, held, now)
	})
}

// Remove removes a preview.
func (b *Branch) Remove(ctx context.Context, prefix string, now time.Time) (Summary, error) {
	return b.commitEdit(ctx, "Remove "+prefix, now, func(ctx context.Context, c *treeEdit) error {
		return c.removePreview(ctx, b.name, prefix)
	})
}

// Prune removes the previews with a receipt from before a time. A preview without a receipt was
// not published by ip3dp and stays.
func (b *Branch) Prune(ctx context.Context, before, now time.Time) (Summary, error) {
	return b.commitEdit(ctx, "Remove previews from before "+before.UTC().Format(time.DateOnly), now,
		func(ctx context.Context, c *treeEdit) error {
			for _, name := range c.listPaths() {
				prefix, ok := strings.CutSuffix(name, "/"+Receipt)
				if !ok || !prefixPattern.MatchString(prefix) {
					continue
				}
				data, err := c.git.run(ctx, nil, "cat-file", "blob", c.entries[name].sha)
				if err != nil {
					return err
				}
				if at, ok := PublishedAt([]byte(data)); !ok || !at.Before(before) {
					continue
				}
				if err := c.removePreview(ctx, b.name, prefix); err != nil {
					return err
				}
			}
			return nil
		})
}

// attempts is the maximum of commits made because others pushed in between.
const attempts = 6

// commitEdit edits the branch's tree, commits it and pushes the commit. If others pushed in
// between, it starts again from their commit.
func (b *Branch) commitEdit(ctx context.Context, message string, now time.Time,
	edit func(context.Context, *treeEdit) error,
) (Summary, error) {
	sweepWork(os.TempDir())
	dir, err := os.MkdirTemp("", workPrefix+"*")
	if err != nil {
		return Summary{}, err
	}
	defer os.RemoveAll(dir) // the next run will
	if release, err := (system{}).Lock(dir); err == nil {
		defer release()
	}
	git := &program{dir: dir, gitDir: filepath.Join(dir, "repository"), secret: b.secret, env: b.env}
	if _, err := git.run(ctx, nil, "init", "--quiet", "--bare", git.gitDir); err != nil {
		return Summary{}, err
	}
	for attempt := 1; ; attempt++ {
		c, err := b.fetchTree(ctx, git)
		if err != nil {
			return Summary{}, err
		}
		if err := edit(ctx, c); err != nil {
			return Summary{}, err
		}
		raced, err := b.pushTree(ctx, c, message, now)
		switch {
		case err == nil:
			return c.result, nil
		case !raced || attempt == attempts:
			return Summary{}, err
		}
		if err := b.pause(ctx, attempt); err != nil {
			return Summary{}, err
		}
	}
}

// fetchTree fetches the branch's tree.
func (b *Branch) fetchTree(ctx context.Context, git *program) (*treeEdit, error) {
	c := &treeEdit{git: git, entries: map[string]entry{}}
	ref := "refs/heads/" + b.branch
	out, err := git.run(ctx, nil, "ls-remote", "--", b.remote, ref)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(out) {
		if sha, name, _ := strings.Cut(strings.TrimSpace(line), "\t"); name == ref {
			c.base = sha
		}
	}
	if c.base == "" {
		return c, nil // the branch will be made
	}
	if _, err := git.run(ctx, nil, "fetch", "--quiet", "--no-tags", "--depth=1", "--", b.remote,
		"+"+ref+":refs/ip3dp/base"); err != nil {
		return nil, err
	}
	// The branch may have moved: the fetched commit counts.
	sha, err := git.run(ctx, nil, "rev-parse", "--verify", "refs/ip3dp/base")
	if err != nil {
		return nil, err
	}
	c.base = strings.TrimSpace(sha)
	return c, c.loadTree(ctx)
}

// races are messages of git after others pushed at the same time.
var races = []string{
	"stale info", "fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref",
	"reference already exists", "remote ref is at",
}

// pushTree commits the tree and pushes it, if it differs from the branch's. The push fails if
// the branch has moved since the tree was fetched.
func (b *Branch) pushTree(ctx context.Context, c *treeEdit, message string, now time.Time) (again bool, err error) {
	tree, err := c.writeTree(ctx)
	if err != nil {
		return false, err
	}
	if tree == c.baseTree || c.base == "" && len(c.entries) == 0 {
		return false, nil // nothing changed
	}
	args := []string{"commit-tree", tree, "-m", message}
	if c.base != "" && !b.orphan {
		args = append(args, "-p", c.base)
	}
	who := *c.git
	stamp := fmt.Sprintf("%d +0000", now.Unix())
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		who.env = append(slices.Clone(who.env), "GIT_"+role+"_NAME="+committerName, "GIT_"+role+"_EMAIL="+committerEmail,
			"GIT_"+role+"_DATE="+stamp)
	}
	commit, err := who.run(ctx, nil, args...)
	if err != nil {
		return false, err
	}
	ref := "refs/heads/" + b.branch
	out, err := c.git.run(ctx, nil, "push", "--porcelain", "--no-verify", "--force-with-lease="+ref+":"+c.base, "--",
		b.remote, strings.TrimSpace(commit)+":"+ref)
	if err == nil {
		return false, nil
	}
	said := out + err.Error()
	for line := range strings.Lines(out) {
		if why, refused := strings.CutPrefix(line, "!"); refused {
			err = fmt.Errorf("%w: %s", err, strings.Join(strings.Fields(c.git.redact(why)), " "))
		}
	}
	again = slices.ContainsFunc(races, func(word string) bool { return strings.Contains(said, word) })
	return again, err
}

// entry is a file of a tree.
type entry struct{ mode, sha string }

// isRegular reports whether the entry is a file and not a link or a repository.
func (e entry) isRegular() bool { return e.mode == "100644" || e.mode == "100755" }

// treeEdit is the tree of the next commit, made from the present one.
type treeEdit struct {
	git            *program
	base, baseTree string // commit and tree; "" without a branch
	before         map[string]entry
	entries        map[string]entry
	result         Summary
}

func (c *treeEdit) loadTree(ctx context.Context) error {
	tree, err := c.git.run(ctx, nil, "rev-parse", c.base+"^{tree}")
	if err != nil {
		return err
	}
	c.baseTree = strings.TrimSpace(tree)
	list, err := c.git.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", c.baseTree)
	if err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSuffix(list, "\x00"), "\x00") {
		about, name, ok := strings.Cut(line, "\t")
		parts := strings.Fields(about)
		if ok && len(parts) == 3 {
			c.entries[name] = entry{mode: parts[0], sha: parts[2]}
		}
	}
	return nil
}

// listPaths returns the files of the tree, in order.
func (c *treeEdit) listPaths() []string {
	return slices.Sorted(maps.Keys(c.entries))
}

// addSite writes the site's files as objects and puts them below prefix, in place of the
// published ones.
func (c *treeEdit) addSite(ctx context.Context, site *Site, prefix string, held contents, now time.Time) error {
	c.before, c.result = map[string]entry{}, Summary{}
	for name := range held.ours.files {
		name = path.Join(prefix, name)
		c.before[name] = c.entries[name]
		delete(c.entries, name)
	}
	shas, err := c.writeObjects(ctx, site)
	if err != nil {
		return err
	}
	var listed manifest
	if err := decodeSealed(site.manifest, &listed, &listed.Checksum); err != nil {
		return err
	}
	for _, f := range site.Files {
		if f.Path != ManifestPath {
			c.putEntry(path.Join(prefix, f.Path), shas[f.Path])
		}
	}
	for _, name := range sortedNames(held.ours.kept) {
		if _, replaced := listed.Files[name]; !replaced {
			listed.Kept = append(listed.Kept, name)
		}
	}
	if prefix != "" {
		receipt := NewReceipt(now)
		listed.Files[Receipt] = newFileSum(receipt)
		if err := c.putNew(ctx, path.Join(prefix, Receipt), receipt); err != nil {
			return err
		}
	}
	if err := c.putNew(ctx, path.Join(prefix, ManifestPath), listed.encode()); err != nil {
		return err
	}
	c.result.Removed = len(c.before)
	// Without it GitHub Pages leaves out names that begin with an underscore.
	if _, there := c.entries[".nojekyll"]; prefix != "" || there {
		return nil
	}
	sha, err := c.writeObject(ctx, nil)
	c.entries[".nojekyll"] = entry{"100644", sha}
	return err
}

// writeObjects writes the site's files as objects, and returns their names.
func (c *treeEdit) writeObjects(ctx context.Context, site *Site) (map[string]string, error) {
	var names []string
	for _, f := range site.Files {
		if f.Path != ManifestPath {
			names = append(names, f.Path)
		}
	}
	from := *c.git
	from.dir = site.dir
	out, err := from.run(ctx, []byte(strings.Join(names, "\n")+"\n"), "hash-object", "-w", "--no-filters", "--stdin-paths")
	if err != nil {
		return nil, err
	}
	list := strings.Fields(out)
	if len(list) != len(names) {
		return nil, fmt.Errorf("git hash-object: %d of %d files written", len(list), len(names))
	}
	shas := map[string]string{}
	for i, name := range names {
		shas[name] = list[i]
	}
	return shas, nil
}

// writeObject writes bytes as an object and returns its name.
func (c *treeEdit) writeObject(ctx context.Context, data []byte) (string, error) {
	sha, err := c.git.run(ctx, data, "hash-object", "-w", "--stdin")
	return strings.TrimSpace(sha), err
}

func (c *treeEdit) putNew(ctx context.Context, name string, data []byte) error {
	sha, err := c.writeObject(ctx, data)
	if err == nil {
		c.putEntry(name, sha)
	}
	return err
}

func (c *treeEdit) putEntry(name, sha string) {
	e := entry{"100644", sha}
	if c.before[name] == e || c.entries[name] == e {
		c.result.Unchanged++
	} else {
		c.result.Written++
	}
	delete(c.before, name)
	c.entries[name] = e
}

// writeTree writes the tree and returns its name.
func (c *treeEdit) writeTree(ctx context.Context) (string, error) {
	var index strings.Builder
	for _, name := range c.listPaths() {
		e := c.entries[name]
		index.WriteString(e.mode + " " + e.sha + "\t" + name + "\x00")
	}
	if _, err := c.git.run(ctx, nil, "read-tree", "--empty"); err != nil {
		return "", err
	}
	if _, err := c.git.run(ctx, []byte(index.String()), "update-index", "-z", "--index-info"); err != nil {
		return "", err
	}
	sha, err := c.git.run(ctx, nil, "write-tree")
	return strings.TrimSpace(sha), err
}

package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// mostBundle is the size of the largest bundle that is read. A history of content is small.
	mostBundle = 256 << 20
	// bundleMemory limits each allocation of git while it unpacks a bundle: a small file can
	// describe objects of any size.
	bundleMemory = "GIT_ALLOC_LIMIT=256m"
)

// OpenRepository prepares to read the commits of a clone, or of a bare repository, in a folder
// that the user named.
func OpenRepository(ctx context.Context, dir string) (*Trees, error) {
	if !isRepository(dir) {
		return nil, &knownError{"not a git repository", "name a clone, a bare repository, or a file of `git bundle`", nil}
	}
	p := program{dir: dir}
	out, err := p.output(ctx, "rev-parse", "--is-shallow-repository", "--show-object-format")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(out), "\n")
	t := &Trees{git: p, Shallow: lines[0] == "true", digits: 40}
	if len(lines) > 1 && lines[1] == "sha256" {
		t.digits = 64
	}
	return t, nil
}

// isRepository reports whether a folder itself is a repository: git would also find one around
// it.
func isRepository(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
		return true
	}
	head, err := os.Stat(filepath.Join(dir, "HEAD"))
	objects, err2 := os.Stat(filepath.Join(dir, "objects"))
	return err == nil && err2 == nil && head.Mode().IsRegular() && objects.IsDir()
}

// OpenBundle unpacks a file of `git bundle` into a bare repository in the empty folder dir, and
// returns its commits and the hash of the newest one. No hook, template or transport takes part.
func OpenBundle(ctx context.Context, file, dir string) (t *Trees, tip string, err error) {
	format, err := readBundleFormat(file)
	if err != nil {
		return nil, "", err
	}
	if file, err = filepath.Abs(file); err != nil {
		return nil, "", err
	}
	p := program{dir: dir, env: []string{bundleMemory}}
	if _, err := p.output(ctx, "init", "--quiet", "--bare", "--template=", "--object-format="+format, "."); err != nil {
		return nil, "", err
	}
	out, err := p.output(ctx, "-c", "core.bigFileThreshold=1m", "-c", "pack.threads=1", "bundle", "unbundle", file)
	if err != nil {
		return nil, "", &knownError{
			"the bundle cannot be unpacked",
			"make it again with `git bundle create FILE HEAD`, and without a range of commits", err,
		}
	}
	t = &Trees{git: p, digits: 40}
	if format == "sha256" {
		t.digits = 64
	}
	if tip = findTip(string(out)); tip == "" {
		return nil, "", &knownError{"the bundle has no default branch", "make it with `git bundle create FILE HEAD`", nil}
	}
	return t, tip, nil
}

// readBundleFormat reads the format of the hashes in the header of a bundle.
func readBundleFormat(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("is neither a folder nor a regular file")
	case info.Size() > mostBundle:
		return "", fmt.Errorf("is a bundle of more than %d MiB: make one with the history of the content only", mostBundle>>20)
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close() // read only
	head, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(head, []byte("# v2 git bundle\n")) && !bytes.HasPrefix(head, []byte("# v3 git bundle\n")) {
		return "", &knownError{"the file is not one of git bundle", "make it with `git bundle create FILE HEAD`", nil}
	}
	if bytes.Contains(head, []byte("\n@object-format=sha256\n")) {
		return "sha256", nil
	}
	return "sha1", nil
}

// findTip returns the hash of HEAD, main, master or the only branch in lines of "HASH REF"; "" if
// there is none of them.
func findTip(refs string) string {
	found, only, branches := map[string]string{}, "", 0
	for line := range strings.Lines(refs) {
		hash, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || !isHash(hash) {
			continue
		}
		found[name] = hash
		if strings.HasPrefix(name, "refs/heads/") {
			only = hash
			branches++
		}
	}
	for _, name := range []string{"HEAD", "refs/heads/main", "refs/heads/master"} {
		if hash, ok := found[name]; ok {
			return hash
		}
	}
	if branches == 1 {
		return only
	}
	return ""
}

// FirstParents lists a commit and its first parents, the newest first. whole is false if the
// clone, or the list, ends before the first commit.
func (t *Trees) FirstParents(ctx context.Context, tip string) (list []Commit, whole bool, err error) {
	list, err = t.listCommits(ctx, "--max-count="+strconv.Itoa(mostCommits), tip)
	return list, !t.Shallow && len(list) < mostCommits, err
}

// Identify returns the hashes of files and folders with names such as "COMMIT:path". It follows
// symbolic links inside a commit. The hash of a missing one is "".
func (t *Trees) Identify(ctx context.Context, names []string) ([]string, error) {
	hashes := make([]string, 0, len(names))
	asked := strings.NewReader(strings.Join(names, "\n") + "\n")
	err := t.git.stream(ctx, asked, func(out io.Reader) error {
		r := bufio.NewReader(out)
		for range names {
			line, err := r.ReadString('\n')
			if err != nil {
				return fmt.Errorf("git cat-file ends early: %w", io.ErrUnexpectedEOF)
			}
			hash, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if isHash(hash) && !strings.HasPrefix(rest, "missing") {
				hashes = append(hashes, hash)
				continue
			}
			hashes = append(hashes, "")
			// A link that leads nowhere in the commit: its target follows.
			if size, err := strconv.Atoi(rest); err == nil && isDeadLink(hash) {
				if _, err := r.Discard(size + 1); err != nil {
					return fmt.Errorf("git cat-file: %w", err)
				}
			}
		}
		return nil
	}, "cat-file", "--batch-check=%(objectname) %(objecttype)", "--follow-symlinks")
	return hashes, err
}

func isDeadLink(word string) bool {
	return word == "symlink" || word == "dangling" || word == "loop" || word == "notdir"
}

// Renames returns, for each pair of folders before and after, the names of files after that git
// takes for renamed ones, each with its name before. A folder is the hash of its tree.
func (t *Trees) Renames(ctx context.Context, pairs [][2]string) ([]map[string]string, error) {
	out := make([]map[string]string, len(pairs))
	if len(pairs) == 0 {
		return out, nil
	}
	var asked strings.Builder
	for _, p := range pairs {
		asked.WriteString(p[0] + " " + p[1] + "\n")
	}
	data, err := t.git.outputWithInput(ctx, strings.NewReader(asked.String()), "diff-tree", "--stdin", "-z", "-M",
		"-l1000", "--diff-filter=R", "--name-status", "--no-color", "--no-ext-diff", "--no-textconv", "-O/dev/null")
	if err != nil {
		return nil, err
	}
	at := -1
	for len(data) > 0 {
		if line, rest, ok := bytes.Cut(data, []byte("\n")); ok && at+1 < len(pairs) &&
			string(line) == pairs[at+1][0]+" "+pairs[at+1][1] {
			at, data = at+1, rest
			out[at] = map[string]string{}
			continue
		}
		fields := bytes.SplitN(data, []byte{0}, 4)
		if len(fields) < 4 || at < 0 {
			return nil, errors.New("git diff-tree: cannot read its answer")
		}
		out[at][string(fields[2])] = string(fields[1])
		data = fields[3]
	}
	return out, nil
}

// Listed is one entry of a folder.
type Listed struct {
	Name, ID string
	Regular  bool // a file, and neither a link, a folder nor a submodule
	Folder   bool
}

// List returns the entries of a folder, in the order of git.
func (f *Files) List(name string) ([]Listed, error) {
	entries, err := f.listEntries(name)
	list := make([]Listed, len(entries))
	for i, e := range entries {
		list[i] = Listed{e.name, e.id, e.mode.IsRegular(), e.mode.IsDir()}
	}
	return list, err
}

// ReadBlobs reads files by their hashes, in order. data is nil for one that is missing or larger
// than content may be.
func (t *Trees) ReadBlobs(ctx context.Context, hashes []string, read func(i int, data []byte) error) error {
	const atOnce = 500 // so that the limit of one reading is not that of the history
	for from := 0; from < len(hashes); from += atOnce {
		part := hashes[from:min(from+atOnce, len(hashes))]
		err := t.git.withObjects(ctx, func(o *objects) error {
			for i, hash := range part {
				found, err := o.getObject(hash)
				if err != nil && !errors.Is(err, os.ErrNotExist) {
					return err
				}
				var data []byte
				if err == nil && found.kind == "blob" {
					data = found.data
				}
				if err := read(from+i, data); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ReadTrees lists folders by their hashes, in order.
func (t *Trees) ReadTrees(ctx context.Context, hashes []string, read func(i int, list []Listed) error) error {
	const atOnce = 2000
	for from := 0; from < len(hashes); from += atOnce {
		part := hashes[from:min(from+atOnce, len(hashes))]
		err := t.Read(ctx, func(files func(commit, folder string) *Files) error {
			for i, hash := range part {
				f := files(hash, "")
				f.root = hash + ":"
				list, err := f.List(".")
				if err != nil {
					return err
				}
				if err := read(from+i, list); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

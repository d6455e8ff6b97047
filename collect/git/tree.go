package git

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Trees reads the files of commits without a checkout, to compare content with earlier content.
type Trees struct {
	git program
	// Prefix is the folder below the repository's root, "" or with a slash at its end.
	Prefix string
	// Shallow is true if the clone has only the newest commits.
	Shallow bool
	digits  int // of a whole hash
}

// Commit is a commit with its time.
type Commit struct {
	Hash string
	At   time.Time // when it was committed, UTC
}

// mostCommits limits the list of CommitsSince.
const mostCommits = 50_000

// CommitsSince lists the first-parent history of HEAD from the newest commit back to the last
// one at or before a time.
func (t *Trees) CommitsSince(ctx context.Context, from time.Time) ([]Commit, error) {
	at := from.UTC().Format(time.RFC3339)
	recent, err := t.listCommits(ctx, "--max-count="+strconv.Itoa(mostCommits), "--since="+at, "HEAD")
	if err != nil {
		return nil, err
	}
	before, err := t.listCommits(ctx, "--max-count=1", "--before="+at, "HEAD")
	if n := len(recent); n > 0 && len(before) > 0 && recent[n-1] == before[0] {
		before = nil
	}
	return append(recent, before...), err
}

func (t *Trees) listCommits(ctx context.Context, args ...string) ([]Commit, error) {
	out, err := t.git.output(ctx, slices.Concat([]string{"log", "--first-parent", "--format=%H %ct"}, args,
		[]string{"--"})...)
	if err != nil {
		return nil, err
	}
	var list []Commit
	for line := range strings.Lines(string(out)) {
		hash, at, _ := strings.Cut(strings.TrimSpace(line), " ")
		seconds, err := strconv.ParseInt(at, 10, 64)
		if !isHash(hash) || err != nil || seconds > lastTime {
			continue // a damaged date has no use
		}
		list = append(list, Commit{hash, time.Unix(seconds, 0).UTC()})
	}
	return list, nil
}

// Read reads commits one by one, through one git process. files(i) is valid until read returns.
func (t *Trees) Read(ctx context.Context, read func(files func(commit, folder string) *Files) error) error {
	return t.git.withObjects(ctx, func(o *objects) error {
		return read(func(commit, folder string) *Files {
			at := path.Join(t.Prefix, folder)
			if at == "." {
				at = ""
			}
			return &Files{objects: o, root: commit + ":" + at}
		})
	})
}

// Files are the files of a folder at a commit. They are an fs.FS that reads on demand and does
// not follow symbolic links.
type Files struct {
	objects *objects
	root    string
	// Only lists the names at the top that exist; nil for all.
	Only []string
}

// Sub implements fs.SubFS.
func (f *Files) Sub(dir string) (fs.FS, error) {
	if !fs.ValidPath(dir) {
		return nil, newPathError("sub", dir, fs.ErrInvalid)
	}
	if dir == "." {
		return f, nil
	}
	return &Files{objects: f.objects, root: strings.TrimSuffix(f.root, "/") + pathSeparator(f.root) + dir}, nil
}

// pathSeparator returns the text between a root and a folder below it.
func pathSeparator(root string) string {
	if strings.HasSuffix(root, ":") {
		return ""
	}
	return "/"
}

// ID identifies a file or folder by its content. It returns "" if there is none.
func (f *Files) ID(name string) string {
	e, err := f.findEntry(name)
	if err != nil {
		return ""
	}
	return e.id
}

// entry is a name in a folder.
type entry struct {
	name, id string
	mode     fs.FileMode
}

// findEntry returns the entry of a path, or of the root.
func (f *Files) findEntry(name string) (entry, error) {
	if !fs.ValidPath(name) {
		return entry{}, fs.ErrInvalid
	}
	if name == "." {
		o, err := f.objects.getObject(f.root)
		if err != nil {
			return entry{}, err
		}
		return entry{name: ".", id: o.id, mode: fs.ModeDir | 0o755}, nil
	}
	folder, base := path.Split(name)
	list, err := f.listEntries(path.Clean(folder))
	if err != nil {
		return entry{}, err
	}
	i := slices.IndexFunc(list, func(e entry) bool { return e.name == base })
	if i < 0 {
		return entry{}, fs.ErrNotExist
	}
	return list[i], nil
}

// listEntries returns the entries of a folder.
func (f *Files) listEntries(name string) ([]entry, error) {
	folder, err := f.findEntry(name)
	if err != nil {
		return nil, err
	}
	if !folder.mode.IsDir() {
		return nil, fs.ErrNotExist
	}
	o, err := f.objects.getObject(folder.id)
	if err != nil {
		return nil, err
	}
	if o.kind != "tree" || o.data == nil {
		return nil, errors.New("is not a readable folder")
	}
	list, err := parseEntries(o.data, len(o.id)/2)
	if name == "." && f.Only != nil {
		list = slices.DeleteFunc(list, func(e entry) bool { return !slices.Contains(f.Only, e.name) })
	}
	return list, err
}

// parseEntries reads a tree object: mode, space, name, NUL, the bytes of a hash.
func parseEntries(data []byte, hash int) ([]entry, error) {
	var list []entry
	for len(data) > 0 {
		mode, rest, ok := bytes.Cut(data, []byte(" "))
		name, rest, ok2 := bytes.Cut(rest, []byte{0})
		if !ok || !ok2 || len(rest) < hash {
			return nil, errors.New("is a damaged folder")
		}
		list = append(list, entry{string(name), hex.EncodeToString(rest[:hash]), parseMode(string(mode))})
		data = rest[hash:]
	}
	return list, nil
}

// parseMode returns the mode of an entry. A submodule is fs.ModeIrregular.
func parseMode(mode string) fs.FileMode {
	switch mode {
	case "40000":
		return fs.ModeDir | 0o755
	case "100644", "100755", "100664":
		return 0o644
	case "120000":
		return fs.ModeSymlink | 0o777
	}
	return fs.ModeIrregular
}

func newPathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// Lstat implements fs.ReadLinkFS.
func (f *Files) Lstat(name string) (fs.FileInfo, error) {
	e, err := f.findEntry(name)
	if err != nil {
		return nil, newPathError("lstat", name, err)
	}
	i := info{entry: e}
	if e.mode.IsRegular() {
		o, err := f.objects.getObject(e.id)
		if err != nil {
			return nil, newPathError("lstat", name, err)
		}
		i.size = o.size
	}
	return i, nil
}

// ReadLink implements fs.ReadLinkFS. It always fails, because links are not followed.
func (f *Files) ReadLink(name string) (string, error) {
	return "", newPathError("readlink", name, errors.ErrUnsupported)
}

// ReadFile implements fs.ReadFileFS.
func (f *Files) ReadFile(name string) ([]byte, error) {
	e, err := f.findEntry(name)
	if err == nil && !e.mode.IsRegular() {
		err = errors.New("is not a regular file")
	}
	if err != nil {
		return nil, newPathError("read", name, err)
	}
	o, err := f.objects.getObject(e.id)
	if err == nil && o.data == nil {
		err = fmt.Errorf("is larger than %d KiB", mostObject>>10)
	}
	if err != nil {
		return nil, newPathError("read", name, err)
	}
	return o.data, nil
}

// ReadDir implements fs.ReadDirFS, in order of names.
func (f *Files) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := f.listEntries(name)
	if err != nil {
		return nil, newPathError("readdir", name, err)
	}
	out := make([]fs.DirEntry, len(list))
	for i, e := range list {
		out[i] = fs.FileInfoToDirEntry(info{entry: e})
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// Open implements fs.FS for regular files and folders.
func (f *Files) Open(name string) (fs.File, error) {
	i, err := f.Lstat(name)
	if err != nil {
		return nil, err
	}
	if i.IsDir() {
		return &openFile{info: i}, nil
	}
	data, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &openFile{info: i, Reader: bytes.NewReader(data)}, nil
}

// openFile is a file that was read.
type openFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }
func (f *openFile) Read(b []byte) (int, error) {
	if f.Reader == nil {
		return 0, newPathError("read", f.info.Name(), errors.New("is a folder"))
	}
	return f.Reader.Read(b)
}

// info describes an entry.
type info struct {
	entry
	size int64
}

func (i info) Name() string       { return path.Base(i.name) }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

package base

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute/diff"
)

const (
	// mostData is the largest number of data files that are compared.
	mostData = 500
	// mostBytes is the largest size of a data file that is compared; of a larger one the size is.
	mostBytes = 64 << 20
	// mostRows is the largest size of a data file whose rows are compared.
	mostRows = 4 << 20
	// mostCells is the largest number of different cells in changed rows.
	mostCells = 20_000
)

// dataFile is a committed export that a source names.
type dataFile struct {
	table, name string // name: of the thing that the table's rows are about, if they name none
	size        int64
	sum         [sha256.Size]byte
	rows        []byte // nil if it is compressed or large
}

// dataPattern is a pattern of files of the configuration, relative to its folder.
type dataPattern struct{ table, pattern, name string }

// listPatterns lists the files that the sources of a configuration name.
func listPatterns(c *config.Config, contents ...fact.Content) []dataPattern {
	var out []dataPattern
	for i := range c.Events {
		out = append(out, dataPattern{"events", c.Events[i].File, ""})
	}
	for _, e := range c.Exports() {
		out = append(out, dataPattern{e.Table, e.File, e.Own})
	}
	folder := c.Surveys.Folder
	if folder == "" {
		folder = path.Join(filepath.ToSlash(c.Content.Path), "surveys")
	}
	for _, content := range contents {
		for i := range content.Surveys {
			if file := content.Surveys[i].File; file != "" && filepath.IsLocal(file) {
				out = append(out, dataPattern{"surveys", path.Join(folder, file), ""})
			}
		}
	}
	return out
}

// listData reads the files of patterns below a folder. Links are not followed, and nothing
// outside of files is read.
func listData(files fs.FS, folder string, patterns []dataPattern) map[string]dataFile {
	out := map[string]dataFile{}
	for _, p := range patterns {
		if filepath.IsAbs(p.pattern) || path.IsAbs(p.pattern) {
			continue
		}
		pattern := path.Join(folder, filepath.ToSlash(p.pattern))
		if !fs.ValidPath(pattern) || strings.HasPrefix(pattern, ".git/") {
			continue
		}
		names, err := fs.Glob(files, pattern)
		if err != nil {
			continue // the check of the configuration reports it
		}
		for _, name := range names {
			if len(out) == mostData {
				return out
			}
			if d, ok := readData(files, name); ok {
				d.table, d.name = p.table, p.name
				out[name] = d
			}
		}
	}
	return out
}

// readData reads a regular file that no link leads to.
func readData(files fs.FS, name string) (d dataFile, ok bool) {
	parts := strings.Split(name, "/")
	for i := range parts {
		info, err := fs.Lstat(files, path.Join(parts[:i+1]...))
		if err != nil || i < len(parts)-1 && !info.IsDir() || i == len(parts)-1 && !info.Mode().IsRegular() {
			return d, false
		}
		d.size = info.Size()
	}
	if d.size > mostBytes {
		return d, true
	}
	f, err := files.Open(name)
	if err != nil {
		return d, false
	}
	defer f.Close() // read only
	data, err := io.ReadAll(io.LimitReader(f, mostBytes))
	if err != nil {
		return d, false
	}
	d.sum = sha256.Sum256(data)
	if d.size <= mostRows && !strings.HasSuffix(name, ".gz") {
		d.rows = data
	}
	return d, true
}

// CompareData lists the committed exports that differ between the base and the working tree. The
// base's configuration names them.
// A file that only the working tree has counts if it is committed, because an export may also
// have been made on this machine.
func (b *Base) CompareData(ctx context.Context, w *workspace.Workspace) []diff.Data {
	if b.report != nil || b.empty {
		return nil
	}
	patterns := listPatterns(&b.Config, b.content, w.Content)
	rel, inside := w.Tree.Rel(w.Root)
	root, err := w.Tree.Folder(w.Tree.Top())
	if err != nil || !inside {
		return nil
	}
	defer root.Close() // read only
	after := map[string]dataFile{}
	for name, d := range listData(root.FS(), rel, patterns) {
		after[relativeTo(rel, name)] = d
	}
	committed := listCommitted(ctx, w, rel, after)
	return b.compareExports(w, after, func(name string) bool { return committed[name] })
}

// CompareDataOf lists the exports that differ between the base and another commit.
func (b *Base) CompareDataOf(w *workspace.Workspace, head *Base) []diff.Data {
	return b.compareExports(w, head.exports, func(string) bool { return true })
}

// compareExports lists the exports that differ. One that only the head has counts if isNew
// reports so.
func (b *Base) compareExports(w *workspace.Workspace, after map[string]dataFile, isNew func(string) bool) []diff.Data {
	var out []diff.Data
	for _, name := range slices.Sorted(maps.Keys(union(b.exports, after))) {
		was, before := b.exports[name]
		now, exists := after[name]
		if before && exists && was.size == now.size && was.sum == now.sum || !before && !isNew(name) {
			continue
		}
		d := diff.Data{
			File: workspace.DisplayPath(filepath.Join(w.Root, filepath.FromSlash(name))), Change: "edited", Table: was.table,
		}
		switch {
		case !before:
			d.Change, d.Table = "added", now.table
		case !exists:
			d.Change = "removed"
		}
		d.Cells, d.Any = compareRows(was, now, before, exists)
		out = append(out, d)
	}
	return out
}

// listCommitted returns the names of files that the last commit has.
func listCommitted(ctx context.Context, w *workspace.Workspace, rel string, list map[string]dataFile) map[string]bool {
	out := map[string]bool{}
	trees, err := workspace.OpenTrees(ctx, w)
	if err != nil {
		return out
	}
	head, err := trees.Resolve(ctx, "HEAD")
	if err != nil {
		return out
	}
	_ = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		all := files(head.Hash, "")
		for name := range list {
			out[name] = all.ID(path.Join(rel, name)) != ""
		}
		return nil
	})
	return out
}

func union(a, b map[string]dataFile) map[string]dataFile {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]dataFile{}
	}
	maps.Copy(out, b)
	return out
}

// relativeTo returns a path of the repository relative to the configuration's folder.
func relativeTo(folder, name string) string {
	out, err := filepath.Rel(filepath.FromSlash(folder), filepath.FromSlash(name))
	if err != nil {
		return name
	}
	return filepath.ToSlash(out)
}

// compareRows returns the cells of the rows that one of two files has and the other has not. all
// means that the rows could not be compared, or that their header differs.
func compareRows(was, now dataFile, before, exists bool) (cells []string, all bool) {
	if before && was.rows == nil || exists && now.rows == nil {
		return nil, true
	}
	count := map[string]int{}
	lines := [2][][]byte{bytes.Split(was.rows, []byte("\n")), bytes.Split(now.rows, []byte("\n"))}
	if before && exists && !bytes.Equal(lines[0][0], lines[1][0]) {
		return nil, true
	}
	for i, list := range lines {
		for _, line := range list {
			count[string(line)] += 1 - 2*i
		}
	}
	seen := map[string]bool{}
	if name := was.name + now.name; name != "" {
		seen[was.name], seen[now.name] = true, true
	}
	for line, n := range count {
		if n == 0 {
			continue
		}
		for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t\"\r", r) }) {
			if cell = strings.TrimSpace(cell); cell != "" && len(cell) < 200 {
				seen[cell] = true
			}
			if len(seen) > mostCells {
				return nil, true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen)), false
}

package base

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/git"
)

// ChangedLines returns the lines of files that differ between the base and the working tree, as
// their numbers in the working tree, ascending. files are named as a diff names them. It returns
// false for a published site, whose files are not available.
func (b *Base) ChangedLines(ctx context.Context, w *workspace.Workspace, files []string) (map[string][]int, bool) {
	if b.report != nil {
		return nil, false
	}
	out := map[string][]int{}
	err := b.readEach(ctx, w, func(before fs.FS, folder string, follow func(string) (string, error)) {
		content := workspace.DisplayPath(w.ContentRoot())
		for _, name := range files {
			of, head := path.Join(folder, filepath.Base(w.File)), w.File
			if name != workspace.DisplayPath(w.File) {
				rel, inside := strings.CutPrefix(name, strings.TrimPrefix(content+"/", "./"))
				if !inside {
					continue
				}
				of = path.Join(folder, filepath.ToSlash(b.Config.Content.Path), rel)
				head = filepath.Join(w.ContentRoot(), filepath.FromSlash(rel))
			}
			after, err := w.Tree.ReadFile(head, workspace.MaxWritten)
			if err != nil {
				continue // it is gone
			}
			was, err := readRegular(before, of, follow)
			if err != nil {
				was = nil // it is new
			}
			if lines := changedLines(was, after); len(lines) > 0 {
				out[name] = lines
			}
		}
	})
	return out, err == nil
}

// readEach calls read with the files of the base and the folder of its configuration.
func (b *Base) readEach(
	ctx context.Context, w *workspace.Workspace,
	read func(files fs.FS, folder string, follow func(string) (string, error)),
) error {
	if b.commit == "" {
		root, err := os.OpenRoot(b.Root)
		if err != nil {
			return err
		}
		defer root.Close() // read only
		read(root.FS(), ".", newResolver(root))
		return nil
	}
	folder, _ := w.Tree.Rel(w.Root)
	trees, err := git.OpenTrees(ctx, w.Tree.Top(), "")
	if err != nil {
		return err
	}
	return trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		all := files(b.commit, "")
		read(all, folder, all.EvalSymlinks)
		return nil
	})
}

// mostCompared is the largest product of lines that are compared one by one. Beyond it, all
// lines between the first and the last difference count as changed.
const mostCompared = 4 << 20

// changedLines returns the numbers of the lines of after that before does not have at their
// place, by the longest common subsequence. Where lines were only removed, it is the line before
// them, or the first.
func changedLines(before, after []byte) []int {
	a, b := splitLines(before), splitLines(after)
	start := 0
	for start < min(len(a), len(b)) && bytes.Equal(a[start], b[start]) {
		start++
	}
	a, b = a[start:], b[start:]
	for len(a) > 0 && len(b) > 0 && bytes.Equal(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	kept := keptLines(a, b)
	var out []int
	add := func(n int) {
		if n = max(n, 1); len(out) == 0 || out[len(out)-1] < n {
			out = append(out, n)
		}
	}
	i := 0 // lines of a that were used
	for k := range b {
		if kept[k] < 0 {
			add(start + k + 1)
			continue
		}
		if kept[k] > i && (k == 0 || kept[k-1] >= 0) {
			add(start + k) // only removed
		}
		i = kept[k] + 1
	}
	if i < len(a) && (len(b) == 0 || kept[len(b)-1] >= 0) {
		add(start + len(b))
	}
	return out
}

// keptLines returns for each line of b the line of a that it is, −1 for a new one.
func keptLines(a, b [][]byte) []int {
	kept := make([]int, len(b))
	for k := range kept {
		kept[k] = -1
	}
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > mostCompared {
		return kept
	}
	// common[i][k] is the length of the longest common subsequence of a[i:] and b[k:].
	common := make([][]int32, len(a)+1)
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for k := len(b) - 1; k >= 0; k-- {
			if bytes.Equal(a[i], b[k]) {
				common[i][k] = common[i+1][k+1] + 1
			} else {
				common[i][k] = max(common[i+1][k], common[i][k+1])
			}
		}
	}
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case bytes.Equal(a[i], b[k]):
			kept[k] = i
			i, k = i+1, k+1
		case common[i+1][k] >= common[i][k+1]:
			i++
		default:
			k++
		}
	}
	return kept
}

func splitLines(data []byte) [][]byte {
	lines := bytes.Split(data, []byte("\n"))
	if n := len(lines); len(lines[n-1]) == 0 {
		lines = lines[:n-1]
	}
	return lines
}

package history

import (
	"context"
	"path"
	"path/filepath"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// Quarters are the states of the content at the beginning of calendar quarters.
type Quarters struct {
	Starts  []Start // the newest first
	Touched diff.Touched
	Why     string // the reason that the beginning, or all of it, is missing; "" if it is there
}

// Start is the state at the beginning of a quarter.
type Start struct {
	At      time.Time // the first day
	Began   time.Time // the first commit, if there is none before the quarter; else zero
	State   State
	Commits int // in the quarter
}

// quartersRead is the number of quarters that are read: the present one and the one before.
const quartersRead = 2

// readQuarters reads the states at the beginning of the present quarter and of the one before,
// and the files that commits changed since then.
func (h *History) readQuarters(ctx context.Context, w *workspace.Workspace) (Quarters, error) {
	q := Quarters{Why: h.Why}
	if len(h.Commits) == 0 {
		return q, nil
	}
	var at []int
	end := len(h.Commits)
	start := diff.QuarterOf(h.asOf)
	for range quartersRead {
		i := h.Find(start.Add(-time.Nanosecond))
		s := Start{At: start, Commits: end - 1 - i}
		if i < 0 {
			i, s.Began = 0, h.Commits[0].At
		}
		q.Starts, at = append(q.Starts, s), append(at, i)
		if !s.Began.IsZero() {
			break // nothing is older
		}
		end, start = i+1, diff.QuarterOf(start.AddDate(0, 0, -1))
	}
	n := 0
	err := h.ReadStates(ctx, at, nil, func(s *State) error {
		q.Starts[n].State = *s
		n++
		return nil
	})
	if err != nil {
		return q, err
	}
	if q.Starts[len(q.Starts)-1].Began.IsZero() {
		q.Why = "" // older commits do not matter
	}
	q.Touched, err = h.readTouched(ctx, at[len(at)-1], filepath.ToSlash(workspace.DisplayPath(w.File)))
	return q, err
}

// readTouched returns the commits after one that changed files. file is the name of the
// configuration.
func (h *History) readTouched(ctx context.Context, from int, file string) (diff.Touched, error) {
	list := h.Commits[from:]
	trees, err := h.listTrees(ctx, list)
	if err != nil {
		return nil, err
	}
	out := diff.Touched{}
	for i := 1; i < len(list); i++ {
		before, after := trees[list[i-1].tree], trees[list[i].tree]
		for name, id := range after {
			if was, ok := before[name]; !ok || was != id {
				out[name] = append(out[name], diff.Touch{At: list[i].At, Added: !ok})
			}
		}
		for name := range before {
			if _, ok := after[name]; !ok {
				out[name] = append(out[name], diff.Touch{At: list[i].At, Removed: true})
			}
		}
		if list[i].config != list[i-1].config {
			out[file] = append(out[file], diff.Touch{At: list[i].At})
		}
	}
	return out, nil
}

// listTrees returns the files of the contents of commits, by the hash of their folder: hash by
// path. Content has folders of one level.
func (h *History) listTrees(ctx context.Context, commits []Commit) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	var roots []string
	for i := range commits {
		if hash := commits[i].tree; hash != "" && out[hash] == nil {
			out[hash] = map[string]string{}
			roots = append(roots, hash)
		}
	}
	type place struct{ root, name string }
	below := map[string][]place{} // by the hash of a folder
	var folders []string
	err := h.trees.ReadTrees(ctx, roots, func(i int, list []git.Listed) error {
		for _, e := range list {
			switch {
			case e.Regular:
				out[roots[i]][e.Name] = e.ID
			case e.Folder:
				if below[e.ID] == nil {
					folders = append(folders, e.ID)
				}
				below[e.ID] = append(below[e.ID], place{roots[i], e.Name})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = h.trees.ReadTrees(ctx, folders, func(i int, list []git.Listed) error {
		for _, at := range below[folders[i]] {
			for _, e := range list {
				if e.Regular {
					out[at.root][path.Join(at.name, e.Name)] = e.ID
				}
			}
		}
		return nil
	})
	return out, err
}

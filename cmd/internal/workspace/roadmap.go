package workspace

import (
	"context"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/rice"
)

const (
	// pastWeeks is how many weeks of the roadmap are read from git.
	pastWeeks = 52
	// pastTime is how long that may take: the site is built without it otherwise.
	pastTime = 20 * time.Second
)

// ReadRoadmapPast reads the order of the roadmap at the end of each week of the last year, from
// the commits of the content's clone. An error becomes the reason for a missing past, and stops
// nothing.
func ReadRoadmapPast(ctx context.Context, w *Workspace) rice.Past {
	var past rice.Past
	now := rice.Order(w.Config.Options().RICE, w.Content, w.AsOf)
	if len(now) == 0 {
		return past
	}
	ctx, cancel := context.WithTimeout(ctx, pastTime)
	defer cancel()
	why, err := addPastWeeks(ctx, w, &past)
	if err != nil {
		why = "the past of the roadmap cannot be read from git: " + text.OneLine(err.Error())
	}
	past.Why = why
	past.AddPresent(w.AsOf, now, w.Content.Initiatives)
	return past
}

// addPastWeeks adds the weeks of the last year that git has, and returns the reason for missing
// ones.
func addPastWeeks(ctx context.Context, w *Workspace, past *rice.Past) (why string, err error) {
	trees, err := OpenTrees(ctx, w)
	if err != nil {
		return "", err
	}
	cuts := rice.ListMondays(w.AsOf, pastWeeks)
	commits, err := trees.CommitsSince(ctx, cuts[0])
	if err != nil {
		return "", err
	}
	if len(commits) == 0 || !slices.ContainsFunc(commits, func(c git.Commit) bool { return !c.At.After(w.AsOf) }) {
		return "nothing was written before " + w.AsOf.Format("2 January 2006") +
			": from then on the order of each week is shown here", nil
	}
	if trees.Shallow {
		why = "the clone holds only its newest commits: check out with fetch-depth 0 for the whole year"
	}
	return why, trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		r := pastReader{workspace: w, files: files}
		for _, cut := range cuts {
			// The newest commit that is not after the cut-off.
			i := slices.IndexFunc(commits, func(c git.Commit) bool { return !c.At.After(cut) })
			if i < 0 {
				continue // the clone is younger
			}
			items, err := r.orderAt(commits[i].Hash, cut)
			if err != nil {
				return err
			}
			past.AddPoint(cut, items)
		}
		return nil
	})
}

// pastReader orders the roadmaps of commits. It reads those with the same roadmap and
// configuration once.
type pastReader struct {
	workspace *Workspace
	files     func(commit, folder string) *git.Files
	read      string // the inputs of the last order
	content   fact.Content
	options   rice.Options
}

func (r *pastReader) orderAt(commit string, at time.Time) ([]rice.Placed, error) {
	top := r.files(commit, "")
	file := filepath.Base(r.workspace.File)
	folder := path.Clean(filepath.ToSlash(r.workspace.Config.Content))
	made := top.ID(file) + " " + top.ID(path.Join(folder, "roadmap"))
	if made != r.read {
		r.options = r.workspace.Config.Options().RICE
		if data, err := fs.ReadFile(top, file); err == nil {
			// Unknown keys of a past configuration do not matter.
			c, _ := config.Parse(file, data)
			r.options = c.Options().RICE
		}
		below, err := fs.Sub(top, folder)
		if err != nil {
			return nil, err
		}
		if only, ok := below.(*git.Files); ok {
			only.Only = []string{"roadmap"} // links to other folders do not matter to the order
		}
		r.content, _ = content.Read(below) // past problems cannot be mended
		r.read = made
	}
	return rice.Order(r.options, r.content, at), nil
}

package history

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/rice"
)

const (
	// pastWeeks is how many weeks of the roadmap's order are read.
	pastWeeks = 52
	// readTime is how long reading the history may take: the site is built without it otherwise.
	readTime = 20 * time.Second
)

// Records are what a history has about the present content.
type Records struct {
	Ledger *Ledger
	Past   rice.Past // the order of the roadmap over time
	// Quarters are the states of the content at the beginning of quarters.
	Quarters Quarters
}

// Load reads the history of a workspace, attaches its versions to the present content, and returns
// them with the order of the roadmap at the end of each week of the last year. An error becomes the
// reason for a missing past, and stops nothing.
func Load(ctx context.Context, w *workspace.Workspace, place Place, present Present) Records {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	h, err := Open(ctx, w, place)
	if err != nil {
		return Without(err, present)
	}
	defer h.Close()
	var r Records
	if r.Ledger, err = h.ReadLedger(ctx); err != nil {
		return Without(err, present)
	}
	if r.Past, err = h.readPast(ctx); err != nil {
		r.Past = rice.Past{Why: pastFailed(err)}
	}
	if r.Quarters, err = h.readQuarters(ctx, w); err != nil {
		r.Quarters = Quarters{Why: text.OneLine(err.Error())}
	}
	return r.attach(present)
}

// Without returns the records of a content whose history cannot be read.
func Without(err error, present Present) Records {
	return Records{
		Ledger: &Ledger{why: text.OneLine(err.Error())}, Past: rice.Past{Why: pastFailed(err)},
		Quarters: Quarters{Why: text.OneLine(err.Error())},
	}.attach(present)
}

func pastFailed(err error) string {
	return "the past of the roadmap cannot be read from git: " + text.OneLine(err.Error())
}

// attach adds the present content.
func (r Records) attach(p Present) Records {
	r.Ledger.Attach(p)
	if now := rice.Order(p.Scale, *p.Content, p.AsOf); len(now) > 0 {
		r.Past.AddPresent(p.AsOf, now, p.Content.Initiatives)
	} else {
		r.Past = rice.Past{}
	}
	return r
}

// Update returns the records of later content of the same workspace. It reads no history.
func (r Records) Update(w *workspace.Workspace) Records {
	past := rice.Past{Why: r.Past.Why}
	if n := len(r.Past.Points); n > 0 {
		past.Points = slices.Clone(r.Past.Points[:n-1])
	}
	return Records{Ledger: r.Ledger, Past: past, Quarters: r.Quarters}.attach(PresentOf(w))
}

// readPast reads the order of the roadmap at the end of each week.
func (h *History) readPast(ctx context.Context) (rice.Past, error) {
	past := rice.Past{Why: h.Why}
	if len(h.Commits) == 0 {
		past.Why += ": from then on the order of each week is shown here"
		return past, nil
	}
	if past.Why != "" {
		past.Why += " for the whole year"
	}
	var cuts []time.Time
	var at []int
	for _, cut := range rice.ListMondays(h.asOf, pastWeeks) {
		if i := h.Find(cut); i >= 0 { // else the clone is younger
			cuts, at = append(cuts, cut), append(at, i)
		}
	}
	n := 0
	err := h.ReadStates(ctx, at, []string{"roadmap"}, func(s *State) error {
		past.AddPoint(cuts[n], rice.Order(s.Config.Options().RICE, s.Content, cuts[n]))
		n++
		return nil
	})
	return past, err
}

// Find returns the index of the newest commit that is not after a time; -1 without one.
func (h *History) Find(at time.Time) int {
	i, _ := slices.BinarySearchFunc(h.Commits, at, func(c Commit, at time.Time) int {
		if c.At.After(at) {
			return 1
		}
		return -1
	})
	return i - 1
}

// State is configuration and content at a commit.
type State struct {
	Commit   Commit
	Config   *config.Config
	Content  fact.Content
	Problems []content.Problem // with files below the content's root
}

// ReadStates reads the states of commits, given by their index. only lists the folders and files
// of the content that are read; nil for all. Equal states are read once.
func (h *History) ReadStates(ctx context.Context, commits []int, only []string, read func(*State) error) error {
	return h.trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		var last State
		key := ""
		for _, i := range commits {
			c := &h.Commits[i]
			if k := c.config + " " + h.keyOf(c, only); k != key || key == "" {
				last = State{Config: h.configOf(c)}
				var err error
				last.Content, last.Problems, err = readContent(files(c.Hash, ""), c.content, only)
				if err != nil {
					return err
				}
				key = k
			}
			last.Commit = *c
			s := last
			if err := read(&s); err != nil {
				return err
			}
		}
		return nil
	})
}

// keyOf identifies what is read of a commit's content.
func (h *History) keyOf(c *Commit, only []string) string {
	if len(only) == 1 && only[0] == "roadmap" {
		return c.roadmap
	}
	return c.tree
}

// readContent reads the content below a folder of a commit. A missing folder is empty content:
// git keeps no empty ones.
func readContent(all *git.Files, folder string, only []string) (fact.Content, []content.Problem, error) {
	dir, err := all.EvalSymlinks(folder)
	if err != nil {
		return fact.Content{}, nil, nil //nolint:nilerr // a past folder cannot be mended
	}
	below, err := fs.Sub(all, dir)
	if err != nil {
		return fact.Content{}, nil, err
	}
	if f, ok := below.(*git.Files); ok {
		f.Only = only
	}
	read, problems := content.Read(below)
	return read, problems, nil
}

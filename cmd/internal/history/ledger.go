package history

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
)

// Ledger has the versions of items along the history.
type Ledger struct {
	why         string
	asOf        time.Time
	initiatives *tracker[fact.Initiative]
	decisions   *tracker[fact.Decision]
	// texts has the newest text of files, by path below the content's root, for renames that are
	// not committed.
	texts map[string][]byte
}

// mostText is the largest number of bytes of all versions of a folder.
const mostText = 256 << 20

// ReadLedger reads the versions of initiatives and decisions.
func (h *History) ReadLedger(ctx context.Context) (*Ledger, error) {
	l := &Ledger{why: h.Why, asOf: h.asOf, texts: map[string][]byte{}}
	if len(h.Commits) == 0 {
		return l, nil
	}
	var err error
	l.initiatives, err = trackFolder(ctx, h, l, "roadmap", func(c *Commit) string { return c.roadmap },
		content.ParseInitiative, func(i *fact.Initiative) *fact.Item { return &i.Item }, sameInitiative)
	if err != nil {
		return nil, err
	}
	l.decisions, err = trackFolder(ctx, h, l, "decisions", func(c *Commit) string { return c.decisions },
		content.ParseDecision, func(d *fact.Decision) *fact.Item { return &d.Item }, sameDecision)
	return l, err
}

// sameInitiative reports whether two versions are equal in everything that is compared with the
// past.
func sameInitiative(a, b *fact.Initiative) bool {
	return reflect.DeepEqual(a.Rice, b.Rice) && reflect.DeepEqual(a.Expected, b.Expected) &&
		reflect.DeepEqual(a.Override, b.Override) && reflect.DeepEqual(a.Spent, b.Spent) &&
		reflect.DeepEqual(withoutFeatures(a.Phases), withoutFeatures(b.Phases))
}

// withoutFeatures copies phases without the features of their criteria, whose former IDs are
// replaced in the present content only.
func withoutFeatures(phases []fact.Phase) []fact.Phase {
	out := slices.Clone(phases)
	for i := range out {
		out[i].Criteria = slices.Clone(out[i].Criteria)
		for k := range out[i].Criteria {
			out[i].Criteria[k].Feature = ""
		}
	}
	return out
}

func sameDecision(a, b *fact.Decision) bool {
	return a.Recommended == b.Recommended && a.Decision == b.Decision && a.By == b.By && a.On.Equal(b.On) &&
		a.Deadline.Equal(b.Deadline) && a.Reason == b.Reason
}

// trackFolder follows the items of one folder. hashOf returns the hash of the folder at a commit.
func trackFolder[T any](ctx context.Context, h *History, l *Ledger, dir string, hashOf func(*Commit) string,
	parse func(file string, data []byte) (T, bool), item func(*T) *fact.Item, same func(a, b *T) bool,
) (*tracker[T], error) {
	steps, err := h.listSteps(ctx, hashOf)
	if err != nil {
		return nil, err
	}
	names := map[string]string{} // by hash
	var hashes []string
	for i := range steps {
		for name, hash := range steps[i].files {
			if _, ok := names[hash]; !ok {
				names[hash] = name
				hashes = append(hashes, hash)
			}
		}
	}
	slices.Sort(hashes)
	newest := map[string]string{}
	if n := len(steps); n > 0 {
		for name, hash := range steps[n-1].files {
			newest[hash] = name
		}
	}
	read := map[string]parsed[T]{}
	size := 0
	err = h.trees.ReadBlobs(ctx, hashes, func(i int, data []byte) error {
		if size += len(data); size > mostText {
			return fmt.Errorf("the versions of %s are larger than %d MiB", dir, mostText>>20)
		}
		if name, ok := newest[hashes[i]]; ok {
			l.texts[dir+"/"+name] = data
		}
		v, ok := parse(dir+"/"+names[hashes[i]], data)
		it := item(&v)
		p := parsed[T]{item: &v, formerly: it.Formerly, ok: ok && data != nil}
		it.Body, it.Lines = "", nil // prose is not compared
		read[hashes[i]] = p
		return nil
	})
	if err != nil {
		return nil, err
	}
	return track(steps, func(_, hash string) parsed[T] { return read[hash] }, same), nil
}

// listSteps lists the states of a folder that differ from the one before.
func (h *History) listSteps(ctx context.Context, hashOf func(*Commit) string) ([]step, error) {
	scales := map[string]*fact.Scale{}
	var steps []step
	var trees []string
	last := ""
	for i := range h.Commits {
		c := &h.Commits[i]
		hash := hashOf(c)
		if hash == last && i > 0 {
			continue
		}
		last = hash
		if scales[c.config] == nil {
			scale := fact.Scale(h.configOf(c).Options().RICE)
			scales[c.config] = &scale
		}
		steps = append(steps, step{
			at: c.At, commit: c.Hash, oldest: i == 0 && h.Why != "", scale: scales[c.config], files: map[string]string{},
		})
		trees = append(trees, hash)
	}
	return steps, h.fillSteps(ctx, steps, trees)
}

// fillSteps reads the files of steps, and finds the renamed ones.
func (h *History) fillSteps(ctx context.Context, steps []step, trees []string) error {
	var present []int
	var hashes []string
	for i, hash := range trees {
		if hash != "" {
			present, hashes = append(present, i), append(hashes, hash)
		}
	}
	err := h.trees.ReadTrees(ctx, hashes, func(i int, list []git.Listed) error {
		for _, e := range list {
			if e.Regular && strings.HasSuffix(e.Name, ".md") && !strings.HasPrefix(e.Name, ".") && e.Name != "README.md" {
				steps[present[i]].files[e.Name] = e.ID
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var pairs [][2]string
	var moved []int
	for i := 1; i < len(steps); i++ {
		if trees[i-1] != "" && trees[i] != "" && hasMissing(steps[i-1].files, steps[i].files) &&
			hasMissing(steps[i].files, steps[i-1].files) {
			pairs, moved = append(pairs, [2]string{trees[i-1], trees[i]}), append(moved, i)
		}
	}
	renames, err := h.trees.Renames(ctx, pairs)
	if err != nil {
		return err
	}
	for k, i := range moved {
		steps[i].renamed = renames[k]
	}
	return nil
}

// hasMissing reports whether a name of a is missing from b.
func hasMissing(a, b map[string]string) bool {
	for name := range a {
		if _, ok := b[name]; !ok {
			return true
		}
	}
	return false
}

package history

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// Present is the content that follows the newest commit: the working tree, or a pull request.
type Present struct {
	Content *fact.Content
	Scale   rice.Options
	AsOf    time.Time
	// Request means that it is a pull request, which counts as one commit.
	Request bool
	// ReadText returns the text of a file below the content's root; nil if it cannot be read.
	ReadText func(file string) []byte
}

// Attach sets the past of a content. A present item that differs from its newest version is one
// version more, which has no commit.
func (l *Ledger) Attach(p Present) {
	rec := &fact.Recorded{Why: l.why, Request: p.Request}
	if l.initiatives != nil {
		items := present[fact.Initiative]{dir: "roadmap", asOf: p.AsOf, text: p.ReadText, former: l.texts}
		for i := range p.Content.Initiatives {
			in := &p.Content.Initiatives[i]
			items.add(&in.Item, in)
		}
		rec.Initiatives = attach(l.initiatives, &items)
	}
	if l.decisions != nil {
		items := present[fact.Decision]{dir: "decisions", asOf: p.AsOf, text: p.ReadText, former: l.texts}
		for i := range p.Content.Decisions {
			d := &p.Content.Decisions[i]
			items.add(&d.Item, d)
		}
		rec.Decisions = attach(l.decisions, &items)
	}
	p.Content.Recorded = rec
}

// present has the present items of one folder.
type present[T any] struct {
	dir    string
	asOf   time.Time
	items  []presentItem[T]
	text   func(file string) []byte
	former map[string][]byte
}

type presentItem[T any] struct {
	*fact.Item
	value *T
}

func (p *present[T]) add(it *fact.Item, v *T) {
	p.items = append(p.items, presentItem[T]{it, v})
}

// attach returns the versions of present items by ID.
func attach[T any](t *tracker[T], p *present[T]) map[string][]fact.Version[T] {
	threads := matchPresent(t, p)
	out := map[string][]fact.Version[T]{}
	for _, it := range p.items {
		th := threads[it.ID]
		if th == nil {
			th = &thread[T]{}
		}
		now := thread[T]{versions: slices.Clone(th.versions)}
		if it.Lines != nil { // else it cannot be read, and its last version stays
			now.add(fact.Version[T]{At: p.asOf, Item: it.value}, t.same)
		}
		out[it.ID] = now.versions
	}
	return out
}

// matchPresent returns the threads of present items by ID, through renames that are not committed.
func matchPresent[T any](t *tracker[T], p *present[T]) map[string]*thread[T] {
	out := map[string]*thread[T]{}
	gone := maps.Clone(t.live)
	var fresh []presentItem[T]
	for _, it := range p.items {
		name := path.Base(it.File)
		if th := t.live[name]; th != nil {
			out[it.ID] = th
			delete(gone, name)
		} else {
			fresh = append(fresh, it)
		}
	}
	for _, it := range fresh {
		if th := takeFormer(t, it.Item, gone); th != nil {
			out[it.ID] = th
		}
	}
	for _, it := range fresh {
		if out[it.ID] != nil {
			continue
		}
		if name := p.findSimilar(it.File, gone); name != "" {
			out[it.ID] = gone[name]
			delete(gone, name)
		} else if th := t.findEnded(it.Item); th != nil {
			out[it.ID] = th
		}
	}
	return out
}

// takeFormer takes the thread of a former name of an item.
func takeFormer[T any](t *tracker[T], it *fact.Item, gone map[string]*thread[T]) *thread[T] {
	for _, id := range it.Formerly {
		if th := gone[id+".md"]; th != nil {
			delete(gone, id+".md")
			return th
		}
	}
	return nil
}

// findEnded returns the thread that ended under a name of an item; nil without one.
func (t *tracker[T]) findEnded(it *fact.Item) *thread[T] {
	for i := len(t.ended) - 1; i >= 0; i-- {
		id := strings.TrimSuffix(t.ended[i].name, ".md")
		if id == it.ID || slices.Contains(it.Formerly, id) {
			return t.ended[i]
		}
	}
	return nil
}

// findSimilar returns the name of the most similar file that is gone, at least half of it the same;
// "" without one.
func (p *present[T]) findSimilar(file string, gone map[string]*thread[T]) string {
	if p.text == nil || len(gone) == 0 {
		return ""
	}
	now := p.text(file)
	best, found := 0.5, ""
	for _, name := range sortedNames(gone) {
		if s := similarity(p.former[p.dir+"/"+name], now); s >= best && (found == "" || s > best) {
			best, found = s, name
		}
	}
	return found
}

// similarity returns the share of the larger text that is in lines of both, as git does.
func similarity(a, b []byte) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	lines := map[string]int{}
	for line := range bytes.Lines(a) {
		lines[string(line)]++
	}
	same := 0
	for line := range bytes.Lines(b) {
		if lines[string(line)] > 0 {
			lines[string(line)]--
			same += len(line)
		}
	}
	return float64(same) / float64(max(len(a), len(b)))
}

// PresentOf returns the working tree of a workspace.
func PresentOf(w *workspace.Workspace) Present {
	return Present{Content: &w.Content, Scale: w.Config.Options().RICE, AsOf: w.AsOf, ReadText: func(file string) []byte {
		data, err := w.Tree.ReadFile(path.Join(w.ContentRoot(), file), workspace.MaxWritten)
		if err != nil {
			return nil
		}
		return data
	}}
}

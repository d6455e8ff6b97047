package history

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// step is a state of one folder of items.
type step struct {
	at     time.Time
	commit string
	oldest bool // the history is cut here
	scale  *fact.Scale
	files  map[string]string // hash by name
	// renamed has the former name of files that git takes for renamed ones.
	renamed map[string]string
}

// parsed is what a file contained.
type parsed[T any] struct {
	item     *T
	formerly []string // IDs
	ok       bool     // false: it cannot be read
}

// thread is one item through its renames.
type thread[T any] struct {
	name     string // of the file
	started  int    // step
	ended    int    // step; 0 while the file is there
	formerly []string
	versions []fact.Version[T]
}

// tracker follows items through the states of a folder.
type tracker[T any] struct {
	read  func(name, hash string) parsed[T]
	same  func(a, b *T) bool // equal in everything that is recorded
	live  map[string]*thread[T]
	ended []*thread[T]
}

// track returns the threads at the last step by file name, and those that ended.
func track[T any](steps []step, read func(name, hash string) parsed[T], same func(a, b *T) bool) *tracker[T] {
	t := &tracker[T]{read: read, same: same, live: map[string]*thread[T]{}}
	before := map[string]string{}
	for i := range steps {
		t.advance(i, &steps[i], before)
		before = steps[i].files
	}
	t.joinFormer()
	return t
}

// advance applies one step.
func (t *tracker[T]) advance(n int, s *step, before map[string]string) {
	var added, changed []string
	removed := map[string]bool{}
	for name, hash := range s.files {
		switch was, ok := before[name]; {
		case !ok:
			added = append(added, name)
		case was != hash:
			changed = append(changed, name)
		}
	}
	for name := range before {
		if _, ok := s.files[name]; !ok {
			removed[name] = true
		}
	}
	slices.Sort(added)
	from := t.matchRenames(s, added, removed)
	for _, old := range from {
		delete(removed, old)
	}
	moved := map[string]*thread[T]{}
	for name, old := range from {
		moved[name] = t.live[old]
		delete(t.live, old)
	}
	for name := range removed {
		th := t.live[name]
		delete(t.live, name)
		th.ended = n
		th.add(fact.Version[T]{At: s.at, Commit: s.commit}, t.same)
		t.ended = append(t.ended, th)
	}
	for _, name := range added {
		th := moved[name]
		if th == nil {
			th = t.begin(n, name)
		}
		th.name = name
		t.live[name] = th
		t.addVersion(th, s, name)
	}
	for _, name := range changed {
		t.addVersion(t.live[name], s, name)
	}
}

// matchRenames returns the former name of each added file that was renamed: what the file says
// comes before what git finds.
func (t *tracker[T]) matchRenames(s *step, added []string, removed map[string]bool) map[string]string {
	from, taken := map[string]string{}, map[string]bool{}
	for _, name := range added {
		for _, id := range t.read(name, s.files[name]).formerly {
			if old := id + ".md"; removed[old] && !taken[old] && from[name] == "" {
				from[name], taken[old] = old, true
			}
		}
	}
	for _, name := range added {
		if old := s.renamed[name]; from[name] == "" && removed[old] && !taken[old] {
			from[name], taken[old] = old, true
		}
	}
	return from
}

// begin returns the thread of a file that is new: it continues one of the same name, or of a
// former name, that ended before.
func (t *tracker[T]) begin(n int, name string) *thread[T] {
	for i := len(t.ended) - 1; i >= 0; i-- {
		if th := t.ended[i]; th.name == name {
			t.ended = slices.Delete(t.ended, i, i+1)
			th.ended = 0
			return th
		}
	}
	return &thread[T]{started: n}
}

// joinFormer continues threads of former names that ended before a thread began.
func (t *tracker[T]) joinFormer() {
	for _, name := range sortedNames(t.live) {
		t.joinEnded(t.live[name])
	}
}

// joinEnded puts the versions of an ended thread of a former name before those of a thread.
func (t *tracker[T]) joinEnded(th *thread[T]) {
	for _, id := range th.formerly {
		for i := len(t.ended) - 1; i >= 0; i-- {
			old := t.ended[i]
			if old.name != id+".md" || old.ended > th.started || len(old.versions) == 0 {
				continue
			}
			th.versions = append(slices.Clone(old.versions), th.versions...)
			th.started = old.started
			t.ended = slices.Delete(t.ended, i, i+1)
			return
		}
	}
}

// addVersion adds the version of a file at a step. A file that cannot be read leaves the last one.
func (t *tracker[T]) addVersion(th *thread[T], s *step, name string) {
	p := t.read(name, s.files[name])
	if !p.ok {
		return
	}
	th.formerly = p.formerly
	th.add(fact.Version[T]{At: s.at, Commit: s.commit, Oldest: s.oldest, Scale: s.scale, Item: p.item}, t.same)
}

// add adds a version, unless nothing that is recorded changed.
func (th *thread[T]) add(v fact.Version[T], same func(a, b *T) bool) {
	if n := len(th.versions); n > 0 {
		last := th.versions[n-1].Item
		if last == nil && v.Item == nil || last != nil && v.Item != nil && same(last, v.Item) {
			return
		}
	} else if v.Item == nil {
		return
	}
	th.versions = append(th.versions, v)
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unsynced is the system's disk without the syncs, which take most of the time.
type unsynced struct{ system }

func (unsynced) SyncTree(string) error   { return nil }
func (unsynced) SyncFolder(string) error { return nil }

// layout is a project with an output folder in some state.
type layout struct {
	t     *testing.T
	rng   *rand.Rand
	root  string
	place FolderOptions
	at    string          // the output folder, without links
	site  map[string]bool // files that a site of ours has there
	// wrong is set where the build has to be refused without --adopt, and never where
	// not even --adopt may help.
	wrong, never bool
	story        []string
}

func (l *layout) tell(format string, args ...any) {
	l.story = append(l.story, fmt.Sprintf(format, args...))
}

func (l *layout) put(name, text string) {
	l.t.Helper()
	put(l.t, filepath.Join(l.root, filepath.FromSlash(name)), text)
}

func (l *layout) chance(percent int) bool { return l.rng.IntN(100) < percent }

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }

// newLayout makes a project from a seed.
func newLayout(t *testing.T, seed uint64) *layout {
	t.Helper()
	l := &layout{t: t, rng: rand.New(rand.NewPCG(seed, 3)), root: t.TempDir(), site: map[string]bool{}}
	content := pick(l.rng, ".", "docs/site", "site", "content")
	source := pick(l.rng, "deployments.csv", "exports/deployments.csv", "public/in/deployments.csv", "docs/raw.csv")
	l.put("config.toml", "the configuration")
	l.put(content+"/teams.toml", "the teams")
	l.put(content+"/features/search.md", "a feature")
	l.put(source, "the facts")
	l.put(".ip3dp/history.json", "the history")
	if l.chance(60) {
		l.put(".git/HEAD", "ref: refs/heads/main")
		l.put(".git/objects/ab/cd", "precious")
	}
	join := func(name string) string { return filepath.Join(l.root, filepath.FromSlash(name)) }
	l.place = FolderOptions{State: join(".ip3dp"), Guarded: []Guarded{
		{Name: "the configuration", Path: join("config.toml")},
		{Name: "the state", Path: join(".ip3dp"), Around: true},
		{Name: "the content", Path: join(content)},
		{Name: "the content", Path: join(content + "/features"), Around: true},
		{Name: "the source x", Path: join(source)},
	}}
	out := pick(l.rng, ".", "docs", "public", "public", "www/site", "www", content, content+"/features/new", ".ip3dp/site", "exports", "new/a/b", "preview", "docs/../public")
	l.tell("content %s, source %s, out %s", content, source, out)
	at := filepath.Join(l.root, filepath.FromSlash(out))
	for _, name := range []string{"config.toml", ".ip3dp", content, source} {
		path := join(name)
		l.never = l.never || path == at || strings.HasPrefix(path, at+"/")
	}
	for _, name := range []string{".ip3dp", content + "/features"} {
		l.never = l.never || strings.HasPrefix(at, join(name)+"/")
	}
	l.at, l.place.Out = at, at
	l.fill()
	if l.chance(15) {
		link := join("link-to-out")
		if err := os.Symlink(at, link); err != nil {
			t.Fatal(err)
		}
		l.place.Out = link
		l.tell("through a link")
	}
	l.place.Adopt = l.chance(30)
	return l
}

// fill brings the output folder into some state.
func (l *layout) fill() {
	record := true
	switch l.rng.IntN(6) {
	case 0:
		l.tell("nothing there")
		return
	case 1:
		if err := os.MkdirAll(l.at, 0o755); err != nil {
			l.t.Fatal(err)
		}
		l.tell("a folder")
	case 2, 3:
		if l.never {
			return // no site of ours can have got there
		}
		record = l.chance(70)
		l.build(record)
	case 4:
		for name, text := range siteNumber(1) {
			if name == Marker {
				text = `{"tool": "ip3dp", "as_of": "2024-11-11T00:00:00Z"}`
			}
			put(l.t, filepath.Join(l.at, name), text)
			l.site[name] = true
		}
		l.tell("a site of the former version")
	case 5:
		put(l.t, filepath.Join(l.at, pick(l.rng, "photo.jpg", "data/run.json", "index.html")), `{"tool": "else"}`)
		l.wrong = true
		l.tell("another's folder")
	}
	l.damage(record)
	l.strew()
}

// build puts a site of ours there.
func (l *layout) build(record bool) {
	p := l.place
	if !record {
		p.State = ""
	}
	if err := buildReal(p, 1); err != nil {
		l.t.Fatalf("%v: %v", l.story, err)
	}
	l.site[ManifestPath] = true
	for name := range siteNumber(1) {
		l.site[name] = true
	}
	l.tell("a site of ours, record %v", record)
}

// buildReal puts the n-th site at a place.
func buildReal(p FolderOptions, n int) error {
	s, err := stageReal(unsynced{}, p)
	if err != nil {
		return err
	}
	defer s.Discard()
	for name, text := range siteNumber(n) {
		if err := s.Write(name, []byte(text)); err != nil {
			return err
		}
	}
	return s.Publish()
}

// damage breaks what lists the files of the site.
func (l *layout) damage(record bool) {
	manifest := filepath.Join(l.at, filepath.FromSlash(ManifestPath))
	data, err := os.ReadFile(manifest)
	if err != nil || !l.chance(40) {
		return
	}
	switch l.rng.IntN(3) {
	case 0:
		err = os.Remove(manifest)
		l.tell("no manifest")
	case 1:
		data[l.rng.IntN(len(data))] ^= 1
		err = os.WriteFile(manifest, data, 0o644)
		l.tell("a damaged manifest")
	case 2:
		err = os.WriteFile(manifest, nil, 0o644)
		l.tell("an empty manifest")
	}
	if err != nil {
		l.t.Fatal(err)
	}
	if record && l.chance(30) {
		records, err := filepath.Glob(filepath.Join(l.place.State, sitesFolder, "*"))
		if err != nil || len(records) != 1 {
			l.t.Fatalf("%v, %v", records, err)
		}
		if err := os.WriteFile(records[0], []byte("{"), 0o644); err != nil {
			l.t.Fatal(err)
		}
		record = false
		l.tell("a damaged record")
	}
	l.wrong = l.wrong || !record
}

// strew puts files of others into the folder.
func (l *layout) strew() {
	for range l.rng.IntN(4) {
		name := pick(l.rng, "notes.md", "teams/t9/todo.txt", "CNAME", ".nojekyll", ".well-known/security.txt", ".htaccess",
			"previews/pr-1/index.html", "previews/mine/a.txt", ".hidden", "data/mine.json", "robots.txt", "lib/.git/HEAD", ".git")
		file := filepath.Join(l.at, filepath.FromSlash(name))
		if _, err := os.Lstat(file); err == nil {
			continue
		}
		put(l.t, file, "of another: "+name)
		l.tell("%s", name)
		if !isHostFile(name) && !isPreview(name) {
			l.wrong = true
		}
		l.never = l.never || strings.Contains("/"+name, "/.git")
	}
	if l.chance(10) {
		if err := os.MkdirAll(l.at, 0o755); err != nil {
			l.t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(l.root, "config.toml"), filepath.Join(l.at, "a-link")); err != nil {
			l.t.Fatal(err)
		}
		l.wrong = true
		l.tell("a link in it")
	}
}

// snapshot returns all files below the root with their bytes, and links with theirs.
func (l *layout) snapshot() map[string]string {
	l.t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(l.root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text := ""
		if d.Type()&fs.ModeSymlink != 0 {
			text, err = os.Readlink(name)
		} else {
			var data []byte
			data, err = os.ReadFile(name)
			text = string(data)
		}
		all[name] = text
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

// TestLayouts builds into projects of all kinds: files that are not ours are never
// lost, and a build that is refused changes nothing.
func TestLayouts(t *testing.T) {
	outcomes, lost := map[string]int{}, 0
	for seed := range uint64(sampled(200, 500)) {
		l := newLayout(t, seed)
		before := l.snapshot()
		err := buildReal(l.place, 2)
		after := l.snapshot()
		var f *Fault
		refused := errors.As(err, &f) && f.Kind == Refused
		story := fmt.Sprintf("seed %d: %s, adopt %v", seed, strings.Join(l.story, ", "), l.place.Adopt)
		if want := l.never || l.wrong && !l.place.Adopt; want != refused || err != nil && !refused {
			t.Errorf("%s: refused is %v, want %v: %v", story, refused, want, err)
		}
		pages := siteNumber(2)
		for name, text := range before {
			in, _ := strings.CutPrefix(name, l.at+"/")
			if err == nil && (l.site[in] || strings.HasPrefix(name, filepath.Join(l.place.State, sitesFolder))) {
				continue // of the old site
			}
			if _, page := pages[in]; err == nil && page && l.place.Adopt {
				continue // a page replaces it, as --adopt says
			}
			if now, there := after[name]; !there || now != text {
				lost++
				t.Errorf("%s: %s was lost", story, name)
			}
		}
		for name, text := range pages {
			if err == nil && after[filepath.Join(l.at, name)] != text {
				t.Errorf("%s: the new site lacks %s", story, name)
			}
		}
		if err != nil && len(after) != len(before) {
			t.Errorf("%s: refused, and changed: %v", story, slices.Sorted(maps.Keys(after)))
		}
		if err == nil {
			if err := buildReal(FolderOptions{Out: l.place.Out, State: l.place.State, Guarded: l.place.Guarded}, 3); err != nil {
				t.Errorf("%s: the next build: %v", story, err)
			}
		}
		outcomes[fmt.Sprintf("refused %v", refused)]++
	}
	t.Logf("%v, %d files of others lost", outcomes, lost)
}

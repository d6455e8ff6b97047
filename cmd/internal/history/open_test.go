package history_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/history"
)

// edited makes a repository with a prediction of 4 weeks that was changed to 1.
func edited(t *testing.T) *repo {
	t.Helper()
	r := newRepo(t)
	r.write(a, item(4, "2024-09-01"))
	r.commit("1 Sep")
	r.write("x", "x")
	r.commit("8 Sep")
	r.write(a, item(1, "2024-09-01"))
	r.commit("5 Oct")
	return r
}

const ofEdited = "a: 4, score 20, recorded 1 Sep, since 1 on 5 Oct"

// TestShapes: merges count as one commit each, whatever their branches contain.
func TestShapes(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write(b, item(3, ""))
	r.commit("1 Aug")
	r.git("checkout", "-q", "-b", "topic")
	r.write(a, item(9, "2024-09-01"))
	r.commit("1 Sep")
	r.write(a, item(4, "2024-09-01"))
	r.commit("2 Sep")
	r.git("checkout", "-q", "main")
	r.gitOn(day("3 Sep"), "merge", "-q", "--no-ff", "-m", "merge", "topic")
	if got, want := r.predictions(history.Place{}, false), "a: 4, score 20, recorded 3 Sep"; got != want {
		t.Errorf("merged: got %s, want %s", got, want)
	}
	r.git("reset", "-q", "--hard", "main~1")
	r.git("merge", "-q", "--squash", "topic")
	r.commit("4 Sep")
	if got, want := r.predictions(history.Place{}, false), "a: 4, score 20, recorded 4 Sep"; got != want {
		t.Errorf("squashed: got %s, want %s", got, want)
	}
	// A request counts as one commit after its base, whatever its branch contains.
	r.git("checkout", "-q", "-b", "request")
	r.write(a, item(2, "2024-09-01"))
	r.commit("6 Nov")
	r.write(b, item(7, "2024-11-01"))
	r.commit("7 Nov")
	got := r.predictions(history.Place{Tip: r.git("rev-parse", "main")}, true)
	if want := "a: 4, score 20, recorded 4 Sep, since 2 on now\nb: 7, score 11.428571428571429, request"; got != want {
		t.Errorf("request: got %s\nwant %s", got, want)
	}
}

func TestShallowClone(t *testing.T) {
	t.Parallel()
	r := edited(t)
	for depth, want := range map[string]string{
		"1": "a: 1, score 80, unchecked: the clone holds only its newest commits: check out with fetch-depth 0",
		"2": "a: 4, score 20, unchecked: the clone holds only its newest commits: check out with fetch-depth 0, since 1 on 5 Oct",
		"9": ofEdited,
	} {
		t.Run(depth, func(t *testing.T) {
			clone := &repo{t, filepath.Join(t.TempDir(), "clone")}
			r.git("clone", "-q", "--depth", depth, "file://"+r.dir, clone.dir)
			if got := clone.predictions(history.Place{}, false); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	// What was approved after the cut can be checked.
	r.write(b, item(2, "2024-11-01"))
	r.commit("2 Nov")
	clone := &repo{t, filepath.Join(t.TempDir(), "clone")}
	r.git("clone", "-q", "--depth", "2", "file://"+r.dir, clone.dir)
	if got := clone.predictions(history.Place{}, false); !strings.HasSuffix(got, "b: 2, score 40, recorded 2 Nov") {
		t.Errorf("got %s", got)
	}
}

// TestNamedHistory: content.history names a bare repository, a clone or a bundle, of the repository
// or of the content alone.
func TestNamedHistory(t *testing.T) {
	t.Parallel()
	r := edited(t)
	dir := t.TempDir()
	bare, bundle := filepath.Join(dir, "bare.git"), filepath.Join(dir, "content.bundle")
	r.git("clone", "-q", "--bare", r.dir, bare)
	r.git("bundle", "create", "-q", bundle, "HEAD", "main")
	alone := &repo{t, t.TempDir()}
	alone.git("init", "-q", "-b", "trunk", ".")
	alone.write(a, item(4, "2024-09-01"))
	alone.commit("1 Sep")
	alone.write(a, item(1, "2024-09-01"))
	alone.commit("5 Oct")
	only := filepath.Join(dir, "only.bundle")
	alone.git("bundle", "create", "-q", only, "trunk")
	for name, place := range map[string]string{"bare": bare, "clone": r.dir, "bundle": bundle, "content alone": only} {
		t.Run(name, func(t *testing.T) {
			export := &repo{t, t.TempDir()} // without git
			export.write("config.toml", "content = \"site\"\n[platform]\nname = \"P\"\n")
			export.write("site/"+a, item(1, "2024-09-01"))
			if name != "content alone" {
				export.write("config.toml", "[platform]\nname = \"P\"\n")
				export.write(a, item(1, "2024-09-01"))
			}
			if got := export.predictions(history.Place{Repository: place}, false); got != ofEdited {
				t.Errorf("got  %s\nwant %s", got, ofEdited)
			}
		})
	}
}

// TestBadHistory: a history that cannot be read is a reason with a next step, and runs nothing.
func TestBadHistory(t *testing.T) {
	t.Parallel()
	r := edited(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	ran := at("ran")
	evil := at("evil.sh")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(at(name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("evil.sh", "#!/bin/sh\ntouch "+ran+"\n")
	write("text", "not a bundle\n")
	write("damaged", "# v2 git bundle\n"+strings.Repeat("1", 40)+" HEAD\n\nPACK")
	r.git("bundle", "create", "-q", at("part"), "main~1..main")
	r.git("bundle", "create", "-q", at("whole"), "HEAD")
	data, err := os.ReadFile(at("whole"))
	if err != nil {
		t.Fatal(err)
	}
	write("cut", string(data[:len(data)-30]))
	if err := os.Mkdir(at("folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	empty := &repo{t, t.TempDir()}
	empty.git("init", "-q", "-b", "main", ".")
	empty.write("x", "x")
	empty.commit("1 Sep")
	r.git("clone", "-q", "--bare", r.dir, at("hostile.git"))
	hostile := &repo{t, at("hostile.git")}
	for _, key := range []string{"core.fsmonitor", "core.pager", "core.hooksPath", "core.sshCommand", "diff.external", "uploadpack.packObjectsHook"} {
		hostile.git("config", key, evil)
	}
	for name, want := range map[string]string{
		"missing": "does not exist: clone the repository there", "text": "is not one of git bundle: make it with", "folder": "not a git repository: name a clone",
		"damaged": "the bundle cannot be unpacked: make it again", "part": "the bundle cannot be unpacked: make it again",
		"cut": "the bundle cannot be unpacked: make it again", empty.dir: "it has neither the configuration nor a folder roadmap",
		"hostile.git": "recorded 1 Sep", ".ip3dp/demo/content.bundle": `does not exist: run "ip3dp demo"`,
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			place := history.Place{Repository: name}
			if !filepath.IsAbs(name) {
				place.Repository = at(name)
			}
			got := r.predictions(place, false)
			if !strings.Contains(got, want) || strings.Contains(got, dir) {
				t.Errorf("got %s\nwant %s", got, want)
			}
			missing := strings.Contains(want, "does not exist")
			if err := place.Check(); (err != nil) != missing {
				t.Errorf("check: %v", err)
			}
		})
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("the history ran a program")
	}
}

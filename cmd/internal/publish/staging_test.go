package publish

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// ours is a file by which a folder is known to be a site.
const ours = `{"tool": "ip3dp"}`

// publish writes a site whose only page says text.
func publish(t *testing.T, out, text string) {
	t.Helper()
	s := begin(t, out, text)
	if err := s.Publish(); err != nil {
		t.Fatal(err)
	}
}

// ready writes a site up to the swap.
func ready(t *testing.T, out, text string) *Staging {
	t.Helper()
	s := begin(t, out, text)
	if _, err := s.finishSite(); err != nil {
		t.Fatal(err)
	}
	return s
}

// begin writes a site and does not publish it.
func begin(t *testing.T, out, text string) *Staging {
	t.Helper()
	s, err := Stage(FolderOptions{Out: out})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{Marker: ours, "teams/a/index.html": text} {
		if err := s.Write(name, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// shows fails unless out holds the site that says text and nothing lies beside it.
func shows(t *testing.T, out, text string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(out, "teams", "a", "index.html"))
	if err != nil || string(data) != text {
		t.Errorf("the site says %q (%v), want %q", data, err, text)
	}
	entries, err := os.ReadDir(filepath.Dir(out))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(out) {
			t.Errorf("%s was left", e.Name())
		}
	}
}

func TestPublish(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site [1]", "public")
	for _, text := range []string{"one", "two", "three"} {
		publish(t, out, text)
		shows(t, out, text)
	}
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("mode %v, %v: a web server could not read it", info.Mode(), err)
	}
}

// TestPublishNeverMissing looks at the site all the time while it is replaced.
func TestPublishNeverMissing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	publish(t, out, "page")
	if err := exchange(out, filepath.Join(out, "missing")); errors.Is(err, errors.ErrUnsupported) {
		t.Logf("this system swaps in two steps: %v", err)
		return
	}
	stop, missing := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				missing <- n
				return
			default:
				if _, err := os.Stat(filepath.Join(out, "teams", "a", "index.html")); err != nil {
					n++
				}
			}
		}
	}()
	for range 20 {
		publish(t, out, "page")
	}
	close(stop)
	if n := <-missing; n > 0 {
		t.Errorf("the site was missing %d times", n)
	}
}

// TestKilled stops a run at each step of the way, as kill -9 would, and lets the
// next one heal what it left.
func TestKilled(t *testing.T) {
	kill := func(s *Staging) { s.release() }
	tests := []struct {
		name string
		run  func(t *testing.T, out string)
		left string // what the old place says after the kill; "" if it is missing
	}{
		{"while writing", func(t *testing.T, out string) { kill(begin(t, out, "new")) }, "old"},
		{"before the first file", func(t *testing.T, out string) {
			s, err := Stage(FolderOptions{Out: out})
			if err != nil {
				t.Fatal(err)
			}
			kill(s)
		}, "old"},
		{"after the swap", func(t *testing.T, out string) {
			s := ready(t, out, "new")
			swap(t, s.dir, out)
			kill(s)
		}, "new"},
		{"while removing the old site", func(t *testing.T, out string) {
			s := ready(t, out, "new")
			swap(t, s.dir, out)
			if err := os.RemoveAll(filepath.Join(s.dir, "data")); err != nil {
				t.Fatal(err)
			}
			kill(s)
		}, "new"},
		{"between two renames", func(t *testing.T, out string) {
			s := ready(t, out, "new")
			if err := os.Rename(out, out+oldSuffix+"1"); err != nil {
				t.Fatal(err)
			}
			kill(s)
		}, ""},
		{"after two renames", func(t *testing.T, out string) {
			s := ready(t, out, "new")
			if err := os.Rename(out, out+oldSuffix+"1"); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(s.dir, out); err != nil {
				t.Fatal(err)
			}
			kill(s)
		}, "new"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "public")
			publish(t, out, "old")
			tt.run(t, out)
			data, _ := os.ReadFile(filepath.Join(out, "teams", "a", "index.html"))
			if string(data) != tt.left {
				t.Errorf("after the kill the site says %q, want %q", data, tt.left)
			}
			s := begin(t, out, "next")
			data, err := os.ReadFile(filepath.Join(out, "teams", "a", "index.html"))
			if err != nil || len(data) == 0 {
				t.Errorf("the next run does not begin with a whole site: %q, %v", data, err)
			}
			if err := s.Publish(); err != nil {
				t.Fatal(err)
			}
			shows(t, out, "next")
		})
	}
}

// swap exchanges two folders, by three renames so that it works everywhere.
func swap(t *testing.T, a, b string) {
	t.Helper()
	for _, r := range [][2]string{{a, a + "x"}, {b, a}, {a + "x", b}} {
		if err := os.Rename(r[0], r[1]); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReplace is publishing where folders cannot be swapped.
func TestReplace(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	publish(t, out, "old")
	s := ready(t, out, "new")
	s.swapped = map[string]bool{Marker: true, ManifestPath: true, "teams/a/index.html": true}
	if err := s.replaceSite(); err != nil {
		t.Fatal(err)
	}
	s.Discard()
	shows(t, out, "new")
}

// TestLivingRunsKept: what another run is writing to is no leftover.
func TestLivingRunsKept(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	first := begin(t, out, "first")
	publish(t, out, "second")
	if err := first.Publish(); err != nil {
		t.Fatal(err)
	}
	shows(t, out, "first")
}

func TestHealKeepsOthers(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	kept := []string{"public.ip3dp-new-", "public.ip3dp-new-1a", "public.ip3dp-new", "public.tmp-1", "publics.ip3dp-new-1", "public.ip3dp-old-x"}
	for _, name := range kept {
		if err := os.MkdirAll(filepath.Join(filepath.Dir(out), name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(out+newSuffix+"7", nil, 0o644); err != nil { // a file is no folder of ours
		t.Fatal(err)
	}
	publish(t, out, "page")
	for _, name := range append(kept, "public"+newSuffix+"7") {
		if _, err := os.Stat(filepath.Join(filepath.Dir(out), name)); err != nil {
			t.Errorf("%s was removed", name)
		}
	}
}

func TestForeignRefused(t *testing.T) {
	tests := []struct {
		name, file, text string
		refused          bool
	}{
		{"empty", "", "", false},
		{"ours", Marker, ours, false},
		{"a photo", "photo.jpg", "x", true},
		{"a record of others", Marker, `{"tool": "else"}`, true},
		{"a broken record", Marker, `{"tool": "ip3dp"`, true},
		{"hidden files only", ".git/HEAD", "ref: refs/heads/main", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := t.TempDir()
			if tt.file != "" {
				put(t, filepath.Join(out, filepath.FromSlash(tt.file)), tt.text)
			}
			s, err := Stage(FolderOptions{Out: out})
			if (err != nil) != tt.refused || err != nil && !isRefusal(err) {
				t.Fatalf("stage: %v, want refused = %v", err, tt.refused)
			}
			if err == nil {
				s.Discard()
			}
		})
	}
}

// put writes a file and the folders to it.
func put(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestForeignBeforePublish: what was put there while the site was made stays.
func TestForeignBeforePublish(t *testing.T) {
	out := filepath.Join(t.TempDir(), "public")
	s := begin(t, out, "new")
	defer s.Discard()
	put(t, filepath.Join(out, "photo.jpg"), "x")
	if err := s.Publish(); !isRefusal(err) {
		t.Errorf("publish = %v, want it refused", err)
	}
	if _, err := os.Stat(filepath.Join(out, "photo.jpg")); err != nil {
		t.Error(err)
	}
}

func TestWriteRefuses(t *testing.T) {
	s := begin(t, filepath.Join(t.TempDir(), "public"), "page")
	defer s.Discard()
	for _, name := range []string{"", ".", "/etc/x", "../x", "a/../../x", "a//b", Marker, "teams"} {
		if err := s.Write(name, nil); err == nil {
			t.Errorf("%q was written", name)
		}
	}
}

// isRefusal reports whether a fault is a refusal.
func isRefusal(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == Refused
}

func TestReplaceFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state", "history.json")
	if err := ReplaceFile(name, func(out io.Writer) error { _, err := out.Write([]byte("[1]")); return err }); err != nil {
		t.Fatal(err)
	}
	if err := ReplaceFile(name, func(io.Writer) error { return io.ErrShortWrite }); err == nil {
		t.Error("no error")
	}
	data, err := os.ReadFile(name)
	if err != nil || string(data) != "[1]" {
		t.Errorf("the file says %q, %v: the last good state is lost", data, err)
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 {
		t.Errorf("there are %v, want 1 file", entries)
	}
}

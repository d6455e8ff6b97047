package publish

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var publishDay = time.Date(2024, 11, 11, 6, 0, 0, 0, time.UTC)

func builtSite(t *testing.T, files ...string) *Site {
	t.Helper()
	dir := t.TempDir()
	for _, file := range append(files, Marker+"="+`{"tool":"ip3dp","as_of":"2024-11-11T00:00:00Z"}`) {
		name, text, _ := strings.Cut(file, "=")
		put(t, filepath.Join(dir, name), text)
	}
	site, err := Open(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { site.Close() }) // read only
	return site
}

// standing lists the files of a folder with what they say.
func standing(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		text := string(data)
		if strings.HasPrefix(text, "{") {
			text = "{}"
		}
		out = append(out, filepath.ToSlash(rel)+"="+text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www")
	f := NewFolder(FolderOptions{Out: dir})
	do := func(prefix string, now time.Time, files ...string) {
		t.Helper()
		if _, err := f.Publish(t.Context(), builtSite(t, files...), prefix, now); err != nil {
			t.Fatal(err)
		}
	}
	// A preview may come first; the host's own files and previews by hand stay.
	do("previews/pr-1", publishDay.AddDate(0, 0, -20), "index.html=p1")
	do("previews/pr-2", publishDay.AddDate(0, 0, -2), "index.html=p2")
	put(t, filepath.Join(dir, "CNAME"), "example.com")
	put(t, filepath.Join(dir, "previews", "mine", "index.html"), "mine")
	do("", publishDay, "index.html=one", "old.html=old")
	do("", publishDay, "index.html=two")
	want := "CNAME=example.com data/manifest.json={} data/run.json={} index.html=two previews/mine/index.html=mine " +
		"previews/pr-1/.ip3dp-published.json={} previews/pr-1/data/manifest.json={} previews/pr-1/data/run.json={} previews/pr-1/index.html=p1 " +
		"previews/pr-2/.ip3dp-published.json={} previews/pr-2/data/manifest.json={} previews/pr-2/data/run.json={} previews/pr-2/index.html=p2"
	if got := standing(t, dir); got != want {
		t.Errorf("there is %s", got)
	}
	// A preview is replaced alone.
	do("previews/pr-2", publishDay, "index.html=p2b")
	if got := standing(t, dir); got != strings.Replace(want, "=p2", "=p2b", 1) {
		t.Errorf("there is %s", got)
	}
	got, err := f.Prune(t.Context(), publishDay.AddDate(0, 0, -14), publishDay)
	if err != nil || strings.Join(got.Previews, " ") != "previews/pr-1" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = f.Remove(t.Context(), "previews/pr-2", publishDay); err != nil || len(got.Previews) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = f.Remove(t.Context(), "previews/pr-2", publishDay); err != nil || len(got.Previews) != 0 {
		t.Errorf("again: %+v, %v", got, err)
	}
	if _, err = f.Remove(t.Context(), "previews/mine", publishDay); err == nil {
		t.Error("what a person put there was removed")
	}
	if got := standing(t, dir); got != "CNAME=example.com data/manifest.json={} data/run.json={} index.html=two previews/mine/index.html=mine" {
		t.Errorf("there is %s", got)
	}
}

// Of another's folder nothing is touched; a run that ends half-way leaves the site.
func TestFolderLeaves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "www")
	put(t, filepath.Join(dir, "precious.txt"), "x")
	put(t, filepath.Join(dir, "previews", "a", "index.html"), "y")
	f := NewFolder(FolderOptions{Out: dir})
	if _, err := f.Publish(t.Context(), builtSite(t, "index.html=new"), "", publishDay); !isRefusal(err) {
		t.Errorf("another's folder: %v", err)
	}
	if _, err := f.Publish(t.Context(), builtSite(t, "index.html=new"), "previews/a", publishDay); err == nil {
		t.Error("another's preview was replaced")
	}
	if got := standing(t, dir); got != "precious.txt=x previews/a/index.html=y" {
		t.Errorf("there is %s", got)
	}
	ours := NewFolder(FolderOptions{Out: filepath.Join(t.TempDir(), "site")})
	if _, err := ours.Publish(t.Context(), builtSite(t, "index.html=old"), "", publishDay); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ours.Publish(ended, builtSite(t, "index.html=new"), "", publishDay); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended run: %v", err)
	}
	if got := standing(t, ours.String()); got != "data/manifest.json={} data/run.json={} index.html=old" {
		t.Errorf("there is %s", got)
	}
	entries, err := os.ReadDir(filepath.Dir(ours.String()))
	if err != nil || len(entries) != 2 { // the site and its lock
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

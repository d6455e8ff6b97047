package publish

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2024, 11, 11, 6, 0, 0, 0, time.UTC)

// folder writes files; a site unless it has a run.json of its own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{"data/run.json": `{"tool":"ip3dp","as_of":"2024-11-11T00:00:00Z"}`}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t *testing.T, files map[string]string) *Site {
	t.Helper()
	s, err := Open(folder(t, files), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() }) // read only
	return s
}

func TestOpen(t *testing.T) {
	s := open(t, map[string]string{"index.html": "hello", "a/b.css": ""})
	var names []string
	for _, f := range s.Files {
		names = append(names, f.Path)
	}
	if got := strings.Join(names, " "); got != "a/b.css data/manifest.json data/run.json index.html" {
		t.Errorf("files %q", got)
	}
	if !s.AsOf.Equal(time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("as of %s", s.AsOf)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"another tool's folder", map[string]string{"data/run.json": `{"tool":"hugo"}`}, ErrForeign.Error()},
		{"no JSON", map[string]string{"data/run.json": `tool`}, ErrForeign.Error()},
		{"a repository", map[string]string{".git/config": ""}, "begins with a dot"},
		{"a receipt", map[string]string{"a/.ip3dp-published.json": ""}, "begins with a dot"},
		{"previews", map[string]string{"previews/pr-1/index.html": ""}, "would hide the previews"},
		{"a line break", map[string]string{"a\nb": ""}, "has a character"},
		{"a quote", map[string]string{`"a`: ""}, "has a character"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Open(folder(t, tt.files), false); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	empty := t.TempDir()
	if _, err := Open(empty, false); !errors.Is(err, ErrForeign) {
		t.Errorf("an empty folder: %v", err)
	}
	linked := folder(t, nil)
	if err := os.Symlink("/etc/passwd", filepath.Join(linked, "passwd")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(linked, false); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a link: %v", err)
	}
}

func TestParsePrefix(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "previews/pr-12": "previews/pr-12", "previews/pr-12/": "previews/pr-12", "previews/a.b_c": "previews/a.b_c",
	} {
		t.Run(text, func(t *testing.T) {
			if got, err := ParsePrefix(text); err != nil || got != want {
				t.Errorf("%q: %q, %v", text, got, err)
			}
		})
	}
	for _, text := range []string{
		"/", ".", "..", "../", "previews", "previews/", "previews/..", "previews/../", "previews/../..", "previews/.git", "previews/a/b", "/previews/a",
		"previews//a", "previews/a//", "previews/a b", "previews/a\n", "docs/", "previews/" + strings.Repeat("a", 200), `previews\a`, "previews/%2e%2e",
	} {
		if got, err := ParsePrefix(text); err == nil {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

func FuzzParsePrefix(f *testing.F) {
	f.Add("previews/pr-1/")
	f.Add("previews/../x")
	f.Fuzz(func(t *testing.T, text string) {
		prefix, err := ParsePrefix(text)
		if err != nil || prefix == "" {
			return
		}
		if !filepath.IsLocal(prefix) || filepath.ToSlash(filepath.Clean(prefix)) != prefix || strings.Count(prefix, "/") != 1 {
			t.Errorf("%q is %q", text, prefix)
		}
	})
}

func FuzzReceipt(f *testing.F) {
	f.Add([]byte(`{"version":1,"tool":"ip3dp","at":"2024-11-11T00:00:00Z","files":{"a":{"sha256":"","size":1}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decodeReceipt(data)
		if err != nil {
			return
		}
		for name := range r.Files {
			if !filepath.IsLocal(name) || strings.HasPrefix(name, "previews/") {
				t.Errorf("names %q", name)
			}
		}
	})
}

func TestReceipt(t *testing.T) {
	if at, ok := PublishedAt(NewReceipt(day)); !ok || !at.Equal(day) {
		t.Errorf("%s, %t", at, ok)
	}
	for _, bad := range []string{
		``, `{}`, `{"version":1,"tool":"x","at":"2024-11-11T00:00:00Z"}`, `{"version":2,"tool":"ip3dp","at":"2024-11-11T00:00:00Z"}`,
		`{"version":1,"tool":"ip3dp","at":"2024-11-11T00:00:00Z","files":{"../x":{}}}`, `{"version":1,"tool":"ip3dp","at":"2024-11-11T00:00:00Z","files":{"previews/pr-1/x":{}}}`,
	} {
		if _, ok := PublishedAt([]byte(bad)); ok {
			t.Errorf("%q is a receipt", bad)
		}
	}
}

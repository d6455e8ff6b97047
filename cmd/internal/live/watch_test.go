package live

import (
	"path/filepath"
	"testing"
)

func TestWatchCovers(t *testing.T) {
	w := Set{
		Files:   []string{"config.toml", "data/a.csv", "../shop/.git/refs/heads"},
		Folders: []string{".", "features"},
		Trees:   []string{"templates/"},

		Patterns: []string{"exports/*.csv", ""},
	}
	tests := map[string]bool{
		"config.toml": true, "data/a.csv": true, "../shop/.git/refs/heads/main": true, "features": true,
		"features/a.md": true, "teams.toml": true, "templates/pages/x.html": true,
		"exports/new.csv": true, "exports/new.txt": false, "exports/a/new.csv": false,
		"data/b.csv": false, "features/a.md~": false, "features/.a.md.swp": false, "public/index.html": false,
		"../shop/.git/index": false, ".ip3dp/history.json": false, "main.go": false,
	}
	for path, want := range tests {
		t.Run(path, func(t *testing.T) {
			if got := w.contains(filepath.FromSlash(path)); got != want {
				t.Errorf("covers(%q) = %v, want %v", path, got, want)
			}
		})
	}
}

package workspace

import (
	"os"
	"path/filepath"
	"testing"
)

func TestShownFile(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"site/a.md": "site/a.md", "./a.md": "a.md", filepath.Join(here, "b", "c.md"): "b/c.md", "/elsewhere/x.md": "x.md",
	} {
		t.Run(name, func(t *testing.T) {
			if got := DisplayPath(name); got != want {
				t.Errorf("%q is shown as %q, want %q", name, got, want)
			}
		})
	}
}

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// TestInterrupted: a run that is told to end says so, publishes nothing, leaves
// nothing and gives its lock back.
func TestInterrupted(t *testing.T) {
	dir := shop(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out strings.Builder
	args := []string{"build", "--config", filepath.Join(dir, "config.toml")}
	if code := newProgram(nil, nil, &out, &out).execute(ctx, args); code != exit.Interrupted {
		t.Errorf("exit code %d, want %d", code, exit.Interrupted)
	}
	if want := "interrupted: nothing was published, the last site is untouched\n"; out.String() != want {
		t.Errorf("output %q, want %q", out.String(), want)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "public") {
			t.Errorf("%s was left", e.Name())
		}
	}
	if code := newProgram([]string{"IP3DP_NOW=2024-11-11"}, nil, &out, &out).execute(t.Context(), args); code != exit.Complete {
		t.Errorf("the next run ends with %d: %s", code, out.String())
	}
}

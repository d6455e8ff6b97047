// Package proof holds what is promised of collecting from forges to the test, from
// end to end: faults at every request, kills at any moment, tokens in what is left
// behind, nights in a row against a run from scratch, and the cost of a large
// organisation. It has tests only; the forges are the fakes of
// collect/testkit/githubtest and collect/testkit/gitlabtest.
//
// By default the tests take a sample. With -every they take every request, fault
// and moment, with -size the organisation that docs/collecting.md has figures of:
// see `make proof` and `make bench-forge`.
package proof_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/testkit"
)

var (
	every  = flag.Bool("every", false, "test every request, fault and moment instead of a sample")
	size   = flag.Bool("size", false, "measure with 500 repositories instead of a few")
	binary = flag.String("binary", "", "the ip3dp `file` to test; by default it is built")
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := serve(role, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder) // a temporary folder
	}
	os.Exit(code)
}

// built is the program under test, made when the first test asks for it.
var built struct {
	once         sync.Once
	folder, file string
	err          error
}

// program is the file of ip3dp.
func program(t testing.TB) string {
	t.Helper()
	built.once.Do(func() {
		if built.file = *binary; built.file != "" {
			return
		}
		if built.folder, built.err = os.MkdirTemp("", "ip3dp-proof"); built.err != nil {
			return
		}
		built.file = filepath.Join(built.folder, "ip3dp")
		build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", built.file, "../../cmd/ip3dp")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // as releases are
		out, err := build.CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("building ip3dp: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.file
}

// source is what the forges are called.
const source = "forge"

// openStore opens a store for writing.
func openStore(t testing.TB, file string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{File: file})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// eventsOf is what a build would read from the store of a file. A store that is not
// there yet has nothing.
func eventsOf(t testing.TB, file string, w collect.Window) fact.Events {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{File: file, ReadOnly: true})
	if errors.Is(err, store.ErrMissing) {
		return fact.Events{}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() // it was only read
	return events(t, s, w)
}

func events(t testing.TB, s *store.Store, w collect.Window) fact.Events {
	t.Helper()
	e, err := s.Source(source, store.SourceOptions{}).Collect(context.WithoutCancel(t.Context()), w)
	if err != nil && !errors.Is(err, store.ErrNeverCollected) {
		t.Fatal(err)
	}
	return e
}

// facts are events without what is told of the run that collected them: the same
// facts may have been found with trouble.
func facts(e fact.Events) fact.Events {
	e.Gaps, e.Checks, e.Syncs = nil, nil, nil
	return e
}

// window is what a run at a time asks for.
func window(w *testkit.World, now time.Time) collect.Window {
	return collect.Window{From: w.From, To: now}
}

// sortedNames are the names of gaps' repositories, "" for the whole source.
func sortedNames(gaps []fact.Gap) []string {
	var names []string
	for _, g := range gaps {
		names = append(names, g.Repository)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// first is the beginning of a text that may be long.
func first(text string) string {
	lines := strings.SplitN(text, "\n", 40)
	if len(lines) == 40 {
		lines[39] = "…"
	}
	return strings.Join(lines, "\n")
}

package main

import (
	"io"
	"path/filepath"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// BenchmarkBuild is the whole way from event files to a published site: the
// example organisation, and 60 teams over 24 months.
func BenchmarkBuild(b *testing.B) {
	for _, size := range []struct{ name, months string }{{"example", "15"}, {"60teams24months", "24"}} {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			invoke(b, "demo", "--teams", "60", "--months", size.months, "--out", dir)
			b.ReportAllocs()
			for b.Loop() {
				invoke(b, "build", "--config", filepath.Join(dir, "config.toml"))
			}
		})
	}
}

// BenchmarkRebuild is an edit under serve: of prose, and of a team.
func BenchmarkRebuild(b *testing.B) {
	dir := b.TempDir()
	invoke(b, "demo", "--teams", "60", "--months", "15", "--out", dir)
	p := newProgram(nil, nil, io.Discard, io.Discard)
	p.configFile = filepath.Join(dir, "config.toml")
	for _, edit := range []struct{ name, file, one, two string }{
		{"prose", "pages/a.md", "+++\ntitle = \"A\"\n+++\nOne.\n", "+++\ntitle = \"A\"\n+++\nTwo.\n"},
		{"feature", "features/a.md", "+++\ntitle = \"A\"\n+++\n", "+++\ntitle = \"B\"\n+++\n"},
	} {
		b.Run(edit.name, func(b *testing.B) {
			shop := newWorkshop(p, "")
			if err := shop.rebuild(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				put(b, filepath.Join(dir, filepath.FromSlash(edit.file)), edit.one)
				edit.one, edit.two = edit.two, edit.one
				if err := shop.rebuild(b.Context()); err != nil {
					b.Fatal(err)
				}
				if err := shop.pages[1].Write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// invoke runs a command that must succeed.
func invoke(tb testing.TB, args ...string) {
	tb.Helper()
	if code := start(args, nil, nil, io.Discard, io.Discard); code != exit.Complete {
		tb.Fatalf("%q: exit code %d", args, code)
	}
}

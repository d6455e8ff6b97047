package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

var wholeExample = flag.Bool("whole-example", false, "break the whole example, not one with fewer deployments")

// mutations break a pattern or a join key of the example, each in the way of a
// slip: another word, another spelling, another system's IDs.
var mutations = []struct {
	name string
	edit func(tb testing.TB, dir string)
}{
	{"production matches nothing", configured("[deploy]", `[deploy]
production = "^live$"`)},
	{"exclude takes all", configured("[deploy]", `[deploy]
exclude = "."`)},
	{"environments are other words", column("deployments.csv.gz", "environment", other)},
	{"every account is a bot", configured("[people]", `[people]
bots = ["."]`)},
	{"failures are proved by nothing there is", configured("[dora]", `[dora]
failure_evidence = ["override"]`)},
	{"deployments name unknown commits", column("deployments.csv.gz", "commit", garbled)},
	{"deployments name unknown repositories", column("deployments.csv.gz", "repository", other)},
	{"changes name unknown repositories", column("changes.csv.gz", "repository", other)},
	{"changes name unknown merge commits", column("changes.csv.gz", "merge_commit", garbled)},
	{"incidents name unknown deployments", column("incidents.csv.gz", "deployment", other)},
	{"incidents name unknown repositories", column("incidents.csv.gz", "repository", other)},
	{"statuses are unknown words", column("deployments.csv.gz", "status", other)},
	{"usage names unknown features", column("usage.csv", "feature", other)},
	{"usage names unknown teams", column("usage.csv", "team", other)},
	{"tickets name unknown teams", column("tickets.csv", "team", other)},
	{"measures are unknown", column("measures.csv", "measure", other)},
	{"tasks succeed by an unknown word", column("tasks.csv", "done", other)},
	{"answers name unknown teams", column("2024-10.csv", "Which team or group are you in?", other)},
	{"teams own unknown repositories", func(tb testing.TB, dir string) {
		name := filepath.Join(dir, "site", "teams.toml")
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		put(tb, name, regexp.MustCompile(`repository = "fawkes/`).ReplaceAllString(string(data), `repository = "phoenix/`))
	}},
}

func configured(old, text string) func(testing.TB, string) {
	return func(tb testing.TB, dir string) { edit(tb, filepath.Join(dir, "config.toml"), old, text) }
}

// other is a word that nothing else has; garbled another commit.
func other(cell string) string {
	if cell == "" {
		return ""
	}
	return "x-" + cell + "-y"
}

func garbled(cell string) string {
	b := []byte(cell)
	slices.Reverse(b)
	return string(b)
}

// column edits every cell of a column of one of the example's exports.
func column(file, header string, change func(string) string) func(testing.TB, string) {
	return func(tb testing.TB, dir string) {
		tb.Helper()
		name := filepath.Join(dir, ".ip3dp", "demo", file)
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		var in io.Reader = bytes.NewReader(data)
		zipped := strings.HasSuffix(file, ".gz")
		if zipped {
			if in, err = gzip.NewReader(in); err != nil {
				tb.Fatal(err)
			}
		}
		rows, err := csv.NewReader(in).ReadAll()
		if err != nil {
			tb.Fatal(err)
		}
		k := slices.IndexFunc(rows[0], func(cell string) bool { return strings.TrimPrefix(cell, "\ufeff") == header })
		if k < 0 {
			tb.Fatalf("%s has no column %q", file, header)
		}
		for _, row := range rows[1:] {
			row[k] = change(row[k])
		}
		var out bytes.Buffer
		if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
			tb.Fatal(err)
		}
		if zipped {
			plain := slices.Clone(out.Bytes())
			out.Reset()
			z := gzip.NewWriter(&out)
			if _, err := z.Write(plain); err != nil {
				tb.Fatal(err)
			}
			if err := z.Close(); err != nil {
				tb.Fatal(err)
			}
		}
		put(tb, name, out.String())
	}
}

// built is what a run over the example published.
type built struct {
	code   exit.Code
	values map[string]string   // the lines of publishedValues of the organisation and of features, by ID and scope
	says   map[string]struct{} // sentences of its pages, without their numbers
	out    string
}

// TestNoMutationIsSilent breaks patterns and join keys of the example: no run ends
// with exit code 0 and another value without a remark on a page.
func TestNoMutationIsSilent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := copyExample(dir); err != nil {
		t.Fatal(err)
	}
	few := []string{"--months", "4", "--deployments-per-day", "0.3"}
	if *wholeExample {
		few = nil
	}
	var out bytes.Buffer
	if code := start(append([]string{"demo", "--config", filepath.Join(dir, "config.toml")}, few...), nil, strings.NewReader(""), &out, &out); code != exit.Complete {
		t.Fatal(out.String())
	}
	pristine := t.TempDir() // without the site, so that no mutant is compared with the sound numbers
	if err := os.CopyFS(pristine, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	sound := buildMutant(t, dir)
	if sound.code != exit.Complete {
		t.Fatalf("the example: exit code %d\n%s", sound.code, sound.out)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			broken := t.TempDir()
			if err := os.CopyFS(broken, os.DirFS(pristine)); err != nil {
				t.Fatal(err)
			}
			m.edit(t, broken)
			got := buildMutant(t, broken)
			if got.code != exit.Complete {
				return // the exit code tells
			}
			remarks := 0
			for s := range got.says {
				if _, there := sound.says[s]; !there {
					remarks++
					t.Logf("remark: %s", s)
				}
			}
			for _, id := range slices.Sorted(maps.Keys(sound.values)) {
				was, is := sound.values[id], got.values[id]
				if was != is && strings.HasPrefix(is, "ok") && remarks == 0 {
					t.Errorf("%s: %q became %q, without a remark", id, was, is)
				}
			}
		})
	}
}

// buildMutant builds the example in a folder and reads what it published.
func buildMutant(t *testing.T, dir string) built {
	t.Helper()
	var out bytes.Buffer
	b := built{values: map[string]string{}, says: map[string]struct{}{}}
	b.code = start([]string{"build", "--config", filepath.Join(dir, "config.toml"), "--out", filepath.Join(dir, "public")}, nil, strings.NewReader(""), &out, &out)
	b.out = out.String()
	if b.code != exit.Complete {
		return b
	}
	public := filepath.Join(dir, "public")
	values, err := publishedValues(public)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(values) {
		cells := strings.SplitN(strings.TrimSpace(line), " | ", 3)
		if !strings.HasPrefix(cells[1], "team") {
			b.values[cells[0]+" of "+cells[1]] = cells[2]
		}
	}
	for _, page := range []string{"index.html", "about/data/index.html", "delivery/index.html"} {
		data, err := os.ReadFile(filepath.Join(public, filepath.FromSlash(page)))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range remarksOf(string(data)) {
			b.says[s] = struct{}{}
		}
	}
	return b
}

var (
	tags    = regexp.MustCompile(`<[^>]*>`)
	numbers = regexp.MustCompile(`[0-9][0-9.,: ]*`)
)

// remarksOf returns the sentences of a page, without their numbers: what is written
// where anything is left out, unknown or partial.
func remarksOf(page string) []string {
	var out []string
	for _, s := range strings.Split(tags.ReplaceAllString(page, "\n"), "\n") {
		s = numbers.ReplaceAllString(strings.TrimSpace(s), "#")
		if strings.HasPrefix(s, "{") || strings.Contains(s, "not decided") {
			continue // a chart's data, and the line of a feature
		}
		for _, word := range []string{"left out", "unknown", "not known", "no ", "not ", "none", "names", "seen", "partial", "rejected", "n/a"} {
			if strings.Contains(s, word) {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/base"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/comment"
)

var publishedFile = flag.String("published", "", "a measured.json of the example, which is then not built")

// measuredExample is the measured.json of the example.
var measuredExample = sync.OnceValues(func() ([]byte, error) {
	if *publishedFile != "" {
		return os.ReadFile(*publishedFile)
	}
	_, err := exampleSite()
	return publishedExample, err
})

// request is a folder with the example as a request changes it, beside a folder with its base.
type request struct {
	tb       testing.TB
	dir      string // of the configuration
	measured compute.Measured
	side     *base.Base // of the base, if it is the same for many requests
}

// newRequests returns a function that makes requests. They share folders and numbers, so only
// one may be in use.
func newRequests(tb testing.TB) func(tb testing.TB) (r, base *request) {
	tb.Helper()
	data, err := measuredExample()
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	read := func(tb testing.TB) (m compute.Measured) {
		tb.Helper()
		if err := json.Unmarshal(data, &m); err != nil {
			tb.Fatal(err)
		}
		return m
	}
	measured := read(tb)
	return func(tb testing.TB) (*request, *request) {
		tb.Helper()
		var both [2]*request
		for i, name := range []string{"head", "base"} {
			at := filepath.Join(dir, name)
			if err := os.RemoveAll(at); err != nil {
				tb.Fatal(err)
			}
			if err := os.MkdirAll(at, 0o755); err != nil {
				tb.Fatal(err)
			}
			if err := copyExample(at); err != nil {
				tb.Fatal(err)
			}
			both[i] = &request{tb: tb, dir: at, measured: measured}
		}
		return both[0], both[1]
	}
}

func (r *request) path(file string) string { return filepath.Join(r.dir, filepath.FromSlash(file)) }

// edit replaces a text that is there once.
func (r *request) edit(file, old, text string) {
	r.tb.Helper()
	edit(r.tb, r.path(file), old, text)
}

// editFirst replaces the first of several texts.
func (r *request) editFirst(file, old, text string) {
	r.tb.Helper()
	data, err := os.ReadFile(r.path(file))
	if err != nil || !strings.Contains(string(data), old) {
		r.tb.Fatalf("%s has no %q: %v", file, old, err)
	}
	r.put(file, strings.Replace(string(data), old, text, 1))
}

func (r *request) put(file, text string) {
	r.tb.Helper()
	put(r.tb, r.path(file), text)
}

func (r *request) add(file, text string) {
	r.tb.Helper()
	data, err := os.ReadFile(r.path(file))
	if err != nil {
		r.tb.Fatal(err)
	}
	r.put(file, string(data)+text)
}

func (r *request) remove(file string) {
	r.tb.Helper()
	if err := os.RemoveAll(r.path(file)); err != nil {
		r.tb.Fatal(err)
	}
}

func (r *request) link(to, file string) {
	r.tb.Helper()
	r.remove(file)
	if err := os.Symlink(to, r.path(file)); err != nil {
		r.tb.Fatal(err)
	}
}

// rename moves a Markdown file; with formerly it lists its former ID.
func (r *request) rename(from, to string, formerly bool) {
	r.tb.Helper()
	data, err := os.ReadFile(r.path(from))
	if err != nil {
		r.tb.Fatal(err)
	}
	text := string(data)
	if formerly {
		id := strings.TrimSuffix(filepath.Base(from), filepath.Ext(from))
		text = strings.Replace(text, "+++\n", "+++\nformerly = [\""+id+"\"]\n", 1)
	}
	r.remove(from)
	r.put(to, text)
}

// unlink removes an ID from the lists of all files.
func (r *request) unlink(id string) {
	r.tb.Helper()
	inList := regexp.MustCompile(`(\[|, )"` + regexp.QuoteMeta(id) + `"(, )?`)
	names, err := filepath.Glob(filepath.Join(r.dir, "site", "*", "*"))
	if err != nil {
		r.tb.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			r.tb.Fatal(err)
		}
		text := inList.ReplaceAllStringFunc(string(data), func(s string) string {
			switch {
			case strings.HasPrefix(s, "["):
				return "["
			case strings.HasSuffix(s, ", "):
				return ", "
			}
			return ""
		})
		if text != string(data) {
			put(r.tb, name, text)
		}
	}
}

// compare returns the diff of a request, its input, and the exit code of ip3dp diff.
func (r *request) compare(b *request) (diff.Diff, diff.Input, exit.Code) {
	r.tb.Helper()
	ctx := r.tb.Context()
	p := newProgram([]string{}, nil, io.Discard, io.Discard)
	p.configFile = "config.toml"
	inFolder(r.tb, r.dir)
	defer inFolder(r.tb, packageFolder)
	w, err := p.load()
	if err != nil {
		d, err := p.diffUnread(ctx, diffFlags{base: "folder:" + b.dir}, w, err)
		if err != nil {
			r.tb.Fatal(err)
		}
		return d, diff.Input{}, exit.Configuration
	}
	side := b.side
	if side == nil || len(w.Problems) > 0 {
		if side, err = base.Read(ctx, p.state, w, "folder:"+b.dir); err != nil {
			r.tb.Fatal(err)
		}
	}
	if len(w.Problems) == 0 {
		b.side = side
	}
	m := r.measured
	m.AsOf = w.AsOf
	in := side.Input(w, m, "")
	d := diff.Compare(in)
	if lines, known := side.ChangedLines(ctx, w, d.Files()); known {
		d.Mark(lines)
	}
	fails, err := parseFailOn([]string{"errors", "gates"})
	if err != nil {
		r.tb.Fatal(err)
	}
	switch {
	case fails(d):
		return d, in, exit.Configuration
	case d.IsPartial():
		return d, in, exit.Partial
	}
	return d, in, exit.Complete
}

func inFolder(tb testing.TB, dir string) {
	tb.Helper()
	if err := os.Chdir(dir); err != nil { //nolint:usetesting // it goes back before the test ends
		tb.Fatal(err)
	}
}

// consequences lists the changes of a diff, as their kind and what they concern.
func consequences(d *diff.Diff) []string {
	var out []string
	for i := range d.Changes {
		x := &d.Changes[i]
		of := x.Subject.ID
		switch {
		case x.Finding != nil:
			of = x.Finding.File
			if x.Kind != diff.Broken {
				of = x.Finding.Rule
			}
		case x.Setting != nil && of == "":
			of = x.Setting.Key
		case x.Kind == diff.Aimed:
			of, _, _ = strings.Cut(of, " ")
		case x.What != "":
			of = x.What
		}
		text := string(x.Kind) + ":" + strings.TrimPrefix(of, "site/")
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

// isAside reports whether a change is no consequence of its own: a note of the linter, or the
// state of discovery that goes with an edit.
func isAside(text string) bool {
	kind, _, _ := strings.Cut(text, ":")
	return slices.Contains([]string{string(diff.Found), string(diff.Mended), string(diff.Evidenced)}, kind)
}

// judge compares the consequences in a comment with those that there must be, in words; a word
// with a question mark may be there or not.
func judge(d *diff.Diff, want string) (unwanted, missing []string) {
	got := consequences(d)
	words := strings.Fields(want)
	for _, text := range got {
		broken := len(d.Unread) > 0 || d.Ended != ""
		if !slices.Contains(words, text) && !slices.Contains(words, text+"?") && (broken || !isAside(text)) {
			unwanted = append(unwanted, text)
		}
	}
	for _, text := range words {
		if !strings.HasSuffix(text, "?") && !slices.Contains(got, text) {
			missing = append(missing, text)
		}
	}
	return unwanted, missing
}

// TestScenarios compares requests for each kind of content with the consequences that they must
// have. The expectations are written from the documentation, not from what the program prints;
// what a decision changes is also held to a full rebuild of both sides.
func TestScenarios(t *testing.T) {
	newRequest := newRequests(t)
	unwanted, missing := 0, 0
	kinds := map[string]map[string]bool{}
	for _, x := range scenarios {
		t.Run(x.kind+"/"+x.change+"/"+x.name, func(t *testing.T) {
			head, base := newRequest(t)
			if x.before != nil {
				x.before(base)
				x.before(head)
			}
			x.edit(head)
			if x.change == "renamed" {
				head.ownNumbers()
			}
			d, in, code := head.compare(base)
			text := comment.Markdown(d, comment.Options{})
			more, fewer := judge(&d, x.want)
			if d.Ended == "" {
				wrong, lost := judgeTruth(&d, &in)
				more, fewer = append(more, wrong...), append(fewer, lost...)
			}
			for _, part := range x.text {
				if !strings.Contains(text, part) {
					fewer = append(fewer, "the text "+part)
				}
			}
			unwanted, missing = unwanted+len(more), missing+len(fewer)
			if code != x.code || len(more)+len(fewer) > 0 {
				t.Errorf("ends with %d, want %d\nfalse: %v\nmissing: %v\n%s", code, x.code, more, fewer, text)
			}
			if x.change == "broken" {
				checkBroken(t, &d, text)
			}
		})
		if kinds[x.kind] == nil {
			kinds[x.kind] = map[string]bool{}
		}
		kinds[x.kind][x.change] = true
	}
	t.Logf("scenarios: %d, false %d, missing %d", len(scenarios), unwanted, missing)
	for kind, changes := range kinds {
		for _, change := range []string{"added", "edited", "removed", "broken"} {
			if !changes[change] {
				t.Errorf("no scenario for %s that are %s", kind, change)
			}
		}
	}
}

// ownNumbers gives the request numbers that no other request uses: renames change them.
func (r *request) ownNumbers() {
	r.tb.Helper()
	data, err := measuredExample()
	if err != nil {
		r.tb.Fatal(err)
	}
	r.measured = compute.Measured{}
	if err := json.Unmarshal(data, &r.measured); err != nil {
		r.tb.Fatal(err)
	}
}

// checkBroken holds the comment about a broken file to ten lines, and the exit code to another
// than 0 whatever fails a check.
func checkBroken(t *testing.T, d *diff.Diff, text string) {
	t.Helper()
	if n := strings.Count(text, "\n"); n > 10 {
		t.Errorf("the comment has %d lines\n%s", n, text)
	}
	if !strings.Contains(text, "Not compared") {
		t.Errorf("the comment does not name what is not compared\n%s", text)
	}
	if !d.IsPartial() {
		t.Error("with --fail-on none it ends with 0")
	}
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(d); err != nil {
		t.Fatal(err)
	}
	read, err := diff.Read(out.Bytes())
	if err != nil || comment.Markdown(read, comment.Options{}) != text {
		t.Errorf("the diff cannot be read again: %v", err)
	}
	for _, u := range d.Unread {
		if u.Errors == 0 {
			t.Errorf("%s has no error", u.File)
		}
	}
	if len(d.Unread) == 0 && d.Ended == "" {
		t.Error(fmt.Sprint("no file counts as broken: ", consequences(d)))
	}
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// typing answers questions line by line, and shows each line as a terminal would.
type typing struct {
	lines []string
	out   io.Writer
}

func (t *typing) Read(p []byte) (int, error) {
	if len(t.lines) == 0 {
		return 0, io.EOF
	}
	line := t.lines[0] + "\n"
	t.lines = t.lines[1:]
	fmt.Fprint(t.out, line)
	return copy(p, line), nil
}

// importingPage has the transcripts.
const importingPage = "../../docs/importing.md"

// imports are the transcripts of the page, in its order.
var imports = []struct {
	name, command string
	answers       []string
}{
	{"survey", "import exports/umfrage.csv --name autumn", []string{"none", "", "Europe/Berlin", ""}},
	{"tickets", "import exports/jira.csv", []string{"2", "", ""}},
	{"usage", "import exports/portal-usage.csv", []string{"1", ""}},
}

// importFolder makes a folder with the content and the exports of the page.
func importFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Abs("testdata/importing")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	invokeAt(t, "init", "--yes", "--name", "Fawkes", "--ci", "none")
	for _, name := range []string{"teams.toml", "features/sample-feature.md"} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(dir, os.DirFS(files)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// invokeAt runs a command on the day of the page, and returns what it prints.
func invokeAt(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := start(args, []string{"IP3DP_NOW=2024-11-11"}, strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("%q: exit code %d\n%s", args, code, out.String())
	}
	return out.String()
}

// TestImportingPage runs every transcript of docs/importing.md, and then builds the site: its
// numbers are those of the exports.
func TestImportingPage(t *testing.T) {
	page, err := os.ReadFile(importingPage)
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	importFolder(t)
	docs := string(page)
	for _, x := range imports {
		var out bytes.Buffer
		p := newProgram([]string{"IP3DP_NOW=2024-11-11"}, nil, &out, &out)
		p.stdin, p.answering = &typing{x.answers, &out}, true
		fmt.Fprintf(&out, "$ ip3dp %s\n", x.command)
		if code := p.execute(t.Context(), strings.Fields(x.command)); code != 0 {
			t.Errorf("%s: exit code %d\n%s", x.name, code, out.String())
		}
		block := regexp.MustCompile("(?s)```console\n\\$ ip3dp " + regexp.QuoteMeta(x.command) + "\n.*?```")
		if n := len(block.FindAllString(docs, -1)); n != 1 {
			t.Fatalf("docs/importing.md has %d transcripts of %q, want 1", n, x.command)
		}
		docs = block.ReplaceAllLiteralString(docs, "```console\n"+out.String()+"```")
	}
	checked, built := invokeAt(t, "check"), invokeAt(t, "build")
	if !strings.Contains(checked, "0 errors, 0 warnings") {
		t.Errorf("check: %s", checked)
	}
	for _, line := range []string{
		"source survey autumn, all rows: 36 read = 36 counted", "source jira, all rows: 48 read = 48 counted",
		"source portal-usage, all rows: 240 read = 240 counted", "published: 3 of 3 sources complete",
	} {
		if !strings.Contains(built, line) {
			t.Errorf("build: no line %q in\n%s", line, built)
		}
	}
	site, err := pageTexts(os.DirFS("public"))
	if err != nil {
		t.Fatal(err)
	}
	// 21 of 36 scores are promoters, 6 are detractors.
	if !strings.Contains(site["experience/index.html"], "+42") {
		t.Errorf("no NPS of +42 on the page of experience")
	}
	for name, text := range site {
		if strings.Contains(text, "@example.org") || strings.Contains(text, "person1") {
			t.Errorf("%s names a person", name)
		}
	}
	t.Chdir(home)
	if *updateGolden {
		put(t, importingPage, docs)
	} else if diff := cmp.Diff(string(page), docs); diff != "" {
		t.Errorf("docs/importing.md: make golden, and read the difference\n%s", diff)
	}
}

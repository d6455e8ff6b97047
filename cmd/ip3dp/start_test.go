package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestStartPage holds docs/start.md to the script that runs it: the same commands
// in the same order, and the same files.
func TestStartPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/start.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := txtar.ParseFile("testdata/script/start.txtar")
	if err != nil {
		t.Fatal(err)
	}
	page := startOfPage(string(text))
	if len(page.commands) == 0 || len(page.files) == 0 {
		t.Fatal("docs/start.md has no commands or no files")
	}
	run := transcript{files: map[string]string{}}
	for _, m := range regexp.MustCompile(`(?m)^(?:env|exec) (IP3DP_NOW=\S+|ip3dp .*)$`).FindAllStringSubmatch(string(script.Comment), -1) {
		run.commands = append(run.commands, m[1])
	}
	for _, f := range script.Files {
		run.files[strings.TrimPrefix(f.Name, "page/")] = string(f.Data)
	}
	if diff := cmp.Diff(page, run, cmp.AllowUnexported(transcript{})); diff != "" {
		t.Errorf("the script does not run the page (-page +script):\n%s", diff)
	}
}

// transcript is what a reader of a page types and writes.
type transcript struct {
	commands []string
	files    map[string]string
}

// fence is a block of code; a file's path may stand behind its language.
var fence = regexp.MustCompile("(?ms)^```([a-z]+)(?: (\\S+))?\n(.*?)^```$")

func startOfPage(text string) transcript {
	page := transcript{files: map[string]string{}}
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		if m[2] != "" {
			page.files[m[2]] = m[3]
		}
		if m[1] != "console" {
			continue
		}
		for line := range strings.Lines(m[3]) {
			command := strings.TrimPrefix(strings.TrimSpace(line), "$ ")
			page.commands = append(page.commands, strings.TrimPrefix(command, "export "))
		}
	}
	return page
}

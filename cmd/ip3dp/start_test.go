package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestStartPages holds pages that are followed step by step to the scripts that run
// them: the same commands in the same order, and the same files.
func TestStartPages(t *testing.T) {
	for page, script := range map[string]string{
		"start.md": "start.txtar", "github-actions.md": "start_github.txtar", "gitlab-ci.md": "start_gitlab.txtar",
	} {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile("../../docs/" + page)
			if err != nil {
				t.Fatal(err)
			}
			script, err := txtar.ParseFile("testdata/script/" + script)
			if err != nil {
				t.Fatal(err)
			}
			want := startOfPage(string(text))
			if len(want.commands) == 0 {
				t.Fatalf("docs/%s has no commands", page)
			}
			run := transcript{files: map[string]string{}}
			for _, m := range regexp.MustCompile(`(?m)^(?:env|exec) (IP3DP_NOW=\S+|ip3dp .*)$`).FindAllStringSubmatch(string(script.Comment), -1) {
				run.commands = append(run.commands, m[1])
			}
			for _, f := range script.Files {
				if name, ok := strings.CutPrefix(f.Name, "page/"); ok {
					run.files[name] = string(f.Data)
				}
			}
			if diff := cmp.Diff(want, run, cmp.AllowUnexported(transcript{})); diff != "" {
				t.Errorf("the script does not run docs/%s (-page +script):\n%s", page, diff)
			}
		})
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

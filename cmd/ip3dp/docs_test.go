package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMessagesExist holds docs/troubleshooting.md to the code: every message that
// it quotes in a heading is one that something says.
func TestMessagesExist(t *testing.T) {
	var said strings.Builder
	for _, root := range []string{"cmd", "collect", "compute", "render", ".github/action", "templates/scaffold/ci"} {
		err := filepath.WalkDir(filepath.Join(repository, root), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata") {
				return err
			}
			data, err := os.ReadFile(name)
			said.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	headings := regexp.MustCompile("(?m)^### .*`.*$").FindAllString(read(t, "docs/troubleshooting.md"), -1)
	if len(headings) < 20 {
		t.Fatalf("%d messages", len(headings))
	}
	for _, h := range headings {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(h, -1) {
			if !strings.Contains(said.String(), m[1]) {
				t.Errorf("nothing says %q", m[1])
			}
		}
	}
}

// TestLinksOfPages: a page links to files and headings that are there.
func TestLinksOfPages(t *testing.T) {
	link := regexp.MustCompile(`\]\(([A-Za-z0-9./_-]+\.md)(#[a-z0-9-]+)?\)`)
	for _, page := range []string{"docs/github-actions.md", "docs/gitlab-ci.md", "docs/troubleshooting.md", "docs/upgrading.md", "README.md"} {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			data, err := os.ReadFile(filepath.Join(repository, filepath.Dir(page), m[1]))
			if err != nil {
				t.Errorf("%s: %v", page, err)
			}
			if m[2] != "" && !strings.Contains(anchors(string(data)), m[2]+"\n") {
				t.Errorf("%s: %s has no heading %s", page, m[1], m[2])
			}
		}
	}
}

// anchors are the headings of a page as links name them, a line each.
func anchors(page string) string {
	var b strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		b.WriteString("#" + strings.ReplaceAll(name, " ", "-") + "\n")
	}
	return b.String()
}

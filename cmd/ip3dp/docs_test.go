package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestMessagesExist compares the messages in the headings of docs/troubleshooting.md with
// the code.
func TestMessagesExist(t *testing.T) {
	var code strings.Builder
	for _, root := range []string{"cmd", "collect", "compute", "render", ".github/action", "templates/scaffold/ci"} {
		err := filepath.WalkDir(filepath.Join(repository, root), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata") {
				return err
			}
			data, err := os.ReadFile(name)
			code.Write(data)
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
			if !strings.Contains(code.String(), m[1]) {
				t.Errorf("no file has the message %q", m[1])
			}
		}
	}
}

// TestLinksOfPages reports links to files and headings that do not exist.
func TestLinksOfPages(t *testing.T) {
	link := regexp.MustCompile(`\]\(([A-Za-z0-9./_-]+\.md)(#[a-z0-9-]+)?\)`)
	for _, page := range append(documents(t), "README.md", "CONTRIBUTING.md") {
		t.Run(page, func(t *testing.T) {
			for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
				data, err := os.ReadFile(filepath.Join(repository, filepath.Dir(page), m[1]))
				if err != nil {
					t.Error(err)
				}
				if m[2] != "" && !strings.Contains(anchors(string(data)), m[2]+"\n") {
					t.Errorf("%s has no heading %s", m[1], m[2])
				}
			}
		})
	}
}

// TestDocsListsItsPages requires that docs/README.md links to every other page.
func TestDocsListsItsPages(t *testing.T) {
	index := read(t, "docs/README.md")
	for _, page := range documents(t) {
		name := strings.TrimPrefix(page, "docs/")
		if name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("docs/README.md has no link to %s: add it to the group that its readers look in", name)
		}
	}
}

// TestDocsAreShort limits the pages that people write. Those below docs/reference are
// generated: readers search them and do not read them from the beginning.
func TestDocsAreShort(t *testing.T) {
	const limit = 200
	for _, page := range documents(t) {
		if strings.HasPrefix(page, "docs/reference/") {
			continue
		}
		if n := strings.Count(read(t, page), "\n"); n >= limit {
			t.Errorf("%s has %d lines, and the limit is %d: move a subject to a page of its own", page, n, limit)
		}
	}
}

// documents returns the paths of all pages below docs, relative to the repository.
func documents(t *testing.T) []string {
	t.Helper()
	var pages []string
	err := fs.WalkDir(os.DirFS(repository), "docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			pages = append(pages, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 20 {
		t.Fatalf("docs has only %d pages", len(pages))
	}
	return pages
}

// anchors returns the headings of a page as links name them, a line each.
func anchors(page string) string {
	var b strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		b.WriteString("#" + strings.ReplaceAll(name, " ", "-") + "\n")
	}
	return b.String()
}

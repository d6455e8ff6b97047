package main_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNoMachinePaths keeps out paths of the machine that somebody worked on. They
// are put together here, so that this file is no hit.
func TestNoMachinePaths(t *testing.T) {
	machine := regexp.MustCompile("(^|[\\s\"'(=`:])/(" + "work|root|Users)/" + `|\.\./` + `shared\b`)
	for _, name := range moduleFiles(t) {
		text := read(t, name)
		if strings.ContainsRune(text, 0) {
			continue // not a text
		}
		for i, line := range strings.Split(text, "\n") {
			if found := machine.FindString(line); found != "" {
				t.Errorf("%s:%d names %q, a path of one machine", name, i+1, strings.TrimSpace(found))
			}
		}
	}
}

// TestPagesNameFiles: a newcomer follows these pages file by file.
func TestPagesNameFiles(t *testing.T) {
	named := regexp.MustCompile("`([a-z0-9./_-]+\\.(?:go|md|mod|toml|yml))`")
	files := moduleFiles(t)
	for _, page := range []string{"CONTRIBUTING.md", "docs/architecture.md", "docs/dependencies.md"} {
		for _, m := range named.FindAllStringSubmatch(read(t, page), -1) {
			// A page names a file of its own folder without the folder.
			if !slices.ContainsFunc(files, func(f string) bool { return f == m[1] || path.Base(f) == m[1] }) {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
}

// TestDependenciesExplained holds docs/dependencies.md to what go.mod requires.
func TestDependenciesExplained(t *testing.T) {
	required := requirements(read(t, "go.mod"))
	page := read(t, "docs/dependencies.md")
	for _, r := range required {
		if !strings.Contains(page, "`"+r+"`") {
			t.Errorf("go.mod requires %s, which docs/dependencies.md does not explain", r)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(page, -1) {
		if !slices.Contains(required, m[1]) {
			t.Errorf("docs/dependencies.md explains %s, which go.mod does not require", m[1])
		}
	}
}

// requirements lists the modules that a go.mod requires directly.
func requirements(gomod string) []string {
	line := regexp.MustCompile(`(?m)^(?:require )?\t?([a-z][\w./-]*\.[\w./-]+) v\S+$`)
	var found []string
	for _, m := range line.FindAllStringSubmatch(gomod, -1) {
		found = append(found, m[1])
	}
	return found
}

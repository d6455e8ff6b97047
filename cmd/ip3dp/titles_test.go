package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// A metric has one title, in its declaration. Code and templates take it from there, and have
// neither the title nor the metric's other name. Titles of one word are also words of prose.
func TestMetricHasOneTitle(t *testing.T) {
	specs, err := compute.Specs(compute.DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	const root = "../.."
	count := map[string]int{}
	for _, dir := range []string{"compute", "render", "cmd"} {
		for path, texts := range literalsBelow(t, filepath.Join(root, dir)) {
			for _, text := range texts {
				count[text]++
				if s := findNamed(specs, text); s != nil && dir != "compute" {
					t.Errorf("%s: %q names %s; take the title from the metric", path, text, s.ID)
				}
			}
		}
	}
	for i := range specs {
		if s := &specs[i]; strings.Contains(s.Title, " ") && count[s.Title] != 1 {
			t.Errorf("%s: its title %q is written %d times in the code", s.ID, s.Title, count[s.Title])
		}
	}
	element := regexp.MustCompile(`>\s*([^<>{}]+?)\s*<`)
	err = filepath.WalkDir(filepath.Join(root, "templates"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".html" {
			return err
		}
		page, err := os.ReadFile(path)
		for _, m := range element.FindAllStringSubmatch(string(page), -1) {
			if s := findNamed(specs, m[1]); s != nil {
				t.Errorf("%s: %q names %s; take the title from the metric", path, m[1], s.ID)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shortTitles are names that pages once had beside the titles.
var shortTitles = map[string]string{
	"Lead time": "dora.lead_time", "Time to restore": "dora.restore_time", "Change fail rate": "dora.change_fail_rate",
}

// key is a word in lower case, such as "nps" in the file of a survey: a key, not a name on a page.
var key = regexp.MustCompile(`^[a-z]+$`)

// findNamed returns the metric whose title, other name or former short name is the whole text,
// or nil.
func findNamed(specs metric.Specs, text string) *metric.Spec {
	for i := range specs {
		s := &specs[i]
		title := strings.Contains(s.Title, " ") && strings.EqualFold(text, s.Title)
		familiar := s.Familiar != "" && !key.MatchString(text) && strings.EqualFold(text, s.Familiar)
		if title || familiar || shortTitles[text] == s.ID {
			return s
		}
	}
	return nil
}

// literalsBelow returns the strings in the code of each file below dir, without tests.
func literalsBelow(t *testing.T, dir string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") ||
			slices.Contains(strings.Split(filepath.ToSlash(path), "/"), "testdata") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					out[path] = append(out[path], text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// formerPages are the contents of the example's pages before they were redrawn: numbers, links
// inside the site, and caveats by ID. A page may be laid out in another way, but keeps them.
type formerPages struct {
	Caveats []struct{ ID, Page, Words string }
	Pages   map[string]struct{ Numbers, Links []string }
}

// linksOfExample are the links inside the site of each page of exampleSite, once that was called.
var linksOfExample map[string][]string

// pageLinks reads the links inside the site of every page, relative to its root.
func pageLinks(site fs.FS) (map[string][]string, error) {
	links := map[string][]string{}
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		f, err := site.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		root, err := html.Parse(f)
		if err != nil {
			return err
		}
		for n := range root.Descendants() {
			to, _, _ := strings.Cut(attr(n, "href"), "#")
			if to != "" && !strings.Contains(to, ":") {
				links[name] = append(links[name], path.Join(path.Dir(name), to))
			}
		}
		return nil
	})
	return links, err
}

var numerals = regexp.MustCompile(`\d[\d,.]*\d`)

// TestFormerContentIsKept holds the pages of the example to the numbers, links and caveats that
// they had before they were redrawn.
func TestFormerContentIsKept(t *testing.T) {
	pages, err := exampleSite()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/former.json")
	if err != nil {
		t.Fatal(err)
	}
	var former formerPages
	if err := json.Unmarshal(data, &former); err != nil {
		t.Fatal(err)
	}
	for _, c := range former.Caveats {
		t.Run(c.Page+"/"+c.ID, func(t *testing.T) {
			if !strings.Contains(pages[c.Page], c.Words) {
				t.Errorf("the page has lost the caveat %q", c.Words)
			}
		})
	}
	for at, was := range former.Pages {
		t.Run(at, func(t *testing.T) {
			numbers := numerals.FindAllString(pages[at], -1)
			for _, n := range was.Numbers {
				if !slices.Contains(numbers, n) {
					t.Errorf("the number %s is gone", n)
				}
			}
			for _, to := range was.Links {
				if !slices.Contains(linksOfExample[at], to) {
					t.Errorf("the link to %s is gone", to)
				}
			}
		})
	}
}

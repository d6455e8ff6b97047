package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// exampleSite is the text of every page of the example's site, by path, built
// once from the files that make site builds it from.
var exampleSite = sync.OnceValues(func() (map[string]string, error) {
	dir, err := os.MkdirTemp("", "ip3dp-example-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	config, err := os.ReadFile("../../config.toml")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), config, 0o644); err != nil {
		return nil, err
	}
	if err := os.CopyFS(filepath.Join(dir, "site"), os.DirFS("../../site")); err != nil {
		return nil, err
	}
	for _, command := range []string{"demo", "build"} {
		var out bytes.Buffer
		if code := start([]string{command, "--config", filepath.Join(dir, "config.toml")}, nil, strings.NewReader(""), &out, &out); code != 0 {
			return nil, &exit.Failure{Err: &fs.PathError{Op: command, Path: out.String(), Err: fs.ErrInvalid}}
		}
	}
	if digestsOfExample, err = writeDigests(filepath.Join(dir, "config.toml")); err != nil {
		return nil, err
	}
	if publishedExample, err = os.ReadFile(filepath.Join(dir, "public", "data", "measured.json")); err != nil {
		return nil, err
	}
	if valuesOfExample, err = publishedValues(filepath.Join(dir, "public")); err != nil {
		return nil, err
	}
	if chartsOfExample, err = drawings(os.DirFS(filepath.Join(dir, "public"))); err != nil {
		return nil, err
	}
	if linksOfExample, err = pageLinks(os.DirFS(filepath.Join(dir, "public"))); err != nil {
		return nil, err
	}
	return pageTexts(os.DirFS(filepath.Join(dir, "public")))
})

// chartsOfExample are the faults of the charts of exampleSite, once that was called.
var chartsOfExample chartFaults

// publishedExample is the measured.json of exampleSite, once that was called.
var publishedExample []byte

// valuesOfExample are the values of exampleSite, once that was called.
var valuesOfExample string

// pageTexts reads what a reader sees of every page.
func pageTexts(site fs.FS) (map[string]string, error) {
	pages := map[string]string{}
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
		var b strings.Builder
		for n := range root.Descendants() {
			if n.Type == html.TextNode && n.Parent.Data != "script" {
				b.WriteString(n.Data + " ")
			}
		}
		pages[name] = comparableText(b.String())
		return nil
	})
	return pages, err
}

var (
	spaces = regexp.MustCompile(`[\s\x{a0}\x{2009}\x{202f}]+`)
	kinds  = strings.NewReplacer("“", `"`, "”", `"`, "’", "'", "‘", "'", "–", "-", "—", "-", "−", "-", "‑", "-", " %", "%", "prioritiz", "prioritis")
)

// comparableText makes text comparable: one kind of space, quote, dash and case.
func comparableText(s string) string {
	return strings.TrimSpace(kinds.Replace(strings.ToLower(spaces.ReplaceAllString(s, " "))))
}

// TestConceptHasAHome: every line of testdata/concept.txt stands on some page of
// the example's site.
func TestConceptHasAHome(t *testing.T) {
	pages, err := exampleSite()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/concept.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !onSomePage(pages, strings.Split(line, " | ")) {
			t.Errorf("testdata/concept.txt:%d: on no page: %s", n, line)
		}
	}
}

func onSomePage(pages map[string]string, parts []string) bool {
	for _, text := range pages {
		all := true
		for _, p := range parts {
			all = all && strings.Contains(text, comparableText(p))
		}
		if all {
			return true
		}
	}
	return false
}

// TestDashboard: the health page holds the concept's dashboard. That the events
// behind it give these numbers, the tests of collect/demo count again without
// package compute.
func TestDashboard(t *testing.T) {
	pages, err := exampleSite()
	if err != nil {
		t.Fatal(err)
	}
	health := pages["index.html"]
	for _, want := range []string{
		"5.2 per team per day", "was 4.0/day/team", "8,736 deployments",
		"↑ 30% better", "a typical team: +31%, likely +26 to +36%", "42 min", "↓ 15% better", "was 49.4 min", "8%", "699 failed", "about the same", "22 min", "↓ 40% better", "was 36.7 min",
		"+42", "was +34", "180 of 250", "GitOps auto-deploy", "80%", "Vault secret rotation", "30%",
		"220/250", "88%", "45/60", "75%", "50/60", "83%", "12 a week", "was 20", "mean 4.2 h", "40%", "25%",
		"Make Buildpacks the default for new services", "Too early to judge GitOps: first possible on 27 Jan 2025", "Deprecate Custom Helm Charts. 7 teams to move by 30 Jun 2025", "In favour of Buildpacks; accepted by the product manager on 5 Nov 2024",
	} {
		if !strings.Contains(health, comparableText(want)) {
			t.Errorf("the health page does not say %q", want)
		}
	}
}

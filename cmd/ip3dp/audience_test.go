package main

import (
	"bytes"
	"encoding/json"
	"html"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/public"
)

// privateMark is in all that a public site leaves out: names of teams, groups, services and
// repositories, and the words of developers.
const privateMark = "zqx"

var (
	idLine     = regexp.MustCompile(`(?m)^(id|title|group) = "([^"]+)"`)
	ownedText  = regexp.MustCompile(`"fawkes/`)
	teamsKey   = regexp.MustCompile(`(?m)^teams = \[[^\]]*\]`)
	quotedText = regexp.MustCompile(`"([^"]+)"`)
	sayLine    = regexp.MustCompile(`(?m)^(title|request|problem|solution|answer|says|where) = "`)
	wordsKey   = regexp.MustCompile(`(?ms)^(whys|questions|quotes|observations|topics) = \[.*?^?\]$`)
	talkKind   = regexp.MustCompile(`(?m)^kind = "(interview|shadowing|office-hours|retrospective|conversation)"`)
	fullHash   = regexp.MustCompile(`\b[0-9a-f]{40}\b`)
)

// writeCanaryExample writes the example with a privateMark in everything that a public site leaves out.
func writeCanaryExample(t *testing.T, dir string) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(dir, "site"), os.DirFS("../../site")); err != nil {
		t.Fatal(err)
	}
	edit := func(from, to string, change func(string) string) {
		data, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		put(t, to, change(string(data)))
	}
	edit("../../config.toml", filepath.Join(dir, "config.toml"), func(s string) string {
		return strings.Replace(s, `audience = "organisation"`, `audience = "public"`, 1)
	})
	teams := filepath.Join(dir, "site", "teams.toml")
	edit(teams, teams, func(s string) string {
		s = idLine.ReplaceAllString(s, `$1 = "`+privateMark+`$2"`)
		return ownedText.ReplaceAllString(s, `"`+privateMark+`/`+privateMark+`-`)
	})
	goals := filepath.Join(dir, "site", "goals.toml")
	edit(goals, goals, func(s string) string {
		return strings.Replace(s, `for = "android-app"`, `for = "`+privateMark+`android-app"`, 1)
	})
	files, err := filepath.Glob(filepath.Join(dir, "site", "research", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		edit(name, name, func(s string) string {
			s = teamsKey.ReplaceAllStringFunc(s, func(list string) string {
				return quotedText.ReplaceAllString(list, `"`+privateMark+`$1"`)
			})
			says := regexp.MustCompile(`(?m)^says = "`)
			s = says.ReplaceAllString(s, `says = "`+privateMark+` `)
			if !talkKind.MatchString(s) {
				return s
			}
			s = sayLine.ReplaceAllString(s, `$1 = "`+privateMark+` `)
			s = wordsKey.ReplaceAllStringFunc(s, func(list string) string {
				return quotedText.ReplaceAllString(list, `"`+privateMark+` $1"`)
			})
			return s + "\n" + privateMark + "\n"
		})
	}
	cases, err := filepath.Glob(filepath.Join(dir, "site", "cases", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range cases {
		edit(name, name, func(s string) string {
			return wordsKey.ReplaceAllStringFunc(s, func(list string) string {
				if !strings.HasPrefix(list, "quotes") {
					return list
				}
				return quotedText.ReplaceAllString(list, `"`+privateMark+` $1"`)
			})
		})
	}
}

// findLeaks returns the files of a site that have the privateMark or the hash of a commit, in their
// name or in any byte.
func findLeaks(t *testing.T, dir string) []string {
	t.Helper()
	var leaks []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		at := strings.Index(strings.ToLower(string(data)), privateMark)
		if at < 0 && !strings.Contains(name, "assets") {
			if hash := fullHash.FindIndex(data); hash != nil {
				at = hash[0]
			}
		}
		if at >= 0 || strings.Contains(strings.TrimPrefix(name, dir), privateMark) {
			at = max(at, 0)
			leaks = append(leaks, strings.TrimPrefix(name, dir)+": "+string(data[max(0, at-80):min(len(data), at+80)]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return leaks
}

// TestPublicSiteLeaks: a public site of the example, its preview, and a second night without the
// state have no byte about a team, a single event or the words of a developer. The state and
// explain have all numbers.
func TestPublicSiteLeaks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeCanaryExample(t, dir)
	file, site := filepath.Join(dir, "config.toml"), filepath.Join(dir, "public")
	ip3dp := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if code := start(append(args, "--config", file), nil, strings.NewReader(""), &out, &out); code != exit.Complete {
			t.Fatalf("%q: exit code %d\n%s", args, code, out.String())
		}
		return out.String()
	}
	ip3dp("demo", "--deployments-per-day", "1")
	ip3dp("build")
	if leaks := findLeaks(t, site); len(leaks) > 0 {
		t.Fatalf("%d files:\n%s", len(leaks), strings.Join(leaks[:min(len(leaks), 8)], "\n"))
	}
	holdPublicWords(t, site)
	before := readSite(t, site)
	holdPublicLinks(t, before)

	preview := filepath.Join(dir, "preview")
	ip3dp("preview", "--measured", "folder:"+site, "--out", preview)
	if leaks := findLeaks(t, preview); len(leaks) > 0 {
		t.Errorf("preview, %d files:\n%s", len(leaks), strings.Join(leaks[:min(len(leaks), 8)], "\n"))
	}

	waves, err := os.ReadFile(filepath.Join(dir, ".ip3dp", "waves.json"))
	if err != nil || !strings.Contains(string(waves), privateMark) {
		t.Errorf("the state lacks the groups of surveys (%v)", err)
	}
	if text := ip3dp("explain", "dora.lead_time", "--team", privateMark+"checkout"); !strings.Contains(text, "Change lead time") {
		t.Errorf("explain about a team: %s", text)
	}

	for _, name := range []string{"history.json", "decisions.json", "waves.json", "run.json", "sealed.json"} {
		if err := os.RemoveAll(filepath.Join(dir, ".ip3dp", name)); err != nil {
			t.Fatal(err)
		}
	}
	ip3dp("build")
	if diff := cmp.Diff(before, readSite(t, site)); diff != "" {
		t.Errorf("a night without the state is another site (-before +after)\n%s", diff[:min(len(diff), 3000)])
	}
}

// readSite returns the bytes of all files of a site.
func readSite(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// localLink matches a link to a file of the site.
var localLink = regexp.MustCompile(`href="([^":#?]+)["#?]`)

// holdPublicLinks holds the links of a site to its files.
func holdPublicLinks(t *testing.T, files map[string]string) {
	t.Helper()
	n := 0
	for name, data := range files {
		if path.Ext(name) != ".html" || name == "404.html" {
			continue
		}
		for _, link := range localLink.FindAllStringSubmatch(data, -1) {
			n++
			if to := path.Join(path.Dir(name), html.UnescapeString(link[1])); files[to] == "" {
				t.Errorf("%s links to %s, which is not there", name, to)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d links were found", n)
	}
}

// holdPublicWords holds the pages of a public site to their notes and counts.
func holdPublicWords(t *testing.T, site string) {
	t.Helper()
	pages, err := pageTexts(os.DirFS(site))
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"about/index.html": `made for the public\. left out: pages and numbers of 60 teams, pages and numbers of ` +
			`10 groups, the evidence of [\d,]+ deployments, the words of \d+ talks, \d+ quotes \(site\.audience\)`,
		"delivery/index.html":  `60 teams, 250 developers.*made for the public: numbers of teams and groups`,
		"discovery/index.html": `made for the public: the words of developers are left out.*no talk is recorded with 39 of 60 teams`,
		// The past of research and of goals of teams is left out, the rest is there.
		"roadmap/changes/index.html": `this quarter: .*scores and order.*predictions that were changed after approval`,
		"experience/index.html":      `made for the public: surveys are shown as a whole`,
	} {
		if !regexp.MustCompile(`(?s)` + want).MatchString(strings.ReplaceAll(strings.ToLower(pages[page]), "\u00a0", " ")) {
			t.Errorf("%s lacks %q:\n%.1500s", page, want, pages[page])
		}
	}
	for _, page := range slices.Sorted(maps.Keys(pages)) {
		if strings.HasPrefix(page, "teams/") || strings.HasPrefix(page, "groups/") || strings.Contains(page, "evidence") {
			t.Errorf("%s is public", page)
		}
	}
}

// TestPublicNumbersDecideTheSame: on the numbers of a public site, a preview draws the conclusions
// that the whole numbers give.
func TestPublicNumbersDecideTheSame(t *testing.T) {
	t.Parallel()
	if _, err := exampleSite(); err != nil {
		t.Fatal(err)
	}
	var whole compute.Measured
	if err := json.Unmarshal(publishedExample, &whole); err != nil {
		t.Fatal(err)
	}
	w, err := workspace.Load("../../config.toml", func(asOf time.Time) (time.Time, bool, error) { return asOf, true, nil })
	if err != nil {
		t.Fatal(err)
	}
	o := w.Config.Options()
	full := compute.Decide(o, w.Content, whole)
	reduced, content := public.Reduce(full, w.Content)
	again := compute.Decide(o, w.Content, reduced.Measured)
	if len(content.Teams)+len(content.Groups) > 0 || reduced.CountTeams() != len(whole.Teams) {
		t.Errorf("%d teams are left, and %d are counted", len(content.Teams), reduced.CountTeams())
	}
	for _, tt := range []struct {
		name       string
		want, have any
	}{
		{"recommendations", full.Recommendations, again.Recommendations},
		{"plan", full.Plan, again.Plan},
		{"gates", full.Gates, again.Gates},
		{"crossings", full.Crossings, again.Crossings},
		{"expected effects", full.Expected, again.Expected},
		{"outlooks", full.Outlooks, again.Outlooks},
		{"leavings", full.Leavings, again.Leavings},
		{"changes", full.Changes, again.Changes},
		{"discovery", full.Discovery.Loop, again.Discovery.Loop},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.have); diff != "" {
				t.Errorf("-whole +public\n%.2000s", diff)
			}
		})
	}
	for i := range reduced.Sections {
		for k := range reduced.Sections[i].Metrics {
			if s := reduced.Sections[i].Metrics[k].Scope; s.Kind == metric.Team || s.Kind == metric.Group {
				t.Fatalf("%s of %s %s is public", reduced.Sections[i].Metrics[k].ID, s.Kind, s.ID)
			}
		}
	}
}

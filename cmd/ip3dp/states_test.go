package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
)

var gallery = flag.String("states", "", "the `folder` to write the gallery of states to; without it the quick states are built")

// platformState is a situation that every platform may be in. The pages that it
// touches must have the words that readers need in it.
type platformState struct {
	name, title string
	quick       bool // its build takes little time
	now         string
	make        func(t *testing.T, w *stateWorkshop)
	want        map[string]string // page → expression that its text must match
	without     map[string]string // page → expression that its text must not match
}

// stateWorkshop is the folder of one state's platform, before its build.
type stateWorkshop struct{ dir string }

const healthPage, deliveryPage, featuresPage = "index.html", "delivery/index.html", "features/index.html"

var platformStates = []platformState{
	{
		name: "first-night", title: "The first night: four weeks of data",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t); w.keepFrom(t, "2024-10-07") },
		want: map[string]string{healthPage: `(?i)first comparison`},
	},
	{
		name: "nothing-changed", title: "No number changed beyond chance", now: "2024-09-16",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t); w.keepUntil(t, "2024-09-16") },
		want: map[string]string{healthPage: `about the same`},
	},
	{
		name: "one-worse", title: "One number is worse",
		make: func(t *testing.T, w *stateWorkshop) {
			w.copySite(t)
			o := demo.ExampleOptions(nil)
			last := len(o.Targets) - 1
			o.Targets[last] = o.Targets[last-1]
			o.Targets[last].Fail = .14
			w.writeExports(t, o)
		},
		want: map[string]string{healthPage: `▲|worse|fails? more often|failures rose`},
	},
	{
		name: "all-decided", title: "All recommendations have a decision",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			for feature, advice := range map[string]string{"buildpacks": "make default", "gitops": "investigate", "vault": "investigate", "backstage": "invest", "grafana-dashboards": "invest"} {
				w.write(t, "site/decisions/2024-11-08-"+feature+".md", "+++\nfeature = \""+feature+"\"\nrecommended = \""+advice+
					"\"\ndecision = \"accept\"\nby = \"product manager\"\non = 2024-11-08\nreason = \"agreed\"\n+++\n")
			}
		},
		want: map[string]string{healthPage: `(?i)decided`},
	},
	{
		name: "nothing-recommended", title: "Nothing can be recommended",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.remove(t, "site/surveys")
			w.remove(t, "site/decisions")
			w.replace(t, "config.toml", "[surveys]\nfolder = \".ip3dp/demo\"", "[surveys]")
		},
		want: map[string]string{healthPage: `(?i)find out|nothing can be recommended`},
	},
	{
		name: "survey-open", title: "A survey is open", now: "2024-10-18",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t); w.keepUntil(t, "2024-10-18") },
		want: map[string]string{"experience/index.html": `answers so far|still open|open until|answers? until`},
	},
	{
		name: "partial", title: "A source is not complete",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.filter(t, "incidents.csv.gz", func(row map[string]string) bool { return row["opened"] < "2024-10-20" })
			w.replace(t, "config.toml", "file = \".ip3dp/demo/incidents.csv.gz\"", "file = \".ip3dp/demo/incidents.csv.gz\"\ncovers_to = 2024-10-20")
		},
		want:    map[string]string{healthPage: `the incidents end on 20 Oct 2024`},
		without: map[string]string{healthPage: `fails less often`},
	},
	{
		name: "stopped", title: "An export has stopped",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.filter(t, "incidents.csv.gz", func(row map[string]string) bool { return row["opened"] < "2024-09-02" })
		},
		want:    map[string]string{healthPage: `the incidents end on 1 Sep 2024`},
		without: map[string]string{healthPage: `fails less often`},
	},
	{
		name: "old", title: "The data are old", now: "2024-11-25",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t) },
		want: map[string]string{healthPage: `Not everything is here|old`},
	},
	{
		name: "public", title: "Everybody can read the site",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.replace(t, "config.toml", "# audience = \"public\"  ", "audience = \"public\"  ")
		},
		without: map[string]string{"delivery/evidence/index.html": `https://git\.example`},
	},
	{
		name: "one-author", title: "A platform of one author", quick: true,
		make: func(t *testing.T, w *stateWorkshop) {
			w.synthetic(t, "--teams", "1", "--services", "1", "--months", "8")
			w.eachExport(t, func(row map[string]string) bool {
				for _, who := range []string{"author", "creator"} {
					if row[who] != "" {
						row[who] = "one"
					}
				}
				return true
			})
		},
		want: map[string]string{healthPage: `author`},
	},
	{
		name: "twelve-teams", title: "Twelve teams without groups", quick: true,
		make: func(t *testing.T, w *stateWorkshop) {
			w.synthetic(t, "--teams", "12", "--months", "8")
			teams := regexp.MustCompile(`(?m)^group = .*\n|^\[\[group\]\]\nid = .*\n+`).ReplaceAllString(w.read(t, "teams.toml"), "")
			w.write(t, "teams.toml", teams)
		},
		want: map[string]string{deliveryPage: `Accounts`},
	},
	{
		name: "300-teams", title: "300 teams in groups",
		make: func(t *testing.T, w *stateWorkshop) { w.synthetic(t, "--teams", "300", "--months", "7") },
		want: map[string]string{deliveryPage: `300 teams`},
	},
	{
		name: "reorganised", title: "After a reorganisation",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			teams := w.read(t, "site/teams.toml")
			w.write(t, "site/teams.toml", strings.Replace(teams, `id = "billing"`, "id = \"invoices\"\nformerly = [\"billing\"]", 1))
		},
		want: map[string]string{"teams/invoices/index.html": `(?i)billing`},
	},
	{
		name: "no-incident", title: "No incident in the window",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.filter(t, "incidents.csv.gz", func(row map[string]string) bool { return row["opened"] < "2024-10-01" })
			w.replace(t, "config.toml", "file = \".ip3dp/demo/incidents.csv.gz\"", "file = \".ip3dp/demo/incidents.csv.gz\"\ncovers_from = 2023-08-14\ncovers_to = 2024-11-11")
		},
		want: map[string]string{healthPage: `(?i)no incident|nothing to restore|nothing was restored`},
	},
	{
		name: "deprecation", title: "A deprecation is under way",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			path := "site/decisions/2024-11-05-custom-helm-charts.md"
			text := strings.NewReplacer("2024-11-05", "2024-07-01", "2025-06-30", "2024-12-31").Replace(w.read(t, path))
			w.remove(t, path)
			w.write(t, "site/decisions/2024-07-01-custom-helm-charts.md", text)
			ends := map[string]string{"push": "2024-08-05", "customs": "2024-09-02", "routing": "2024-10-07"}
			w.filter(t, "usage.csv", func(row map[string]string) bool {
				end, moved := ends[row["team"]]
				return row["feature"] != "custom-helm-charts" || !moved || row["date"] < end
			})
		},
		want: map[string]string{
			"features/custom-helm-charts/index.html": `(?s)4 of 7 teams left; the end may come after the deadline.*` +
				`deadline 31 Dec 2024.*3 moved in 18 weeks`,
			healthPage: `4 of 7 teams left after 18 weeks; end likely`,
		},
	},
}

// TestStates builds the platform of each state and looks for the words that readers
// need in it. With -states it keeps the sites, with a list of them.
func TestStates(t *testing.T) {
	for i := range platformStates {
		s := &platformStates[i]
		if *gallery == "" && !s.quick {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			w := &stateWorkshop{dir: t.TempDir()}
			s.make(t, w)
			public := w.build(t, s.now)
			s.check(t, public)
			if *gallery != "" {
				keepState(t, public, filepath.Join(*gallery, s.name))
			}
		})
	}
	if *gallery != "" {
		writeStateList(t)
	}
}

func (s *platformState) check(t *testing.T, public string) {
	t.Helper()
	pages, err := pageTexts(os.DirFS(public))
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range s.want {
		if text, ok := pages[page]; !ok || !regexp.MustCompile("(?i)"+want).MatchString(text) {
			t.Errorf("%s: nothing matches %q", page, want)
		}
	}
	for page, not := range s.without {
		if found := regexp.MustCompile(not).FindString(pages[page]); found != "" {
			t.Errorf("%s: has %q", page, found)
		}
	}
}

func keepState(t *testing.T, public, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(public)); err != nil {
		t.Fatal(err)
	}
}

// writeStateList writes the page that leads to the first page of each state.
func writeStateList(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>States</title>\n<h1>States</h1>\n<ul>\n")
	for _, s := range platformStates {
		fmt.Fprintf(&b, "<li><a href=\"%s/index.html\">%s</a>\n", s.name, html.EscapeString(s.title))
	}
	b.WriteString("</ul>\n</html>\n")
	if err := os.WriteFile(filepath.Join(*gallery, "index.html"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *stateWorkshop) path(name string) string {
	return filepath.Join(w.dir, filepath.FromSlash(name))
}

func (w *stateWorkshop) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(w.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func (w *stateWorkshop) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *stateWorkshop) remove(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(w.path(name)); err != nil {
		t.Fatal(err)
	}
}

// replace replaces a text that the file must have.
func (w *stateWorkshop) replace(t *testing.T, name, old, by string) {
	t.Helper()
	text := w.read(t, name)
	if !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	w.write(t, name, strings.Replace(text, old, by, 1))
}

// copySite copies the configuration and the content of the example.
func (w *stateWorkshop) copySite(t *testing.T) {
	t.Helper()
	if err := os.CopyFS(w.path("site"), os.DirFS("../../site")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, "config.toml", string(data))
}

// example makes the example platform with its exports.
func (w *stateWorkshop) example(t *testing.T) {
	t.Helper()
	w.copySite(t)
	w.run(t, "demo", "--config", w.path("config.toml"))
}

// writeExports writes exports with other levels than the example's. They are of the
// example's teams, whose names the surveys have.
func (w *stateWorkshop) writeExports(t *testing.T, o demo.Options) {
	t.Helper()
	c, problems := content.Read(os.DirFS(w.path("site")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o.Teams = c.Teams
	if err := os.MkdirAll(w.path(".ip3dp/demo"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.WriteFolder(w.path(".ip3dp/demo"), o); err != nil {
		t.Fatal(err)
	}
}

// synthetic makes a platform of synthetic teams without content.
func (w *stateWorkshop) synthetic(t *testing.T, flags ...string) {
	t.Helper()
	w.run(t, append([]string{"demo", "--out", w.dir}, flags...)...)
}

func (w *stateWorkshop) run(t *testing.T, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if code := start(args, nil, strings.NewReader(""), &out, &out); code != 0 {
		t.Fatalf("%q: %d\n%s", args, code, out.String())
	}
}

func (w *stateWorkshop) build(t *testing.T, now string) (public string) {
	t.Helper()
	args := []string{"build", "--config", w.path("config.toml"), "--out", w.path("public")}
	if now != "" {
		args = append(args, "--now", now)
	}
	var out bytes.Buffer
	// Exit code 3 is a site with incomplete sources.
	if code := start(args, nil, strings.NewReader(""), &out, &out); code != 0 && code != 3 {
		t.Fatalf("%q: %d\n%s", args, code, out.String())
	}
	return w.path("public")
}

// timeColumns are the columns that date a row of an export, the first that a table has.
var timeColumns = []string{"Timestamp", "finished", "merged", "opened", "date"}

// keepFrom leaves out the rows of all exports before a day, keepUntil those after it.
func (w *stateWorkshop) keepFrom(t *testing.T, day string) {
	w.eachExport(t, func(row map[string]string) bool { return dateOf(row) >= day })
	w.remove(t, "site/surveys/2024-09.toml")
	w.replace(t, "config.toml", "# covers_from = 2023-08-14 ", "covers_from = "+day+" ")
}

func (w *stateWorkshop) keepUntil(t *testing.T, day string) {
	w.eachExport(t, func(row map[string]string) bool { return dateOf(row) < day })
}

func dateOf(row map[string]string) string {
	for _, column := range timeColumns {
		if row[column] != "" {
			return row[column]
		}
	}
	return ""
}

// eachExport rewrites every export with the rows that keep keeps.
func (w *stateWorkshop) eachExport(t *testing.T, keep func(row map[string]string) bool) {
	t.Helper()
	for _, pattern := range []string{".ip3dp/demo/*.csv*", "*.csv*"} {
		files, err := filepath.Glob(w.path(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			filterRows(t, file, keep)
		}
	}
}

func (w *stateWorkshop) filter(t *testing.T, name string, keep func(row map[string]string) bool) {
	t.Helper()
	filterRows(t, w.path(".ip3dp/demo/"+name), keep)
}

// filterRows rewrites a table with the rows that keep keeps and may have changed.
func filterRows(t *testing.T, file string, keep func(row map[string]string) bool) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var from io.Reader = bytes.NewReader(data)
	zipped := strings.HasSuffix(file, ".gz")
	if zipped {
		if from, err = gzip.NewReader(from); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(from).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := records[:1]
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		if !keep(row) {
			continue
		}
		for i, name := range records[0] {
			record[i] = row[name]
		}
		out = append(out, record)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(slices.Clip(out)); err != nil {
		t.Fatal(err)
	}
	if zipped {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err = z.Write(b.Bytes())
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		b = packed
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

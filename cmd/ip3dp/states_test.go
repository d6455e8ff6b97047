package main

import (
	"flag"
	"fmt"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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
	nowhere     string            // an expression that no file of the site may match
}

const healthPage, deliveryPage, featuresPage = "index.html", "delivery/index.html", "features/index.html"

// doubtOfIncidents returns the banner above the headline about incidents that end on a day.
func doubtOfIncidents(day, headline string) string {
	return `Not everything is here(?s:.*)The incidents end on ` + day +
		`, before the end of these weeks[^(]*\(touches change failure rate and time to restore service\)(?s:.*)` + headline
}

var platformStates = []platformState{
	{
		name: "first-night", title: "The first night: four weeks of data",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t); w.keepFrom(t, "2024-10-07") },
		want: map[string]string{
			healthPage: `The four weeks before have no data[^<]*not possible yet(?s:.*)first comparison by 9 Dec 2024(?s:.*)can be compared yet`,
		},
		without: map[string]string{healthPage: `about the same|nothing changed beyond chance|no change beyond chance`},
	},
	{
		name: "nothing-changed", title: "No number changed beyond chance", now: "2024-09-16",
		make:    func(t *testing.T, w *stateWorkshop) { w.example(t); w.keepUntil(t, "2024-09-16") },
		want:    map[string]string{healthPage: `Delivery is as fast as before and fails no more often(?s:.*)about the same`},
		without: map[string]string{healthPage: `\d better|\d worse`},
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
		want:    map[string]string{healthPage: `Delivery is as fast as in September and fails more often(?s:.*)6 points worse`},
		without: map[string]string{healthPage: `everything is better|fails +less often`},
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
		want:    map[string]string{healthPage: `Nothing waits for a decision: all of 2 recommendations beyond doubt are decided(?s:.*)Decided`},
		without: map[string]string{healthPage: `recommended +(make|invest|deprecate|pivot)`},
	},
	{
		name: "nothing-recommended", title: "Nothing can be recommended",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.remove(t, "site/surveys")
			w.remove(t, "site/decisions")
			w.replace(t, "config.toml", "[surveys]\nfolder = \".ip3dp/demo\"", "[surveys]")
		},
		want:    map[string]string{healthPage: `Nothing is recommended beyond doubt now(?s:.*)Find out(?s:.*)Earliest answer`},
		without: map[string]string{healthPage: `recommended +(make|invest|deprecate|pivot)`},
	},
	{
		name: "survey-open", title: "A survey is open", now: "2024-10-18",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t); w.keepUntil(t, "2024-10-18") },
		want: map[string]string{
			"experience/index.html": `still open +119 of 250 so far +results after it closes on 21 Oct 2024`,
			healthPage:              `October 2024 survey: 119 of 250 answered so far; results after 21 Oct 2024`,
		},
		without: map[string]string{healthPage: `180 of 250`},
	},
	{
		name: "partial", title: "A source is not complete",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.filter(t, "incidents.csv.gz", func(row map[string]string) bool { return row["opened"] < "2024-10-20" })
			w.replace(t, "config.toml", "file = \".ip3dp/demo/incidents.csv.gz\"", "file = \".ip3dp/demo/incidents.csv.gz\"\ncovers_to = 2024-10-20")
		},
		want: map[string]string{
			healthPage:   doubtOfIncidents("20 Oct 2024", "Delivery is faster +than in September"),
			deliveryPage: doubtOfIncidents("20 Oct 2024", "delivery numbers are better"),
		},
		without: map[string]string{healthPage: `fails (less|no more) often|✓ 9 of 9`},
	},
	{
		name: "stopped", title: "An export has stopped",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.filter(t, "incidents.csv.gz", func(row map[string]string) bool { return row["opened"] < "2024-09-02" })
		},
		want: map[string]string{
			healthPage:   doubtOfIncidents("1 Sep 2024", "Delivery is faster +than in September"),
			deliveryPage: doubtOfIncidents("1 Sep 2024", "delivery numbers are better"),
		},
		without: map[string]string{healthPage: `fails (less|no more) often|✓ 9 of 9`},
	},
	{
		name: "old", title: "The data are old", now: "2024-11-25",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t) },
		want: map[string]string{
			healthPage: `Not everything is here(?s:.*)The data end on 10 Nov 2024[^(]*\(touches [^)]*change lead time[^)]*\)(?s:.*)with doubts(?s:.*)Rates and times are not shown`,
		},
		without: map[string]string{healthPage: `Delivery is (faster|slower)|nothing changed beyond chance`},
	},
	{
		name: "public", title: "Everybody can read the site",
		make: func(t *testing.T, w *stateWorkshop) {
			w.example(t)
			w.replace(t, "config.toml", "# audience = \"public\"  ", "audience = \"public\"  ")
		},
		nowhere: "https://(git|incidents)[.]example", // the addresses of single changes and incidents
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
		want: map[string]string{
			healthPage: `989 deployments since 11 Mar 2024(?s:.*)Rates and times are not shown: one person wrote all changes(?s:.*)can be compared yet`,
		},
		without: map[string]string{healthPage: `nothing changed beyond chance|per team per day`},
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
		name: "crowded", title: "30 initiatives and 40 features with long names",
		make: func(t *testing.T, w *stateWorkshop) { w.example(t); w.crowd(t, 30, 40) },
		want: map[string]string{featuresPage: `feature 39, a name that a committee`, "roadmap/index.html": `initiative 29, a name`},
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
		want:    map[string]string{healthPage: `No incident opened in these weeks: there was nothing to restore`},
		without: map[string]string{healthPage: `Not everything is here|none is resolved|connect a source of incidents`},
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
		if found := regexp.MustCompile("(?i)" + not).FindString(pages[page]); found != "" {
			t.Errorf("%s: has %q", page, found)
		}
	}
	if s.nowhere != "" {
		findNowhere(t, public, s.nowhere)
	}
}

// findNowhere reports the files of a site that match an expression.
func findNowhere(t *testing.T, public, expression string) {
	t.Helper()
	if err := filepath.WalkDir(public, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if found := regexp.MustCompile(expression).Find(data); found != nil {
			t.Errorf("%s: has %q", path, found)
		}
		return err
	}); err != nil {
		t.Fatal(err)
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

// nameOfPage returns the words of the link to a page of a state.
func nameOfPage(page string) string {
	if page == healthPage {
		return "health"
	}
	return strings.TrimSuffix(page, "/index.html")
}

// touches returns the pages that readers look at in the state, the first page first.
func (s *platformState) touches() []string {
	out := []string{healthPage}
	for _, pages := range []map[string]string{s.want, s.without} {
		for _, page := range slices.Sorted(maps.Keys(pages)) {
			if !slices.Contains(out, page) {
				out = append(out, page)
			}
		}
	}
	return out
}

// writeStateList writes the page with the title of each state and the pages that it touches.
func writeStateList(t *testing.T) {
	t.Helper()
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>States</title>\n<h1>States</h1>\n<ul>\n")
	for i := range platformStates {
		s := &platformStates[i]
		fmt.Fprintf(&b, "<li>%s:", html.EscapeString(s.title))
		for _, page := range s.touches() {
			fmt.Fprintf(&b, " <a href=\"%s/%s\">%s</a>", s.name, page, nameOfPage(page))
		}
		b.WriteByte('\n')
	}
	b.WriteString("</ul>\n</html>\n")
	if err := os.WriteFile(filepath.Join(*gallery, "index.html"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

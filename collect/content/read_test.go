package content

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func mapFS(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

const md = "+++\n"

// small is one file of every kind, without problems.
func small() map[string]string { return maps.Clone(smallFiles) }

var smallFiles = map[string]string{
	"teams.toml": `[[group]]
id = "payments"
[[team]]
id = "checkout"
group = "payments"
developers = 5
formerly = ["cart"]
[[team.owns]]
repository = "fawkes/mono"
paths = ["services/checkout/**"]
from = 2024-01-01
`,
	"measures.toml": `[[measure]]
id = "gitops_uptime"
title = "GitOps uptime"
unit = "%"
better = "up"
target = 99.5
[[measure]]
id = "build_minutes"
better = "down"
`,
	"features/gitops.md": md + `title = "GitOps"
formerly = ["argo"]
labels = ["Argo CD"]
shipped = 2024-11-04
research = ["feature-flags"]
[adoption]
unit = "team"
eligible = 60
eligible_on = 2024-10-01
source = "list"
[[adoption.use]]
unit = "cart"
from = 2024-09-09
` + md + "\n\nDeploy by commit.\n",
	"features/helm.md": md + "successor = \"argo\"\n[[part]]\nid = \"docs\"\n" + md,
	"roadmap/auto.md": md + `title = "Auto-deploy on merge"
status = "active"
features = ["argo"]
research = ["feature-flags"]
links = ["https://example.com/a", { title = "B", url = "https://example.com/b" }]
[rice]
reach = 200
reach_range = [160, 250]
impact = "high"
impact_range = [2, 4.5]
confidence = 90
effort = 3
approved = 2024-10-07
[override]
priority = 1
reason = "highest impact"
by = "product manager"
on = 2024-10-07
[[phase]]
name = "alpha"
status = "active"
start = 2024-11-01
weeks = 3
audience = { teams = 10 }
criteria = [{ text = "Works", met = 2024-11-05 }, { measure = "gitops_uptime", at_least = 80 }]
retro = { worked = "docs", did_not = "secrets" }
` + md,
	"roadmap/activities.toml": `[[activity]]
title = "Data Analysis"
track = "discovery"
status = "active"
start = 2024-10-22
weeks = 1
person_days = 5
`,
	"research/feature-flags.md": md + `kind = "conversation"
date = 2024-09-18
teams = ["cart"]
request = "We need a feature flag service"
whys = [["Why?", "To deploy safely"], ["What breaks?", "Fridays"]]
problem = "Deployment is slow"
` + md,
	"cases/builds.md":       md + "features = [\"gitops\"]\nrice = { reach = 125, impact = \"very high\", confidence = \"high\", effort = 2 }\n[[result]]\nmeasure = \"build_minutes\"\nbefore = 40\nafter = 8\n[[result]]\ntext = \"more deploys\"\n" + md,
	"tickets/themes.toml":   "[[theme]]\ntitle = \"My build is slow\"\nmatch = [\"slow.*build\"]\nfeature = \"gitops\"\n",
	"surveys/2024-10.toml":  "file = \"2024-10.csv\"\nsent = 2024-10-15\nclosed = 2024-10-21\ninvited = 250\nnps = \"How likely?\"\n[teams]\n\"The tills\" = \"cart\"\n",
	"surveys/2024-10.csv":   "ignored",
	"decisions/2024-a.md":   md + "feature = \"argo\"\ndecision = \"accept\"\nby = \"product manager\"\non = 2024-11-05\ndeadline = 2025-06-30\nreason = \"why not\"\n" + md,
	"pages/principles.md":   md + "title = \"Principles\"\n" + md + "Text\r\nmore\r\n",
	"research/README.md":    "for people",
	"research/.hidden":      "",
	"research/editor-copy~": "",
}

func TestReadEveryKind(t *testing.T) {
	c, problems := Read(mapFS(small()))
	if len(problems) > 0 {
		t.Fatal(problemsText(problems))
	}
	team := c.Teams[0]
	if team.Title != "checkout" || team.Line != 3 || team.Owns[0].Line != 8 || !team.Owns[0].From.Equal(date("2024-01-01")) {
		t.Errorf("team %+v", team)
	}
	f := c.Features[0]
	if f.ID != "gitops" || f.Body != "Deploy by commit." || f.BodyLine != 18 || f.Adoption.Uses[0].Unit != "checkout" {
		t.Errorf("feature %+v", f)
	}
	if h := c.Features[1]; h.Successor != "gitops" || h.Title != "Helm" || h.Adoption.Unit != "team" || h.Adoption.Source != "usage" {
		t.Errorf("former IDs and defaults: %+v", h)
	}
	i := c.Initiatives[0]
	if i.Rice.Impact.Word != "high" || i.Rice.Confidence.Number != 90 || *i.Rice.ReachRange != (fact.Range{Lo: 160, Hi: 250}) {
		t.Errorf("rice %+v", i.Rice)
	}
	if i.LineOf("override") != 15 || i.LineOf("rice.effort") != 13 || i.LineOf("phase.0.criteria.1.measure") != 26 || i.LineOf("nothing") != 1 {
		t.Errorf("lines %v", i.Lines)
	}
	if p := i.Phases[0]; !p.End().Equal(date("2024-11-22")) || p.Audience.Teams != 10 || *p.Criteria[1].AtLeast != 80 || p.Retro.DidNot != "secrets" {
		t.Errorf("phase %+v", p)
	}
	if diff := cmp.Diff([]fact.Link{{URL: "https://example.com/a"}, {Title: "B", URL: "https://example.com/b"}}, i.Links); diff != "" {
		t.Error(diff)
	}
	if a := c.Activities[0]; a.ID != "data-analysis" || a.Line != 1 || a.Lines["weeks"] != 6 {
		t.Errorf("activity %+v", a)
	}
	r := c.Research[0]
	if r.Title != "We need a feature flag service" || r.Teams[0] != "checkout" || r.Whys[1] != (fact.Exchange{Question: "What breaks?", Answer: "Fridays"}) {
		t.Errorf("research %+v", r)
	}
	if x := c.Cases[0]; x.Results[0].Basis != fact.Measured || x.Results[1].Basis != fact.Reported {
		t.Errorf("case results %+v", x.Results)
	}
	if s := c.Surveys[0]; len(c.Surveys) != 1 || s.ID != "2024-10" || s.Invited != 250 || s.Teams["The tills"] != "checkout" {
		t.Errorf("surveys %+v", c.Surveys)
	}
	if c.Decisions[0].Feature != "gitops" || c.Pages[0].Body != "Text\nmore" || c.Themes[0].ID != "my-build-is-slow" {
		t.Errorf("decision %+v, page %+v, theme %+v", c.Decisions[0], c.Pages[0], c.Themes[0])
	}
	if c.Measures[0].ID != "build_minutes" || c.Measures[0].Line != 7 || c.Measures[1].Aggregate != "mean" {
		t.Errorf("measures %+v", c.Measures)
	}
}

func TestReadNothing(t *testing.T) {
	c, problems := Read(fstest.MapFS{})
	if len(problems) > 0 || len(c.Features) > 0 || len(c.Teams) > 0 {
		t.Errorf("empty folder: %+v, %v", c, problems)
	}
}

func TestReadIsDeterministic(t *testing.T) {
	first, problems := Read(mapFS(small()))
	for range 5 {
		again, more := Read(mapFS(small()))
		if diff := cmp.Diff(first, again) + cmp.Diff(problems, more); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestReadRefusesOddFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"features", "features/inner", "cases.d"} {
		if err := os.Mkdir(dir+"/"+folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("features/Big Name.md", md+md)
	write("features/notes.txt", "")
	write("features/huge.md", md+md+strings.Repeat("a", maxSize))
	write("features/real.md", md+md)
	write("secret", "[[team]]\nid = \"x\"\n")
	write("roadmap", "a file")
	for link, target := range map[string]string{"teams.toml": "secret", "features/link.md": "real.md", "cases": "cases.d"} {
		t.Run(link, func(t *testing.T) {
			if err := os.Symlink(target, dir+"/"+link); err != nil {
				t.Fatal(err)
			}
		})
	}
	c, problems := Read(os.DirFS(dir))
	want := `cases: is not a folder; make it a folder of .md files
features/Big Name.md: file name is not a valid ID; use lower-case letters, digits and dashes, at most 80: big-name
features/huge.md: file is larger than 1024 KiB; content is written by hand; data belongs in a CSV file
features/inner: folders inside features are not read; move its files into features
features/link.md: is a symbolic link; put the file itself here
features/notes.txt: is not read; only .md files belong in features
roadmap: is not a folder; make it a folder of .md files
roadmap/activities.toml: cannot be read: not a directory
teams.toml: is not a regular file; put the file itself here
`
	if diff := cmp.Diff(want, problemsText(problems)); diff != "" {
		t.Error(diff)
	}
	if len(c.Teams) > 0 || len(c.Features) != 1 {
		t.Errorf("read %d teams, %d features", len(c.Teams), len(c.Features))
	}
}

// unreadableFS fails on one file.
type unreadableFS struct{ fstest.MapFS }

func (u unreadableFS) ReadFile(name string) ([]byte, error) {
	if name == "measures.toml" {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrPermission}
	}
	return u.MapFS.ReadFile(name)
}

func TestReadNamesUnreadableFiles(t *testing.T) {
	_, problems := Read(unreadableFS{mapFS(map[string]string{"measures.toml": ""})})
	if got, want := problemsText(problems), "measures.toml: cannot be read: permission denied\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFrontMatter(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"yaml":       {"---\ntitle: a\n---\n", "pages/a.md:1: front matter is YAML; write TOML between two lines of +++\n"},
		"none":       {"# Title\n", "pages/a.md:1: front matter is missing; begin the file with a line of +++, then TOML, then +++\n"},
		"empty file": {"", "pages/a.md:1: front matter is missing; begin the file with a line of +++, then TOML, then +++\n"},
		"open":       {"+++\ntitle = \"a\"\n", "pages/a.md:1: front matter is not closed; end it with a line of +++\n"},
		"line":       {"+++\n\ntitel = \"a\"\n+++\n", "pages/a.md:3: unknown key \"titel\"; did you mean \"title\"?\n"},
		"windows":    {"\ufeff+++\r\ntitle = \"a\"\r\n+++\r\nBody\r\n", ""},
		"body":       {"+++\n+++\ntext \xff\n", "pages/a.md:3: text is not UTF-8; save the file as UTF-8\n"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Read(mapFS(map[string]string{"pages/a.md": test.text}))
			if diff := cmp.Diff(test.want, problemsText(problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBrokenFilesHaveNoEchoes(t *testing.T) {
	_, problems := Read(mapFS(map[string]string{
		"roadmap/a.md":      "+++\nstatus = active\n+++\n",
		"features/b.md":     "no front matter",
		"decisions/c.md":    "+++\nfeature = \"b\"\ndecision = \"accept\"\nby = \"x\"\non = 2024-01-01\nreason = \"r\"\n+++\n",
		"research/ideas.md": "+++\nkind = \"job\"\ninitiatives = [\"a\"]\n+++\n",
	}))
	want := `features/b.md:1: front matter is missing; begin the file with a line of +++, then TOML, then +++
roadmap/a.md:2: value "active" is not a number, date or true/false; put text in quotes
`
	if diff := cmp.Diff(want, problemsText(problems)); diff != "" {
		t.Error(diff)
	}
}

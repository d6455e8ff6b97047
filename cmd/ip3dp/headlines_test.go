package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// past writes a git history, commit by commit, as input of git fast-import.
type past struct {
	bytes.Buffer
	marks int
}

// stamped is a person at a time as fast-import reads them.
func stamped(who string, at time.Time) string {
	return fmt.Sprintf("%s <%s@example.org> %d +0000\n", who, who, at.Unix())
}

// commit appends a commit to a branch and returns its mark. from is the mark of
// its parent, 0 for the branch's tip; merged are further parents.
func (p *past) commit(branch, who string, at time.Time, message, file string, from int, merged ...int) int {
	p.marks++
	fmt.Fprintf(p, "commit refs/heads/%s\nmark :%d\nauthor %scommitter %sdata %d\n%s\n", branch, p.marks, stamped(who, at), stamped(who, at), len(message), message)
	if from > 0 {
		fmt.Fprintf(p, "from :%d\n", from)
	}
	for _, m := range merged {
		fmt.Fprintf(p, "merge :%d\n", m)
	}
	content := strconv.Itoa(p.marks)
	fmt.Fprintf(p, "M 644 inline %s\ndata %d\n%s\n", file, len(content), content)
	return p.marks
}

// tag writes an annotated tag on the latest commit.
func (p *past) tag(name string, at time.Time) {
	fmt.Fprintf(p, "tag %s\nfrom :%d\ntagger %sdata 1\nr\n", name, p.marks, stamped("a", at))
}

// write makes a clone of the history in dir.
func (p *past) write(t *testing.T, dir string) {
	t.Helper()
	runGit(t, dir, "", "init", "-q", "-b", "main", ".")
	runGit(t, dir, p.String(), "fast-import", "--quiet")
}

func runGit(t *testing.T, dir, in string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Stdin = strings.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// day is 10 o'clock, UTC, so many days after a date.
func day(date string, after int) time.Time {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return at.AddDate(0, 0, after).Add(10 * time.Hour)
}

// weekly is a history of one commit a week by as many authors in turn.
func weekly(from string, weeks, authors int, each func(p *past, week int, at time.Time)) *past {
	p := &past{}
	for k := range weeks {
		at := day(from, 7*k)
		p.commit("main", "d"+strconv.Itoa(k%authors), at, fmt.Sprintf("work %d", k), "f", 0)
		if each != nil {
			each(p, k, at.Add(time.Hour))
		}
	}
	return p
}

// oddRepository is a repository, clone or folder that a first site is built of.
type oddRepository struct {
	name, now string
	// truth is what happened, by which the golden sentences are judged.
	truth string
	make  func(t *testing.T, dir string)
}

// cloned makes the folder a clone of the history with a first configuration.
func cloned(p func() *past) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		p().write(t, dir)
		runIn(t, dir, "init", "--yes", dir)
	}
}

// folder makes the folder content with these files and lines of configuration.
func folder(config string, files map[string]string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		runIn(t, dir, "init", "--yes", "--name", "X", dir)
		add(t, dir, "config.toml", config)
		for name, text := range files {
			add(t, dir, name, text)
		}
	}
}

// add appends to a file.
func add(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// runIn runs the command in this process and returns what it printed.
func runIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := start(args, nil, strings.NewReader(""), &out, &out); code != exit.Complete && code != exit.Partial {
		t.Fatalf("ip3dp %v: exit %d\n%s", args, code, &out)
	}
	return out.String()
}

const teamOfFour = "[[team]]\nid = \"shop\"\ndevelopers = 4\n[[team.owns]]\nrepository = \"o/shop\"\n"

// odd are young, small, partial and odd repositories.
var odd = []oddRepository{
	{
		"young", "2026-05-02", "64 weeks of work by four; releases v1.0.0 on 1 Mar 2025, v1.1.0 on 19 Jul, v1.2.0 on 6 Dec, v1.3.0 on 25 Apr 2026, v2.0.0 on 1 May 2026",
		cloned(func() *past {
			p := weekly("2025-03-01", 61, 4, func(p *past, k int, at time.Time) {
				if k%20 == 0 {
					p.tag(fmt.Sprintf("v1.%d.0", k/20), at)
				}
			})
			p.commit("main", "d1", day("2026-05-01", 0), "last", "f", 0)
			p.tag("v2.0.0", day("2026-05-01", 0).Add(time.Hour))
			return p
		}),
	},
	{
		"one author", "2026-03-16", "one author; a release every second week, v0.0 to v0.15, the last on 2 Mar 2026",
		cloned(func() *past {
			return weekly("2025-08-04", 31, 1, func(p *past, k int, at time.Time) {
				if k%2 == 0 {
					p.tag(fmt.Sprintf("v0.%d.0", k/2), at)
				}
			})
		}),
	},
	{
		"two authors", "2026-03-16", "two authors, who update the branch every week until 2 Mar 2026; no tags",
		cloned(func() *past { return weekly("2025-08-04", 31, 2, nil) }),
	},
	{
		"shallow clone", "2026-03-16", "four authors, a commit a week; the clone has the last three commits only, from 16 Feb 2026 on",
		func(t *testing.T, dir string) {
			whole := t.TempDir()
			weekly("2025-08-04", 31, 4, nil).write(t, whole)
			runGit(t, dir, "", "clone", "-q", "--depth", "3", "file://"+whole, "clone")
			runIn(t, dir, "init", "--yes", "--code", filepath.Join(dir, "clone"), dir)
		},
	},
	{
		"no tags, trunk-based", "2026-03-16", "four authors, one update of the branch a week, the last on 2 Mar 2026; four in the four weeks to 8 Mar",
		cloned(func() *past { return weekly("2025-08-04", 31, 4, nil) }),
	},
	{
		"a tag a year", "2026-03-16", "four authors; releases v1.0.0 on 2 Jan 2023, v2.0.0 on 1 Jan 2024, v3.0.0 on 30 Dec 2024 and v4.0.0 on 29 Dec 2025; a commit every week until 9 Mar 2026",
		cloned(func() *past {
			return weekly("2023-01-02", 167, 4, func(p *past, k int, at time.Time) {
				if k%52 == 0 {
					p.tag(fmt.Sprintf("v%d.0.0", 1+k/52), at)
				}
			})
		}),
	},
	{
		"two tags a commit", "2026-03-16", "one release a week, each tagged twice, two hours apart; four in the four weeks to 8 Mar 2026",
		cloned(func() *past {
			return weekly("2025-08-04", 31, 4, func(p *past, k int, at time.Time) {
				p.tag(fmt.Sprintf("v3.%d.0", k), at)
				p.tag(fmt.Sprintf("v0.3%d.0", k), at.Add(2*time.Hour))
			})
		}),
	},
	{
		"monorepo", "2026-03-16", "teams web and api; web is released every week (web@1.n.0), api every 20 weeks (api@1.n.0), the last on 9 Mar 2026",
		func(t *testing.T, dir string) {
			p := &past{}
			for k := range 41 {
				at := day("2025-06-02", 7*k)
				p.commit("main", "d"+strconv.Itoa(k%4), at, fmt.Sprintf("web %d", k), "web/f", 0)
				p.tag(fmt.Sprintf("web@1.%d.0", k), at.Add(30*time.Minute))
				p.commit("main", "d"+strconv.Itoa(k%3), at.Add(time.Hour), fmt.Sprintf("api %d", k), "api/f", 0)
				if k%20 == 0 {
					p.tag(fmt.Sprintf("api@1.%d.0", k), at.Add(2*time.Hour))
				}
			}
			clone := filepath.Join(dir, "mono")
			if err := os.Mkdir(clone, 0o755); err != nil {
				t.Fatal(err)
			}
			p.write(t, clone)
			runIn(t, dir, "init", "--yes", "--code", clone, dir)
			if err := os.Remove(filepath.Join(dir, "teams.toml")); err != nil {
				t.Fatal(err)
			}
			for _, team := range []string{"web", "api"} {
				add(t, dir, "teams.toml", fmt.Sprintf("[[team]]\nid = %q\ndevelopers = 5\n[[team.owns]]\nrepository = \"mono\"\npaths = [\"%s/**\"]\n", team, team))
			}
		},
	},
	{
		"dead for a year", "2026-03-16", "four authors; a release every two weeks until v1.15.0 on 13 Jan 2025, and no commit since",
		cloned(func() *past {
			return weekly("2024-06-17", 31, 4, func(p *past, k int, at time.Time) {
				if k%2 == 0 {
					p.tag(fmt.Sprintf("v1.%d.0", k/2), at)
				}
			})
		}),
	},
	{
		"only usage", "2024-11-11", "six of 40 developers used Buildpacks on 28 Oct 2024; nothing else is known",
		folder("[[usage]]\nfile = \"exports/usage.csv\"\n", map[string]string{
			"features/buildpacks.md": "+++\ntitle = \"Buildpacks\"\nowner = \"platform team\"\n[adoption]\nunit = \"developer\"\neligible = 40\neligible_on = 2024-10-01\nsource = \"usage\"\n+++\nx\n",
			"exports/usage.csv":      "feature,developer,date\nbuildpacks,a,2024-10-28\nbuildpacks,b,2024-10-28\nbuildpacks,c,2024-10-28\nbuildpacks,d,2024-10-28\nbuildpacks,e,2024-10-28\nbuildpacks,f,2024-10-28\n",
		}),
	},
	{
		"only a survey", "2024-11-11", "seven of eight developers answered on 15 Oct 2024: three promoters, two passives, two detractors, so +14",
		folder("", map[string]string{
			"teams.toml":          "[[team]]\nid = \"t\"\ndevelopers = 8\n",
			"surveys/autumn.toml": "title = \"Autumn\"\nfile = \"autumn.csv\"\nsent = 2024-10-15\nclosed = 2024-10-18\nnps = \"NPS\"\n[columns]\nat = \"Timestamp\"\n",
			"surveys/autumn.csv":  "Timestamp,NPS\n2024-10-15 01:12:00,9\n2024-10-15 02:12:00,10\n2024-10-15 03:12:00,9\n2024-10-15 04:12:00,8\n2024-10-15 05:12:00,6\n2024-10-15 06:12:00,3\n2024-10-15 07:12:00,7\n",
		}),
	},
	{
		"only a roadmap", "2024-11-11", "two initiatives with a RICE score; nothing was measured",
		folder("", map[string]string{
			"roadmap/one.md": "+++\ntitle = \"One\"\nstatus = \"idea\"\n[rice]\nreach = 20\nimpact = \"high\"\nconfidence = 90\neffort = 3\n+++\nx\n",
			"roadmap/two.md": "+++\ntitle = \"Two\"\nstatus = \"idea\"\n[rice]\nreach = 20\nimpact = \"low\"\nconfidence = 90\neffort = 3\n+++\nx\n",
		}),
	},
	{
		"deployments without incidents", "2026-03-16", "a team of four; 40 deployments of o/shop, one a week from 2 Jun 2025 to 2 Mar 2026; no changes, no incidents",
		folder("[[events]]\nkind = \"deployments\"\nfile = \"exports/deployments.csv\"\n", map[string]string{
			"teams.toml": teamOfFour,
			"exports/deployments.csv": func() string {
				var b strings.Builder
				b.WriteString("repository,id,environment,commit,created,finished,status\n")
				for k := range 40 {
					at := day("2025-06-02", 7*k)
					fmt.Fprintf(&b, "o/shop,%d,production,%040x,%s,%s,success\n", k, k+1, at.Format(time.RFC3339), at.Add(time.Minute).Format(time.RFC3339))
				}
				return b.String()
			}(),
		}),
	},
	{
		"empty repository", "2026-03-16", "a clone without a commit",
		func(t *testing.T, dir string) {
			runGit(t, dir, "", "init", "-q", "-b", "main", ".")
			runIn(t, dir, "init", "--yes", dir)
		},
	},
	{
		"three weeks old", "2026-03-16", "four authors, a commit a day from 22 Feb to 14 Mar 2026, no tags",
		cloned(func() *past {
			p := &past{}
			for k := range 21 {
				p.commit("main", "d"+strconv.Itoa(k%4), day("2026-02-22", k), "work", "f", 0)
			}
			return p
		}),
	},
	{
		"a library with 12 releases a year", "2026-03-16", "four authors, a commit a week; a release every fourth week, v1.0.0 on 3 Mar 2025 to v1.13.0 on 2 Mar 2026",
		cloned(func() *past {
			return weekly("2025-03-03", 54, 4, func(p *past, k int, at time.Time) {
				if k%4 == 0 {
					p.tag(fmt.Sprintf("v1.%d.0", k/4), at)
				}
			})
		}),
	},
}

// TestHeadlines holds the first sentences of odd repositories, and the tiles
// below them, to a golden file that tells the truth beside each.
func TestHeadlines(t *testing.T) {
	var b strings.Builder
	for _, o := range odd {
		dir := t.TempDir()
		o.make(t, dir)
		name := filepath.Join(dir, "config.toml")
		config, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// The names of releases and branches are not for the public.
		put(t, name, strings.Replace(string(config), `audience = "public"`, `audience = "organisation"`, 1))
		runIn(t, dir, "build", "--config", name, "--now", o.now)
		fmt.Fprintf(&b, "== %s, on %s\ntruth: %s\n%s\n", o.name, o.now, o.truth, lines(t, filepath.Join(dir, "public", "index.html")))
	}
	golden := filepath.Join("testdata", "headlines.golden")
	if *updateGolden {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the sentences differ from %s; run the test with -update and read the difference\n%s", golden, b.String())
	}
}

// lines are the first sentence of a health page, what stands below it, and each
// tile or strip in a line.
func lines(t *testing.T, page string) string {
	t.Helper()
	f, err := os.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	root, err := html.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		class := " " + attribute(n, "class") + " "
		switch {
		case n.Data == "h1", n.Data == "p" && strings.Contains(class, " sub "), n.Data == "article" && strings.Contains(class, " tile "):
			fmt.Fprintf(&b, "%s: %s\n", n.Data, seen(n))
		case n.Data == "section" && strings.Contains("adoption support satisfaction", attribute(n, "aria-labelledby")):
			fmt.Fprintf(&b, "%s: %s\n", n.Data, seen(n))
		case n.Data == "aside":
			fmt.Fprintf(&b, "%s: %s\n", n.Data, seen(n))
		}
	}
	return b.String()
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return "-"
}

// seen is the text of a node, in one line.
func seen(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data + " ")
		}
	}
	return strings.TrimSpace(spaces.ReplaceAllString(b.String(), " "))
}

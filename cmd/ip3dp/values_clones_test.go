package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clone writes a git history, as the text of one git fast-import.
type clone struct {
	stream strings.Builder
	marks  int
	people int            // authors that take turns
	heads  map[string]int // mark of each branch's last commit
	now    time.Time
}

// newClone begins a history whose authors take turns. It ends on 2 May 2026.
func newClone(people int) *clone {
	return &clone{people: people, heads: map[string]int{}, now: time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC)}
}

// ago is a time of day some days before the end.
func (c *clone) ago(days, hour int) time.Time {
	return c.now.AddDate(0, 0, -days).Add(time.Duration(hour) * time.Hour)
}

// commit adds a commit with that file to a branch, which begins where from is if
// it is new.
func (c *clone) commit(branch, from string, at time.Time, message, file string) {
	if c.heads[branch] == 0 {
		c.heads[branch] = c.heads[from]
	}
	c.add(branch, at, message, fmt.Sprintf("M 100644 inline %s\ndata %d\n%s\n", file, len(message), message), 0)
}

// merge merges a branch into another, with a merge commit.
func (c *clone) merge(into, branch string, at time.Time, message string) {
	c.add(into, at, message, "", c.heads[branch])
}

func (c *clone) add(branch string, at time.Time, message, files string, merged int) {
	c.marks++
	who := fmt.Sprintf("dev%d <dev%[1]d@acme.example> %d +0000", (c.marks+c.marks/c.people)%c.people, at.Unix())
	fmt.Fprintf(&c.stream, "commit refs/heads/%s\nmark :%d\nauthor %s\ncommitter %[3]s\ndata %d\n%s\n", branch, c.marks, who, len(message), message)
	if parent := c.heads[branch]; parent != 0 {
		fmt.Fprintf(&c.stream, "from :%d\n", parent)
	}
	if merged != 0 {
		fmt.Fprintf(&c.stream, "merge :%d\n", merged)
	}
	c.stream.WriteString(files + "\n")
	c.heads[branch] = c.marks
}

// tag puts an annotated tag on a branch's last commit.
func (c *clone) tag(name, branch string, at time.Time) {
	fmt.Fprintf(&c.stream, "tag %s\nfrom :%d\ntagger dev0 <dev0@acme.example> %d +0000\ndata 1\nr\n", name, c.heads[branch], at.Unix())
}

// write makes the clone in a new folder. depth > 0 cuts its history.
func (c *clone) write(t *testing.T, name string, depth int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "init", "-q", "-b", "main")
	cmd := exec.Command("git", "fast-import", "--quiet", "--date-format=raw")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(c.stream.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git fast-import: %v\n%s", err, out)
	}
	gitIn(t, dir, "reset", "-q", "--hard", "main")
	if depth == 0 {
		return dir
	}
	cut := filepath.Join(t.TempDir(), name)
	gitIn(t, dir, "clone", "-q", "--depth", fmt.Sprint(depth), "file://"+dir, cut)
	return cut
}

// smallClones are eight ways to work, each a year or less of weekly releases.
var smallClones = []struct {
	name  string
	depth int    // 0: all of the history
	teams string // teams.toml; "": what init makes
	make  func() *clone
}{
	{"young", 0, "", func() *clone { // ten weeks old, two releases in the last eight days, two authors
		c := newClone(2)
		for d := 70; d > 1; d -= 5 {
			c.commit("main", "", c.ago(d, 10), fmt.Sprint("work of day ", d), "f")
		}
		c.tag("v0.1.0", "main", c.ago(8, 12))
		c.commit("main", "", c.ago(1, 10), "the last", "f")
		c.tag("v0.2.0", "main", c.ago(1, 12))
		return c
	}},
	{"one-author", 0, "", func() *clone { // a release a week by one person
		c := newClone(1)
		for w := 40; w > 0; w-- {
			c.commit("main", "", c.ago(7*w, 10), fmt.Sprint("week ", w), "f")
			c.tag(fmt.Sprintf("v1.%d.0", 40-w), "main", c.ago(7*w, 14))
		}
		return c
	}},
	{"shallow", 40, "", merges}, // merge commits, history cut at 40 commits
	{"squash", 0, "", func() *clone { // every request is one commit on the branch
		c := newClone(5)
		for d := 200; d > 0; d -= 2 {
			c.commit("main", "", c.ago(d, 10), fmt.Sprintf("Change %d (#%d)", d, 300-d), "f")
			if d%8 == 0 {
				c.tag(fmt.Sprintf("v2.%d.0", (200-d)/8), "main", c.ago(d, 15))
			}
		}
		return c
	}},
	{"git-flow", 0, "", func() *clone { // features into develop, develop into main once a week
		c := newClone(4)
		c.commit("main", "", c.ago(365, 8), "begin", "f")
		c.commit("develop", "main", c.ago(365, 9), "begin to develop", "g")
		for w, n := 50, 1; w > 0; w-- {
			for k := range 3 {
				branch := fmt.Sprintf("feature/w%d-%d", w, k)
				c.commit(branch, "develop", c.ago(7*w+5-k, 10), "work on "+branch, branch)
				c.merge("develop", branch, c.ago(7*w+4-k, 11), fmt.Sprintf("Merge pull request #%d from acme/%s", n, branch))
				n++
			}
			c.merge("main", "develop", c.ago(7*w, 12), fmt.Sprintf("Merge pull request #%d from acme/develop", n))
			n++
			c.tag(fmt.Sprintf("v%d.0.0", 51-w), "main", c.ago(7*w, 13))
		}
		return c
	}},
	{"monorepo", 0, monorepoTeams, func() *clone { // web is released weekly, api every fourth week
		c := newClone(4)
		for w := 40; w > 0; w-- {
			c.commit("main", "", c.ago(7*w, 10), fmt.Sprint("web ", w), "web/f")
			c.tag(fmt.Sprintf("web@1.%d.0", 40-w), "main", c.ago(7*w, 11))
			c.commit("main", "", c.ago(7*w, 12), fmt.Sprint("api ", w), "api/f")
			if w%4 == 0 {
				c.tag(fmt.Sprintf("api@1.%d.0", 40-w), "main", c.ago(7*w, 13))
			}
		}
		return c
	}},
	{"trunk", 0, "", func() *clone { // no tags: every commit on the branch is all there is
		c := newClone(6)
		for d := 180; d > 0; d-- {
			c.commit("main", "", c.ago(d, 10), fmt.Sprint("day ", d), "f")
		}
		return c
	}},
	{"hotfix", 0, "", func() *clone { // every fourth release is mended the next day
		c := newClone(5)
		c.commit("main", "", c.ago(366, 8), "begin", "f")
		for w, n := 52, 1; w > 0; w-- {
			branch := fmt.Sprint("feature/", w)
			c.commit(branch, "main", c.ago(7*w+1, 9), "work on "+branch, branch)
			c.merge("main", branch, c.ago(7*w, 10), fmt.Sprintf("Merge pull request #%d from acme/%s", n, branch))
			c.tag(fmt.Sprintf("v1.%d.0", 52-w), "main", c.ago(7*w, 11))
			n++
			if w%4 == 0 {
				branch = fmt.Sprint("hotfix/", w)
				c.commit(branch, "main", c.ago(7*w-1, 9), "mend "+branch, branch)
				c.merge("main", branch, c.ago(7*w-1, 10), fmt.Sprintf("Merge pull request #%d from acme/%s", n, branch))
				c.tag(fmt.Sprintf("v1.%d.1", 52-w), "main", c.ago(7*w-1, 11))
				n++
			}
		}
		return c
	}},
}

// merges is a history of merged requests, two a week, a release a week.
func merges() *clone {
	c := newClone(4)
	c.commit("main", "", c.ago(365, 8), "begin", "f")
	for w, n := 50, 1; w > 0; w-- {
		for k := range 2 {
			branch := fmt.Sprintf("topic-%d-%d", w, k)
			c.commit(branch, "main", c.ago(7*w+3-k, 9), "work on "+branch, branch)
			c.merge("main", branch, c.ago(7*w+2-k, 16), fmt.Sprintf("Merge pull request #%d from acme/%s", n, branch))
			n++
		}
		c.tag(fmt.Sprintf("v1.%d.0", 51-w), "main", c.ago(7*w, 12))
	}
	return c
}

const monorepoTeams = `[[team]]
id = "web"
developers = 5
[[team.owns]]
repository = "monorepo"
paths = ["web/**"]
[[team]]
id = "api"
developers = 5
[[team.owns]]
repository = "monorepo"
paths = ["api/**"]
`

package proof_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	export "github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/org"
)

// matrixRepo is the repository of the small stories.
const matrixRepo = testkit.StoryOrganisation + "/shop"

// small is a story of three deployments: of the first commit, of request 1 ("Add
// thing"), and of what a rule is about.
type small struct {
	w *testkit.World
	r *testkit.Repository
}

func matrixDay(d, hour int) time.Time { return time.Date(2025, 3, d, hour, 0, 0, 0, time.UTC) }

func newSmall() *small {
	r := &testkit.Repository{
		ID: 1, Names: []testkit.Name{{Full: matrixRepo, From: matrixDay(1, 0)}}, Created: matrixDay(1, 0), DefaultBranch: "main",
	}
	s := &small{r: r, w: &testkit.World{
		Organisation: testkit.StoryOrganisation, From: matrixDay(1, 0), To: matrixDay(20, 0), Repositories: []*testkit.Repository{r},
		People: []testkit.Person{
			{Login: "ana", Name: "Ana", Email: "ana@acme.example"},
			{Login: "ben", Name: "Ben", Email: "ben@acme.example"},
			{Login: "dependabot[bot]", Name: "dependabot[bot]", Email: "49699333+dependabot[bot]@users.noreply.github.com", Bot: true},
		},
	}}
	s.push(s.commit("ana", matrixDay(1, 9), "Begin", 0), matrixDay(1, 9))
	s.deploy(matrixDay(1, 10))
	s.merge(s.request("ana", "Add thing", "add-thing", 3), testkit.Merge)
	s.deploy(matrixDay(3, 15))
	return s
}

func (s *small) head() string { return s.r.Heads[len(s.r.Heads)-1].SHA }

func (s *small) commit(author string, at time.Time, message string, request int, parents ...string) string {
	sha := fmt.Sprintf("%040x", 0xc0ffee00+len(s.r.Commits))
	c := testkit.Commit{SHA: sha, Parents: parents, Author: author, AuthorTime: at, CommitTime: at, Message: message, Request: request}
	s.r.Commits = append(s.r.Commits, c)
	return sha
}

func (s *small) push(sha string, at time.Time) {
	s.r.Heads = append(s.r.Heads, testkit.Head{SHA: sha, At: at})
}

// request opens a request of two commits on that day.
func (s *small) request(author, title, head string, day int) *testkit.Request {
	n := len(s.r.Requests) + 1
	q := testkit.Request{
		ID: int64(100 + n), Number: n, Author: author, Title: title, Opened: matrixDay(day, 9), Base: "main", Head: head,
	}
	parent := s.head()
	for i := range 2 {
		at := matrixDay(day, 7+i)
		parent = s.commit(author, at, fmt.Sprintf("%s, part %d", head, i+1), n, parent)
		q.Commits = append(q.Commits, testkit.Pushed{SHA: parent, At: q.Opened})
	}
	s.r.Requests = append(s.r.Requests, q)
	return &s.r.Requests[n-1]
}

// merge lands a request on the default branch at two in the afternoon.
func (s *small) merge(q *testkit.Request, method testkit.Method) {
	at := matrixDay(q.Opened.Day(), 14)
	q.Merged, q.Method = at, method
	owner := testkit.StoryOrganisation
	if q.Fork != "" {
		owner, _, _ = strings.Cut(q.Fork, "/")
	}
	if method == testkit.Squash {
		q.MergeCommit = s.commit(q.Author, at, fmt.Sprintf("%s (#%d)", q.Title, q.Number), q.Number, s.head())
		q.Landed = []string{q.MergeCommit}
	} else {
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", q.Number, owner, q.Head, q.Title)
		if q.Reverts != 0 {
			message += fmt.Sprintf("\n\nReverts %s#%d", matrixRepo, q.Reverts)
		}
		q.MergeCommit = s.commit(q.Author, at, message, q.Number, s.head(), q.Commits[len(q.Commits)-1].SHA)
		for _, c := range q.Commits {
			q.Landed = append(q.Landed, c.SHA)
		}
	}
	s.push(q.MergeCommit, at)
}

func (s *small) deploy(at time.Time) {
	s.r.Deployments = append(s.r.Deployments, testkit.Deployment{
		ID: int64(500 + len(s.r.Deployments)), Environment: "production", SHA: s.head(), Ref: "main", Creator: "ana", Created: at,
		Statuses: []testkit.Status{{State: "success", At: at.Add(5 * time.Minute)}}, Payload: "{}",
	})
}

// gitFlow merges request 2 into develop and develop into main, by request 3.
func (s *small) gitFlow() {
	q := s.request("ben", "Feature", "feature", 5)
	at := matrixDay(5, 12)
	q.Base, q.Merged, q.Method = "develop", at, testkit.Merge
	q.MergeCommit = s.commit("ben", at, "Merge pull request #2 from acme/feature\n\nFeature", 2, s.head(), q.Commits[1].SHA)
	q.Landed = []string{q.Commits[0].SHA, q.Commits[1].SHA}
	inner := *q
	s.r.Requests = append(s.r.Requests, testkit.Request{
		ID: 103, Number: 3, Author: "ana", Title: "Release", Opened: matrixDay(5, 13), Base: "main", Head: "develop",
		Commits: append(slices.Clone(inner.Commits), testkit.Pushed{SHA: inner.MergeCommit, At: at}),
	})
	s.merge(&s.r.Requests[2], testkit.Merge)
}

// rule is a row of the table: a story, and whether the numbers show it.
type rule struct {
	name  string
	tell  func(s *small)
	shown func(last *dora.Delivery) bool
}

// second merges request 2, changed by set.
func second(method testkit.Method, set func(*testkit.Request)) func(*small) {
	return func(s *small) {
		q := s.request("ben", "Second", "second", 5)
		set(q)
		s.merge(q, method)
	}
}

func fixes(e dora.Evidence) func(*dora.Delivery) bool {
	return func(d *dora.Delivery) bool { return d.FixOf == e }
}

// only holds a delivery to one change that counts.
func only(holds func(*org.Change) bool) func(*dora.Delivery) bool {
	return func(d *dora.Delivery) bool { return len(d.Changes) == 1 && holds(d.Changes[0].Change) }
}

var matrix = []rule{
	{"hotfix, by branch", second("merge", func(q *testkit.Request) { q.Head = "hotfix/1.2" }), fixes(dora.Hotfix)},
	{"hotfix, by label", second("merge", func(q *testkit.Request) {
		q.Labels = []testkit.Label{{Name: "hotfix", Added: q.Opened}}
	}), fixes(dora.Hotfix)},
	{"hotfix, by title", second("merge", func(q *testkit.Request) { q.Title = "Hotfix: stop it" }), fixes(dora.Hotfix)},
	{"revert, by its description", second("merge", func(q *testkit.Request) { q.Reverts = 1 }), fixes(dora.Revert)},
	{"revert, by the original's title", second("merge", func(q *testkit.Request) { q.Title = `Revert "Add thing"` }), fixes(dora.Revert)},
	{"revert, by the number in its title", second("merge", func(q *testkit.Request) { q.Title = `Revert "Thing (#1)"` }), fixes(dora.Revert)},
	{"revert, by its branch", second("merge", func(q *testkit.Request) { q.Head = "revert-1-add-thing" }), fixes(dora.Revert)},
	{"draft", second("merge", func(q *testkit.Request) { q.Draft, q.Ready = true, matrixDay(5, 11) }), only(func(c *org.Change) bool {
		return c.Ready.Equal(matrixDay(5, 11))
	})},
	{"first review", second("merge", func(q *testkit.Request) {
		q.Reviews = []testkit.Review{{Author: "ana", State: "approved", At: matrixDay(5, 12)}}
	}), only(func(c *org.Change) bool { return c.FirstReview.Equal(matrixDay(5, 12)) })},
	{"bot", func(s *small) { s.merge(s.request("dependabot[bot]", "Bump", "bump", 5), testkit.Merge) }, only(func(c *org.Change) bool {
		return c.Lane == org.Automation
	})},
	{"squash merge, as one change", second("squash", func(*testkit.Request) {}), only(func(c *org.Change) bool { return c.ID == "2" })},
	{"squash merge, from its first commit", second("squash", func(*testkit.Request) {}), only(func(c *org.Change) bool {
		return c.FirstCommit.Equal(matrixDay(5, 7))
	})},
	{"commit without a request", func(s *small) {
		s.push(s.commit("ben", matrixDay(5, 9), "Straight", 0, s.head()), matrixDay(5, 9))
	}, only(func(c *org.Change) bool { return c.Opened.IsZero() && c.FirstCommit.Equal(matrixDay(5, 9)) })},
	{"git-flow: the request counts, its carrier does not", (*small).gitFlow, func(d *dora.Delivery) bool {
		return len(d.Changes) == 1 && d.Changes[0].Change.ID == "2" && len(d.Carriers) == 1
	}},
	{"a fork's branch is not long-lived", second("merge", func(q *testkit.Request) { q.Head, q.Fork = "develop", "ben/shop" }), only(func(c *org.Change) bool {
		return c.ID == "2"
	})},
}

// matrixSources are the columns of the table.
var matrixSources = []struct {
	name string
	read func(t *testing.T, s *small) fact.Events
}{
	{"git", readClone},
	{"CSV", func(t *testing.T, s *small) fact.Events { return readExports(t, s, asCSV) }},
	{"JSON", func(t *testing.T, s *small) fact.Events { return readExports(t, s, asJSON) }},
	{"GitHub", func(t *testing.T, s *small) fact.Events { return readForge(t, s, 0) }},
	{"GitLab", func(t *testing.T, s *small) fact.Events { return readForge(t, s, 1) }},
}

// TestEveryRuleOnEverySource tells each rule's story through every source, and holds
// the table of docs/sources.md to what its numbers show.
func TestEveryRuleOnEverySource(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("| rule |")
	for _, source := range matrixSources {
		fmt.Fprintf(&table, " %s |", source.name)
	}
	table.WriteString("\n|---|" + strings.Repeat("---|", len(matrixSources)) + "\n")
	for _, rule := range matrix {
		fmt.Fprintf(&table, "| %s |", rule.name)
		for _, source := range matrixSources {
			s := newSmall()
			rule.tell(s)
			s.deploy(matrixDay(5, 18))
			word := "missing"
			if rule.shown(lastDelivery(t, rule.name+" through "+source.name, source.read(t, s))) {
				word = "yes"
			}
			fmt.Fprintf(&table, " %s |", word)
		}
		table.WriteString("\n")
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), table.String()) {
		t.Errorf("docs/sources.md has another table than this:\n%s", table.String())
	}
}

// lastDelivery measures facts and returns the last of three deployments.
func lastDelivery(t *testing.T, what string, e fact.Events) *dora.Delivery {
	t.Helper()
	o := dora.Defaults()
	o.HotfixTitle = "(?i)^hotfix"
	calendar := org.Calendar{AsOf: matrixDay(20, 0), MaturityDays: 7}
	organisation, err := org.Resolve(org.Options{Calendar: calendar, LongLived: org.DefaultLongLived, HotfixBranch: o.HotfixBranch}, fact.Content{}, e)
	if err != nil {
		t.Fatal(err)
	}
	result, err := dora.Measure(o, organisation)
	if err != nil {
		t.Fatal(err)
	}
	for i := range result.Linked {
		if ds := result.Linked[i].Deliveries; len(ds) == 3 {
			return &ds[2]
		}
	}
	t.Fatalf("%s: not three deployments", what)
	return nil
}

func readForge(t *testing.T, s *small, forge int) fact.Events {
	t.Helper()
	var m testkit.Memory
	k := forges()[forge]
	if _, err := k.sync(t, &m, s.w, s.w.To, nil, 0); err != nil {
		t.Fatal(err)
	}
	e := m.Events(source, collect.Window{From: s.w.From, To: s.w.To})
	e.Syncs = append(e.Syncs, fact.Sync{Source: source})
	return e
}

// readClone writes the story into a repository, each deployment as a tag.
func readClone(t *testing.T, s *small) fact.Events {
	t.Helper()
	dir := t.TempDir()
	run := func(in string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
		cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	var in strings.Builder
	marks := map[string]int{}
	for i, c := range s.r.Commits {
		marks[c.SHA] = i + 1
		p := s.w.Person(c.Author)
		fmt.Fprintf(&in, "commit refs/heads/story-%d\nmark :%d\nauthor %s <%s> %d +0000\ncommitter %s <%s> %d +0000\ndata %d\n%s\n",
			i, i+1, p.Name, p.Email, c.AuthorTime.Unix(), p.Name, p.Email, c.CommitTime.Unix(), len(c.Message), c.Message)
		for k, parent := range c.Parents {
			fmt.Fprintf(&in, "%s :%d\n", []string{"from", "merge"}[k], marks[parent])
		}
		in.WriteString("\n")
	}
	for i, d := range s.r.Deployments {
		fmt.Fprintf(&in, "tag v1.%d.0\nfrom :%d\ntagger Ana <ana@acme.example> %d +0000\ndata 1\nx\n", i, marks[d.SHA], d.Created.Unix())
	}
	fmt.Fprintf(&in, "reset refs/heads/main\nfrom :%d\n\n", marks[s.head()])
	run("", "init", "-q", "-b", "main", ".")
	run(in.String(), "fast-import", "--quiet")
	e, err := git.New("clone", git.Options{Path: dir, Repository: matrixRepo}).Collect(t.Context(), collect.Window{To: s.w.To})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// readExports reads the story from a table of each kind.
func readExports(t *testing.T, s *small, write func([]map[string]string) string) fact.Events {
	t.Helper()
	stamp := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	var changes, commits, deployments []map[string]string
	for i := range s.r.Requests {
		q := &s.r.Requests[i]
		row := map[string]string{
			"id": fmt.Sprint(q.Number), "title": q.Title, "author": q.Author, "branch": q.Base, "head_branch": q.Head, "head_repository": q.Fork,
			"opened": stamp(q.Opened), "ready": stamp(q.Ready), "merged": stamp(q.Merged), "merge_commit": q.MergeCommit,
			"first_commit": stamp(s.r.Commit(q.Commits[0].SHA).AuthorTime),
		}
		for _, l := range q.Labels {
			row["labels"] = l.Name
		}
		for _, v := range q.Reviews {
			row["first_review"] = stamp(v.At)
		}
		if q.Reverts != 0 {
			row["body"] = fmt.Sprintf("Reverts %s#%d", matrixRepo, q.Reverts)
		}
		var shas []string
		for _, c := range q.Commits {
			shas = append(shas, c.SHA)
		}
		row["commits"], row["head"] = strings.Join(shas, " "), shas[len(shas)-1]
		changes = append(changes, row)
	}
	for _, c := range s.r.Reachable(s.head()) {
		commits = append(commits, map[string]string{
			"sha": c.SHA, "parents": strings.Join(c.Parents, " "), "author": c.Author, "author_time": stamp(c.AuthorTime),
			"commit_time": stamp(c.CommitTime), "message": c.Message,
		})
	}
	for _, d := range s.r.Deployments {
		deployments = append(deployments, map[string]string{
			"id": fmt.Sprint(d.ID), "environment": d.Environment, "commit": d.SHA, "created": stamp(d.Created),
			"finished": stamp(d.Statuses[0].At), "status": "success",
		})
	}
	var all fact.Events
	for kind, rows := range map[export.Kind][]map[string]string{export.Changes: changes, export.Commits: commits, export.Deployments: deployments} {
		text := write(rows)
		file := tabular.File{Path: string(kind), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
		source, err := export.New(string(kind), kind, file, export.Options{Repository: matrixRepo})
		if err != nil {
			t.Fatal(err)
		}
		e, err := source.Collect(t.Context(), collect.Window{From: s.w.From, To: s.w.To})
		if err != nil {
			t.Fatal(err)
		}
		if im := e.Imports[0]; im.Read != im.Used {
			t.Fatalf("%s: %+v", kind, im.Rejected)
		}
		all.Merge(e)
	}
	return all
}

func asCSV(rows []map[string]string) string {
	columns := map[string]bool{}
	for _, row := range rows {
		for name := range row {
			columns[name] = true
		}
	}
	var header []string
	for name := range columns {
		header = append(header, name)
	}
	slices.Sort(header)
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(header) // into memory
	for _, row := range rows {
		var cells []string
		for _, name := range header {
			cells = append(cells, row[name])
		}
		_ = w.Write(cells) // into memory
	}
	w.Flush()
	return b.String()
}

func asJSON(rows []map[string]string) string {
	var b strings.Builder
	for _, row := range rows {
		line, err := json.Marshal(row)
		if err != nil {
			panic(err) // strings can be marshalled
		}
		b.Write(line)
		b.WriteString("\n")
	}
	return b.String()
}

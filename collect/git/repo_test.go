package git_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
)

// TestMain keeps the configuration of whoever runs the tests out of them, and
// git's housekeeping, which doubles the time of every commit.
func TestMain(m *testing.M) {
	set := map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "2",
		"GIT_CONFIG_KEY_0": "maintenance.auto", "GIT_CONFIG_VALUE_0": "false",
		"GIT_CONFIG_KEY_1": "init.templateDir", "GIT_CONFIG_VALUE_1": "",
	}
	for name, value := range set {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// day is the n-th day of the tests' calendar, at noon.
func day(n int) time.Time { return time.Date(2024, 1, n, 12, 0, 0, 0, time.UTC) }

// window ends long after everything that the tests write.
var window = collect.Window{From: day(1), To: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}

// repo is a small real repository. Commits, branches, merges and tags are
// gathered and written by one git fast-import, which is far quicker than a
// process for each; flush does so, and whatever needs the repository calls it.
type repo struct {
	t       *testing.T
	dir     string
	now     time.Time // of the next commit or annotated tag
	author  string
	current string          // branch
	stream  strings.Builder // for fast-import
	written map[string]bool // branches that were flushed
	begun   map[string]bool // branches that the stream has begun
}

// newRepo makes an empty repository whose default branch is main.
func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{
		t: t, dir: t.TempDir(), now: day(1), author: "Ann <ann@example.com>", current: "main",
		written: map[string]bool{}, begun: map[string]bool{},
	}
	r.git("init", "-q", "-b", "main", ".")
	return r
}

// git runs git on what was written so far.
func (r *repo) git(args ...string) string {
	r.t.Helper()
	r.flush()
	return r.run("", args...)
}

func (r *repo) run(stdin string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	name, email, _ := strings.Cut(strings.TrimSuffix(r.author, ">"), " <")
	cmd.Dir = r.dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = append(cmd.Environ(), "GIT_AUTHOR_NAME="+name, "GIT_AUTHOR_EMAIL="+email,
		"GIT_COMMITTER_NAME=Com", "GIT_COMMITTER_EMAIL=com@example.com",
		"GIT_AUTHOR_DATE="+r.date(), "GIT_COMMITTER_DATE="+r.date())
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) date() string { return fmt.Sprintf("%d +0200", r.now.Unix()) }

func (r *repo) flush() {
	r.t.Helper()
	if r.stream.Len() == 0 {
		return
	}
	text := r.stream.String()
	r.stream.Reset()
	r.run(text, "fast-import", "--quiet", "--date-format=raw")
	head := "ref: refs/heads/" + r.current + "\n"
	if err := os.WriteFile(filepath.Join(r.dir, ".git", "HEAD"), []byte(head), 0o644); err != nil {
		r.t.Fatal(err)
	}
	maps.Copy(r.written, r.begun)
	clear(r.begun)
}

// commit commits no files on day n.
func (r *repo) commit(n int, message string) { r.merge(n, message) }

// merge merges branches into the current one with a merge commit on day n.
func (r *repo) merge(n int, message string, branches ...string) {
	r.now = day(n)
	fmt.Fprintf(&r.stream, "commit refs/heads/%s\nauthor %s %s\ncommitter Com <com@example.com> %s\n%s",
		r.current, r.author, r.date(), r.date(), data(message))
	if r.written[r.current] && !r.begun[r.current] {
		fmt.Fprintf(&r.stream, "from refs/heads/%s^0\n", r.current)
	}
	r.begun[r.current] = true
	for _, b := range branches {
		fmt.Fprintf(&r.stream, "merge refs/heads/%s\n", b)
	}
	r.stream.WriteString("\n")
}

func data(message string) string { return fmt.Sprintf("data %d\n%s\n\n", len(message)+1, message) }

func (r *repo) head() string { r.t.Helper(); return r.git("rev-parse", "HEAD") }

// branch makes a branch at the current commit, or another, and goes there.
func (r *repo) branch(name string, from ...string) {
	fmt.Fprintf(&r.stream, "reset refs/heads/%s\nfrom %s\n\n", name, r.commitish(from))
	r.current, r.begun[name] = name, true
}

func (r *repo) to(branch string) { r.current = branch }

// tag makes an annotated tag on day n, or a lightweight one if n is 0.
func (r *repo) tag(n int, name string, at ...string) {
	if n == 0 {
		fmt.Fprintf(&r.stream, "reset refs/tags/%s\nfrom %s\n\n", name, r.commitish(at))
		return
	}
	r.now = day(n)
	fmt.Fprintf(&r.stream, "tag %s\nfrom %s\ntagger %s %s\n%s", name, r.commitish(at), r.author, r.date(), data(name))
}

func (r *repo) commitish(at []string) string {
	if len(at) > 0 {
		return "refs/heads/" + at[0]
	}
	return "refs/heads/" + r.current
}

func (r *repo) write(path, content string) {
	r.t.Helper()
	full := filepath.Join(r.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// collectAll reads the repository and fails the test on an error.
func (r *repo) collectAll(o git.Options) fact.Events {
	r.t.Helper()
	r.flush()
	if o.Path == "" {
		o.Path = r.dir
	}
	if o.Repository == "" {
		o.Repository = "acme/shop"
	}
	events, err := git.New("local", o).Collect(context.Background(), window)
	if err != nil {
		r.t.Fatal(err)
	}
	return events
}

// words maps every commit to the first word of its message.
func words(t *testing.T, dir string) map[string]string {
	t.Helper()
	cmd := exec.Command("git", "log", "--all", "--reflog", "--format=%H %s")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for line := range strings.Lines(string(out)) {
		sha, subject, _ := strings.Cut(strings.TrimSpace(line), " ")
		names[sha], _, _ = strings.Cut(subject, " ")
	}
	return names
}

// story tells events in a few lines, commits by the first word of their message
// and dates by their day.
type story struct {
	names map[string]string
	lines []string
}

func tell(t *testing.T, dir string) *story {
	t.Helper()
	return &story{names: words(t, dir)}
}

func (s *story) name(id string) string {
	if n, ok := s.names[id]; ok {
		return n
	}
	return id
}

func (s *story) list(shas []string) string {
	var names []string
	for _, sha := range shas {
		names = append(names, s.name(sha))
	}
	return strings.Join(names, ",")
}

func date(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return fmt.Sprint(int(t.Sub(day(1)).Hours()/24) + 1)
}

func (s *story) changes(all []fact.Change) *story {
	for _, c := range all {
		line := fmt.Sprintf("%s first %s merged %s commits %s by %s",
			s.name(c.ID), date(c.FirstCommit), date(c.Merged), s.list(c.Commits), strings.Join(c.Authors, ","))
		if c.Reverts != "" {
			line += " reverts " + s.name(c.Reverts)
		}
		if c.Paths != nil {
			line += " paths " + strings.Join(c.Paths, ",")
		}
		s.lines = append(s.lines, line)
	}
	return s
}

func (s *story) deployments(all []fact.Deployment) *story {
	for _, d := range all {
		line := fmt.Sprintf("%s %s of %s on %s", d.Environment, s.name(d.ID), s.name(d.Commit), date(d.Finished()))
		if d.Service != "" {
			line += " service " + d.Service
		}
		s.lines = append(s.lines, line)
	}
	return s
}

func (s *story) imports(all []fact.Import) *story {
	for _, i := range all {
		line := fmt.Sprintf("%s read %d used %d", i.Kind, i.Read, i.Used)
		for _, r := range i.Rejected {
			line += fmt.Sprintf("; %d %s", r.Count, r.Reason)
		}
		s.lines = append(s.lines, line)
		for _, n := range i.Notes {
			s.lines = append(s.lines, "  note: "+n)
		}
	}
	return s
}

func (s *story) gaps(all []fact.Gap) *story {
	for _, g := range all {
		s.lines = append(s.lines, fmt.Sprintf("gap %s–%s: %s → %s", date(g.From), date(g.To), g.Reason, g.Next))
	}
	return s
}

// is compares the story with its expected lines.
func (s *story) is(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(s.lines, want) {
		t.Errorf("got:\n\t%s\nwant:\n\t%s", strings.Join(s.lines, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// reconciled checks that every import line adds up.
func reconciled(t *testing.T, e fact.Events) {
	t.Helper()
	for _, i := range e.Imports {
		sum := i.Used
		for _, r := range i.Rejected {
			sum += r.Count
		}
		if sum != i.Read {
			t.Errorf("%s: read %d, but used and rejected are %d", i.Kind, i.Read, sum)
		}
	}
}

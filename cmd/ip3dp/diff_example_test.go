package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

var updateGolden = flag.Bool("update", false, "rewrite the golden files and the comments in docs/pull-requests.md")

// copyExample copies the example's configuration and content.
func copyExample(dir string) error {
	config, err := os.ReadFile("../../config.toml")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), config, 0o600); err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(dir, "site"), os.DirFS("../../site"))
}

// pullRequest is a clone of the example whose working tree is the branch of a pull
// request, and whose main is what it is compared with.
func pullRequest(tb testing.TB) string {
	tb.Helper()
	if _, err := exampleSite(); err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	if err := copyExample(dir); err != nil {
		tb.Fatal(err)
	}
	gitIn(tb, dir, "init", "-q", "-b", "main")
	gitIn(tb, dir, "add", "-A")
	gitIn(tb, dir, "commit", "-q", "-m", "the example")
	put(tb, filepath.Join(dir, "measured.json"), string(publishedExample))
	return dir
}

func gitIn(tb testing.TB, dir string, args ...string) {
	tb.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "gc.auto=0"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
}

// edit replaces text that must be there once.
func edit(tb testing.TB, name, old, text string) {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	if strings.Count(string(data), old) != 1 {
		tb.Fatalf("%s has %q %d times", name, old, strings.Count(string(data), old))
	}
	put(tb, name, strings.Replace(string(data), old, text, 1))
}

// pullRequestPages are the pages of the documentation that show the examples.
var pullRequestPages = []string{"../../docs/pull-requests.md", "../../docs/pull-request-comments.md"}

// examples are pull requests on the example, as pullRequestPages show them.
var examples = []struct {
	name string
	edit func(tb testing.TB, site string)
	code exit.Code
}{
	{"score", func(tb testing.TB, site string) {
		name := filepath.Join(site, "roadmap", "auto-deploy-on-merge.md")
		edit(tb, name, "effort = 3\n", "effort = 2\n")
		edit(tb, name, "effort_range = [2, 4.5]", "effort_range = [1.3, 3]")
	}, exit.Complete},
	{"point", editExample("roadmap/auto-deploy-on-merge.md", "effort = 3\n", "effort = 2.8\n"), exit.Complete},
	{"new", func(tb testing.TB, site string) {
		put(tb, filepath.Join(site, "roadmap", "preview-environments.md"), newInitiative)
	}, exit.Complete},
	{"recommendation", editExample("features/custom-helm-charts.md", "successor = \"buildpacks\"\n", ""), exit.Complete},
	{"gate", editExample("roadmap/auto-deploy-on-merge.md",
		"name = \"alpha\"\nstatus = \"active\"\nstart = 2024-11-01\nweeks = 3",
		"name = \"alpha\"\nstatus = \"done\"\nstart = 2024-11-01\nweeks = 1"), exit.Configuration},
	{"criteria", editExample("roadmap/gitops-rollout.md", "at_least = 99.5", "at_least = 95"), exit.Complete},
	{"override", editExample("roadmap/auto-deploy-on-merge.md", "on = 2024-10-07\n[[", "on = 2024-10-07\nuntil = 2024-11-01\n[["), exit.Complete},
	{"refusal", editExample("roadmap/feature-flags.md", "status = \"wont-build\"", "status = \"idea\""), exit.Complete},
	{"deadline", editExample("decisions/2024-11-05-custom-helm-charts.md", "2025-06-30", "2024-12-31"), exit.Complete},
	{"removal", func(tb testing.TB, site string) {
		if err := os.Remove(filepath.Join(site, "features", "custom-helm-charts.md")); err != nil {
			tb.Fatal(err)
		}
	}, exit.Configuration},
}

// newInitiative is an initiative that the example does not have.
const newInitiative = `+++
title = "Preview environments"
status = "idea"
features = ["gitops"]
research = ["interview-checkout"]
[rice]
reach = 200
reach_range = [160, 250]
reach_because = "everyone who reviews changes"
impact = "medium"
impact_range = [1.3, 3]
impact_because = "reviewers see the change itself"
confidence = 70
confidence_because = "asked for in one interview"
effort = 5
effort_range = [3.5, 7]
effort_because = "like auto-deploy, and a cleaner"
estimated = 2024-11-08
+++
`

// editExample returns an edit of one text in one file of the example.
func editExample(name, old, text string) func(testing.TB, string) {
	return func(tb testing.TB, site string) { edit(tb, filepath.Join(site, filepath.FromSlash(name)), old, text) }
}

// A comment fits on a phone: it has few lines, and none is long.
const (
	mostLines   = 14
	longestLine = 90
)

// notShown matches the marks and the places of a comment, which wrap anywhere.
var notShown = regexp.MustCompile("`[^`]*`|\\*\\*|~~|\\\\|[()]")

// TestPullRequests runs diff on pull requests from end to end. What it says is a
// golden file, and stands in the documentation.
func TestPullRequests(t *testing.T) {
	pages := make([]string, len(pullRequestPages))
	for i, name := range pullRequestPages {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		pages[i] = string(page)
	}
	docs, dir := slices.Clone(pages), pullRequest(t)
	for _, x := range examples {
		text := diffExample(t, dir, x.edit, x.code)
		goldenFile(t, filepath.Join("testdata", "diff", x.name+".md"), text)
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if n := len(lines) - 1; n > mostLines { // the marker is not shown
			t.Errorf("%s has %d lines", x.name, n)
		}
		for _, line := range lines[1 : len(lines)-1] { // without the marker and the foot
			if n := utf8.RuneCountInString(notShown.ReplaceAllString(line, "")); n > longestLine {
				t.Errorf("%s: %d characters: %s", x.name, n, line)
			}
		}
		shown := 0
		for i := range docs {
			if before, after, found := cutExample(docs[i], x.name); found {
				docs[i] = before + "````markdown\n" + text + "````\n" + after
				shown++
			}
		}
		if shown != 1 {
			t.Errorf("%q is shown %d times", x.name, shown)
		}
	}
	for i, name := range pullRequestPages {
		if *updateGolden {
			put(t, name, docs[i])
		} else if diff := cmp.Diff(pages[i], docs[i]); diff != "" {
			t.Errorf("%s: make golden, and read the difference\n%s", name, diff)
		}
	}
}

// diffExample returns the comment of diff on the example in a folder, edited, and takes the edit
// back.
func diffExample(t *testing.T, dir string, edit func(testing.TB, string), want exit.Code) string {
	t.Helper()
	defer gitIn(t, dir, "clean", "-fdq", "site")
	defer gitIn(t, dir, "checkout", "-q", "--", ".")
	edit(t, filepath.Join(dir, "site"))
	var out, errs bytes.Buffer
	t.Chdir(dir)
	code := start([]string{"diff", "--base", "main", "--measured", "measured.json", "--format", "markdown"}, nil, nil, &out, &errs)
	t.Chdir(packageFolder)
	if code != want || errs.Len() > 0 {
		t.Errorf("exit code %d\n%s", code, errs.String())
	}
	return out.String()
}

// packageFolder is this package's folder.
var packageFolder = workspace.WorkingDirectory()

// cutExample splits the page around what stands between the marks of an example.
func cutExample(page, name string) (before, after string, found bool) {
	first := "<!-- comment: " + name + " -->\n"
	const last = "<!-- end of the comment -->"
	i := strings.Index(page, first)
	if i < 0 {
		return "", "", false
	}
	i += len(first)
	n := strings.Index(page[i:], last)
	if n < 0 {
		return "", "", false
	}
	return page[:i], page[i+n:], true
}

func goldenFile(t *testing.T, name, got string) {
	t.Helper()
	if *updateGolden {
		put(t, name, got)
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: make golden, and read the difference\n%s", name, diff)
	}
}

// BenchmarkDiff is diff on the example, against a commit.
func BenchmarkDiff(b *testing.B) {
	dir := pullRequest(b)
	examples[0].edit(b, filepath.Join(dir, "site"))
	args := []string{"diff", "--config", filepath.Join(dir, "config.toml"), "--base", "main", "--measured", filepath.Join(dir, "measured.json"), "--format", "markdown"}
	b.ReportAllocs()
	for b.Loop() {
		invoke(b, args...)
	}
}

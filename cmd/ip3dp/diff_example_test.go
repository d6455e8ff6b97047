package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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

// examples are pull requests on the example, as docs/pull-requests.md shows them.
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
	{"recommendation", func(tb testing.TB, site string) {
		edit(tb, filepath.Join(site, "features", "custom-helm-charts.md"), "successor = \"buildpacks\"\n", "")
	}, exit.Complete},
	{"gate", func(tb testing.TB, site string) {
		edit(tb, filepath.Join(site, "roadmap", "auto-deploy-on-merge.md"), "name = \"alpha\"\nstatus = \"active\"\nstart = 2024-11-01\nweeks = 3", "name = \"alpha\"\nstatus = \"done\"\nstart = 2024-11-01\nweeks = 1")
	}, exit.Configuration},
}

// TestPullRequests runs diff on pull requests from end to end. What it says is a
// golden file, and stands in the documentation.
func TestPullRequests(t *testing.T) {
	page, err := os.ReadFile("../../docs/pull-requests.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(page)
	for _, x := range examples {
		dir := pullRequest(t)
		x.edit(t, filepath.Join(dir, "site"))
		var out, errs bytes.Buffer
		t.Chdir(dir)
		code := start([]string{"diff", "--base", "main", "--measured", "measured.json", "--format", "markdown"}, nil, nil, &out, &errs)
		t.Chdir(packageFolder)
		if code != x.code || errs.Len() > 0 {
			t.Errorf("%s: exit code %d\n%s", x.name, code, errs.String())
		}
		goldenFile(t, filepath.Join("testdata", "diff", x.name+".md"), out.String())
		before, after, found := cutExample(docs, x.name)
		if !found {
			t.Fatalf("docs/pull-requests.md has no place for %q", x.name)
		}
		docs = before + "````markdown\n" + out.String() + "````\n" + after
	}
	if *updateGolden {
		put(t, "../../docs/pull-requests.md", docs)
	} else if diff := cmp.Diff(string(page), docs); diff != "" {
		t.Errorf("docs/pull-requests.md: make golden, and read the difference\n%s", diff)
	}
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

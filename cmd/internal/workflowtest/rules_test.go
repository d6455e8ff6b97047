package workflowtest

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
)

// pinnedSelf is the commit of this repository whose action comments on its own pull
// requests: that job may write, so it uses no code of theirs. It is moved by hand, to
// a later commit of main, when what that job does has changed.
const pinnedSelf = scaffold.Home + "@88e8e54c81eb4c85c7a50adfe970b50645f2e26d # main"

// ownPipeline is that of this repository, which holds ip3dp and its example.
func ownPipeline() scaffold.Pipeline {
	p := scaffold.NewPipeline("", "site", scaffold.Release{Version: "devel"})
	p.Local, p.Action, p.PinnedAction, p.Version = true, "./", pinnedSelf, ""
	return p
}

// componentPipeline is the component of GitLab's catalogue: its values are inputs,
// which GitLab fills in.
func componentPipeline() scaffold.Pipeline {
	return scaffold.Pipeline{
		Component: true, Version: "$[[ inputs.version ]]", Config: "$[[ inputs.config ]]", State: "$[[ inputs.state ]]",
		Stage: "$[[ inputs.stage ]]", Releases: "$[[ inputs.releases ]]", Image: "$[[ inputs.image ]]",
	}
}

// TestOwnWorkflows: this repository runs what it gives to others.
func TestOwnWorkflows(t *testing.T) {
	for file, template := range map[string]string{
		".github/workflows/nightly.yml":         "github/nightly.yml.tmpl",
		".github/workflows/preview.yml":         "github/preview.yml.tmpl",
		".github/workflows/preview-comment.yml": "github/preview-comment.yml.tmpl",
		".github/workflows/preview-close.yml":   "github/preview-close.yml.tmpl",
		".github/dependabot.yml":                "github/dependabot.yml.tmpl",
		"templates/ip3dp/template.yml":          "gitlab/gitlab-ci.yml.tmpl",
	} {
		t.Run(file, func(t *testing.T) {
			p := ownPipeline()
			if strings.HasPrefix(template, "gitlab/") {
				p = componentPipeline()
			}
			want := string(scaffolded(t, template, p))
			name := filepath.Join(top, filepath.FromSlash(file))
			if *updateWorkflows {
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, []byte(want), 0o644); err != nil { // a file of the repository
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%s is not what its template gives: change the template, and run the test with -update:\n%s", file, diff)
			}
		})
	}
}

// jobsOfTests are the workflows that init writes.
var jobsOfTests = []string{"nightly", "preview", "preview-comment", "preview-close"}

// workflowTexts are all workflows: this repository's, and what init writes with
// and without a release.
func workflowTexts(t *testing.T) map[string][]byte {
	t.Helper()
	texts := map[string][]byte{}
	names, err := filepath.Glob(filepath.Join(top, ".github", "workflows", "*.yml"))
	if err != nil || len(names) < 5 {
		t.Fatalf("workflows: %v, %v", names, err)
	}
	for _, name := range names {
		texts[filepath.Base(name)] = fileOfRepository(t, ".github/workflows/"+filepath.Base(name))
	}
	source := scaffoldOfTests()
	source.Version = ""
	for _, name := range jobsOfTests {
		texts["scaffolded "+name] = scaffolded(t, "github/"+name+".yml.tmpl", scaffoldOfTests())
		texts["scaffolded "+name+" without a release"] = scaffolded(t, "github/"+name+".yml.tmpl", source)
	}
	return texts
}

// TestWorkflowRules: what reviews of workflows look for.
func TestWorkflowRules(t *testing.T) {
	for name, text := range workflowTexts(t) {
		if regexp.MustCompile(`secrets: inherit|continue-on-error: \$`).Match(text) {
			t.Errorf("%s has what no workflow should", name)
		}
		targeted := regexp.MustCompile(`(?m)^  pull_request_target:\n    types: \[closed\]$`).Match(text)
		if bytes.Contains(text, []byte("pull_request_target")) && (!targeted || !strings.Contains(name, "close")) {
			t.Errorf("%s runs with rights for requests that are not closed", name)
		}
		w := readYAML[workflowFile](t, name, text)
		for scope, level := range w.Permissions {
			if level != "read" {
				t.Errorf("%s: every job has %s: %s", name, scope, level)
			}
		}
		if !regexp.MustCompile(`(?m)^permissions:`).Match(text) || w.Concurrency.Group == "" {
			t.Errorf("%s has no permissions or no concurrency at its top", name)
		}
		for id, job := range w.Jobs {
			if job.Timeout == 0 || job.Timeout > 60 {
				t.Errorf("%s: job %s may take %d minutes", name, id, job.Timeout)
			}
			if regexp.MustCompile(`latest`).MatchString(job.RunsOn) {
				t.Errorf("%s: job %s runs on %s, which changes", name, id, job.RunsOn)
			}
			stepRules(t, name+": job "+id, job.Steps, writes(job.Permissions))
		}
		if strings.Contains(name, "preview-") {
			commentRules(t, name, w)
		}
	}
	action := readYAML[actionFile](t, "action.yml", fileOfRepository(t, "action.yml"))
	stepRules(t, "action.yml", action.Runs.Steps, false)
}

// writes reports whether a job may write anything but a site or an issue.
func writes(permissions map[string]string) bool {
	return permissions["contents"] == "write" || permissions["pull-requests"] == "write" || permissions["packages"] == "write"
}

var pinned = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)

func stepRules(t *testing.T, where string, steps []workflowStep, writes bool) {
	t.Helper()
	for _, s := range steps {
		if strings.Contains(s.Run, "${{") { // texts of strangers would be run
			t.Errorf("%s: a script holds an expression: pass it by env:\n%s", where, s.Run)
		}
		if s.Uses != "" && s.Uses != "./" && !pinned.MatchString(s.Uses) {
			t.Errorf("%s uses %s: pin the commit", where, s.Uses)
		}
		if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
			t.Errorf("%s leaves its token in the checkout", where)
		}
		if strings.HasPrefix(s.Uses, "actions/setup-go@") && writes && s.With["cache"] != "false" {
			t.Errorf("%s writes, and takes a cache", where)
		}
		held := []string{"IP3DP_WEBHOOK", "IP3DP_DSN"} // variables beside tokens
		for key, value := range s.Env {
			if strings.Contains(value, "secrets.") && !strings.HasSuffix(key, "TOKEN") && !slices.Contains(held, key) {
				t.Errorf("%s: secret in %s", where, key)
			}
		}
	}
}

// commentRules: a job that may write after a stranger's pull request takes nothing
// of it but data.
func commentRules(t *testing.T, name string, w workflowFile) {
	t.Helper()
	for id, job := range w.Jobs {
		for _, s := range job.Steps {
			if strings.HasPrefix(s.Uses, "actions/checkout") || strings.HasPrefix(s.Uses, "./") || strings.HasPrefix(s.Uses, "actions/cache") {
				t.Errorf("%s: job %s uses %s", name, id, s.Uses)
			}
			if strings.HasPrefix(s.Uses, "actions/download-artifact") && !strings.HasPrefix(s.With["path"], "${{ runner.temp }}/") {
				t.Errorf("%s: job %s puts data of strangers into its workspace", name, id)
			}
		}
	}
}

// TestPinsNamed: beside a commit stands the version it is of, for people.
func TestPinsNamed(t *testing.T) {
	uses := regexp.MustCompile(`(?m)^\s*-?\s*uses:\s*(\S+)(.*)$`)
	texts := workflowTexts(t)
	texts["action.yml"] = fileOfRepository(t, "action.yml")
	texts["README.md"] = fileOfRepository(t, "README.md")
	commits := map[string]string{} // action and version → commit
	for name, text := range texts {
		for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
			action, commit, ok := strings.Cut(m[1], "@")
			version, named := strings.CutPrefix(strings.TrimSpace(m[2]), "# ")
			if m[1] == "./" {
				continue
			}
			if !ok || !named || !strings.HasPrefix(version, "v") && action != scaffold.Home {
				t.Errorf("%s uses %s: name its version in a comment", name, m[1])
			}
			key := strings.TrimSuffix(strings.TrimSuffix(action, "/restore"), "/save") + " " + version
			if have, seen := commits[key]; seen && have != commit && action != scaffold.Home {
				t.Errorf("%s: %s is pinned to two commits", name, key)
			}
			commits[key] = commit
		}
	}
}

// TestReadmeWorkflow: the short workflow of the README is one, with the steps and
// the commits of the long one.
func TestReadmeWorkflow(t *testing.T) {
	m := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(fileOfRepository(t, "README.md"))
	if m == nil {
		t.Fatal("README.md has no workflow")
	}
	short := readYAML[workflowFile](t, "README.md", m[1])
	long := readYAML[workflowFile](t, "nightly.yml", fileOfRepository(t, ".github/workflows/nightly.yml"))
	used := map[string]bool{pinnedSelf[:len(scaffold.Home)+41]: true}
	for _, job := range long.Jobs {
		for _, s := range job.Steps {
			used[s.Uses] = true
		}
	}
	for name, job := range short.Jobs {
		if diff := cmp.Diff(long.Jobs[name].Permissions, job.Permissions); diff != "" {
			t.Errorf("job %s (-nightly.yml +README.md):\n%s", name, diff)
		}
		stepRules(t, "README.md", job.Steps, false)
		for _, s := range job.Steps {
			if !used[s.Uses] {
				t.Errorf("README.md uses %s, nightly.yml does not", s.Uses)
			}
		}
	}
}

// TestPermissionsDocumented holds the table of docs/github-actions.md to what the
// workflows ask for.
func TestPermissionsDocumented(t *testing.T) {
	documented := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z-]+\.yml) \| ([a-z]+) \| (.*?) \|`).FindAllStringSubmatch(string(fileOfRepository(t, "docs/github-actions.md")), -1) {
		var list []string
		for _, p := range regexp.MustCompile("`([a-z-]+: [a-z]+)`").FindAllStringSubmatch(m[3], -1) {
			list = append(list, p[1])
		}
		slices.Sort(list)
		documented[m[1]+" "+m[2]] = strings.Join(list, ", ")
	}
	asked := map[string]string{}
	for _, name := range jobsOfTests {
		w := readYAML[workflowFile](t, name, scaffolded(t, "github/"+name+".yml.tmpl", scaffoldOfTests()))
		if len(w.Permissions) != 0 {
			t.Errorf("%s.yml gives all its jobs %v", name, w.Permissions)
		}
		for id, job := range w.Jobs {
			asked[name+".yml "+id] = permissionList(job.Permissions)
		}
	}
	if diff := cmp.Diff(documented, asked); diff != "" {
		t.Errorf("docs/github-actions.md documents other permissions (-documented +asked):\n%s", diff)
	}
	own := readYAML[workflowFile](t, "nightly", fileOfRepository(t, ".github/workflows/nightly.yml"))
	if got := permissionList(own.Jobs["report"].Permissions); got != "contents: read, issues: write" {
		t.Errorf("in this repository, report has %s", got)
	}
}

func permissionList(p map[string]string) string {
	var list []string
	for _, scope := range slices.Sorted(maps.Keys(p)) {
		list = append(list, scope+": "+p[scope])
	}
	return strings.Join(list, ", ")
}

// TestInputsDocumented holds the tables of inputs and outputs to action.yml.
func TestInputsDocumented(t *testing.T) {
	action := readYAML[actionFile](t, "action.yml", fileOfRepository(t, "action.yml"))
	page := string(fileOfRepository(t, "docs/github-actions.md"))
	_, tables, found := strings.Cut(page, "## The action")
	if !found {
		t.Fatal("docs/github-actions.md has no section about the action")
	}
	var got []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(tables, -1) {
		got = append(got, m[1])
	}
	want := append(slices.Collect(maps.Keys(action.Inputs)), slices.Collect(maps.Keys(action.Outputs))...)
	// site is both.
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/github-actions.md (-action.yml +page):\n%s", diff)
	}
	for name, in := range action.Inputs {
		if in.Description == "" || !unicode.IsLetter(rune(in.Description[0])) {
			t.Errorf("input %s has no description", name)
		}
	}
}

var updateWorkflows = flag.Bool("update", false, "rewrite the repository's own workflows")

//go:build !race

// What is tested here runs in processes of its own, where the race detector finds
// nothing that other tests do not, and takes five times as long.

package workflowtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
	"github.com/ip3dp/ip3dp/render/comment"
)

// These jobs run on Linux only, as they do at GitLab, so the test does, too.

// pipelineJob is a job of GitLab CI; what is not here stands in Rest.
type pipelineJob struct {
	Extends string `yaml:"extends"`
	Image   struct {
		Name       string   `yaml:"name"`
		Entrypoint []string `yaml:"entrypoint"`
	} `yaml:"image"`
	Before []string          `yaml:"before_script"`
	Script []string          `yaml:"script"`
	Vars   map[string]string `yaml:"variables"`
	Rules  []struct {
		If string `yaml:"if"`
	} `yaml:"rules"`
	Needs []struct {
		Job  string         `yaml:"job"`
		Rest map[string]any `yaml:",inline"`
	} `yaml:"needs"`
	Cache struct {
		Unprotect *bool          `yaml:"unprotect"`
		Paths     []string       `yaml:"paths"`
		Rest      map[string]any `yaml:",inline"`
	} `yaml:"cache"`
	Rest map[string]any `yaml:",inline"`
}

func gitlabPipeline() scaffold.Pipeline {
	p := scaffoldOfTests()
	p.Config = "config.toml"
	return p
}

func gitlabJobs(t *testing.T, text []byte) map[string]pipelineJob {
	t.Helper()
	return readYAML[map[string]pipelineJob](t, ".gitlab-ci.yml", text)
}

// TestGitLabFile holds the structure of the jobs, and what the cache may hold.
func TestGitLabFile(t *testing.T) {
	jobs := gitlabJobs(t, scaffolded(t, "gitlab/gitlab-ci.yml.tmpl", gitlabPipeline()))
	for name, j := range jobs {
		if j.Extends != "" && jobs[j.Extends].Before == nil {
			t.Errorf("%s extends %s", name, j.Extends)
		}
		for _, need := range j.Needs {
			if _, ok := jobs[need.Job]; !ok {
				t.Errorf("%s needs %s", name, need.Job)
			}
		}
		if image := j.Image; image.Name+jobs[j.Extends].Image.Name != "$IP3DP_IMAGE" {
			t.Errorf("%s has the image %q", name, image.Name)
		}
		if strings.HasPrefix(name, ".") {
			continue
		}
		if len(j.Rules) == 0 || len(j.Script) == 0 {
			t.Errorf("%s has no rules or no script", name)
		}
		if (len(j.Cache.Paths) > 0) != (name == "ip3dp-nightly") {
			t.Errorf("%s: cache %v", name, j.Cache)
		}
	}
	cache := jobs["ip3dp-nightly"].Cache
	if cache.Unprotect == nil || *cache.Unprotect {
		t.Error("merge requests can read the cache")
	}
	action := readYAML[actionFile](t, "action.yml", fileOfRepository(t, "action.yml"))
	for _, s := range action.Runs.Steps {
		if !strings.HasPrefix(s.Uses, "actions/cache/") {
			continue
		}
		kept := strings.Fields(strings.ReplaceAll(s.With["path"], "${{ steps.keep.outputs.state }}", ".ip3dp"))
		if diff := cmp.Diff(kept, cache.Paths); diff != "" {
			t.Errorf("GitHub and GitLab keep different files (-GitHub +GitLab):\n%s", diff)
		}
	}
}

// TestGitLabComponent: with its inputs filled in, the component is what init writes.
func TestGitLabComponent(t *testing.T) {
	header, body, found := bytes.Cut(fileOfRepository(t, "templates/ip3dp/template.yml"), []byte("\n---\n"))
	if !found {
		t.Fatal("the component has no header")
	}
	var spec struct {
		Spec struct {
			Inputs map[string]struct {
				Default     *string
				Description string
			}
		}
	}
	if err := yaml.Unmarshal(header, &spec); err != nil {
		t.Fatal(err)
	}
	page := string(fileOfRepository(t, "docs/gitlab-ci.md"))
	text := regexp.MustCompile(`\$\[\[ inputs\.([a-z]+) \]\]`).ReplaceAllStringFunc(string(body), func(m string) string {
		name := strings.TrimSuffix(strings.TrimPrefix(m, "$[[ inputs."), " ]]")
		in, ok := spec.Spec.Inputs[name]
		if !ok || in.Description == "" || !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("input %s is not declared, described and documented", name)
		}
		if in.Default == nil {
			return releaseOfTests
		}
		return *in.Default
	})
	want := gitlabJobs(t, scaffolded(t, "gitlab/gitlab-ci.yml.tmpl", gitlabPipeline()))
	if diff := cmp.Diff(want, gitlabJobs(t, []byte(text))); diff != "" {
		t.Errorf("the component does other things (-init +component):\n%s", diff)
	}
}

// gitlabHost is a GitLab: the notes of one merge request, and runners with sh.
type gitlabHost struct {
	*hosted
	url          string
	jobs         map[string]pipelineJob
	notes        []*gitlabNote
	certificates string // of the machine
}

type gitlabNote struct {
	ID     int    `json:"id"`
	Body   string `json:"body"`
	Author struct {
		ID int `json:"id"`
	} `json:"author"`
}

func newGitLabHost(t *testing.T, p *hosted, serve func(http.Handler) *httptest.Server) *gitlabHost {
	g := &gitlabHost{hosted: p, jobs: gitlabJobs(t, scaffolded(t, "gitlab/gitlab-ci.yml.tmpl", gitlabPipeline()))}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /api/v4/user", func(w http.ResponseWriter, _ *http.Request) { answer(w, map[string]int{"id": 5}) })
	mux.HandleFunc("GET /api/v4/projects/12/merge_requests/7/notes", func(w http.ResponseWriter, _ *http.Request) { answer(w, g.notes) })
	write := func(w http.ResponseWriter, r *http.Request) {
		n := &gitlabNote{ID: 100 + len(g.notes)}
		if id, err := strconv.Atoi(r.PathValue("id")); err == nil {
			n = g.notes[slices.IndexFunc(g.notes, func(n *gitlabNote) bool { return n.ID == id })]
		} else {
			g.notes = append(g.notes, n)
			w.WriteHeader(http.StatusCreated)
		}
		if err := json.NewDecoder(r.Body).Decode(n); err != nil {
			t.Error(err)
		}
		n.Author.ID = 5
		answer(w, n)
	}
	mux.HandleFunc("POST /api/v4/projects/12/merge_requests/7/notes", write)
	mux.HandleFunc("PUT /api/v4/projects/12/merge_requests/7/notes/{id}", write)
	s := serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Private-Token") != "glpat-canary" {
			t.Errorf("%s %s with the token %q", r.Method, r.URL.Path, r.Header.Get("Private-Token"))
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	g.url = s.URL
	// Git and curl are there, so nothing is installed.
	g.check(os.WriteFile(filepath.Join(g.bin, "apk"), []byte("#!/bin/sh\necho \"apk $*\"\nexit 1\n"), 0o700)) // a program
	g.certificates = filepath.Join(g.base, "certificates.pem")
	g.check(os.WriteFile(g.certificates, []byte("none\n"), 0o600))
	return g
}

// run runs a job in a fresh clone, in one shell, as a runner does.
func (g *gitlabHost) run(name string, variables map[string]string) (dir, log string, ok bool) {
	g.t.Helper()
	job := g.jobs[name]
	base := g.jobs[job.Extends]
	dir = g.t.TempDir()
	g.git(dir, "clone", "-q", "--no-hardlinks", g.repo, ".")
	c := exec.CommandContext(g.t.Context(), "sh", "-e", "-c", strings.Join(slices.Concat(base.Before, job.Script), "\n"))
	c.Dir = dir
	c.Env = []string{
		"PATH=" + strings.Join(g.path(), ":"), "HOME=" + dir, "TMPDIR=" + g.t.TempDir(), "LC_ALL=C", "CI=true", "GITLAB_CI=true", "IP3DP_NOW=" + g.runner["IP3DP_NOW"],
		"CI_PAGES_URL=https://acme.gitlab.example.com/platform", "CI_API_V4_URL=" + g.url + "/api/v4", "CI_PROJECT_ID=12", "CI_JOB_URL=https://gitlab.example.com/acme/platform/-/jobs/1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	}
	set := map[string]string{}
	for _, list := range []map[string]string{base.Vars, job.Vars, {"IP3DP_RELEASES": g.runner["IP3DP_RELEASES"], "SSL_CERT_FILE": g.certificates}, variables} {
		for key, value := range list {
			set[key] = value
		}
	}
	for key, value := range set {
		c.Env = append(c.Env, key+"="+value)
	}
	out, err := c.CombinedOutput()
	if strings.Contains(string(out), "canary") {
		g.t.Errorf("%s shows its token:\n%s", name, out)
	}
	return dir, string(out), err == nil
}

// exists fails unless the job has left these files.
func (g *gitlabHost) exists(dir, log string, names ...string) {
	g.t.Helper()
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			g.t.Errorf("%v\n%s", err, log)
		}
	}
}

// TestGitLabJobs: a night, a partial and a failed one; a merge request with and
// without a token, and one that a gate refuses.
func TestGitLabJobs(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	g := newGitLabHost(t, p.hosted, httptest.NewServer)
	dir, log, ok := g.run("ip3dp-nightly", nil)
	if !ok {
		t.Fatalf("the night failed:\n%s", log)
	}
	g.exists(dir, log, "public/index.html", ".ip3dp/run.json", ".ip3dp/history.json")
	p.pages = filepath.Join(dir, "public") // what previews compute with

	files := map[string]string{"deployments.csv": nightFiles("")["deployments.csv"] + "acme/shop,2,bbbb,soon,success\n"}
	g.write(files)
	g.commit("A row that is wrong")
	dir, log, ok = g.run("ip3dp-nightly", nil)
	if g.exists(dir, log, "public/index.html"); !ok || !strings.Contains(log, "published, but partial") {
		t.Errorf("a partial night: %v\n%s", ok, log)
	}

	request := map[string]string{"CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_DIFF_BASE_SHA": p.base}
	g.write(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	g.commit("A merge request")
	dir, log, ok = g.run("ip3dp-preview", request)
	g.exists(dir, log, "public/index.html", "preview/diff.json", "preview/code-quality.json")
	if !ok || len(g.notes) != 0 {
		t.Errorf("without a token: %v, %v\n%s", ok, g.notes, log)
	}
	stranger := &gitlabNote{ID: 50, Body: comment.Marker}
	g.notes = append(g.notes, stranger)
	request["IP3DP_COMMENT_TOKEN"] = "glpat-canary"
	for range 2 {
		if _, log, ok = g.run("ip3dp-preview", request); !ok || len(g.notes) != 2 || stranger.Body != comment.Marker || !strings.Contains(g.notes[1].Body, "Search") {
			t.Fatalf("with a token: %v, %v\n%s", ok, g.notes, log)
		}
	}
	const artifact = "https://gitlab.example.com/acme/platform/-/jobs/1/artifacts/"
	if body := g.notes[1].Body; !strings.Contains(body, "[Preview]("+artifact+"file/public/index.html) ([archive]("+artifact+"download): unpack it and open `public/index.html`) · [Charts before and after]("+artifact+"file/public/charts/index.html)") {
		t.Errorf("no link to the preview in the artifact:\n%s", body)
	}
	// A parallel deployment, for requests of this project only.
	request["IP3DP_PARALLEL_PAGES"], request["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"] = "true", "13"
	for _, source := range []string{"13", "12"} {
		request["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"] = source
		_, log, ok = g.run("ip3dp-preview", request)
		if beside := strings.Contains(g.notes[1].Body, "[Preview](https://acme.gitlab.example.com/platform/mr-7/)"); !ok || beside != (source == "12") {
			t.Errorf("a request of project %s:\n%s\n%s", source, g.notes[1].Body, log)
		}
	}
	// A merged result is compared with what the request is merged into, and a train gets the
	// check alone.
	g.git(g.repo, "switch", "-q", "-c", "target", p.base)
	g.write(map[string]string{"roadmap/deploy.md": plan("Deploy", "9", "planned")})
	g.commit("Somebody else's change")
	g.git(g.repo, "merge", "-q", "--no-ff", "-m", "Merge", "main")
	request["CI_MERGE_REQUEST_EVENT_TYPE"] = "merged_result"
	if _, log, ok = g.run("ip3dp-preview", request); !ok || !strings.Contains(log, "Effort 4 → 2") || strings.Contains(log, "Effort 3 → 9") {
		t.Errorf("a merged result: %v\n%s", ok, log)
	}
	request["CI_MERGE_REQUEST_EVENT_TYPE"] = "merge_train"
	g.notes[1].Body = comment.Marker
	dir, log, ok = g.run("ip3dp-preview", request)
	if _, err := os.Stat(filepath.Join(dir, "public")); err == nil || !ok || g.notes[1].Body != comment.Marker || !strings.Contains(log, "Effort 4 → 2") {
		t.Errorf("a train: %v, %v, %s\n%s", ok, err, g.notes[1].Body, log)
	}
	delete(request, "CI_MERGE_REQUEST_EVENT_TYPE")
	g.git(g.repo, "switch", "-q", "main")
	g.write(map[string]string{"roadmap/search.md": strings.Replace(plan("Search", "2", "active"), `status = "active"`+"\ncriteria", `status = "done"`+"\ncriteria", 1)})
	g.commit("A gate is passed by")
	dir, log, ok = g.run("ip3dp-preview", request)
	quality, err := os.ReadFile(filepath.Join(dir, "preview", "code-quality.json"))
	if ok || err != nil || !strings.Contains(string(quality), `"roadmap/search.md"`) || !strings.Contains(g.notes[1].Body, "without its criteria") {
		t.Errorf("a gate: %v, %v, %s\n%s", ok, err, quality, log)
	}

	g.write(map[string]string{"config.toml": "[platform\n"})
	g.commit("Broken")
	if dir, log, ok = g.run("ip3dp-nightly", nil); ok {
		t.Errorf("a night with a broken configuration is green:\n%s", log)
	}
	if _, err := os.Stat(filepath.Join(dir, "public")); err == nil {
		t.Error("a failed night left a site")
	}
	// An image with this release needs no other; one with another release does.
	g.check(os.WriteFile(filepath.Join(g.bin, "ip3dp"), []byte("#!/bin/sh\necho v1.2.2\n"), 0o700)) // a program
	old := g.runner["IP3DP_RELEASES"]
	g.runner["IP3DP_RELEASES"] = "http://127.0.0.1:1"
	for version, says := range map[string]string{"v1.2.2": "v1.2.2", "": "v1.2.2", "v1.2.3": "127.0.0.1"} {
		t.Run("an image with v1.2.2, wanted "+version, func(t *testing.T) {
			if _, log, _ := g.run("ip3dp-nightly", map[string]string{"IP3DP_VERSION": version}); !strings.Contains(log, says) {
				t.Error(log)
			}
		})
	}
	g.runner["IP3DP_RELEASES"] = old
	g.check(os.Remove(filepath.Join(g.bin, "ip3dp")))
	// What the image lacks is installed.
	g.certificates = filepath.Join(g.base, "none.pem")
	g.hide("git")
	if _, log, ok = g.run("ip3dp-nightly", nil); ok || !strings.Contains(log, "apk add --no-cache ca-certificates git wget") {
		t.Errorf("without git: %v\n%s", ok, log)
	}
	g.hidden = nil
	// The release is verified, and there is no way around it.
	g.runner["IP3DP_RELEASES"] = serveReleases(t, programOfTests(t), func(files map[string][]byte) {
		for name := range files {
			if strings.HasSuffix(name, ".gz") {
				files[name] = append(files[name], "more"...)
			}
		}
	})
	if _, log, ok = g.run("ip3dp-nightly", nil); ok || strings.Contains(log, "ip3dp ") {
		t.Errorf("a release with another checksum was run:\n%s", log)
	}
	if _, log, ok = g.run("ip3dp-nightly", map[string]string{"IP3DP_VERSION": ""}); ok || !strings.Contains(log, "set it to a release") {
		t.Errorf("without a version: %v\n%s", ok, log)
	}
}

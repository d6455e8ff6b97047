//go:build !race

// What is tested here runs in processes of its own, where the race detector finds
// nothing that other tests do not, and takes five times as long.

package workflowtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// nightFiles is a platform with its own deployments and a forge at an address.
func nightFiles(forge string) map[string]string {
	return map[string]string{
		"config.toml": `[platform]
name = "Acme"
[[events]]
kind = "deployments"
file = "deployments.csv"
environment = "production"
[[github]]
base_url = "` + forge + `"
repositories = ["acme/checkout"]
`,
		"teams.toml": `[[team]]
id = "checkout"
[[team.owns]]
repository = "acme/checkout"
`,
		"deployments.csv": "repository,id,commit,finished,status\nacme/shop,1,aaaa,2025-03-14T10:00:00Z,success\n",
	}
}

// nights is a GitHub with a platform that is measured every night.
type nights struct {
	*hosted
	workflow []byte
	server   *githubtest.Server
	refuse   atomic.Bool // whether the forge that is collected refuses the token
}

func newNight(t *testing.T, private bool) *nights {
	t.Helper()
	fake := newFakeGitHub(t)
	token := fake.token(map[string]string{"actions": "read", "contents": "read", "pages": "read"}) // the job's own
	n := &nights{}
	n.server = githubtest.Serve(testkit.Story(), githubtest.Options{Token: token, Wrap: func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.refuse.Load() {
				http.Error(w, `{"message": "Bad credentials"}`, http.StatusUnauthorized)
				return
			}
			h.ServeHTTP(w, r)
		})
	}})
	t.Cleanup(n.server.Close)
	n.hosted = newHosted(t, nightFiles(n.server.API))
	n.forge = fake
	n.forge.artifacts = n.listArtifacts
	n.forge.private = private
	n.workflow = scaffolded(t, "github/nightly.yml.tmpl", scaffoldOfTests())
	return n
}

// run is one night, and the job that builds.
func (n *nights) run(now string) (*workflowRun, *jobRun) {
	n.t.Helper()
	n.runner["IP3DP_NOW"] = now
	r := n.start(n.workflow, "schedule", map[string]any{}, "main")
	for _, j := range r.jobs {
		if strings.Contains(j.log+j.summary, "canary") {
			n.t.Errorf("job %s shows its token:\n%s", j.name, j.log)
		}
		for line := range strings.Lines(j.log) {
			if strings.HasPrefix(line, "::") && !strings.HasPrefix(line, "::error") && !strings.HasPrefix(line, "::warning") && !strings.HasPrefix(line, "::notice") {
				n.t.Errorf("job %s: command %q", j.name, line)
			}
		}
	}
	return r, r.jobs["build"]
}

// ended fails unless jobs ended so.
func (r *workflowRun) ended(h *hosted, want map[string]string) {
	h.t.Helper()
	for name, j := range r.jobs {
		if j.result != want[name] {
			h.t.Errorf("job %s: %s, want %s:\n%s", name, j.result, want[name], j.log)
		}
	}
}

// weeks counts the rows of history that a site or a cache has published.
func weeks(t *testing.T, file string) int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Rows, History []json.RawMessage
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return len(m.Rows) + len(m.History)
}

// items is how many things a night read from the forge.
func items(t *testing.T, log string) int {
	t.Helper()
	m := regexp.MustCompile(`source github: .* pages, ([0-9]+) items`).FindStringSubmatch(log)
	if m == nil {
		t.Fatalf("nothing was read from the forge:\n%s", log)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// good and bad are how the jobs of a night end.
var (
	goodNight = map[string]string{"build": "success", "deploy": "success", "branch": "skipped", "report": "success"}
	badNight  = map[string]string{"build": "failure", "deploy": "skipped", "branch": "skipped", "report": "success"}
	// branchNight is a good one of a site that is published from a branch.
	branchNight = map[string]string{"build": "success", "deploy": "skipped", "branch": "success", "report": "success"}
)

// TestNights: what is collected and published is kept from night to night; a
// partial night publishes and is green; a failed one leaves the site, keeps what
// was collected, and is told in one issue, which the next good night closes.
func TestNights(t *testing.T) {
	t.Parallel()
	n := newNight(t, true)
	r, build := n.run("2025-04-01T02:23:00Z")
	r.ended(n.hosted, goodNight)
	if len(n.caches) != 1 || len(n.forge.issues) != 0 || n.pages == "" {
		t.Fatalf("caches %v, issues %v, pages %q", n.caches, n.forge.issues, n.pages)
	}
	all, rows := items(t, build.log), weeks(t, filepath.Join(n.pages, "data", "measured.json"))

	// An ordinary night asks for what is new, and for one thing more.
	r, build = n.run("2025-04-02T02:23:00Z")
	r.ended(n.hosted, goodNight)
	if got := items(t, build.log); got*2 > all {
		t.Errorf("the second night reads %d items, the first %d: the store was not kept", got, all)
	}
	if got := weeks(t, filepath.Join(n.pages, "data", "measured.json")); rows == 0 || got < rows {
		t.Errorf("%d published values, %d before: history was not kept", got, rows)
	}
	second := n.pages

	// A row that cannot be read: partial.
	n.write(map[string]string{"deployments.csv": nightFiles("")["deployments.csv"] + "acme/shop,2,bbbb,soon,success\n"})
	n.commit("A row that is wrong")
	r, build = n.run("2025-04-03T02:23:00Z")
	r.ended(n.hosted, goodNight)
	if n.pages == second || build.outputs["site"] != "public" || len(n.forge.issues) != 0 {
		t.Errorf("a partial night published nothing, or cried: outputs %v", build.outputs)
	}
	if !strings.Contains(build.summary, "deployments") || !strings.Contains(build.log, "published, but partial") {
		t.Errorf("nobody is told what is missing: %s\n%s", build.summary, build.log)
	}

	// A token that is refused: published from the store.
	third := n.pages
	n.refuse.Store(true)
	r, build = n.run("2025-04-04T02:23:00Z")
	r.ended(n.hosted, goodNight)
	if n.pages == third || len(n.forge.issues) != 0 {
		t.Errorf("a night without its forge: pages %s, issues %v\n%s", n.pages, n.forge.issues, build.log)
	}
	last := n.pages

	// Content that is wrong: nothing is published.
	n.write(map[string]string{"features/broken.md": "+++\ntitle = 3\n+++\n"})
	n.commit("A typing error")
	r, build = n.run("2025-04-05T02:23:00Z")
	r.ended(n.hosted, badNight)
	n.told(last, "The last run published nothing")
	if !strings.Contains(build.log, "::error file=features/broken.md,line=2") || build.outputs["site"] != "" {
		t.Errorf("outputs %v, log:\n%s", build.outputs, build.log)
	}
	if len(n.caches) != 5 {
		t.Errorf("%d caches: the store of a failed night is kept as well", len(n.caches))
	}

	// A configuration that cannot be read: the record that the cache has brought
	// back is that of a better night.
	n.write(map[string]string{"config.toml": "[platform\n", "features/broken.md": ""})
	n.commit("Worse")
	r, _ = n.run("2025-04-06T02:23:00Z")
	r.ended(n.hosted, badNight)
	n.told(last, "The last run published nothing")

	// Mended, but the forge has been silent for more than three days.
	n.write(nightFiles(n.server.API))
	n.commit("Mended")
	r, _ = n.run("2025-04-08T02:23:00Z")
	r.ended(n.hosted, goodNight)
	n.told(n.pages, "| github |")

	n.refuse.Store(false)
	r, build = n.run("2025-04-09T02:23:00Z")
	r.ended(n.hosted, goodNight)
	if len(n.forge.issues) != 1 || n.forge.issues[0].State != "closed" {
		t.Errorf("issues: %+v\n%s", n.forge.issues[0], build.log)
	}
}

// told fails unless the site is that one, and one open issue says that text.
func (n *nights) told(site, text string) {
	n.t.Helper()
	if n.pages != site {
		n.t.Errorf("the site is %s, want %s", n.pages, site)
	}
	if len(n.forge.issues) != 1 || n.forge.issues[0].State != "open" || !strings.Contains(n.forge.issues[0].Body, text) {
		n.t.Fatalf("no open issue says %q, or more than one: %+v", text, n.forge.issues)
	}
}

// TestPublicNights: in a public repository nothing is kept where forks can read it.
// What was published comes back from the site; if that does not answer, it stays.
func TestPublicNights(t *testing.T) {
	t.Parallel()
	n := newNight(t, false)
	status := http.StatusNotFound // nothing is published yet
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status != http.StatusOK {
			http.Error(w, "", status)
			return
		}
		http.FileServer(http.Dir(n.pages)).ServeHTTP(w, r)
	}))
	t.Cleanup(site.Close)
	n.write(map[string]string{"config.toml": nightFiles(n.server.API)["config.toml"] + "[history]\nfrom = \"" + site.URL + "/\"\n"})
	n.commit("Where the history is")
	rows := 0
	for range 2 {
		r, build := n.run("2025-04-01T02:23:00Z")
		r.ended(n.hosted, goodNight)
		if len(n.caches) != 0 || n.pages == "" {
			t.Fatalf("caches %v, pages %q\n%s", n.caches, n.pages, build.log)
		}
		if got := weeks(t, filepath.Join(n.pages, "data", "measured.json")); got == 0 || got < rows {
			t.Errorf("%d published values, %d before", got, rows)
		} else {
			rows = got
		}
		status = http.StatusOK
		// What is published once stays, whatever is said later.
		n.write(map[string]string{"deployments.csv": "repository,id,commit,finished,status\nacme/shop,2,bbbb,2025-03-21T10:00:00Z,success\n"})
		n.commit("Another past")
	}
	// No night fails because the site cannot be read back: the site is marked.
	status = http.StatusBadGateway
	r, build := n.run("2025-04-02T02:23:00Z")
	r.ended(n.hosted, goodNight)
	if !strings.Contains(build.log, "answers 502 Bad Gateway") || !strings.Contains(build.log, "history begins on 2 Apr 2025") {
		t.Errorf("the log:\n%s", build.log)
	}
}

// TestOwnNight runs this repository's own workflow on the example: its events are
// generated first, and the action is the one of the checkout.
func TestOwnNight(t *testing.T) {
	t.Parallel()
	h := newHosted(t, map[string]string{"go.mod": "module example\n"})
	h.copyExample()
	h.commit("The example")
	r := h.start(fileOfRepository(t, ".github/workflows/nightly.yml"), "schedule", map[string]any{}, "main")
	r.ended(h, goodNight)
	if _, err := os.Stat(filepath.Join(h.pages, "features", "index.html")); err != nil || len(h.caches) != 0 {
		t.Errorf("%v, caches %v\n%s", err, h.caches, r.jobs["build"].log)
	}
}

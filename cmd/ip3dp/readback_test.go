package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// host serves a folder as a published site, a bucket, and the artifacts of GitHub's API. down
// lists what does not work.
type host struct {
	*httptest.Server
	t      *testing.T
	public string
	old    bool // the artifact is older than 30 days
	down   atomic.Value
}

func serveHost(t *testing.T, public string) *host {
	t.Helper()
	h := &host{t: t, public: public}
	h.down.Store("")
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, down := r.URL.Path, h.down.Load().(string)
	switch {
	case strings.HasPrefix(at, "/repos/"):
		if strings.Contains(down, "artifact") || r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		h.serveAPI(w, r, strings.TrimPrefix(at, "/repos/acme/platform"))
	case strings.HasPrefix(at, "/sites/"):
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AK/") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		h.serveFile(w, r, strings.TrimPrefix(at, "/sites/platform/"))
	case strings.HasPrefix(at, "/guarded/") && r.Header.Get("X-Key") != "open":
		http.Redirect(w, r, "https://login.example.com/start", http.StatusFound)
	case strings.Contains(down, "login"):
		http.Redirect(w, r, "https://login.example.com/start", http.StatusFound)
	default:
		h.serveFile(w, r, strings.TrimPrefix(strings.TrimPrefix(at, "/guarded"), "/"))
	}
}

func (h *host) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	data, err := os.ReadFile(filepath.Join(h.public, filepath.FromSlash(name)))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Write(data)
}

func (h *host) serveAPI(w http.ResponseWriter, r *http.Request, at string) {
	day := "2024-11-11T03:00:00Z"
	if h.old {
		day = "2024-10-11T03:00:00Z"
	}
	const ours = `{"id": 1}`
	switch at {
	case "":
		io.WriteString(w, `{"id": 1, "default_branch": "main"}`)
	case "/actions/workflows/nightly.yml":
		io.WriteString(w, `{"id": 2, "path": ".github/workflows/nightly.yml"}`)
	case "/actions/workflows/2/runs":
		fmt.Fprintf(w, `{"workflow_runs": [{"id": 3, "workflow_id": 2, "event": "schedule", "status": "completed", "conclusion": "success",
			"head_branch": "main", "created_at": %q, "repository": %s, "head_repository": %s}]}`, day, ours, ours)
	case "/actions/runs/3/artifacts":
		fmt.Fprintf(w, `{"artifacts": [{"id": 4, "name": "ip3dp-data", "created_at": %q,
			"workflow_run": {"id": 3, "repository_id": 1, "head_repository_id": 1, "head_branch": "main"}}]}`, day)
	case "/actions/artifacts/4/zip":
		http.Redirect(w, r, h.URL+"/archive", http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

// archive puts the data of the site at /archive, as the action packs it.
func (h *host) archive() {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"measured.json", "decisions.json", "waves.json", "run.json", "report.json", "manifest.json"} {
		out, err := z.Create(name)
		if err != nil {
			h.t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(h.public, "data", name))
		if err != nil {
			h.t.Fatal(err)
		}
		out.Write(data)
	}
	if err := z.Close(); err != nil {
		h.t.Fatal(err)
	}
	put(h.t, filepath.Join(h.public, "archive"), b.String())
}

// worldRun runs the program on a small world.
type worldRun struct {
	t   *testing.T
	dir string
	env []string
}

func (w *worldRun) run(args ...string) (exit.Code, string) {
	w.t.Helper()
	var log bytes.Buffer
	code := start(append(args, "--config", filepath.Join(w.dir, "config.toml")), w.env, nil, &log, &log)
	return code, log.String()
}

func (w *worldRun) build(want exit.Code, now, out string) string {
	w.t.Helper()
	code, log := w.run("build", "--now", now, "--out", filepath.Join(w.dir, out))
	if code != want {
		w.t.Fatalf("exit %d, want %d:\n%s", code, want, log)
	}
	return log
}

// configure adds tables to the configuration.
func (w *worldRun) configure(text string) {
	w.t.Helper()
	name := filepath.Join(w.dir, "config.toml")
	data, err := os.ReadFile(name)
	if err != nil {
		w.t.Fatal(err)
	}
	put(w.t, name, string(data)+text)
}

// former returns what a site has of earlier runs: history and looks in one line, then log and
// ledger.
func (w *worldRun) former(out string) string {
	w.t.Helper()
	var m struct{ History, Looks json.RawMessage }
	var text strings.Builder
	for _, name := range []string{"measured.json", "decisions.json", "waves.json"} {
		data, err := os.ReadFile(filepath.Join(w.dir, out, "data", name))
		if err != nil {
			w.t.Fatal(err)
		}
		if name != "measured.json" {
			text.Write(data)
		} else if err := json.Unmarshal(data, &m); err != nil {
			w.t.Fatal(err)
		}
	}
	return string(m.History) + string(m.Looks) + "\n" + text.String()
}

func newWorldRun(t *testing.T) *worldRun {
	t.Helper()
	return &worldRun{t: t, dir: smallWorld(t), env: append(os.Environ(), "GITHUB_TOKEN=", "GITHUB_REPOSITORY=", "GITLAB_CI=")}
}

// publishNight publishes a first night to every place, and returns what the second one publishes
// with the state of the first.
func publishNight(t *testing.T) (h *host, remote, second string) {
	t.Helper()
	w := newWorldRun(t)
	w.build(exit.Complete, "2024-11-11", "public")
	public := filepath.Join(w.dir, "public")
	remote = filepath.Join(t.TempDir(), "remote.git")
	if out, err := exec.Command("git", "init", "-q", "--bare", remote).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if code, log := w.run("publish", "--from", public, "--to", "git+file://"+remote+"#gh-pages", "--now", "2024-11-11"); code != exit.Complete {
		t.Fatal(log)
	}
	h = serveHost(t, public)
	h.archive()
	w.build(exit.Complete, "2024-11-18", "second")
	return h, remote, w.former("second")
}

// TestReadBack reads the first night back from each place: the second night then publishes what
// it does with the state.
func TestReadBack(t *testing.T) {
	h, remote, second := publishNight(t)
	job := []string{"GITHUB_REPOSITORY=acme/platform", "GITHUB_TOKEN=token", "GITHUB_API_URL=" + h.URL}
	keys := []string{"AWS_ACCESS_KEY_ID=AK", "AWS_SECRET_ACCESS_KEY=secretsecret"}
	quote := func(key, value string) string {
		return fmt.Sprintf("[%s]\n%s = %q\n", key[:strings.IndexByte(key, '.')], key[strings.IndexByte(key, '.')+1:], value)
	}
	for _, tt := range []struct {
		name, config string
		env          []string
		from         string // in the record of the run
	}{
		{"a branch of a repository", quote("history.from", "git+file://"+remote+"#gh-pages"), nil, "the branch gh-pages"},
		{"a branch of the clone", quote("history.from", "branch:gh-pages"), nil, "the branch gh-pages"},
		{"a bucket", quote("history.from", "s3://sites/platform?endpoint="+h.URL), keys, "the bucket of the site"},
		{"a folder", quote("history.from", h.public), nil, ""},
		{"a file", quote("history.from", h.public+"/data/measured.json"), nil, ""},
		{"the built folder", quote("site.out", h.public), nil, ""},
		{"the artifact", "", job, "the artifact ip3dp-data of run 3 on 11 Nov 2024"},
		{"the artifact, configured", quote("history.from", "artifact"), job, "the artifact ip3dp-data of run 3 on 11 Nov 2024"},
		{"an address", quote("history.from", h.URL+"/"), nil, "the published site"},
		{"the address of the site", quote("site.base_url", h.URL), nil, "the published site"},
		{
			"an address with a header",
			quote("site.base_url", h.URL+"/guarded/") + quote("history.header_env", "SITE_HEADER"),
			[]string{"SITE_HEADER=X-Key: open"},
			"the published site",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorldRun(t)
			w.configure(tt.config)
			w.env = append(w.env, tt.env...)
			if strings.Contains(tt.config, "branch:") {
				for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", remote}} {
					if out, err := exec.Command("git", append([]string{"-C", w.dir}, args...)...).CombinedOutput(); err != nil {
						t.Fatalf("%v: %s", err, out)
					}
				}
			}
			log := w.build(exit.Complete, "2024-11-18", "next")
			if got := w.former("next"); got != second {
				t.Errorf("another history than with the state (%d and %d bytes)\n%s", len(got), len(second), log)
			}
			if strings.Contains(log, "secret") || strings.Contains(log, "X-Key") || strings.Contains(log, "history begins") {
				t.Errorf("the log:\n%s", log)
			}
			record, err := os.ReadFile(filepath.Join(w.dir, "next", "data", "run.json"))
			if err != nil {
				t.Fatal(err)
			}
			page, err := os.ReadFile(filepath.Join(w.dir, "next", "about", "data", "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if has := bytes.Contains(record, []byte(`"history": {`)); has != (tt.from != "") || !bytes.Contains(record, []byte(tt.from)) ||
				!bytes.Contains(page, []byte(tt.from)) {
				t.Errorf("record and page do not name %q:\n%s", tt.from, record[:min(len(record), 600)])
			}
		})
	}
}

// TestReadBackInOrder closes one place after the other: each time the next one is read, and in
// the end history begins again, without a failure. It heals as soon as one can be read.
func TestReadBackInOrder(t *testing.T) {
	h, remote, second := publishNight(t)
	w := newWorldRun(t)
	w.env = append(w.env, "GITHUB_REPOSITORY=acme/platform", "GITHUB_TOKEN=token", "GITHUB_API_URL="+h.URL)
	w.configure(fmt.Sprintf("[history]\nfrom = %q\n[site]\nout = %q\nbase_url = %q\n", "git+file://"+remote+"#gh-pages", h.public, h.URL))
	forget := func() {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(w.dir, ".ip3dp")); err != nil {
			t.Fatal(err)
		}
	}
	step := func(name string, code exit.Code, says ...string) {
		t.Helper()
		log := w.build(code, "2024-11-18", "next")
		for _, s := range says {
			if !strings.Contains(log, s) {
				t.Errorf("%s: it does not say %q:\n%s", name, s, log)
			}
		}
		if lost := strings.Contains(log, "history begins on"); lost != (code == exit.Partial) {
			t.Errorf("%s: history begins again is %v:\n%s", name, lost, log)
		}
	}
	step("all places", exit.Complete, "read back from the branch gh-pages")
	forget()
	if err := os.Rename(remote, remote+"2"); err != nil {
		t.Fatal(err)
	}
	step("no branch", exit.Complete, "warning: history is not read back from branch:")
	forget()
	public := h.public
	h.public += "2"
	if err := os.Rename(public, h.public); err != nil {
		t.Fatal(err)
	}
	step("no folder", exit.Complete, "read back from the artifact ip3dp-data of run 3")
	forget()
	h.old = true
	step("an old artifact", exit.Complete, "which is older than 30 days")
	if page, err := os.ReadFile(filepath.Join(w.dir, "next", "index.html")); err != nil || !bytes.Contains(page, []byte("more than 30")) {
		t.Errorf("the first page does not report the old artifact: %v", err)
	}
	forget()
	h.down.Store("artifact")
	step("no artifact", exit.Complete, "read back from "+h.URL, "actions: read")
	forget()
	h.down.Store("artifact login")
	step("no place", exit.Partial, "answered with a login page (host login.example.com", "give history.header_env",
		"history begins on 18 Nov 2024, because nothing published before could be read back")
	first, err := os.ReadFile(filepath.Join(w.dir, "next", "index.html"))
	if err != nil || !bytes.Contains(first, []byte("History begins on")) {
		t.Errorf("the first page is not marked: %v", err)
	}
	h.down.Store("artifact")
	step("the site again", exit.Complete, "is whole again")
	values, _, _ := strings.Cut(second, "\n")
	if got, _, _ := strings.Cut(w.former("next"), "\n"); got != values {
		t.Errorf("the values and looks are not those of a history that was never lost")
	}
	if page, err := os.ReadFile(filepath.Join(w.dir, "next", "index.html")); err != nil || bytes.Contains(page, []byte("History begins on")) {
		t.Errorf("the first page still shows the mark: %v", err)
	}
}

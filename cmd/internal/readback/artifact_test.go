package readback

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// zipFile is a file of an archive.
type zipFile struct {
	name, text string
	mode       fs.FileMode
}

// makeZip returns an archive.
func makeZip(t *testing.T, files ...zipFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(f.mode | 0o644)
		out, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, f.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// good is an archive with the text of one measured.json.
func good(t *testing.T, text string) []byte {
	return makeZip(t, zipFile{name: "measured.json", text: text})
}

// fakeGitHub is the part of GitHub's API that artifacts need. It ignores every filter of a
// request, so that what it lists must be checked.
type fakeGitHub struct {
	t         *testing.T
	url       string
	storage   string // address of the host of the archives
	runs      []gitHubRun
	artifacts map[int64][]gitHubArtifact
	zips      map[int64][]byte
	path      string
	refuse    int  // status of every answer about runs
	used      bool // the requests of the token are used up
	size      int  // number of bytes before every answer about the repository
	leaked    bool
	redirects []string
}

const repositoryID, workflowID = 77, 5

func newFakeGitHub(t *testing.T) *fakeGitHub {
	g := &fakeGitHub{t: t, artifacts: map[int64][]gitHubArtifact{}, zips: map[int64][]byte{}, path: ".github/workflows/nightly.yml"}
	api := httptest.NewServer(g)
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.leaked = g.leaked || r.Header.Get("Authorization") != "" || r.Header.Get("Private-Token") != "" || r.Header.Get("Job-Token") != ""
		id, _ := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/"), 10, 64)
		if r.URL.Query().Get("again") != "" {
			http.Redirect(w, r, "/"+r.URL.Path[1:]+"?sig=secret", http.StatusFound)
			return
		}
		w.Write(g.zips[id])
	}))
	t.Cleanup(api.Close)
	t.Cleanup(storage.Close)
	g.url, g.storage = api.URL, storage.URL
	return g
}

// add adds a run with its artifact; edit may change both.
func (g *fakeGitHub) add(id int64, day int, text string, edit func(*gitHubRun, *gitHubArtifact)) {
	at := time.Date(2024, 11, day, 3, 0, 0, 0, time.UTC)
	r := gitHubRun{
		ID: id, WorkflowID: workflowID, Path: ".github/workflows/nightly.yml@refs/heads/main", Event: "schedule",
		Status: "completed", Conclusion: "success", HeadBranch: "main", CreatedAt: at,
		Repository: gitHubID{repositoryID}, HeadRepository: gitHubID{repositoryID},
	}
	a := gitHubArtifact{ID: id + 1000, Name: ArtifactName, CreatedAt: at}
	a.Run.ID, a.Run.Repository, a.Run.HeadRepository, a.Run.HeadBranch = id, repositoryID, repositoryID, "main"
	g.zips[a.ID] = good(g.t, text)
	if edit != nil {
		edit(&r, &a)
	}
	g.runs = append(g.runs, r)
	g.artifacts[id] = append(g.artifacts[id], a)
}

func (g *fakeGitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	at, ok := strings.CutPrefix(r.URL.Path, "/repos/acme/platform")
	parts := strings.Split(strings.Trim(at, "/"), "/")
	var answer any
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case at == "":
		io.WriteString(w, strings.Repeat(" ", g.size))
		answer = map[string]any{"id": repositoryID, "default_branch": "main", "fork": false}
	case g.used:
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.WriteHeader(http.StatusForbidden)
		return
	case g.refuse != 0:
		w.WriteHeader(g.refuse)
		return
	case at == "/actions/workflows/"+strings.TrimPrefix(g.path, ".github/workflows/"):
		answer = map[string]any{"id": workflowID, "path": g.path}
	case at == "/actions/workflows/5/runs":
		answer = map[string]any{"workflow_runs": g.runs}
	case len(parts) == 4 && parts[3] == "artifacts":
		id, _ := strconv.ParseInt(parts[2], 10, 64)
		answer = map[string]any{"artifacts": g.artifacts[id]}
	case len(parts) == 4 && parts[3] == "zip":
		to := g.storage + "/" + parts[2] + "?sig=secret"
		if len(g.redirects) > 0 {
			to = g.redirects[0]
		}
		http.Redirect(w, r, to, http.StatusFound)
		return
	default:
		http.NotFound(w, r)
		return
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		g.t.Error(err)
	}
}

// open opens the artifact as a job of the repository does.
func (g *fakeGitHub) open(t *testing.T, env ...string) (string, Site, error) {
	t.Helper()
	o := &Opener{Pause: noPause, Release: "1"}
	all := append([]string{"GITHUB_REPOSITORY=acme/platform", "GITHUB_TOKEN=token", "GITHUB_API_URL=" + g.url}, env...)
	o.Env = func(name string) string {
		for _, kv := range slices.Backward(all) {
			if v, ok := strings.CutPrefix(kv, name+"="); ok {
				return v
			}
		}
		return ""
	}
	o.Nightly = o.Env("NIGHTLY") != ""
	return openMeasured(t, o)
}

// openMeasured opens the artifact of a job, and reads its measured.json.
func openMeasured(t *testing.T, o *Opener) (string, Site, error) {
	t.Helper()
	if !o.inJob() {
		t.Fatal("the environment is not that of a job")
	}
	site, err := newArtifact().Open(t.Context(), o)
	if err != nil {
		return "", site, err
	}
	data, _, err := site.Files("data/measured.json")
	return string(data), site, err
}

func TestGitHubArtifact(t *testing.T) {
	type edit = func(*gitHubRun, *gitHubArtifact)
	for _, tt := range []struct {
		name string
		edit edit // of a run that is newer than the right one
		want string
	}{
		{"the newest run", nil, "newer"},
		{"dispatched", func(r *gitHubRun, _ *gitHubArtifact) { r.Event = "workflow_dispatch" }, "newer"},
		{"pushed", func(r *gitHubRun, _ *gitHubArtifact) { r.Event = "push" }, "newer"},
		{"another workflow file", func(r *gitHubRun, _ *gitHubArtifact) { r.WorkflowID = 6 }, "right"},
		{"another path", func(r *gitHubRun, _ *gitHubArtifact) { r.Path = ".github/workflows/other.yml" }, "right"},
		{"a fork", func(r *gitHubRun, _ *gitHubArtifact) { r.HeadRepository.ID = 78 }, "right"},
		{"a pull request", func(r *gitHubRun, _ *gitHubArtifact) { r.Event = "pull_request" }, "right"},
		{"a pull request with rights", func(r *gitHubRun, _ *gitHubArtifact) { r.Event = "pull_request_target" }, "right"},
		{"a run after another", func(r *gitHubRun, _ *gitHubArtifact) { r.Event = "workflow_run" }, "right"},
		{"another branch", func(r *gitHubRun, _ *gitHubArtifact) { r.HeadBranch = "main2" }, "right"},
		{"failed", func(r *gitHubRun, _ *gitHubArtifact) { r.Conclusion = "failure" }, "right"},
		{"cancelled", func(r *gitHubRun, _ *gitHubArtifact) { r.Conclusion = "cancelled" }, "right"},
		{"running", func(r *gitHubRun, _ *gitHubArtifact) { r.Status, r.Conclusion = "in_progress", "" }, "right"},
		{"another repository", func(r *gitHubRun, _ *gitHubArtifact) { r.Repository.ID = 78 }, "right"},
		// From here on the newest run is right, so that no other one counts.
		{"expired", func(_ *gitHubRun, a *gitHubArtifact) { a.Expired = true }, "has expired"},
		{"too large", func(_ *gitHubRun, a *gitHubArtifact) { a.Size = maxZip + 1 }, "larger than 64 MiB"},
		{"another name", func(_ *gitHubRun, a *gitHubArtifact) { a.Name = "ip3dp-data-2" }, "there is no artifact ip3dp-data of run 9"},
		{"an artifact of another run", func(_ *gitHubRun, a *gitHubArtifact) { a.Run.ID = 1 }, "there is no artifact"},
		{"an artifact of a fork", func(_ *gitHubRun, a *gitHubArtifact) { a.Run.HeadRepository = 78 }, "there is no artifact"},
		{"a wrong checksum", func(_ *gitHubRun, a *gitHubArtifact) { a.Digest = "sha256:" + strings.Repeat("0", 64) }, "checksum"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newFakeGitHub(t)
			g.add(3, 4, "oldest", nil)
			g.add(9, 11, "newer", tt.edit)
			g.add(4, 8, "right", nil)
			text, site, err := g.open(t)
			if err != nil {
				text = err.Error()
			}
			if !strings.Contains(text, tt.want) || strings.Contains(text, "secret") || g.leaked {
				t.Errorf("%q, leaked %v, want %q", text, g.leaked, tt.want)
			}
			if tt.want == "right" && (site.Title != "the artifact ip3dp-data of run 4 on 8 Nov 2024" || site.At.Day() != 8) {
				t.Errorf("%q of %s", site.Title, site.At)
			}
		})
	}
}

// TestGitHubWorkflow names the file of the workflow: as configured, that of the nightly run
// itself, or the one that init writes.
func TestGitHubWorkflow(t *testing.T) {
	own := "GITHUB_WORKFLOW_REF=acme/platform/.github/workflows/site.yml@refs/heads/main"
	for _, tt := range []struct {
		name, configured string
		env              []string
		nightly          bool
		want             string
	}{
		{"by default", "", nil, true, "nightly.yml"},
		{"of the night", "", []string{own, "GITHUB_EVENT_NAME=schedule"}, true, "site.yml"},
		{"of a preview", "", []string{own, "GITHUB_EVENT_NAME=pull_request"}, true, "nightly.yml"},
		{"of a diff after a push", "", []string{own, "GITHUB_EVENT_NAME=push"}, false, "nightly.yml"},
		{"of another repository", "", []string{strings.Replace(own, "acme", "evil", 1), "GITHUB_EVENT_NAME=schedule"}, true, "nightly.yml"},
		{"configured", "build.yml", []string{own, "GITHUB_EVENT_NAME=schedule"}, true, "build.yml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := &Opener{Workflow: tt.configured, Nightly: tt.nightly, Env: func(name string) string {
				for _, kv := range tt.env {
					if v, ok := strings.CutPrefix(kv, name+"="); ok {
						return v
					}
				}
				return ""
			}}
			if got := o.nightlyFile("acme/platform"); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestGitHubFaults(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(*fakeGitHub)
		env     []string
		want    string
		missing bool
	}{
		{"no run", func(*fakeGitHub) {}, nil, "there is no successful run of .github/workflows/nightly.yml on main", true},
		{"no requests left", func(g *fakeGitHub) { g.used = true }, nil, "(rate limit)", false},
		{"a huge answer", func(g *fakeGitHub) { g.size = maxAnswer }, nil, "is larger than 8 MiB", false},
		{"no workflow", func(g *fakeGitHub) { g.path = ".github/workflows/other.yml" }, nil, "there is no workflow", true},
		{"no permission", func(g *fakeGitHub) { g.refuse = 403 }, nil, "actions: read", false},
		{"a broken forge", func(g *fakeGitHub) { g.refuse = 503 }, nil, "answered 503", false},
		{"a refused token", func(*fakeGitHub) {}, []string{"GITHUB_TOKEN=other"}, "the token was refused", false},
		{"no repository", func(*fakeGitHub) {}, []string{"GITHUB_REPOSITORY=acme"}, "is not owner/name", false},
		{"an API without https", func(*fakeGitHub) {}, []string{"GITHUB_API_URL=http://example.com"}, "over https only", false},
		{
			"a download without https",
			func(g *fakeGitHub) { g.add(1, 1, "x", nil); g.redirects = []string{"http://example.com/x?sig=secret"} }, nil,
			"without https", false,
		},
		{
			"a second redirect",
			func(g *fakeGitHub) {
				g.add(1, 1, "x", nil)
				g.redirects = []string{g.storage + "/1001?again=1&sig=secret"}
			}, nil,
			"redirects the download again", false,
		},
		{"no archive", func(g *fakeGitHub) { g.add(1, 1, "x", nil); g.zips[1001] = []byte("<html>") }, nil, "not a ZIP archive", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newFakeGitHub(t)
			tt.prepare(g)
			text, _, err := g.open(t, tt.env...)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") || g.leaked {
				t.Fatalf("%q, %v, want %q", text, err, tt.want)
			}
			if errors.Is(err, fs.ErrNotExist) != tt.missing {
				t.Errorf("%v: is it there?", err)
			}
		})
	}
}

func TestGitHubDigest(t *testing.T) {
	g := newFakeGitHub(t)
	g.add(1, 1, "x", func(_ *gitHubRun, a *gitHubArtifact) {
		sum := sha256.Sum256(g.zips[a.ID])
		a.Digest = "sha256:" + hex.EncodeToString(sum[:])
	})
	if text, _, err := g.open(t); err != nil || text != "x" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestUnpack(t *testing.T) {
	bomb := zipFile{name: "data/measured.json", text: strings.Repeat("0", MaxFile+1)}
	for _, tt := range []struct {
		name  string
		files []zipFile
		want  string // part of the error; "" for the text "ok" of measured.json
	}{
		{"as uploaded", []zipFile{{name: "measured.json", text: "ok"}, {name: "teams/a.csv", text: "x"}}, ""},
		{"with its folder", []zipFile{{name: "data/"}, {name: "data/measured.json", text: "ok"}}, ""},
		{"leads out", []zipFile{{name: "data/measured.json", text: "ok"}, {name: "../../x", text: "x"}}, "leads out"},
		{"leads out in between", []zipFile{{name: "data/../data/measured.json", text: "ok"}}, "leads out"},
		{"absolute", []zipFile{{name: "/data/measured.json", text: "ok"}}, "leads out"},
		{"backslashes", []zipFile{{name: `..\measured.json`, text: "ok"}}, "leads out"},
		{"twice", []zipFile{{name: "measured.json", text: "ok"}, {name: "data/measured.json", text: "no"}}, "twice"},
		{"a link", []zipFile{{name: "measured.json", text: "/etc/passwd", mode: fs.ModeSymlink}}, "not a regular file"},
		{"a store", []zipFile{{name: "measured.json", text: "ok"}, {name: "store.db", text: "x"}}, "has a store"},
		{"a bomb", []zipFile{bomb}, "larger than 64 MiB"},
		{"another folder", []zipFile{{name: "site/data/measured.json", text: "ok"}}, "not there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := unpack(makeZip(t, tt.files...))
			got := string(files["data/measured.json"])
			switch {
			case tt.want == "" && (err != nil || got != "ok"):
				t.Errorf("%q, %v", got, err)
			case tt.want == "not there" && (err != nil || got != ""):
				t.Errorf("%q, %v", got, err)
			case tt.want != "" && tt.want != "not there" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			}
		})
	}
	many := make([]zipFile, maxEntries+1)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	if _, err := unpack(makeZip(t, many...)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("many files: %v", err)
	}
	// A header that understates the size.
	data := bytes.Clone(makeZip(t, bomb))
	for _, at := range []int{bytes.LastIndex(data, []byte("PK\x01\x02")) + 24} {
		copy(data[at:], []byte{10, 0, 0, 0})
	}
	if files, err := unpack(data); err == nil {
		t.Errorf("a bomb that hides its size: %d bytes", len(files["data/measured.json"]))
	}
}

// fakeGitLab is the part of GitLab's API that artifacts need.
func fakeGitLab(t *testing.T, jobs []gitLabJob, sources map[int64]string, files map[string]string) *Opener {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := strings.TrimPrefix(r.URL.Path, "/api/v4/projects/7")
		listed := r.Header.Get("Private-Token") == "token"
		switch id, isPipeline := strings.CutPrefix(at, "/pipelines/"); {
		case !listed && r.Header.Get("Job-Token") != "job":
			w.WriteHeader(http.StatusUnauthorized)
		case listed && at == "/jobs":
			json.NewEncoder(w).Encode(jobs)
		case listed && isPipeline:
			n, _ := strconv.ParseInt(id, 10, 64)
			json.NewEncoder(w).Encode(map[string]any{"id": n, "project_id": 7, "source": sources[n], "ref": "main"})
		case files[at] != "" && (listed || r.URL.Query().Get("job") == NightlyJob):
			io.WriteString(w, files[at])
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	env := map[string]string{
		"GITLAB_CI": "true", "CI_API_V4_URL": s.URL + "/api/v4", "CI_PROJECT_ID": "7", "CI_DEFAULT_BRANCH": "main",
		"GITLAB_TOKEN": "token", "CI_JOB_TOKEN": "job",
	}
	return &Opener{Pause: noPause, Env: func(name string) string { return env[name] }}
}

func TestGitLabArtifact(t *testing.T) {
	type edit = func(*gitLabJob)
	for _, tt := range []struct {
		name, source string
		edit         edit // of a job that is newer than the right one
		want         string
	}{
		{"the newest job", "schedule", nil, "newer"},
		{"started by hand", "web", nil, "newer"},
		{"pushed", "push", nil, "newer"},
		{"a merge request", "merge_request_event", nil, "right"},
		{"a pipeline of another one", "parent_pipeline", nil, "right"},
		{"a trigger", "trigger", nil, "right"},
		{"another name", "schedule", func(j *gitLabJob) { j.Name = "ip3dp-nightly-2" }, "right"},
		{"another branch", "schedule", func(j *gitLabJob) { j.Ref = "feature" }, "right"},
		{"a tag", "schedule", func(j *gitLabJob) { j.Tag = true }, "right"},
		{"a fork's pipeline", "schedule", func(j *gitLabJob) { j.Pipeline.Project = 8 }, "right"},
		{"failed", "schedule", func(j *gitLabJob) { j.Status = "failed" }, "right"},
		{"expired", "schedule", func(j *gitLabJob) { j.File.Name = "" }, "has expired"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := func(id int64) gitLabJob {
				j := gitLabJob{ID: id, Name: NightlyJob, Status: "success", Ref: "main", Finished: time.Date(2024, 11, int(id), 3, 0, 0, 0, time.UTC)}
				j.File.Name, j.Pipeline.ID, j.Pipeline.Project, j.Pipeline.Ref = "artifacts.zip", id+100, 7, "main"
				return j
			}
			newer := job(9)
			if tt.edit != nil {
				tt.edit(&newer)
			}
			o := fakeGitLab(t, []gitLabJob{job(2), newer, job(4)}, map[int64]string{102: "schedule", 104: "schedule", 109: tt.source},
				map[string]string{
					"/jobs/2/artifacts/public/data/measured.json": "oldest", "/jobs/4/artifacts/public/data/measured.json": "right",
					"/jobs/9/artifacts/public/data/measured.json": "newer",
				})
			text, site, err := openMeasured(t, o)
			if err != nil {
				text = err.Error()
			}
			if !strings.Contains(text, tt.want) {
				t.Errorf("%q, want %q", text, tt.want)
			}
			if tt.want == "right" && site.Title != "the artifact of job 4 on 4 Nov 2024" {
				t.Error(site.Title)
			}
		})
	}
}

// TestGitLabJobToken reads the newest artifact of the default branch with the job's own token.
func TestGitLabJobToken(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"there", map[string]string{"/jobs/artifacts/main/raw/public/data/measured.json": "here"}, "here"},
		{"not there", nil, "there is no data/measured.json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := fakeGitLab(t, nil, nil, tt.files)
			whole := o.Env
			o.Env = func(name string) string {
				if name == "GITLAB_TOKEN" {
					return ""
				}
				return whole(name)
			}
			text, _, err := openMeasured(t, o)
			if err != nil {
				text = err.Error()
			}
			if !strings.Contains(text, tt.want) {
				t.Errorf("%q, want %q", text, tt.want)
			}
		})
	}
}

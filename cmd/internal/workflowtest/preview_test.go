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
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/render/comment"
)

// plan is an initiative with a score and a phase whose criterion is not met.
func plan(title, effort, beta string) string {
	return `+++
title = "` + title + `"
status = "active"
[rice]
reach = 200
impact = "high"
confidence = 70
effort = ` + effort + `
estimated = 2025-03-01
[[phase]]
name = "alpha"
status = "active"
criteria = [{ text = "Searches work" }]
[[phase]]
name = "beta"
status = "` + beta + `"
criteria = [{ text = "Ten teams use it" }]
+++
`
}

// previews is a GitHub with a published platform and a pull request from a fork.
type previews struct {
	*hosted
	preview, comment []byte
	base             string // the commit that the request is compared with
	ours             bool   // whether the request is of a branch of this repository, not of a fork
}

func newPreviews(t *testing.T) *previews {
	t.Helper()
	p := &previews{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.FileServer(http.Dir(p.pages)).ServeHTTP(w, r)
	}))
	t.Cleanup(site.Close)
	p.hosted = newHosted(t, map[string]string{
		"config.toml":       "[site]\nbase_url = \"" + site.URL + "/\"\n[[events]]\nkind = \"deployments\"\nfile = \"deployments.csv\"\nenvironment = \"production\"\n",
		"deployments.csv":   nightFiles("")["deployments.csv"],
		"roadmap/search.md": plan("Search", "4", "planned"),
		"roadmap/deploy.md": plan("Deploy", "3", "planned"),
	})
	p.runner["IP3DP_NOW"] = "2025-04-01T02:23:00Z"
	p.base = p.git(p.repo, "rev-parse", "HEAD")
	p.preview = scaffolded(t, "github/preview.yml.tmpl", scaffoldOfTests())
	p.comment = scaffolded(t, "github/preview-comment.yml.tmpl", scaffoldOfTests())
	return p
}

// publish lets a first night publish the site that previews compute with.
func (p *previews) publish() {
	p.t.Helper()
	r := p.start(scaffolded(p.t, "github/nightly.yml.tmpl", scaffoldOfTests()), "schedule", map[string]any{}, "main")
	r.ended(p.hosted, goodNight)
}

// push is the preview of a fork's branch with these files.
func (p *previews) push(files map[string]string) (*workflowRun, *jobRun) {
	p.t.Helper()
	p.write(files)
	head := p.commit("What a stranger proposes")
	r := p.start(p.preview, "pull_request", p.request(head), head)
	p.opened(7, head)
	return r, r.jobs["preview"]
}

// request is the event of the request with its newest commit.
func (p *previews) request(head string) map[string]any {
	return map[string]any{"repository": map[string]any{"id": 1}, "pull_request": map[string]any{
		"number": 7, "base": map[string]any{"sha": p.base}, "head": map[string]any{"sha": head, "repo": map[string]any{"id": p.source()}},
	}}
}

// source is the number of the repository that the request is from; that of the base is 1.
func (p *previews) source() int {
	if p.ours {
		return 1
	}
	return 2
}

// opened sets the open pull request and its newest commit.
func (p *previews) opened(number int, head string) {
	pull := fakePull{Number: number}
	pull.Head.SHA, pull.Head.Label = head, "stranger:idea"
	p.forge.pulls = []fakePull{pull}
}

// say is the run that comments on what another run left.
func (p *previews) say(of *workflowRun, conclusion string) *jobRun {
	p.t.Helper()
	return p.follow(of, conclusion).jobs["comment"]
}

// follow is the run after another one, which may write.
func (p *previews) follow(of *workflowRun, conclusion string) *workflowRun {
	p.t.Helper()
	id, err := strconv.Atoi(of.id)
	p.check(err)
	from := map[string]any{"id": p.source(), "full_name": "stranger/platform", "owner": map[string]any{"login": "stranger"}}
	return p.start(p.comment, "workflow_run", map[string]any{"repository": map[string]any{"id": 1}, "workflow_run": map[string]any{
		"id": id, "event": of.name, "conclusion": conclusion, "head_sha": of.commit, "head_branch": "idea",
		"html_url": "https://github.com/acme/platform/actions/runs/" + of.id, "head_repository": from,
	}}, "")
}

// TestForkPullRequest: the preview of a fork has no secret and no store, leaves
// the comparison and the site, and is told in one comment, which is kept current.
func TestForkPullRequest(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	p.publish()
	caches := len(p.caches)

	r, j := p.push(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	r.ended(p.hosted, map[string]string{"preview": "success"})
	if len(p.caches) != caches || strings.Contains(j.token(), "write") {
		t.Errorf("the preview used a cache, or has a token that writes: %s", j.token())
	}
	if _, err := os.Stat(filepath.Join(r.artifact(p.hosted, "ip3dp-preview"), "index.html")); err != nil {
		t.Errorf("no preview: %v\n%s", err, j.log)
	}
	if len(r.artifact(p.hosted, "ip3dp-diff")) == 0 || !strings.Contains(j.summary, "Search") {
		t.Errorf("the summary does not tell what moves:\n%s", j.summary)
	}

	stranger := &fakePost{ID: 50, Number: 7, Body: comment.Marker + "\nI am a comment of yours"}
	stranger.User.Type = "User"
	p.forge.comments = append(p.forge.comments, stranger)
	j = p.say(r, "success")
	if j.result != "success" || len(p.forge.comments) != 2 {
		t.Fatalf("%s, %d comments:\n%s", j.result, len(p.forge.comments), j.log)
	}
	said := p.forge.comments[1]
	if said.Number != 7 || !strings.HasPrefix(said.Body, comment.Marker) || !strings.Contains(said.Body, "Search") {
		t.Errorf("the comment: %+v", said)
	}
	before := said.Body

	// Another commit, which a gate refuses: red, told, and in the same comment.
	r, j = p.push(map[string]string{"roadmap/search.md": strings.Replace(plan("Search", "2", "active"), `status = "active"`+"\ncriteria = [{ text = \"Searches", `status = "done"`+"\ncriteria = [{ text = \"Searches", 1)})
	r.ended(p.hosted, map[string]string{"preview": "failure"})
	if !strings.Contains(j.log, "::error file=roadmap/search.md,line=10") {
		t.Errorf("the gate is not told at its line:\n%s", j.log)
	}
	r.artifact(p.hosted, "ip3dp-preview")
	j = p.say(r, "failure")
	if j.result != "success" || len(p.forge.comments) != 2 || said.Body == before || !strings.Contains(said.Body, "Searches work") {
		t.Errorf("%s, comments %+v:\n%s", j.result, said, j.log)
	}
	if stranger.Body != comment.Marker+"\nI am a comment of yours" {
		t.Errorf("a stranger's comment became %q", stranger.Body)
	}

	// A newer commit has been pushed meanwhile: its own run will comment.
	now := said.Body
	p.opened(7, strings.Repeat("0", 40))
	j = p.say(r, "failure")
	if j.result != "success" || said.Body != now || !strings.Contains(j.log, "nothing posted") {
		t.Errorf("%s:\n%s", j.result, j.log)
	}
	if j = p.say(r, "cancelled"); j.result != "skipped" {
		t.Errorf("after a preview that was cancelled: %s", j.result)
	}

	// A preview that broke before it left anything: nothing to say, and no alarm.
	delete(p.runs[r.id], "ip3dp-diff")
	p.opened(7, r.commit)
	if j = p.say(r, "failure"); j.result != "success" || said.Body != now {
		t.Errorf("%s:\n%s", j.result, j.log)
	}
}

// TestPreviewBeforeTheFirstNight: nothing is published yet. The content is compared
// all the same, and the check is red or, where numbers are optional, a warning.
func TestPreviewBeforeTheFirstNight(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	r, j := p.push(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	r.ended(p.hosted, map[string]string{"preview": "failure"})
	var d map[string]any
	data, err := os.ReadFile(filepath.Join(r.artifact(p.hosted, "ip3dp-diff"), "diff.json"))
	if err == nil {
		err = json.Unmarshal(data, &d)
	}
	if err != nil || len(d["changes"].([]any)) == 0 || p.runs[r.id]["ip3dp-preview"] != "" || !strings.Contains(j.log, "::error title=ip3dp::not all could be compared") {
		t.Errorf("%v, %v\n%s", err, d, j.log)
	}
	p.preview = bytes.Replace(p.preview, []byte("command: preview\n"), []byte("command: preview\n          numbers: optional\n"), 1)
	r, j = p.push(map[string]string{"roadmap/search.md": plan("Search", "3", "planned")})
	r.ended(p.hosted, map[string]string{"preview": "success"})
	if !strings.Contains(j.log, "::warning title=ip3dp::not all could be compared") {
		t.Errorf("without a warning:\n%s", j.log)
	}
}

// TestRequestCannotShadowItsBase: a folder, a file, a link or a diff that a request
// brings under the name of its base or of what the check writes changes nothing.
func TestRequestCannotShadowItsBase(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	p.publish()
	gate := strings.Replace(plan("Search", "2", "active"), `status = "active"`+"\ncriteria = [{ text = \"Searches", `status = "done"`+"\ncriteria = [{ text = \"Searches", 1)
	same := map[string]string{"roadmap/search.md": gate}
	for _, name := range []string{"config.toml", "roadmap/search.md", "data/report.json"} {
		same[p.base+"/"+name] = gate
		same["commit:"+p.base+"/"+name] = gate
	}
	same["preview/diff.json"] = `{"version": 2, "changes": []}`
	same["preview/summary.md"] = "Nothing moves."
	r, j := p.push(same)
	r.ended(p.hosted, map[string]string{"preview": "failure"})
	data, err := os.ReadFile(filepath.Join(r.artifact(p.hosted, "ip3dp-diff"), "diff.json"))
	if err != nil || !strings.Contains(string(data), "Searches work") || strings.Contains(j.summary, "Nothing moves.") {
		t.Errorf("%v, %s\n%s\n%s", err, data, j.summary, j.log)
	}
	p.check(os.RemoveAll(filepath.Join(p.repo, "preview")))
	p.check(os.Symlink(t.TempDir(), filepath.Join(p.repo, "preview")))
	r, j = p.push(nil)
	r.ended(p.hosted, map[string]string{"preview": "failure"})
	if !strings.Contains(j.log, "is a symbolic link") {
		t.Errorf("a link in place of the folder:\n%s", j.log)
	}
}

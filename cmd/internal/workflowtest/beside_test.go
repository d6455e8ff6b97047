//go:build !race

// What is tested here runs in processes of its own, where the race detector finds
// nothing that other tests do not, and takes five times as long.

package workflowtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newBeside is a GitHub that serves the site from a branch, after a first night.
func newBeside(t *testing.T) *previews {
	t.Helper()
	p := newPreviews(t)
	p.vars["IP3DP_PAGES_BRANCH"] = "gh-pages"
	p.forge.pages = map[string]any{
		"html_url": "https://acme.github.io/platform/", "build_type": "legacy", "source": map[string]any{"branch": "gh-pages", "path": "/"},
	}
	p.night(t, "2025-04-01T02:23:00Z")
	return p
}

// night publishes to the branch, whose files are then the site.
func (p *previews) night(t *testing.T, now string) {
	t.Helper()
	p.runner["IP3DP_NOW"] = now
	r := p.start(scaffolded(t, "github/nightly.yml.tmpl", scaffoldOfTests()), "schedule", map[string]any{}, "main")
	r.ended(p.hosted, branchNight)
	p.pages = r.artifact(p.hosted, "ip3dp-site")
	if len(p.forge.issues) != 0 || !slices.Contains(p.branchFiles("gh-pages"), "index.html") {
		t.Fatalf("issues %v, files %v\n%s", p.forge.issues, p.branchFiles("gh-pages"), r.jobs["branch"].log)
	}
}

// has fails unless the branch of the site has a preview, or has none.
func (p *previews) has(want bool) {
	p.t.Helper()
	files := p.branchFiles("gh-pages")
	has := slices.Contains(files, "previews/pr-7/index.html")
	if has != want || !slices.Contains(files, "index.html") {
		p.t.Errorf("a preview is there: %v, want %v; %d files", has, want, len(files))
	}
}

// commented returns the only comment, and fails unless it has these texts and not the others.
func (p *previews) commented(r *workflowRun, texts, not []string) {
	p.t.Helper()
	if r.jobs["comment"].result != "success" || len(p.forge.comments) != 1 {
		p.t.Fatalf("%s, %d comments:\n%s", r.jobs["comment"].result, len(p.forge.comments), r.jobs["comment"].log)
	}
	body := p.forge.comments[0].Body
	for _, text := range texts {
		if !strings.Contains(body, text) {
			p.t.Errorf("the comment lacks %q:\n%s", text, body)
		}
	}
	for _, text := range not {
		if strings.Contains(body, text) {
			p.t.Errorf("the comment has %q:\n%s", text, body)
		}
	}
}

// close is the run for a request that was closed.
func (p *previews) close() *jobRun {
	p.t.Helper()
	text := scaffolded(p.t, "github/preview-close.yml.tmpl", scaffoldOfTests())
	return p.start(text, "pull_request_target", p.request("main"), "").jobs["remove"]
}

const (
	addressOfPreview = "https://acme.github.io/platform/previews/pr-7/"
	howToOpen        = "unpack it and open `index.html`"
)

// TestPreviewBesideTheSite: the preview of a branch of the same repository is published beside
// the site, linked, kept by the next night, and removed when the request is closed or 14 days
// later. That of a fork is an artifact, which the comment links to.
func TestPreviewBesideTheSite(t *testing.T) {
	t.Parallel()
	p := newBeside(t)
	p.ours = true
	r, _ := p.push(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	f := p.follow(r, "success")
	f.ended(p.hosted, map[string]string{"publish": "success", "comment": "success"})
	p.has(true)
	p.commented(f, []string{"[Preview](" + addressOfPreview + ") · [Charts before and after](" + addressOfPreview + "charts/)", "Search"}, []string{howToOpen})
	if !slices.Contains(p.branchFiles("gh-pages"), "previews/pr-7/charts/initiative-search-after.svg") {
		t.Error("the changed chart is not published")
	}
	if strings.Contains(f.jobs["publish"].log, "canary") {
		t.Errorf("the log shows the token:\n%s", f.jobs["publish"].log)
	}

	p.ours = false
	f = p.follow(r, "success")
	f.ended(p.hosted, map[string]string{"publish": "skipped", "comment": "success"})
	p.commented(f, []string{"[Preview as an archive](https://github.com/acme/platform/actions/runs/" + r.id + "/artifacts/50", howToOpen, "[Charts before and after](https://github.com/acme/platform/actions/runs/" + r.id + "/artifacts/50"}, []string{addressOfPreview})
	if j := p.close(); j.result != "skipped" {
		t.Errorf("a request of a fork is closed: %s", j.result)
	}
	p.ours = true

	p.night(t, "2025-04-10T02:23:00Z")
	p.has(true)
	if j := p.close(); j.result != "success" {
		t.Errorf("%s:\n%s", j.result, j.log)
	}
	p.has(false)
	if j := p.close(); j.result != "success" {
		t.Errorf("there is nothing to remove, and the job is red:\n%s", j.log)
	}

	// A preview that nobody has removed.
	r, _ = p.push(map[string]string{"roadmap/search.md": plan("Search", "1", "planned")})
	p.follow(r, "success")
	p.has(true)
	p.night(t, "2025-04-24T02:23:00Z")
	p.has(true)
	p.night(t, "2025-04-26T02:23:00Z")
	p.has(false)

	// The request was closed, or has a newer commit.
	p.opened(7, strings.Repeat("0", 40))
	f = p.follow(r, "success")
	f.ended(p.hosted, map[string]string{"publish": "success", "comment": "success"})
	if p.has(false); !strings.Contains(f.jobs["publish"].log, "no place") {
		t.Errorf("the log:\n%s", f.jobs["publish"].log)
	}
}

// TestPreviewNotBesideTheSite: where Pages serves something else, and what is not a preview of
// ours, nothing is published, and the comment links to the artifact.
func TestPreviewNotBesideTheSite(t *testing.T) {
	t.Parallel()
	p := newBeside(t)
	p.ours = true
	r, _ := p.push(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	before := p.branches()
	refused := func(name, says string) {
		t.Helper()
		f := p.follow(r, "success")
		f.ended(p.hosted, map[string]string{"publish": "failure", "comment": "success"})
		if p.branches() != before || !strings.Contains(f.jobs["publish"].log, says) {
			t.Errorf("%s: want %q and no change:\n%s", name, says, f.jobs["publish"].log)
		}
		p.commented(f, []string{howToOpen}, []string{"previews/pr-7"})
	}
	settings := p.forge.pages
	for name, says := range map[string]string{
		`{"build_type": "workflow"}`: "deployed by a workflow", `{"source": "main"}`: `serves the branch "main"`, "none": "not found",
	} {
		switch p.forge.pages = map[string]any{"html_url": settings["html_url"]}; name {
		case "none":
			p.forge.pages = nil
		case `{"source": "main"}`:
			p.forge.pages["source"] = map[string]any{"branch": "main", "path": "/"}
		default:
			p.forge.pages["build_type"] = "workflow"
		}
		refused(name, says)
	}
	p.forge.pages = settings
	site := p.runs[r.id]["ip3dp-preview"]
	for name, says := range map[string]string{"evil.html": "files that were not written by ip3dp", ".git/config": "begins with a dot", "previews/pr-1/index.html": "would hide the previews"} {
		file := filepath.Join(site, filepath.FromSlash(name))
		p.check(os.MkdirAll(filepath.Dir(file), 0o755))
		p.check(os.WriteFile(file, []byte("<script>"), 0o600))
		refused(name, says)
		p.check(os.RemoveAll(filepath.Join(site, strings.Split(name, "/")[0])))
	}
	p.check(os.Symlink("/etc/passwd", filepath.Join(site, "passwd.html")))
	refused("a link", "not a regular file")
}

// queued is the check of a queue of merges.
func (p *previews) queued(base, head string) *workflowRun {
	p.t.Helper()
	group := map[string]any{"base_sha": base, "head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7"}
	return p.start(p.preview, "merge_group", map[string]any{"merge_group": group}, head)
}

// TestMergeQueue: a queue of merges gets the check of its head against its base, and no comment
// or preview.
func TestMergeQueue(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	p.publish()
	p.write(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	first := p.commit("The request before it in the queue")
	p.write(map[string]string{"README.md": "Text\n"})
	r := p.queued(first, p.commit("Only prose"))
	r.ended(p.hosted, map[string]string{"preview": "success"})
	if log := r.jobs["preview"].log; log != "" {
		t.Errorf("a request that touches nothing runs ip3dp:\n%s", log)
	}
	gate := strings.Replace(plan("Search", "2", "active"), `status = "active"`+"\ncriteria", `status = "done"`+"\ncriteria", 1)
	for text, want := range map[string]string{plan("Search", "3", "planned"): "success", gate: "failure"} {
		t.Run(want, func(t *testing.T) {
			p.write(map[string]string{"roadmap/search.md": text})
			r = p.queued(first, p.commit("A request"))
			r.ended(p.hosted, map[string]string{"preview": want})
			if len(p.runs[r.id]) != 0 || !strings.Contains(r.jobs["preview"].summary, "Search") {
				t.Errorf("artifacts %v, summary:\n%s\n%s", p.runs[r.id], r.jobs["preview"].summary, r.jobs["preview"].log)
			}
			f := p.follow(r, "success")
			f.ended(p.hosted, map[string]string{"publish": "skipped", "comment": "skipped"})
			p.git(p.repo, "reset", "-q", "--hard", first)
		})
	}
}

// TestCheckOfEveryRequest: a request that touches no content passes, so that the check can be a
// required one; one that takes its change back is compared, so that its comment is current; and
// what others have changed in the base is not the request's.
func TestCheckOfEveryRequest(t *testing.T) {
	t.Parallel()
	p := newPreviews(t)
	r, j := p.push(map[string]string{"README.md": "Text\n", "code/roadmap/search.md": "other\n"})
	r.ended(p.hosted, map[string]string{"preview": "success"})
	if len(p.runs[r.id]) != 0 || j.log != "" {
		t.Errorf("artifacts %v\n%s", p.runs[r.id], j.log)
	}
	p.publish()
	r, _ = p.push(map[string]string{"roadmap/search.md": plan("Search", "2", "planned")})
	f := p.follow(r, "success")
	p.commented(f, []string{"Search", howToOpen}, nil)
	r, _ = p.push(map[string]string{"roadmap/search.md": plan("Search", "4", "planned")})
	f = p.follow(r, "success")
	p.commented(f, []string{"Nothing moves"}, []string{"→"})

	// Somebody else's change has reached the base, into which GitHub merges the request.
	p.git(p.repo, "switch", "-q", "-c", "idea", p.base)
	p.write(map[string]string{"roadmap/deploy.md": plan("Deploy", "1", "planned")})
	head := p.commit("The request")
	p.git(p.repo, "switch", "-q", "main")
	p.write(map[string]string{"roadmap/search.md": plan("Search", "9", "planned")})
	p.commit("Somebody else's change")
	p.git(p.repo, "merge", "-q", "--no-ff", "-m", "Merge", "idea")
	r = p.start(p.preview, "pull_request", p.request(head), "main")
	r.ended(p.hosted, map[string]string{"preview": "success"})
	effort := regexp.MustCompile(`(?m)^.*Effort.*$`).FindAllString(r.jobs["preview"].summary, -1)
	if len(effort) != 1 || !strings.Contains(effort[0], "Effort 3 → 1") {
		t.Errorf("the request is compared with another base: %q\n%s", effort, r.jobs["preview"].summary)
	}
	// A base that is not there is an error, never a request that touches nothing.
	p.base = strings.Repeat("1", 40)
	r, _ = p.push(map[string]string{"README.md": "More\n"})
	r.ended(p.hosted, map[string]string{"preview": "failure"})
}

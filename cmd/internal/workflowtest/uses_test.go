package workflowtest

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
)

// uses runs an action: ours from its source, others by a fake.
func (j *jobRun) uses(name string, with, outputs map[string]string) bool {
	h := j.host
	h.t.Helper()
	action, _, _ := strings.Cut(name, "@")
	switch action {
	case "./", scaffold.Home:
		source, err := filepath.Abs(top)
		h.check(err)
		return j.composite(source, with, outputs)
	case "actions/checkout":
		return j.checkout(with)
	case "actions/setup-go":
		return true
	case "actions/cache/restore":
		return j.restore(with)
	case "actions/cache/save":
		return j.save(with)
	case "actions/upload-artifact":
		return j.upload(with["name"], with["path"], with["include-hidden-files"] == "true", with["if-no-files-found"] == "ignore")
	case "actions/download-artifact":
		return j.download(with)
	case "actions/upload-pages-artifact":
		j.refuseLinks(filepath.Join(j.workspace, with["path"]))
		return j.upload("github-pages", with["path"], false, false)
	case "actions/deploy-pages":
		if j.permissions["pages"] != "write" || j.permissions["id-token"] != "write" {
			h.t.Errorf("job %s may not publish", j.name)
		}
		h.pages = j.run.artifact(h, "github-pages")
		outputs["page_url"] = "https://example.github.io/platform/"
		return true
	}
	h.t.Errorf("job %s uses %s, which has no fake", j.name, name)
	return false
}

func (j *jobRun) checkout(with map[string]string) bool {
	h := j.host
	if p := j.permissions["contents"]; p != "read" && p != "write" {
		h.t.Errorf("job %s may not check out", j.name)
	}
	if with["persist-credentials"] != "false" {
		h.t.Errorf("job %s leaves its token in the checkout", j.name)
	}
	if j.run.name == "workflow_run" || j.run.name == "pull_request_target" {
		h.t.Errorf("job %s, which may write, checks out what others wrote", j.name)
	}
	from, depth := h.repo, []string{"--no-hardlinks"}
	if with["fetch-depth"] != "0" {
		from, depth = "file://"+h.repo, []string{"--depth=1"}
	}
	h.git(j.workspace, append([]string{"clone", "-q", from, "."}, depth...)...)
	h.git(j.workspace, "checkout", "-q", j.run.commit)
	h.git(j.workspace, "remote", "set-url", "origin", "https://github.com/"+repositoryOfTests)
	return true
}

// home is the home folder of jobs, where git finds that the repository's address is its
// folder here.
func (h *hosted) home() string {
	h.t.Helper()
	home := filepath.Join(h.base, "home")
	h.check(os.MkdirAll(home, 0o755))
	h.check(os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[url \"file://"+h.repo+"\"]\n\tinsteadOf = https://github.com/"+repositoryOfTests+".git\n"), 0o600))
	return home
}

// branches lists the branches of the repository with their commits, as git stores them: steps
// ask twice, and a process each time would be a fifth of their work.
func (h *hosted) branches() string {
	h.t.Helper()
	var list []string
	heads := filepath.Join(h.repo, ".git", "refs", "heads")
	h.check(filepath.WalkDir(heads, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		commit, err := os.ReadFile(name)
		list = append(list, strings.TrimPrefix(name, heads)+" "+string(commit))
		return err
	}))
	packed, err := os.ReadFile(filepath.Join(h.repo, ".git", "packed-refs"))
	if !errors.Is(err, fs.ErrNotExist) {
		h.check(err)
	}
	return strings.Join(append(list, string(packed)), "\n")
}

// branchFiles lists the files of a branch.
func (h *hosted) branchFiles(branch string) []string {
	h.t.Helper()
	return strings.Fields(h.git(h.repo, "ls-tree", "-r", "--name-only", branch))
}

// git runs git in a folder and returns what it prints.
func (h *hosted) git(dir string, args ...string) string {
	h.t.Helper()
	c := exec.CommandContext(h.t.Context(), "git", append([]string{"-c", "maintenance.auto=false", "-c", "core.fsync=none"}, args...)...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.com",
		"GIT_AUTHOR_DATE=2024-10-14T09:00:00Z", "GIT_COMMITTER_DATE=2024-10-14T09:00:00Z")
	out, err := c.CombinedOutput()
	if err != nil {
		h.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// restore puts back the cache of that key, or the newest whose key begins with one
// of restore-keys.
func (j *jobRun) restore(with map[string]string) bool {
	h := j.host
	key := ""
	for _, prefix := range append([]string{with["key"]}, strings.Fields(with["restore-keys"])...) {
		for have := range h.caches {
			if strings.HasPrefix(have, prefix) && have > key {
				key = have
			}
		}
	}
	if key != "" {
		h.check(copyFolder(j.workspace, h.caches[key]))
	}
	return true
}

// save keeps the files that are named and exist. As on GitHub, a key is kept once.
func (j *jobRun) save(with map[string]string) bool {
	h := j.host
	if _, ok := h.caches[with["key"]]; ok {
		h.t.Errorf("the cache %s is there already", with["key"])
	}
	folder := filepath.Join(h.base, "cache-"+with["key"])
	for _, name := range strings.Fields(with["path"]) {
		data, err := os.ReadFile(filepath.Join(j.workspace, name))
		if err != nil {
			continue
		}
		h.check(os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		h.check(os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	if _, err := os.Stat(folder); err == nil {
		h.caches[with["key"]] = folder
	}
	return true
}

// upload keeps a folder's content, or one file, as an artifact.
func (j *jobRun) upload(name, path string, hidden, ignore bool) bool {
	h := j.host
	source := filepath.Join(j.workspace, path)
	skipped := !hidden && slices.ContainsFunc(strings.Split(filepath.ToSlash(path), "/"), func(part string) bool {
		return strings.HasPrefix(part, ".") && part != "."
	})
	info, err := os.Stat(source)
	if err != nil || skipped {
		return ignore
	}
	if _, ok := h.runs[j.run.id][name]; ok {
		h.t.Errorf("two artifacts of the name %s", name)
	}
	folder := filepath.Join(h.base, j.run.id+"-artifact-"+name)
	h.check(os.MkdirAll(folder, 0o755))
	if info.IsDir() {
		h.check(copyFolder(folder, source))
	} else {
		data, err := os.ReadFile(source)
		h.check(err)
		h.check(os.WriteFile(filepath.Join(folder, filepath.Base(source)), data, 0o600))
	}
	h.runs[j.run.id][name] = folder
	return true
}

// download copies an artifact, links and all, of this run or of one that a token
// with actions: read may see.
func (j *jobRun) download(with map[string]string) bool {
	h := j.host
	run := with["run-id"]
	if run == "" {
		run = j.run.id
	} else if j.permissions["actions"] != "read" || with["github-token"] == "" {
		h.t.Errorf("job %s may not read artifacts of other runs", j.name)
		return false
	}
	folder, ok := h.runs[run][with["name"]]
	if !ok {
		j.log += "Error: Unable to download artifact(s): Artifact not found for name: " + with["name"] + "\n"
		return false
	}
	target := with["path"]
	if !filepath.IsAbs(target) {
		target = filepath.Join(j.workspace, target)
	}
	if h.left != nil {
		h.check(os.MkdirAll(target, 0o755))
		h.left(target)
		return true
	}
	h.check(copyFolder(target, folder))
	return true
}

// copyFolder copies what a folder holds into another, over what is there. Links
// stay links.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case entry.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
}

// refuseLinks fails if a site holds links or hidden files, which Pages refuses or
// leaves out.
func (j *jobRun) refuseLinks(dir string) {
	h := j.host
	h.check(filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && (entry.Type()&fs.ModeSymlink != 0 || strings.HasPrefix(entry.Name(), ".")) {
			h.t.Errorf("Pages does not take %s", name)
		}
		return err
	}))
}

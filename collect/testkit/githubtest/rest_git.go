package githubtest

import (
	"encoding/base64"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// empty is the answer about commits of a repository that has none.
func empty() answer { return refused(http.StatusConflict, "Git Repository is empty.") }

// resolve turns a branch, tag or SHA into a SHA that is known, "" if it is none.
func (v *view) resolve(r *testkit.Repository, name string) string {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "refs/"), "heads/")
	if name == "" || name == "HEAD" || name == r.DefaultBranch {
		return r.Head(v.now)
	}
	tag := strings.TrimPrefix(name, "tags/")
	for _, t := range r.Tags {
		if t.Name == tag && !t.At.After(v.now) {
			return t.SHA
		}
	}
	for i := range r.Requests {
		if q := &r.Requests[i]; q.Head == name && q.Fork == "" && q.Visible(v.now) && !q.IsMerged(v.now) {
			return v.headSHA(q)
		}
	}
	if c := r.Commit(name); c != nil && !c.CommitTime.After(v.now) {
		return name
	}
	return ""
}

func (c *call) commits() answer {
	if c.repo.Head(c.now) == "" {
		return empty()
	}
	sha := c.resolve(c.repo, c.param("sha"))
	if sha == "" {
		return missing()
	}
	since, _ := c.at("since")
	until, bounded := c.at("until")
	commits := slices.DeleteFunc(c.repo.Reachable(sha), func(k *testkit.Commit) bool {
		return k.CommitTime.Before(since) || bounded && k.CommitTime.After(until)
	})
	return listOf(commits, func(k *testkit.Commit) any { return c.commitJSON(c.repo, k) })
}

func (c *call) commit() answer {
	if c.repo.Head(c.now) == "" {
		return empty()
	}
	k := c.repo.Commit(c.resolve(c.repo, c.r.PathValue("sha")))
	if k == nil {
		return invalid("No commit found for SHA: " + c.r.PathValue("sha"))
	}
	o := c.commitJSON(c.repo, k)
	files := []any{}
	for _, f := range k.Files {
		files = append(files, object{
			"filename": f.Path, "status": "modified", "patch": f.Patch,
			"additions": strings.Count(f.Patch, "\n+"), "deletions": strings.Count(f.Patch, "\n-"),
		})
	}
	o["files"] = files
	o["stats"] = object{"total": len(files)}
	return found(o)
}

// compare is GET /compare/BASE...HEAD: the commits of HEAD that BASE has not,
// oldest first, by pages of at most 250.
func (c *call) compare() answer {
	base, head, ok := strings.Cut(c.r.PathValue("span"), "...")
	from, to := c.resolve(c.repo, base), c.resolve(c.repo, head)
	if !ok || from == "" || to == "" {
		return missing()
	}
	theirs, ours := c.repo.Reachable(from), c.repo.Reachable(to)
	had, has := shas(theirs), shas(ours)
	ahead := slices.DeleteFunc(slices.Clone(ours), func(k *testkit.Commit) bool { return had[k.SHA] })
	behind := slices.DeleteFunc(slices.Clone(theirs), func(k *testkit.Commit) bool { return has[k.SHA] })
	shared := slices.IndexFunc(ours, func(k *testkit.Commit) bool { return had[k.SHA] })
	if shared < 0 {
		return refused(http.StatusNotFound, "No common ancestor between "+base+" and "+head+".")
	}
	slices.Reverse(ahead)
	page := c.listOfCommits(ahead)
	return found(object{
		"status": relation(len(ahead), len(behind)), "ahead_by": len(ahead), "behind_by": len(behind), "total_commits": len(ahead),
		"base_commit": c.commitJSON(c.repo, c.repo.Commit(from)), "merge_base_commit": c.commitJSON(c.repo, ours[shared]),
		"commits": page, "files": []any{},
	})
}

func relation(ahead, behind int) string {
	switch {
	case ahead == 0 && behind == 0:
		return "identical"
	case behind == 0:
		return "ahead"
	case ahead == 0:
		return "behind"
	}
	return "diverged"
}

func shas(commits []*testkit.Commit) map[string]bool {
	set := make(map[string]bool, len(commits))
	for _, k := range commits {
		set[k.SHA] = true
	}
	return set
}

// listOfCommits is a page of a comparison: without page or per_page the first 250.
func (c *call) listOfCommits(commits []*testkit.Commit) []any {
	size, page := 250, 1
	if n := atoi(c.param("per_page")); n > 0 {
		size = min(n, 100)
	}
	if n := atoi(c.param("page")); n > 0 {
		page = n
	}
	items := []any{}
	for _, k := range commits[min((page-1)*size, len(commits)):min(page*size, len(commits))] {
		items = append(items, c.commitJSON(c.repo, k))
	}
	return items
}

func (c *call) branches() answer {
	if c.repo.Head(c.now) == "" {
		return listOf([]string{}, func(string) any { return nil })
	}
	return listOf([]string{c.repo.DefaultBranch}, func(name string) any { return c.branchJSON(name) })
}

func (c *call) branchJSON(name string) object {
	k := c.repo.Commit(c.resolve(c.repo, name))
	return object{"name": name, "protected": false, "commit": c.commitJSON(c.repo, k)}
}

func (c *call) branch() answer {
	name := c.r.PathValue("branch")
	if c.resolve(c.repo, "heads/"+name) == "" {
		return refused(http.StatusNotFound, "Branch not found")
	}
	return found(c.branchJSON(name))
}

func refJSON(name, sha string) object {
	return object{"ref": name, "node_id": nodeID("REF", name), "object": object{"type": "commit", "sha": sha}}
}

func (c *call) ref() answer {
	name := c.r.PathValue("ref")
	if c.repo.Head(c.now) == "" {
		return empty()
	}
	sha := c.resolve(c.repo, name)
	if sha == "" {
		return missing()
	}
	return found(refJSON("refs/"+name, sha))
}

func (c *call) matchingRefs() answer {
	var all []testkit.Tag
	for _, t := range c.shownTags(c.repo) {
		if strings.HasPrefix("tags/"+t.Name, c.r.PathValue("ref")) {
			all = append(all, t)
		}
	}
	return listOf(all, func(t testkit.Tag) any { return refJSON("refs/tags/"+t.Name, t.SHA) })
}

// shownTags are the tags that are there now, in the order of their names from z to a,
// as GitHub lists them.
func (v *view) shownTags(r *testkit.Repository) []testkit.Tag {
	var all []testkit.Tag
	for _, t := range r.Tags {
		if !t.At.After(v.now) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b testkit.Tag) int { return strings.Compare(b.Name, a.Name) })
	return all
}

func (c *call) tags() answer {
	return listOf(c.shownTags(c.repo), func(t testkit.Tag) any {
		return object{"name": t.Name, "commit": object{"sha": t.SHA}, "node_id": nodeID("REF", t.Name)}
	})
}

// tree lists the workflow files, the only files that a World has by their content.
func (c *call) tree() answer {
	sha := c.r.PathValue("sha")
	if c.repo.Head(c.now) == "" {
		return empty()
	}
	if c.resolve(c.repo, sha) == "" && sha != treeSHA(c.repo.Head(c.now)) {
		return missing()
	}
	entries := []any{}
	for _, f := range c.repo.Workflows {
		entries = append(entries, object{
			"path": f.Path, "mode": "100644", "type": "blob", "sha": blobSHA(f.Content),
			"size": len(f.Content),
		})
	}
	return found(object{"sha": sha, "tree": entries, "truncated": false})
}

func (c *call) contents() answer {
	if c.repo.Head(c.now) == "" {
		return empty()
	}
	wanted := strings.Trim(c.r.PathValue("path"), "/")
	entries := []any{}
	for _, f := range c.repo.Workflows {
		o := object{
			"type": "file", "name": path.Base(f.Path), "path": f.Path, "sha": blobSHA(f.Content),
			"size": len(f.Content),
		}
		switch wanted {
		case f.Path:
			o["encoding"], o["content"] = "base64", base64.StdEncoding.EncodeToString([]byte(f.Content))
			return found(o)
		case path.Dir(f.Path):
			entries = append(entries, o)
		}
	}
	if len(entries) == 0 {
		return missing()
	}
	return found(entries)
}

package githubtest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// answerEmpty returns the answer to a request for commits of an empty repository.
func answerEmpty() answer { return answerError(http.StatusConflict, "Git Repository is empty.") }

// resolveSHA returns the SHA of a branch, tag or SHA, "" if it does not exist.
func (v *view) resolveSHA(r *testkit.Repository, name string) string {
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

func (c *call) getRepository() answer { return answerJSON(c.repositoryJSON(c.repo)) }

func (c *call) getCommit() answer {
	if c.repo.Head(c.now) == "" {
		return answerEmpty()
	}
	k := c.repo.Commit(c.resolveSHA(c.repo, c.r.PathValue("sha")))
	if k == nil {
		return answerInvalid("No commit found for SHA: " + c.r.PathValue("sha"))
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
	return answerJSON(o)
}

// shownTags returns the tags that exist now, by name from z to a, as GitHub lists them.
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

// shownDeployments returns the deployments that exist now, oldest first.
func (v *view) shownDeployments(r *testkit.Repository,
	wanted func(*testkit.Deployment) bool,
) []*testkit.Deployment {
	var all []*testkit.Deployment
	for i := range r.Deployments {
		if d := &r.Deployments[i]; !d.Created.After(v.now) && wanted(d) {
			all = append(all, d)
		}
	}
	return all
}

func (v *view) deploymentNumbered(r *testkit.Repository, id int64) *testkit.Deployment {
	for i := range r.Deployments {
		if d := &r.Deployments[i]; d.ID == id && !d.Created.After(v.now) {
			return d
		}
	}
	return nil
}

func (c *call) getDeployment() answer {
	d := c.deploymentNumbered(c.repo, c.pathNumber("id"))
	if d == nil {
		return answerMissing()
	}
	return answerJSON(c.deploymentJSON(c.repo, d))
}

// shownReleases returns the releases that exist now, newest first.
func (v *view) shownReleases(r *testkit.Repository) []*testkit.Release {
	var all []*testkit.Release
	for i := range r.Releases {
		if l := &r.Releases[i]; !l.Published.After(v.now) {
			all = append(all, l)
		}
	}
	slices.Reverse(all)
	return all
}

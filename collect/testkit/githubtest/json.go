package githubtest

import (
	"crypto/sha1" // git names its objects by SHA-1
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// nodeID is the opaque id of GraphQL and of node_id: a prefix that tells the type,
// and what finds the object again.
func nodeID(prefix string, parts ...any) string {
	return prefix + "_" + base64.RawURLEncoding.EncodeToString([]byte(strings.Trim(fmt.Sprint(parts...), "[]")))
}

// userID is a number that stands for a login.
func userID(login string) int32 {
	h := fnv.New32a()
	h.Write([]byte(login))
	return int32(h.Sum32() & 0x7fffffff)
}

// userJSON is an account, null where it was deleted or never was.
func (v *view) userJSON(login string) any {
	p := v.Person(login)
	if p == nil || p.Ghost || p.Unlinked {
		return nil
	}
	kind := "User"
	if p.Bot {
		kind = "Bot"
	}
	return object{
		"login": p.Login, "id": userID(p.Login), "node_id": nodeID("U", p.Login), "type": kind,
		"html_url": web + p.Login, "url": v.api + "/users/" + p.Login, "site_admin": false,
	}
}

func (v *view) repositoryJSON(r *testkit.Repository) object {
	full := r.Name(v.now)
	owner, name, _ := strings.Cut(full, "/")
	kind := "User"
	if owner == v.Organisation {
		kind = "Organization"
	}
	return object{
		"id": r.ID, "node_id": nodeID("R", r.ID), "name": name, "full_name": full, "private": true, "visibility": "private",
		"owner":    object{"login": owner, "id": userID(owner), "type": kind},
		"html_url": web + full, "url": v.api + "/repos/" + full, "default_branch": r.DefaultBranch,
		"archived": r.IsArchived(v.now), "disabled": false, "fork": false, "is_template": false, "mirror_url": nil,
		"has_issues": true, "created_at": stamp(r.Created),
		"pushed_at": stamp(r.Pushed(v.now)), "size": len(r.Commits), "open_issues_count": 0,
	}
}

// signature is who wrote a commit, as git has it.
func (v *view) signature(c *testkit.Commit, author bool) object {
	p := v.Person(c.Author)
	at := c.CommitTime
	if author {
		at = c.AuthorTime
	}
	if p == nil {
		return object{"name": c.Author, "email": c.Author, "date": stamp(at)}
	}
	return object{"name": p.Name, "email": p.Email, "date": stamp(at)}
}

func (v *view) commitJSON(r *testkit.Repository, c *testkit.Commit) object {
	parents := []any{}
	for _, p := range c.Parents {
		parents = append(parents, object{"sha": p})
	}
	full := r.Name(v.now)
	return object{
		"sha": c.SHA, "node_id": nodeID("C", r.ID, ":", c.SHA), "html_url": web + full + "/commit/" + c.SHA,
		"url": v.api + "/repos/" + full + "/commits/" + c.SHA,
		"commit": object{
			"author": v.signature(c, true), "committer": v.signature(c, false), "message": c.Message,
			"tree": object{"sha": treeSHA(c.SHA)},
		},
		"author": v.userJSON(c.Author), "committer": v.userJSON(c.Author), "parents": parents,
	}
}

// treeSHA stands for the tree of a commit.
func treeSHA(commit string) string { return blobSHA("tree of " + commit) }

// blobSHA is git's name of a file's content.
func blobSHA(content string) string {
	sum := sha1.Sum([]byte("blob " + strconv.Itoa(len(content)) + "\x00" + content))
	return hex.EncodeToString(sum[:])
}

// description is the text of a request: what GitHub writes into it when a request
// is reverted by its button.
func (v *view) description(r *testkit.Repository, q *testkit.Request) string {
	if q.Reverts == 0 {
		return ""
	}
	return fmt.Sprintf("Reverts %s#%d", r.Name(v.now), q.Reverts)
}

func state(closed bool) string {
	if closed {
		return "closed"
	}
	return "open"
}

// baseSHA is the first parent of the request's first commit.
func (v *view) baseSHA(r *testkit.Repository, q *testkit.Request) string {
	if c := r.Commit(q.Commits[0].SHA); c != nil && len(c.Parents) > 0 {
		return c.Parents[0]
	}
	return r.Head(v.now)
}

func (v *view) headSHA(q *testkit.Request) string {
	commits := q.CommitsAt(v.now)
	if len(commits) == 0 {
		return q.Commits[0].SHA
	}
	return commits[len(commits)-1]
}

func (v *view) deploymentJSON(r *testkit.Repository, d *testkit.Deployment) object {
	full := r.Name(v.now)
	payload := json.RawMessage(d.Payload)
	if d.Payload == "" {
		payload = json.RawMessage(`""`)
	}
	address := fmt.Sprintf("%s/repos/%s/deployments/%d", v.api, full, d.ID)
	return object{
		"id": d.ID, "node_id": nodeID("DE", d.ID), "sha": d.SHA, "ref": d.Ref, "task": "deploy", "payload": payload,
		"environment": d.Environment, "original_environment": d.Environment, "description": nil, "creator": v.userJSON(d.Creator),
		"created_at": stamp(d.Created), "updated_at": stamp(d.Updated(v.now)), "url": address, "statuses_url": address +
			"/statuses",
		// False on every recorded deployment to production: nobody sets it.
		"production_environment": false, "transient_environment": false, "repository_url": v.api + "/repos/" + full,
	}
}

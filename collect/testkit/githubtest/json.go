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

// nodeID returns the opaque id of GraphQL and of node_id: a prefix for the type, and the key of
// the object.
func nodeID(prefix string, parts ...any) string {
	return prefix + "_" + base64.RawURLEncoding.EncodeToString([]byte(strings.Trim(fmt.Sprint(parts...), "[]")))
}

// userID returns a number for a login.
func userID(login string) int32 {
	h := fnv.New32a()
	h.Write([]byte(login))
	return int32(h.Sum32() & 0x7fffffff)
}

// userJSON returns an account, null where it was deleted or never was.
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
		"has_issues": true, "created_at": formatTime(r.Created),
		"pushed_at": formatTime(r.Pushed(v.now)), "size": len(r.Commits), "open_issues_count": 0,
	}
}

// signatureJSON returns the author or committer of a commit, as git has it.
func (v *view) signatureJSON(c *testkit.Commit, author bool) object {
	p := v.Person(c.Author)
	at := c.CommitTime
	if author {
		at = c.AuthorTime
	}
	if p == nil {
		return object{"name": c.Author, "email": c.Author, "date": formatTime(at)}
	}
	return object{"name": p.Name, "email": p.Email, "date": formatTime(at)}
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
			"author": v.signatureJSON(c, true), "committer": v.signatureJSON(c, false), "message": c.Message,
			"tree": object{"sha": treeSHA(c.SHA)},
		},
		"author": v.userJSON(c.Author), "committer": v.userJSON(c.Author), "parents": parents,
	}
}

// treeSHA returns an invented tree of a commit.
func treeSHA(commit string) string { return blobSHA("tree of " + commit) }

// blobSHA returns git's hash of a file's content.
func blobSHA(content string) string {
	sum := sha1.Sum([]byte("blob " + strconv.Itoa(len(content)) + "\x00" + content))
	return hex.EncodeToString(sum[:])
}

// requestBody returns the text of a request: the one that GitHub writes when a request is
// reverted by its button.
func (v *view) requestBody(r *testkit.Repository, q *testkit.Request) string {
	if q.Reverts == 0 {
		return ""
	}
	return fmt.Sprintf("Reverts %s#%d", r.Name(v.now), q.Reverts)
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
		"environment": d.Environment, "original_environment": d.Environment, "description": nil,
		"creator":    v.userJSON(d.Creator),
		"created_at": formatTime(d.Created), "updated_at": formatTime(d.Updated(v.now)), "url": address,
		"statuses_url": address +
			"/statuses",
		// False on every recorded deployment to production: nobody sets it.
		"production_environment": false, "transient_environment": false, "repository_url": v.api + "/repos/" + full,
	}
}

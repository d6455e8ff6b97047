package testkit

import (
	"crypto/sha1" // git names its objects by SHA-1
	"encoding/hex"
	"fmt"
	"time"
)

// builder makes a World in the order in which things happen. Times are given by
// whoever tells the story; ids are counted.
type builder struct {
	w  *World
	id int64
}

func newBuilder(organisation string, from, to time.Time) *builder {
	return &builder{w: &World{Organisation: organisation, From: from, To: to}, id: 1000}
}

func (b *builder) next() int64 {
	b.id++
	return b.id
}

// yard is a repository while it is told about.
type yard struct {
	*builder
	r      *Repository
	number int
	head   string
}

// repository creates one with a first commit, unless it stays empty.
func (b *builder) repository(name string, created time.Time, author string) *yard {
	r := &Repository{
		ID: int64(len(b.w.Repositories) + 1), Names: []Name{{Full: b.w.Organisation + "/" + name, From: created}},
		Created: created, DefaultBranch: "main",
	}
	b.w.Repositories = append(b.w.Repositories, r)
	y := &yard{builder: b, r: r}
	if author != "" {
		y.direct(author, created.Add(time.Minute), "Begin")
	}
	return y
}

// commit makes a commit on no branch.
func (y *yard) commit(author string, written, made time.Time, message string, request int, parents ...string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%d/%d/%s", y.r.ID, len(y.r.Commits), message))
	sha := hex.EncodeToString(sum[:])
	y.r.Commits = append(y.r.Commits, Commit{
		SHA: sha, Parents: parents, Author: author, AuthorTime: written, CommitTime: made, Message: message, Request: request,
	})
	return sha
}

func (y *yard) last() *Commit { return &y.r.Commits[len(y.r.Commits)-1] }

// push moves the default branch.
func (y *yard) push(sha string, at time.Time) {
	y.head = sha
	y.r.Heads = append(y.r.Heads, Head{SHA: sha, At: at})
}

// direct commits to the default branch without a request.
func (y *yard) direct(author string, at time.Time, message string) string {
	var parents []string
	if y.head != "" {
		parents = []string{y.head}
	}
	sha := y.commit(author, at, at, message, 0, parents...)
	y.push(sha, at)
	return sha
}

// request opens a request with commits of the given times, on a branch off the
// default branch's head. The pointer is valid until the next is opened.
func (y *yard) request(author, title string, opened time.Time, written ...time.Time) *Request {
	y.number++
	q := Request{
		ID: y.next(), Number: y.number, Author: author, Title: title, Opened: opened, Base: y.r.DefaultBranch,
		Head: fmt.Sprintf("work-%d", y.number),
	}
	parent := y.head
	for i, at := range written {
		pushed := opened
		if at.After(opened) {
			pushed = at
		}
		parent = y.commit(author, at, at, fmt.Sprintf("%s, part %d", title, i+1), q.Number, parent)
		q.Commits = append(q.Commits, Pushed{SHA: parent, At: pushed})
	}
	y.r.Requests = append(y.r.Requests, q)
	return &y.r.Requests[len(y.r.Requests)-1]
}

// merge lands a request on the default branch.
func (y *yard) merge(q *Request, method Method, by string, at time.Time) string {
	q.Merged, q.Method = at, method
	tip := q.Commits[len(q.Commits)-1].SHA
	switch method {
	case Merge:
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", q.Number, y.w.Organisation, q.Head, q.Title)
		q.MergeCommit = y.commit(by, at, at, message, q.Number, y.head, tip)
		for _, c := range q.Commits {
			q.Landed = append(q.Landed, c.SHA)
		}
	case Squash:
		q.MergeCommit = y.commit(q.Author, at, at, fmt.Sprintf("%s (#%d)", q.Title, q.Number), q.Number, y.head)
		q.Landed = []string{q.MergeCommit}
	case Rebase:
		onto := y.head
		for _, c := range q.Commits {
			old := y.r.find(c.SHA)
			onto = y.commit(old.Author, old.AuthorTime, at, old.Message, q.Number, onto)
			q.Landed = append(q.Landed, onto)
		}
		q.MergeCommit = onto
	case FastForward:
		q.MergeCommit = tip
		for _, c := range q.Commits {
			q.Landed = append(q.Landed, c.SHA)
		}
	}
	y.push(q.MergeCommit, at)
	return q.MergeCommit
}

// find is a commit by its SHA while commits are still added.
func (r *Repository) find(sha string) Commit {
	for i := range r.Commits {
		if r.Commits[i].SHA == sha {
			return r.Commits[i]
		}
	}
	return Commit{}
}

// deploy records a deployment.
func (y *yard) deploy(environment, sha, creator string, at time.Time, statuses ...Status) *Deployment {
	y.r.Deployments = append(y.r.Deployments, Deployment{
		ID: y.next(), Environment: environment, SHA: sha, Ref: y.r.DefaultBranch, Creator: creator, Created: at,
		Statuses: statuses, Payload: `{}`,
	})
	return &y.r.Deployments[len(y.r.Deployments)-1]
}

// rollout are the statuses of an ordinary deployment that took some minutes.
func rollout(at time.Time, minutes int, state string) []Status {
	return []Status{
		{"queued", at},
		{"in_progress", at.Add(20 * time.Second)},
		{state, at.Add(time.Duration(minutes) * time.Minute)},
	}
}

// run records a run of a workflow with its first attempt.
func (y *yard) run(workflow, sha, actor string, at time.Time, minutes int, conclusion string) *Run {
	y.r.Runs = append(y.r.Runs, Run{
		ID: y.next(), Workflow: workflow, Event: "push", SHA: sha, Branch: y.r.DefaultBranch, Actor: actor, Created: at,
		Attempts: []Attempt{{
			Started: at.Add(5 * time.Second), Finished: at.Add(time.Duration(minutes) * time.Minute),
			Conclusion: conclusion,
		}},
	})
	return &y.r.Runs[len(y.r.Runs)-1]
}

// issue opens an issue with labels from the beginning.
func (y *yard) issue(author, title string, at time.Time, labels ...string) *Issue {
	y.number++
	x := Issue{ID: y.next(), Number: y.number, Title: title, Author: author, Opened: at}
	for _, l := range labels {
		x.Labels = append(x.Labels, Label{Name: l, Added: at})
	}
	y.r.Issues = append(y.r.Issues, x)
	return &y.r.Issues[len(y.r.Issues)-1]
}

// workflow adds a workflow file.
func (y *yard) workflow(name, content string) string {
	path := ".github/workflows/" + name + ".yml"
	y.r.Workflows = append(y.r.Workflows, Workflow{ID: y.next(), Path: path, Name: name, Content: content})
	return path
}

// release tags a commit and publishes it.
func (y *yard) release(tag, sha, author string, at time.Time) *Release {
	y.r.Tags = append(y.r.Tags, Tag{Name: tag, SHA: sha, At: at, Annotated: len(y.r.Tags)%2 == 1})
	y.r.Releases = append(y.r.Releases, Release{
		ID: y.next(), Tag: tag, Name: "Version " + tag, Created: y.r.find(sha).CommitTime, Published: at, Author: author,
	})
	return &y.r.Releases[len(y.r.Releases)-1]
}

package testkit

import (
	"crypto/sha1" // git names its objects by SHA-1
	"encoding/hex"
	"fmt"
	"time"
)

// builder makes a World event by event. The caller gives the times; ids are counted.
type builder struct {
	w  *World
	id int64
}

func newBuilder(organisation string, from, to time.Time) *builder {
	return &builder{w: &World{Organisation: organisation, From: from, To: to}, id: 1000}
}

func (b *builder) nextID() int64 {
	b.id++
	return b.id
}

// repoBuilder is a repository while its events are added.
type repoBuilder struct {
	*builder
	r      *Repository
	number int
	head   string
}

// addRepository creates one with a first commit, unless it stays empty.
func (b *builder) addRepository(name string, created time.Time, author string) *repoBuilder {
	r := &Repository{
		ID: int64(len(b.w.Repositories) + 1), Names: []Name{{Full: b.w.Organisation + "/" + name, From: created}},
		Created: created, DefaultBranch: "main",
	}
	b.w.Repositories = append(b.w.Repositories, r)
	y := &repoBuilder{builder: b, r: r}
	if author != "" {
		y.pushDirect(author, created.Add(time.Minute), "Begin")
	}
	return y
}

// addCommit makes a commit on no branch.
func (y *repoBuilder) addCommit(author string, written, made time.Time, message string, request int,
	parents ...string,
) string {
	sum := sha1.Sum(fmt.Appendf(nil, "%d/%d/%s", y.r.ID, len(y.r.Commits), message))
	sha := hex.EncodeToString(sum[:])
	y.r.Commits = append(y.r.Commits, Commit{
		SHA: sha, Parents: parents, Author: author, AuthorTime: written, CommitTime: made, Message: message, Request: request,
	})
	return sha
}

func (y *repoBuilder) lastCommit() *Commit { return &y.r.Commits[len(y.r.Commits)-1] }

// moveHead moves the default branch.
func (y *repoBuilder) moveHead(sha string, at time.Time) {
	y.head = sha
	y.r.Heads = append(y.r.Heads, Head{SHA: sha, At: at})
}

// pushDirect commits to the default branch without a request.
func (y *repoBuilder) pushDirect(author string, at time.Time, message string) string {
	var parents []string
	if y.head != "" {
		parents = []string{y.head}
	}
	sha := y.addCommit(author, at, at, message, 0, parents...)
	y.moveHead(sha, at)
	return sha
}

// addRequest opens a request with commits of the given times, on a branch off the
// default branch's head. The pointer is valid until the next is opened.
func (y *repoBuilder) addRequest(author, title string, opened time.Time, written ...time.Time) *Request {
	y.number++
	q := Request{
		ID: y.nextID(), Number: y.number, Author: author, Title: title, Opened: opened, Base: y.r.DefaultBranch,
		Head: fmt.Sprintf("work-%d", y.number),
	}
	parent := y.head
	for i, at := range written {
		pushed := opened
		if at.After(opened) {
			pushed = at
		}
		parent = y.addCommit(author, at, at, fmt.Sprintf("%s, part %d", title, i+1), q.Number, parent)
		q.Commits = append(q.Commits, Pushed{SHA: parent, At: pushed})
	}
	y.r.Requests = append(y.r.Requests, q)
	return &y.r.Requests[len(y.r.Requests)-1]
}

// mergeRequest lands a request on the default branch.
func (y *repoBuilder) mergeRequest(q *Request, method Method, by string, at time.Time) string {
	q.Merged, q.Method = at, method
	tip := q.Commits[len(q.Commits)-1].SHA
	switch method {
	case Merge:
		message := fmt.Sprintf("Merge pull request #%d from %s/%s\n\n%s", q.Number, y.w.Organisation, q.Head, q.Title)
		q.MergeCommit = y.addCommit(by, at, at, message, q.Number, y.head, tip)
		for _, c := range q.Commits {
			q.Landed = append(q.Landed, c.SHA)
		}
	case Squash:
		q.MergeCommit = y.addCommit(q.Author, at, at, fmt.Sprintf("%s (#%d)", q.Title, q.Number), q.Number, y.head)
		q.Landed = []string{q.MergeCommit}
	case Rebase:
		onto := y.head
		for _, c := range q.Commits {
			old := y.r.findCommit(c.SHA)
			onto = y.addCommit(old.Author, old.AuthorTime, at, old.Message, q.Number, onto)
			q.Landed = append(q.Landed, onto)
		}
		q.MergeCommit = onto
	case FastForward:
		q.MergeCommit = tip
		for _, c := range q.Commits {
			q.Landed = append(q.Landed, c.SHA)
		}
	}
	y.moveHead(q.MergeCommit, at)
	return q.MergeCommit
}

// findCommit returns a commit by its SHA while commits are still added.
func (r *Repository) findCommit(sha string) Commit {
	for i := range r.Commits {
		if r.Commits[i].SHA == sha {
			return r.Commits[i]
		}
	}
	return Commit{}
}

// addDeployment records a deployment.
func (y *repoBuilder) addDeployment(environment, sha, creator string, at time.Time, statuses ...Status) *Deployment {
	y.r.Deployments = append(y.r.Deployments, Deployment{
		ID: y.nextID(), Environment: environment, SHA: sha, Ref: y.r.DefaultBranch, Creator: creator, Created: at,
		Statuses: statuses, Payload: `{}`,
	})
	return &y.r.Deployments[len(y.r.Deployments)-1]
}

// rolloutStatuses returns the statuses of an ordinary deployment that took some minutes.
func rolloutStatuses(at time.Time, minutes int, state string) []Status {
	return []Status{
		{"queued", at},
		{"in_progress", at.Add(20 * time.Second)},
		{state, at.Add(time.Duration(minutes) * time.Minute)},
	}
}

// addRun records a run of a workflow with its first attempt.
func (y *repoBuilder) addRun(workflow, sha, actor string, at time.Time, minutes int, conclusion string) *Run {
	y.r.Runs = append(y.r.Runs, Run{
		ID: y.nextID(), Workflow: workflow, Event: "push", SHA: sha, Branch: y.r.DefaultBranch, Actor: actor, Created: at,
		Attempts: []Attempt{{
			Started: at.Add(5 * time.Second), Finished: at.Add(time.Duration(minutes) * time.Minute),
			Conclusion: conclusion,
		}},
	})
	return &y.r.Runs[len(y.r.Runs)-1]
}

// addIssue opens an issue with labels from the beginning.
func (y *repoBuilder) addIssue(author, title string, at time.Time, labels ...string) *Issue {
	y.number++
	x := Issue{ID: y.nextID(), Number: y.number, Title: title, Author: author, Opened: at}
	for _, l := range labels {
		x.Labels = append(x.Labels, Label{Name: l, Added: at})
	}
	y.r.Issues = append(y.r.Issues, x)
	return &y.r.Issues[len(y.r.Issues)-1]
}

// addWorkflow adds a workflow file.
func (y *repoBuilder) addWorkflow(name, content string) string {
	path := ".github/workflows/" + name + ".yml"
	y.r.Workflows = append(y.r.Workflows, Workflow{ID: y.nextID(), Path: path, Name: name, Content: content})
	return path
}

// addRelease tags a commit and publishes it.
func (y *repoBuilder) addRelease(tag, sha, author string, at time.Time) *Release {
	y.r.Tags = append(y.r.Tags, Tag{Name: tag, SHA: sha, At: at, Annotated: len(y.r.Tags)%2 == 1})
	y.r.Releases = append(y.r.Releases, Release{
		ID: y.nextID(), Tag: tag, Name: "Version " + tag, Created: y.r.findCommit(sha).CommitTime, Published: at,
		Author: author,
	})
	return &y.r.Releases[len(y.r.Releases)-1]
}

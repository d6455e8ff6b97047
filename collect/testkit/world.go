package testkit

import (
	"slices"
	"sync"
	"time"
)

// World is everything that happened in one organisation. All times are UTC in whole seconds, as
// forges give them. A fake server shows only events up to its Now: a time after Now means "not
// yet", the zero time "never". Methods with a now argument return the state at that time. A
// World is not changed after it was made, so servers may share it.
type World struct {
	Organisation string // login of the organisation or path of the top group
	// From and To are the span of the events. A Sync at the end of the story asks for [From,
	// To).
	From, To     time.Time
	People       []Person
	Teams        []Team
	Repositories []*Repository // by ID

	once    sync.Once
	logins  map[string]*Person
	emails  map[string]*Person
	numbers map[int64]*Repository
}

// Person is an account, or an author without one. Elsewhere people are named by
// Login.
type Person struct {
	Login string // as facts name it; bots of GitHub are "name[bot]"
	Name  string
	Email string
	Bot   bool
	// Ghost means that the account was deleted: the forge shows no author of requests and
	// issues, and only the e-mail of commits.
	Ghost bool
	// Unlinked means that no account has this e-mail: commits show it instead of a login.
	// Unlinked people open no requests.
	Unlinked bool
}

// Team is a team of the organisation.
type Team struct {
	Slug         string
	Name         string
	Members      []string // logins
	Repositories []int64  // numbers of those it may write to
}

// Repository is a repository with its whole history.
type Repository struct {
	ID    int64
	Names []Name // by From; the first from Created
	// Created is when the repository appeared, Archived when it was archived,
	// Deleted when it was deleted, and Hidden when our token lost sight of it.
	Created, Archived, Deleted, Hidden time.Time

	DefaultBranch string
	Commits       []Commit // all, of every branch, parents before children
	Heads         []Head   // of the default branch, by At
	Requests      []Request
	Deployments   []Deployment // by Created
	Runs          []Run        // by Created
	Releases      []Release    // by Published
	Tags          []Tag        // by At
	Issues        []Issue
	Workflows     []Workflow

	once  sync.Once
	bySHA map[string]*Commit
}

// Name is the name of a repository since a time; a transfer changes its owner.
type Name struct {
	Full string // "owner/name"
	From time.Time
}

// Commit is one commit.
type Commit struct {
	SHA        string
	Parents    []string
	Author     string // login of a Person
	AuthorTime time.Time
	CommitTime time.Time
	Message    string
	// Request is the number of the request that it belongs to or that it merged,
	// 0 if it was pushed to the default branch without one.
	Request int
	// Files are the files it changed, for configuration repositories.
	Files []File
	// Reverts is the SHA that the message names in "This reverts commit …", PickedFrom
	// the one in "(cherry picked from commit …)".
	Reverts, PickedFrom string
}

// File is a file changed by a commit, with its unified diff.
type File struct {
	Path  string
	Patch string
}

// Head is the commit that a branch pointed to since At. A head that does not descend from the
// one before was pushed by force.
type Head struct {
	SHA string
	At  time.Time
}

// Method is how a request was merged.
type Method string

// Methods of merging.
const (
	Merge       Method = "merge"        // a merge commit
	Squash      Method = "squash"       // one new commit
	Rebase      Method = "rebase"       // new commits, MergeCommit is the last
	FastForward Method = "fast-forward" // the request's own commits; GitHub shows it as a rebase
)

// Request is a pull or merge request.
type Request struct {
	ID     int64 // unique in the World
	Number int   // unique in the repository, together with issues
	Author string
	Title  string
	Labels []Label
	Opened time.Time
	// Draft means that it was opened as a draft; Ready is when it was marked ready, zero if it
	// never was.
	Draft bool
	Ready time.Time
	// Base is the branch it is for, Head its own.
	Base, Head string
	// Fork is the repository of Head, "" for this one; ForkGone is when that was deleted: from
	// then on no head repository is shown.
	Fork     string
	ForkGone time.Time
	Commits  []Pushed // of its own branch, oldest first
	Reviews  []Review
	// Method and MergeCommit are set when Merged is. Landed are the commits that
	// the merge put on the branch, oldest first, without a merge commit itself.
	Merged      time.Time
	Method      Method
	MergeCommit string
	Landed      []string
	// TestMerge is the merge_commit_sha that GitHub shows of a request that is not merged.
	TestMerge string
	Closed    time.Time // closed without merging
	// Touched are further times at which the forge's "updated" moved: comments.
	Touched []time.Time
	// Reverts is the number of the request that it reverts, 0: none. Fakes write
	// it into the description in their forge's words.
	Reverts int
}

// Pushed is a commit of a request's branch and when it was pushed.
type Pushed struct {
	SHA string
	At  time.Time
}

// Label is a label that a request or an issue had from Added to Removed.
type Label struct {
	Name           string
	Added, Removed time.Time // Removed zero: still there
}

// Review is a review of a request. State is approved, changes_requested,
// commented or pending; a pending one has no time that the forge shows.
type Review struct {
	Author string
	State  string
	At     time.Time
}

// Deployment is a deployment with its statuses.
type Deployment struct {
	ID          int64 // unique in the World
	Environment string
	SHA         string
	Ref         string
	Creator     string
	Created     time.Time
	Statuses    []Status // by At
	// Payload is raw JSON: an object, a string, or "" for the empty string.
	Payload string
}

// Status is one state of a deployment in GitHub's words: queued, pending,
// in_progress, success, failure, error, inactive.
type Status struct {
	State string
	At    time.Time
}

// Run is a run of a workflow or a pipeline.
type Run struct {
	ID       int64  // unique in the World
	Workflow string // path of a Workflow
	Event    string // push, schedule, workflow_dispatch …
	SHA      string
	Branch   string
	Actor    string
	Created  time.Time
	Attempts []Attempt // the second and later are re-runs
}

// Attempt is one attempt of a run. Conclusion is success, failure or cancelled.
type Attempt struct {
	Started, Finished time.Time
	Conclusion        string
}

// Release is a published release.
type Release struct {
	ID         int64
	Tag        string
	Name       string
	Created    time.Time // of the tagged commit
	Published  time.Time
	Prerelease bool
	Author     string
}

// Tag is a tag and the commit that it names.
type Tag struct {
	Name string
	SHA  string // of the commit
	At   time.Time
	// Annotated means that it is an object of its own, made At, that points to the commit.
	Annotated bool
}

// Issue is an issue.
type Issue struct {
	ID     int64 // unique in the World
	Number int
	Title  string
	Body   string // its description
	Author string
	Labels []Label
	Opened time.Time
	Events []IssueEvent // by At
	// LinkedBy are the numbers of requests of its repository that refer to it.
	LinkedBy []int
	Touched  []time.Time // further times at which the forge's "updated" moved
}

// Links returns the requests that refer to the issue by now, in order of their opening.
func (i *Issue) Links(r *Repository, now time.Time) []*Request {
	var all []*Request
	for k := range r.Requests {
		if q := &r.Requests[k]; q.Visible(now) && slices.Contains(i.LinkedBy, q.Number) {
			all = append(all, q)
		}
	}
	return all
}

// IssueEvent is the closing or reopening of an issue.
type IssueEvent struct {
	Kind EventKind
	At   time.Time
}

// EventKind is the kind of an IssueEvent.
type EventKind string

// Kinds of issue events.
const (
	Closed   EventKind = "closed"
	Reopened EventKind = "reopened"
)

// Workflow is a workflow or pipeline file of the default branch.
type Workflow struct {
	ID      int64
	Path    string // ".github/workflows/deploy.yml"
	Name    string
	Content string
}

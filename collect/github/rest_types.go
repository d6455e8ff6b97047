package github

import (
	"strings"
	"time"
)

// The types of the REST API's answers, as far as we read them.

type rRepository struct {
	ID            int64      `json:"id"`
	FullName      string     `json:"full_name"`
	HTMLURL       string     `json:"html_url"`
	DefaultBranch string     `json:"default_branch"`
	Archived      bool       `json:"archived"`
	HasIssues     *bool      `json:"has_issues"`
	CreatedAt     time.Time  `json:"created_at"`
	PushedAt      *time.Time `json:"pushed_at"`
	RoleName      string     `json:"role_name"`
	Permissions   struct {
		Push     bool `json:"push"`
		Maintain bool `json:"maintain"`
		Admin    bool `json:"admin"`
	} `json:"permissions"`
}

type rTeam struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

type rLabel struct {
	Name string `json:"name"`
}

func rLabels(all []rLabel) []string {
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
	}
	return names
}

type rRef struct {
	Ref  string `json:"ref"`
	SHA  string `json:"sha"`
	Repo *struct {
		FullName string `json:"full_name"`
	} `json:"repo"` // null: deleted
}

type rPull struct {
	Number      int        `json:"number"`
	HTMLURL     string     `json:"html_url"`
	Title       string     `json:"title"`
	Body        string     `json:"body"`
	Draft       bool       `json:"draft"`
	User        *actor     `json:"user"`
	Labels      []rLabel   `json:"labels"`
	Head        rRef       `json:"head"`
	Base        rRef       `json:"base"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	MergedAt    *time.Time `json:"merged_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	MergeCommit string     `json:"merge_commit_sha"`
}

type rReview struct {
	ID          int64      `json:"id"`
	User        *actor     `json:"user"`
	State       string     `json:"state"`
	SubmittedAt *time.Time `json:"submitted_at"`
}

type rEvent struct {
	ID        int64     `json:"id"`
	Event     string    `json:"event"`
	CreatedAt time.Time `json:"created_at"`
	// CommitID is the commit that closed an issue.
	CommitID string `json:"commit_id"`
	// Source is what refers to an issue; timelines have it.
	Source *struct {
		Issue *rIssue `json:"issue"`
	} `json:"source"`
}

// link is what an event links an issue of a repository with, nil if nothing.
func (e *rEvent) link(repository string) *qLink {
	l := &qLink{}
	switch {
	case strings.EqualFold(e.Event, "closed") && e.CommitID != "":
		l.Typename, l.OID = "Commit", e.CommitID
	case strings.EqualFold(e.Event, "cross-referenced") && e.Source != nil && e.Source.Issue != nil &&
		e.Source.Issue.PullRequest != nil:
		l.Typename, l.Number = "PullRequest", e.Source.Issue.Number
		if _, name, ok := strings.Cut(e.Source.Issue.RepositoryURL, "/repos/"); ok {
			repository = name
		}
	default:
		return nil
	}
	l.Repository = &qNamed{repository}
	return l
}

type rCommit struct {
	SHA     string `json:"sha"`
	HTMLURL string `json:"html_url"`
	Author  *actor `json:"author"`
	Commit  struct {
		Message string `json:"message"`
		Author  *struct {
			Name  string    `json:"name"`
			Email string    `json:"email"`
			Date  time.Time `json:"date"`
		} `json:"author"`
		Committer *struct {
			Date time.Time `json:"date"`
		} `json:"committer"`
	} `json:"commit"`
	Parents []struct {
		SHA string `json:"sha"`
	} `json:"parents"`
	Files []rFile `json:"files"`
}

type rFile struct {
	Filename string `json:"filename"`
	Patch    string `json:"patch"`
}

// query is the commit in the shape of GraphQL, so that facts are made of it in one
// way only.
func (c *rCommit) query() *qCommit {
	q := &qCommit{OID: c.SHA, URL: c.HTMLURL, Message: c.Commit.Message}
	if a := c.Commit.Author; a != nil {
		q.AuthoredDate = a.Date
		q.Author = &qAuthor{Name: a.Name, Email: a.Email, User: c.Author}
	}
	if m := c.Commit.Committer; m != nil {
		q.CommittedDate = m.Date
	}
	q.Parents = &connection[qParent]{}
	for _, p := range c.Parents {
		q.Parents.Nodes = append(q.Parents.Nodes, &qParent{p.SHA})
	}
	return q
}

type rDeployment struct {
	ID          int64     `json:"id"`
	NodeID      string    `json:"node_id"`
	SHA         string    `json:"sha"`
	Ref         string    `json:"ref"`
	Environment string    `json:"environment"`
	Creator     *actor    `json:"creator"`
	CreatedAt   time.Time `json:"created_at"`
}

type rStatus struct {
	ID        int64     `json:"id"`
	State     string    `json:"state"`
	CreatedAt time.Time `json:"created_at"`
}

type rRelease struct {
	ID          int64      `json:"id"`
	HTMLURL     string     `json:"html_url"`
	TagName     string     `json:"tag_name"`
	Draft       bool       `json:"draft"`
	Prerelease  bool       `json:"prerelease"`
	PublishedAt *time.Time `json:"published_at"`
	Author      *actor     `json:"author"`
}

type rTag struct {
	Name   string `json:"name"`
	Commit struct {
		SHA string `json:"sha"`
	} `json:"commit"`
}

type rIssue struct {
	Number      int        `json:"number"`
	HTMLURL     string     `json:"html_url"`
	Title       string     `json:"title"`
	Body        string     `json:"body"`
	Labels      []rLabel   `json:"labels"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	ClosedAt    *time.Time `json:"closed_at"`
	PullRequest *struct{}  `json:"pull_request"`
	// RepositoryURL is given by searches: ".../repos/owner/name".
	RepositoryURL string `json:"repository_url"`
}

type rRun struct {
	ID         int64     `json:"id"`
	Path       string    `json:"path"`
	Event      string    `json:"event"`
	SHA        string    `json:"head_sha"`
	Branch     string    `json:"head_branch"`
	Status     string    `json:"status"`
	Conclusion string    `json:"conclusion"`
	Attempt    int       `json:"run_attempt"`
	HTMLURL    string    `json:"html_url"`
	Actor      *actor    `json:"actor"`
	CreatedAt  time.Time `json:"created_at"`
	StartedAt  time.Time `json:"run_started_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

type rWorkflow struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Path string `json:"path"`
}

type rContent struct {
	Type string `json:"type"`
	Path string `json:"path"`
	SHA  string `json:"sha"`
}

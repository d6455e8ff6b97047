package github

import (
	"strconv"
	"time"
)

// The types here are what we read of GitHub's answers, and nothing else of them.
// Whatever may be null is a pointer or a type that takes null.

// connection is a page of a GraphQL connection. Nodes is nil when the answer had
// null instead of a list, which is an error and not an empty list.
type connection[T any] struct {
	TotalCount int      `json:"totalCount"`
	PageInfo   pageInfo `json:"pageInfo"`
	Nodes      []*T     `json:"nodes"`
}

type pageInfo struct {
	HasNextPage bool   `json:"hasNextPage"`
	EndCursor   string `json:"endCursor"`
}

type qRepository struct {
	ID            int64     `json:"databaseId"`
	NameWithOwner string    `json:"nameWithOwner"`
	URL           string    `json:"url"`
	IsArchived    bool      `json:"isArchived"`
	CreatedAt     time.Time `json:"createdAt"`
	DefaultBranch *struct {
		Name   string `json:"name"`
		Target *struct {
			OID           string    `json:"oid"`
			CommittedDate time.Time `json:"committedDate"`
		} `json:"target"`
	} `json:"defaultBranchRef"`
	Deployments  *connection[qDeployment] `json:"deployments"`
	PullRequests *connection[qRequest]    `json:"pullRequests"`
	Releases     *connection[qRelease]    `json:"releases"`
	Tags         *connection[qTag]        `json:"tags"`
	Workflows    *struct {
		Entries []struct {
			Name string `json:"name"`
			OID  string `json:"oid"`
		} `json:"entries"`
	} `json:"workflows"`
}

type qDeployment struct {
	NodeID      string                 `json:"id"`
	ID          int64                  `json:"databaseId"`
	Environment string                 `json:"environment"`
	CreatedAt   time.Time              `json:"createdAt"`
	CommitOID   string                 `json:"commitOid"`
	Ref         *struct{ Name string } `json:"ref"`
	Creator     *actor                 `json:"creator"`
	Statuses    *connection[qStatus]   `json:"statuses"`
	Repository  *struct {
		ID            int64  `json:"databaseId"`
		NameWithOwner string `json:"nameWithOwner"`
		URL           string `json:"url"`
	} `json:"repository"`
}

type qStatus struct {
	ID        string    `json:"id"`
	State     string    `json:"state"`
	CreatedAt time.Time `json:"createdAt"`
}

type qRequest struct {
	Number      int                                `json:"number"`
	URL         string                             `json:"url"`
	Title       string                             `json:"title"`
	Body        string                             `json:"body"`
	IsDraft     bool                               `json:"isDraft"`
	CreatedAt   time.Time                          `json:"createdAt"`
	UpdatedAt   time.Time                          `json:"updatedAt"`
	MergedAt    *time.Time                         `json:"mergedAt"`
	ClosedAt    *time.Time                         `json:"closedAt"`
	Author      *actor                             `json:"author"`
	BaseRefName string                             `json:"baseRefName"`
	HeadRefName string                             `json:"headRefName"`
	HeadRefOID  string                             `json:"headRefOid"`
	IsFromFork  bool                               `json:"isCrossRepository"`
	HeadRepo    *struct{ NameWithOwner string }    `json:"headRepository"` // null: deleted
	MergeCommit *qMergeCommit                      `json:"mergeCommit"`
	Labels      *connection[struct{ Name string }] `json:"labels"`
	Commits     *connection[qRequestCommit]        `json:"commits"`
	Reviews     *connection[qReview]               `json:"reviews"`
	Timeline    *connection[qEvent]                `json:"timelineItems"`
}

type qRequestCommit struct {
	Commit qCommit `json:"commit"`
}

type qReview struct {
	ID          string     `json:"id"`
	State       string     `json:"state"`
	SubmittedAt *time.Time `json:"submittedAt"`
	Author      *actor     `json:"author"`
}

func (v *qReview) key() string { return v.ID + " " + orZero(v.SubmittedAt).String() }

type qEvent struct {
	Typename  string    `json:"__typename"`
	CreatedAt time.Time `json:"createdAt"`
}

type qCommit struct {
	OID           string                   `json:"oid"`
	URL           string                   `json:"url"`
	Message       string                   `json:"message"`
	AuthoredDate  time.Time                `json:"authoredDate"`
	CommittedDate time.Time                `json:"committedDate"`
	Author        *qAuthor                 `json:"author"`
	Parents       *connection[qParent]     `json:"parents"`
	Requests      *connection[qAssociated] `json:"associatedPullRequests"`
}

type qMergeCommit struct {
	OID string `json:"oid"`
}

type qAssociated struct {
	State string `json:"state"`
}

type qAuthor struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	User  *actor `json:"user"`
}

type qParent struct {
	OID string `json:"oid"`
}

func (c *qCommit) author() string {
	if c.Author == nil {
		return ""
	}
	return authorName(c.Author.User, c.Author.Name, c.Author.Email)
}

type qIssue struct {
	Number    int                                `json:"number"`
	URL       string                             `json:"url"`
	Title     string                             `json:"title"`
	Body      string                             `json:"body"`
	CreatedAt time.Time                          `json:"createdAt"`
	UpdatedAt time.Time                          `json:"updatedAt"`
	ClosedAt  *time.Time                         `json:"closedAt"`
	Labels    *connection[struct{ Name string }] `json:"labels"`
	Timeline  *connection[qEvent]                `json:"timelineItems"`
	// Links are the events by which requests and commits refer to it or closed it.
	Links *connection[qLinking] `json:"links"`
}

// qLinking is an event that links an issue: Source refers to it, Closer closed it.
type qLinking struct {
	Source *qLink `json:"source"`
	Closer *qLink `json:"closer"`
}

// qLink is a request or a commit that an issue is linked with.
type qLink struct {
	Typename   string  `json:"__typename"`
	Number     int     `json:"number"`
	OID        string  `json:"oid"`
	Repository *qNamed `json:"repository"`
}

type qNamed struct {
	Name string `json:"nameWithOwner"`
}

type qRelease struct {
	ID           int64      `json:"databaseId"`
	URL          string     `json:"url"`
	TagName      string     `json:"tagName"`
	IsDraft      bool       `json:"isDraft"`
	IsPrerelease bool       `json:"isPrerelease"`
	CreatedAt    time.Time  `json:"createdAt"`
	PublishedAt  *time.Time `json:"publishedAt"`
	Author       *actor     `json:"author"`
	TagCommit    *struct {
		OID string `json:"oid"`
	} `json:"tagCommit"`
}

// qTag is a tag: of a commit when it is lightweight, else of a tag object that
// leads to one.
type qTag struct {
	Name   string   `json:"name"`
	Target *qTarget `json:"target"`
}

type qTarget struct {
	Typename      string    `json:"__typename"`
	OID           string    `json:"oid"`
	CommittedDate time.Time `json:"committedDate"`
	Tagger        *struct {
		Date time.Time `json:"date"`
	} `json:"tagger"`
	Target *qTarget `json:"target"`
}

type qTeam struct {
	Slug    string             `json:"slug"`
	Name    string             `json:"name"`
	Members *connection[actor] `json:"members"`
	Repos   *teamRepositories  `json:"repositories"`
}

type teamRepositories struct {
	TotalCount int      `json:"totalCount"`
	PageInfo   pageInfo `json:"pageInfo"`
	Edges      []*struct {
		Permission string `json:"permission"`
		Node       *struct {
			NameWithOwner string `json:"nameWithOwner"`
		} `json:"node"`
	} `json:"edges"`
}

// orZero returns the time of a pointer, or the zero time.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func formatNumber(n int64) string { return strconv.FormatInt(n, 10) }

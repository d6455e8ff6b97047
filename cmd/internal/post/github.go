package post

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"
)

// GitHub writes to one repository of GitHub.
type GitHub struct {
	client      *github.Client
	owner, name string
}

// NewGitHub returns a client for a repository "owner/name" with a token, at an API address such
// as https://api.github.com.
func NewGitHub(api, repository, token string) (*GitHub, error) {
	owner, name, ok := strings.Cut(repository, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("repository %q is not owner/name", repository)
	}
	base, err := url.Parse(strings.TrimSuffix(api, "/") + "/")
	if err != nil || base.Host == "" {
		return nil, errors.New("the address of the API is not a URL")
	}
	c := github.NewClient(newClient()).WithAuthToken(token)
	c.BaseURL = base
	return &GitHub{c, owner, name}, nil
}

// Private reports whether only members can read the repository.
func (g *GitHub) Private(ctx context.Context) (bool, error) {
	r, _, err := g.client.Repositories.Get(ctx, g.owner, g.name)
	if err != nil {
		return false, shortenError(err)
	}
	return r.GetPrivate(), nil
}

// FindRequest returns the number of the open pull request from a branch "owner:branch" with sha
// as its newest commit, or ErrNoRequest.
func (g *GitHub) FindRequest(ctx context.Context, branch, sha string) (int, error) {
	list, _, err := g.client.PullRequests.List(ctx, g.owner, g.name, &github.PullRequestListOptions{
		State: "open", Head: branch, ListOptions: github.ListOptions{PerPage: perPage},
	})
	if err != nil {
		return 0, shortenError(err)
	}
	for _, pr := range list {
		if sha != "" && pr.GetHead().GetSHA() == sha {
			return pr.GetNumber(), nil
		}
	}
	return 0, ErrNoRequest
}

// Comment writes body to a pull request. It replaces the earlier comment that begins with
// marker or, if there is none and fresh is set, adds a new one.
func (g *GitHub) Comment(ctx context.Context, number int, marker, body string, fresh bool) (Outcome, error) {
	old, err := g.findComment(ctx, number, marker)
	switch {
	case err != nil:
		return "", err
	case old == nil && !fresh:
		return Left, nil
	case old == nil:
		_, _, err = g.client.Issues.CreateComment(ctx, g.owner, g.name, number, &github.IssueComment{Body: &body})
		return Created, shortenError(err)
	case old.GetBody() == body:
		return Unchanged, nil
	}
	_, _, err = g.client.Issues.EditComment(ctx, g.owner, g.name, old.GetID(), &github.IssueComment{Body: &body})
	return Updated, shortenError(err)
}

// findComment finds the comment of an earlier run. It accepts only accounts of automation,
// because anybody can write a marker.
func (g *GitHub) findComment(ctx context.Context, number int, marker string) (*github.IssueComment, error) {
	return findOnPages(func(page int) ([]*github.IssueComment, int, error) {
		o := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{Page: page, PerPage: perPage}}
		list, answer, err := g.client.Issues.ListComments(ctx, g.owner, g.name, number, o)
		if err != nil {
			return nil, 0, shortenError(err)
		}
		return list, answer.NextPage, nil
	}, func(c *github.IssueComment) bool {
		return c.GetUser().GetType() == "Bot" && strings.HasPrefix(c.GetBody(), marker)
	})
}

// Issue makes sure that there is one open issue with this text or, with an empty body, none.
// Issues of ip3dp begin with marker.
func (g *GitHub) Issue(ctx context.Context, label, marker, title, body string) (Outcome, error) {
	old, err := g.findIssue(ctx, marker)
	switch {
	case err != nil:
		return "", err
	case old == nil && body == "":
		return Left, nil
	case old == nil:
		_, _, err = g.client.Issues.Create(ctx, g.owner, g.name, &github.IssueRequest{
			Title: &title, Body: &body,
			Labels: &[]string{label},
		})
		return Created, shortenError(err)
	case body == "":
		closed := "closed"
		_, _, err = g.client.Issues.Edit(ctx, g.owner, g.name, old.GetNumber(), &github.IssueRequest{State: &closed})
		return Closed, shortenError(err)
	case old.GetBody() == body && old.GetTitle() == title:
		return Unchanged, nil
	}
	_, _, err = g.client.Issues.Edit(ctx, g.owner, g.name, old.GetNumber(),
		&github.IssueRequest{Title: &title, Body: &body})
	return Updated, shortenError(err)
}

// findIssue finds the open issue of an earlier run. It does not compare the label, which a
// forge may have dropped.
func (g *GitHub) findIssue(ctx context.Context, marker string) (*github.Issue, error) {
	return findOnPages(func(page int) ([]*github.Issue, int, error) {
		o := &github.IssueListByRepoOptions{
			State: "open", ListOptions: github.ListOptions{Page: page, PerPage: perPage},
		}
		list, answer, err := g.client.Issues.ListByRepo(ctx, g.owner, g.name, o)
		if err != nil {
			return nil, 0, shortenError(err)
		}
		return list, answer.NextPage, nil
	}, func(i *github.Issue) bool {
		return !i.IsPullRequest() && i.GetUser().GetType() == "Bot" && strings.HasPrefix(i.GetBody(), marker)
	})
}

// shortenError shortens an error: the library's own repeats the address and the forge's answer.
func shortenError(err error) error {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) || answer.Response == nil {
		return err
	}
	next := ""
	switch answer.Response.StatusCode {
	case http.StatusUnauthorized:
		next = ": the token was refused"
	case http.StatusForbidden:
		next = ": the job lacks a permission, see docs/github-actions.md"
	case http.StatusNotFound:
		next = ": not found, or the token has no access to it"
	}
	return fmt.Errorf("the forge answered %d%s", answer.Response.StatusCode, next)
}

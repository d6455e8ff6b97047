package post

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/xanzy/go-gitlab"
)

//lint:file-ignore SA1019 the module is fixed; its successor has the same functions

// GitLab writes to one project of GitLab.
type GitLab struct {
	client  *gitlab.Client
	project string
}

// NewGitLab returns a client for a project, by number or path, with a token, at an API address
// such as https://gitlab.com/api/v4.
func NewGitLab(api, project, token string) (*GitLab, error) {
	if project == "" {
		return nil, errors.New("the project is missing")
	}
	c, err := gitlab.NewClient(token, gitlab.WithBaseURL(api), gitlab.WithHTTPClient(newClient()), gitlab.WithoutRetries())
	if err != nil {
		return nil, errors.New("the address of the API is not a URL")
	}
	return &GitLab{c, project}, nil
}

// Comment writes body to a merge request. It replaces the earlier note that begins with marker
// or, if there is none and fresh is set, adds a new one. Only notes of the token's account
// count, because anybody can write a marker.
func (g *GitLab) Comment(ctx context.Context, number int, marker, body string, fresh bool) (Outcome, error) {
	in := gitlab.WithContext(ctx)
	me, _, err := g.client.Users.CurrentUser(in)
	if err != nil {
		return "", shortenGitLabError(err)
	}
	old, err := g.findNote(ctx, number, me.ID, marker)
	switch {
	case err != nil:
		return "", err
	case old == nil && !fresh:
		return Left, nil
	case old == nil:
		_, _, err = g.client.Notes.CreateMergeRequestNote(g.project, number,
			&gitlab.CreateMergeRequestNoteOptions{Body: &body}, in)
		return Created, shortenGitLabError(err)
	case old.Body == body:
		return Unchanged, nil
	}
	_, _, err = g.client.Notes.UpdateMergeRequestNote(g.project, number, old.ID,
		&gitlab.UpdateMergeRequestNoteOptions{Body: &body}, in)
	return Updated, shortenGitLabError(err)
}

func (g *GitLab) findNote(ctx context.Context, number, author int, marker string) (*gitlab.Note, error) {
	return findOnPages(func(page int) ([]*gitlab.Note, int, error) {
		o := &gitlab.ListMergeRequestNotesOptions{ListOptions: gitlab.ListOptions{Page: page, PerPage: perPage}}
		list, answer, err := g.client.Notes.ListMergeRequestNotes(g.project, number, o, gitlab.WithContext(ctx))
		if err != nil {
			return nil, 0, shortenGitLabError(err)
		}
		return list, answer.NextPage, nil
	}, func(n *gitlab.Note) bool { return n.Author.ID == author && strings.HasPrefix(n.Body, marker) })
}

func shortenGitLabError(err error) error {
	var answer *gitlab.ErrorResponse
	if !errors.As(err, &answer) || answer.Response == nil {
		return err
	}
	return fmt.Errorf("the forge answered %d: docs/gitlab-ci.md lists the scopes of the token", answer.Response.StatusCode)
}

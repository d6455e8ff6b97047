package post

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/go-github/v60/github"
	"github.com/xanzy/go-gitlab"
)

//lint:file-ignore SA1019 the module is fixed; its successor has the same functions

// Access has the facts of a forge about the people who can read a repository and its Pages site.
// Nil and "" are facts that the token may not see.
type Access struct {
	Private *bool // only members can read the repository
	// Pages reports whether everybody can read the site; nil if that is unknown. NoPages means
	// that no site is published there.
	Pages   *bool
	NoPages bool
	Address string // of the site
}

// Access returns what the token may see about the readers of the site. Its error is about the
// repository; without rights on Pages, those facts are unknown.
func (g *GitHub) Access(ctx context.Context) (Access, error) {
	r, _, err := g.client.Repositories.Get(ctx, g.owner, g.name)
	if err != nil {
		return Access{}, shortenError(err)
	}
	a := Access{Private: r.Private}
	if r.GetVisibility() == "internal" {
		a.Private = github.Bool(true)
	}
	pages, _, err := g.client.Repositories.GetPagesInfo(ctx, g.owner, g.name)
	var answer *github.ErrorResponse
	switch {
	case err == nil:
		a.Pages, a.Address = pages.Public, pages.GetHTMLURL()
	case errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode == http.StatusNotFound:
		a.NoPages = r.HasPages != nil && !*r.HasPages // the same answer is for a token without the permission
	}
	return a, nil
}

// Access returns what the token may see about the readers of the site. Its error is about the
// project; the address needs more rights and is "" without them.
func (g *GitLab) Access(ctx context.Context) (Access, error) {
	in := gitlab.WithContext(ctx)
	p, _, err := g.client.Projects.GetProject(g.project, nil, in)
	if err != nil {
		return Access{}, shortenGitLabError(err)
	}
	var a Access
	private := p.Visibility != gitlab.PublicVisibility
	if p.Visibility != "" {
		a.Private = &private
	}
	open := false
	switch p.PagesAccessLevel {
	case gitlab.PublicAccessControl:
		open, a.Pages = true, &open
	case gitlab.PrivateAccessControl:
		a.Pages = &open
	case gitlab.EnabledAccessControl: // who can read the project
		if a.Private != nil {
			open, a.Pages = !private, &open
		}
	case gitlab.DisabledAccessControl:
		a.NoPages = true
	}
	if pages, _, err := g.client.Pages.GetPages(g.project, in); err == nil {
		a.Address = pages.URL
	}
	return a, nil
}

package post

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"
)

// ListArtifacts returns the ids of a workflow run's artifacts by name, without those that have
// expired. Of several with one name it returns the newest. The token needs actions: read.
func (g *GitHub) ListArtifacts(ctx context.Context, run int64) (map[string]int64, error) {
	ids := map[string]int64{}
	_, err := findOnPages(func(page int) ([]*github.Artifact, int, error) {
		o := &github.ListOptions{Page: page, PerPage: perPage}
		list, answer, err := g.client.Actions.ListWorkflowRunArtifacts(ctx, g.owner, g.name, run, o)
		if err != nil {
			return nil, 0, shortenError(err)
		}
		return list.Artifacts, answer.NextPage, nil
	}, func(a *github.Artifact) bool {
		if !a.GetExpired() {
			ids[a.GetName()] = max(ids[a.GetName()], a.GetID())
		}
		return false
	})
	return ids, err
}

// FindBranchSite returns the address of the repository's Pages site, with a slash at its end.
// It is an error if Pages does not serve the top folder of the branch. The token needs
// pages: read.
func (g *GitHub) FindBranchSite(ctx context.Context, branch string) (string, error) {
	pages, _, err := g.client.Repositories.GetPagesInfo(ctx, g.owner, g.name)
	if err != nil {
		return "", fmt.Errorf("the settings of Pages: %w", shortenError(err))
	}
	source := pages.GetSource()
	switch folder := source.GetPath(); {
	case pages.GetBuildType() == "workflow":
		return "", errors.New("the site of Pages is deployed by a workflow, not from a branch")
	case source.GetBranch() != branch:
		return "", fmt.Errorf("the forge serves the branch %q, not %q", source.GetBranch(), branch)
	case folder != "" && folder != "/":
		return "", fmt.Errorf("the forge serves the folder %q of the branch, not its top", folder)
	}
	u, err := url.Parse(pages.GetHTMLURL())
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return "", errors.New("the settings of Pages have no address of the site")
	}
	return strings.TrimSuffix(u.String(), "/") + "/", nil
}

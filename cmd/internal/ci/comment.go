package ci

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/post"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/comment"
)

// PostComment writes a diff into the comment of the request that the job runs for. preview is the
// address of the preview of the site on GitHub, or its folder on GitLab; "" for none.
func (j *Job) PostComment(ctx context.Context, d diff.Diff, preview string) (post.Outcome, error) {
	if j.Env.Get("GITLAB_CI") != "" {
		return j.commentGitLab(ctx, d, preview)
	}
	g, err := j.GitHub()
	if err != nil {
		return "", err
	}
	e, err := j.readEvent()
	if err != nil {
		return "", err
	}
	run := e.WorkflowRun
	number, err := g.FindRequest(ctx, run.HeadRepository.Owner.Login+":"+run.HeadBranch, run.HeadSHA)
	if err != nil {
		return "", wrapError(err)
	}
	o := j.linkArtifacts(ctx, g, &e, preview)
	outcome, err := g.Comment(ctx, number, comment.Marker, comment.Markdown(d, o), hasNews(&d))
	return outcome, wrapError(err)
}

func (j *Job) commentGitLab(ctx context.Context, d diff.Diff, folder string) (post.Outcome, error) {
	token := j.Env.Get("IP3DP_COMMENT_TOKEN")
	if token == "" {
		return "", &exit.Failure{
			Code: exit.Credentials, Err: errors.New("IP3DP_COMMENT_TOKEN is not set"),
			Next: "add a project access token with the scope api as a masked variable",
		}
	}
	number, err := strconv.Atoi(j.Env.Get("CI_MERGE_REQUEST_IID"))
	if err != nil {
		return "", exit.BadInput("run it in a pipeline of a merge request", "CI_MERGE_REQUEST_IID is not a number")
	}
	g, err := post.NewGitLab(j.Env.Get("CI_API_V4_URL"), j.Env.Get("CI_PROJECT_ID"), token)
	if err != nil {
		return "", exit.BadInput("run it in a job of GitLab CI", "%w", err)
	}
	outcome, err := g.Comment(ctx, number, comment.Marker,
		comment.Markdown(d, j.linkPages(folder)), hasNews(&d))
	return outcome, wrapError(err)
}

// hasNews reports whether a diff is worth a first comment: something moves, or
// could not be compared.
func hasNews(d *diff.Diff) bool { return len(d.Changes) > 0 || d.Missing != "" }

func wrapError(err error) error {
	if err == nil || errors.Is(err, post.ErrNoRequest) {
		return err
	}
	return exit.Fail("see "+ciDocs+" for the permissions of the job", fmt.Errorf("comment: %w", err))
}

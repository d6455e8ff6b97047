package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/post"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/comment"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

func (p *program) ciCommentCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "comment",
		Short: "Write what a pull or merge request moves into one comment on it",
		Long: `comment reads what "ip3dp diff --format json" wrote in another job and writes it
into one comment, which later runs update. The file is data of strangers: its
form is checked, its text is made harmless, and the request is the one whose
newest commit the event names, whatever the file says. If nothing moved and
nothing was said before, nothing is said.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ciComment(c.Context(), file) },
	}
	c.Flags().StringVar(&file, "diff", "", "the `file` that diff wrote")
	return c
}

func (p *program) ciComment(ctx context.Context, file string) error {
	data, err := readUntrusted(file)
	if err != nil {
		return exit.BadInput(`name what "ip3dp diff --format json" wrote`, "--diff: %w", err)
	}
	d, err := diff.Read(data)
	if err == nil {
		err = sealed.CheckStrict(data, &d)
	}
	if err != nil {
		return exit.Fail("nothing was posted", fmt.Errorf("%s: %w", file, err))
	}
	outcome, err := p.postComment(ctx, d)
	if errors.Is(err, post.ErrNoRequest) {
		p.out.Printf("nothing posted: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	p.out.Printf("comment: %s", outcome)
	return nil
}

func (p *program) postComment(ctx context.Context, d diff.Diff) (post.Outcome, error) {
	if p.env.Get("GITLAB_CI") != "" {
		return p.commentGitLab(ctx, d)
	}
	g, err := p.hub()
	if err != nil {
		return "", err
	}
	e, err := p.event()
	if err != nil {
		return "", err
	}
	run := e.WorkflowRun
	number, err := g.Request(ctx, run.HeadRepository.Owner.Login+":"+run.HeadBranch, run.HeadSHA)
	if err != nil {
		return "", commentFailure(err)
	}
	outcome, err := g.Comment(ctx, number, comment.Marker, comment.Markdown(d, comment.Options{Full: run.HTMLURL}),
		worthTelling(&d))
	return outcome, commentFailure(err)
}

func (p *program) commentGitLab(ctx context.Context, d diff.Diff) (post.Outcome, error) {
	token := p.env.Get("IP3DP_COMMENT_TOKEN")
	if token == "" {
		return "", &exit.Failure{
			Code: exit.Credentials, Err: errors.New("IP3DP_COMMENT_TOKEN is not set"),
			Next: "add a project access token with the scope api as a masked variable",
		}
	}
	number, err := strconv.Atoi(p.env.Get("CI_MERGE_REQUEST_IID"))
	if err != nil {
		return "", exit.BadInput("run it in a pipeline of a merge request", "CI_MERGE_REQUEST_IID is no number")
	}
	g, err := post.NewGitLab(p.env.Get("CI_API_V4_URL"), p.env.Get("CI_PROJECT_ID"), token)
	if err != nil {
		return "", exit.BadInput("run it in a job of GitLab CI", "%w", err)
	}
	outcome, err := g.Comment(ctx, number, comment.Marker,
		comment.Markdown(d, comment.Options{Full: p.env.Get("CI_JOB_URL")}), worthTelling(&d))
	return outcome, commentFailure(err)
}

// worthTelling reports whether a diff is worth a first comment: something moves, or
// could not be compared.
func worthTelling(d *diff.Diff) bool { return len(d.Changes) > 0 || d.Missing != "" }

func commentFailure(err error) error {
	if err == nil || errors.Is(err, post.ErrNoRequest) {
		return err
	}
	return exit.Fail("see "+ciDocs+" for what the job needs", fmt.Errorf("comment: %w", err))
}

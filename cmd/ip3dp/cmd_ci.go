package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/ci"
	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/post"
	"github.com/ip3dp/ip3dp/cmd/internal/sealed"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

func (p *program) ciCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ci",
		Short: "Steps of a nightly job and of a preview, on GitHub and GitLab",
		Long: `ci has the steps of jobs that are more than one line of shell. They read the
environment that GitHub Actions and GitLab CI set, and a token from GITHUB_TOKEN
or IP3DP_COMMENT_TOKEN.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.ciCacheCommand(), p.ciSummaryCommand(), p.ciRequestCommand(), p.ciCommentCommand(), p.ciIssueCommand())
	return c
}

// newJob returns the job that runs the program.
func (p *program) newJob() *ci.Job { return &ci.Job{Env: p.env, Stdout: p.stdout, Warn: p.err.Warnf} }

func (p *program) ciCacheCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cache",
		Short: "Decide whether a job may keep the store in a cache",
		Long: `cache sets the outputs keep and state: whether the store may be kept in a cache
of GitHub Actions, and the folder it is in. It may in a private repository only,
because a pull request from a fork can read the caches of a public one. What
cannot be found out counts as public.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ciCache(c.Context()) },
	}
}

func (p *program) ciCache(ctx context.Context) error {
	keep := "false"
	g, err := p.newJob().GitHub()
	if err == nil {
		var private bool
		if private, err = g.Private(ctx); private {
			keep = "true"
		}
	}
	if err != nil {
		p.err.Warnf("nothing is kept in a cache: %v", err)
	}
	p.out.Printf("the store is kept between runs: %s", keep)
	w := workspace.Workspace{Root: filepath.Dir(p.configFile)}
	if err := p.newJob().SetOutput("state", w.StatePath("")); err != nil {
		return err
	}
	return p.newJob().SetOutput("keep", keep)
}

func (p *program) ciCommentCommand() *cobra.Command {
	var file, preview string
	c := &cobra.Command{
		Use:   "comment",
		Short: "Write what a pull or merge request moves into one comment on it",
		Long: `comment reads what "ip3dp diff --format json" wrote in another job and writes it
into one comment, which later runs update. The file is data of strangers: its
form is checked, its text is made harmless, and the request is the one whose
newest commit the event names, whatever the file contains. Without changes and an
earlier comment, it posts nothing.

The comment links to the preview of the site: on GitHub to --preview, else to the
artifact with it; on GitLab to the folder in --preview, beside the site or in the
artifact of the job.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ciComment(c.Context(), file, preview) },
	}
	c.Flags().StringVar(&file, "diff", "", "the `file` that diff wrote")
	c.Flags().StringVar(&preview, "preview", "", "the `place` of the preview: its address on GitHub, its folder on "+
		"GitLab")
	return c
}

func (p *program) ciRequestCommand() *cobra.Command {
	var branch string
	c := &cobra.Command{
		Use:   "request",
		Short: "Find the place of a pull request's preview beside the site",
		Long: `request sets the outputs prefix and preview of a job on: workflow_run, if Pages
serves the branch: previews/pr-N/ and its address. N is the number of the open
pull request whose newest commit the event names. Without such a request it sets
nothing. A commit of another repository is refused.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			err := p.newJob().PlacePreview(c.Context(), branch)
			if errors.Is(err, post.ErrNoRequest) {
				p.out.Printf("no place: %v", err)
				return nil
			}
			return err
		},
	}
	c.Flags().StringVar(&branch, "branch", "", "the `branch` that Pages serves")
	return c
}

func (p *program) ciComment(ctx context.Context, file, preview string) error {
	data, err := ci.ReadUntrusted(file)
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
	outcome, err := p.newJob().PostComment(ctx, d, preview)
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

func (p *program) ciIssueCommand() *cobra.Command {
	var file string
	var days int
	var published bool
	c := &cobra.Command{
		Use:   "issue",
		Short: "Open, update or close the one issue about stale sources",
		Long: `issue reads the record of a run and sees to it that one issue is open while a
source has been stale for some days or a run has published nothing, and none
when all is well.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ciIssue(c.Context(), file, days, published) },
	}
	c.Flags().StringVar(&file, "run", ".ip3dp/run.json", "the `file` with the record of the run")
	c.Flags().IntVar(&days, "days", 3, "how many `days` a source may be stale before a warning")
	c.Flags().BoolVar(&published, "published", true, "whether the site was published after the run: a job can "+
		"break where no record exists")
	return c
}

func (p *program) ciIssue(ctx context.Context, file string, days int, published bool) error {
	g, err := p.newJob().GitHub()
	if err != nil {
		return err
	}
	r, err := ci.ReadRecord(file)
	if err != nil {
		return err
	}
	if !published {
		r = nil // it may be that of an earlier run, which a cache brought back
	}
	title, body := ci.WriteIssue(r, days, p.newJob().URL())
	outcome, err := g.Issue(ctx, ci.IssueLabel, ci.IssueMarker, title, body)
	if err != nil {
		return exit.Fail("", fmt.Errorf("issue: %w", err))
	}
	p.out.Printf("issue about stale sources: %s", outcome)
	return nil
}

func (p *program) ciSummaryCommand() *cobra.Command {
	var code, out string
	c := &cobra.Command{
		Use:   "summary",
		Short: "Write the summary of a job",
		Long: `summary writes into the job's summary how the last run ended, what it changed and
how complete its sources are, and sets the output changed-decisions. Without such
a file it prints the summary.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return p.ciSummary(code, out) },
	}
	c.Flags().StringVar(&code, "exit", "", "the `code` that the run ended with")
	c.Flags().StringVar(&out, "out", "", "the `folder` of a preview, whose summary.md is taken as it is")
	return c
}

func (p *program) ciSummary(code, out string) error {
	if text, err := ci.ReadUntrusted(config.Resolve(out, "summary.md")); out != "" && err == nil {
		return p.newJob().Append("GITHUB_STEP_SUMMARY", ci.CutLines(string(text), ci.MaxSummary))
	}
	w := workspace.Workspace{Root: filepath.Dir(p.configFile)}
	r, err := ci.ReadRecord(w.StatePath(state.RunForm.Kind))
	if err != nil {
		return err
	}
	n := 0
	if r != nil {
		for i := range r.Changed {
			if r.Changed[i].Kind == compute.RecommendationChanged {
				n++
			}
		}
	}
	if err := p.newJob().SetOutput("changed-decisions", strconv.Itoa(n)); err != nil {
		return err
	}
	return p.newJob().Append("GITHUB_STEP_SUMMARY", ci.CutLines(ci.WriteSummary(r, code), ci.MaxSummary))
}

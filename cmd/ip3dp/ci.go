package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/post"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// Limits of what a job reads of others and writes for them.
const (
	maxUntrusted = 1 << 20          // bytes of a file that another job left
	maxSummary   = 1024<<10 - 4<<10 // bytes of a step's summary on GitHub, with room
	maxOutput    = 1 << 10          // bytes of one output
	ciLabel      = "ip3dp"          // of the issue
	ciDocs       = "docs/github-actions.md"
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
	c.AddCommand(p.ciCacheCommand(), p.ciSummaryCommand(), p.ciCommentCommand(), p.ciIssueCommand())
	return c
}

// hub speaks to the repository that a job of GitHub Actions runs for.
func (p *program) hub() (*post.GitHub, error) {
	token := p.env.Get("GITHUB_TOKEN")
	if token == "" {
		return nil, &exit.Failure{
			Code: exit.Credentials, Err: errors.New("GITHUB_TOKEN is not set"),
			Next: "give the step env: GITHUB_TOKEN: ${{ github.token }}",
		}
	}
	api := p.env.Get("GITHUB_API_URL")
	if api == "" {
		api = "https://api.github.com"
	}
	g, err := post.NewGitHub(api, p.env.Get("GITHUB_REPOSITORY"), token)
	if err != nil {
		return nil, exit.BadInput("run it in a job of GitHub Actions, which sets GITHUB_REPOSITORY", "%w", err)
	}
	return g, nil
}

// output sets an output of a step, and prints it where there are none. A value
// that could set another output is refused.
func (p *program) output(name, value string) error {
	if strings.ContainsAny(value, "\r\n") || len(value) > maxOutput {
		return exit.Fail("", fmt.Errorf("output %s is no short line", name))
	}
	return p.append("GITHUB_OUTPUT", name+"="+value+"\n")
}

// append writes to the end of the file that a variable names or, if it names
// none, to standard output.
func (p *program) append(variable, text string) error {
	name := p.env.Get(variable)
	if name == "" {
		_, err := io.WriteString(p.stdout, text)
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) // the runner reads it
	if err != nil {
		return exit.Fail("", fmt.Errorf("%s: %w", variable, err))
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

// readUntrusted reads a file that a job without our trust left: a regular one,
// not a link to one, and not more than could be right.
func readUntrusted(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", name)
	case info.Size() > maxUntrusted:
		return nil, fmt.Errorf("%s has %d bytes, more than %d", name, info.Size(), maxUntrusted)
	}
	return os.ReadFile(name)
}

// event is as much of a job's event as is used here.
type event struct {
	WorkflowRun struct {
		HeadSHA        string `json:"head_sha"`
		HeadBranch     string `json:"head_branch"`
		HTMLURL        string `json:"html_url"`
		HeadRepository struct {
			Owner struct {
				Login string `json:"login"`
			} `json:"owner"`
		} `json:"head_repository"`
	} `json:"workflow_run"`
}

func (p *program) event() (event, error) {
	var e event
	name := p.env.Get("GITHUB_EVENT_PATH")
	if name == "" {
		return e, exit.BadInput("run it in a job of GitHub Actions on: workflow_run", "GITHUB_EVENT_PATH is not set")
	}
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &e)
	}
	if err != nil {
		return e, exit.Fail("", fmt.Errorf("event: %w", err))
	}
	return e, nil
}

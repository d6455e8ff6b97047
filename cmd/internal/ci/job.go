package ci

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/post"
)

// Limits of files that a job reads from other jobs and writes for them.
const (
	maxUntrusted = 1 << 20          // bytes of a file that another job left
	MaxSummary   = 1024<<10 - 4<<10 // bytes of a step's summary on GitHub, with room
	maxOutput    = 1 << 10          // bytes of one output
	IssueLabel   = "ip3dp"          // of the issue
	ciDocs       = "docs/github-actions.md"
)

// GitHub returns a client for the repository of the job.
func (j *Job) GitHub() (*post.GitHub, error) {
	token := j.Env.Get("GITHUB_TOKEN")
	if token == "" {
		return nil, &exit.Failure{
			Code: exit.Credentials, Err: errors.New("GITHUB_TOKEN is not set"),
			Next: "give the step env: GITHUB_TOKEN: ${{ github.token }}",
		}
	}
	api := j.Env.Get("GITHUB_API_URL")
	if api == "" {
		api = "https://api.github.com"
	}
	g, err := post.NewGitHub(api, j.Env.Get("GITHUB_REPOSITORY"), token)
	if err != nil {
		return nil, exit.BadInput("run it in a job of GitHub Actions, which sets GITHUB_REPOSITORY", "%w", err)
	}
	return g, nil
}

// SetOutput sets an output of a step, and prints it where there are none. A value
// that could set another output is refused.
func (j *Job) SetOutput(name, value string) error {
	if strings.ContainsAny(value, "\r\n") || len(value) > maxOutput {
		return exit.Fail("", fmt.Errorf("output %s is not a short line", name))
	}
	return j.Append("GITHUB_OUTPUT", name+"="+value+"\n")
}

// Append writes to the end of the file that a variable names or, if it names
// none, to standard output.
func (j *Job) Append(variable, text string) error {
	name := j.Env.Get(variable)
	if name == "" {
		_, err := io.WriteString(j.Stdout, text)
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) // the runner reads it
	if err != nil {
		return exit.Fail("", fmt.Errorf("%s: %w", variable, err))
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

// ReadUntrusted reads a file that a job without our trust left: a regular one,
// not a link to one, and not more than could be right.
func ReadUntrusted(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", name)
	case info.Size() > maxUntrusted:
		return nil, fmt.Errorf("%s has %d bytes, more than %d", name, info.Size(), maxUntrusted)
	}
	return os.ReadFile(name)
}

// event is as much of a job's event as is used here.
type event struct {
	Repository struct {
		ID int64 `json:"id"`
	} `json:"repository"`
	WorkflowRun struct {
		ID             int64  `json:"id"`
		HeadSHA        string `json:"head_sha"`
		HeadBranch     string `json:"head_branch"`
		HTMLURL        string `json:"html_url"`
		HeadRepository struct {
			ID    int64 `json:"id"`
			Owner struct {
				Login string `json:"login"`
			} `json:"owner"`
		} `json:"head_repository"`
	} `json:"workflow_run"`
}

func (j *Job) readEvent() (event, error) {
	var e event
	name := j.Env.Get("GITHUB_EVENT_PATH")
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

// Job is the job that runs the program, as its environment describes it.
type Job struct {
	Env    console.Environment
	Stdout io.Writer
	Warn   func(format string, args ...any) // nil drops warnings
}

func (j *Job) warn(format string, args ...any) {
	if j.Warn != nil {
		j.Warn(format, args...)
	}
}

package readback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/xanzy/go-gitlab"
)

//lint:file-ignore SA1019 the module is fixed; its successor has the same functions

// gitLabSources are the sources of pipelines whose jobs count. A pipeline of a merge request is
// never one.
var gitLabSources = []string{"schedule", "web", "push"}

// gitLabJob is a job of a pipeline.
type gitLabJob struct {
	ID       int64     `json:"id"`
	Name     string    `json:"name"`
	Status   string    `json:"status"`
	Ref      string    `json:"ref"`
	Tag      bool      `json:"tag"`
	Created  time.Time `json:"created_at"`
	Finished time.Time `json:"finished_at"`
	File     struct {
		Name string `json:"filename"`
	} `json:"artifacts_file"`
	Pipeline struct {
		ID      int64  `json:"id"`
		Project int64  `json:"project_id"`
		Ref     string `json:"ref"`
	} `json:"pipeline"`
}

// openGitLab opens the artifacts of the newest successful nightly job on the default branch of
// the job's project. A token of the environment, GITLAB_TOKEN, can list jobs. The job's own can
// only ask for the newest ones of a branch, which are the same unless several pipelines of the
// branch have such a job.
func (o *Opener) openGitLab(ctx context.Context, before time.Time) (Site, error) {
	api, project := o.Env("CI_API_V4_URL"), o.Env("CI_PROJECT_ID")
	if _, err := strconv.ParseInt(project, 10, 64); err != nil {
		return Site{}, errors.New("CI_PROJECT_ID is not a number: the artifact is that of the job's project")
	}
	f, err := o.newForge(api)
	if err != nil {
		return Site{}, err
	}
	token, connect := o.Env("GITLAB_TOKEN"), gitlab.NewClient
	ofJob := token == ""
	if ofJob {
		token, connect = o.Env("CI_JOB_TOKEN"), gitlab.NewJobClient
	}
	client, err := connect(token, gitlab.WithBaseURL(api), gitlab.WithHTTPClient(f.client), gitlab.WithoutRetries())
	if err != nil {
		return Site{}, errors.New("the address of the forge's API is not a URL")
	}
	f.call = f.callGitLab(client)
	at, branch := "projects/"+project, o.Env("CI_DEFAULT_BRANCH")
	if branch == "" {
		return Site{}, errors.New("CI_DEFAULT_BRANCH is not set: the artifact is that of the default branch")
	}
	if ofJob {
		if !before.IsZero() {
			return Site{}, missingError{"earlier artifact that the job's own token can read"}
		}
		folder := at + "/jobs/artifacts/" + url.PathEscape(branch) + "/raw/public/"
		title := "the artifact of the newest job " + NightlyJob
		return f.openJob(ctx, folder, url.Values{"job": {NightlyJob}}, title, time.Time{})
	}
	job, err := f.findJob(ctx, at, branch, before)
	if err != nil {
		return Site{}, err
	}
	folder := fmt.Sprintf("%s/jobs/%d/artifacts/public/", at, job.ID)
	title := fmt.Sprintf("the artifact of job %d on %s", job.ID, job.Finished.UTC().Format("2 Jan 2006"))
	site, err := f.openJob(ctx, folder, nil, title, job.Finished)
	site.Run = job.Created
	return site, err
}

// callGitLab returns go-gitlab's client as a function. Its own functions do not limit what they
// read, and hold the whole archive in memory.
func (f *forge) callGitLab(api *gitlab.Client) caller {
	api.UserAgent = f.agent
	return func(ctx context.Context, at string, query url.Values, to io.Writer) (*http.Response, error) {
		request, err := api.NewRequest(http.MethodGet, at, nil, []gitlab.RequestOptionFunc{gitlab.WithContext(ctx)})
		if err != nil {
			return nil, errors.New("the address of the forge's API is not a URL")
		}
		request.URL.RawQuery = query.Encode()
		answer, err := api.Do(request, to)
		if answer == nil {
			return nil, err
		}
		return answer.Response, err
	}
}

// findJob finds the newest successful nightly job that was created before a time.
func (f *forge) findJob(ctx context.Context, project, branch string, before time.Time) (gitLabJob, error) {
	id, _ := strconv.ParseInt(project[len("projects/"):], 10, 64) // was parsed before
	for page := 1; page <= maxPages; page++ {
		var list []gitLabJob
		query := url.Values{"scope[]": {"success"}, "per_page": {"100"}, "page": {strconv.Itoa(page)}}
		if err := f.getJSON(ctx, project+"/jobs", query, &list); err != nil {
			return gitLabJob{}, err
		}
		slices.SortStableFunc(list, func(a, b gitLabJob) int { return cmp.Compare(b.ID, a.ID) })
		for _, j := range list {
			if j.Name != NightlyJob || j.Status != "success" || j.Ref != branch || j.Tag || j.Pipeline.Ref != branch ||
				j.Pipeline.Project != id || !precedes(j.Created, before) {
				continue
			}
			var pipeline struct {
				ID      int64  `json:"id"`
				Project int64  `json:"project_id"`
				Source  string `json:"source"`
				Ref     string `json:"ref"`
			}
			if err := f.getJSON(ctx, fmt.Sprintf("%s/pipelines/%d", project, j.Pipeline.ID), nil, &pipeline); err != nil {
				return gitLabJob{}, err
			}
			if pipeline.ID != j.Pipeline.ID || pipeline.Project != id || pipeline.Ref != branch ||
				!slices.Contains(gitLabSources, pipeline.Source) {
				continue
			}
			if j.File.Name == "" {
				return j, fmt.Errorf("the artifact of job %d, the newest successful %s, has expired", j.ID, NightlyJob)
			}
			return j, nil
		}
		if len(list) < 100 {
			break
		}
	}
	return gitLabJob{}, missingError{"successful job " + NightlyJob + " on " + branch}
}

// openJob reads the published files in the artifacts of a job.
func (f *forge) openJob(ctx context.Context, folder string, query url.Values, title string, at time.Time) (Site, error) {
	files := map[string][]byte{}
	for _, name := range published {
		data, err := f.download(ctx, folder+name, query, MaxFile)
		var answer answerError
		switch {
		case errors.As(err, &answer) && answer.code == http.StatusNotFound:
			if len(files) == 0 {
				return Site{}, missingError{name + " in " + title}
			}
			continue
		case err != nil:
			return Site{}, fmt.Errorf("%s: %w", title, err)
		}
		files[name] = data
	}
	return Site{Files: listedFiles(files, title), Title: title, At: at}, nil
}

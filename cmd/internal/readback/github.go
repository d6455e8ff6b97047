package readback

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// workflowFolder is the folder of workflows in a repository.
const workflowFolder = ".github/workflows/"

// nightlyEvents are the events whose runs count. A run of a pull request is never one.
var nightlyEvents = []string{"schedule", "workflow_dispatch", "push"}

// gitHubRun is a run of a workflow.
type gitHubRun struct {
	ID             int64     `json:"id"`
	WorkflowID     int64     `json:"workflow_id"`
	Path           string    `json:"path"`
	Event          string    `json:"event"`
	Status         string    `json:"status"`
	Conclusion     string    `json:"conclusion"`
	HeadBranch     string    `json:"head_branch"`
	CreatedAt      time.Time `json:"created_at"`
	Repository     gitHubID  `json:"repository"`
	HeadRepository gitHubID  `json:"head_repository"`
}

type gitHubID struct {
	ID int64 `json:"id"`
}

// gitHubArtifact is an artifact of a run.
type gitHubArtifact struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Size      int64     `json:"size_in_bytes"`
	Expired   bool      `json:"expired"`
	Digest    string    `json:"digest"`
	CreatedAt time.Time `json:"created_at"`
	Run       struct {
		ID             int64  `json:"id"`
		Repository     int64  `json:"repository_id"`
		HeadRepository int64  `json:"head_repository_id"`
		HeadBranch     string `json:"head_branch"`
	} `json:"workflow_run"`
}

// gitHub reads the runs of one repository.
type gitHub struct {
	*forge
	path       string // of the repository
	id         int64
	branch     string // the default branch
	workflow   string // its path
	workflowID int64
}

// nightlyFile returns the name of the nightly workflow's file: history.workflow or, in the
// nightly run itself, that of the run, or the one that "ip3dp init" writes.
func (o *Opener) nightlyFile(repository string) string {
	name := "nightly.yml"
	if own, _, _ := strings.Cut(o.Env("GITHUB_WORKFLOW_REF"), "@"); o.Nightly && slices.Contains(nightlyEvents, o.Env("GITHUB_EVENT_NAME")) {
		if rest, ok := strings.CutPrefix(own, repository+"/"+workflowFolder); ok && !strings.Contains(rest, "/") {
			name = cmp.Or(rest, name)
		}
	}
	return cmp.Or(o.Workflow, name)
}

// openGitHub opens the artifact of the newest successful run of the nightly workflow on the
// default branch of the job's repository.
func (o *Opener) openGitHub(ctx context.Context, before time.Time) (Site, error) {
	repository, token := o.Env("GITHUB_REPOSITORY"), o.gitHubToken()
	owner, name, ok := strings.Cut(repository, "/")
	switch {
	case !ok || owner == "" || name == "" || strings.Contains(name, "/"):
		return Site{}, errors.New("GITHUB_REPOSITORY is not owner/name: the artifact is that of the job's repository")
	case token == "":
		return Site{}, errors.New("GITHUB_TOKEN is not set: give the step env: GITHUB_TOKEN: ${{ github.token }}")
	}
	f, err := o.newForge(cmp.Or(o.Env("GITHUB_API_URL"), "https://api.github.com"))
	if err != nil {
		return Site{}, err
	}
	f.call = f.callGitHub(token)
	g := &gitHub{forge: f, path: "repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name)}
	g.workflow = workflowFolder + o.nightlyFile(repository)
	run, err := g.findRun(ctx, before)
	if err != nil {
		return Site{}, err
	}
	a, err := g.findArtifact(ctx, run)
	if err != nil {
		return Site{}, err
	}
	title := fmt.Sprintf("the artifact %s of run %d on %s", ArtifactName, run.ID, a.CreatedAt.UTC().Format("2 Jan 2006"))
	files, err := g.readArtifact(ctx, a)
	if err != nil {
		return Site{}, fmt.Errorf("%s: %w", title, err)
	}
	return Site{Files: listedFiles(files, title), Title: title, At: a.CreatedAt, Run: run.CreatedAt}, nil
}

// callGitHub returns go-github's client as a function. Its own types lack the path of a run and
// the digest of an artifact, and it does not limit what it reads.
func (f *forge) callGitHub(token string) caller {
	api := github.NewClient(f.client).WithAuthToken(token)
	api.BaseURL, api.UserAgent = f.base, f.agent
	return func(ctx context.Context, at string, query url.Values, to io.Writer) (*http.Response, error) {
		request, err := api.NewRequest(http.MethodGet, at, nil)
		if err != nil {
			return nil, errors.New("the address of the forge's API is not a URL")
		}
		request.URL.RawQuery = query.Encode()
		answer, err := api.Do(ctx, request, to)
		var used *github.RateLimitError
		var abuse *github.AbuseRateLimitError
		if errors.As(err, &used) || errors.As(err, &abuse) {
			err = errLimited // the error of the client has the whole answer
		}
		if answer == nil {
			return nil, err
		}
		return answer.Response, err
	}
}

// findRun finds the newest successful run of the workflow that was created before a time.
func (g *gitHub) findRun(ctx context.Context, before time.Time) (gitHubRun, error) {
	var repository struct {
		ID     int64  `json:"id"`
		Branch string `json:"default_branch"`
	}
	if err := g.getJSON(ctx, g.path, nil, &repository); err != nil {
		return gitHubRun{}, err
	}
	if g.id, g.branch = repository.ID, repository.Branch; g.id == 0 || g.branch == "" {
		return gitHubRun{}, errors.New("the forge did not name the repository's default branch")
	}
	var workflow struct {
		ID   int64  `json:"id"`
		Path string `json:"path"`
	}
	file := strings.TrimPrefix(g.workflow, workflowFolder)
	err := g.getJSON(ctx, g.path+"/actions/workflows/"+url.PathEscape(file), nil, &workflow)
	var answer answerError
	if errors.As(err, &answer) && answer.code == 404 {
		return gitHubRun{}, missingError{"workflow " + g.workflow + ", or the job may not read it (permissions: actions: read)"}
	}
	switch {
	case err != nil:
		return gitHubRun{}, err
	case workflow.ID == 0 || workflow.Path != g.workflow:
		return gitHubRun{}, fmt.Errorf("the forge has another workflow in place of %s", g.workflow)
	}
	g.workflowID = workflow.ID
	for page := 1; page <= maxPages; page++ {
		var list struct {
			Runs []gitHubRun `json:"workflow_runs"`
		}
		query := url.Values{
			"branch": {g.branch}, "status": {"success"}, "exclude_pull_requests": {"true"}, "per_page": {strconv.Itoa(perPage)},
			"page": {strconv.Itoa(page)},
		}
		if err := g.getJSON(ctx, fmt.Sprintf("%s/actions/workflows/%d/runs", g.path, g.workflowID), query, &list); err != nil {
			return gitHubRun{}, err
		}
		runs := slices.DeleteFunc(slices.Clone(list.Runs), func(r gitHubRun) bool { return !g.counts(&r) || !precedes(r.CreatedAt, before) })
		if len(runs) > 0 {
			return slices.MaxFunc(runs, func(a, b gitHubRun) int {
				return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
			}), nil
		}
		if len(list.Runs) < perPage {
			break
		}
	}
	return gitHubRun{}, missingError{"successful run of " + g.workflow + " on " + g.branch}
}

// counts reports whether a run is a successful night of this repository. The forge was asked
// for such runs only; its answer is checked.
func (g *gitHub) counts(r *gitHubRun) bool {
	path, _, _ := strings.Cut(r.Path, "@")
	return r.WorkflowID == g.workflowID && (path == "" || path == g.workflow) && r.Status == "completed" &&
		r.Conclusion == "success" && r.HeadBranch == g.branch && slices.Contains(nightlyEvents, r.Event) &&
		r.Repository.ID == g.id && r.HeadRepository.ID == g.id
}

// findArtifact finds the artifact of a run; the newest one, if several attempts left one.
func (g *gitHub) findArtifact(ctx context.Context, run gitHubRun) (gitHubArtifact, error) {
	var list struct {
		Artifacts []gitHubArtifact `json:"artifacts"`
	}
	at := fmt.Sprintf("%s/actions/runs/%d/artifacts", g.path, run.ID)
	if err := g.getJSON(ctx, at, url.Values{"name": {ArtifactName}, "per_page": {"100"}}, &list); err != nil {
		return gitHubArtifact{}, err
	}
	of := slices.DeleteFunc(list.Artifacts, func(a gitHubArtifact) bool {
		return a.Name != ArtifactName || a.Run.ID != run.ID || a.Run.Repository != g.id || a.Run.HeadRepository != g.id ||
			a.Run.HeadBranch != g.branch
	})
	if len(of) == 0 {
		return gitHubArtifact{}, missingError{fmt.Sprintf("artifact %s of run %d, the newest successful run of %s", ArtifactName, run.ID,
			g.workflow)}
	}
	a := slices.MaxFunc(of, func(a, b gitHubArtifact) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	switch {
	case a.Expired:
		return a, fmt.Errorf("the artifact %s of run %d, the newest successful run, has expired", ArtifactName, run.ID)
	case a.Size > maxZip:
		return a, fmt.Errorf("the artifact %s of run %d is larger than %d MiB", ArtifactName, run.ID, maxZip>>20)
	}
	return a, nil
}

// readArtifact downloads an artifact and returns its files.
func (g *gitHub) readArtifact(ctx context.Context, a gitHubArtifact) (map[string][]byte, error) {
	data, err := g.download(ctx, fmt.Sprintf("%s/actions/artifacts/%d/zip", g.path, a.ID), nil, maxZip)
	if err != nil {
		return nil, err
	}
	if want, ok := strings.CutPrefix(a.Digest, "sha256:"); ok {
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
			return nil, errors.New("its checksum is not the one that the forge names")
		}
	}
	return unpack(data)
}

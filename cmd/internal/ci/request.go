package ci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/post"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/render/comment"
)

// Artifacts of a preview on GitHub.
const (
	siteArtifact   = "ip3dp-preview"
	chartsArtifact = "ip3dp-charts"
)

// PlacePreview sets the outputs prefix and preview: the folder of a preview on a branch that
// Pages serves, and its address. The request is the one whose newest commit the event names.
// A request from another repository is an error, because its preview would run as the site.
func (j *Job) PlacePreview(ctx context.Context, branch string) error {
	g, err := j.GitHub()
	if err != nil {
		return err
	}
	e, err := j.readEvent()
	if err != nil {
		return err
	}
	run := e.WorkflowRun
	if run.HeadRepository.ID == 0 || run.HeadRepository.ID != e.Repository.ID {
		return exit.BadInput("link to the artifact of the preview instead",
			"the commit is of another repository: its preview is not published beside the site")
	}
	number, err := g.FindRequest(ctx, run.HeadRepository.Owner.Login+":"+run.HeadBranch, run.HeadSHA)
	if err != nil {
		return wrapRequest(err)
	}
	site, err := g.FindBranchSite(ctx, branch)
	if err != nil {
		return exit.Fail("see "+ciDocs+" for previews beside the site", fmt.Errorf("preview: %w", err))
	}
	prefix := fmt.Sprintf("%s/pr-%d/", publish.Previews, number)
	return errors.Join(j.SetOutput("prefix", prefix), j.SetOutput("preview", site+prefix))
}

// wrapRequest adds the next step to an error about a request.
func wrapRequest(err error) error {
	if err == nil || errors.Is(err, post.ErrNoRequest) {
		return err
	}
	return exit.Fail("see "+ciDocs+" for the permissions of the job", fmt.Errorf("request: %w", err))
}

// linkArtifacts returns the links of a comment on GitHub: to a preview at an address or, if that
// is "", to the artifact with it, and to the artifact with charts.
func (j *Job) linkArtifacts(ctx context.Context, g *post.GitHub, e *event, preview string) comment.Options {
	o := comment.Options{Full: e.WorkflowRun.HTMLURL, Preview: preview}
	ids, err := g.ListArtifacts(ctx, e.WorkflowRun.ID)
	if err != nil {
		j.warn("the comment has no links to artifacts: %v", err)
	}
	address := func(name string) string {
		if id, ok := ids[name]; ok {
			return fmt.Sprintf("%s/artifacts/%d", e.WorkflowRun.HTMLURL, id)
		}
		return ""
	}
	if preview == "" {
		o.Archive, o.Open = address(siteArtifact), "index.html"
	}
	if o.Charts = address(chartsArtifact); o.Charts != "" && preview != "" {
		o.Charts = preview + chartsFolder
	}
	return o
}

// chartsFolder is the folder of a preview with pictures of changed charts.
const chartsFolder = "charts/"

// folderPattern matches a folder of a preview that can stand in an address as it is.
var folderPattern = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)

// linkPages returns the links of a comment on GitLab to a preview in a folder of the job: beside
// the site if it gets a parallel deployment, else in the job's artifact.
func (j *Job) linkPages(folder string) comment.Options {
	job := j.Env.Get("CI_JOB_URL")
	o := comment.Options{Full: job}
	if !folderPattern.MatchString(folder) || !isFile(filepath.Join(folder, publish.Marker)) {
		return o
	}
	o.Preview, o.Charts = job+"/artifacts/file/"+folder+"/index.html", job+"/artifacts/file/"+folder+"/"+chartsFolder+"index.html"
	o.Archive, o.Open = job+"/artifacts/download", folder+"/index.html"
	pages, err := url.Parse(j.Env.Get("CI_PAGES_URL"))
	same := cmp.Or(j.Env.Get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), "none") == j.Env.Get("CI_PROJECT_ID")
	if j.Env.Get("IP3DP_PARALLEL_PAGES") == "true" && same && err == nil && pages.Host != "" {
		o.Preview = strings.TrimSuffix(pages.String(), "/") + "/mr-" + j.Env.Get("CI_MERGE_REQUEST_IID") + "/"
		o.Charts, o.Archive = o.Preview+chartsFolder, ""
	}
	if !isFile(filepath.Join(folder, chartsFolder, "index.html")) {
		o.Charts = ""
	}
	return o
}

func isFile(name string) bool {
	info, err := os.Lstat(filepath.FromSlash(name))
	return err == nil && info.Mode().IsRegular()
}

package gitlab

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// waiting are the states of a job that has not begun: GitLab makes the deployment
// with the pipeline, and a manual job that nobody starts leaves it there for good.
var waiting = []string{"created", "manual", "scheduled", "skipped", "waiting_for_resource", "preparing"}

// hasBegun reports whether the roll-out began. A job that never ran is not a deployment.
func (d *deployment) hasBegun() bool {
	switch d.Status {
	case "skipped", "blocked":
		return false
	case "created":
		return d.Job == nil || !slices.Contains(waiting, d.Job.Status)
	}
	return true
}

// makeStatuses returns the beginning and, once there is one, the end. GitLab keeps one status,
// which later deployments do not overwrite. A cancelled roll-out never succeeded: it is a
// failure of the deploy job.
func (d *deployment) makeStatuses(now time.Time) []fact.Status {
	list := []fact.Status{{State: fact.Pending, At: d.Created.Time}}
	end := map[string]fact.State{"success": fact.Success, "failed": fact.Failure, "canceled": fact.Failure}[d.Status]
	if at := d.finishedAt(); end != "" && at.Before(now) {
		list = append(list, fact.Status{State: end, At: at})
	}
	return list
}

// finishedAt returns the end of the deployment: the end of its job, which never moves; else,
// for deployments that something outside of CI reported, the last update.
func (d *deployment) finishedAt() time.Time {
	if d.Job != nil && !d.Job.Finished.IsZero() {
		return d.Job.Finished.Time
	}
	if !d.Finished.IsZero() {
		return d.Finished.Time
	}
	return d.Updated.Time
}

// pageURL returns the page of the job, else that of the environments.
func (d *deployment) pageURL(p *project) string {
	switch {
	case d.Job != nil && d.Job.URL != "":
		return d.Job.URL
	case p.URL == "":
		return ""
	case d.Environment != nil && d.Environment.ID != 0:
		return p.URL + "/-/environments/" + strconv.FormatInt(d.Environment.ID, 10)
	}
	return p.URL + "/-/environments"
}

// makeDeployment returns the fact as of now. tier is that of its environment, "" for unknown.
func (d *deployment) makeDeployment(p *project, tier string, now time.Time) fact.Deployment {
	f := fact.Deployment{
		ID: strconv.FormatInt(d.ID, 10), URL: d.pageURL(p), Tier: tier, Commit: d.SHA, Ref: d.Ref,
		Creator: d.User.login(), Created: d.Created.Time, Statuses: d.makeStatuses(now),
	}
	if d.User == nil {
		f.Creator = ""
	}
	if d.Environment != nil {
		f.Environment = d.Environment.Name
	}
	return f
}

// isOffBranch reports whether the commit may not be on the default branch: a success in
// production of another branch. Then ancestry does not show the changes, and GitLab's own list
// of merge requests is worth a request. Tags are mostly cut from the default branch.
func (d *deployment) isOffBranch(p *project, tier string) bool {
	tag := d.Job != nil && d.Job.Tag
	return d.Status == "success" && tier == "production" && d.Ref != "" && !tag && d.Ref != p.DefaultBranch &&
		d.Ref != d.SHA
}

// makeDeployment returns the deployment of a pipeline. The list has no end of a pipeline; the
// last update is the end of one that is over.
func (l *pipeline) makeDeployment(rule *PipelineRule, now time.Time) fact.Deployment {
	f := fact.Deployment{
		ID: "pipeline-" + strconv.FormatInt(l.ID, 10), URL: l.URL, Environment: rule.Environment, Commit: l.SHA, Ref: l.Ref,
		Created: l.Created.Time, Statuses: []fact.Status{{State: fact.Pending, At: l.Created.Time}},
	}
	end := map[string]fact.State{"success": fact.Success, "failed": fact.Failure, "canceled": fact.Failure}[l.Status]
	if end != "" && l.Updated.Before(now) {
		f.Statuses = append(f.Statuses, fact.Status{State: end, At: l.Updated.Time})
	}
	return f
}

// hasBegun reports whether a pipeline ran. Skipped and manual pipelines are not deployments.
func (l *pipeline) hasBegun() bool { return l.Status != "skipped" && l.Status != "manual" }

// makeRelease returns the deployment of a release or a tag.
func (f *Forge) makeRelease(kind, name, sha, url string, at time.Time, creator string) (fact.Deployment, bool) {
	d := fact.Deployment{
		ID: kind + "-" + name, URL: url, Environment: f.o.ReleaseEnvironment, Commit: sha, Ref: name, Creator: creator,
		Created: at, Statuses: []fact.Status{{State: fact.Success, At: at}}, Release: true,
	}
	if f.rules.tag == nil {
		return d, true
	}
	m := f.rules.tag.FindStringSubmatch(name)
	if m == nil {
		return d, false
	}
	if i := f.rules.tag.SubexpIndex("service"); i > 0 {
		d.Service = m[i]
	}
	return d, true
}

// makeIncident returns the fact as of now.
func (i *issue) makeIncident(events []*stateEvent, requests []*related, now time.Time) fact.Incident {
	f := fact.Incident{
		ID: strconv.FormatInt(i.IID, 10), URL: i.URL, Title: i.Title, Labels: i.Labels, Opened: i.Created.Time,
		Mentions: text.Mentions(i.Title + "\n" + i.Text),
	}
	for _, q := range requests {
		for _, m := range text.Mentions(q.References.Full) {
			if !slices.Contains(f.Mentions, m) {
				f.Mentions = append(f.Mentions, m)
			}
		}
	}
	if s := strings.ToLower(i.Severity); s != "unknown" {
		f.Severity = s
	}
	if i.State == "closed" && i.Closed.Before(now) {
		f.Resolved = i.Closed.Time
	}
	for _, e := range events {
		if e.State == "reopened" && e.Created.Before(now) {
			f.Reopened = append(f.Reopened, e.Created.Time)
		}
	}
	slices.SortFunc(f.Reopened, time.Time.Compare)
	return f
}

// keepDeployment returns a deployment as it is kept: by its creation, which never moves.
func keepDeployment(repo int64, f fact.Deployment) collect.Kept[fact.Deployment] {
	return collect.Kept[fact.Deployment]{Repository: repo, ID: f.ID, At: f.Created, Fact: f}
}

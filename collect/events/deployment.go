package events

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// deploymentRow is one deployment, or one status update of one.
type deploymentRow struct {
	Repository  string       `csv:"repository,repo,project,git_repository,repo_url"`
	Service     string       `csv:"service,application,app,component,service_name"`
	ID          string       `csv:"id,deployment_id,build,build_number,number,run_id"`
	Job         string       `csv:"job,job_name,full_project_name,project_full_name"`
	Environment string       `csv:"environment,env,namespace,stage,target"`
	Commit      string       `csv:"commit,sha,revision,commit_sha,git_commit,commit_id"`
	Ref         string       `csv:"ref,tag,branch,git_branch,version"`
	Created     tabular.Time `csv:"created,created_at,queued_at,triggered_at"`
	Started     tabular.Time `csv:"started,started_at,start_time,deploy_started_at"`
	Finished    tabular.Time `csv:"finished,finished_at,completed,completed_at,ended_at,end_time,deployed_at"`
	At          tabular.Time `csv:"at,updated_at,status_at,time"`
	Updated     tabular.Time `csv:"updated,updated_on,last_updated,last_updated_at,modified,modified_at,last_modified,last_modified_at,last_modified_date,sys_updated_on"`
	Sequence    *int         `csv:"sequence,seq,sequence_number,omitempty"`
	Status      string       `csv:"status,result,phase,state,conclusion,outcome"`
	Creator     string       `csv:"creator,created_by,triggered_by,initiated_by,user,author" tabular:"identity"`
	URL         string       `csv:"url,web_url,build_url,link"`
	Changes     tabular.List `csv:"changes,pull_requests,merge_requests" tabular:"words"`
	Commits     tabular.List `csv:"commits,shas" tabular:"words"`
}

// addDeployment adds the deployment of a row. A missing id or creation time is derived later,
// when all rows of the deployment are together.
func (b *fileReader) addDeployment(_ int, row *deploymentRow) error {
	repository, err := b.rowRepository(row.Repository)
	if err != nil {
		return err
	}
	row.Environment = cmp.Or(row.Environment, b.o.Environment)
	if row.Environment == "" {
		return tabular.Reject("no environment: add the column, or set environment for the source")
	}
	statuses, err := b.parseStatuses(row)
	if err != nil {
		return err
	}
	d := fact.Deployment{
		Source: b.name, Repository: repository, Service: row.Service, ID: row.buildID(), URL: row.URL,
		Environment: row.Environment, Commit: row.Commit, Ref: row.Ref, Creator: row.Creator,
		Created: firstTime(row.Created, row.Started),
		Updated: row.Updated.Time, Sequence: intOrZero(row.Sequence), Statuses: statuses,
		Changes: row.Changes, Commits: row.Commits,
	}
	last := statuses[len(statuses)-1].At
	if d.Updated.IsZero() && !row.Finished.IsZero() {
		d.Updated = row.At.Time // of the record: the deployment ended at another time
	}
	if err := b.admit(repository, last, d.Created, statuses[0].At); err != nil {
		return err
	}
	b.deployments.Add(d)
	return nil
}

// buildID returns the ID of a row. The jobs of Jenkins number their builds each for itself, so a
// number is unique only together with its job: the one of the column, or of the build's address.
func (row *deploymentRow) buildID() string {
	if row.ID == "" || strings.Trim(row.ID, "0123456789") != "" {
		return row.ID
	}
	job := row.Job
	if job == "" {
		u, err := url.Parse(row.URL)
		if err != nil || !strings.Contains(u.Path, "/job/") {
			return row.ID
		}
		job = strings.TrimSuffix(strings.Trim(u.Path, "/"), "/"+row.ID)
	}
	return job + "#" + row.ID
}

// parseStatuses reads the state of a row and its time: pending since its creation, then its
// final state.
func (b *fileReader) parseStatuses(row *deploymentRow) ([]fact.Status, error) {
	end := firstTime(row.Finished, row.At)
	begin := firstTime(row.Created, row.Started)
	state := fact.Success
	switch {
	case row.Status != "":
		known := false
		if state, known = b.parseState(row.Status); !known {
			return nil, tabular.NotUnderstood("the status is unknown: declare it in statuses")
		}
	case row.Finished.IsZero():
		state = fact.Pending
	default:
		b.withoutStatus++
	}
	if end.IsZero() && state != fact.Pending {
		return nil, tabular.Rejectf("%s without the time it finished", state)
	}
	switch {
	case begin.IsZero() && end.IsZero():
		return nil, tabular.Reject("no time: created, started, finished and at are blank")
	case end.IsZero():
		return []fact.Status{{State: fact.Pending, At: begin}}, nil
	case begin.IsZero() || state == fact.Pending && begin.Equal(end):
		return []fact.Status{{State: state, At: end}}, nil
	}
	return []fact.Status{{State: fact.Pending, At: begin}, {State: state, At: end}}, nil
}

func firstTime(times ...tabular.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Time
		}
	}
	return time.Time{}
}

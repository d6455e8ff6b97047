package events

import (
	"cmp"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// incidentRow is one incident.
type incidentRow struct {
	ID         string       `csv:"id,incident_id,number,incident_number,key" tabular:"required"`
	URL        string       `csv:"url,html_url,link"`
	Title      string       `csv:"title,summary,subject,message"`
	Body       string       `csv:"body,description,details,notes,comment"`
	Repository string       `csv:"repository,repo,project"`
	Service    string       `csv:"service,service_name,component,impacted_service"`
	Severity   string       `csv:"severity,priority,urgency,impact"`
	Labels     tabular.List `csv:"labels,tags"`
	Opened     tabular.Time `csv:"opened,opened_at,created,created_at,created_on,started_at,triggered_at,sys_created_on" tabular:"required"`
	Updated    tabular.Time `csv:"updated,updated_at,updated_on,last_updated,last_updated_at,modified,modified_at,last_modified,last_modified_at,last_modified_date,sys_updated_on"`
	Sequence   *int         `csv:"sequence,seq,sequence_number,omitempty"`
	Resolved   tabular.Time `csv:"resolved,resolved_at,resolved_on,closed,closed_at,ended_at"`
	Reopened   tabular.List `csv:"reopened,reopened_at" tabular:"words"`
	Deployment string       `csv:"deployment,deployment_id,caused_by_deployment"`
	Commit     string       `csv:"commit,sha,revision"`
	Change     string       `csv:"change,pull_request,merge_request,caused_by"`
}

// addIncident adds the incident of a row. The row may have a service and no repository.
func (b *fileReader) addIncident(_ int, row *incidentRow) error {
	row.Repository = cmp.Or(row.Repository, b.o.Repository)
	const oneLine = 120
	if len(row.Body) <= oneLine && !strings.Contains(row.Body, "\n") {
		row.Title = cmp.Or(row.Title, row.Body) // a description that is a title; longer ones are read and dropped
	}
	in := fact.Incident{
		Source: b.name, ID: row.ID, URL: row.URL, Title: row.Title, Repository: row.Repository,
		Service: row.Service, Severity: row.Severity, Labels: row.Labels,
		Opened: row.Opened.Time, Resolved: row.Resolved.Time, Updated: row.Updated.Time, Sequence: intOrZero(row.Sequence),
		Deployment: row.Deployment, Commit: row.Commit, Change: row.Change,
		Mentions: text.Mentions(text.Join("\n", row.Title, row.Body, row.Deployment, row.Commit, row.Change)),
	}
	for _, stamp := range row.Reopened {
		at, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			return tabular.Reject("reopened: want stamps such as 2024-10-15T09:30:00Z, separated by semicolons")
		}
		in.Reopened = append(in.Reopened, at.UTC())
	}
	if err := b.admit(in.Repository, in.Opened, append(in.Reopened, in.Resolved)...); err != nil {
		return err
	}
	b.incidents.Add(in)
	return nil
}

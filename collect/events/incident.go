package events

import (
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
	Title      string       `csv:"title,summary,subject"`
	Body       string       `csv:"body,description,details,notes,comment"`
	Repository string       `csv:"repository,repo,project"`
	Service    string       `csv:"service,service_name,component,impacted_service"`
	Severity   string       `csv:"severity,priority,urgency,impact"`
	Labels     tabular.List `csv:"labels,tags"`
	Opened     tabular.Time `csv:"opened,opened_at,created,created_at,created_on,started_at,triggered_at" tabular:"required"`
	Resolved   tabular.Time `csv:"resolved,resolved_at,resolved_on,closed,closed_at,ended_at"`
	Reopened   tabular.List `csv:"reopened,reopened_at" tabular:"words"`
	Deployment string       `csv:"deployment,deployment_id,caused_by_deployment"`
	Commit     string       `csv:"commit,sha,revision"`
	Change     string       `csv:"change,pull_request,merge_request,caused_by"`
}

// incident takes a row in. It may name a service only.
func (b *build) incident(_ int, row *incidentRow) error {
	fill(&row.Repository, b.o.Repository)
	const oneLine = 120
	if len(row.Body) <= oneLine && !strings.Contains(row.Body, "\n") {
		fill(&row.Title, row.Body) // a description that is a title; longer ones are read and not kept
	}
	in := fact.Incident{
		Source: b.name, ID: row.ID, URL: row.URL, Title: row.Title, Repository: row.Repository,
		Service: row.Service, Severity: row.Severity, Labels: row.Labels,
		Opened: row.Opened.Time, Resolved: row.Resolved.Time,
		Deployment: row.Deployment, Commit: row.Commit, Change: row.Change,
		Mentions: text.Mentions(strings.Join([]string{row.Title, row.Body, row.Deployment, row.Commit, row.Change}, "\n")),
	}
	for _, stamp := range row.Reopened {
		at, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			return tabular.Reject("reopened: want stamps such as 2024-10-15T09:30:00Z, separated by semicolons")
		}
		in.Reopened = append(in.Reopened, at.UTC())
	}
	i, known := b.index[identity{"", in.ID}]
	if known && !b.events.Incidents[i].Opened.Equal(in.Opened) {
		return tabular.Reject("id used before for an incident opened at another time")
	}
	if err := b.admit(in.Repository, in.Opened, append(in.Reopened, in.Resolved)...); err != nil {
		return err
	}
	if known {
		updateIncident(&b.events.Incidents[i], &in)
		return nil
	}
	b.index[identity{"", in.ID}] = len(b.events.Incidents)
	b.events.Incidents = append(b.events.Incidents, in)
	return nil
}

// updateIncident fills what earlier rows of an incident left blank. The last
// resolution stands: the ones before were reopened.
func updateIncident(in, by *fact.Incident) {
	fill(&in.URL, by.URL)
	fill(&in.Title, by.Title)
	fill(&in.Repository, by.Repository)
	fill(&in.Service, by.Service)
	fill(&in.Severity, by.Severity)
	fill(&in.Deployment, by.Deployment)
	fill(&in.Commit, by.Commit)
	fill(&in.Change, by.Change)
	if by.Resolved.After(in.Resolved) {
		in.Resolved = by.Resolved
	}
	if in.Reopened == nil {
		in.Reopened = by.Reopened
	}
	if in.Mentions == nil {
		in.Mentions = by.Mentions
	}
	if in.Labels == nil {
		in.Labels = by.Labels
	}
}

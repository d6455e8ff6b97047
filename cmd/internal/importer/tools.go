package importer

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/tabular"
)

// Kinds of rows. Those of events are the kinds of package events.
const (
	Survey   = "survey"
	Tickets  = "tickets"
	Usage    = "usage"
	Measures = "measures"
	Tasks    = "tasks"

	deployments = "deployments"
	changes     = "changes"
	incidents   = "incidents"
	commits     = "commits"
)

// Kinds lists all kinds of rows.
func Kinds() []string {
	return []string{Survey, Tickets, Usage, deployments, changes, incidents, commits, Measures, Tasks}
}

// tool describes how the exports of a tool are recognised.
type tool struct {
	name string
	// headers are alternatives: all headers of one of them are in the file.
	headers [][]string
	kinds   []string // of its exports, the usual one first
	dialect string   // of surveys/*.toml; "" for other tools
}

// tools lists the tools with the most particular headers first.
func tools() []tool {
	survey := []string{Survey}
	return []tool{
		{"Qualtrics", [][]string{
			{"ResponseId", "RecordedDate"},
			{"Response ID", "Recorded Date"},
			{"ResponseID", "ResponseSet"},
			{"ResponseId", "DistributionChannel"},
			{"StartDate", "EndDate", "Progress"},
		}, survey, "qualtrics"},
		{"SurveyMonkey", [][]string{{"Respondent ID", "Collector ID"}, {"respondent_id", "collector_id"}}, survey, "surveymonkey"},
		{"Typeform", [][]string{
			{"#", "Network ID"}, {"#", "Submit Date (UTC)"}, {"#", "Response Type"}, {"Submitted At", "Token"},
		}, survey, "typeform"},
		{"LimeSurvey", [][]string{
			{"submitdate", "lastpage"},
			{"submitdate. Date submitted", "lastpage. Last page"},
			{"Date submitted", "Last page"},
			{"submitdate", "startlanguage"},
		}, survey, "limesurvey"},
		{"Alchemer", [][]string{{"Response ID", "Time Started", "Date Submitted"}, {"Response ID", "Date Submitted", "Status"}}, survey, "plain"},
		{"Microsoft Forms", [][]string{
			{"ID", "Start time", "Completion time"},
			{"ID", "Startzeit", "Fertigstellungszeit"},
			{"ID", "Heure de début", "Heure de fin"},
			{"Id", "Hora de inicio", "Hora de finalización"},
			{"ID", "Hora de início", "Hora de conclusão"},
			{"ID", "Begintijd", "Tijd van voltooien"},
			{"ID", "Ora di inizio", "Ora di completamento"},
			{"ID", "開始時刻", "完了時刻"},
		}, survey, "microsoft-forms"},
		{"Jira", [][]string{
			{"Issue key", "Issue id"},
			{"Issue key", "Summary"},
			{"Key", "Issue Type"},
			{"Vorgangsschlüssel", "Vorgangs-ID"},
			{"key", "fields.created"},
		}, []string{Tickets, incidents}, ""},
		{"ServiceNow", [][]string{
			{"number", "short_description"}, {"number", "sys_created_on"}, {"Number", "Short description"}, {"number", "sys_id"},
		}, []string{Tickets, incidents}, ""},
		{"Zendesk", [][]string{
			{"Requester", "Solved at"},
			{"ID", "Subject", "Requester", "Created at"},
			{"requester_id", "subject", "created_at"},
			{"Ticket ID", "Ticket created - Date"},
		}, []string{Tickets}, ""},
		{"Freshdesk", [][]string{{"Ticket ID", "Created time"}, {"Ticket Id", "Created Time"}}, []string{Tickets}, ""},
		{"GitLab", [][]string{{"Issue ID", "Issue IID"}, {"Issue ID", "URL", "State"}, {"iid", "web_url", "state"}}, []string{Tickets}, ""},
		{"PagerDuty", [][]string{
			{"incident_number", "urgency"}, {"incident_number", "created_on"}, {"Incident Number", "Urgency"}, {"id", "incident_number"},
		}, []string{incidents}, ""},
		{"Opsgenie", [][]string{{"tinyId", "alias"}, {"TinyID", "Alias"}, {"Alert ID", "Alias"}}, []string{incidents}, ""},
		{"Jenkins", [][]string{
			{"number", "result", "timestamp", "duration"},
			{"build_number", "result"},
			{"fullDisplayName", "result"},
			{"_class", "number", "result"},
		}, []string{deployments}, ""},
		{"Backstage", [][]string{
			{"action", "subject", "pluginId"}, {"action", "subject", "attributes.pluginId"}, {"action", "subject", "context.pluginId"},
		}, []string{Usage}, ""},
		{"GitHub", [][]string{
			{"number", "createdAt", "title"},
			{"number", "html_url", "created_at"},
			{"number", "state_reason"},
			{"number", "title", "created_at", "closed_at"},
			{"number", "mergedAt"},
			{"number", "merged_at"},
		}, []string{Tickets, changes, incidents}, ""},
		// Last, because a column of that name is in many files: the first one of a form.
		{"Google Forms", [][]string{
			{"Timestamp"},
			{"Zeitstempel"},
			{"Horodateur"},
			{"Marca temporal"},
			{"Carimbo de data/hora"},
			{"Informazioni cronologiche"},
			{"Tijdstempel"},
			{"タイムスタンプ"},
		}, survey, "google-forms"},
	}
}

// plain is a file of no known tool.
func plain() tool { return tool{name: "plain", kinds: Kinds(), dialect: "plain"} }

// findTool returns the tool that wrote a file.
func findTool(in *tabular.Inspection) tool {
	for _, t := range tools() {
		if !slices.ContainsFunc(t.headers, func(names []string) bool {
			return !slices.ContainsFunc(names, func(name string) bool { return in.FindColumn(name) < 0 })
		}) {
			continue
		}
		if t.dialect == "google-forms" && (in.FindColumn(firstHeader(t, in)) != 0 || !hasQuestion(in)) {
			continue
		}
		return t
	}
	return plain()
}

// firstHeader returns the header of a tool that is in the file.
func firstHeader(t tool, in *tabular.Inspection) string {
	for _, names := range t.headers {
		if in.FindColumn(names[0]) >= 0 {
			return names[0]
		}
	}
	return ""
}

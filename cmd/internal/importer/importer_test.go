package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// proposalOf proposes for a text of a file, with a content of three teams and two features.
func proposalOf(t *testing.T, data string, answers ...string) (*Proposal, *tabular.Inspection) {
	t.Helper()
	in, err := tabular.Inspect(strings.NewReader(data), "x.csv", tabular.Options{})
	if err != nil {
		t.Fatal(err)
	}
	words, err := survey.ReadWords()
	if err != nil {
		t.Fatal(err)
	}
	known, err := listKnown()
	if err != nil {
		t.Fatal(err)
	}
	content := fact.Content{Teams: []fact.Team{{ID: "checkout"}, {ID: "search"}, {ID: "payments"}}}
	for _, id := range []string{"gitops", "backstage"} {
		f := fact.Feature{}
		f.ID = id
		content.Features = append(content.Features, f)
	}
	input := Input{File: in, Content: &content, Words: words, Known: known, Answers: map[string]string{}}
	for _, a := range answers {
		key, value, _ := strings.Cut(a, "=")
		input.Answers[key] = value
	}
	p, err := Propose(input)
	if err != nil {
		t.Fatal(err)
	}
	return p, in
}

// rowsOf repeats a row of a format with the number of the row.
func rowsOf(header string, n int, row func(i int) string) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range n {
		b.WriteString(row(i) + "\n")
	}
	return b.String()
}

// fieldsOf returns the columns of a proposal by field, from 1.
func fieldsOf(p *Proposal) string {
	fields := map[string]string{}
	for _, f := range p.Fields {
		fields[f.Field] = strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Columns), " ", "+"), "[]")
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		list = append(list, name+" "+fields[name])
	}
	return strings.Join(list, ", ")
}

// openOf returns the keys of the open questions; a required one has an exclamation mark.
func openOf(p *Proposal) string {
	var list []string
	for _, q := range p.Open {
		key := q.Key
		if q.Required {
			key += "!"
		}
		list = append(list, key)
	}
	return strings.Join(list, ", ")
}

var teams = []string{"Checkout", "Search", "Payments"}

// TestMisleading proposes for files that invite a wrong guess: they are asked about.
func TestMisleading(t *testing.T) {
	score := func(i int) int { return []int{9, 10, 7, 3, 0, 8}[i%6] }
	tests := []struct {
		name, data         string
		kind, fields, open string
		settings           string
	}{
		{
			"a file of usage with headers of its own", rowsOf("event_time,account,plugin,hits", 30, func(i int) string {
				return fmt.Sprintf("2024-10-%02d,dev%d,%s,%d", 1+i%28, i%7, []string{"gitops", "backstage"}[i%2], 1+i%3)
			}), Usage, "count 3, date 0, feature 2, part 2", "column unit!", "",
		},
		{
			"two columns for one value", rowsOf("key,created,resolved,closed", 9, func(i int) string {
				return fmt.Sprintf("A-%d,2024-10-01,2024-10-02,2024-10-0%d", i, 1+i)
			}), "", "", "kind!", "",
		},
		{
			"several dates of a ticket", rowsOf("Issue key,Issue id,Summary,Created,Updated,Resolved,Closed", 9, func(i int) string {
				return fmt.Sprintf("A-%d,%d,x,2024-10-01,2024-10-03,2024-10-02,2024-10-0%d", i, i, 1+i)
			}), Tickets, "id 0, opened 3, resolved 5+6, title 2, updated 4", "column resolved", "",
		},
		{
			"no line proves the order", rowsOf("Issue key,Issue id,Created", 9, func(i int) string { return fmt.Sprintf("A-%d,%d,0%d/10/2024", i, i, 1+i) }),
			Tickets, "id 0, opened 2", "date_order!", "",
		},
		{
			"a line proves the order", rowsOf("Issue key,Issue id,Created", 20, func(i int) string { return fmt.Sprintf("A-%d,%d,%02d/10/2024", i, i, 1+i) }),
			Tickets, "id 0, opened 2", "", "date_order \"dmy\": line 14 of \"Created\" proves it",
		},
		{
			"two lines contradict each other", rowsOf("Issue key,Issue id,Created", 20, func(i int) string {
				if i == 19 {
					return "A-19,19,10/25/2024"
				}
				return fmt.Sprintf("A-%d,%d,%02d/10/2024", i, i, 1+i)
			}), Tickets, "id 0, opened 2", "dates!", "",
		},
		{
			"two columns of teams", rowsOf("Issue key,Issue id,Created,Team,Requesting squad", 9, func(i int) string {
				return fmt.Sprintf("A-%d,%d,2024-10-01,Platform,%s", i, i, teams[i%3])
			}), Tickets, "id 0, opened 2, team 3", "column team", "",
		},
		{
			"numbers with a comma", rowsOf("date,measure,value", 9, func(i int) string { return fmt.Sprintf(`2024-10-0%d,cost,"1,%d34"`, 1+i, 1+i) }),
			Measures, "date 0, measure 1, value 2", "decimal!", "",
		},
		{
			"an ID like a score", rowsOf("ID,Start time,Completion time,How likely are you to recommend the platform?", 9, func(i int) string {
				return fmt.Sprintf("%d,2024-10-01,2024-10-01,%d", i+1, score(i))
			}), Survey, "at 2, nps 3, response 0", "", "",
		},
		{
			"a scale from 1 to 10", rowsOf("Timestamp,How likely are you to recommend the platform?", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d", 1+i%10)
			}), Survey, "at 0", "nps, nps!", "",
		},
		{
			"a scale from 0 in the header", rowsOf("Timestamp,How likely are you to recommend the platform? (0-10)", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d", 1+i%10)
			}), Survey, "at 0, nps 1", "", "",
		},
		{
			"a recommendation on a scale of 5", rowsOf("Timestamp,Would you recommend the platform to others?", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d", 1+i%5)
			}), Survey, "at 0", "nps, scale, nps!", "",
		},
		{
			"several products", rowsOf("Timestamp,How likely are you to recommend the portal?,How likely are you to recommend the pipelines?", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d,%d", score(i), score(i+1))
			}), Survey, "at 0", "nps, nps!", "",
		},
		{
			"a question in Japanese", rowsOf("タイムスタンプ,このプラットフォームを同僚に勧める可能性はどのくらいですか?", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d", score(i))
			}), Survey, "at 0, nps 1", "", "",
		},
		{
			"labels of the ends", rowsOf("Respondent ID,Collector ID,End Date,How likely is it that you would recommend us?", 30, func(i int) string {
				return fmt.Sprintf("%d,1,2024-10-01,%s", i, []string{"Extremely likely", "9", "8", "7", "Not at all likely", "3"}[i%6])
			}), Survey, "at 2, nps 3, response 0", "", "",
		},
		{
			"years of experience", rowsOf("Timestamp,How likely are you to recommend us?,How many years have you been here?", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d,%d", score(i), 1+i%5)
			}), Survey, "at 0, nps 1", "scale", "",
		},
		{
			"teams by the names in the content", rowsOf("Timestamp,How likely are you to recommend us?,Abteilung", 30, func(i int) string {
				return fmt.Sprintf("2024-10-01,%d,%s", score(i), teams[i%3])
			}), Survey, "at 0, nps 1, team 2", "", "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := proposalOf(t, tt.data)
			var settings []string
			for _, s := range p.Settings {
				settings = append(settings, fmt.Sprintf("%s %s: %s", s.Key, s.Value, s.Why))
			}
			want := []string{tt.kind, tt.fields, tt.open, tt.settings}
			if diff := cmp.Diff(want, []string{p.Kind, fieldsOf(p), openOf(p), strings.Join(settings, ", ")}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTools recognises the headers of each tool.
func TestTools(t *testing.T) {
	for header, want := range map[string]string{
		"StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,Q1": "Qualtrics survey",
		"Respondent ID,Collector ID,Date Created,Q1":                            "SurveyMonkey survey",
		"#,Which team?,Network ID":                                              "Typeform survey",
		"id. Response ID,submitdate. Date submitted,lastpage. Last page,Q1":     "LimeSurvey survey",
		"Response ID,Time Started,Date Submitted,Status,Q1":                     "Alchemer survey",
		"ID,Startzeit,Fertigstellungszeit,E-Mail,Name,Wie zufrieden sind Sie?":  "Microsoft Forms survey",
		"Timestamp,How satisfied are you with the platform?":                    "Google Forms survey",
		"Summary,Issue key,Issue id,Created":                                    "Jira tickets",
		"number,short_description,opened_at,resolved_at":                        "ServiceNow tickets",
		"ID,Subject,Requester,Created at,Solved at":                             "Zendesk tickets",
		"Ticket ID,Subject,Created time,Resolved time":                          "Freshdesk tickets",
		"Issue ID,URL,Title,State,Created At (UTC),Closed At (UTC)":             "GitLab tickets",
		"number,title,created_at,closed_at,state_reason":                        "GitHub tickets",
		"incident_number,urgency,created_on,resolved_on":                        "PagerDuty incidents",
		"tinyId,alias,createdAt,status":                                         "Opsgenie incidents",
		"number,result,timestamp,duration,url":                                  "Jenkins deployments",
		"timestamp,action,subject,pluginId,userId":                              "Backstage usage",
		"feature,developer,date":                                                "plain usage",
		"measure,date,value":                                                    "plain measures",
		"task,date,minutes,unaided":                                             "plain tasks",
		"sha,parents,author_time,commit_time":                                   "plain commits",
		"repository,environment,commit,finished,status":                         "plain deployments",
		"id,opened,merged,author,branch":                                        "plain changes",
	} {
		t.Run(want, func(t *testing.T) {
			p, _ := proposalOf(t, header+"\n")
			if got := p.Tool + " " + p.Kind; got != want {
				t.Errorf("%s: %s, want %s", header, got, want)
			}
		})
	}
}

// FuzzPropose proposes for any file. No text that a person may have written is printed or
// written: only headers, and words of our own lists.
func FuzzPropose(f *testing.F) {
	const person = "zoe.canary"
	f.Add("Timestamp,Name,How likely are you to recommend us?\n2024-10-01,%s,9\n", "nps=column 3")
	f.Add("Issue key,Issue id,Created,Reporter\nA-1,1,01/02/2024,%s\n", "date_order=dmy")
	f.Add("date,account,plugin\n2024-10-01,%s@example.org,x\n", "column unit=account")
	f.Add("a;b;c\n%s;1,234;x\n", "kind=measures")
	f.Add("[{\"id\":1,\"user\":{\"login\":\"%s\"},\"created\":\"2024-10-01\"}]", "kind=tickets")
	f.Fuzz(func(t *testing.T, data, answer string) {
		in, err := tabular.Inspect(strings.NewReader(strings.ReplaceAll(data, "%s", person)), "x.csv", tabular.Options{})
		if err != nil {
			if strings.Contains(err.Error(), person) {
				t.Errorf("the error quotes a cell: %v", err)
			}
			return
		}
		for i := range in.Columns {
			if strings.Contains(in.Columns[i].Title, person) {
				return // the header has it
			}
		}
		words, err := survey.ReadWords()
		if err != nil {
			t.Fatal(err)
		}
		key, value, _ := strings.Cut(answer, "=")
		p, err := Propose(Input{File: in, Content: &fact.Content{}, Words: words, Answers: map[string]string{key: value}})
		if err != nil {
			return
		}
		var out strings.Builder
		p.Show(newConsole(&out), in, "x.csv")
		p.ShowOpen(newConsole(&out))
		target := Target{Name: "x", File: "x.csv", Title: "X"}
		if p.Kind == Survey {
			out.WriteString(p.FormatWave(in, target))
		} else if p.Kind != "" {
			out.WriteString(p.FormatTable(in, target))
		}
		if strings.Contains(out.String(), person) && !strings.Contains(answer, person) {
			t.Errorf("a cell is shown:\n%s", out.String())
		}
	})
}

func newConsole(w *strings.Builder) *console.Console { return console.New(w, nil) }

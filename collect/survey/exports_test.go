package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// describe returns what was read: scores, items and opinions in the order of the answers ("·"
// for none), then the answers that were not understood, by question.
func describe(e *fact.Events) string {
	var parts []string
	columns := map[string][]string{}
	for i, a := range e.Answers {
		put := func(name, value string) {
			for len(columns[name]) < i {
				columns[name] = append(columns[name], "·")
			}
			columns[name] = append(columns[name], value)
		}
		if a.Score != nil {
			put("nps", fmt.Sprint(*a.Score))
		}
		for id, v := range a.Items {
			put(id, fmt.Sprint(v))
		}
		for _, f := range a.Features {
			put(f.Feature, map[bool]string{true: "0", false: map[bool]string{true: "+", false: "-"}[f.Positive != nil && *f.Positive]}[f.Positive == nil])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		parts = append(parts, name+": "+strings.Join(columns[name], " "))
	}
	for _, c := range e.Imports[0].Answers {
		if c.Unclear > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d of %d not understood", c.Measure, c.Unclear, c.Given))
		}
	}
	return strings.Join(parts, "; ")
}

// TestExports reads exports in the shapes that the documentation of each tool shows.
func TestExports(t *testing.T) {
	item := func(question string) []fact.SurveyItem { return []fact.SurveyItem{{ID: "docs", Question: question}} }
	opinion := func(question string) []fact.FeatureQuestion {
		return []fact.FeatureQuestion{{Feature: "ci", Question: question}}
	}
	const recommend, docs = "How likely is it that you would recommend us?", "The docs are clear"
	tests := []struct {
		tool   string // and its kind of export
		survey fact.Survey
		file   string
		want   string
	}{
		{
			"SurveyMonkey, condensed, choices as text: labels at the ends",
			fact.Survey{NPS: recommend},
			"Respondent ID,Collector ID,Start Date,End Date," + recommend + "\n,,,,Response\n1,7,10/15/2024 07:10:00 AM,10/15/2024 07:12:33 AM,Extremely likely\n" +
				"2,7,10/15/2024 07:10:00 AM,10/15/2024 07:12:33 AM,8\n3,7,10/15/2024 07:10:00 AM,10/15/2024 07:12:33 AM,Not at all likely\n",
			"nps: 10 8 0",
		},
		{
			"SurveyMonkey, condensed, label and value",
			fact.Survey{NPS: recommend},
			"Respondent ID,Collector ID," + recommend + "\n,,Response\n1,7,10 - Extremely likely\n2,7,7\n3,7,0 - Not at all likely\n", "nps: 10 7 0",
		},
		{
			"SurveyMonkey, expanded: one column for each rating point",
			fact.Survey{NPS: recommend},
			"Respondent ID," + recommend + ",,,,,,,,,,\n,0,1,2,3,4,5,6,7,8,9,10\n1,,,,,,,,,,,10\n2,,,,,,,,7,,,\n", "nps: 10 7",
		},
		{
			"SurveyMonkey, a row of averages added by hand",
			fact.Survey{NPS: recommend, Items: item(docs)},
			"Respondent ID,Collector ID," + recommend + "," + docs + "\n,,Response,Response\n1,7,9,Agree\n2,7,8,Strongly disagree\nAverage,,8.5,3\n",
			"docs: 4 1; nps: 9 8",
		},
		{
			"Qualtrics, choice text, two languages (UserLanguage)",
			fact.Survey{NPS: "Q1", Items: item("Q2")},
			"StartDate,Finished,ResponseId,UserLanguage,Q1,Q2\nStart Date,Finished,Response ID,User Language,Recommend?,Docs\n" +
				"\"{\"\"ImportId\"\":\"\"startDate\"\",\"\"timeZone\"\":\"\"UTC\"\"}\",\"{\"\"ImportId\"\":\"\"finished\"\"}\",\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"userLanguage\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\",\"{\"\"ImportId\"\":\"\"QID2\"\"}\"\n" +
				"2024-10-15 01:10:00,True,R_1,EN,9,Somewhat agree\n2024-10-15 01:10:00,True,R_2,DE,3,Stimme überhaupt nicht zu\n2024-10-15 01:10:00,True,R_3,DE,10,Stimme voll und ganz zu\n",
			"docs: 4 1 5; nps: 9 3 10",
		},
		{
			"Qualtrics, numeric recodes from 1 to 11",
			fact.Survey{NPS: "Q1"},
			"Finished,ResponseId,Q1\nFinished,Response ID,Recommend?\n\"{\"\"ImportId\"\":\"\"finished\"\"}\",\"{\"\"ImportId\"\":\"\"_recordId\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"\n" +
				"True,R_1,11\nTrue,R_2,9\nTrue,R_3,11\n",
			"nps: 3 of 3 not understood",
		},
		{
			"Qualtrics, seven points of agreement",
			fact.Survey{NPS: "Q1", Items: []fact.SurveyItem{{ID: "docs", Question: "Q2", Min: 1, Max: 7}}},
			"Q1,Q2\n9,Strongly agree\n8,Agree\n7,Somewhat agree\n6,Strongly disagree\n", "docs: 7 6 5 1; nps: 9 8 7 6",
		},
		{
			"Typeform, opinion scale and a rating",
			fact.Survey{NPS: recommend, Items: item(docs)},
			"#," + recommend + "," + docs + ",Response Type,Submit Date (UTC)\na1,9,4,completed,2024-10-15 07:12:33\na2,0,1,completed,2024-10-15 07:12:33\n",
			"docs: 4 1; nps: 9 0",
		},
		{
			"LimeSurvey, full answers and the end labels of an array",
			fact.Survey{NPS: recommend, Items: item("Docs [Clear]")},
			"\"Response ID\";\"Date submitted\";\"" + recommend + "\";\"Docs [Clear]\"\n1;2024-10-15 07:12:33;9;Stimme zu\n2;2024-10-15 07:12:33;3;k.A.\n3;2024-10-15 07:12:33;3;Weder noch\n",
			"docs: 4 · 3; nps: 9 3 3",
		},
		{
			"LimeSurvey, answer codes",
			fact.Survey{NPS: "NPS", Items: item("G1Q2"), Features: opinion("G1Q3")},
			"id,submitdate,lastpage,NPS,G1Q2,G1Q3\n1,2024-10-15 07:12:33,2,9,A1,Y\n2,2024-10-15 07:12:33,2,8,A5,N\n",
			"nps: 9 8; feature ci: 2 of 2 not understood; item docs: 2 of 2 not understood",
		},
		{
			"LimeSurvey, answer codes with their meaning declared",
			fact.Survey{
				NPS: "NPS", Items: []fact.SurveyItem{{ID: "docs", Question: "G1Q2", Words: map[string]float64{"A1": 5, "A5": 1}}},
				Features: []fact.FeatureQuestion{{Feature: "ci", Question: "G1Q3", Positive: []string{"Y"}, Negative: []string{"N"}}},
			},
			"id,submitdate,lastpage,NPS,G1Q2,G1Q3\n1,2024-10-15 07:12:33,2,9,A1,Y\n2,2024-10-15 07:12:33,2,8,A5,N\n", "ci: + -; docs: 5 1; nps: 9 8",
		},
		{
			"Google Forms, linear scales",
			fact.Survey{NPS: recommend, Items: item(docs)},
			"Timestamp," + recommend + "," + docs + "\n2024/10/15 9:12:33 AM GMT+2,9,4\n2024/10/15 9:12:34 AM GMT+2,3,\n", "docs: 4; nps: 9 3",
		},
		{
			"Google Forms, one question in two sections",
			fact.Survey{NPS: recommend, Branches: true},
			"Timestamp," + recommend + ",Team," + recommend + "\n2024/10/15 9:12:33 AM GMT+2,9,a,\n2024/10/15 9:12:34 AM GMT+2,,b,3\n", "nps: 9 3",
		},
		{
			"Google Forms in French, a grid",
			fact.Survey{NPS: recommend, Items: item("Votre avis [La documentation est claire]")},
			"Horodateur," + recommend + ",Votre avis [La documentation est claire]\n2024/10/15 9:12:33 AM GMT+2,9,Tout à fait d’accord\n2024/10/15 9:12:34 AM GMT+2,3,Pas d'accord\n",
			"docs: 5 2; nps: 9 3",
		},
		{
			"Microsoft Forms, NPS question and a Likert row",
			fact.Survey{NPS: recommend, Items: item(docs), Features: opinion("CI")},
			"ID;Start time;Completion time;Email;Name;" + recommend + ";" + docs + ";CI\n1;2024-10-15 9:10;2024-10-15 9:12;anonymous;;10;Strongly agree;Very satisfied\n2;2024-10-15 9:10;2024-10-15 9:12;anonymous;;0;Neutral;Somewhat dissatisfied\n",
			"ci: + -; docs: 5 3; nps: 10 0",
		},
		{
			"Alchemer, status and labels",
			fact.Survey{NPS: recommend, Items: item(docs)},
			"Response ID,Time Started,Date Submitted,Status," + recommend + "," + docs + "\n1,2024-10-15 07:10:00,2024-10-15 07:12:33,Complete,9,Excellent\n" +
				"2,2024-10-15 07:10:00,2024-10-15 07:12:33,Complete,10 = Extremely likely,Poor\n3,2024-10-15 07:10:00,2024-10-15 07:12:33,Complete,2,Very Good\n4,2024-10-15 07:10:00,2024-10-15 07:12:33,Partial,2,Poor\n",
			"docs: 5 1 4; nps: 9 10 2",
		},
		{
			"Alchemer, ratings with unlabelled quality words",
			fact.Survey{NPS: recommend, Items: item(docs)},
			"Response ID," + recommend + "," + docs + "\n1,9,Good\n2,10,Poor\n3,2,Fair\n", "nps: 9 10 2; item docs: 3 of 3 not understood",
		},
		{
			"Zoho Survey, a summary below the responses",
			fact.Survey{NPS: recommend},
			"Response ID,Team," + recommend + "\n1,a,9\n2,b,8\nTotal responses,,2\n", "nps: 9 8",
		},
	}
	for _, tt := range tests {
		t.Run(tt.tool, func(t *testing.T) {
			tt.survey.ID, tt.survey.Timezone = "w", "UTC"
			e, err := collectFile(t, tt.survey, inMemory(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, describe(&e)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

package demo

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Headers of the survey exports. satisfactionHeader and reasonHeader name the columns of a
// feature, and its text the column of a question.
const (
	headerAt          = "Timestamp"
	headerTeam        = "Which team or group are you in?"
	headerScore       = "How likely are you to recommend this platform to a colleague?"
	headerReason      = "What is the main reason for your score?"
	headerLoved       = "Which features do you love?"
	headerFrustrating = "Which features frustrate you?"
)

func satisfactionHeader(feature string) string { return "How satisfied are you with " + feature + "?" }

func reasonHeader(feature string) string { return "Why? (" + feature + ")" }

// rated are the features in the waves, with their titles.
var rated = []struct{ id, title string }{
	{Buildpacks, "Buildpacks"},
	{GitOps, "GitOps"},
	{HelmCharts, "Custom Helm Charts"},
	{Vault, "Vault"},
	{Backstage, "Backstage"},
	{Dashboards, "Grafana dashboards"},
}

// Column names of the other exports.
var (
	ticketColumns  = []string{"id", "opened", "resolved", "title", "team", "labels", "reopened"}
	usageColumns   = []string{"feature", "part", "unit", "team", "date", "count"}
	measureColumns = []string{"measure", "date", "value", "n", "team"}
	taskColumns    = []string{"task", "date", "minutes", "unaided", "done", "team"}
)

// writeStaff writes one file per survey wave, and tickets, usage, measures and tasks.
func (ts *tables) writeStaff(create func(string) (io.Writer, error), g *generator) {
	var e fact.Events
	g.addStaff(&e)
	for _, w := range g.listWaves() {
		t := ts.openTable(create, w.id+".csv", surveyColumns())
		for i := range e.Answers {
			if e.Answers[i].Wave == w.id {
				ts.addRow(t, appendAnswer(t.row, &e.Answers[i]))
			}
		}
	}
	t := ts.openTable(create, "tickets.csv", ticketColumns)
	for i, k := range e.Tickets {
		ts.addRow(t, append(t.row, k.ID, formatTime(k.Opened), formatTime(k.Resolved), g.titles[i], k.Team,
			strings.Join(k.Labels, ";"), strconv.Itoa(k.Reopened)))
	}
	t = ts.openTable(create, "usage.csv", usageColumns)
	for _, u := range e.Usage {
		ts.addRow(t, append(t.row, u.Feature, u.Part, u.Unit, u.Team, u.At.Format(time.DateOnly), formatNumber(u.Count)))
	}
	t = ts.openTable(create, "measures.csv", measureColumns)
	for _, m := range e.Measures {
		n := ""
		if m.N > 0 {
			n = strconv.Itoa(m.N)
		}
		ts.addRow(t, append(t.row, m.ID, m.At.Format(time.DateOnly), formatNumber(m.Value), n, m.Team))
	}
	t = ts.openTable(create, "tasks.csv", taskColumns)
	for _, k := range e.Tasks {
		minutes := ""
		if k.Minutes != nil {
			minutes = formatNumber(*k.Minutes)
		}
		ts.addRow(t, append(t.row, k.Task, k.At.Format(time.DateOnly), minutes,
			strconv.FormatBool(*k.Unaided), strconv.FormatBool(k.Done), k.Team))
	}
}

// addRow writes a row unless an earlier step failed.
func (ts *tables) addRow(t *table, row []string) {
	if ts.err == nil {
		t.writeRow(row)
	}
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func surveyColumns() []string {
	out := []string{headerAt, headerTeam, headerScore, headerReason, headerLoved, headerFrustrating}
	for _, f := range rated {
		out = append(out, satisfactionHeader(f.title), reasonHeader(f.title))
	}
	for _, it := range questions {
		out = append(out, it.question)
	}
	return out
}

func appendAnswer(row []string, a *fact.Answer) []string {
	row = append(row, formatTime(a.At), a.Team, strconv.Itoa(*a.Score), a.Reason,
		strings.Join(a.Loved, "; "), strings.Join(a.Hated, "; "))
	for _, f := range rated {
		word, why := "", ""
		for _, x := range a.Features {
			if x.Feature == f.id {
				word, why = satisfactionWord(x.Positive, *a.Score), strings.Join(x.Reasons, "; ")
			}
		}
		row = append(row, word, why)
	}
	for _, it := range questions {
		cell := ""
		if v, ok := a.Items[it.id]; ok {
			cell = formatNumber(v)
		}
		row = append(row, cell)
	}
	return row
}

// satisfactionWord returns an answer in the form's words; "very" depends on the person's score
// for the whole platform.
func satisfactionWord(positive *bool, score int) string {
	switch {
	case positive == nil:
		return "Neutral"
	case *positive && score >= 9:
		return "Very satisfied"
	case *positive:
		return "Satisfied"
	case score <= 4:
		return "Very dissatisfied"
	}
	return "Dissatisfied"
}

package demo

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Headers of the survey exports. A feature's columns are named by satisfiedWith
// and whyOf, an item's column by its question.
const (
	headerAt          = "Timestamp"
	headerTeam        = "Which team or group are you in?"
	headerScore       = "How likely are you to recommend this platform to a colleague?"
	headerReason      = "What is the main reason for your score?"
	headerLoved       = "Which features do you love?"
	headerFrustrating = "Which features frustrate you?"
)

func satisfiedWith(feature string) string { return "How satisfied are you with " + feature + "?" }

func whyOf(feature string) string { return "Why? (" + feature + ")" }

// rated are the features that waves ask about, with their titles.
var rated = []struct{ id, title string }{
	{Buildpacks, "Buildpacks"},
	{GitOps, "GitOps"},
	{HelmCharts, "Custom Helm Charts"},
	{Vault, "Vault"},
	{Backstage, "Backstage"},
	{Dashboards, "Grafana dashboards"},
}

// Column names of the other exports that are not about delivery.
var (
	ticketColumns  = []string{"id", "opened", "resolved", "title", "team", "labels", "reopened"}
	usageColumns   = []string{"feature", "part", "unit", "team", "date", "count"}
	measureColumns = []string{"measure", "date", "value", "n", "team"}
	taskColumns    = []string{"task", "date", "minutes", "unaided", "done", "team"}
)

// staff writes one file per survey wave, and tickets, usage, measures and tasks.
func (ts *tables) staff(create func(string) (io.Writer, error), g *generator) {
	var e fact.Events
	g.staff(&e)
	for _, w := range g.waves() {
		t := ts.open(create, w.id+".csv", surveyColumns())
		for i := range e.Answers {
			if e.Answers[i].Wave == w.id {
				ts.add(t, answerRow(t.row, &e.Answers[i]))
			}
		}
	}
	t := ts.open(create, "tickets.csv", ticketColumns)
	for _, k := range e.Tickets {
		ts.add(t, append(t.row, k.ID, stamp(k.Opened), stamp(k.Resolved), k.Title, k.Team,
			strings.Join(k.Labels, ";"), strconv.Itoa(k.Reopened)))
	}
	t = ts.open(create, "usage.csv", usageColumns)
	for _, u := range e.Usage {
		ts.add(t, append(t.row, u.Feature, u.Part, u.Unit, u.Team, u.At.Format(time.DateOnly), number(u.Count)))
	}
	t = ts.open(create, "measures.csv", measureColumns)
	for _, m := range e.Measures {
		n := ""
		if m.N > 0 {
			n = strconv.Itoa(m.N)
		}
		ts.add(t, append(t.row, m.ID, m.At.Format(time.DateOnly), number(m.Value), n, m.Team))
	}
	t = ts.open(create, "tasks.csv", taskColumns)
	for _, k := range e.Tasks {
		minutes := ""
		if k.Minutes != nil {
			minutes = number(*k.Minutes)
		}
		ts.add(t, append(t.row, k.Task, k.At.Format(time.DateOnly), minutes,
			strconv.FormatBool(*k.Unaided), strconv.FormatBool(k.Done), k.Team))
	}
}

// add writes a row unless something failed before.
func (ts *tables) add(t *table, row []string) {
	if ts.err == nil {
		t.write(row)
	}
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func surveyColumns() []string {
	out := []string{headerAt, headerTeam, headerScore, headerReason, headerLoved, headerFrustrating}
	for _, f := range rated {
		out = append(out, satisfiedWith(f.title), whyOf(f.title))
	}
	for _, it := range items {
		out = append(out, it.question)
	}
	return out
}

func answerRow(row []string, a *fact.Answer) []string {
	row = append(row, stamp(a.At), a.Team, strconv.Itoa(*a.Score), a.Reason,
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
	for _, it := range items {
		cell := ""
		if v, ok := a.Items[it.id]; ok {
			cell = number(v)
		}
		row = append(row, cell)
	}
	return row
}

// satisfactionWord puts an answer in the form's words; enthusiasm follows the
// score that the person gave the whole platform.
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

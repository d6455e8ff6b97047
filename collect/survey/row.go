package survey

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// row is one respondent. Configured columns are read only from the headers in the wave's file.
// The others have the names that Google Forms, Microsoft Forms, Typeform, SurveyMonkey,
// Qualtrics and LimeSurvey use.
type row struct {
	At        tabular.Time `csv:"at,timestamp,completion_time,submitted_at,end_date,recorded_date"`
	Submitted tabular.Time `csv:"submitdate,date_submitted,submitdate_date_submitted"` // LimeSurvey, Typeform
	Page      string       `csv:"lastpage,last_page,lastpage_last_page"`               // LimeSurvey
	Finished  *bool        `csv:"finished,omitempty"`                                  // Qualtrics
	Status    string       `csv:"status,response_status,response_type"`                // Qualtrics, SurveyMonkey, Typeform
	Channel   string       `csv:"distribution_channel"`                                // Qualtrics
	// Response is the ID of the response: Qualtrics, SurveyMonkey, Typeform (twice), LimeSurvey
	// (with and without its question codes) and Microsoft Forms.
	Response    string        `csv:"response,response_id,respondent_id,submission_id,#,token,id,id_response_id,id_id" tabular:"identity"`
	Score       string        `csv:"nps_column"`
	Team        string        `csv:"team_column"`
	Reason      string        `csv:"reason_column"`
	Loved       tabular.List  `csv:"loved_column"`
	Frustrating tabular.List  `csv:"frustrating_column"`
	Answers     tabular.Cells `csv:"question_columns"`
}

// lowestScore and highestScore are the limits of the NPS question.
const lowestScore, highestScore = 0, 10

// reading is one reading of the export.
type reading struct {
	*Source
	window  collect.Window
	answers []fact.Answer
	faults  faults
}

// addRow adds the answer of one respondent.
func (b *reading) addRow(line int, r *row) error {
	if reason := r.reasonUnusable(); reason != "" {
		return tabular.LeaveOut(reason)
	}
	a := fact.Answer{
		Wave: b.survey.ID, Response: b.hashResponse(r.Response), Team: b.resolveTeam(r.Team), At: r.At.Time, Reason: r.Reason,
		Loved: r.Loved, Hated: r.Frustrating,
	}
	const dateless = 1980 // LimeSurvey's stamp in surveys without dates
	if r.Submitted.Year() > dateless {
		a.At = r.Submitted.Time
	}
	if !b.window.To.IsZero() && !a.At.Before(b.window.To) {
		return tabular.LeaveOut("in the future")
	}
	if r.Score != "" {
		if n, ok := parseLabelled(r.Score); ok && n >= lowestScore && n <= highestScore {
			a.Score = &n
		} else {
			b.faults.add("scores have no whole number from 0 to 10", line)
		}
	}
	given := indexByQuestion(r.Answers)
	b.addFeatures(&a, given, line)
	b.addItems(&a, given, line)
	if a.Score == nil && a.Reason == "" && len(a.Loved)+len(a.Hated)+len(a.Features)+len(a.Items) == 0 {
		return tabular.LeaveOut("no answer given")
	}
	b.answers = append(b.answers, a)
	return nil
}

// hashResponse returns the keyed hash of the ID of a response; "" for a blank one.
func (b *reading) hashResponse(id string) string {
	if id == "" || len(b.salt) == 0 {
		return ""
	}
	return tabular.HashID(b.salt, id)
}

// qualtricsStatus maps the status numbers of rows that are not answers.
var qualtricsStatus = map[string]string{
	"1": "preview", "2": "survey test", "8": "spam", "9": "preview", "12": "spam", "17": "preview",
}

// reasonUnusable returns the reason why a row is not a complete answer; "" if it is.
func (r *row) reasonUnusable() string {
	status := strings.ToLower(r.Status)
	if r.Finished != nil { // Qualtrics may write its status as a number
		status = cmp.Or(qualtricsStatus[status], status)
	}
	switch status {
	case "survey preview", "survey test", "preview":
		return "preview"
	case "spam", "potential spam":
		return "spam"
	case "partial", "partially completed", "in progress", "started", "disqualified":
		return "partial"
	}
	switch {
	case strings.EqualFold(r.Channel, "preview"):
		return "preview"
	case r.Finished != nil && !*r.Finished:
		return "partial"
	case r.Page != "" && r.Submitted.IsZero():
		return "partial"
	}
	return ""
}

// resolveTeam returns the ID that the wave's file maps a name to, or else the name.
func (b *reading) resolveTeam(name string) string {
	if id, ok := b.teams[text.Fold(name)]; ok {
		return id
	}
	return name
}

// indexByQuestion returns the answers by header. Of two columns with one header, the first with
// a value counts.
func indexByQuestion(cells tabular.Cells) map[string]string {
	given := make(map[string]string, len(cells))
	for _, c := range cells {
		if _, known := given[c.Column]; !known {
			given[c.Column] = c.Value
		}
	}
	return given
}

// addFeatures reads the answers about features. A blank answer, or one such as "not used", is
// not from a user.
func (b *reading) addFeatures(a *fact.Answer, given map[string]string, line int) {
	for i := range b.survey.Features {
		q := &b.survey.Features[i]
		cell, ok := given[q.Question]
		if !ok || notUsed[text.Fold(cell)] {
			continue
		}
		positive, known := parseOpinion(q, cell)
		if !known {
			b.faults.add(fmt.Sprintf("answers about %s are not on a known scale: set positive and negative", q.Feature), line)
			continue
		}
		answer := fact.FeatureAnswer{Feature: q.Feature, Positive: positive}
		if why := given[q.Reasons]; why != "" {
			if answer.Reasons = b.findReasons(why); answer.Reasons == nil {
				b.faults.add(fmt.Sprintf("reasons about %s match no code", q.Feature), line)
			}
		}
		a.Features = append(a.Features, answer)
	}
}

// findReasons returns the codes that match a text, in the order of the codes. The text itself
// is dropped.
func (b *reading) findReasons(cell string) []string {
	var names []string
	for _, c := range b.codes {
		matches := func(re *regexp.Regexp) bool { return re.MatchString(cell) }
		if strings.Contains(text.Fold(cell), text.Fold(c.name)) || slices.ContainsFunc(c.match, matches) {
			names = append(names, c.name)
		}
	}
	return names
}

// addItems reads the answers on scales, as given. Reversed questions are turned around in
// compute.
func (b *reading) addItems(a *fact.Answer, given map[string]string, line int) {
	for i := range b.survey.Items {
		item := &b.survey.Items[i]
		cell, ok := given[item.Question]
		if !ok || notUsed[text.Fold(cell)] {
			continue
		}
		value, known := parseRating(item, cell)
		if !known {
			b.faults.add(fmt.Sprintf("answers to %s are not on a known scale: set words, min and max", item.ID), line)
			continue
		}
		if a.Items == nil {
			a.Items = map[string]float64{}
		}
		a.Items[item.ID] = value
	}
}

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
	Score       tabular.Cells `csv:"nps_column" tabular:"question"`
	Team        string        `csv:"team_column"`
	Reason      string        `csv:"reason_column"`
	Loved       tabular.List  `csv:"loved_column"`
	Frustrating tabular.List  `csv:"frustrating_column"`
	Answers     tabular.Cells `csv:"question_columns" tabular:"question"`
}

// reading is one reading of the export.
type reading struct {
	*Source
	window    collect.Window
	answers   []fact.Answer
	questions []*question
	byColumn  map[string][]int      // of a header: the questions, by index
	row       []given               // of the current row
	given     tabular.Chunks[given] // of all answers, in their order
	faults    faults
	ids       *tabular.IDHasher
}

// given is one answer to one question.
type given struct {
	question int
	*cell
	line    int
	last    bool // of its row
	reasons []string
}

func (s *Source) newReading(w collect.Window) *reading {
	b := &reading{Source: s, window: w, byColumn: map[string][]int{}, ids: tabular.NewIDHasher(s.salt)}
	add := func(column string, q *question) {
		b.byColumn[column] = append(b.byColumn[column], len(b.questions))
		b.questions = append(b.questions, q)
	}
	if s.survey.NPS != "" {
		add(scoreColumn, newScoreQuestion(&s.survey))
	}
	for i := range s.survey.Features {
		add(s.survey.Features[i].Question, newOpinionQuestion(&s.survey.Features[i]))
	}
	for i := range s.survey.Items {
		add(s.survey.Items[i].Question, newItemQuestion(&s.survey.Items[i]))
	}
	return b
}

// scoreColumn stands for the column of the question from 0 to 10, which may also be another
// question's.
const scoreColumn = ""

// addRow adds the answer of one respondent. Answers to questions get their meaning at the end.
func (b *reading) addRow(line int, r *row) error {
	if reason := r.reasonUnusable(); reason != "" {
		return tabular.LeaveOut(reason)
	}
	a := fact.Answer{
		Wave: b.survey.ID, Response: b.hashID(r.Response), Team: b.resolveTeam(r.Team), At: r.At.Time, Reason: r.Reason,
		Loved: r.Loved, Hated: r.Frustrating,
	}
	const dateless = 1980 // LimeSurvey's stamp in surveys without dates
	if r.Submitted.Year() > dateless {
		a.At = r.Submitted.Time
	}
	if !b.window.To.IsZero() && !a.At.Before(b.window.To) {
		return tabular.LeaveOut("in the future")
	}
	b.row = b.row[:0]
	for _, c := range r.Score {
		b.addCell(scoreColumn, c.Value, line, nil)
	}
	for _, c := range r.Answers {
		b.addCell(c.Column, c.Value, line, r.Answers)
	}
	if len(b.row) == 0 && a.Reason == "" && len(a.Loved)+len(a.Hated) == 0 {
		return tabular.LeaveOut("no answer given")
	}
	if len(b.row) == 0 { // so that every answer has an end
		b.row = append(b.row, given{question: -1})
	}
	b.row[len(b.row)-1].last = true
	for _, g := range b.row {
		b.given.Add(g)
	}
	b.answers = append(b.answers, a)
	return nil
}

// addCell adds an answer to the questions of a column. Two different answers to one question, in
// several columns, are not understood.
func (b *reading) addCell(column, value string, line int, all tabular.Cells) {
	for _, i := range b.byColumn[column] {
		q := b.questions[i]
		c := q.add(b.words, value, line)
		if c == nil {
			continue
		}
		if k := slices.IndexFunc(b.row, func(g given) bool { return g.question == i }); k >= 0 {
			g := &b.row[k]
			if c.n--; g.cell.text != c.text {
				g.cell.n--
				g.cell = q.add(b.words, twoAnswers, line)
			}
			continue
		}
		g := given{question: i, cell: c, line: line}
		if q.feature != nil && q.feature.Reasons != "" {
			g.reasons = b.readReasons(q.feature, all, line)
		}
		b.row = append(b.row, g)
	}
}

// twoAnswers stands for two different answers to one question.
const twoAnswers = "\x00"

// readReasons returns the codes of the reasons that a row gives for its opinion of a feature.
func (b *reading) readReasons(f *fact.FeatureQuestion, all tabular.Cells, line int) []string {
	for _, c := range all {
		if c.Column != f.Reasons {
			continue
		}
		found := b.findReasons(c.Value)
		if found == nil {
			b.faults.add(fmt.Sprintf("reasons about %s match no code", f.Feature), line)
		}
		return found
	}
	return nil
}

// finish gives the answers their meaning, and returns the number of rows in which nothing was
// understood, with the line of the first.
func (b *reading) finish() (counts []fact.AnswerCount, nothing fact.Rejected) {
	for _, q := range b.questions {
		q.decide(b.words, b.settings())
	}
	counts = make([]fact.AnswerCount, len(b.questions))
	for i, q := range b.questions {
		counts[i].Measure = q.measure
	}
	row := 0
	for g := range b.given.All() {
		a := &b.answers[row]
		if g.question >= 0 {
			b.apply(a, g, &counts[g.question])
		}
		if !g.last {
			continue
		}
		if row++; len(a.Unclear) > 0 && !isUnderstood(a) {
			if nothing.Count++; nothing.Count == 1 {
				nothing.Line = a.Unclear[0].Line
			}
		}
	}
	return counts, nothing
}

// isUnderstood reports whether anything in an answer was understood.
func isUnderstood(a *fact.Answer) bool {
	return a.Score != nil || a.Reason != "" || len(a.Loved)+len(a.Hated)+len(a.Features)+len(a.Items) > 0
}

// apply adds the meaning of one answer to a question.
func (b *reading) apply(a *fact.Answer, g *given, count *fact.AnswerCount) {
	q := b.questions[g.question]
	count.Given++
	if !g.known {
		if count.Unclear++; count.Unclear == 1 {
			count.Line, count.Next = g.line, g.next
		}
		a.Unclear = append(a.Unclear, fact.Unclear{
			Measure: q.measure, Line: g.line, Between: g.between, Cell: b.hashID(g.text), Next: g.next,
		})
		return
	}
	switch q.kind {
	case scoreKind:
		score := int(g.value)
		a.Score = &score
	case opinionKind:
		a.Features = append(a.Features, fact.FeatureAnswer{Feature: q.feature.Feature, Positive: g.positive, Reasons: g.reasons})
	case itemKind:
		if a.Items == nil {
			a.Items = map[string]float64{}
		}
		a.Items[q.item.ID] = g.value
	}
}

// settings returns the name of the wave's file, for the next step in a message.
func (b *reading) settings() string {
	return cmp.Or(b.survey.Origin.File, "surveys/"+b.survey.ID+".toml")
}

// dated matches a cell with a date: a row with one is a respondent's.
var dated = regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}`)

// leaveOutTotals returns the reason to leave out a row of totals: its first cell with text is a
// word such as "Average" and no answer to a question, and no cell has a date.
func (s *Source) leaveOutTotals(cells []string, field func(int) string) string {
	first := slices.IndexFunc(cells, func(raw string) bool { return raw != "" })
	if first < 0 || cells[first][0] >= '0' && cells[first][0] <= '9' || !s.words.summary[foldWord(cells[first])] || slices.ContainsFunc(cells, dated.MatchString) {
		return ""
	}
	switch field(first) {
	case "nps_column", "question_columns", "reason_column", "loved_column", "frustrating_column":
		return ""
	}
	return "a row of totals, not a respondent"
}

// hashID returns the keyed hash of the ID of a response or of an answer; "" for a blank one.
func (b *reading) hashID(id string) string {
	if id == "" || len(b.salt) == 0 {
		return ""
	}
	return b.ids.Hash(id)
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

// faults counts texts in rows that are used without them.
type faults struct{ list []fact.Rejected }

func (f *faults) add(reason string, line int) {
	i := slices.IndexFunc(f.list, func(r fact.Rejected) bool { return r.Reason == reason })
	if i < 0 {
		i = len(f.list)
		f.list = append(f.list, fact.Rejected{Reason: reason, Line: line})
	}
	f.list[i].Count++
}

func (f *faults) listNotes() []string {
	notes := make([]string, 0, len(f.list))
	for _, r := range f.list {
		notes = append(notes, fmt.Sprintf("%d %s (first on line %d)", r.Count, r.Reason, r.Line))
	}
	return notes
}

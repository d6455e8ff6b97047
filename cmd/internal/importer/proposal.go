package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/measures"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tasks"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/collect/usage"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Input is everything that a proposal is made from.
type Input struct {
	File    *tabular.Inspection
	Content *fact.Content
	// Known are questions that are known by their exact words, such as those of DORA.
	Known []fact.SurveyItem
	Words *survey.Words
	// Zone is the time zone of other sources, as a suggestion; "" without one.
	Zone string
	// Answers are the answers so far, by the key of their question.
	Answers map[string]string
}

// Question is something that the file alone does not settle.
type Question struct {
	Key  string // for the answer: "timezone", "nps"
	Text string
	// Required means that nothing can be written without an answer.
	Required bool
	Choices  []string // none: a text
	Closed   bool     // whether the answer must be one of the choices
	Suggest  string   // "": none
	// Without is what happens without an answer; "" if it is required.
	Without string
}

// none is the answer that the file has nothing for a question.
const none = "none"

// Bound is one field with the columns that it is read from.
type Bound struct {
	Field    string
	Columns  []int
	ByName   bool   // the reader finds the columns without a setting
	Why      string // the evidence
	question string // the header to declare; "" for the titles of the columns
}

// Setting is one key of the table in config.toml or of the wave's file, with its value in TOML.
type Setting struct{ Key, Value, Why string }

// Proposal is what a file seems to be, and what is open.
type Proposal struct {
	Tool     string
	Dialect  string // of a survey
	Kind     string // "" if it is open
	Why      string // why it is of that kind
	Fields   []Bound
	Settings []Setting
	Survey   *Wave // nil for other kinds
	Open     []Question
	Notes    []string

	words *survey.Words
}

// IsBlocked reports whether a required question is open.
func (p *Proposal) IsBlocked() bool {
	return slices.ContainsFunc(p.Open, func(q Question) bool { return q.Required })
}

// proposer makes one proposal.
type proposer struct {
	Input
	Proposal
	names *org.Names
	tool  tool
	taken map[int]string // columns that have a field
	wrong error          // an answer that cannot be
}

// Propose returns the proposal for a file. It does not read the file again.
func Propose(input Input) (*Proposal, error) {
	p := &proposer{Input: input, names: org.NewNames(*input.Content), tool: findTool(input.File), taken: map[int]string{}}
	p.Tool, p.Dialect, p.words = p.tool.name, p.tool.dialect, input.Words
	if err := p.decideKind(); err != nil {
		return nil, err
	}
	var err error
	switch p.Kind {
	case "":
	case Survey:
		err = p.proposeSurvey()
	default:
		err = p.proposeTable()
	}
	return &p.Proposal, cmp.Or(err, p.wrong)
}

// ask adds a question unless it is answered. It returns the answer, and whether there is one.
func (p *proposer) ask(q Question) (answer string, ok bool) {
	if answer, ok = p.Answers[q.Key]; ok {
		if q.Closed && !slices.Contains(q.Choices, answer) {
			p.wrong = cmp.Or(p.wrong, fmt.Errorf("%s: answer %s", q.Key, strings.Join(q.Choices, " or ")))
		}
		return answer, true
	}
	p.Open = append(p.Open, q)
	return "", false
}

// askColumn asks for a column, which may be answered by header, by position or by "none". It
// returns -1 without an answer or with "none".
func (p *proposer) askColumn(q Question, candidates []int) (column int, answered bool, err error) {
	for _, c := range candidates {
		q.Choices = append(q.Choices, p.File.Columns[c].Shown())
	}
	if !q.Required {
		q.Choices = append(q.Choices, none)
	}
	answer, ok := p.ask(q)
	if ok && answer == none && q.Required {
		return -1, true, fmt.Errorf("%s: the rows cannot be read without it", q.Key)
	}
	if !ok || answer == none {
		return -1, ok, nil
	}
	column, err = p.findAnswered(answer)
	return column, true, err
}

// findAnswered returns the column that an answer names.
func (p *proposer) findAnswered(answer string) (int, error) {
	answer = strings.Trim(answer, `"`)
	if n := 0; scan(answer, "column %d", &n) && n >= 1 && n <= len(p.File.Columns) {
		return n - 1, nil
	}
	for i := range p.File.Columns { // a choice of a long header is cut
		if strings.Trim(p.File.Columns[i].Shown(), `"`) == answer || p.File.Columns[i].Title == answer ||
			p.File.Columns[i].Question == answer {
			return i, nil
		}
	}
	if i := p.File.FindColumn(answer); i >= 0 {
		return i, nil
	}
	return -1, fmt.Errorf("the file has no such column: answer with a header, with %q, or with %q", "column 3", none)
}

func scan(text, format string, value any) bool {
	n, err := fmt.Sscanf(text, format, value)
	return n == 1 && err == nil
}

// matchColumns returns the columns that the reader of a kind would read.
func matchColumns(kind string, in *tabular.Inspection, declared map[string][]string) ([]tabular.Match, error) {
	switch kind {
	case Survey:
		return survey.MatchColumns(in, declared)
	case Tickets:
		return tickets.MatchColumns(in, declared)
	case Usage:
		return usage.MatchColumns(in, declared)
	case Measures:
		return measures.MatchColumns(in, declared)
	case Tasks:
		return tasks.MatchColumns(in, declared)
	}
	return events.MatchColumns(events.Kind(kind), in, declared)
}

// profile describes the columns that make a file one of a kind.
type profile struct {
	needs [][]string // of each group at least one field has a column
	marks []string   // fields that few other kinds have
}

// profileOf returns the profile of a kind.
func profileOf(kind string) profile {
	return map[string]profile{
		Tickets:     {[][]string{{"id"}, {"opened"}}, []string{"title", "resolution", "tags", "reopened", "team", "feature"}},
		Usage:       {[][]string{{"date"}, {"unit"}}, []string{"feature", "unit", "count", "part"}},
		Measures:    {[][]string{{"date"}, {"value"}}, []string{"value", "measure", "n"}},
		Tasks:       {[][]string{{"task"}, {"date"}}, []string{"task", "minutes", "unaided", "done"}},
		deployments: {[][]string{{"finished", "at", "started", "created"}, {"status", "environment", "commit"}}, []string{"environment", "finished", "started", "commit", "status", "ref"}},
		changes:     {[][]string{{"id"}, {"merged"}}, []string{"merged", "head_branch", "draft", "first_review", "merge_commit", "branch", "authors"}},
		incidents:   {[][]string{{"id"}, {"opened"}}, []string{"severity", "service", "deployment", "change"}},
		commits:     {[][]string{{"sha"}, {"commit_time", "author_time"}}, []string{"sha", "parents", "commit_time", "author_time", "subject"}},
	}[kind]
}

// rate returns the number of particular fields of a kind that have columns; -1 if the file cannot
// be of that kind.
func (p *proposer) rate(kind string) (int, error) {
	matches, err := matchColumns(kind, p.File, nil)
	if err != nil {
		return 0, err
	}
	has, may := map[string]bool{}, map[string]bool{}
	for i := range matches {
		m := &matches[i]
		has[m.Field] = len(p.listFitting(m)) > 0
		may[m.Field] = has[m.Field] || slices.ContainsFunc(p.File.Columns, func(c tabular.Column) bool { return p.mayBe(m, &c) })
	}
	profile := profileOf(kind)
	for _, group := range profile.needs {
		if !slices.ContainsFunc(group, func(field string) bool { return may[field] }) {
			return -1, nil
		}
	}
	n := 0
	for _, field := range profile.marks {
		if has[field] {
			n++
		}
	}
	return n, nil
}

// mayBe reports whether a column under another header may be a required field: a date, or one whose
// header is like the field.
func (p *proposer) mayBe(m *tabular.Match, c *tabular.Column) bool {
	if m.Kind == tabular.TimeField {
		return m.Required && c.IsDate()
	}
	return m.Field == "unit" && containsAny(c.Title, hints("unit"))
}

// listFitting returns the columns of a field whose cells are of its kind.
func (p *proposer) listFitting(m *tabular.Match) []int {
	return slices.DeleteFunc(slices.Clone(m.Columns), func(i int) bool { return !fits(m, &p.File.Columns[i]) })
}

// fits reports whether the cells of a column are of the kind of a field. A column without cells
// fits every field.
func fits(m *tabular.Match, c *tabular.Column) bool {
	switch {
	case c.Filled == 0:
		return true
	case m.Kind == tabular.TimeField:
		return 10*c.Dates >= 9*c.Filled
	case m.Kind == tabular.NumberField:
		return c.IsNumber() || c.Grouped.Count > 0 || c.Fractions.Count > 0
	case m.Kind == tabular.WholeField:
		return c.IsWhole()
	case m.Kind == tabular.YesNoField:
		return 10*c.YesNo >= 9*c.Examined
	case m.Field == "sha":
		return 10*c.Hashes >= 9*c.Examined
	}
	return true
}

// decideKind finds the kind of the rows: the answer, else that of the tool, else the one with the
// most particular columns.
func (p *proposer) decideKind() error {
	if kind, ok := p.Answers["kind"]; ok {
		if !slices.Contains(Kinds(), kind) {
			return fmt.Errorf("kind %q is unknown: use %s", kind, strings.Join(Kinds(), ", "))
		}
		p.Kind, p.Why = kind, "as answered"
		return nil
	}
	if len(p.tool.kinds) == 1 {
		p.Kind, p.Why = p.tool.kinds[0], "exports of "+p.Tool
		return nil
	}
	most, best := -1, []string(nil)
	for _, kind := range p.tool.kinds {
		if kind == Survey {
			continue
		}
		n, err := p.rate(kind)
		if err != nil {
			return err
		}
		switch {
		case n < 0 || n < most:
		case n > most:
			most, best = n, []string{kind}
		default:
			best = append(best, kind)
		}
	}
	if p.Tool == plain().name {
		if score := p.rateSurvey(); score > 0 && score > most {
			most, best = score, []string{Survey}
		} else if score > 0 && score == most {
			best = append(best, Survey)
		}
	} else if len(best) == 0 || slices.Contains(best, p.tool.kinds[0]) {
		best, most = p.tool.kinds[:1], 1
	}
	if len(best) == 1 && most > 0 {
		p.Kind, p.Why = best[0], "by its columns"
		if p.Tool != plain().name {
			p.Why = "exports of " + p.Tool
		}
		return nil
	}
	q := Question{Key: "kind", Text: "What is each row of the file?", Required: true, Choices: best}
	if len(best) == 0 {
		q.Choices = Kinds()
	}
	p.ask(q)
	return nil
}

package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// wanted are the optional fields of each kind that are asked about if the file may have them.
func wanted(kind string) []string {
	return map[string][]string{
		Tickets: {"team", "feature", "resolved"}, Usage: {"unit", "feature", "team"}, Tasks: {"team"}, Measures: {"team"},
		incidents: {"service", "resolved"}, deployments: {"service"},
	}[kind]
}

// once are the fields that may be set once for the file if it has no column for them.
func once(kind string) []string {
	return map[string][]string{
		Usage: {"feature"}, Measures: {"measure"}, deployments: {"repository", "environment"}, changes: {"repository"},
		commits: {"repository"},
	}[kind]
}

// proposeTable binds the columns of a file that is not a survey.
func (p *proposer) proposeTable() error {
	matches, err := matchColumns(p.Kind, p.File, nil)
	if err != nil {
		return err
	}
	for i := range matches {
		if err := p.bindNamed(&matches[i]); err != nil {
			return err
		}
	}
	for i := range matches {
		if err := p.bindOther(&matches[i]); err != nil {
			return err
		}
	}
	p.settleDates(p.boundColumns(tabular.TimeField, matches))
	p.settleDecimals(p.boundColumns(tabular.NumberField, matches))
	if p.Kind == deployments {
		return p.settleStatuses()
	}
	return nil
}

func (p *proposer) has(field string) bool {
	return slices.ContainsFunc(p.Fields, func(b Bound) bool { return b.Field == field })
}

func (p *proposer) bind(b Bound) {
	p.Fields = append(p.Fields, b)
	for _, c := range b.Columns {
		p.taken[c] = b.Field
	}
}

// bindNamed binds a field by the headers that its reader accepts. Several columns for one value
// are asked about; a column whose cells are of another kind is not taken.
func (p *proposer) bindNamed(m *tabular.Match) error {
	key := "column " + m.Field
	if answer, ok := p.Answers[key]; ok {
		return p.bindAnswered(m, answer)
	}
	fitting := p.listFitting(m)
	switch {
	case len(fitting) == 0 && len(m.Columns) > 0:
		c := &p.File.Columns[m.Columns[0]]
		p.Notes = append(p.Notes, fmt.Sprintf("%s is called like %s, but its cells are no %s", c.Shown(), m.Field, plural(m.Kind)))
	case len(fitting) == 0:
	case len(fitting) == 1 || m.Many:
		p.bind(Bound{Field: m.Field, Columns: fitting, ByName: len(fitting) == len(m.Columns), Why: "by its header"})
	default:
		column, answered, err := p.askColumn(Question{
			Key: key, Text: fmt.Sprintf("Which column is %s?", describeField(p.Kind, m.Field)),
			Suggest: p.File.Columns[fitting[0]].Shown(), Without: "the first filled one counts",
		}, fitting)
		switch {
		case err != nil:
			return err
		case column >= 0:
			p.bind(Bound{Field: m.Field, Columns: []int{column}, Why: "as answered"})
		case !answered:
			p.bind(Bound{Field: m.Field, Columns: fitting, ByName: true, Why: "the first filled one"})
		}
	}
	return nil
}

// bindAnswered binds a field to the column of an answer.
func (p *proposer) bindAnswered(m *tabular.Match, answer string) error {
	if answer == none {
		return nil
	}
	column, err := p.findAnswered(answer)
	if err != nil {
		return fmt.Errorf("column %s: %w", m.Field, err)
	}
	byName := slices.Equal(m.Columns, []int{column})
	p.bind(Bound{Field: m.Field, Columns: []int{column}, ByName: byName, Why: "as answered"})
	return nil
}

// bindOther finds the column of a field that no header names: by the names in the content, else
// by asking.
func (p *proposer) bindOther(m *tabular.Match) error {
	key := "column " + m.Field
	if _, answered := p.Answers[key]; answered {
		return nil
	}
	isOnce := slices.Contains(once(p.Kind), m.Field)
	if p.has(m.Field) {
		return p.bindRival(m)
	}
	if !m.Required && !isOnce && !slices.Contains(wanted(p.Kind), m.Field) {
		return nil
	}
	candidates, why := p.listCandidates(m)
	if len(candidates) == 1 && m.Kind == tabular.TimeField && m.Required && p.countDates() == 1 {
		why = "the only column of dates"
	}
	if len(candidates) == 1 && why != "" {
		p.bind(Bound{Field: m.Field, Columns: candidates, Why: why})
		return nil
	}
	if isOnce {
		return p.askOnce(m, candidates)
	}
	required := m.Required || p.Kind == Usage && m.Field == "unit"
	if len(candidates) == 0 && !required {
		return nil
	}
	q := Question{
		Key: key, Text: fmt.Sprintf("Which column is %s?", describeField(p.Kind, m.Field)), Required: required,
		Without: "it is not read",
	}
	column, _, err := p.askColumn(q, candidates)
	if err == nil && column >= 0 {
		p.bind(Bound{Field: m.Field, Columns: []int{column}, Why: "as answered"})
	}
	return err
}

// countDates returns the number of columns of dates.
func (p *proposer) countDates() int {
	n := 0
	for i := range p.File.Columns {
		if p.File.Columns[i].IsDate() {
			n++
		}
	}
	return n
}

// bindRival asks about a second column with the names of teams or features.
func (p *proposer) bindRival(m *tabular.Match) error {
	if m.Field != "team" && m.Field != "feature" {
		return nil
	}
	at := slices.IndexFunc(p.Fields, func(b Bound) bool { return b.Field == m.Field })
	rivals, _ := p.listCandidates(m)
	rivals = slices.DeleteFunc(rivals, func(i int) bool { return p.File.Columns[i].Distinct < 2 })
	if len(rivals) == 0 {
		return nil
	}
	first := p.Fields[at].Columns[0]
	if known, all := p.countNames(m.Field, &p.File.Columns[first]); 2*known >= all && all > 0 && m.Field == "feature" {
		return nil
	}
	_, _, err := p.askColumn(Question{
		Key: "column " + m.Field, Text: fmt.Sprintf("Two columns may be %s; which one is it?", describeField(p.Kind, m.Field)),
		Suggest: p.File.Columns[first].Shown(), Without: p.File.Columns[first].Shown() + " is taken, because of its header",
	}, append([]int{first}, rivals...))
	return err
}

// listCandidates returns the columns without a field that may be one. why is the evidence if it is
// the content's names, which is as good as a header.
func (p *proposer) listCandidates(m *tabular.Match) (candidates []int, why string) {
	best := ""
	for i := range p.File.Columns {
		c := &p.File.Columns[i]
		isPart := m.Field == "feature" && p.taken[i] == "part" // Backstage names its features by plugin
		if p.taken[i] != "" && !isPart || c.Filled == 0 || c.Personal && !m.Identity || !fits(m, c) || m.Kind == tabular.TimeField && !c.IsDate() {
			continue
		}
		known, all := p.countNames(m.Field, c)
		isNear := slices.Contains(m.Near, i) || containsAny(c.Title, hints(m.Field))
		switch {
		case all > 0 && 2*known > all:
			if best == "" {
				candidates = nil
			}
			best = fmt.Sprintf("%d of its %d names are in the content", known, all)
			candidates = append(candidates, i)
		case best != "":
		case m.Kind == tabular.TimeField && m.Required, isNear, isPart:
			candidates = append(candidates, i)
		case m.Required && m.Field == "id" && c.IsUnique(p.File.Rows-p.File.Unusable):
			candidates = append(candidates, i)
		case m.Required && m.Kind == tabular.NumberField, m.Field == "task" && m.Required:
			candidates = append(candidates, i)
		case m.Field == "unit" && c.Prose == 0 && !c.IsNumber() && !c.IsDate() && c.Distinct > 1:
			candidates = append(candidates, i)
		}
	}
	return candidates, best
}

// countNames returns how many of the different texts of a column are names of teams or features in
// the content.
func (p *proposer) countNames(field string, c *tabular.Column) (known, all int) {
	isKnown := map[string]func(string) (string, bool){
		"team": p.names.TeamOrGroup, "feature": p.names.Feature, "measure": p.names.Measure, "service": p.names.Service,
	}[field]
	if isKnown == nil {
		return 0, 0
	}
	for _, w := range c.Words {
		if all++; w.Text != "" {
			if _, ok := isKnown(w.Text); ok {
				known++
			}
		}
	}
	return known, all
}

// askOnce asks for a value of all rows, or for a column.
func (p *proposer) askOnce(m *tabular.Match, candidates []int) error {
	key := m.Field
	q := Question{
		Key: key, Required: true,
		Text: fmt.Sprintf("No header names the %s. Which %s are all rows about, or which column names it?",
			m.Field, m.Field),
	}
	if m.Field == "feature" {
		for i := range p.Content.Features {
			if f := &p.Content.Features[i]; !f.Draft {
				q.Choices = append(q.Choices, f.ID)
			}
		}
	}
	if m.Field == "measure" {
		for i := range p.Content.Measures {
			q.Choices = append(q.Choices, p.Content.Measures[i].ID)
		}
	}
	if m.Field == "environment" {
		q.Suggest = "production"
	}
	for _, c := range candidates {
		q.Choices = append(q.Choices, "column "+p.File.Columns[c].Shown())
	}
	answer, ok := p.ask(q)
	if !ok {
		return nil
	}
	if header, isColumn := strings.CutPrefix(answer, "column "); isColumn {
		column, err := p.findAnswered(header)
		if err != nil {
			column, err = p.findAnswered(answer)
		}
		if err == nil {
			p.bind(Bound{Field: m.Field, Columns: []int{column}, Why: "as answered"})
		}
		return err
	}
	p.setOnce(m.Field, answer)
	return nil
}

func (p *proposer) setOnce(field, value string) {
	p.Settings = append(p.Settings, Setting{field, config.Quote(value), "of all rows"})
}

// boundColumns returns the columns of all bound fields of a kind.
func (p *proposer) boundColumns(kind tabular.FieldKind, matches []tabular.Match) []int {
	var list []int
	for _, b := range p.Fields {
		if slices.ContainsFunc(matches, func(m tabular.Match) bool { return m.Field == b.Field && m.Kind == kind }) {
			list = append(list, b.Columns...)
		}
	}
	return list
}

// settleDecimals asks for the meaning of 1,234.
func (p *proposer) settleDecimals(columns []int) {
	for _, i := range columns {
		c := &p.File.Columns[i]
		if c.Grouped.Count == 0 {
			continue
		}
		answer, ok := p.ask(Question{
			Key: "decimal", Required: true, Choices: []string{".", ","}, Closed: true,
			Text: fmt.Sprintf("Line %d of %s has a number such as 1,234. Which sign precedes fractions?", c.Grouped.Line, c.Shown()),
		})
		if ok {
			p.Settings = append(p.Settings, Setting{"decimal", config.Quote(answer), "as answered"})
		}
		return
	}
}

// settleStatuses asks for the meaning of words for the state of a deployment.
func (p *proposer) settleStatuses() error {
	var pairs []string
	for _, b := range p.Fields {
		if b.Field != "status" {
			continue
		}
		for _, w := range p.File.Columns[b.Columns[0]].Words {
			if events.IsState(w.Text) || !text.IsName(w.Text) {
				continue
			}
			answer, ok := p.ask(Question{
				Key: "status " + w.Text, Choices: []string{"pending", "success", "failure", "inactive", none}, Closed: true,
				Text:    fmt.Sprintf("%s have the status %s. What does it mean?", text.Plural(w.Count, "row"), text.Quote(w.Text)),
				Without: "these rows are counted as not understood",
			})
			if ok && answer != none {
				pairs = append(pairs, config.Quote(w.Text)+" = "+config.Quote(answer))
			}
		}
	}
	if len(pairs) > 0 {
		p.Settings = append(p.Settings, Setting{"statuses", "{ " + strings.Join(pairs, ", ") + " }", "as answered"})
	}
	return nil
}

func plural(kind tabular.FieldKind) string {
	return map[tabular.FieldKind]string{
		tabular.TimeField: "dates", tabular.NumberField: "numbers", tabular.WholeField: "whole numbers",
		tabular.YesNoField: "yes or no", tabular.TextField: "texts of that kind",
	}[kind]
}

// describeField returns words for a field in a question.
func describeField(kind, field string) string {
	words := map[string]string{
		"id": "the ID of a row", "opened": "the time it was opened", "resolved": "the time it was resolved",
		"team": "the team that asks", "feature": "the feature it is about", "date": "the date", "unit": "the developer, team or service that used it",
		"value": "the value", "sha": "the hash of the commit", "task": "the task", "at": "the time of the answer",
		"updated": "the time of the last change", "service": "the service", "title": "the title",
	}
	if kind == Usage && field == "team" {
		return "the team of the unit"
	}
	if w, ok := words[field]; ok {
		return w
	}
	return field
}

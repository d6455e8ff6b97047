package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Wave is the proposal for the file of a survey.
type Wave struct {
	NPS      string
	NPSWords []Setting // words of answers, with their scores
	Columns  []Setting // of [columns]
	Features []fact.FeatureQuestion
	Items    []Item
}

// Item is a proposed question on a scale.
type Item struct {
	fact.SurveyItem
	Why string // of the dimension and the scale
}

// Parts of headers of the questions of a survey, in several languages, in lower case.
func recommendWords() []string {
	return []string{
		"recommend", "empfehl", "recommand", "recomend", "consigli", "raccomand", "aanbevel", "aanraden", "勧め", "薦め", "推奨",
		"net promoter", "nps",
	}
}

func reasonWords() []string {
	return []string{
		"reason", "why", "grund", "warum", "begründ", "raison", "pourquoi", "motivo", "razón", "por qué", "por que", "perché",
		"reden", "waarom", "理由",
	}
}

func lovedWords() []string {
	return []string{
		"love", "like most", "like best", "best part", "most useful", "gefällt", "am besten", "aimez", "préfér", "gusta más",
		"mais gosta", "piace", "bevalt", "好き",
	}
}

func frustratingWords() []string {
	return []string{
		"frustrat", "dislike", "annoy", "worst", "frustrier", "stört", "nervt", "frustr", "molesta", "incomoda", "ergert", "不満",
	}
}

// proposeSurvey finds the questions of a survey.
func (p *proposer) proposeSurvey() error {
	p.Survey = &Wave{}
	matches, err := matchColumns(Survey, p.File, nil)
	if err != nil {
		return err
	}
	for i := range matches {
		m := &matches[i]
		if fitting := p.listFitting(m); len(fitting) > 0 && len(m.Columns) > 0 {
			p.bind(Bound{Field: m.Field, Columns: fitting, ByName: true, Why: "by its header"})
		}
	}
	steps := []func() error{p.findTime, p.findScore, p.findTeam, p.findReason, p.findLists, p.findOpinions, p.findItems}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	p.settleDates(p.timeColumns())
	if p.Survey.NPS == "" && len(p.Survey.Features)+len(p.Survey.Items) == 0 && !p.IsBlocked() {
		p.ask(Question{
			Key: "nps", Required: true, Text: "No question was found that can be counted. Which column is the NPS question, from 0 to 10?",
		})
	}
	return nil
}

func (p *proposer) timeColumns() []int {
	var list []int
	for _, b := range p.Fields {
		if b.Field == "at" || b.Field == "submitted" {
			list = append(list, b.Columns...)
		}
	}
	return list
}

// addColumn binds a column of a survey, which its file must name.
func (p *proposer) addColumn(field string, column int, why string) {
	c := &p.File.Columns[column]
	columns := []int{column}
	for i := range p.File.Columns {
		if o := &p.File.Columns[i]; i != column && c.Choice != "" && o.Question == c.Question {
			columns = append(columns, i)
		}
	}
	p.bind(Bound{Field: field, Columns: columns, Why: why, question: c.Question})
	p.Survey.Columns = append(p.Survey.Columns, Setting{field, config.Quote(c.Question), why})
}

// findTime asks for the time of the answers if no header is one that tools write.
func (p *proposer) findTime() error {
	if len(p.timeColumns()) > 0 {
		return nil
	}
	var candidates []int
	for i := range p.File.Columns {
		if c := &p.File.Columns[i]; c.IsDate() && p.taken[i] == "" {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) == 1 {
		p.addColumn("at", candidates[0], "the only column of dates")
		return nil
	}
	q := Question{Key: "at", Text: "Which column is the time of the answer?", Required: true}
	if len(candidates) == 0 {
		p.ask(Question{Key: "at", Required: true, Text: "No column is the time of the answer, and answers without one " +
			"belong to no period. Which column is it? Export the survey with it"})
		return nil
	}
	column, _, err := p.askColumn(q, candidates)
	if err == nil && column >= 0 {
		p.addColumn("at", column, "as answered")
	}
	return err
}

// findScore finds the question from 0 to 10. Its header must ask for a recommendation, and its
// answers must be able to be of that scale; everything else is asked about.
func (p *proposer) findScore() error {
	var asked, others []int
	for i := range p.File.Columns {
		c := &p.File.Columns[i]
		if p.taken[i] != "" || c.Personal || c.Filled == 0 {
			continue
		}
		switch recommends := containsAny(c.Title, recommendWords()); {
		case recommends && p.isScore(c):
			asked = append(asked, i)
		case recommends && c.Prose == 0 && c.Choice == "":
			others = append(others, i)
		case c.IsWhole() && p.isScore(c) && c.Max > 7 && !c.IsUnique(p.File.Rows-p.File.Unusable):
			others = append(others, i)
		}
	}
	if _, answered := p.Answers["nps"]; !answered && len(asked) == 1 {
		if c := &p.File.Columns[asked[0]]; !p.mayBeOtherScale(c) {
			p.setScore(asked[0], fmt.Sprintf("asks for a recommendation, answers from %g to %g", c.Min, c.Max))
			return nil
		}
	}
	q := Question{Key: "nps", Without: "the survey has no NPS"}
	switch {
	case len(asked) == 1:
		c := &p.File.Columns[asked[0]]
		q.Text = fmt.Sprintf("The answers to %s are from %g to %g. Was the scale 0 to 10? Then name the column", c.Shown(), c.Min, c.Max)
		q.Suggest = c.Shown()
	case len(asked) > 1:
		q.Text = "Several columns ask for a recommendation. Which one is about the platform?"
	case len(others) > 0:
		q.Text = "Which column is the NPS question, from 0 to 10?"
	case len(others) == 0:
		if _, answered := p.Answers["nps"]; !answered {
			return nil
		}
	}
	column, _, err := p.askColumn(q, slices.Concat(asked, others))
	if err == nil && column >= 0 {
		p.setScore(column, "as answered")
	}
	return err
}

// isScore reports whether the answers of a column may be of a scale from 0 to 10.
func (p *proposer) isScore(c *tabular.Column) bool {
	m := p.Words.ReadScores(c.Words, nil)
	for _, end := range m.Ends {
		m.Known += end.Count
	}
	return c.Wholes > 0 && c.Min >= 0 && 10*m.Known >= 9*m.Given
}

// mayBeOtherScale reports whether the answers may be of a scale from 1: then an NPS would be wrong.
// A scale in the header, an answer of 0, or labels of the ends settle it.
func (p *proposer) mayBeOtherScale(c *tabular.Column) bool {
	const few = 5 // so many answers have no number above 7 by chance
	scale := strings.NewReplacer(" ", "", "–", "-", "—", "-").Replace(strings.ToLower(c.Title))
	switch {
	case containsAny(scale, []string{"0-10", "0to10", "0bis10", "0à10", "0a10", "0tot10", "(0", "0=", "0から10", "0~10", "0〜10"}):
		return false
	case containsAny(scale, []string{"1-10", "1to10", "1-5", "1to5", "1bis10", "1à10", "1a10"}):
		return true
	}
	return c.Min > 0 && c.Max <= 7 && c.Filled >= few || c.Min == 1 && c.Labelled == 0
}

// setScore takes a column as the NPS question, with the labels of its ends.
func (p *proposer) setScore(column int, why string) {
	c := &p.File.Columns[column]
	p.Survey.NPS = c.Question
	p.bind(Bound{Field: "nps", Columns: []int{column}, Why: why, question: c.Question})
	declared := map[string]float64{}
	for _, end := range p.Words.ReadScores(c.Words, nil).Ends {
		answer, ok := p.ask(Question{
			Key: "nps word " + end.Text, Suggest: fmt.Sprint(end.Score), Without: "these answers are not understood",
			Text: fmt.Sprintf("%s to the NPS question: %q. Which number from 0 to 10 is it?", text.Plural(end.Count, "answer"), end.Text),
		})
		if score, err := strconv.ParseFloat(answer, 64); ok && err == nil {
			declared[end.Text] = score
			p.Survey.NPSWords = append(p.Survey.NPSWords, Setting{config.Quote(end.Text), answer, "as answered"})
		}
	}
	if m := p.Words.ReadScores(c.Words, declared); m.Unknown.Count > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("NPS: %d of %d answers are not understood, the first on line %d: map its words under [nps_words]",
			m.Unknown.Count, m.Given, m.Unknown.Line))
	}
}

// findTeam finds the column of teams by the names in the content, else by its header.
func (p *proposer) findTeam() error {
	var named, hinted []int
	for i := range p.File.Columns {
		c := &p.File.Columns[i]
		if p.taken[i] != "" || c.Personal || c.Filled == 0 || c.Prose > 0 {
			continue
		}
		known, all := p.countNames("team", c)
		switch {
		case all > 0 && 2*known > all:
			named = append(named, i)
		case containsAny(c.Title, hints("team")) && 2*c.Distinct <= c.Filled:
			hinted = append(hinted, i)
		}
	}
	if _, answered := p.Answers["team"]; !answered && len(named) == 1 {
		known, all := p.countNames("team", &p.File.Columns[named[0]])
		p.addColumn("team", named[0], fmt.Sprintf("%d of its %d names are teams or groups", known, all))
		return nil
	}
	if len(named)+len(hinted) == 0 && p.Answers["team"] == "" {
		return nil
	}
	column, _, err := p.askColumn(Question{
		Key: "team", Text: "Which column is the team or group?", Without: "the survey has no teams",
	}, slices.Concat(named, hinted))
	if err == nil && column >= 0 {
		p.addColumn("team", column, "as answered")
	}
	return err
}

// findReason finds the free text after the NPS question.
func (p *proposer) findReason() error {
	at := slices.IndexFunc(p.Fields, func(b Bound) bool { return b.Field == "nps" })
	if at < 0 {
		return nil
	}
	score := p.Fields[at].Columns[0]
	var candidates []int
	for i := range p.File.Columns {
		c := &p.File.Columns[i]
		if p.taken[i] == "" && !c.Personal && i > score && c.Choice == "" && containsAny(c.Title, reasonWords()) && !c.IsNumber() {
			candidates = append(candidates, i)
		}
	}
	if _, answered := p.Answers["reason"]; !answered && len(candidates) == 0 {
		return nil
	}
	if _, answered := p.Answers["reason"]; !answered && candidates[0] == score+1 {
		p.addColumn("reason", candidates[0], "asks for the reason after the score")
		return nil
	}
	column, _, err := p.askColumn(Question{
		Key: "reason", Text: "Which column is the reason for the score?", Without: "no reasons are counted",
	}, candidates)
	if err == nil && column >= 0 {
		p.addColumn("reason", column, "as answered")
	}
	return err
}

// findLists finds the questions for loved and frustrating features.
func (p *proposer) findLists() error {
	for _, f := range []struct {
		field string
		words []string
	}{{"loved", lovedWords()}, {"frustrating", frustratingWords()}} {
		var candidates []int
		seen := map[string]bool{}
		for i := range p.File.Columns {
			c := &p.File.Columns[i]
			if p.taken[i] == "" && !c.Personal && containsAny(c.Title, f.words) && !c.IsNumber() && !seen[c.Question] {
				seen[c.Question] = true
				candidates = append(candidates, i)
			}
		}
		if _, answered := p.Answers[f.field]; !answered && len(candidates) == 0 {
			continue
		}
		if _, answered := p.Answers[f.field]; !answered && len(candidates) == 1 && p.namesFeature(candidates[0]) {
			p.addColumn(f.field, candidates[0], "its answers name features")
			continue
		}
		column, _, err := p.askColumn(Question{
			Key: f.field, Text: fmt.Sprintf("Which column names what is %s about the platform?", f.field), Without: "it is not read",
		}, candidates)
		if err != nil {
			return err
		}
		if column >= 0 {
			p.addColumn(f.field, column, "as answered")
		}
	}
	return nil
}

// namesFeature reports whether the answers or choices of a column have the name of a feature.
func (p *proposer) namesFeature(column int) bool {
	c := &p.File.Columns[column]
	if c.Choice != "" {
		for i := range p.File.Columns {
			if o := &p.File.Columns[i]; o.Question == c.Question {
				if _, ok := p.names.Feature(o.Choice); ok {
					return true
				}
			}
		}
		return false
	}
	for _, w := range c.Words {
		for item := range strings.FieldsFuncSeq(w.Text, func(r rune) bool { return r == ';' || r == ',' }) {
			if _, ok := p.names.Feature(strings.TrimSpace(item)); ok {
				return true
			}
		}
	}
	return false
}

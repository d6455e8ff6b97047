package importer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// rated is a column with answers on a scale.
type rated struct {
	column  int
	points  int
	numbers bool            // numbers alone: whether they are ratings is asked
	unknown tabular.Witness // answers that are not on the scale; many are asked about
	why     string
}

// listRated returns the columns that may hold ratings.
func (p *proposer) listRated() []rated {
	var list []rated
	for i := range p.File.Columns {
		c := &p.File.Columns[i]
		if p.taken[i] != "" || c.Personal || c.Filled == 0 || c.IsDate() {
			continue
		}
		scale := p.Words.FindScale(c.Words)
		plainNumbers := c.Wholes - c.Labelled
		switch {
		case scale.Points > 0 && 2*scale.Words > plainNumbers && 2*scale.Known >= scale.Given:
			why := fmt.Sprintf("%d of %d answers are on a scale of %d points", scale.Known, scale.Given, scale.Points)
			if scale.Unknown.Count > 0 {
				why += fmt.Sprintf(", the first other one is on line %d", scale.Unknown.Line)
			}
			list = append(list, rated{i, scale.Points, false, scale.Unknown, why})
		case c.IsWhole() && c.Min >= 1 && c.Max <= 7 && c.Max > 1 && (isSentence(c.Title) || c.Choice != "") && !c.IsUnique(p.File.Rows-p.File.Unusable):
			points := 5
			if c.Max > 5 {
				points = 7
			}
			list = append(list, rated{i, points, true, tabular.Witness{}, fmt.Sprintf("whole numbers from %g to %g", c.Min, c.Max)})
		}
	}
	return list
}

// findOpinions finds the questions about features: the header has a feature's name.
func (p *proposer) findOpinions() error {
	for _, r := range p.confirmNumbers(p.listRated()) {
		c := &p.File.Columns[r.column]
		id := p.findFeature(c.Title)
		if id == "" || slices.ContainsFunc(p.Survey.Features, func(f fact.FeatureQuestion) bool { return f.Feature == id }) {
			continue
		}
		p.Survey.Features = append(p.Survey.Features, fact.FeatureQuestion{Feature: id, Question: c.Title})
		p.bind(Bound{Field: "feature " + id, Columns: []int{r.column}, Why: "names the feature; " + r.why, question: c.Title})
	}
	return nil
}

// findFeature returns the ID of the only feature whose title, ID or label is in a text.
func (p *proposer) findFeature(title string) string {
	found := ""
	folded := " " + text.Fold(title) + " "
	for i := range p.Content.Features {
		f := &p.Content.Features[i]
		for _, name := range append([]string{f.Title, f.ID}, f.Labels...) {
			if len(name) < 3 || !strings.Contains(folded, text.Fold(name)) {
				continue
			}
			if found != "" && found != f.ID {
				return ""
			}
			found = f.ID
		}
	}
	return found
}

// confirmNumbers drops the columns with numbers alone, unless they are confirmed as ratings: one
// question for all of them.
func (p *proposer) confirmNumbers(list []rated) []rated {
	var numbers []string
	for _, r := range list {
		if r.numbers && !p.isKnown(&p.File.Columns[r.column]) {
			numbers = append(numbers, strconv.Itoa(r.column+1))
		}
	}
	if len(numbers) == 0 {
		return list
	}
	const shown = 12
	more := ""
	if len(numbers) > shown {
		more = fmt.Sprintf(" and %d more", len(numbers)-shown)
	}
	noun := "Column "
	if len(numbers) > 1 {
		noun = "Columns "
	}
	q := Question{
		Key: "scale", Choices: []string{"1-5", "1-7", none}, Closed: true,
		Text:    noun + strings.Join(numbers[:min(shown, len(numbers))], ", ") + more + " may be ratings in whole numbers. Of which scale?",
		Without: "they are not read",
	}
	answer, ok := p.Answers[q.Key]
	if ok {
		p.ask(q)
	} else if !slices.ContainsFunc(p.Open, func(o Question) bool { return o.Key == q.Key }) {
		p.Open = append(p.Open, q)
	}
	_, high, _ := strings.Cut(answer, "-")
	n, err := strconv.Atoi(high)
	return slices.DeleteFunc(slices.Clone(list), func(r rated) bool {
		if r.numbers && !p.isKnown(&p.File.Columns[r.column]) {
			return !ok || err != nil || float64(n) < p.File.Columns[r.column].Max
		}
		return false
	})
}

// isKnown reports whether a question is known by its exact words.
func (p *proposer) isKnown(c *tabular.Column) bool { return p.findKnown(c) != nil }

func (p *proposer) findKnown(c *tabular.Column) *fact.SurveyItem {
	at := slices.IndexFunc(p.Known, func(i fact.SurveyItem) bool {
		k := tabular.NormaliseHeader(i.Question)
		return k == tabular.NormaliseHeader(c.Title) || c.Choice != "" && k == tabular.NormaliseHeader(c.Choice)
	})
	if at < 0 {
		return nil
	}
	return &p.Known[at]
}

// findItems finds the questions on a scale.
func (p *proposer) findItems() error {
	used := map[string]bool{}
	proposed := 0
	for _, r := range p.confirmNumbers(p.listRated()) {
		c := &p.File.Columns[r.column]
		if 10*r.unknown.Count >= c.Examined {
			answer, ok := p.ask(Question{
				Key: fmt.Sprintf("item %d", r.column+1), Choices: []string{"yes", "no"}, Closed: true, Without: "it is not read",
				Text: fmt.Sprintf("%d answers of column %d are not on its scale of %d points, the first on line %d. Read the others as ratings?",
					r.unknown.Count, r.column+1, r.points, r.unknown.Line),
			})
			if !ok || answer != "yes" {
				continue
			}
		}
		item := Item{Why: r.why}
		if known := p.findKnown(c); known != nil {
			item.SurveyItem = *known
			item.Why += "; the question is known"
			if !r.numbers && !slices.ContainsFunc(c.Words, func(w tabular.Word) bool { _, ok := known.Words[text.Fold(w.Text)]; return ok }) {
				item.Words = nil // of other words
			}
		}
		item.Question = c.Title
		if item.ID == "" || used[item.ID] {
			item.ID = makeID(cmpOr(c.Choice, c.Title), r.column, used)
		}
		used[item.ID] = true
		if r.points != 5 && len(item.Words) == 0 {
			item.Min, item.Max = 1, r.points
		}
		if r.numbers {
			if answer, ok := p.Answers["scale"]; ok && answer == "1-7" {
				item.Min, item.Max = 1, 7
			}
		}
		if item.Dimension == "" {
			item.Dimension = proposeDimension(c.Title)
			if item.Dimension != "" {
				proposed++
			}
		}
		p.Survey.Items = append(p.Survey.Items, item)
		p.bind(Bound{Field: "item " + item.ID, Columns: []int{r.column}, Why: item.Why, question: c.Title})
	}
	if proposed == 0 {
		return nil
	}
	answer, ok := p.ask(Question{
		Key: "dimensions", Choices: []string{"yes", "no"}, Closed: true, Suggest: "yes", Without: "they are written as comments",
		Text: fmt.Sprintf("Take the proposed dimensions of %s?", text.Plural(proposed, "question")),
	})
	if !ok || answer != "yes" {
		for i := range p.Survey.Items {
			if item := &p.Survey.Items[i]; !p.isKnown(&p.File.Columns[p.File.FindColumn(item.Question)]) && item.Dimension != "" {
				item.Source, item.Dimension = "# "+item.Dimension, ""
			}
		}
	}
	return nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// makeID returns an ID from the first words of a question; "item_4" if it has no Latin letters.
func makeID(title string, column int, used map[string]bool) string {
	const most = 4
	small := []string{"the", "a", "an", "i", "is", "are", "to", "of", "my", "our", "with", "and", "how", "do", "you", "your", "it", "in", "for", "on"}
	var words []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if !slices.Contains(small, word) && len(words) < most {
			words = append(words, word)
		}
	}
	id := strings.Join(words, "_")
	if id == "" || id[0] < 'a' || used[id] {
		id = strings.Trim(id+fmt.Sprintf("_item_%d", column+1), "_")
	}
	if id[0] < 'a' {
		id = "item_" + id
	}
	return id
}

// proposeDimension returns the dimension of SPACE that the words of a question are about; "" if
// there is none, or several.
func proposeDimension(question string) string {
	found := ""
	for _, d := range []struct {
		name  string
		words []string
	}{
		{"satisfaction", []string{"satisf", "happy", "enjoy", "pleasant", "frustrat", "zufrieden", "satisfait"}},
		{"performance", []string{"reliab", "quality", "stable", "secure", "robust", "zuverlässig", "fiable"}},
		{"communication", []string{"documentation", "docs", "feedback", "support", "answers", "help me", "listen", "dokumentation"}},
		{"efficiency", []string{"easy", "quick", "fast", "slow", "wait", "interrupt", "flow", "automat", "independent", "effort", "time", "einfach", "schnell", "facile"}},
	} {
		if !containsAny(question, d.words) {
			continue
		}
		if found != "" {
			return ""
		}
		found = d.name
	}
	return found
}

// rateSurvey returns how much a file is like a survey: the number of headers that are sentences,
// or that ask for a recommendation.
func (p *proposer) rateSurvey() int {
	n := 0
	for i := range p.File.Columns {
		c := &p.File.Columns[i]
		if isSentence(c.Title) || containsAny(c.Title, recommendWords()) && p.isScore(c) {
			n++
		}
	}
	return n
}

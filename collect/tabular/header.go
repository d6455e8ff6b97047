package tabular

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// header has the names of one column of a file.
type header struct {
	title string   // first name, cleaned, for messages
	keys  []string // normalised names
	// group and choice are set for one column of a multiple-choice question or a grid: the
	// question, and its choice or row.
	group  string // normalised
	choice string // as written
	point  bool   // it has the choice of one point of a scale
	zone   *time.Location
	column *column // evidence of its cells; nil before the first
}

var (
	htmlTag     = regexp.MustCompile(`<[^<>]*>`)
	customField = regexp.MustCompile(`(?i)^custom field \((.+)\)$`)
	zoneSuffix  = regexp.MustCompile(`(?i)[ (_]+(utc|gmt)\)?$`)
)

// normaliseKey normalises a header: letters and digits only, in lower case, so that case,
// (non-breaking) spaces, line breaks, underscores, HTML and the composition of accents make no
// difference. "#" stays: it is Typeform's ID of a response.
func normaliseKey(title string) string {
	if title == "#" {
		return title
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(title))
}

// newHeader reads one header cell. Jira's "Custom field (Team)" is also named Team. "Created
// (UTC)" has a zone. "Tools [Helm]" (LimeSurvey, Google Forms) and "Tools - Helm" (Qualtrics)
// are also the choice Helm of Tools.
func newHeader(cell string) header {
	title := Clean(html.UnescapeString(htmlTag.ReplaceAllString(cell, " ")))
	h := header{title: title}
	h.addName(title)
	if m := customField.FindStringSubmatch(title); m != nil {
		h.addName(m[1])
	}
	if at := zoneSuffix.FindStringIndex(title); at != nil && at[0] > 0 {
		h.addName(title[:at[0]])
		h.zone = time.UTC
	}
	question, choice := splitChoice(title)
	h.group, h.choice = normaliseKey(question), choice
	return h
}

// addName adds a name of the column.
func (h *header) addName(title string) {
	if k := normaliseKey(title); k != "" {
		h.keys = append(h.keys, k)
	}
}

func splitChoice(title string) (question, choice string) {
	if open := strings.LastIndexByte(title, '['); open > 0 && strings.HasSuffix(title, "]") {
		return title[:open], strings.TrimSpace(title[open+1 : len(title)-1])
	}
	const selected = "Selected Choice"
	if question, ok := strings.CutSuffix(title, " - "+selected); ok {
		return question, ""
	}
	if dash := strings.LastIndex(title, " - "); dash > 0 {
		return strings.TrimSuffix(title[:dash], " - "+selected), strings.TrimSpace(title[dash+3:])
	}
	return "", ""
}

// newHeaders reads the header records. Of two, the second has the choices of questions over
// several columns, or the texts of questions that the first names by a code.
func newHeaders(rows [][]string) []header {
	headers := make([]header, len(rows[0]))
	choices := len(rows) == 2 && hasChoices(rows)
	question := ""
	for i, cell := range rows[0] {
		if !choices {
			headers[i] = newHeader(cell)
			continue
		}
		if strings.TrimSpace(cell) != "" {
			question = cell
		}
		headers[i] = newSurveyMonkeyHeader(question, cellAt(rows[1], i))
	}
	if len(rows) > 1 && !choices && !hasImportIDs(rows[1]) {
		for i := range headers {
			headers[i].addText(cellAt(rows[1], i))
		}
	}
	return headers
}

// hasChoices reports whether the second of two header rows has choices.
func hasChoices(rows [][]string) bool {
	isWord := func(cell string) bool { return responseWords[normaliseKey(cell)] }
	return !hasImportIDs(rows[1]) && (slices.ContainsFunc(rows[1], isWord) || slices.Contains(findQuestions(rows[0]), true))
}

// newSurveyMonkeyHeader returns the header of a question and one of its choices. The second row
// has "Response" for a question without choices.
func newSurveyMonkeyHeader(question, choice string) header {
	h := newHeader(question)
	choice = Clean(choice)
	if choice == "" || responseWords[normaliseKey(choice)] && normaliseKey(choice) != "otherpleasespecify" {
		return h
	}
	return header{
		title: h.title + " - " + choice, keys: []string{normaliseKey(question + choice)},
		group: normaliseKey(question), choice: choice,
	}
}

// addText adds the question's text to a Qualtrics column that is named by its ID.
func (h *header) addText(text string) {
	t := newHeader(text)
	h.keys = append(h.keys, t.keys...)
	h.group, h.choice = t.group, t.choice
	if t.title != "" {
		h.title = t.title
	}
}

func cellAt(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

package tabular

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// toolHeaderRows are the numbers of header rows that the exports of a survey tool have.
var toolHeaderRows = map[string][]int{
	"alchemer": {1}, "google-forms": {1}, "limesurvey": {1}, "microsoft-forms": {1}, "plain": {1}, "typeform": {1},
	"qualtrics": {3, 2}, "surveymonkey": {2, 1},
}

// ListTools returns the names that Options.Tool accepts.
func ListTools() []string {
	var names []string
	for name := range toolHeaderRows {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// responseWords are the second header of a SurveyMonkey question without choices, in the
// languages of its exports.
var responseWords = map[string]bool{
	"response": true, "openendedresponse": true, "otherpleasespecify": true, "antwort": true, "offeneantwort": true,
	"réponse": true, "réponseouverte": true, "respuesta": true, "respuestaabierta": true, "resposta": true,
	"respostaaberta": true, "risposta": true, "rispostaaperta": true, "antwoord": true, "openantwoord": true,
	"回答": true, "自由回答": true,
}

// surveyColumns are columns that only the export of a survey tool has.
var surveyColumns = map[string]bool{
	"respondentid": true, "collectorid": true, "responseid": true, "startdate": true, "enddate": true,
	"recordeddate": true, "submitdate": true, "emailaddress": true, "customdata1": true, "ipaddress": true,
}

// questionCode matches the short names that survey tools give to questions: Q1, QID4_2, q0001,
// G01Q02, V3.
var questionCode = regexp.MustCompile(`^(?i:(?:Q|QID|V|G\d+Q|SQ)\d+(?:[_.#]\w+)*|Q\d+(?:\.\d+)*)$`)

// hasImportIDs reports whether a row is the third header row of Qualtrics.
func hasImportIDs(row []string) bool {
	return slices.ContainsFunc(row, func(cell string) bool { return strings.HasPrefix(strings.TrimSpace(cell), `{"ImportId"`) })
}

// secondRow counts what the second row of a file shows about its nature.
type secondRow struct {
	data     int // numbers, dates and addresses outside of questions over several columns
	words    int // SurveyMonkey's words for a question without choices
	labels   int // texts below a question over several columns
	gaps     int // blank cells there
	others   int // other texts
	restated int // names of the first row, in other words or the same
	codes    int // texts below the code of a question
	blank    int // blank cells below a name, with cells in all later rows
	metadata int // those below a column that only survey tools have
}

// countHeaderRows returns the number of header rows among the first rows of a file, by three
// witnesses: IDs of questions in the first row (or ImportIds below it), a first row that goes on
// over blank or repeated names, and the words of SurveyMonkey. doubt means that the second row
// may be either.
func countHeaderRows(rows [][]string) (n int, doubt bool) {
	switch {
	case len(rows) >= 3 && hasImportIDs(rows[2]):
		return 3, false
	case len(rows) >= 2 && hasImportIDs(rows[1]):
		return 2, false
	case len(rows) < 2 || isBlank(rows[1]) || slices.Equal(rows[0], rows[1]):
		return 1, false
	}
	w := weighSecondRow(rows)
	switch {
	case w.data > 0:
		return 1, false
	case w.restated >= 2, w.restated == 1 && w.codes > 0:
		return 2, false
	case w.codes >= 2 && w.codes >= w.others-w.codes:
		return 1, true
	case w.words > 0:
		return 2, w.others > 0
	case w.labels > 0 && w.others == 0 && w.gaps == 0:
		return 2, w.blank == 0
	case w.labels > 0 && w.others == 0:
		return 2, w.metadata == 0
	}
	return 1, w.metadata >= 2
}

func weighSecondRow(rows [][]string) secondRow {
	var w secondRow
	top, second := rows[0], rows[1]
	several := findQuestions(top)
	for i := range max(len(top), len(second)) {
		name, cell := strings.TrimSpace(cellAt(top, i)), strings.TrimSpace(cellAt(second, i))
		in := i < len(several) && several[i]
		switch {
		case cell == "" && in:
			w.gaps++
		case cell == "" && name != "" && isFilledBelow(rows[2:], i):
			w.blank++
			if surveyColumns[normaliseKey(name)] {
				w.metadata++
			}
		case cell == "":
		case responseWords[normaliseKey(cell)]:
			w.words++
		case in:
			w.labels++
		case looksLikeData(cell):
			w.data++
		default:
			w.others++
			if normaliseKey(name) == normaliseKey(cell) {
				w.restated++
			} else if questionCode.MatchString(name) && strings.ContainsAny(cell, " ?:") {
				w.codes++
			}
		}
	}
	return w
}

// findQuestions reports which columns belong to a question over several columns: its name is
// followed by blank names, or repeated.
func findQuestions(top []string) []bool {
	several := make([]bool, len(top))
	start := -1
	for i, cell := range top {
		name := strings.TrimSpace(cell)
		switch {
		case start >= 0 && (name == "" || normaliseKey(name) == normaliseKey(top[start])):
			several[start], several[i] = true, true
		case name != "":
			start = i
		}
	}
	return several
}

// isFilledBelow reports whether all rows, at least one, have a cell in a column.
func isFilledBelow(rows [][]string, i int) bool {
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(row []string) bool {
		return !isBlank(row) && strings.TrimSpace(cellAt(row, i)) == ""
	})
}

// looksLikeData reports whether a cell is a number, a date or an address: no header is one.
func looksLikeData(cell string) bool {
	if cell = strings.TrimSpace(cell); cell == "" || len(cell) > 60 {
		return false
	}
	if isAddress(cell) {
		return true
	}
	if !strings.ContainsAny(cell, "0123456789") {
		return false
	}
	if _, _, err := readNumber(cell, 0); err == nil || isFatal(err) {
		return true
	}
	d := dates{line: 1}
	_, err := d.parseDate(cell, nil)
	return err == nil || isFatal(err)
}

// chooseHeaderRows returns the number of header rows: declared, that of the declared tool, or
// detected. lines are the lines of the rows.
func chooseHeaderRows(rows [][]string, lines []int, o *Options) (int, error) {
	if o.HeaderRows > 0 {
		return o.HeaderRows, nil
	}
	n, doubt := countHeaderRows(rows)
	allowed := toolHeaderRows[o.Tool]
	switch {
	case doubt && len(allowed) > 0:
		return min(allowed[0], len(rows)), nil
	case doubt:
		return 0, fmt.Errorf("the row on line %d may be a second header or the first row of data: set header_rows = 2 or 1",
			lines[1])
	case len(allowed) > 0 && len(rows) > 1 && !slices.Contains(allowed, n):
		return 0, fmt.Errorf("the dialect %q has %d header %s, and the file seems to have %d: correct dialect, or set header_rows",
			o.Tool, allowed[0], pluralRow(allowed[0]), n)
	}
	if header := findPreamble(rows); n == 1 && header > 0 {
		return 0, fmt.Errorf("the file begins with other text, and its header seems to be on line %d: set skip_rows = %d, or "+
			"header_rows = 1 if the header is on line %d", lines[header], lines[header]-1, lines[0])
	}
	return n, nil
}

func pluralRow(n int) string {
	if n == 1 {
		return "row"
	}
	return "rows"
}

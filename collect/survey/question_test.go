package survey

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// readColumn returns the meaning of the answers of one column, in words: "9", "positive",
// "blank" or "?", and the next step for the first that was not understood.
func readColumn(t *testing.T, q *question, cells []string) (meanings []string, next string) {
	t.Helper()
	v, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	var given []*cell
	for i, raw := range cells {
		given = append(given, q.add(v, raw, i+2))
	}
	q.decide(v, "surveys/w.toml")
	for _, c := range given {
		switch {
		case c == nil:
			meanings = append(meanings, "blank")
		case !c.known:
			meanings = append(meanings, "?")
			if next == "" {
				next = c.next
			}
		case q.kind == opinionKind:
			meanings = append(meanings, map[bool]string{true: "neutral", false: fmt.Sprint(c.positive != nil && *c.positive)}[c.positive == nil])
		default:
			meanings = append(meanings, strconv.FormatFloat(c.value, 'g', -1, 64))
		}
	}
	return meanings, next
}

// TestColumns reads whole columns, because the meaning of a word depends on the others.
func TestColumns(t *testing.T) {
	score := func(words map[string]float64) *question { return newScoreQuestion(&fact.Survey{NPSWords: words}) }
	item := func(i fact.SurveyItem) *question { i.ID = "x"; return newItemQuestion(&i) }
	five := func() *question { return item(fact.SurveyItem{}) }
	opinion := func(f fact.FeatureQuestion) *question { f.Feature = "x"; return newOpinionQuestion(&f) }
	own := func() *question {
		return opinion(fact.FeatureQuestion{Positive: []string{"Ja", "Zufrieden"}, Negative: []string{"Nein", "Unzufrieden"}})
	}
	tests := []struct {
		name  string
		q     *question
		cells string // separated by bars
		want  string
		next  string // a part of the next step
	}{
		{"scores", score(nil), "0|10|9.0|9,0| 7 |10 - Extremely likely|0 (not at all)|Not at all likely 0|１０", "0 10 9 9 7 10 0 0 10", ""},
		{"no scores", score(nil), "0|-1|11|7.5|7-8|A9|9/10|3 of us|we run helm 3|8 people", "0 ? ? ? ? ? ? ? ? ?", "whole number from 0 to 10"},
		{"the ends", score(nil), "1|9|Extremely likely|Not at all likely", "1 9 10 0", ""},
		{"the ends, German", score(nil), "8|Äusserst wahrscheinlich|überhaupt nicht wahrscheinlich", "8 10 0", ""},
		{"the ends of a shorter scale", score(nil), "1|4|Extremely likely", "1 4 ?", `"extremely likely" = 10`},
		{"only the ends", score(nil), "Extremely likely|Not at all likely", "? ?", `"extremely likely" = 10`},
		{"a scale of likelihood", score(nil), "9|Very likely|Likely|Unlikely|Extremely likely", "9 ? ? ? ?", "[nps_words]"},
		{"declared ends", score(map[string]float64{"EXTREMELY likely": 10}), "Extremely likely|5|Maybe", "10 5 ?", "[nps_words] in surveys/w.toml"},
		{"no opinion", score(nil), "9|I don't know|weiß nicht", "9 blank blank", ""},

		{"numbers", five(), "1|5|0|6|4.5| 3 ", "1 5 ? ? ? 3", "1 to 5"},
		{"fractions", item(fact.SurveyItem{Fractions: true}), "4.5|3", "4.5 3", ""},
		{"agreement", five(), "Strongly  AGREE|neither agree nor disagree|2 - Disagree|strongly disagree", "5 3 2 1", ""},
		{"ten points", item(fact.SurveyItem{Min: 0, Max: 10}), "10|0|agree", "10 0 ?", "with 5 points"},
		{"reversed numbers", five(), "1 - Strongly agree|5 - Strongly disagree|3 - Neutral", "? ? 3", "run against their words"},
		{"own words", item(fact.SurveyItem{Words: map[string]float64{"Oui": 5, "Non": 1}}), "oui|agree|3", "5 ? 3", "[item.words]"},
		{"seven points", five(), "agree|somewhat agree|strongly disagree", "? ? ?", "7 points"},
		{"seven points declared", item(fact.SurveyItem{Min: 1, Max: 7}), "agree|somewhat agree|strongly disagree", "6 5 1", ""},
		{"two scales", five(), "agree|disagree|often|never", "? ? ? ?", "several scales"},
		{"one of several scales", five(), "poor|good", "? ?", "several scales"},
		{"the scale with excellent", five(), "poor|good|very good|excellent|fair", "1 3 4 5 2", ""},
		{"labels of points beside numbers", five(), "2|4|4|4|Strongly disagree|neutral|Strongly agree", "2 4 4 4 1 3 5", ""},
		{"a word beside numbers", five(), "2|3|4|often|5", "2 3 4 ? 5", "[item.words]"},
		{"two languages", five(), "satisfied|sehr zufrieden|Très insatisfait(e)|neutral", "4 5 1 3", ""},
		{"quotes and accents", five(), "“Plutôt d’accord”|TOUT À FAIT D´ACCORD|pas du tout d'accord.", "4 5 1", ""},
		{"not used", five(), "4|N/A|Nutze ich nicht|我", "4 blank blank ?", "[item.words]"},
		{"codes", five(), "A1|A5", "? ?", "[item.words]"},

		{"opinions", opinion(fact.FeatureQuestion{}), "Very satisfied|4|3|Neutral|1 (very bad)|ja", "true true neutral neutral false ?", "set positive, negative and neutral"},
		{"own opinions", own(), "ja|NEIN|vielleicht|neutral|weder noch", "true false ? neutral neutral", "under positive, neutral or negative"},
		{"own neutral", opinion(fact.FeatureQuestion{Positive: []string{"satisfied"}, Neutral: []string{"so-so"}}), "satisfied|so–so|neutral", "true neutral ?", ""},
		{"opinions of ease", opinion(fact.FeatureQuestion{}), "easy|very difficult", "true false", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, next := readColumn(t, tt.q, strings.Split(tt.cells, "|"))
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.cells, diff)
			}
			if !strings.Contains(next, tt.next) {
				t.Errorf("next step %q, want %q", next, tt.next)
			}
		})
	}
}

// TestWords checks the words of all languages: each word of a scale is read at its point, in
// capitals as well, and no word means both a point and that a question does not apply.
func TestWords(t *testing.T) {
	v, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	if len(v.scales) < 10 || len(v.summary) < 70 {
		t.Fatalf("%d scales, %d labels of totals", len(v.scales), len(v.summary))
	}
	for _, s := range v.scales {
		t.Run(s.name, func(t *testing.T) {
			at := make([][]string, s.size)
			for _, word := range slices.Sorted(maps.Keys(s.point)) {
				at[s.point[word]] = append(at[s.point[word]], word)
				if v.doesNotApply[word] {
					t.Errorf("%q is also a word for a question that does not apply", word)
				}
				if foldWord(strings.ToUpper(word)) != word || foldWord("“"+word+"”") != word {
					t.Errorf("%q in capitals is %q", word, foldWord(strings.ToUpper(word)))
				}
			}
			for point, words := range at {
				if len(words) == 0 {
					t.Errorf("point %d has no word", point)
				}
			}
		})
	}
	for word, languages := range v.lowest {
		if v.highest[word] != nil || v.doesNotApply[word] {
			t.Errorf("%q of %v is at both ends, or does not apply", word, languages)
		}
	}
}

// TestEveryLanguage reads a column of a typical tool in each language, with its labels at the
// ends of the question from 0 to 10.
func TestEveryLanguage(t *testing.T) {
	tests := []struct{ language, scale, ends string }{
		{"en", "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree", "Not at all likely|Extremely likely"},
		{"de", "Stimme überhaupt nicht zu|Stimme eher nicht zu|Teils/teils|Stimme eher zu|Stimme voll und ganz zu", "Überhaupt nicht wahrscheinlich|Äußerst wahrscheinlich"},
		{"fr", "Très insatisfait|Insatisfait|Ni satisfait ni insatisfait|Satisfait|Très satisfait", "Pas du tout probable|Extrêmement probable"},
		{"es", "Totalmente en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo|Totalmente de acuerdo", "Nada probable|Extremadamente probable"},
		{"pt", "Discordo totalmente|Discordo|Não concordo nem discordo|Concordo|Concordo totalmente", "Nada provável|Extremamente provável"},
		{"it", "Molto insoddisfatto|Insoddisfatto|Né soddisfatto né insoddisfatto|Soddisfatto|Molto soddisfatto", "Per niente probabile|Estremamente probabile"},
		{"nl", "Helemaal mee oneens|Mee oneens|Neutraal|Mee eens|Helemaal mee eens", "Helemaal niet waarschijnlijk|Zeer waarschijnlijk"},
		{"ja", "まったくそう思わない|あまりそう思わない|どちらともいえない|ややそう思う|非常にそう思う", "全く思わない|非常に思う"},
	}
	for _, tt := range tests {
		t.Run(tt.language, func(t *testing.T) {
			got, next := readColumn(t, newItemQuestion(&fact.SurveyItem{ID: "x"}), strings.Split(tt.scale, "|"))
			if s := strings.Join(got, " "); s != "1 2 3 4 5" {
				t.Errorf("%s; %s", s, next)
			}
			got, next = readColumn(t, newScoreQuestion(&fact.Survey{}), strings.Split("3|8|9|"+tt.ends, "|"))
			if s := strings.Join(got, " "); s != "3 8 9 0 10" {
				t.Errorf("%s; %s", s, next)
			}
		})
	}
}

// TestRepeatedQuestion holds that two columns of one question are asked about, and that the
// filled one counts if a form has branches.
func TestRepeatedQuestion(t *testing.T) {
	const file = "a," + nps + ",b," + nps + "\nx,9,y,\nx,,y,3\nx,8,y,8\nx,1,y,10\n"
	s := fact.Survey{ID: "w", NPS: nps}
	if _, err := collectFile(t, s, inMemory(file)); err == nil || !strings.Contains(err.Error(), "column 2 and column 4") {
		t.Errorf("error %v", err)
	}
	s.Branches = true
	e, err := collectFile(t, s, inMemory(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []fact.AnswerCount{{Measure: "nps", Given: 4, Unclear: 1, Line: 5, Next: "two columns have different answers of one person: " +
		"correct branches in surveys/w.toml"}}
	if diff := cmp.Diff(want, e.Imports[0].Answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// TestRowOfTotals holds that a row of totals is not a respondent.
func TestRowOfTotals(t *testing.T) {
	s := fact.Survey{ID: "w", NPS: nps, Items: []fact.SurveyItem{{ID: "docs", Question: "Docs"}}}
	for _, label := range []string{"Average", "Total responses", "Durchschnitt", "Moyenne", "Promedio", "Média", "Media", "Gemiddelde", "平均"} {
		t.Run(label, func(t *testing.T) {
			e, err := collectFile(t, s, inMemory("Team,"+nps+",Docs\nx,9,4\nx,8,4\n"+label+",8,4\n"))
			if err != nil || len(e.Answers) != 2 || e.Imports[0].Rejected[0].Reason != "a row of totals, not a respondent" {
				t.Errorf("%d answers, %+v, %v", len(e.Answers), e.Imports, err)
			}
		})
	}
	e, err := collectFile(t, s, inMemory("Docs,"+nps+",Timestamp\naverage,9,\nTotal,8,2024-10-12 10:00:00\n"))
	if err != nil || len(e.Answers) != 2 {
		t.Errorf("an answer and a dated row: %d answers, %v", len(e.Answers), err)
	}
}

// TestPointColumns reads a question with one column for each point of its scale.
func TestPointColumns(t *testing.T) {
	header := "Respondent ID"
	second := ""
	for i := range 11 {
		header += "," + map[bool]string{true: nps}[i == 0]
		second += "," + strconv.Itoa(i)
	}
	e, err := collectFile(t, fact.Survey{ID: "w", NPS: nps}, inMemory(header+"\n"+second+"\n1,,,,,,,,,,9,\n2,0,,,,,,,,,,\n3,,,,1,,,,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, a := range e.Answers {
		got = append(got, *a.Score)
	}
	if diff := cmp.Diff([]int{9, 0, 3}, got); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
}

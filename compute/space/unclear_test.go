package space

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	source "github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/compute/metric"
)

var surveys = flag.Int("surveys", 300, "number of random surveys")

// ends are labels of the ends of the question from 0 to 10: of our lists, in other languages and
// of no list.
var ends = [][2]string{
	{"Not at all likely", "Extremely likely"},
	{"Überhaupt nicht wahrscheinlich", "Äußerst wahrscheinlich"},
	{"Pas du tout probable", "Extrêmement probable"},
	{"全く思わない", "非常に思う"},
	{"Never ever", "Any time"},
	{"Worst", "Best"},
}

// levels are words of a scale of five points.
var levels = [][]string{
	{"Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"},
	{"Sehr unzufrieden", "Unzufrieden", "Weder noch", "Zufrieden", "Sehr zufrieden"},
	{"Poor", "Fair", "Good", "Very good", "Excellent"},
	{"Very poor", "Poor", "Fair", "Good", "Very good"},
	{"Nope", "Rather not", "Hm", "Well", "Yeah"},
	{"1", "2", "3", "4", "5"},
}

// world is a random survey with the truth about it.
type world struct {
	scores  []int // −1: blank
	ratings []int // 1 to 5, 0: blank
	teams   []string
	file    string
}

const (
	question = "Recommend?"
	rating   = "Docs?"
)

// newWorld draws a survey. Its export labels the ends or not, and has damaged cells.
func newWorld(r *rand.Rand) *world {
	w := &world{}
	n := 12 + r.IntN(300)
	end, level := ends[r.IntN(len(ends))], levels[r.IntN(len(levels))]
	style, damage := r.IntN(4), []float64{0, 0.002, 0.01, 0.1}[r.IntN(4)]
	lean := 2 * r.Float64()
	var text strings.Builder
	out := csv.NewWriter(&text)
	rows := [][]string{{"Team", question, rating}}
	for range n {
		score, value := min(10, int(lean*11*r.Float64())), 1+min(4, int(lean*5*r.Float64()))
		cell, said := formatScore(score, style, end), level[value-1]
		if r.Float64() < damage {
			cell = []string{"whatever", "9 or 10", "7.5", "A4", "-3"}[r.IntN(5)]
		}
		if r.Float64() < damage {
			said = []string{"so-so", "3.5", "often", "11"}[r.IntN(4)]
		}
		if r.IntN(15) == 0 {
			score, cell = -1, ""
		}
		if r.IntN(15) == 0 {
			value, said = 0, ""
		}
		if cell == "" && said == "" { // such a row is no answer
			score, cell = 0, formatScore(0, 0, end)
		}
		team := []string{"a", "b", "c"}[r.IntN(3)]
		w.scores, w.ratings, w.teams = append(w.scores, score), append(w.ratings, value), append(w.teams, team)
		rows = append(rows, []string{team, cell, said})
	}
	if err := out.WriteAll(rows); err != nil {
		panic(err)
	}
	w.file = text.String()
	return w
}

// formatScore writes a score as tools do: the number, labelled ends, or a label beside the
// number.
func formatScore(score, style int, end [2]string) string {
	label := map[int]string{0: end[0], 10: end[1]}[score]
	switch {
	case style == 1 && label != "":
		return label
	case style == 2 && label != "":
		return fmt.Sprintf("%d - %s", score, label)
	case style == 3 && score == 10:
		return label
	}
	return strconv.Itoa(score)
}

// score returns the true score of the answers of a team; of all with "".
func (w *world) score(team string) (float64, int) {
	n, net := 0, 0
	for i, s := range w.scores {
		if s < 0 || team != "" && w.teams[i] != team {
			continue
		}
		n++
		switch {
		case s >= 9:
			net++
		case s <= 6:
			net--
		}
	}
	return 100 * float64(net) / float64(max(n, 1)), n
}

// favourable returns the true share of favourable ratings.
func (w *world) favourable() float64 {
	n, good := 0, 0
	for _, v := range w.ratings {
		if v > 0 {
			n++
		}
		if v > 3 {
			good++
		}
	}
	return float64(good) / float64(max(n, 1))
}

// read returns the answers in the export of a world.
func (w *world) read(t *testing.T, s fact.Survey) []fact.Answer {
	t.Helper()
	file := tabular.File{Path: "a.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(w.file)), nil }}
	src, err := source.New(s, file, tabular.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := src.Collect(context.Background(), collect.Window{To: asOf})
	if err != nil {
		t.Fatal(err)
	}
	return e.Answers
}

// TestNoNumberFromABiasedRest holds for random surveys that the true values are within the
// published ranges or the page cannot tell, and that no verdict about a target is false.
func TestNoNumberFromABiasedRest(t *testing.T) {
	told, unknown := 0, 0
	for seed := range *surveys {
		r := rand.New(rand.NewPCG(uint64(seed), 15))
		w := newWorld(r)
		s := fact.Survey{
			ID: "a", Sent: date(3, 1), Closed: date(3, 7), NPS: question, Columns: fact.SurveyColumns{Team: "Team"},
			Items: []fact.SurveyItem{{ID: "docs", Question: rating, Dimension: "satisfaction"}},
		}
		c := fact.Content{Surveys: []fact.Survey{s}}
		answers := w.read(t, s)
		if len(answers) != len(w.scores) {
			t.Fatalf("seed %d: %d answers of %d", seed, len(answers), len(w.scores))
		}
		in := Input{Answers: answers}
		for _, team := range []string{"a", "b", "c"} {
			in.Parts = append(in.Parts, WavePart{Wave: "a", ID: team, Title: team})
		}
		for i := range answers {
			in.PartOf = append(in.PartOf, answers[i].Team)
		}
		res := Measure(Defaults(), resolve(t, c, fact.Events{}), c, in)
		truth, _ := w.score("")
		nps := res.Section.Find(NPS, organisation)
		if checkTruth(t, seed, nps, truth) {
			told++
		} else {
			unknown++
		}
		for _, team := range []string{"a", "b", "c"} {
			if part := res.Section.Find(NPS, metric.Scope{Kind: metric.Group, ID: team}); part != nil {
				of, _ := w.score(team)
				checkTruth(t, seed, part, of)
			}
		}
		checkTruth(t, seed, res.Section.Find(ItemID("docs"), organisation), w.favourable())
		res.FillDimensions(res.Section.Metrics)
		checkVerdict(t, seed, &res, nps, truth, float64(r.IntN(120)-60))
	}
	if told < *surveys/4 || unknown < *surveys/20 {
		t.Errorf("%d scores were told and %d not: the test shows little", told, unknown)
	}
}

// checkTruth reports whether a metric has a value. Its range must contain the truth; without a
// value nothing may be published about it.
func checkTruth(t *testing.T, seed int, m *metric.Metric, truth float64) bool {
	t.Helper()
	if m.Value == nil {
		if m.State != metric.NotAvailable || m.Lo != nil || m.Hi != nil || m.Was != nil || m.Trend != nil || m.Why == "" {
			t.Errorf("seed %d: %s without a value has %+v", seed, m.ID, m)
		}
		return false
	}
	const tolerance = 1e-9
	if m.Lo == nil || truth < *m.Lo-tolerance || m.Hi == nil || truth > *m.Hi+tolerance {
		t.Errorf("seed %d: %s of %v is %v (%v to %v), in truth %v", seed, m.ID, m.Scope, *m.Value, *m.Lo, *m.Hi, truth)
	}
	return true
}

// checkVerdict compares the verdict about a target with the truth.
func checkVerdict(t *testing.T, seed int, r *Result, nps *metric.Metric, truth, level float64) {
	t.Helper()
	target := metric.Target{Value: level, Op: metric.Up}
	find := func(string) *metric.Metric { return nps }
	dimensions := ApplyGoals(r.Dimensions, []Goal{{Metric: NPS, Target: target}}, find)
	i := slices.IndexFunc(dimensions[0].Rows, func(row DimensionMetric) bool { return row.Metric == NPS })
	switch state := dimensions[0].Rows[i].State; {
	case nps.Value == nil && state != Unknown:
		t.Errorf("seed %d: a target without a value is %s", seed, state)
	case state == Met && !target.Met(truth), state == NotMet && target.Met(truth):
		t.Errorf("seed %d: the target %v is %s, in truth the score is %v", seed, level, state, truth)
	}
}

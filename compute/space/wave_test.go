package space

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/privacy"
	"github.com/ip3dp/ip3dp/compute/stat"
)

func date(month, d int) time.Time { return time.Date(2024, time.Month(month), d, 0, 0, 0, 0, time.UTC) }

// survey is a closed one of its month.
func survey(id string, month, invited int) fact.Survey {
	return fact.Survey{
		ID: id, Title: "Wave " + id, Sent: date(month, 1), Closed: date(month, 7), Invited: invited, NPS: "Recommend?",
		Columns: fact.SurveyColumns{Loved: "Loved", Frustrating: "Frustrating"},
	}
}

// scored are answers with these scores; −1 is blank.
func scored(wave string, scores ...int) []fact.Answer {
	var out []fact.Answer
	for _, s := range scores {
		a := fact.Answer{Wave: wave, Reason: "because", At: date(3, 2)}
		if s >= 0 {
			a.Score = &s
		}
		out = append(out, a)
	}
	return out
}

// times repeats a score.
func times(n, score int) []int { return slices.Repeat([]int{score}, n) }

func measure(t testing.TB, c fact.Content, answers ...fact.Answer) Result {
	t.Helper()
	e := fact.Events{Answers: answers}
	in, pub := input(c, e)
	r := Measure(Defaults(), resolve(t, c, e), c, in)
	if err := audit(&r, &pub); err != nil {
		t.Error(err)
	}
	return r
}

func TestScore(t *testing.T) {
	tests := []struct {
		name     string
		invited  int
		scores   []int
		n        int
		value    float64
		lo, hi   float64 // adjusted Wald by hand, rounded
		scoresOf []int
		why      string
	}{
		{"all classes", 0, slices.Concat(times(5, 9), times(1, 10), times(2, 8), times(1, 7), times(1, 6), times(1, 0)), 11, 100 * 4. / 11, -12, 69, []int{1, 0, 0, 0, 0, 0, 1, 1, 2, 5, 1}, ""},
		{"a blank is no 0", 0, slices.Concat(times(5, 9), times(5, 8), times(10, -1)), 10, 50, 6, 71, []int{0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0}, ""},
		{"everybody answered", 10, slices.Concat(times(5, 9), times(5, 8)), 10, 50, 50, 50, []int{0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 0}, ""},
		{"all alike: no distribution", 0, times(7, 9), 7, 100, 33, 100, nil, ""},
		{"too few answered the question", 0, slices.Concat(times(4, 9), times(8, -1)), 0, 0, 0, 0, nil, "fewer than 5 people answered the question"},
		{"too few answered", 0, times(4, 9), 0, 0, 0, 0, nil, "fewer than 5 people answered"},
		{"off the scale", 0, slices.Concat(times(5, 9), times(3, 11)), 5, 100, 17, 100, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := fact.Content{Surveys: []fact.Survey{survey("a", 3, tt.invited)}}
			w := measure(t, c, scored("a", tt.scores...)...).Waves[0]
			if tt.n == 0 {
				if w.Score != nil || w.Why != tt.why {
					t.Errorf("score %+v, why %q", w.Score, w.Why)
				}
				return
			}
			s := w.Score
			if s.N != tt.n || math.Abs(s.Value-tt.value) > 1e-9 || math.Round(s.Lo) != tt.lo || math.Round(s.Hi) != tt.hi {
				t.Errorf("%d answers, %.2f (%.2f–%.2f)", s.N, s.Value, s.Lo, s.Hi)
			}
			if diff := cmp.Diff(tt.scoresOf, s.Scores); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPopulation(t *testing.T) {
	scores := slices.Concat(times(30, 9), times(20, 3))
	level := func(invited, developers int) (Wave, metric.Metric) {
		c := fact.Content{Surveys: []fact.Survey{survey("a", 3, invited)}}
		in := Input{Answers: scored("a", scores...)}
		opt := Defaults()
		opt.Developers = developers
		r := Measure(opt, resolve(t, c, fact.Events{}), c, in)
		return r.Waves[0], *r.Section.Find(ResponseRate, organisation)
	}
	w, rate := level(100, 300)
	if *w.Score.Worst != 100*(10.-50)/100 || *w.Score.Best != 100*(10.+50)/100 || !w.Invited || *rate.Value != .5 {
		t.Errorf("%v to %v, %v", *w.Score.Worst, *w.Score.Best, *rate.Value)
	}
	known := w.Score.Hi - w.Score.Lo
	w, rate = level(0, 300)
	if w.Invited || w.Population != 300 || rate.N[1].What != "developers" || *rate.Value != 1./6 {
		t.Errorf("%+v", rate.N)
	}
	if large := w.Score.Hi - w.Score.Lo; large <= known {
		t.Errorf("50 of 300 are known to ±%.1f, 50 of 100 to ±%.1f", large/2, known/2)
	}
	w, rate = level(0, 0)
	if w.Score.Worst != nil || rate.State != metric.NotAvailable || rate.Next == "" {
		t.Errorf("nobody said how many could answer: %+v", rate)
	}
	if w, rate = level(40, 0); rate.State != metric.NotAvailable || w.Score.Worst != nil {
		t.Errorf("50 answers of 40 people: %+v", rate)
	}
}

func TestTrend(t *testing.T) {
	tests := []struct {
		name          string
		before, after stat.Answers
		outcome       metric.Outcome
	}{
		{"the concept's +8 may be chance", stat.Answers{Promoters: 92, Passives: 46, Detractors: 34}, stat.Answers{Promoters: 107, Passives: 42, Detractors: 31}, metric.NotEnoughData},
		{"+40", stat.Answers{Promoters: 60, Passives: 60, Detractors: 60}, stat.Answers{Promoters: 110, Passives: 40, Detractors: 30}, metric.WorthWatching},
		{"+4 of many", stat.Answers{Promoters: 5000, Passives: 3000, Detractors: 2000}, stat.Answers{Promoters: 5200, Passives: 3000, Detractors: 1800}, metric.WorthWatching},
		{"the same of many", stat.Answers{Promoters: 5000, Passives: 3000, Detractors: 2000}, stat.Answers{Promoters: 5010, Passives: 3000, Detractors: 1990}, metric.AboutTheSame},
		{"nobody", stat.Answers{}, stat.Answers{Promoters: 9}, metric.NotEnoughData},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := CompareScores(tt.before, tt.after, 5)
			if got.Outcome != tt.outcome || got.Better != metric.Up || got.Relative || got.Sesoi != 5 {
				t.Errorf("%s: %+v", tt.name, got)
			}
			if back := CompareScores(tt.after, tt.before, 5); back.Outcome != tt.outcome || math.Abs(back.Change+got.Change) > 1e-9 {
				t.Errorf("%s, reversed: %+v", tt.name, back)
			}
		})
	}
}

func TestWavesInOrder(t *testing.T) {
	late := survey("0", 5, 0) // IDs are no dates
	draft, future, open := survey("d", 4, 0), survey("f", 12, 0), survey("o", 11, 0)
	draft.Draft = true
	open.Closed = date(11, 20)
	pulse := survey("p", 6, 0)
	pulse.NPS, pulse.Items = "", []fact.SurveyItem{{ID: "flow", Question: "Flow?", Dimension: "efficiency"}}
	c := fact.Content{Surveys: []fact.Survey{late, survey("a", 3, 0), draft, future, open, pulse}}
	answers := slices.Concat(
		scored("a", 9, 9, 9, 3, 3), scored("0", 9, 9, 9, 9, 3, 3), scored("d", 9, 9, 9, 9, 9), scored("f", 9),
		scored("o", 3, 3, 3, 9, 3, 9), scored("x", 1, 1), scored("p", -1, -1, -1, -1, -1),
	)
	answers = append(answers, fact.Answer{Wave: "a", Score: answers[0].Score, At: asOf.Add(time.Hour)})
	for i := range answers {
		if answers[i].Wave == "p" {
			answers[i].Items = map[string]float64{"flow": float64(1 + i%5)}
		}
	}
	r := measure(t, c, answers...)
	var ids []string
	for _, w := range r.Waves {
		ids = append(ids, w.ID)
	}
	if diff := cmp.Diff([]string{"a", "0", "p", "o"}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "0"}, ListClosedWaves(ListRounds(c, answers, asOf, nil))); diff != "" {
		t.Error(diff)
	}
	nps := r.Section.Find(NPS, organisation)
	if r.Latest != "0" || nps.Was == nil || *nps.Was.Value != 20 || nps.State != metric.OK {
		t.Errorf("latest %q: %+v", r.Latest, nps)
	}
	if flow := r.Section.Find(ItemID("flow"), organisation); flow.Value == nil || !flow.Window.From.Equal(pulse.Sent) {
		t.Errorf("an item of a wave without a score: %+v", flow)
	}
	left := []metric.LeftOut{
		{What: "answers", Reason: "of a survey that is a draft, not sent yet, or unknown", N: 8},
		{What: "answers", Reason: "given after the date of the report", N: 1},
	}
	if diff := cmp.Diff(left, r.LeftOut); diff != "" {
		t.Error(diff)
	}
	notes := []string{"Wave p has no net promoter score: the survey does not ask for a recommendation.", "Wave o is under way, with 6 answers so far."}
	if diff := cmp.Diff(notes, r.Section.Notes); diff != "" {
		t.Error(diff)
	}
	// If nothing else has a score, there is none: an open wave shows a number of
	// answers and nothing else.
	c.Surveys = []fact.Survey{open}
	r = measure(t, c, scored("o", 3, 3, 3, 9, 3, 9)...)
	if nps := r.Section.Find(NPS, organisation); nps.State != metric.NotAvailable || nps.Value != nil || nps.N != nil || nps.Next == "" {
		t.Errorf("%+v", nps)
	}
	want := Wave{
		ID: "o", Title: "Wave o", Sent: open.Sent, Closed: open.Closed, CutOff: date(11, 21), Open: true,
		Window: metric.Window{From: open.Sent, To: date(11, 21)}, Answered: 6, Why: r.Waves[0].Why,
	}
	if diff := cmp.Diff(want, r.Waves[0]); diff != "" || r.Latest != "" {
		t.Errorf("latest %q: %s", r.Latest, diff)
	}
}

func TestWithoutSurveys(t *testing.T) {
	r := measure(t, fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "x", Title: "X"}}}})
	nps, x := r.Section.Find(NPS, organisation), r.Section.Find(Satisfied, metric.Scope{Kind: metric.Feature, ID: "x"})
	if nps.State != metric.NotAvailable || nps.Why == "" || nps.Next == "" || x.State != metric.NotAvailable || x.Next == "" {
		t.Errorf("%+v\n%+v", nps, x)
	}
	r.FillDimensions(r.Section.Metrics)
	if len(r.Missing) != 2 {
		t.Error(r.Missing)
	}
}

// groups is a platform of three groups and their answers: n of each, in turn.
func groups(n ...int) (fact.Content, []fact.Answer) {
	var c fact.Content
	var answers []fact.Answer
	c.Surveys = []fact.Survey{survey("a", 3, 0), survey("b", 4, 0)}
	for i, id := range []string{"red", "green", "blue"} {
		c.Groups = append(c.Groups, fact.Group{ID: id, Title: strings.ToUpper(id)})
		for _, wave := range []string{"a", "b"} {
			for k := range n[i] {
				score := []int{9, 3, 7}[k%3]
				answers = append(answers, fact.Answer{Wave: wave, Team: id, Score: &score})
			}
		}
	}
	return c, answers
}

func TestParts(t *testing.T) {
	c, answers := groups(6, 7, 2)
	r := measure(t, c, answers...)
	var got []string
	for _, m := range r.Section.Metrics {
		if m.ID == NPS {
			got = append(got, fmt.Sprintf("%s %s n=%d was=%v", m.Scope.Kind, m.Scope.Title, m.N[0].N, m.Was != nil))
		}
	}
	want := []string{"organisation  n=15 was=true", "group GREEN n=7 was=true", "group other (2 groups) n=8 was=true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// One group joins alone: its part is not compared.
	more := fact.Answer{Wave: "b", Team: "", Score: answers[0].Score}
	r = measure(t, c, append(answers, more)...)
	other := r.Section.Find(NPS, metric.Scope{Kind: metric.Group, ID: "_other"})
	if other == nil || other.Was != nil || other.Trend != nil || len(other.Warnings) != 1 {
		t.Errorf("%+v", other)
	}
	if green := r.Section.Find(NPS, metric.Scope{Kind: metric.Group, ID: "green"}); green.Was == nil || green.Trend == nil {
		t.Errorf("%+v", green)
	}
}

// A part that is too small, by a fault of the caller, takes the others with it.
func TestSmallPartHidesAll(t *testing.T) {
	c, answers := groups(6, 7, 2)
	in := Input{Answers: answers}
	for _, a := range answers {
		in.PartOf = append(in.PartOf, a.Team)
	}
	for _, id := range []string{"red", "green", "blue"} {
		in.Parts = append(in.Parts, WavePart{Wave: "b", ID: id, Title: id})
	}
	r := Measure(Defaults(), resolve(t, c, fact.Events{}), c, in)
	if w := r.Wave("b"); len(w.Parts) != 0 || w.Score == nil {
		t.Errorf("parts %+v", w.Parts)
	}
}

// Whatever the answers, what is published of groups holds.
func TestPublishedPartsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	for range 60 {
		c, answers := groups(r.IntN(12), r.IntN(12), r.IntN(12))
		for i := range answers {
			if r.IntN(5) == 0 {
				answers[i].Team = []string{"", "red", "nobody", "BLUE"}[r.IntN(4)]
			}
			if r.IntN(6) == 0 {
				answers[i].Score = nil
			}
		}
		res := measure(t, c, answers...) // audits
		for _, w := range res.Waves {
			n := 0
			for _, p := range w.Parts {
				if n += p.N; p.N < privacy.MinAnswers {
					t.Fatalf("part %+v", p)
				}
			}
			if len(w.Parts) > 0 && n != w.Score.N {
				t.Fatalf("parts of %d answers, %d in all", n, w.Score.N)
			}
		}
	}
}

package rice

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func of(v float64) *float64 { return &v }

func initiative(id string, reach, impact, confidence, effort float64, edit ...func(*fact.Initiative)) fact.Initiative {
	in := fact.Initiative{
		Item: fact.Item{ID: id, Title: id}, Status: fact.Idea,
		Rice: &fact.RICE{Reach: of(reach), Impact: &fact.Level{Number: impact}, Confidence: &fact.Level{Number: confidence}, Effort: of(effort)},
	}
	for _, e := range edit {
		e(&in)
	}
	return in
}

func override(priority int, reason string) func(*fact.Initiative) {
	return func(in *fact.Initiative) { in.Override = &fact.Override{Priority: priority, Reason: reason} }
}

func concept(edit ...func(*fact.Initiative)) fact.Content {
	return fact.Content{Initiatives: []fact.Initiative{
		initiative("ai", 200, 2, 50, 8),
		initiative("auto-deploy", 200, 3, 90, 3, edit...),
		initiative("theme", 200, 1, 100, 1),
		initiative("vault", 50, 3, 70, 4),
	}}
}

var now = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

func order(p Plan) string {
	var s string
	for _, it := range p.Ranked {
		s += fmt.Sprintf("%s %.4g (%d) ", it.ID, it.Score, it.ComputedRank)
	}
	return s
}

func TestConceptsOrder(t *testing.T) {
	for _, tt := range []struct {
		name    string
		content fact.Content
		want    string
	}{
		{"by score", concept(), "theme 200 (1) auto-deploy 180 (2) vault 26.25 (3) ai 25 (4) "},
		{"as published", concept(override(1, "highest impact, reasonable effort")), "auto-deploy 180 (2) theme 200 (1) vault 26.25 (3) ai 25 (4) "},
		{"an override without a reason is none", concept(override(1, "")), "theme 200 (1) auto-deploy 180 (2) vault 26.25 (3) ai 25 (4) "},
		{"to the end", concept(override(9, "later")), "theme 200 (1) vault 26.25 (3) ai 25 (4) auto-deploy 180 (2) "},
		{"expired", concept(func(in *fact.Initiative) {
			in.Override = &fact.Override{Priority: 1, Reason: "then", Until: now}
		}), "theme 200 (1) auto-deploy 180 (2) vault 26.25 (3) ai 25 (4) "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := order(Measure(Defaults(), tt.content, now)); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
			}
		})
	}
}

// The scores are products of the points; the doubt is that of the ranges: 44 to
// 56 between the concept's first two.
func TestDoubtIsTheRanges(t *testing.T) {
	ranges := func(reach, impact, effort fact.Range) func(*fact.Initiative) {
		return func(in *fact.Initiative) {
			in.Rice.ReachRange, in.Rice.ImpactRange, in.Rice.EffortRange = &reach, &impact, &effort
		}
	}
	p := Measure(Defaults(), fact.Content{Initiatives: []fact.Initiative{
		initiative("auto-deploy", 200, 3, 90, 3, ranges(fact.Range{Lo: 160, Hi: 250}, fact.Range{Lo: 2, Hi: 4.5}, fact.Range{Lo: 2, Hi: 4.5})),
		initiative("theme", 200, 1, 100, 1, ranges(fact.Range{Lo: 160, Hi: 250}, fact.Range{Lo: 0.5, Hi: 2}, fact.Range{Lo: 0.67, Hi: 1.5})),
	}}, now)
	auto := p.Find("auto-deploy")
	if got := fmt.Sprintf("%.0f %.4f %.4f", auto.Score, auto.Ties[0].Chance, auto.Ties[0].Flip); got != "180 0.4351 1.1111" {
		t.Errorf("got %s", got)
	}
	if theme := p.Find("theme"); theme.Score != 200 || math.Abs(theme.Lo-86.79755606647352) > 1e-6 {
		t.Errorf("got %+v", theme)
	}
}

func TestOverrideIsATieBreak(t *testing.T) {
	p := Measure(Defaults(), concept(override(1, "highest impact")), now)
	if ov := p.Ranked[0].Override; ov == nil || !ov.TieBreak || ov.Agrees {
		t.Errorf("auto-deploy against the theme is a close call: got %+v", ov)
	}
	c := concept()
	c.Initiatives[3].Override = &fact.Override{Priority: 1, Reason: "security"}
	if ov := Measure(Defaults(), c, now).Ranked[0].Override; ov.TieBreak {
		t.Errorf("26 against 200 is no close call: got %+v", ov)
	}
}

func TestWordsAndAssumedRanges(t *testing.T) {
	c := fact.Content{Initiatives: []fact.Initiative{
		initiative("idea", 10, 1, 50, 1), initiative("validated", 10, 1, 50, 1, func(in *fact.Initiative) { in.Research = []string{"r"} }),
		initiative("prototyped", 10, 1, 50, 1, func(in *fact.Initiative) {
			in.Phases = []fact.Phase{{Name: "prototype", Status: "done"}}
		}),
	}}
	c.Initiatives[0].Rice.Impact = &fact.Level{Word: "very high"}
	c.Initiatives[0].Rice.Confidence = &fact.Level{Word: "high"}
	p := Measure(Defaults(), c, now)
	for id, want := range map[string]float64{"idea": 2, "validated": 1.5, "prototyped": 1.25} {
		t.Run(id, func(t *testing.T) {
			effort := p.Find(id).Inputs[3]
			if !effort.Assumed || math.Abs(effort.Hi-want) > 1e-9 || math.Abs(effort.Lo-1/want) > 1e-9 {
				t.Errorf("%s: got %+v, want ×÷%v assumed", id, effort, want)
			}
		})
	}
	if got := p.Find("idea"); got.Score != 36 || got.Inputs[1].Word != "very high" {
		t.Errorf("words: got %+v", got)
	}
}

func TestWhatCannotBeScoredIsListed(t *testing.T) {
	c := fact.Content{Initiatives: []fact.Initiative{
		initiative("no-effort", 10, 1, 50, 0), initiative("unknown-word", 10, 1, 50, 1),
		{Item: fact.Item{ID: "no-rice"}, Status: fact.Active},
		initiative("done", 10, 1, 50, 1, func(in *fact.Initiative) { in.Status = fact.Done }),
		initiative("no", 10, 1, 50, 1, func(in *fact.Initiative) { in.Status, in.Reason = fact.WontBuild, "low confidence" }),
		initiative("draft", 10, 1, 50, 1, func(in *fact.Initiative) { in.Draft = true }),
	}}
	c.Initiatives[1].Rice.Impact = &fact.Level{Word: "gigantic"}
	p := Measure(Defaults(), c, now)
	if got := fmt.Sprintln(p.Unscored, len(p.Ranked), p.Refused[0].ID, len(p.Refused)); got != "[no-effort unknown-word no-rice] 0 no 1\n" {
		t.Errorf("got %s", got)
	}
	if got := p.Find("done"); got == nil || got.Score != 5 || got.PublishedRank != 0 || p.Find("draft") != nil {
		t.Errorf("finished ones keep their score without a rank: got %+v", got)
	}
}

func TestCasesScore(t *testing.T) {
	rice := func(reach float64, impact, confidence string) *fact.RICE {
		return &fact.RICE{Reach: of(reach), Impact: &fact.Level{Word: impact}, Confidence: &fact.Level{Word: confidence}, Effort: of(2)}
	}
	p := Measure(Defaults(), fact.Content{Cases: []fact.Case{
		{Item: fact.Item{ID: "builds"}, Rice: rice(125, "very high", "high")},
		{Item: fact.Item{ID: "dashboard"}, Rice: rice(200, "high", "medium")},
	}}, now)
	var got string
	for _, c := range p.Cases {
		got += fmt.Sprintf("%s %v, impact %v. ", c.ID, c.Score, c.Inputs[1].Value)
	}
	if got != "builds 225, impact 4. dashboard 210, impact 3. " {
		t.Errorf("got %s", got)
	}
}

func TestPredictionsAreCalibrated(t *testing.T) {
	var c fact.Content
	for i, spent := range []float64{2, 3, 3, 4, 8} {
		in := initiative(fmt.Sprint("i", i), 10, 1, 50, 3)
		in.Rice.Approved, in.Rice.EffortRange, in.Spent, in.Status = now.AddDate(0, -6, 0), &fact.Range{Lo: 2, Hi: 4.5}, of(spent), fact.Done
		c.Initiatives = append(c.Initiatives, in)
	}
	p := Measure(Defaults(), c, now)
	got, ok := Calibrate(p.Predictions)
	if !ok || got.N != 5 || got.Hits != 4 || got.Likely.Lo > got.Share || got.Likely.Hi < got.Share {
		t.Errorf("got %+v, %v", got, ok)
	}
	if want := math.Pow(2*3*3*4*8/math.Pow(3, 5), 0.2); math.Abs(got.Bias-want) > 1e-12 {
		t.Errorf("bias: got %v, want %v", got.Bias, want)
	}
	if _, ok := Calibrate(p.Predictions[:4]); ok {
		t.Error("four predictions are calibrated")
	}
}

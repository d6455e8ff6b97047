package decision

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// positive is the share of positive answers with its Wilson interval.
func positive(k, n int) Estimate {
	iv := stat.Wilson(k, n, confidence)
	return Estimate{Figure: metric.Figure{Value: metric.Of(float64(k) / float64(n)), Lo: &iv.Lo, Hi: &iv.Hi}, N: n}
}

// estimate is a figure with its interval, of 45 teams.
func estimate(lo, v, hi float64) Estimate {
	return Estimate{Figure: metric.Figure{Value: &v, Lo: &lo, Hi: &hi}, N: 45}
}

// buildpacks is the concept's first example: 83 % adoption, lead time 25 % down,
// 72 % positive.
func buildpacks() Input {
	return Input{
		Feature: "buildpacks", Title: "Buildpacks", Thresholds: Defaults(), AsOf: day(2024, 11, 11),
		Satisfaction: positive(54, 75),
		Adoption:     Adoption{Known: true, Unit: "team", Active: 50, Eligible: 60, Week: day(2024, 11, 4)},
		Delivery: Effect{
			Outcome: "dora.lead_time", Verdict: EffectImproved, Better: metric.Down, Change: estimate(-0.35, -0.25, -0.13),
			Next: day(2025, 1, 27), Comparators: 5,
		},
		Available: Availability{At: day(2024, 4, 22), By: ByContent},
		Answers:   Answers{Wave: "2024-10", Sent: day(2024, 10, 15), Teams: 30}, SatisfactionNext: day(2024, 11, 22),
	}
}

// charts is its second: 12 % adoption, insufficient data, 40 % "too complex".
func charts() Input {
	return Input{
		Feature: "custom-helm-charts", Title: "Custom Helm Charts", Successor: "buildpacks", SuccessorTitle: "Buildpacks",
		Thresholds: Defaults(), AsOf: day(2024, 11, 11),
		Satisfaction: positive(7, 25),
		Adoption:     Adoption{Known: true, Unit: "team", Active: 7, Eligible: 60, Week: day(2024, 11, 4)},
		Delivery:     Effect{Outcome: "dora.lead_time", Verdict: EffectInsufficient, Better: metric.Down},
		Reasons:      []Reason{{Name: "too complex", Share: 0.4, N: 10}},
		Available:    Availability{At: day(2023, 11, 6), By: ByContent},
		Answers:      Answers{Wave: "2024-10", Sent: day(2024, 10, 15), Teams: 7}, SatisfactionNext: day(2024, 11, 22),
	}
}

func TestRecommendBuildpacks(t *testing.T) {
	r := Recommend(buildpacks())
	if r.Verdict != MakeDefault || r.Strength != Recommended {
		t.Errorf("got %s %s, want recommended: make default", r.Strength, r.Verdict)
	}
	if r.HoldsWhatever || len(r.Missing) != 0 || len(r.Settle) != 0 {
		t.Errorf("missing %v, settle %v, though all is known", r.Missing, r.Settle)
	}
	if r.Decision.State != NotDecided || r.Announced != "" {
		t.Errorf("decided %q, announced %q, but nobody decided", r.Decision.State, r.Announced)
	}
	if !r.Operative.High || r.Operative.AdoptionHigh != 0.6 {
		t.Errorf("operative %+v, want high until below 60 %%", r.Operative)
	}
	var taken []Question
	for _, s := range r.Path {
		if s.Taken {
			taken = append(taken, s.Ask)
		}
	}
	if diff := cmp.Diff([]Question{AskSatisfied, AskImproved, AskAdopted}, taken); diff != "" {
		t.Error(diff)
	}
	// 15 teams stop, which leaves 58 %, for four weeks.
	for _, f := range r.Flips {
		if f.Of == AdoptionHigh && f.From == 0.2 {
			if f.Verdict != Invest || !f.Changes || f.Units == nil || *f.Units != -15 || f.Weeks != Hold {
				t.Errorf("flip %+v, want 15 teams fewer for 4 weeks → invest", f)
			}
		}
	}
}

func TestRecommendCharts(t *testing.T) {
	r := Recommend(charts())
	if r.Verdict != Deprecate || r.Strength != Recommended || r.SuccessorTitle != "Buildpacks" {
		t.Errorf("got %s %s in favour of %q", r.Strength, r.Verdict, r.SuccessorTitle)
	}
	if !r.HoldsWhatever {
		t.Error("must hold whatever the missing delivery data say")
	}
	if diff := cmp.Diff([]Key{Improved, Worse}, r.Missing); diff != "" {
		t.Error(diff)
	}
	want := map[Key]Verdict{AdoptionHigh: InsufficientData, Satisfied: InsufficientData, Successor: Pivot}
	for _, f := range r.Flips {
		if w, ok := want[f.Of]; ok && f.Changes {
			if f.Verdict != w {
				t.Errorf("%v from %g: %q, want %q", f.Of, f.From, f.Verdict, w)
			}
			delete(want, f.Of)
			if f.Of == AdoptionHigh && (f.Units == nil || *f.Units != 11) {
				t.Errorf("flip %+v, want 11 more teams: low ends at 30 %%", f)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("no flip found for %v", want)
	}
	in := charts()
	in.Successor = ""
	if r := Recommend(in); r.Verdict != Pivot || r.Verdict.Leaf() != "pivot or sunset" {
		t.Errorf("without successor %q", r.Verdict)
	}
}

func TestRecommendNotMeasured(t *testing.T) {
	in := buildpacks()
	in.Delivery = Effect{Outcome: "dora.lead_time", Next: day(2025, 1, 27)}
	r := Recommend(in)
	if r.Verdict != InsufficientData || r.Strength != FindOut {
		t.Fatalf("got %s %s, want find out", r.Strength, r.Verdict)
	}
	want := Outlook{Fact: Improved, Is: true, Possible: []Verdict{MakeDefault}, Next: day(2025, 1, 27)}
	if len(r.Outlook) == 0 {
		t.Fatal("no outlook")
	}
	if diff := cmp.Diff(want, r.Outlook[0]); diff != "" {
		t.Error(diff)
	}
	last := r.Path[1]
	if last.Ask != AskImproved || !last.Taken || last.Answer != Unknown || last.Yes.Taken || !last.Yes.Possible || !last.No.Possible {
		t.Errorf("step %+v", last)
	}
}

func TestLeaning(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*Input)
		verdict  Verdict
		strength Strength
	}{
		{"one-sided 96 %", func(in *Input) { in.Delivery.Change = estimate(-0.35, -0.16, 0.02) }, MakeDefault, Leaning},
		{"one-sided 89 %", func(in *Input) { in.Delivery.Change = estimate(-0.35, -0.14, 0.09) }, InsufficientData, FindOut},
		{"a check fails", func(in *Input) {
			in.Delivery.Change, in.Delivery.ChecksFailed = estimate(-0.35, -0.16, 0.02), true
		}, InsufficientData, FindOut},
		{"one team to compare with", func(in *Input) {
			in.Delivery.Change, in.Delivery.Comparators = estimate(-0.35, -0.16, 0.02), 1
		}, InsufficientData, FindOut},
		{"one-sided by its own p-value", func(in *Input) {
			in.Delivery.Change, in.Delivery.Down, in.Delivery.Up = estimate(-0.35, -0.14, 0.09), metric.Of(0.04), metric.Of(0.97)
		}, MakeDefault, Leaning},
		{"before and after", func(in *Input) {
			in.Delivery.Change, in.Delivery.BeforeAfter, in.Delivery.Comparators = estimate(-0.35, -0.25, -0.12), true, 0
			in.Delivery.Verdict = EffectImproved // not beyond doubt, whatever is said
		}, MakeDefault, Leaning},
		{"cannot attribute", func(in *Input) {
			in.Delivery.Change, in.Delivery.Verdict = estimate(-0.35, -0.20, -0.10), EffectCannotAttribute
		}, InsufficientData, FindOut},
		{"towards investigate", func(in *Input) { in.Delivery.Change = estimate(-0.09, 0.14, 0.35) }, InsufficientData, FindOut},
		{"nothing is known", func(in *Input) { in.Delivery.Change = Estimate{} }, InsufficientData, FindOut},
		{"no better side", func(in *Input) {
			in.Delivery.Change, in.Delivery.Better = estimate(-0.35, -0.14, 0.09), metric.Neutral
		}, InsufficientData, FindOut},
		{"few answers", func(in *Input) {
			in.Delivery.Verdict, in.Satisfaction = EffectImproved, positive(12, 16)
		}, MakeDefault, Leaning},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := buildpacks()
			in.Delivery.Verdict = EffectInsufficient
			tt.change(&in)
			r := Recommend(in)
			if r.Verdict != tt.verdict || r.Strength != tt.strength {
				t.Errorf("got %s: %s, want %s: %s", r.Strength, r.Verdict, tt.strength, tt.verdict)
			}
			if len(r.Possible) < 2 {
				t.Errorf("possible %q: it may lean, but stays open", r.Possible)
			}
		})
	}
}

func TestGiven(t *testing.T) {
	in := buildpacks()
	in.Adoption.Given = "default"
	in.Adoption.Active = 60
	r := Recommend(in)
	if r.Verdict != DoubleDown || r.Strength != Recommended {
		t.Errorf("got %s %s, want double down", r.Strength, r.Verdict)
	}
	for _, f := range r.Flips {
		if f.Of == AdoptionHigh {
			t.Errorf("flip %+v: adoption is no evidence", f)
		}
	}
	in.Adoption = Adoption{Given: "mandated"}
	if r := Recommend(in); r.Verdict != DoubleDown || len(r.Missing) != 0 {
		t.Errorf("got %q, missing %v: adoption is no evidence, so it can not be missing", r.Verdict, r.Missing)
	}
	in.Satisfaction, in.Adoption.Known, in.Adoption.Eligible = positive(10, 60), true, 60
	if r := Recommend(in); r.Verdict != Investigate {
		t.Errorf("got %q: nobody using a mandated feature is no evidence either", r.Verdict)
	}
}

func TestOtherOutcomeWorse(t *testing.T) {
	in := buildpacks()
	in.Others = []Effect{{Outcome: "dora.fail_rate", Verdict: EffectNone}, {Outcome: "deploy_minutes", Verdict: EffectWorse, Better: metric.Down}}
	r := Recommend(in)
	if r.Verdict != Investigate {
		t.Errorf("got %q, want investigate: one outcome got worse", r.Verdict)
	}
	for _, s := range r.Path {
		if s.Ask == AskFailing && s.Facts[1].Outcome != "deploy_minutes" {
			t.Errorf("worse outcome %q", s.Facts[1].Outcome)
		}
	}
}

func TestAdoptionUnknown(t *testing.T) {
	in := buildpacks()
	in.Adoption = Adoption{}
	r := Recommend(in)
	if diff := cmp.Diff([]Verdict{Invest, MakeDefault}, r.Possible); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Key{AdoptionHigh, AdoptionLow}, r.Settle); diff != "" {
		t.Error(diff)
	}
	in.Adoption = Adoption{Known: true} // nobody is eligible
	if r := Recommend(in); r.Strength != FindOut {
		t.Errorf("got %s %s", r.Strength, r.Verdict)
	}
}

func TestDecisions(t *testing.T) {
	accept := fact.Decision{
		Item: fact.Item{ID: "2024-11-05-custom-helm-charts", Title: "Deprecate"}, Feature: "custom-helm-charts", Recommended: "deprecate",
		Decision: "accept", By: "product manager", On: day(2024, 11, 5), Deadline: day(2025, 6, 30), Reason: "seven teams, successor ready",
	}
	with := func(change func(*fact.Decision)) fact.Decision {
		d := accept
		change(&d)
		return d
	}
	tests := []struct {
		name      string
		decisions []fact.Decision
		want      Decided
		announced string
	}{
		{"accepted", []fact.Decision{accept}, Decided{State: Accepted}, "deprecate"},
		{"of another feature", []fact.Decision{with(func(d *fact.Decision) { d.Feature = "vault" })}, Decided{State: NotDecided}, ""},
		{"draft", []fact.Decision{with(func(d *fact.Decision) { d.Draft = true })}, Decided{State: NotDecided}, ""},
		{"tomorrow", []fact.Decision{with(func(d *fact.Decision) { d.On = day(2024, 11, 12) })}, Decided{State: NotDecided}, ""},
		{"rejected", []fact.Decision{with(func(d *fact.Decision) { d.Decision = "reject" })}, Decided{State: Rejected}, ""},
		{"postponed, and due", []fact.Decision{with(func(d *fact.Decision) {
			d.Decision, d.Deadline = "postpone", day(2024, 11, 10)
		})}, Decided{State: Postponed, Expired: true}, ""},
		{"recommended something else then", []fact.Decision{with(func(d *fact.Decision) {
			d.Decision, d.Recommended = "reject", "invest"
		})}, Decided{State: Rejected, Stale: true}, ""},
		{"the latest counts", []fact.Decision{with(func(d *fact.Decision) { d.On, d.Decision = day(2024, 11, 6), "postpone" }), accept}, Decided{State: Postponed}, ""},
		{"of no known kind", []fact.Decision{with(func(d *fact.Decision) { d.Decision = "perhaps" })}, Decided{State: NotDecided}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := charts()
			in.Decisions = tt.decisions
			r := Recommend(in)
			got := Decided{State: r.Decision.State, Expired: r.Decision.Expired, Stale: r.Decision.Stale}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if r.Announced != tt.announced {
				t.Errorf("announced %q, want %q", r.Announced, tt.announced)
			}
		})
	}
	in := buildpacks()
	in.Adoption.Given = "default"
	in.Decisions = []fact.Decision{with(func(d *fact.Decision) { d.Feature, d.Recommended = "buildpacks", "make default" })}
	if r := Recommend(in); r.Decision.Stale {
		t.Error("a feature that was made the default is not stale")
	}
}

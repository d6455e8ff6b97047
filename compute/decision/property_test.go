package decision

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// everyTruths calls do with each of the 2 × 3⁶ ways to know or not know the facts.
func everyTruths(do func(Truths)) {
	values := [3]Truth{True, False, Unknown}
	for n := range 729 {
		for _, given := range []bool{false, true} {
			t := Truths{Given: given}
			rest := n
			for k := range keys {
				t.Facts[k] = values[rest%3]
				rest /= 3
			}
			do(t)
		}
	}
}

// byHand is content's decision tree written once more, as nested conditions.
func byHand(high, low, improved, worse, satisfied, successor, given bool) Verdict {
	switch {
	case satisfied && improved && given:
		return DoubleDown
	case satisfied && improved && high:
		return MakeDefault
	case satisfied && improved:
		return Invest
	case satisfied:
		return Investigate
	case (low || worse) && successor:
		return Deprecate
	case low || worse:
		return Pivot
	}
	return Investigate
}

// enumerate collects the verdicts of all completions by recursion over the facts.
func enumerate(t Truths, k Key, into map[Verdict]bool) {
	for ; k < keys; k++ {
		if t.Facts[k] != Unknown {
			continue
		}
		for _, v := range []Truth{True, False} {
			next := t
			next.Facts[k] = v
			enumerate(next, k+1, into)
		}
		return
	}
	is := func(k Key) bool { return t.Facts[k] == True }
	high, low := is(AdoptionHigh) && !t.Given, is(AdoptionLow) && !t.Given
	if high && low || is(Improved) && is(Worse) {
		return
	}
	into[byHand(high, low, is(Improved), is(Worse), is(Satisfied), is(Successor), t.Given)] = true
}

// TestNoCompletionLeftOut compares with an enumeration written another way.
func TestNoCompletionLeftOut(t *testing.T) {
	everyTruths(func(truths Truths) {
		want := map[Verdict]bool{}
		enumerate(truths, 0, want)
		o := Evaluate(truths)
		if len(o.Possible) != len(want) || !slices.IsSorted(o.Possible) {
			t.Fatalf("%+v: possible %q, want %v", truths, o.Possible, want)
		}
		for _, v := range o.Possible {
			if !want[v] {
				t.Fatalf("%+v: possible %q, want %v", truths, o.Possible, want)
			}
		}
	})
}

// TestMonotone: to learn a fact never makes a verdict possible that was not, and
// the facts said to settle it are those that do.
func TestMonotone(t *testing.T) {
	everyTruths(func(truths Truths) {
		before := Evaluate(truths)
		for k := range keys {
			if truths.Facts[k].isKnown() {
				continue
			}
			narrows := false
			for _, v := range []Truth{True, False} {
				after := Evaluate(*truths.withFact(k, v))
				narrows = narrows || len(after.Possible) > 0 && len(after.Possible) < len(before.Possible)
				for _, verdict := range after.Possible {
					if !slices.Contains(before.Possible, verdict) {
						t.Fatalf("%+v: %v = %s makes %q possible", truths, k, v, verdict)
					}
				}
			}
			if settles := slices.Contains(before.Settle, k); settles != (narrows && truths.isEvidence(k)) {
				t.Fatalf("%+v: settle %v, but %v narrows: %v", truths, before.Settle, k, narrows)
			}
		}
	})
}

// TestPathLeadsToVerdicts: the possible leaves that are drawn are the possible
// verdicts, and a verdict that holds is at the end of the way taken.
func TestPathLeadsToVerdicts(t *testing.T) {
	everyTruths(func(truths Truths) {
		var facts [keys]Fact
		possible := map[Verdict]bool{}
		for _, s := range pathOf(&truths, &facts) {
			for _, b := range []Branch{s.Yes, s.No} {
				if (b.Leaf == "") == (b.Ask == "") {
					t.Fatalf("branch %+v leads to one thing", b)
				}
				if b.Leaf != "" && b.Possible {
					possible[b.Leaf] = true
				}
				if b.Taken && !s.Taken {
					t.Fatalf("%+v: a branch is taken, its question %s is not", truths, s.Ask)
				}
			}
			if s.Taken && s.Answer.isKnown() != (s.Yes.Taken || s.No.Taken) {
				t.Fatalf("%+v: step %+v", truths, s)
			}
		}
		o := Evaluate(truths)
		if len(possible) != len(o.Possible) {
			t.Fatalf("%+v: drawn %v, possible %q", truths, possible, o.Possible)
		}
	})
}

// randomInput is any input that could come, and some that should not.
func randomInput(r *rand.Rand) Input {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	number := func() *float64 {
		if r.IntN(8) == 0 {
			return nil
		}
		return metric.Of(r.Float64()*2 - 0.7)
	}
	verdict := func() string {
		return pick("", EffectImproved, EffectWorse, EffectNone, EffectCannotAttribute, EffectInsufficient, "?")
	}
	in := Input{
		Feature: "f", Thresholds: Defaults(), AsOf: day(2024, 11, 11), Successor: pick("", "g"),
		Satisfaction: Estimate{Figure: metric.Figure{Value: number(), Lo: number(), Hi: number()}, N: r.IntN(100)},
		Adoption: Adoption{
			Known: r.IntN(4) > 0, Active: r.IntN(80), Eligible: r.IntN(70), Given: pick("", "", "default", "mandated"), Week: monday.Add(30 * week),
		},
		Delivery: Effect{Outcome: "o", Verdict: verdict(), Change: Estimate{Figure: metric.Figure{Value: number(), Lo: number(), Hi: number()}}, Better: metric.Direction(pick("up", "down", "neutral"))},
		Others:   []Effect{{Outcome: "p", Verdict: verdict()}},
	}
	for i := range r.IntN(30) {
		in.Adoption.History = append(in.Adoption.History, Week{At: monday.Add(time.Duration(i) * week), Share: r.Float64()})
	}
	for i := range r.IntN(4) {
		in.Decisions = append(in.Decisions, fact.Decision{
			Item: fact.Item{ID: pick("a", "b", "c") + string(rune('0'+i))}, Feature: pick("f", "g"), Decision: pick("accept", "reject", "postpone"),
			Recommended: pick("deprecate", "invest"), On: day(2024, 11, 1+r.IntN(20)),
		})
	}
	return in
}

// TestOrderIndependent: the order of weeks and decisions does not matter, and what
// came out survives JSON.
func TestOrderIndependent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		in := randomInput(r)
		want := Recommend(in)
		encoded, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var back Recommendation
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != string(encoded) {
			t.Fatalf("came back as %s, %v, want %s", again, err, encoded)
		}
		r.Shuffle(len(in.Adoption.History), reflect.Swapper(in.Adoption.History))
		r.Shuffle(len(in.Decisions), reflect.Swapper(in.Decisions))
		shuffled, err := json.Marshal(Recommend(in))
		if err != nil || string(shuffled) != string(encoded) {
			t.Fatalf("shuffled: %s, %v, want %s", shuffled, err, encoded)
		}
	}
}

// FuzzRecommend: whatever figures come, the recommendation can be published, and
// nothing is recommended that is not the only possible verdict.
func FuzzRecommend(f *testing.F) {
	f.Add(0.72, 0.61, 0.81, 50, 60, -0.25, -0.35, -0.13, uint8(0))
	f.Add(0.28, 0.14, 0.48, 7, 60, 0.0, 0.0, 0.0, uint8(1))
	f.Add(math.NaN(), math.Inf(-1), math.Inf(1), -1, 0, math.NaN(), math.Inf(1), 0.0, uint8(6))
	f.Fuzz(func(t *testing.T, v, lo, hi float64, active, eligible int, change, from, to float64, kind uint8) {
		in := buildpacks()
		in.Satisfaction = Estimate{Figure: metric.Figure{Value: &v, Lo: &lo, Hi: &hi}}
		in.Adoption.Active, in.Adoption.Eligible, in.Adoption.Known = active, eligible, kind&8 == 0
		in.Delivery.Change = Estimate{Figure: metric.Figure{Value: &change, Lo: &from, Hi: &to}}
		in.Delivery.Verdict = []string{EffectImproved, EffectInsufficient, EffectWorse, EffectNone}[kind&3]
		if kind&4 != 0 {
			in.Successor = "other"
		}
		r := Recommend(in)
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		if r.Strength == Recommended && (len(r.Possible) != 1 || r.Possible[0] != r.Verdict) {
			t.Fatalf("recommended %q of %q", r.Verdict, r.Possible)
		}
		if r.Strength == Leaning && !slices.Contains(r.Possible, r.Verdict) {
			t.Fatalf("leaning towards %q, which is impossible: %q", r.Verdict, r.Possible)
		}
		if r.Contradiction {
			t.Fatalf("contradiction from one input: %+v", r.Path)
		}
	})
}

func BenchmarkRecommend(b *testing.B) {
	in := buildpacks()
	in.Adoption.History = weekly(slices.Repeat([]float64{0.8}, 104)...)
	in.Adoption.Week = monday.Add(104 * week)
	b.ReportAllocs()
	for b.Loop() {
		Recommend(in)
	}
}

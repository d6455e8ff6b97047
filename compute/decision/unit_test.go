package decision

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestFromInterval(t *testing.T) {
	open := Estimate{Figure: metric.Figure{Value: metric.Of(0.7), Lo: metric.Of(0.65)}}
	tests := []struct {
		name   string
		e      Estimate
		op     metric.Direction
		truth  Truth
		likely float64
	}{
		{"all above", estimate(0.6, 0.7, 0.8), metric.Up, True, 0.975},
		{"all above, under wanted", estimate(0.6, 0.7, 0.8), metric.Down, False, 0.025},
		{"none above", estimate(0.3, 0.4, 0.5), metric.Up, False, 0.00004},
		{"up to the threshold", estimate(0.3, 0.4, 0.6), metric.Up, Unknown, 0.025},
		{"across", estimate(0.5, 0.6, 0.7), metric.Up, Unknown, 0.5},
		{"leans up", estimate(0.55, 0.65, 0.75), metric.Up, Unknown, 0.836},
		{"leans down", estimate(0.45, 0.55, 0.65), metric.Down, Unknown, 0.836},
		{"census at the threshold", Census(0.6, 10), metric.Up, True, 1},
		{"census below", Census(0.59, 10), metric.Up, False, 0},
		{"census below, wanted", Census(0.59, 10), metric.Down, True, 1},
		{"no upper limit", open, metric.Up, True, 1},
		{"no lower limit", Estimate{Figure: metric.Figure{Value: metric.Of(0.7), Hi: metric.Of(0.8)}}, metric.Up, Unknown, 0.5},
		{"not measured", Estimate{Figure: metric.Figure{Lo: metric.Of(0.9)}}, metric.Up, Unknown, 0.5},
		{"no number", Estimate{Figure: metric.Figure{Value: metric.Of(math.NaN())}}, metric.Up, Unknown, 0.5},
		{"bounds on the wrong side", Estimate{Figure: metric.Figure{Value: metric.Of(0.7), Lo: metric.Of(0.9), Hi: metric.Of(0.1)}}, metric.Up, Unknown, 0.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := FromInterval(Satisfied, tt.e, 0.6, tt.op)
			if f.Truth != tt.truth {
				t.Errorf("truth %s, want %s", f.Truth, tt.truth)
			}
			if math.Abs(f.Likely-tt.likely) > 5e-4 && tt.name != "no upper limit" {
				t.Errorf("likely %.5f, want %.5f", f.Likely, tt.likely)
			}
		})
	}
}

func TestReplay(t *testing.T) {
	gap := weekly(0.5, 0.8, 0.8, 0.8, 0.8)
	gap[4].At = gap[4].At.Add(week) // the fourth is not in a row
	tests := []struct {
		name    string
		weeks   []Week
		high    bool
		against int
	}{
		{"no weeks", nil, false, 0},
		{"the first week's raw state", weekly(0.7), true, 0},
		{"three in a row", weekly(0.5, 0.8, 0.8, 0.8), false, 3},
		{"four in a row", weekly(0.5, 0.8, 0.8, 0.8, 0.7), true, 0},
		{"a week is missing", gap, false, 1},
		{"between the limits stays", weekly(0.8, 0.65, 0.65, 0.65, 0.65), true, 0},
		{"three below", weekly(0.8, 0.1, 0.1, 0.1), true, 3},
		{"no number breaks the row", weekly(0.5, 0.8, 0.8, 0.8, math.NaN(), 0.8), false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var last State
			if states := Defaults().Replay(tt.weeks); len(states) > 0 {
				last = states[len(states)-1]
			}
			if last.High != tt.high || last.Against != tt.against {
				t.Errorf("high %v, against %d; want %v, %d", last.High, last.Against, tt.high, tt.against)
			}
		})
	}
}

// TestHysteresisInForce: history decides, not this week's share.
func TestHysteresisInForce(t *testing.T) {
	in := buildpacks()
	in.Adoption.History = weekly(0.5, 0.5, 0.5)
	for i := range in.Adoption.History {
		in.Adoption.History[i].At = in.Adoption.Week.Add(-time.Duration(3-i) * week)
	}
	r := Recommend(in)
	if r.Verdict != Invest || r.Operative.AdoptionHigh != 0.7 {
		t.Errorf("got %q at %g: one week at 83 %% is not high yet", r.Verdict, r.Operative.AdoptionHigh)
	}
	for _, f := range r.Flips {
		if f.Of == AdoptionHigh && f.To == 1 && (*f.Units != 0 || f.Weeks != 3 || f.Verdict != MakeDefault) {
			t.Errorf("flip %+v, want three more weeks → make default", f)
		}
	}
	in.Adoption.Active = 7
	in.Adoption.History[0].Share, in.Adoption.History[1].Share, in.Adoption.History[2].Share = 0.8, 0.8, 0.8
	if r := Recommend(in); r.Verdict != MakeDefault || r.Contradiction {
		t.Errorf("got %q: one bad week is not low yet", r.Verdict)
	}
	in.Adoption.History = append(in.Adoption.History, Week{At: in.Adoption.Week.Add(week), Share: 1})
	if r := Recommend(in); len(r.Operative.States) != 4 {
		t.Errorf("%d weeks, want 4: a week after the present one is not known", len(r.Operative.States))
	}
}

func TestContradiction(t *testing.T) {
	o := Evaluate(Truths{Facts: [keys]Truth{AdoptionHigh: True, AdoptionLow: True, Improved: True, Worse: False, Satisfied: True, Successor: False}})
	if o.Verdict != InsufficientData || len(o.Possible) != 0 || o.HoldsWhatever() {
		t.Errorf("outcome %+v of contradictory facts", o)
	}
}

func TestThresholds(t *testing.T) {
	if err := Defaults().Check(); err != nil {
		t.Error(err)
	}
	own := Defaults().For(fact.Thresholds{Satisfied: metric.Of(50), AdoptionHigh: metric.Of(40), AdoptionLow: metric.Of(35)})
	want := Thresholds{Satisfied: 50, AdoptionHigh: 40, AdoptionLeave: 35, AdoptionLow: 35}
	if own != want {
		t.Errorf("own thresholds %+v, want %+v", own, want)
	}
	if own := Defaults().For(fact.Thresholds{}); own != Defaults() {
		t.Errorf("thresholds %+v, want the platform's", own)
	}
	for name, bad := range map[string]Thresholds{
		"decision.satisfied":    {Satisfied: 0, AdoptionHigh: 70, AdoptionLeave: 60, AdoptionLow: 20},
		"decision.adoption_low": {Satisfied: 60, AdoptionHigh: 70, AdoptionLeave: 80, AdoptionLow: 20},
	} {
		t.Run(name, func(t *testing.T) {
			if err := bad.Check(); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%+v: %v, want it to name %s", bad, err, name)
			}
		})
	}
}

func TestKeyText(t *testing.T) {
	for k := range keys {
		text, err := k.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Key
		if err := back.UnmarshalText(text); err != nil || back != k {
			t.Errorf("%q came back as %v, %v", text, back, err)
		}
	}
	var k Key
	if err := k.UnmarshalText([]byte("profit")); err == nil {
		t.Error("unknown fact accepted")
	}
	if Key(-1).String() != "unknown fact" {
		t.Errorf("got %q", Key(-1))
	}
}

func TestAtLeast(t *testing.T) {
	for all := 1; all <= 300; all++ {
		for percent := 0; percent <= 100; percent++ {
			share := float64(percent) / 100
			n := smallestCount(share, all)
			if float64(n)/float64(all) < share || n > 0 && float64(n-1)/float64(all) >= share {
				t.Fatalf("atLeast(%g, %d) = %d", share, all, n)
			}
		}
	}
}

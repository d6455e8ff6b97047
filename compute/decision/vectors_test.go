package decision

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// vectorCase is one case of testdata/decisions.json: facts, or the last one, which
// replays weeks.
type vectorCase struct {
	Name     string           `json:"name"`
	Facts    map[string]Truth `json:"facts"`
	Possible []Verdict        `json:"possible"`
	SettleBy []string         `json:"settle_by"`
	Verdict  Verdict          `json:"verdict"`
	Weekly   []float64        `json:"weekly_adoption"`
	High     []bool           `json:"high_state"`
	Flips    []string         `json:"buildpacks_by_adoption"`
}

func (v *vectorCase) truths(t *testing.T) Truths {
	t.Helper()
	keyOf := map[string]Key{
		"adoption_high": AdoptionHigh, "adoption_low": AdoptionLow, "dora_improved": Improved,
		"dora_worse": Worse, "satisfied": Satisfied, "successor": Successor,
	}
	if len(v.Facts) != len(keyOf) {
		t.Fatalf("%d facts, want %d", len(v.Facts), len(keyOf))
	}
	var out Truths
	for name, truth := range v.Facts {
		k, ok := keyOf[name]
		if !ok {
			t.Fatalf("unknown fact %q", name)
		}
		out.Facts[k] = truth
	}
	return out
}

func readVectors(t *testing.T) []vectorCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/decisions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []vectorCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 12 {
		t.Fatalf("%d cases, want 12", len(cases))
	}
	return cases
}

func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			if v.Facts == nil {
				replayVector(t, &v)
				return
			}
			o := Evaluate(v.truths(t))
			if o.Verdict != v.Verdict {
				t.Errorf("verdict %q, want %q", o.Verdict, v.Verdict)
			}
			if !slices.Equal(o.Possible, v.Possible) {
				t.Errorf("possible %q, want %q", o.Possible, v.Possible)
			}
			var settle []string
			for _, k := range o.Settle {
				settle = append(settle, k.String())
			}
			if !slices.Equal(settle, v.SettleBy) {
				t.Errorf("settle by %q, want %q", settle, v.SettleBy)
			}
		})
	}
}

// replayVector holds the hysteresis, and the flip points of the first case.
func replayVector(t *testing.T, v *vectorCase) {
	t.Helper()
	var high []bool
	for _, s := range Defaults().Replay(weekly(v.Weekly...)) {
		high = append(high, s.High)
	}
	if !slices.Equal(high, v.High) {
		t.Errorf("high %v, want %v", high, v.High)
	}
	in := buildpacks()
	in.Adoption.Active, in.Adoption.Eligible = 30, 60 // not high: the upper limit is in force
	var flips []string
	for _, f := range Recommend(in).Flips {
		if f.Of == AdoptionHigh {
			flips = append(flips, fmt.Sprintf("[%g%%,%g%%) %s", 100*f.From, 100*f.To, f.Verdict))
		}
	}
	if !slices.Equal(flips, v.Flips) {
		t.Errorf("flips %q, want %q", flips, v.Flips)
	}
}

// monday begins the weeks of these tests.
var monday = time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)

// weekly makes one week of each share, from monday on.
func weekly(shares ...float64) []Week {
	weeks := make([]Week, len(shares))
	for i, s := range shares {
		weeks[i] = Week{At: monday.Add(time.Duration(i) * week), Share: s}
	}
	return weeks
}

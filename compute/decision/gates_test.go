package decision

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newborn is a feature shipped two weeks ago, with a survey that closed before,
// five answers and one of six teams.
func newborn() Input {
	in := charts()
	in.Available = Availability{At: in.AsOf.Add(-2 * week), By: ByContent}
	in.Answers = Answers{Wave: "2024-10", Sent: day(2024, 10, 8), Teams: 2}
	in.Satisfaction = positive(1, 5)
	in.Adoption = Adoption{Known: true, Unit: "team", Active: 1, Eligible: 6, Week: day(2024, 11, 4)}
	return in
}

func TestTooEarly(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Input)
		gates  []GateName
		next   time.Time
	}{
		{"newborn", func(in *Input) { *in = newborn() }, []GateName{GateAge, GateEligible, GateWave, GateAnswers, GateTeams}, day(2025, 1, 20)},
		{"eleven weeks", func(in *Input) { in.Available.At = in.AsOf.Add(-12*week + 24*time.Hour) }, []GateName{GateAge}, day(2024, 11, 12)},
		{"not known since when", func(in *Input) { in.Available = Availability{} }, []GateName{GateAvailable}, day(2024, 11, 18)},
		{"planned", func(in *Input) { in.Available.At = day(2024, 12, 2) }, []GateName{GateAge, GateWave}, day(2025, 2, 24)},
		{"asked before", func(in *Input) { in.Answers.Sent = in.Available.At.Add(4*week - time.Hour) }, []GateName{GateWave}, day(2024, 11, 22)},
		{"nine answers", func(in *Input) { in.Satisfaction = positive(0, 9) }, []GateName{GateAnswers}, day(2024, 11, 22)},
		{"two teams", func(in *Input) { in.Answers.Teams = 2 }, []GateName{GateTeams}, day(2024, 11, 22)},
		{"seven teams could", func(in *Input) { in.Adoption.Active, in.Adoption.Eligible = 1, 7 }, []GateName{GateEligible}, day(2024, 11, 18)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := charts()
			tt.change(&in)
			r := Recommend(in)
			if r.Verdict != Early || r.Strength != TooEarly || r.HoldsWhatever {
				t.Errorf("got %s: %s, holds whatever %v", r.Strength, r.Verdict, r.HoldsWhatever)
			}
			var names []GateName
			for _, g := range r.Gates {
				names = append(names, g.Name)
			}
			if diff := cmp.Diff(tt.gates, names); diff != "" {
				t.Error(diff)
			}
			if !r.Next.Equal(tt.next) {
				t.Errorf("next %s, want %s", r.Next.Format(time.DateOnly), tt.next.Format(time.DateOnly))
			}
		})
	}
}

// TestGatesPassed: at each gate's own limit it is passed.
func TestGatesPassed(t *testing.T) {
	in := charts()
	in.Available.At = in.AsOf.Add(-12 * week)
	in.Answers.Sent, in.Answers.Teams = in.Available.At.Add(4*week), 3
	in.Satisfaction = positive(0, 10)
	in.Adoption.Active, in.Adoption.Eligible = 1, 8
	if r := Recommend(in); r.Verdict != Deprecate || r.Strength != Recommended || len(r.Gates) > 0 {
		t.Errorf("got %s: %s, gates %+v", r.Strength, r.Verdict, r.Gates)
	}
}

// TestYoungButGood: what speaks for a feature counts before its twelfth week.
func TestYoungButGood(t *testing.T) {
	in := buildpacks()
	in.Available.At, in.Answers.Sent = in.AsOf.Add(-6*week), in.AsOf.Add(-2*week)
	if r := Recommend(in); r.Verdict != MakeDefault || r.Strength != Recommended {
		t.Errorf("got %s: %s", r.Strength, r.Verdict)
	}
	in.Satisfaction = positive(10, 75)
	if r := Recommend(in); r.Verdict != Early {
		t.Errorf("got %s: %s, though nothing counts against it yet", r.Strength, r.Verdict)
	}
	in.Satisfaction = Estimate{}
	if r := Recommend(in); r.Verdict != Early || r.Next != in.Available.At.Add(12*week) {
		t.Errorf("got %s: %s, next %s", r.Strength, r.Verdict, r.Next)
	}
}

// TestLowHasAMemory is the mirror image of what holds for high.
func TestLowHasAMemory(t *testing.T) {
	tests := []struct {
		name    string
		weeks   []Week
		low     bool
		against int
	}{
		{"the first week's raw state", weekly(0.1), true, 0},
		{"at the limit it is not low", weekly(0.2), false, 0},
		{"three in a row", weekly(0.5, 0.1, 0.1, 0.1), false, 3},
		{"four in a row", weekly(0.5, 0.1, 0.1, 0.1, 0.1), true, 0},
		{"between the limits stays", weekly(0.1, 0.25, 0.25, 0.25, 0.25), true, 0},
		{"three above", weekly(0.1, 0.3, 0.3, 0.3), true, 3},
		{"four above", weekly(0.1, 0.3, 0.3, 0.3, 0.3), false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			states := Defaults().Replay(tt.weeks)
			last := states[len(states)-1]
			if last.Low != tt.low || last.AgainstLow != tt.against {
				t.Errorf("low %v, against %d; want %v, %d", last.Low, last.AgainstLow, tt.low, tt.against)
			}
			for _, s := range states {
				if s.High && s.Low {
					t.Errorf("high and low at once: %+v", s)
				}
			}
		})
	}
	in := charts()
	in.Adoption.Active = 30
	for i := range 3 {
		in.Adoption.History = append(in.Adoption.History, Week{At: in.Adoption.Week.Add(time.Duration(i-3) * week), Share: 0.1})
	}
	if r := Recommend(in); r.Verdict != Deprecate || !r.Operative.Low || r.Operative.AdoptionLow != 0.3 {
		t.Errorf("got %q, low until %g: one good week does not end it", r.Verdict, r.Operative.AdoptionLow)
	}
}

func TestNextLook(t *testing.T) {
	for at, want := range map[time.Time]time.Time{
		day(2024, 11, 11): day(2024, 11, 18), day(2024, 11, 10): day(2024, 11, 11), day(2024, 11, 13).Add(time.Hour): day(2024, 11, 18),
	} {
		if got := NextLook(at); !got.Equal(want) {
			t.Errorf("after %s: %s, want %s", at, got, want)
		}
	}
}

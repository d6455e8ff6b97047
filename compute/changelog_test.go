package compute

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/measures"
)

// advised is a report of week n that recommends something about one feature.
func advised(n int, s decision.Strength, v decision.Verdict) *Report {
	r := &Report{Recommendations: []decision.Recommendation{{Feature: "gitops", Title: "GitOps", Strength: s, Verdict: v}}}
	r.CutOff = gateDay.AddDate(0, 0, 7*n)
	r.AsOf = r.CutOff.AddDate(0, 0, 7)
	return r
}

// Each change is told once; what comes and goes at the edge of a limit is not.
func TestNextLog(t *testing.T) {
	c := fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "gitops", Title: "GitOps"}}}}
	var l DecisionLog
	for i, step := range []struct {
		week     int
		strength decision.Strength
		verdict  decision.Verdict
		told     string // "" is nothing
	}{
		{0, decision.FindOut, decision.InsufficientData, ""},
		{1, decision.Leaning, decision.Invest, ""},
		{2, decision.Recommended, decision.Invest, "GitOps: recommended is now: invest"},
		{2, decision.Recommended, decision.Invest, ""}, // the same night again
		{3, decision.Leaning, decision.Invest, ""},     // doubtful once
		{4, decision.Recommended, decision.Invest, ""}, // and back
		{5, decision.Leaning, decision.MakeDefault, ""},
		{6, decision.Recommended, decision.MakeDefault, "GitOps: recommended is now: make default (before: invest)"},
		{7, decision.FindOut, decision.InsufficientData, ""},
		{7, decision.FindOut, decision.InsufficientData, ""}, // not another week
		{8, decision.FindOut, decision.InsufficientData, "GitOps: make default is not beyond doubt any more"},
		{9, decision.FindOut, decision.InsufficientData, ""},
		{10, decision.Recommended, decision.Invest, "GitOps: recommended is now: invest"}, // again, and another change
	} {
		t.Run(fmt.Sprint(step.week), func(t *testing.T) {
			before := len(l.Changes)
			l = NextLog(l, advised(step.week, step.strength, step.verdict), c)
			var told []string
			for _, e := range l.Changes[before:] {
				told = append(told, e.Words())
			}
			if got := strings.Join(told, "; "); got != step.told {
				t.Errorf("step %d: told %q, want %q", i, got, step.told)
			}
		})
	}
	seen := map[string]bool{}
	for _, e := range l.Changes {
		if seen[e.ID] {
			t.Errorf("ID %s is given twice", e.ID)
		}
		seen[e.ID] = true
	}
	again, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back DecisionLog
	if err := json.Unmarshal(again, &back); err != nil {
		t.Fatal(err)
	}
	if next := NextLog(back, advised(10, decision.Recommended, decision.Invest), c); len(next.Changes) != len(l.Changes) {
		t.Error("a log that was read back tells something again")
	}
}

func TestNextLogOfDecisionsAndGates(t *testing.T) {
	c := fact.Content{
		Features:    []fact.Feature{{Item: fact.Item{ID: "gitops", Title: "GitOps"}}},
		Decisions:   []fact.Decision{{Item: fact.Item{ID: "d1"}, Feature: "gitops", Decision: "accept", On: gateDay}},
		Initiatives: []fact.Initiative{{Item: fact.Item{ID: "roll", Title: "Rollout"}, Status: fact.Active, Phases: []fact.Phase{phase("alpha", "active", word("a", false))}}},
	}
	var l DecisionLog
	told := func(week int) string {
		r := advised(week, decision.FindOut, decision.InsufficientData)
		r.Gates = Gates(DefaultOptions(), c, &Measured{AsOf: r.AsOf})
		r.Crossings = Crossed(c, r.Gates, r.AsOf)
		before := len(l.Changes)
		l = NextLog(l, r, c)
		var out []string
		for _, e := range l.Changes[before:] {
			out = append(out, e.Words())
		}
		return strings.Join(out, "; ")
	}
	if got := told(0); got != "" {
		t.Errorf("the first run tells %q", got)
	}
	c.Decisions = append(c.Decisions, fact.Decision{Item: fact.Item{ID: "d2"}, Feature: "gitops", Decision: "reject", Recommended: "invest", By: "product manager", On: gateDay})
	c.Initiatives[0].Phases[0].Criteria[0].Met = gateDay
	if got := told(1); got != "GitOps: product manager rejected: invest; Rollout: the criteria of alpha are met, 1 of 1" {
		t.Errorf("told %q", got)
	}
	c.Initiatives[0].Phases[0].Criteria[0].Met = time.Time{} // a slip, mended the night after
	if got := told(2); got != "" {
		t.Errorf("told %q", got)
	}
	c.Initiatives[0].Phases[0].Criteria[0].Met = gateDay
	if got := told(3); got != "" {
		t.Errorf("told again: %q", got)
	}
	c.Initiatives[0].Phases = append(c.Initiatives[0].Phases, phase("beta", "active", word("b", false)), phase("ga", "active"))
	if got := told(4); got != "Rollout: left beta with 1 criterion not met, without a written reason" {
		t.Errorf("told %q", got)
	}
}

func TestNextLogIsBounded(t *testing.T) {
	l := DecisionLog{Begun: gateDay}
	for range 3 * maxChanges {
		l.Changes = append(l.Changes, DecisionLogEntry{ID: "x"})
	}
	l.Reported = map[string]bool{"decision/gone/d": true}
	l = NextLog(l, advised(0, decision.Recommended, decision.Invest), fact.Content{})
	if n := len(l.Changes); n != maxChanges || l.Changes[n-1].Subject != "gitops" || len(l.Reported) != 0 {
		t.Errorf("%d changes, the last about %q, %d told", n, l.Changes[n-1].Subject, len(l.Reported))
	}
}

// A criterion that is met by one reading only may be chance: it is told when the
// second says so too.
func TestGateIsPassedForGood(t *testing.T) {
	c := fact.Content{Initiatives: []fact.Initiative{{Item: fact.Item{ID: "roll"}, Status: fact.Active, Phases: []fact.Phase{phase("alpha", "active", fact.Criterion{Measure: "m"})}}}}
	r := advised(0, decision.FindOut, decision.InsufficientData)
	r.Gates = []Gate{{Initiative: "roll", Phase: "alpha", Evaluation: measures.Evaluation{State: measures.Met}}}
	if got := gatesPassed(c, r); len(got) != 0 {
		t.Errorf("told %+v", got)
	}
	r.Gates[0].Evaluation.FirstMet = gateDay
	if got := gatesPassed(c, r); len(got) != 1 {
		t.Errorf("told %+v", got)
	}
}

package comment

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func judged(v, lo, hi float64) *diff.Judged {
	return &diff.Judged{Value: v, Range: metric.Range{Lo: lo, Hi: hi}}
}

// scored is a changed score with one edited number.
func scored(in diff.Judgement) diff.Change {
	in.Name, in.Unit = "effort", "weeks"
	return diff.Change{Kind: diff.Ranked, Subject: initiative("deploy", "Deploy"), File: "a.md", Line: 7, Rank: &diff.Rank{
		Before: &diff.Place{Score: 180, Computed: 1, Published: 1}, After: &diff.Place{Score: 200, Computed: 1, Published: 1},
		Inputs: []diff.Judgement{in},
	}}
}

// TestWords holds the lines about one change, as the terminal shows them, without the last.
func TestWords(t *testing.T) {
	plan := initiative("deploy", "Deploy")
	helm := diff.Subject{Kind: "feature", ID: "helm", Title: "Helm"}
	for _, c := range []struct {
		name string
		list []diff.Change
		want []string
	}{
		{"a point inside its range", []diff.Change{scored(diff.Judgement{Before: judged(3, 2, 4.5), After: judged(2.8, 2, 4.5), Because: true, Stale: true})}, []string{
			"Deploy: score 180 → 200. Published order unchanged.", "Effort 3 → 2.8 weeks, range stays 2–4.5 (a.md)",
			"The score follows the number; chances follow the range, and stay.", "effort_because is the reason of the number before: what did you learn?",
		}},
		{"a range without its point", []diff.Change{scored(diff.Judgement{Before: judged(3, 2, 4.5), After: judged(3, 2, 9), Because: true})}, []string{
			"Deploy: score 180 → 200. Published order unchanged.", "Effort stays 3 weeks, range 2–9 (was 2–4.5) (a.md)",
			"Chances follow the range; the score follows the number, and stays.",
		}},
		{"a point outside its range", []diff.Change{scored(diff.Judgement{Before: judged(3, 2, 4.5), After: judged(1, 2, 4.5), Because: true})}, []string{
			"Deploy: score 180 → 200. Published order unchanged.", "Effort 3 → 1 week, range stays 2–4.5 (a.md)",
			"Outside its range: effort. The score follows the number, chances the range.",
		}},
		{"an override that agrees", []diff.Change{{Kind: diff.Displaced, Subject: plan, Rank: &diff.Rank{
			Before: &diff.Place{Computed: 2, Published: 1}, After: &diff.Place{Computed: 1, Published: 1}, Override: &diff.Redundant{},
		}}}, []string{
			"No rank, recommendation or gate moves.", "Moved by others", "Rank Deploy 2 → 1 by score, published 1.",
			"Deploy: The override agrees with the score and the chances: remove it?",
		}},
		{"a removed approval", []diff.Change{{Kind: diff.Predicted, Warn: true, Subject: plan, File: "a.md", Line: 2, Prediction: &diff.Prediction{
			Approved: day(10, 7), Ended: true, Effort: diff.Pair{Before: 1, After: 1}, Unit: "weeks",
		}}}, []string{
			"Deploy: its approved prediction ends.", "The approved prediction (1 week, 7 Oct 2024) ends: no result is compared with it. (a.md:2)",
		}},
		{"another day of approval", []diff.Change{{Kind: diff.Predicted, Warn: true, Subject: plan, Prediction: &diff.Prediction{
			Approved: day(10, 7), Now: day(11, 1), Effort: diff.Pair{Before: 3, After: 3}, Unit: "weeks",
		}}}, []string{
			"Deploy: numbers changed after approval; the prediction stays.",
			"The approved prediction (3 weeks, 7 Oct 2024) stays, although approved is 1 Nov 2024 now.",
		}},
		{"a refusal reopened with a reason", []diff.Change{{Kind: diff.Refused, Subject: plan, Refusal: &diff.Refusal{
			Before: "wont-build", After: "idea", Reason: "no problem", Reopened: "a customer pays",
		}}}, []string{"Deploy: won’t build → idea.", "It was refused because: no problem", "Now because: a customer pays"}},
		{"two items removed", []diff.Change{
			{Kind: diff.Listed, Subject: diff.Subject{Kind: "page", ID: "a", Title: "A"}, Item: &diff.Item{Change: "removed"}},
			{Kind: diff.Listed, Subject: diff.Subject{Kind: "page", ID: "b", Title: "B"}, Item: &diff.Item{Change: "removed"}},
		}, []string{"2 items are removed.", "Added, removed, renamed", "Page A was removed", "Page B was removed"}},
		{"one renamed", []diff.Change{{Kind: diff.Listed, Subject: helm, Item: &diff.Item{Change: "renamed", Before: "Charts"}}}, []string{
			"Helm was called Charts.", "Added, removed, renamed", "Feature Helm was called Charts",
		}},
		{"another ID without the former one", []diff.Change{{Kind: diff.Listed, Warn: true, Subject: helm, File: "h.md", Item: &diff.Item{Change: "renamed", Lost: "charts"}}}, []string{
			"Helm has another ID.", "Its history ends: write formerly = [\"charts\"] (h.md)",
		}},
		{"a feature that errors still name", []diff.Change{
			{Kind: diff.Broken, Failed: true, File: "d.md", Line: 3, Finding: &diff.Finding{File: "d.md", Line: 3, Level: "error", Text: `unknown feature "helm" in feature`}},
			{Kind: diff.Listed, Warn: true, Subject: helm, File: "h.md", Item: &diff.Item{Change: "removed", Active: 7, Of: 60, Unit: "team"}},
		}, []string{"Helm was removed, and 1 place still names it.", "1 place still names it: d.md:3", "7/60 teams used it. (h.md)"}},
		{"an initiative that errors still name", []diff.Change{
			{Kind: diff.Broken, Failed: true, Finding: &diff.Finding{File: "d.md", Level: "error", Text: `unknown initiative "deploy" in initiatives.0`}},
			{Kind: diff.Broken, Failed: true, Finding: &diff.Finding{File: "e.md", Level: "error", Text: `unknown initiative "deploy" in initiatives.0`}},
			{Kind: diff.Ranked, Subject: plan, Rank: &diff.Rank{Before: &diff.Place{Published: 2}}},
			{Kind: diff.Listed, Subject: plan, File: "a.md", Item: &diff.Item{Change: "removed"}},
		}, []string{"Deploy was removed, and 2 places still name it; it was ranked 2.", "2 places still name it: d.md, e.md"}},
		{"a phase with another name", []diff.Change{{Kind: diff.Dated, Subject: plan, File: "a.md", Line: 3, Dates: []diff.Span{{
			Name: "open beta", Was: "beta", Before: diff.Dates{From: day(11, 1), To: day(11, 8)}, After: diff.Dates{From: day(11, 1), To: day(11, 8)},
		}}}}, []string{"Deploy: beta is called open beta now.", "open beta: 1–7 Nov 2024 (a.md:3)"}},
		{"a decision that is taken back", []diff.Change{{Kind: diff.Decided, Warn: true, Subject: diff.Subject{Kind: "decision", ID: "d", Title: "Away"}, Decision: &diff.Decision{
			Change: "changed", Feature: "Helm", Decision: "reject", Was: "accept", Recommended: "deprecate", Undecided: true,
		}}}, []string{"Away: accepted → rejected.", "Helm: rejected “deprecate”", "Nothing is announced about it any more."}},
		{"a goal made weaker", []diff.Change{{Kind: diff.Aimed, Warn: true, Subject: diff.Subject{Kind: "goal", ID: "nps", Title: "NPS"}, Goal: &diff.Goal{
			Before: &goals.Standing{Target: metric.Target{Op: metric.Up, Value: 40}, Unit: metric.Number, By: day(12, 31), Owner: "all", Because: "x"},
			After:  &goals.Standing{Target: metric.Target{Op: metric.Up, Value: 30}, Unit: metric.Number, By: day(12, 31), Owner: "all", Because: "x"}, Began: day(10, 1),
		}}}, []string{
			"NPS: goal changed, still not judged.", "[at least 40 by 31 Dec 2024] → at least 30 by 31 Dec 2024, owner all",
			"Made weaker after its quarter began on 1 Oct 2024: write why.",
		}},
		{"a date as a cause", []diff.Change{{Kind: diff.Verdicts, Subject: helm, File: "h.md", Verdict: &diff.Verdict{
			Before: diff.Advice{Verdict: decision.Pivot}, Causes: []diff.Cause{{Key: "retired", After: "2024-11-01", File: "h.md", Line: 3}},
		}}}, []string{"Helm: pivot or sunset → no recommendation.", "Cause: retired added, 1 Nov 2024 (h.md:3)"}},
		{"recommendations of one threshold", []diff.Change{
			{Kind: diff.Verdicts, Subject: helm, File: "h.md", Verdict: oneThreshold(decision.Pivot)},
			{Kind: diff.Verdicts, Subject: diff.Subject{Kind: "feature", ID: "vault", Title: "Vault"}, File: "v.md", Verdict: oneThreshold(decision.Invest)},
			{Kind: diff.Limited, File: "config.toml", Line: 4, Setting: &diff.Setting{Key: "decision.satisfied", Before: "60", After: "80"}},
		}, []string{
			"2 recommendations change and 1 threshold changes.", "Recommendations that another threshold changes",
			"Cause: decision.satisfied [60] → 80 (config.toml:4)", "Helm: pivot or sunset → investigate", "Vault: invest → investigate",
		}},
		{"a scale", []diff.Change{
			scored(diff.Judgement{Before: judged(3, 2, 4), After: judged(4, 2, 4), Scale: true}),
			{Kind: diff.Limited, Subject: initiative("old", "Old"), Setting: &diff.Setting{Key: diff.ScoreKey, Before: "10", After: "12"}},
		}, []string{"1 initiative is scored differently.", "Scores that another scale changes", "Deploy: score 180 → 200. Published order unchanged.", "Old: score 10 → 12."}},
		{"a status that leaves the ranking", []diff.Change{
			{Kind: diff.Ranked, Subject: plan, Rank: &diff.Rank{Before: &diff.Place{Published: 2}}},
			{Kind: diff.Progressed, Subject: plan, File: "a.md", Line: 3, Status: &diff.Status{Before: "idea", After: "done"}},
		}, []string{"Deploy: idea → done, not ranked any more (was 2).", "Status idea → done (a.md:3)"}},
		{"a new initiative", []diff.Change{
			{Kind: diff.Ranked, Subject: plan, File: "a.md", Line: 3, Rank: &diff.Rank{After: &diff.Place{Score: 9, Published: 2}, Goes: &diff.Neighbours{After: "Theme", Of: 2}}},
			{Kind: diff.Listed, Subject: plan, File: "a.md", Item: &diff.Item{Change: "added", Status: "idea"}},
		}, []string{"Deploy (new, idea): ranked 2 with a score of 9.", "Last, after Theme; 2 initiatives in all. (a.md:3)"}},
		{"a phase that goes back", []diff.Change{{Kind: diff.Gated, Subject: plan, Gate: &diff.Gate{Phase: "beta", Back: true}}}, []string{"Deploy goes back into beta."}},
		{"dates", []diff.Change{{Kind: diff.Dated, Subject: plan, File: "a.md", Line: 3, Dates: []diff.Span{{
			Name: "ga", Before: diff.Dates{From: day(11, 1), To: day(11, 8)}, After: diff.Dates{From: day(11, 2), To: day(11, 9)},
		}}}}, []string{"Deploy: GA begins 1 day later.", "GA: 1–7 Nov 2024 → 2–8 Nov 2024 (a.md:3)"}},
		{"evidence", []diff.Change{{Kind: diff.Evidenced, Evidence: &diff.Evidence{Name: "interviews in the quarter", Before: of(9), After: of(10), Goal: of(10), Unit: metric.Number}}}, []string{
			"The evidence changes.", "Discovery", "Interviews in the quarter 9 → 10 (goal 10)",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for line := range strings.Lines(narrow(Text(diff.Diff{Changes: c.list}))) {
				if line = strings.TrimSpace(line); line != "" {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(c.want, got[:max(len(got)-1, 0)]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func oneThreshold(before decision.Verdict) *diff.Verdict {
	return &diff.Verdict{
		Before: diff.Advice{Verdict: before}, After: diff.Advice{Verdict: decision.Investigate},
		Causes: []diff.Cause{{Key: "decision.satisfied", Before: "60", After: "80", File: "config.toml", Line: 4}},
	}
}

// narrow returns a text with ordinary spaces.
func narrow(s string) string { return strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(s) }

// TestFork draws both branches from the first question with another answer, in both formats.
func TestFork(t *testing.T) {
	v := &diff.Verdict{
		Before: diff.Advice{Verdict: decision.MakeDefault}, After: diff.Advice{Verdict: decision.InsufficientData},
		Steps: []diff.Step{
			{Ask: decision.AskSatisfied, Before: decision.True, After: decision.True},
			{Ask: decision.AskImproved, Before: decision.True, After: decision.Unknown},
			{Ask: decision.AskAdopted, Before: decision.True, After: decision.True},
		},
	}
	d := diff.Diff{Changes: []diff.Change{{Kind: diff.Verdicts, Subject: diff.Subject{Kind: "feature", ID: "f", Title: "F"}, Verdict: v}}}
	for want, text := range map[string]string{
		"- Are its users satisfied? Yes.\n- **Did delivery improve?**\n" +
			"  - before: ~~yes → Is adoption high? yes → make default~~\n  - now: **can’t tell yet → find out**\n": Markdown(d, Options{}),
		"  Did delivery improve?\n  ├ before: [yes → Is adoption high? yes → make default]\n  └ now: can’t tell yet → find out\n": Text(d),
	} {
		t.Run(want[:12], func(t *testing.T) {
			if !strings.Contains(narrow(text), want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		})
	}
}

// TestOneSentence holds that every format begins with the same sentence.
func TestOneSentence(t *testing.T) {
	for _, name := range []string{"Auto-deploy", "a name"} {
		every := specimen(name)
		for i := range every.Changes {
			d := diff.Diff{Changes: every.Changes[i : i+1]}
			want := Headline(d)
			first, _, _ := strings.Cut(Text(d), "\n")
			_, rest, _ := strings.Cut(Markdown(d, Options{}), "\n")
			bold, _, _ := strings.Cut(rest, "\n")
			if first != want || bold != "**"+line("%s", want).markdown()+"**" {
				t.Errorf("%s: %q, %q and %q", d.Changes[0].Kind, want, first, bold)
			}
		}
	}
}

// TestAnnotationsAreOnTouchedLines leaves out files that the request does not change.
func TestAnnotationsAreOnTouchedLines(t *testing.T) {
	d := specimen("a.md")
	all := len(Annotations(d))
	d.Tracked = true
	if got := Annotations(d); len(got) > 0 || all == 0 {
		t.Errorf("nothing is touched: %+v", got)
	}
	d.Changes = []diff.Change{
		{Kind: diff.Decided, Warn: true, File: "d.md", Line: 8, Touched: 8, Decision: &diff.Decision{Change: "changed"}},
		{Kind: diff.Listed, Warn: true, File: "gone.md", Item: &diff.Item{Change: "removed"}},
		{Kind: diff.Found, File: "d.md", Line: 2, Touched: 8, Finding: &diff.Finding{File: "d.md", Line: 2, Level: "warning", Text: "late"}},
	}
	got := Annotations(d)
	if len(got) != 2 || got[0].Level != "warning" || got[0].Line != 8 || got[1].Line != 8 {
		t.Errorf("%+v", got)
	}
}

package render

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// october is a quarter with a change of each kind.
func october() diff.Period {
	at := func(month time.Month, day int) time.Time { return time.Date(2024, month, day, 0, 0, 0, 0, time.UTC) }
	plan := diff.Subject{Kind: "initiative", ID: "deploys", Title: "Deploy <b>on</b> merge"}
	p := diff.Period{From: at(10, 1), To: at(11, 11), Commits: 3}
	p.Diff.Changes = []diff.Change{
		{Kind: diff.Gated, Subject: plan, Gate: &diff.Gate{Phase: "alpha", Entered: "beta"}},
		{Kind: diff.Gated, Failed: true, Subject: plan, Gate: &diff.Gate{Phase: "beta", Unmet: []diff.Criterion{{Text: "it works"}}}},
		{Kind: diff.Refused, Subject: diff.Subject{Kind: "initiative", ID: "flags", Title: "Flags"}, Refusal: &diff.Refusal{
			After: "wont-build", Reason: "nobody needs it", Instead: "canaries", Revisit: at(12, 24),
		}},
		{Kind: diff.Ranked, Subject: plan, Rank: &diff.Rank{
			Before: &diff.Place{Score: 90, Range: metric.Range{Lo: 40, Hi: 160}, Computed: 2, Published: 2},
			After:  &diff.Place{Score: 180, Range: metric.Range{Lo: 90, Hi: 330}, Computed: 1, Published: 1},
			Inputs: []diff.Judgement{{Name: "effort", Before: &diff.Judged{Value: 4}, After: &diff.Judged{Value: 2}, Unit: "weeks"}},
		}},
		{Kind: diff.Predicted, Subject: plan, Prediction: &diff.Prediction{
			Approved: at(10, 7), Effort: diff.Pair{Before: 4, After: 2}, Unit: "weeks",
		}},
		{Kind: diff.Decided, Subject: diff.Subject{Kind: "decision", ID: "d", Title: "Charts end"}, Decision: &diff.Decision{
			Change: "added", Feature: "charts", Decision: "accept", Recommended: "deprecate", Deadline: at(12, 31), Reason: "few teams",
		}},
		{Kind: diff.Limited, Setting: &diff.Setting{Key: "decision.adoption_low", Before: "25", After: "20"}},
		{Kind: diff.Dated, Subject: plan, Dates: []diff.Span{{
			Name: "alpha", Before: diff.Dates{From: at(10, 14), To: at(11, 4)}, After: diff.Dates{From: at(11, 1), To: at(11, 22)},
		}, {
			Name: "beta", Before: diff.Dates{From: at(12, 1), To: at(12, 8)}, After: diff.Dates{From: at(12, 1), To: at(12, 8), State: "active"},
		}}},
		{Kind: diff.Listed, Subject: diff.Subject{Kind: "research", ID: "talk", Title: "A talk"}, Item: &diff.Item{Change: "added", Status: "interview"}},
		{Kind: diff.Found, Finding: &diff.Finding{Text: "not for this page"}},
	}
	p.Days = make([][]time.Time, len(p.Diff.Changes))
	p.Days[0] = []time.Time{at(11, 4)}
	p.Days[7] = []time.Time{at(10, 7), at(10, 21)}
	return p
}

// TestChangesPage holds the page to every kind of change, with its day and its link.
func TestChangesPage(t *testing.T) {
	r, c, ev := small(t)
	c.Initiatives = []fact.Initiative{{Item: fact.Item{ID: "deploys", Title: "Deploy <b>on</b> merge"}}}
	o := options
	quiet := diff.Period{
		From: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC),
		Began: time.Date(2024, 8, 5, 9, 0, 0, 0, time.UTC), Commits: 1,
	}
	o.Changes = diff.Periods{List: []diff.Period{october(), quiet}}
	html := tree(t, o, r, c, ev)[changesPath]
	text := plainSpaces(text(find(t, html, "main", "")[0]))
	for _, want := range []string{
		"This quarter: 1 decision, 2 phases left and 1 initiative scored differently",
		"October to December 2024, so far", "1 Oct–11 Nov 2024 · 3 commits",
		"Accepted Charts end", "recommended was “deprecate”, until 31 Dec 2024", "Few teams.",
		"4 Nov 2024 Deploy <b>on</b> merge leaves alpha for beta, its criteria met ✓ criteria met",
		"✗ no reason", "Not met: it works.",
		"Deploy <b>on</b> merge: score 90 → 180. Published rank 2 → 1", "Effort 4 → 2 weeks.",
		"✎ changed", "Approved on 7 Oct 2024 with 4, now 2 weeks.",
		"Deploy <b>on</b> merge, Alpha 14 Oct–3 Nov 2024 → 1–21 Nov 2024 · 7 Oct and 21 Oct 2024",
		"decision.adoption_low: 25 → 20",
		"Flags: won’t build", "Because: nobody needs it.", "Instead: canaries.", "Looked at again on 24 Dec 2024.",
		"Added: interviews A talk",
		"July to September 2024", "The history begins on 5 Aug 2024", "Nothing was decided, moved, added or refused.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, wrong := range []string{"not for this page", "alpha → ", "Deploy <b>on</b> merge, Beta"} {
		if strings.Contains(text, wrong) {
			t.Errorf("the page has %q", wrong)
		}
	}
	if !strings.Contains(html, `href="../../initiatives/deploys/index.html"`) {
		t.Error("the page has no link to the initiative")
	}
}

// TestChangesWithoutHistory holds the page to the reason and the next step.
func TestChangesWithoutHistory(t *testing.T) {
	r, c, ev := small(t)
	for why, want := range map[string]string{
		"":                             "The history of the content was not read.",
		"the clone holds only its end": "The clone holds only its end.",
	} {
		t.Run(want, func(t *testing.T) {
			o := options
			o.Changes.Why = why
			text := textOf(t, tree(t, o, r, c, ev)[changesPath])
			if !strings.Contains(text, want) || !strings.Contains(text, "Keep the content in git and check out its whole history") {
				t.Errorf("the page lacks %q: %s", want, text)
			}
		})
	}
}

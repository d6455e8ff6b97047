package render

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// plain replaces the spaces that do not break.
func plain(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// A title has the effect only if its verdict is improved or worse, and marks doubt.
func TestTheTitleOfAFeature(t *testing.T) {
	s := emptySite(t)
	known := &adoption.Feature{Known: true, Active: 7, Eligible: 60, Unit: "team"}
	for name, c := range map[string]struct {
		of    treeCase
		a     *adoption.Feature
		want  string
		class string
	}{
		"improved":      {treeCase{satisfied: "yes", effect: "improved"}, known, ": lead time |10 % shorter| for its teams", "better"},
		"worse":         {treeCase{satisfied: "yes", effect: "worse"}, known, ": lead time |10 % shorter| for its teams", "worse"},
		"no effect":     {treeCase{satisfied: "yes", effect: "none"}, known, ": 7 of 60 teams use it, 80 % of answers are positive||", ""},
		"not satisfied": {treeCase{satisfied: "no"}, known, ": 7 of 60 teams use it, |20 % of answers are positive|", "worse"},
		"not sure":      {treeCase{}, known, ": 7 of 60 teams use it, 60 % of answers are positive, |not sure yet|", "unknown"},
		"use unknown":   {treeCase{satisfied: "yes"}, nil, ": 80 % of answers are positive||", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.of.recommend()
			v := s.featureClaim(c.a, &r)
			if got := plain(v.Before + "|" + v.Text + "|" + v.After); got != c.want || v.Class != c.class {
				t.Errorf("got %q (%s), want %q (%s)", got, v.Class, c.want, c.class)
			}
		})
	}
	r := treeCase{satisfied: "yes", adoption: "high", given: true}.recommend()
	given := *known
	given.Given = "default"
	if v := s.featureClaim(&given, &r); !strings.Contains(plain(v.Before), "7 of 60 teams use it (default)") {
		t.Errorf("a default: %q", v.Before)
	}
	if v := useClaim(nil, &decision.Recommendation{}); v != (claimView{}) {
		t.Errorf("nothing is known: %+v", v)
	}
}

func TestTheTitleOfAdoption(t *testing.T) {
	s := emptySite(t)
	s.report.CutOff = time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	weeks := func(shares ...float64) *metric.Series {
		out := &metric.Series{}
		for i, v := range shares {
			at := s.report.CutOff.AddDate(0, 0, 7*(i-len(shares)))
			out.Points = append(out.Points, metric.Point{At: at, Figure: metric.Figure{Value: metric.Of(v)}})
		}
		return out
	}
	a := adoption.Feature{Known: true, Active: 30, Before: 24, Eligible: 60}
	launched := a
	launched.Launch = []adoption.Checkpoint{
		{Weeks: 4, At: "2024-05-20", Share: metric.Of(0.4), Predicted: metric.Of(0.7)},
		{Weeks: 8, At: "2024-06-17", Predicted: metric.Of(0.7)},
	}
	for name, c := range map[string]struct {
		a      adoption.Feature
		series *metric.Series
		want   string
	}{
		"rising":        {a, weeks(0.3, 0.4, 0.45, 0.5), "Adoption was 50 % on 3 Nov 2024, 40 % four weeks before"},
		"steady":        {a, weeks(0.3, 0.5, 0.5, 0.5, 0.5), "Adoption has been 50 % since the week of 7 Oct 2024"},
		"too short":     {a, weeks(0.3, 0.5, 0.5, 0.5), "Adoption was 50 % on 3 Nov 2024, 40 % four weeks before"},
		"no series":     {a, nil, "Adoption was 50 % on 3 Nov 2024, 40 % four weeks before"},
		"a prediction":  {launched, weeks(0.5), "Adoption was 40 % on 20 May 2024; 70 % was predicted for it"},
		"nothing moved": {adoption.Feature{Active: 30, Before: 30, Eligible: 60}, weeks(0.5), "Adoption was 50 % on 3 Nov 2024"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := plain(s.useTitle(&c.a, c.series)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheTitleOfAnEffect(t *testing.T) {
	for v, want := range map[impact.Verdict]string{
		impact.Improved:           "Lead time was about 25 % shorter once a team began to use it",
		impact.NoMeaningfulEffect: "Lead time was about the same once a team began to use it",
		impact.CannotAttribute:    "Lead time was about 25 % shorter once a team began, not surely because of it",
		impact.Insufficient:       "Effect on lead time: nobody can tell yet",
	} {
		t.Run(string(v), func(t *testing.T) {
			e := effectOf("x", v, -0.35, -0.25, -0.13)
			if got := plain(effectTitle(&e)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if c := effectChart(&e); c == nil || len(c.Periods) != 5 || c.Periods[1].Value != nil || c.Periods[4].N != 40 {
				t.Errorf("the chart has not all periods: %+v", c)
			}
		})
	}
	worse := effectOf("x", impact.Worse, 0.1, 0.2, 0.3)
	if got := plain(effectTitle(&worse)); got != "Lead time was about 20 % longer once a team began to use it" {
		t.Errorf("worse: %q", got)
	}
	if effectChart(nil) != nil || effectChart(&compute.Effect{}) != nil {
		t.Error("a chart of nothing")
	}
}

// Features are grouped by what they wait for.
func TestTheGroupOfAFeature(t *testing.T) {
	sure := treeCase{satisfied: "yes", adoption: "high", effect: "improved"}.recommend()
	flat := treeCase{satisfied: "yes", adoption: "high", effect: "none"}.recommend()
	open := treeCase{satisfied: "yes"}.recommend()
	decided, expired, stale := sure, sure, sure
	decided.Decision = decision.Decided{State: decision.Postponed, Recommended: "make default"}
	expired.Decision = decision.Decided{State: decision.Postponed, Recommended: "make default", Expired: true}
	stale.Decision = decision.Decided{State: decision.Accepted, Recommended: "deprecate"}
	for name, c := range map[string]struct {
		r     *decision.Recommendation
		draft bool
		want  int
		tag   string
	}{
		"recommended":        {&sure, false, toDecide, "Recommended"},
		"a flat result":      {&flat, false, toFindOut, "Find out"},
		"open":               {&open, false, toFindOut, "Find out"},
		"decided":            {&decided, false, decidedGroup, "Postponed"},
		"past its deadline":  {&expired, false, toDecide, "Recommended"},
		"decided of another": {&stale, false, toDecide, "Recommended"},
		"draft":              {&sure, true, notJudged, "Recommended"},
	} {
		t.Run(name, func(t *testing.T) {
			f := fact.Feature{Item: fact.Item{Draft: c.draft}}
			if got := groupOf(&f, c.r); got != c.want {
				t.Errorf("group %d, want %d", got, c.want)
			}
			if got := adviceTag(c.r); got.Word != c.tag {
				t.Errorf("tag %q, want %q", got.Word, c.tag)
			}
			// A question is never recommended.
			if a := emptySite(t).newAdvice(c.r); isQuestion(c.r.Verdict) && a.Head == "Recommended" {
				t.Errorf("%s: %s", a.Head, a.Short)
			}
		})
	}
	if groupOf(&fact.Feature{}, nil) != notJudged {
		t.Error("a feature without a recommendation is judged")
	}
}

// The pages of features read "not recorded"; the team's list has the rest.
func TestTodosOfAFeature(t *testing.T) {
	c := conceptContent(t)
	r, c, ev := concept(t, c)
	s, err := newSite(options, r, c, ev)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range s.todos() {
		if strings.HasPrefix(e.Name.Title, "Custom Helm") || e.Name.Title == "Buildpacks" {
			got = append(got, e.Name.Title+" | "+e.File+" | "+e.Note)
		}
	}
	want := []string{
		"Custom Helm Charts | features/custom-helm-charts.md | predicted in [adoption]: the share of units that you expect to use it",
		`Custom Helm Charts | research/ | a job to be done, a file with kind = "job" and features = ["custom-helm-charts"]`,
		`Custom Helm Charts | roadmap/ | features = ["custom-helm-charts"] in the initiative that built it`,
		`Custom Helm Charts | tickets/themes.toml | feature = "custom-helm-charts" in the theme that is about it`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	says(t, "charts", tree(t, options, r, c, ev)["features/custom-helm-charts/index.html"], "not recorded", "!set predicted", "!themes.toml")
}

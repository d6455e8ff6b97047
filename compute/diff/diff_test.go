package diff

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
)

var today = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

func date(month time.Month, day int) time.Time {
	return time.Date(2024, month, day, 0, 0, 0, 0, time.UTC)
}

func of(v float64) *float64 { return &v }

// plan is an example: two initiatives that tie, one overridden, and a refused one.
func plan() fact.Content {
	rice := func(reach, impact, effort float64) *fact.RICE {
		return &fact.RICE{
			Reach: of(reach), Impact: &fact.Level{Number: impact}, Confidence: &fact.Level{Number: 90}, Effort: of(effort),
			EffortRange: &fact.Range{Lo: effort / 1.5, Hi: effort * 1.5}, EffortBecause: "counted",
		}
	}
	initiative := func(id string, r *fact.RICE) fact.Initiative {
		return fact.Initiative{Item: fact.Item{ID: id, Title: strings.ToUpper(id), Origin: fact.Origin{File: "roadmap/" + id + ".md", Line: 1}}, Status: fact.Approved, Rice: r}
	}
	deploy, theme, last := initiative("deploy", rice(200, 3, 3)), initiative("theme", rice(222, 1, 1)), initiative("last", rice(10, 1, 4))
	deploy.Override = &fact.Override{Priority: 1, Reason: "highest impact", By: "product manager"}
	flags := initiative("flags", nil)
	flags.Status, flags.Reason = fact.WontBuild, "no problem solved"
	return fact.Content{
		Initiatives: []fact.Initiative{deploy, flags, last, theme},
		Features:    []fact.Feature{{Item: fact.Item{ID: "helm", Title: "Helm", Origin: fact.Origin{File: "features/helm.md", Line: 1}}, Successor: "packs"}},
	}
}

// side decides content without any measured data but what edit adds.
func side(c fact.Content) Side {
	m := compute.Measured{Version: 1, AsOf: today, CutOff: date(11, 4)}
	return Side{Content: c, Report: compute.Decide(compute.DefaultOptions(), c, m)}
}

// compared edits the head and returns the changes.
func compared(t *testing.T, edit func(*fact.Content)) []Change {
	t.Helper()
	head := plan()
	edit(&head)
	d := Compare(Input{Base: side(plan()), Head: side(head), BaseName: "main", Root: "site"})
	if d.Version != Version || d.Base != "main" {
		t.Errorf("%+v", d)
	}
	return d.Changes
}

// told is each change in a few words.
func told(list []Change) []string {
	out := []string{}
	for i := range list {
		x := &list[i]
		text := string(x.Kind) + " " + x.Subject.ID + x.What
		if x.Setting != nil {
			text += " " + x.Setting.Key
		}
		if x.Input != nil && len(x.Input.Keys) > 0 {
			text += " " + strings.Join(x.Input.Keys, " ")
		}
		if x.Item != nil {
			text += " " + x.Item.Change
		}
		if x.Failed {
			text += " failed"
		}
		out = append(out, text)
	}
	return out
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*fact.Content)
		want []string
	}{
		{"nothing", func(*fact.Content) {}, nil},
		{"prose and lines", func(c *fact.Content) {
			c.Initiatives[0].Body, c.Initiatives[0].Line = "other words", 7
		}, nil},
		{"a number", func(c *fact.Content) { c.Initiatives[0].Rice.Effort = of(2) }, []string{"rank deploy"}},
		{"a number that was approved", func(c *fact.Content) {
			c.Initiatives[2].Rice.Effort = of(5)
		}, []string{"rank last"}},
		{"a range only", func(c *fact.Content) { c.Initiatives[0].Rice.EffortRange.Hi = 9 }, []string{"rank deploy"}},
		{"an override goes", func(c *fact.Content) { c.Initiatives[0].Override = nil }, []string{"override deploy", "displaced theme", "displaced deploy"}},
		{"an override without a reason", func(c *fact.Content) {
			c.Initiatives[2].Override = &fact.Override{Priority: 1}
			c.Initiatives[1].Reason = "other"
		}, []string{"override last", "refusal flags"}},
		{"a refusal is reversed", func(c *fact.Content) { c.Initiatives[1].Status = fact.Idea }, []string{"refusal flags"}},
		{"a refusal comes", func(c *fact.Content) {
			c.Initiatives[3].Status, c.Initiatives[3].Reason = fact.WontBuild, "no"
		}, []string{"refusal theme", "rank theme", "displaced deploy", "displaced last"}},
		{"a refusal is looked at later", func(c *fact.Content) { c.Initiatives[1].Revisit = today }, []string{"refusal flags"}},
		{"renamed", func(c *fact.Content) {
			c.Initiatives[2].ID, c.Initiatives[2].Formerly = "latest", []string{"last"}
		}, []string{"item latest renamed"}},
		{"removed", func(c *fact.Content) { c.Initiatives = c.Initiatives[:3] }, []string{"rank theme", "displaced deploy", "displaced last", "item theme removed"}},
		{"a draft is not there", func(c *fact.Content) {
			c.Initiatives = append(c.Initiatives, fact.Initiative{Item: fact.Item{ID: "new", Draft: true}})
		}, nil},
		{"dates", func(c *fact.Content) {
			c.Initiatives[0].Phases = []fact.Phase{{Name: "alpha", Start: date(12, 2), Weeks: 2}}
			c.Activities = []fact.Activity{{ID: "survey", Title: "Survey", Start: date(12, 2), Weeks: 1}}
		}, []string{"dates survey", "dates deploy"}},
		{"decisions", func(c *fact.Content) {
			c.Decisions = []fact.Decision{{Item: fact.Item{ID: "d"}, Feature: "helm", Decision: "accept", Recommended: "deprecate"}}
		}, []string{"decision d"}},
		{"a feature's thresholds", func(c *fact.Content) { c.Features[0].Decision.Satisfied = of(50) }, []string{"threshold helm decision.satisfied"}},
		{"what only Measure reads", func(c *fact.Content) {
			c.Teams = []fact.Team{{ID: "a"}}
			c.Features[0].Labels = []string{"Helm"}
			c.Surveys = []fact.Survey{{Origin: fact.Origin{File: "surveys/may.toml"}}}
		}, []string{"evidence ", "nightly site/surveys/may.toml", "nightly site/teams.toml", "nightly helmsite/features/helm.md"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := told(compared(t, c.edit))
			if !slices.Equal(got, append([]string{}, c.want...)) {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		})
	}
}

func TestRank(t *testing.T) {
	list := compared(t, func(c *fact.Content) {
		in := &c.Initiatives[0]
		in.Rice.Effort, in.Rice.EffortRange, in.Rice.EffortBecause = of(2), &fact.Range{Lo: 1.3, Hi: 3}, ""
		in.Lines = fact.Lines{"rice.effort": 17}
	})
	if len(list) != 1 {
		t.Fatalf("%q", told(list))
	}
	x := list[0]
	r := x.Rank
	if x.File != "site/roadmap/deploy.md" || x.Line != 17 {
		t.Errorf("at %s:%d", x.File, x.Line)
	}
	if r.Before.Score != 180 || r.After.Score != 270 || r.Before.Computed != 2 || r.After.Computed != 1 || r.After.Published != 1 {
		t.Errorf("%+v → %+v", r.Before, r.After)
	}
	if len(r.Inputs) != 1 || r.Inputs[0].Name != "effort" || r.Inputs[0].Because || r.Inputs[0].After.Lo != 1.3 || r.Inputs[0].Unit != "weeks" {
		t.Errorf("%+v", r.Inputs)
	}
	if len(r.Against) != 1 || r.Against[0].ID != "theme" || *r.Against[0].After <= *r.Against[0].Before {
		t.Errorf("%+v", r.Against)
	}
}

func TestPrediction(t *testing.T) {
	base, head := plan(), plan()
	for _, c := range []*fact.Content{&base, &head} {
		c.Initiatives[0].Rice.Approved = date(10, 7)
	}
	head.Initiatives[0].Rice.Effort = of(2)
	d := Compare(Input{Base: side(base), Head: side(head)})
	i := slices.IndexFunc(d.Changes, func(x Change) bool { return x.Kind == Predicted })
	if i < 0 || d.Changes[i].Prediction.Effort != (Pair{3, 2}) {
		t.Fatalf("%q", told(d.Changes))
	}
	head.Initiatives[0].Rice.Approved = date(11, 1)
	d = Compare(Input{Base: side(base), Head: side(head)})
	i = slices.IndexFunc(d.Changes, func(x Change) bool { return x.Kind == Predicted })
	if i < 0 || !d.Changes[i].Prediction.Approved.Equal(date(10, 7)) || !d.Changes[i].Prediction.Now.Equal(date(11, 1)) {
		t.Errorf("another day of approval renews no prediction: %q", told(d.Changes))
	}
}

func TestGates(t *testing.T) {
	phases := func(override *fact.GateOverride, started bool, met time.Time) []fact.Phase {
		beta := fact.Phase{Name: "beta", Status: "planned"}
		if started {
			beta.Status = "active"
		}
		return []fact.Phase{{Name: "alpha", Criteria: []fact.Criterion{{Text: "works", Met: met}, {Measure: "uptime", AtLeast: of(80)}}, Override: override}, beta}
	}
	base := plan()
	base.Initiatives[0].Phases = phases(nil, false, time.Time{})
	for _, c := range []struct {
		name    string
		phases  []fact.Phase
		missing string
		unmet   int
		failed  bool
	}{
		{"without anything", phases(nil, true, time.Time{}), "", 2, true},
		{"nothing measured is at hand", phases(nil, true, time.Time{}), "no site", 1, true},
		{"only measures, nothing at hand", phases(nil, true, date(11, 1)), "no site", 0, false},
		{"with a reason", phases(&fact.GateOverride{Reason: "the customer waits", By: "product manager"}, true, time.Time{}), "", 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := plan()
			head.Initiatives[0].Phases = c.phases
			d := Compare(Input{Base: side(base), Head: side(head), Missing: c.missing})
			i := slices.IndexFunc(d.Changes, func(x Change) bool { return x.Kind == Gated })
			if i != 0 {
				t.Errorf("%s: %q", c.name, told(d.Changes))
				return
			}
			g := d.Changes[i]
			if g.Failed != c.failed || len(g.Gate.Unmet) != c.unmet || g.Gate.Entered != "beta" || len(d.Failed()) > 0 != c.failed {
				t.Errorf("%s: failed %v, %+v", c.name, g.Failed, g.Gate)
			}
		})
	}
	if d := Compare(Input{Base: side(base), Head: side(base)}); len(d.Changes) > 0 {
		t.Errorf("nothing moved: %q", told(d.Changes))
	}
	removed := plan()
	removed.Initiatives[0].Phases = phases(nil, true, time.Time{})
	before := plan()
	before.Initiatives[0].Phases = phases(&fact.GateOverride{Reason: "the customer waits"}, true, time.Time{})
	if d := Compare(Input{Base: side(before), Head: side(removed)}); len(d.Failed()) != 1 {
		t.Errorf("a reason that is taken away: %q", told(d.Changes))
	}
}

// recommended is a side with a recommendation from the figures given.
func recommended(c fact.Content, in decision.Input) Side {
	s := side(c)
	in.Feature, in.Title, in.AsOf = "helm", "Helm", today
	s.Report.Recommendations = []decision.Recommendation{decision.Recommend(in)}
	return s
}

func TestVerdict(t *testing.T) {
	figures := decision.Input{
		Satisfaction: decision.Estimate{Figure: metric.Figure{Value: of(0.3), Lo: of(0.2), Hi: of(0.4)}, N: 60},
		Adoption:     decision.Adoption{Known: true, Unit: "team", Active: 7, Eligible: 60, Week: date(11, 4)},
		Delivery:     decision.Effect{Outcome: "dora.lead_time", Better: metric.Down},
		Thresholds:   decision.Defaults(), Available: decision.Availability{At: today.AddDate(-1, 0, 0)},
		Answers: decision.Answers{Sent: today.AddDate(0, -1, 0), Teams: 20},
	}
	with := figures
	with.Successor, with.SuccessorTitle = "packs", "Buildpacks"
	content := plan()
	content.Features[0].Successor = ""
	d := Compare(Input{Base: recommended(content, figures), Head: recommended(plan(), with)})
	if len(d.Changes) != 1 {
		t.Fatalf("%q", told(d.Changes))
	}
	v := d.Changes[0].Verdict
	want := Verdict{
		Before: Advice{Verdict: decision.Pivot, Strength: decision.Recommended, Holds: true},
		After:  Advice{Verdict: decision.Deprecate, Strength: decision.Recommended, Holds: true, Successor: "Buildpacks"},
	}
	if diff := cmp.Diff([]Advice{want.Before, want.After}, []Advice{v.Before, v.After}); diff != "" {
		t.Error(diff)
	}
	if len(v.Causes) != 1 || v.Causes[0].Key != "successor" || v.Causes[0].After != "packs" {
		t.Errorf("%+v", v.Causes)
	}
	last := v.Steps[len(v.Steps)-1]
	if last.Ask != decision.AskSuccessor || last.Before != decision.False || last.After != decision.True {
		t.Errorf("%+v", v.Steps)
	}
	if d := Compare(Input{Base: recommended(content, figures), Head: recommended(plan(), with), Missing: "none"}); d.Has(Verdicts) {
		t.Error("recommendations are compared without measured data")
	}
}

func TestFindings(t *testing.T) {
	base, head := side(plan()), side(plan())
	same := Finding{File: "a.md", Line: 3, Level: "warning", Rule: "late", Text: "7 days late"}
	moved := same
	moved.Line = 9
	old := Finding{File: "c.md", Level: "error", Text: "broken before"}
	base.Findings = []Finding{same, {File: "b.md", Line: 1, Level: "note", Rule: "because", Text: "no reason"}, old}
	head.Findings = []Finding{
		{File: "a.md", Line: 2, Level: "note", Text: "a note"}, moved, moved, old, {File: "z.md", Line: 4, Level: "error", Text: "unknown key"},
	}
	d := Compare(Input{Base: base, Head: head})
	if got := told(d.Changes); !slices.Equal(got, []string{"broken  failed", "finding ", "finding ", "mended "}) {
		t.Errorf("%q", got)
	}
	if d.Changes[0].File != "z.md" || d.Changes[1].Finding.Level != "warning" || d.Changes[3].Line != 0 || d.Old != 1 {
		t.Errorf("%+v", d.Changes)
	}
}

func TestSettings(t *testing.T) {
	base, head := side(plan()), side(plan())
	key := func(key, value string, nightly bool) ConfigKey {
		return ConfigKey{Key: key, Value: value, Sum: value, File: "config.toml", Line: 4, Nightly: nightly}
	}
	base.Settings = []ConfigKey{key("decision.satisfied", "60", false), key("dora.window_hours", "24", true), key("rice.impact.low", "1", false)}
	hidden := ConfigKey{Key: "git", Sum: "other", File: "config.toml", Nightly: true}
	head.Settings = []ConfigKey{key("decision.satisfied", "75", false), key("dora.window_hours", "12", true), hidden}
	d := Compare(Input{Base: base, Head: head})
	if got := told(d.Changes); !slices.Equal(got, []string{"threshold  rice.impact.low", "threshold  decision.satisfied", "nightly config.toml dora.window_hours git"}) {
		t.Errorf("%q", got)
	}
	if s := d.Changes[1].Setting; s.Before != "60" || s.After != "75" {
		t.Errorf("%+v", s)
	}
}

func TestFirstContent(t *testing.T) {
	d := Compare(Input{Base: Side{Empty: true, Report: side(fact.Content{}).Report}, Head: side(plan())})
	if !d.First || len(d.Changes) > 0 {
		t.Errorf("%q", told(d.Changes))
	}
}

// A published site says the same about ranks as the content it was made from.
func TestPublished(t *testing.T) {
	head := plan()
	head.Initiatives[0].Rice.Effort = of(2)
	head.Initiatives[1].Status = fact.Idea
	published := side(plan()).Report
	data, err := json.Marshal(published)
	if err != nil {
		t.Fatal(err)
	}
	var back compute.Report
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	site := Compare(Input{Base: Published(back, published.Measured), Head: side(head)})
	files := Compare(Input{Base: side(plan()), Head: side(head)})
	if diff := cmp.Diff(files, site); diff != "" {
		t.Error(diff)
	}
}

func TestCompareIsDeterministic(t *testing.T) {
	edit := func(c *fact.Content) {
		c.Initiatives[0].Rice.Effort = of(2)
		c.Initiatives = c.Initiatives[:3]
		c.Features = nil
	}
	first := compared(t, edit)
	for range 20 {
		if !reflect.DeepEqual(first, compared(t, edit)) {
			t.Fatal("two comparisons differ")
		}
	}
}

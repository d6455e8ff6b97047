package diff

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// platform is plan with everything that a warning can be about.
func platform() fact.Content {
	c := plan()
	deploy, theme := &c.Initiatives[0], &c.Initiatives[3]
	deploy.Rice.Approved = date(10, 7)
	deploy.Features = []string{"helm"}
	deploy.Phases = []fact.Phase{
		{Name: "alpha", Status: "active", Criteria: []fact.Criterion{{Text: "works", Met: date(11, 1)}, {Text: "fast"}}},
		{Name: "beta", Status: "planned", Criteria: []fact.Criterion{{Text: "documented"}}},
	}
	theme.Status = fact.Idea
	c.Features[0].Adoption = fact.Adoption{Unit: "team", Source: "list", Uses: []fact.ListedUse{{Unit: "a"}}}
	c.Features = append(c.Features, fact.Feature{
		Item:     fact.Item{ID: "packs", Title: "Buildpacks", Origin: fact.Origin{File: "features/packs.md", Line: 1}},
		Adoption: fact.Adoption{Source: "usage"},
	})
	c.Decisions = []fact.Decision{{
		Item:    fact.Item{ID: "d", Title: "Away with Helm", Origin: fact.Origin{File: "decisions/d.md", Line: 1}},
		Feature: "helm", Recommended: "deprecate", Decision: "accept", On: date(11, 1), Deadline: date(12, 31),
	}}
	c.Research = []fact.Research{{Item: fact.Item{ID: "talk", Title: "A talk"}, Kind: fact.Interview, Date: date(11, 1)}}
	return c
}

// TestWarnings edits content on which people rely, and holds the kinds and the warnings of the
// changes that Decide shows; "!" marks a warning.
func TestWarnings(t *testing.T) {
	deploy := func(c *fact.Content) *fact.Initiative { return &c.Initiatives[0] }
	for _, c := range []struct {
		name string
		edit func(*fact.Content)
		want []string
	}{
		{"nothing", func(*fact.Content) {}, nil},
		{"a point inside its range", func(c *fact.Content) {
			deploy(c).Rice.Effort = of(2.8)
		}, []string{"prediction deploy !", "rank deploy"}},
		{"a range without its point", func(c *fact.Content) {
			deploy(c).Rice.EffortRange = &fact.Range{Lo: 2, Hi: 9}
		}, []string{"prediction deploy !", "rank deploy"}},
		{"another reason", func(c *fact.Content) { deploy(c).Rice.EffortBecause = "guessed" }, nil},
		{"another day of approval", func(c *fact.Content) { deploy(c).Rice.Approved = date(11, 8) }, []string{"prediction deploy !"}},
		{"no approval", func(c *fact.Content) { deploy(c).Rice.Approved = time.Time{} }, []string{"prediction deploy !"}},
		{"an override that expires", func(c *fact.Content) {
			deploy(c).Override.Until = today
		}, []string{"override deploy !", "displaced theme", "displaced deploy"}},
		{"an override with an end", func(c *fact.Content) { deploy(c).Override.Until = date(12, 1) }, []string{"override deploy"}},
		{"an override without a reason", func(c *fact.Content) {
			deploy(c).Override.Reason = ""
		}, []string{"override deploy !", "displaced theme", "displaced deploy"}},
		{"reopened without a reason", func(c *fact.Content) { c.Initiatives[1].Status = fact.Idea }, []string{"refusal flags !"}},
		{"reopened with the old reason gone", func(c *fact.Content) {
			c.Initiatives[1].Status, c.Initiatives[1].Reason = fact.Idea, ""
		}, []string{"refusal flags !"}},
		{"reopened with a reason", func(c *fact.Content) {
			c.Initiatives[1].Status, c.Initiatives[1].Reason = fact.Idea, "a customer pays"
		}, []string{"refusal flags"}},
		{"reopened with research", func(c *fact.Content) {
			c.Initiatives[1].Status, c.Initiatives[1].Research = fact.Idea, []string{"talk"}
		}, []string{"refusal flags", "evidence flags"}},
		{"a decision goes", func(c *fact.Content) { c.Decisions = nil }, []string{"decision d !"}},
		{"a deadline moves", func(c *fact.Content) { c.Decisions[0].Deadline = date(11, 30) }, []string{"decision d !"}},
		{"a reason of a decision", func(c *fact.Content) { c.Decisions[0].Reason = "other" }, []string{"decision d"}},
		{"a feature goes", func(c *fact.Content) { c.Features = c.Features[1:] }, []string{"item helm removed !"}},
		{"a feature becomes a draft", func(c *fact.Content) { c.Features[0].Draft = true }, []string{"item helm drafted !"}},
		{"a list becomes empty", func(c *fact.Content) {
			c.Features[0].Adoption.Uses = nil
		}, []string{"threshold helm adoption.source !"}},
		{"a limit after the phase began", func(c *fact.Content) {
			deploy(c).Phases[0].Criteria = deploy(c).Phases[0].Criteria[:1]
		}, []string{"criteria deploy !"}},
		{"a criterion before its phase began", func(c *fact.Content) {
			deploy(c).Phases[1].Criteria = nil
		}, []string{"criteria deploy"}},
		{"met", func(c *fact.Content) { deploy(c).Phases[0].Criteria[1].Met = date(11, 8) }, []string{"criteria deploy"}},
		{"met in the future", func(c *fact.Content) {
			deploy(c).Phases[0].Criteria[1].Met = date(12, 8)
		}, []string{"criteria deploy !"}},
		{"not met any more", func(c *fact.Content) {
			deploy(c).Phases[0].Criteria[0].Met = time.Time{}
		}, []string{"criteria deploy !"}},
		{"a status that leaves the ranking", func(c *fact.Content) {
			c.Initiatives[3].Status = fact.Done
		}, []string{"rank theme", "displaced deploy", "displaced last", "status theme"}},
		{"a status within it", func(c *fact.Content) { c.Initiatives[3].Status = fact.Approved }, []string{"status theme"}},
		{"another ID, and the former one", func(c *fact.Content) {
			c.Features[1].ID, c.Features[1].Formerly, c.Features[0].Successor = "buildpacks", []string{"packs"}, "buildpacks"
		}, []string{"item buildpacks renamed"}},
		{"another ID only", func(c *fact.Content) { c.Features[1].ID = "buildpacks" }, []string{"item buildpacks renamed !"}},
		{"another ID of an initiative", func(c *fact.Content) { c.Initiatives[2].ID = "latest" }, []string{"item latest renamed"}},
		{"another title", func(c *fact.Content) { c.Features[1].Title = "Image builds" }, []string{"item packs renamed"}},
		{"two swap their IDs", func(c *fact.Content) {
			c.Features[0].ID, c.Features[1].ID = "packs", "helm"
		}, []string{"item helm renamed !", "item packs renamed !"}},
		{"a draft that is none any more", func(c *fact.Content) { c.Initiatives[2].Draft = true }, []string{"rank last", "item last drafted"}},
		{"a phase with another name", func(c *fact.Content) { deploy(c).Phases[0].Name = "pilot" }, []string{"dates deploy"}},
		{"a decision that is taken back", func(c *fact.Content) { c.Decisions[0].Decision = "reject" }, []string{"decision d !"}},
		{"a research more", func(c *fact.Content) { c.Initiatives[3].Research = []string{"talk"} }, []string{"rank theme", "evidence theme"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := platform()
			c.edit(&head)
			d := Compare(Input{Base: side(platform()), Head: side(head), Root: "site"})
			d.Changes = slices.DeleteFunc(d.Changes, func(x Change) bool { return x.Kind == Nightly })
			got := told(d.Changes)
			for i := range got {
				if d.Changes[i].Warn {
					got[i] += " !"
				}
			}
			sorted := slices.Sorted(slices.Values(got))
			if diff := cmp.Diff(slices.Sorted(slices.Values(c.want)), sorted); diff != "" {
				t.Errorf("%s (want −, got +)\n%s", c.name, diff)
			}
			warned := slices.IndexFunc(got, func(text string) bool { return !strings.HasSuffix(text, "!") })
			for i := max(warned, 0); i < len(got) && warned >= 0; i++ {
				if strings.HasSuffix(got[i], "!") {
					t.Errorf("a warning is not first: %q", got)
				}
			}
		})
	}
}

// TestOverrideAgrees asks to remove an override only if score and chances agree.
func TestOverrideAgrees(t *testing.T) {
	for _, c := range []struct {
		name   string
		effort float64
		edit   func(*fact.Content)
		want   *Redundant
	}{
		{"a close call", 2, func(*fact.Content) {}, &Redundant{Close: []string{"THEME"}}},
		{"clear", 0.5, func(*fact.Content) {}, &Redundant{}},
		{"against the score", 3.5, func(*fact.Content) {}, nil},
		{"only because of another override", 0.5, func(c *fact.Content) {
			c.Initiatives[2].Override = &fact.Override{Priority: 1, Reason: "promised"}
			c.Initiatives[0].Override.Priority = 1
		}, &Redundant{Without: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, head := plan(), plan()
			c.edit(&base)
			c.edit(&head)
			head.Initiatives[0].Rice.Effort = of(c.effort)
			head.Initiatives[0].Rice.EffortRange = &fact.Range{Lo: c.effort / 1.5, Hi: c.effort * 1.5}
			d := Compare(Input{Base: side(base), Head: side(head)})
			i := slices.IndexFunc(d.Changes, func(x Change) bool { return x.Kind == Ranked && x.Subject.ID == "deploy" })
			if i < 0 {
				t.Fatalf("%q", told(d.Changes))
			}
			if diff := cmp.Diff(c.want, d.Changes[i].Rank.Override); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRemovedFeature(t *testing.T) {
	base, head := side(platform()), side(platform())
	head.Content.Features = head.Content.Features[1:]
	d := Compare(Input{Base: base, Head: head, Root: "site"})
	it := d.Changes[0].Item
	want := []Subject{{"initiative", "deploy", "DEPLOY"}, {"decision", "d", "Away with Helm"}}
	if diff := cmp.Diff(want, it.Refers); diff != "" || it.Advice == nil {
		t.Errorf("%+v\n%s", it, diff)
	}
}

func TestWeakerGoals(t *testing.T) {
	goal := func(value float64, by time.Time) *goals.Standing {
		return &goals.Standing{Metric: "space.nps", Target: metric.Target{Op: metric.Up, Value: value}, By: by}
	}
	for _, c := range []struct {
		name          string
		before, after *goals.Standing
		want          bool
	}{
		{"lower", goal(40, date(12, 31)), goal(30, date(12, 31)), true},
		{"later", goal(40, date(12, 31)), goal(40, today.AddDate(1, 0, 0)), true},
		{"removed", goal(40, date(12, 31)), nil, true},
		{"higher", goal(40, date(12, 31)), goal(50, date(12, 31)), false},
		{"new", nil, goal(40, date(12, 31)), false},
		{"before its quarter", goal(40, today.AddDate(0, 6, 0)), goal(30, today.AddDate(0, 6, 0)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, head := side(plan()), side(plan())
			if c.before != nil {
				base.Report.Goals = []goals.Standing{*c.before}
			}
			if c.after != nil {
				head.Report.Goals = []goals.Standing{*c.after}
			}
			d := Compare(Input{Base: base, Head: head})
			if len(d.Changes) != 1 || d.Changes[0].Warn != c.want || d.Changes[0].Goal.Began.IsZero() == c.want {
				t.Errorf("%+v", d.Changes)
			}
		})
	}
}

func TestMark(t *testing.T) {
	d := Diff{Changes: []Change{{File: "a", Line: 4}, {File: "a", Line: 9}, {File: "b", Line: 1}, {}}}
	if diff := cmp.Diff([]string{"a", "b"}, d.Files()); diff != "" {
		t.Error(diff)
	}
	d.Mark(map[string][]int{"a": {3, 4}})
	got := []int{}
	for i := range d.Changes {
		got = append(got, d.Changes[i].Touched)
	}
	if diff := cmp.Diff([]int{4, 3, 0, 0}, got); diff != "" || !d.Tracked {
		t.Error(diff)
	}
}

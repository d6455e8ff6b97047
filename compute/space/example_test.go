package space

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/privacy"
)

// The current four weeks are 7 October to 3 November 2024.
var asOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

func calendar() org.Calendar { return org.Calendar{AsOf: asOf, MaturityDays: 7} }

func resolve(t testing.TB, c fact.Content, e fact.Events) *org.Organisation {
	t.Helper()
	o, err := org.Resolve(org.Options{Calendar: calendar()}, c, e)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// input wires what package compute wires: the published partition, as plain data.
func input(c fact.Content, e fact.Events) (Input, privacy.Publication) {
	answers := make([]privacy.Answer, len(e.Answers))
	rounds := ListRounds(c, e.Answers, asOf, nil)
	for i := range rounds {
		for _, k := range rounds[i].Answers {
			a := &e.Answers[k]
			answers[k] = privacy.Answer{Wave: rounds[i].Survey.ID, Name: a.Team, Class: Classify(a)}
		}
	}
	pub := privacy.Publish(c, ListClosedWaves(rounds), answers)
	in := Input{Answers: e.Answers, Rounds: rounds, PartOf: pub.PartOf, Tasks: e.Tasks, Coverage: e.Coverage, Gaps: e.Gaps}
	for _, w := range pub.Partitions {
		for _, p := range w.Parts {
			in.Parts = append(in.Parts, WavePart{Wave: w.Wave, ID: p.ID, Title: p.Title, Comparable: p.Comparable, Since: w.Since})
		}
	}
	return in, pub
}

// audit solves what a result publishes by group.
func audit(r *Result, pub *privacy.Publication) error {
	var tables []privacy.Table
	for i := range r.Waves {
		w := &r.Waves[i]
		if w.Score == nil {
			continue
		}
		var ids []string
		for _, p := range w.Parts {
			ids = append(ids, p.ID)
		}
		tables = append(tables, pub.Table(w.ID, ids...))
	}
	for i := range r.Section.Metrics {
		mt := &r.Section.Metrics[i]
		if mt.ID == NPS && mt.Scope.Kind == metric.Group && mt.Was != nil {
			latest := r.Wave(r.Latest)
			tables = append(tables, pub.Changes(latest.ID, findPrevious(r.Waves, latest, hasScore).ID, mt.Scope.ID))
		}
	}
	return privacy.Audit(pub.Counts, tables...)
}

func example(t testing.TB) (fact.Content, fact.Events) {
	t.Helper()
	c, problems := content.Read(os.DirFS("../../site"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o := demo.ExampleOptions(c.Teams)
	o.Targets, o.Level.PerDay = nil, .02 // what people answer does not depend on deliveries
	e, err := demo.GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, e
}

func percent(v float64) int { return int(math.Round(100 * v)) }

// The numbers that the concept promises, from the answers behind them.
func TestExample(t *testing.T) {
	c, e := example(t)
	in, pub := input(c, e)
	opt := Defaults()
	opt.Developers = 250
	r := Measure(opt, resolve(t, c, e), c, in)
	r.FillDimensions(r.Section.Metrics)
	if err := audit(&r, &pub); err != nil {
		t.Error(err)
	}
	if len(r.Waves) != 2 || r.Latest != "2024-10" || len(r.LeftOut) > 0 {
		t.Fatalf("%d waves, the latest %q; left out %v", len(r.Waves), r.Latest, r.LeftOut)
	}
	w := r.Wave("2024-10")
	if w.Answered != 180 || w.Population != 250 || len(w.LeftOut) > 0 {
		t.Errorf("%d of %d answered; left out %v", w.Answered, w.Population, w.LeftOut)
	}
	nps := r.Section.Find(NPS, organisation)
	if math.Round(*nps.Value) != 42 || math.Round(*nps.Was.Value) != 34 || *nps.Lo > 39 || *nps.Hi < 45 || *nps.Hi-*nps.Lo > 15 {
		t.Errorf("NPS %.1f (%.1f–%.1f), was %.1f", *nps.Value, *nps.Lo, *nps.Hi, *nps.Was.Value)
	}
	if tr := nps.Trend; tr.Outcome != metric.NotEnoughData || math.Abs(tr.Change-8) > .9 || tr.Arrow() != "" || tr.P < .1 {
		t.Errorf("+8 may be chance: %+v", tr)
	}
	top := func(m *Mentions) string {
		return fmt.Sprintf("%s (%s) %d %%", m.FindTop()[0].Label, m.FindTop()[0].Feature, percent(m.FindTop()[0].Share))
	}
	if got, want := top(w.Loved), "GitOps auto-deploy (gitops) 80 %"; got != want || len(w.Loved.FindTop()) != 1 {
		t.Errorf("loved %s, want %s", got, want)
	}
	if got, want := top(w.Frustrating), "Vault secret rotation (vault) 30 %"; got != want {
		t.Errorf("frustrating %s, want %s", got, want)
	}
	if b := r.Feature("buildpacks"); b.Answered != 75 || b.Positive != 54 || percent(b.Share) != 72 || b.Lo < .6 {
		t.Errorf("Buildpacks %+v", b)
	}
	helm := r.Feature("custom-helm-charts")
	if helm.Answered != 20 || percent(helm.Share) != 30 || len(helm.Reasons) == 0 || helm.Reasons[0] != (Reason{"too complex", 8, .4}) {
		t.Errorf("Helm %+v", helm)
	}
	if len(w.Parts) != 10 {
		t.Errorf("%d groups: %+v", len(w.Parts), w.Parts)
	}
	find := func(id string) *metric.Metric { return r.Section.Find(id, organisation) }
	aimed := ApplyGoals(r.Dimensions, []Goal{
		{NPS, "", metric.Target{Value: 40, Op: metric.Up}},
		{MinutesID("deploy"), "Time to deploy", metric.Target{Value: 300, Op: metric.Down}},
		{MinutesID("onboard-service"), "", metric.Target{Value: 1800, Op: metric.Down}},
	}, find)
	for id, want := range map[string]State{
		NPS: Met, "space.task_minutes.deploy": Met, "space.task_minutes.onboard-service": Met, TaskSuccess: NotTested, ChangesWeek: NotTested,
	} {
		t.Run(id, func(t *testing.T) {
			if got := rowOf(aimed, id); got == nil || got.State != want {
				t.Errorf("%s is %+v, want %s", id, got, want)
			}
		})
	}
	for _, d := range r.Dimensions {
		if d.ID != "activity" && len(d.Items) == 0 {
			t.Errorf("%s has no items", d.ID)
		}
	}
	if len(r.Missing) > 0 {
		t.Error(r.Missing)
	}
}

func rowOf(ds []Dimension, id string) *DimensionMetric {
	for i := range ds {
		for k := range ds[i].Rows {
			if ds[i].Rows[k].Metric == id {
				return &ds[i].Rows[k]
			}
		}
	}
	return nil
}

func TestExampleIsDeterministicAndSurvivesJSON(t *testing.T) {
	c, e := example(t)
	in, _ := input(c, e)
	one := Measure(Defaults(), resolve(t, c, e), c, in)
	b, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(Measure(Defaults(), resolve(t, c, e), c, in))
	if err != nil || string(b) != string(again) {
		t.Errorf("two runs differ: %v", err)
	}
	var back Result
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	one.measurer, one.news = nil, nil
	if diff := cmp.Diff(one, back, cmp.AllowUnexported(Result{})); diff != "" {
		t.Error(diff)
	}
	if back.ListMetricsAt(asOf) != nil {
		t.Error("a result that was read back has no answers to look at again")
	}
}

func TestAt(t *testing.T) {
	c, e := example(t)
	in, _ := input(c, e)
	r := Measure(Defaults(), resolve(t, c, e), c, in)
	r.FillDimensions(r.Section.Metrics)
	value := func(list []metric.Metric, id, feature string) int {
		for i := range list {
			if list[i].ID == id && list[i].Scope.ID == feature && list[i].Value != nil {
				return int(math.Round(*list[i].Value * map[bool]float64{true: 1, false: 100}[id == NPS]))
			}
		}
		return -1
	}
	october, september := r.ListMetricsAt(time.Date(2024, 10, 22, 0, 0, 0, 0, time.UTC)), r.ListMetricsAt(time.Date(2024, 10, 21, 0, 0, 0, 0, time.UTC))
	if a, b := value(october, NPS, ""), value(september, NPS, ""); a != 42 || b != 34 {
		t.Errorf("NPS %d and %d, want 42 and 34", a, b)
	}
	if a, b := value(october, Satisfied, "buildpacks"), value(september, Satisfied, "buildpacks"); a != 72 || b != 70 {
		t.Errorf("Buildpacks %d and %d, want 72 and 70", a, b)
	}
	if got := r.ListMetricsAt(time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC)); got != nil {
		t.Errorf("%d metrics before the first survey", len(got))
	}
}

// BenchmarkMeasure: the example's answers thirty times over, and nothing else.
func BenchmarkMeasure(b *testing.B) {
	c, e := example(b)
	o := resolve(b, c, fact.Events{})
	in, _ := input(c, fact.Events{Answers: slices.Repeat(e.Answers, 30)})
	b.ReportAllocs()
	for b.Loop() {
		Measure(Defaults(), o, c, in)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(in.Answers)), "ns/answer")
}

package space

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func features() []fact.Feature {
	return []fact.Feature{
		{Item: fact.Item{ID: "gitops", Title: "GitOps", Formerly: []string{"argo"}}, Labels: []string{"GitOps auto-deploy", "Continuous delivery"}},
		{Item: fact.Item{ID: "vault", Title: "Vault"}, Labels: []string{"Vault secret rotation", "Continuous delivery"}},
		{Item: fact.Item{ID: "sample", Title: "Sample", Draft: true}},
	}
}

// saying are n answers that love these.
func saying(n int, loved ...string) []fact.Answer {
	out := make([]fact.Answer, n)
	for i := range out {
		out[i] = fact.Answer{Wave: "a", Loved: loved, Reason: "x"}
	}
	return out
}

func TestMentions(t *testing.T) {
	long := strings.Repeat("very ", 30) + "good"
	tests := []struct {
		name    string
		answers [][]fact.Answer
		want    []string // label (feature) n of all
		top     int
		fewer   int
		unknown int
	}{
		{"one name", [][]fact.Answer{saying(6, "gitops  AUTO-deploy"), saying(4)}, []string{"GitOps auto-deploy (gitops) 6 of 10"}, 1, 0, 0},
		{"several names are one feature", [][]fact.Answer{saying(6, "GitOps"), saying(3, "argo")}, []string{"GitOps (gitops) 9 of 9 [GitOps 6]"}, 1, 0, 0},
		{"one mention a respondent", [][]fact.Answer{saying(5, "GitOps", "gitops", "GitOps auto-deploy"), saying(5)}, []string{"GitOps (gitops) 5 of 10 [GitOps 5, GitOps auto-deploy 5]"}, 1, 0, 0},
		{"fewer than five", [][]fact.Answer{saying(4, "GitOps"), saying(9, "Vault")}, []string{"Vault (vault) 9 of 13"}, 1, 1, 0},
		{"nothing reaches five", [][]fact.Answer{saying(4, "GitOps"), saying(2)}, nil, 0, 1, 0},
		{"ties", [][]fact.Answer{saying(6, "Vault", "GitOps"), saying(1, "Lunch")}, []string{"GitOps (gitops) 6 of 7", "Vault (vault) 6 of 7"}, 2, 1, 1},
		{"as written", [][]fact.Answer{saying(3, "The  docs"), saying(4, "the docs"), saying(2, "coffee")}, []string{"the docs () 7 of 9"}, 1, 1, 9},
		{"as written, shortened", [][]fact.Answer{saying(5, long)}, []string{long[:79] + "… () 5 of 5"}, 1, 0, 5},
		{"a draft is no feature", [][]fact.Answer{saying(5, "sample")}, []string{"sample () 5 of 5"}, 1, 0, 5},
		{"a name of two features is the first one's", [][]fact.Answer{saying(5, "continuous delivery")}, []string{"Continuous delivery (gitops) 5 of 5"}, 1, 0, 0},
		{"blank", [][]fact.Answer{saying(5, " ", "")}, nil, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := fact.Content{Features: features(), Surveys: []fact.Survey{survey("a", 3, 0)}}
			var all []fact.Answer
			for _, a := range tt.answers {
				all = append(all, a...)
			}
			r := measure(t, c, all...)
			w := r.Waves[0]
			var got []string
			for _, m := range w.Loved.Ranked {
				s := fmt.Sprintf("%s (%s) %d of %d", m.Label, m.Feature, m.N, w.Loved.Of)
				var names []string
				for _, n := range m.Names {
					names = append(names, fmt.Sprintf("%s %d", n.Name, n.N))
				}
				if names != nil {
					s += " [" + strings.Join(names, ", ") + "]"
				}
				got = append(got, s)
				if m.Share != float64(m.N)/float64(w.Loved.Of) || m.Lo > m.Share || m.Hi < m.Share {
					t.Errorf("%+v", m)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			unknown := 0
			for _, l := range w.LeftOut {
				if l.What == "mentions" {
					unknown = l.N
				}
			}
			if len(w.Loved.FindTop()) != tt.top || w.Loved.Fewer != tt.fewer || unknown != tt.unknown {
				t.Errorf("top %d, fewer %d, unknown %d", len(w.Loved.FindTop()), w.Loved.Fewer, unknown)
			}
			n := 0
			for _, m := range r.Section.Metrics {
				if m.ID == MostLoved {
					n++
				}
			}
			if n != tt.top {
				t.Errorf("%d metrics, want %d", n, tt.top)
			}
		})
	}
}

func TestNotAsked(t *testing.T) {
	s := survey("a", 3, 0)
	s.Columns = fact.SurveyColumns{}
	r := measure(t, fact.Content{Surveys: []fact.Survey{s}}, saying(6)...)
	if w := r.Waves[0]; w.Loved != nil || w.Frustrating != nil {
		t.Errorf("%+v %+v", w.Loved, w.Frustrating)
	}
}

var yes, no = new(true), new(false)

// about are n answers about a feature.
func about(n int, feature string, positive *bool, reasons ...string) []fact.Answer {
	out := make([]fact.Answer, n)
	for i := range out {
		out[i] = fact.Answer{Wave: "a", Features: []fact.FeatureAnswer{{Feature: feature, Positive: positive, Reasons: reasons}}}
	}
	return out
}

func TestSatisfied(t *testing.T) {
	s, earlier := survey("b", 4, 0), survey("a", 3, 0)
	s.Features = []fact.FeatureQuestion{{Feature: "gitops"}, {Feature: "vault"}}
	c := fact.Content{Features: append(features(), fact.Feature{Item: fact.Item{ID: "alone", Title: "Alone"}}), Surveys: []fact.Survey{earlier, s}}
	var all []fact.Answer
	add := func(wave string, list []fact.Answer) {
		for _, a := range list {
			a.Wave = wave
			all = append(all, a)
		}
	}
	add("a", about(5, "vault", no))
	add("a", about(1, "vault", nil))
	add("a", about(7, "alone", yes))                        // of one mind
	add("b", about(6, "argo", yes, "fast", "fast", "easy")) // a former ID
	add("b", about(2, "gitops", nil, "easy"))
	add("b", about(2, "gitops", no, "slow"))
	add("b", about(4, "vault", yes))
	add("b", about(9, "nobody knows", yes))
	twice := about(1, "gitops", no)
	twice[0].Features = append(twice[0].Features, fact.FeatureAnswer{Feature: "GitOps", Positive: yes})
	add("b", twice)
	add("b", saying(3)) // no users
	r := measure(t, c, all...)
	got := r.Feature("gitops")
	want := &Satisfaction{
		Feature: "gitops", Title: "GitOps", Wave: "b", Known: true, Positive: 6, Neutral: 2, Negative: 3, Answered: 11,
		Sent: s.Sent, DesignEffect: 1,
		Share: 6. / 11, Range: got.Range, Fewer: 1,
		Reasons: []Reason{{"easy", 8, 8. / 11}, {"fast", 6, 6. / 11}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Lo < .27 || got.Lo > .29 || got.Hi < .78 || got.Hi > .80 { // Wilson, 6 of 11
		t.Errorf("%.3f–%.3f", got.Lo, got.Hi)
	}
	// The wave before knows of Vault what this one does not.
	if v := r.Feature("vault"); !v.Known || v.Wave != "a" || v.Answered != 6 || v.Share != 0 {
		t.Errorf("%+v", v)
	}
	if v := r.Wave("b").findSatisfaction("vault"); v.Known || v.Answered != 0 || v.Positive != 0 || v.Why == "" {
		t.Errorf("%+v", v)
	}
	for _, id := range []string{"alone", "vault"} {
		m := r.Section.Find(Satisfied, metric.Scope{Kind: metric.Feature, ID: id})
		if known := m.Value != nil; known != (id == "vault") || !known && (m.Why == "" || m.Next == "") {
			t.Errorf("%+v", m)
		}
	}
	if v := r.Feature("alone"); v.Known || v.Answered != 7 || v.Positive != 0 || v.Share != 0 || v.Why != allAlike {
		t.Errorf("%+v", v)
	}
	if r.Feature("sample") != nil {
		t.Error("a draft has users")
	}
}

func TestItems(t *testing.T) {
	s := survey("a", 3, 0)
	s.Items = []fact.SurveyItem{
		{ID: "ease", Question: "Easy?", Dimension: "satisfaction", Source: "DORA"},
		{ID: "tools", Question: "Too many tools?", Dimension: "efficiency", Reversed: true},
		{ID: "wide", Min: 0, Max: 10},
		{ID: "even", Min: 1, Max: 4},
		{ID: "alike"},
		{ID: "rare"},
	}
	values := map[string][]float64{
		"ease":  {1, 2, 3, 4, 5, 5, 4.5, 0, 6, math.NaN()},
		"tools": {1, 2, 3, 4, 5},
		"wide":  {0, 5, 6, 10, 10},
		"even":  {1, 2, 3, 4, 2.5},
		"alike": {4, 4, 4, 4, 4},
		"rare":  {1, 2, 3, 4},
	}
	var answers []fact.Answer
	for i := range 10 {
		a := fact.Answer{Wave: "a", Items: map[string]float64{}, Reason: "x"}
		for id, v := range values {
			if i < len(v) {
				a.Items[id] = v[i]
			}
		}
		answers = append(answers, a)
	}
	r := measure(t, fact.Content{Surveys: []fact.Survey{s}}, answers...)
	want := map[string]struct {
		n          int
		favourable float64
		counts     []int
	}{
		"ease":  {7, 4. / 7, []int{1, 1, 1, 1, 3}},
		"tools": {5, .4, []int{1, 1, 1, 1, 1}},
		"wide":  {5, .6, []int{1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2}},
		"even":  {5, .4, []int{1, 1, 2, 1}}, // 2.5 is the middle
		"alike": {5, -1, nil},
		"rare":  {0, -1, nil},
	}
	for _, it := range r.Waves[0].Items {
		w := want[it.ID]
		share := -1.
		if it.Favourable != nil {
			share = *it.Favourable
		}
		if it.N != w.n || share != w.favourable || !cmp.Equal(it.Counts, w.counts) {
			t.Errorf("%s: %d answers, %.3f favourable, %v; want %+v", it.ID, it.N, share, it.Counts, w)
		}
		if m := r.Section.Find(ItemID(it.ID), organisation); (m.State == metric.NotAvailable) != (it.ID == "rare" || it.ID == "alike") {
			t.Errorf("%+v", m)
		}
	}
	if left := r.Waves[0].LeftOut; len(left) != 1 || left[0].N != 3 {
		t.Errorf("left out %+v", left)
	}
	r.FillDimensions(r.Section.Metrics)
	d := r.Dimensions[0]
	if len(d.Items) != 1 || d.Items[0].Source != "DORA" || !d.Perceptual {
		t.Errorf("%+v", d)
	}
}

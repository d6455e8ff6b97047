package space

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// tried are attempts at a task on a day: minutes, −1 for one that was given up.
func tried(task string, at time.Time, unaided *bool, minutes ...float64) []fact.Task {
	var out []fact.Task
	for _, m := range minutes {
		t := fact.Task{Task: task, At: at, Unaided: unaided, Done: m >= 0}
		if t.Done {
			t.Minutes = &m
		}
		out = append(out, t)
	}
	return out
}

func TestTasks(t *testing.T) {
	var list []fact.Task
	add := func(more []fact.Task) { list = append(list, more...) }
	add(tried("Deploy", date(10, 8), yes, 3, 4, 5, 6, 7, 8)) // 7 October to 3 November
	add(tried("deploy", date(10, 9), no, 9))
	add(tried("deploy ", date(10, 9), yes, -1, -1)) // given up: not done without help
	add(tried("deploy", date(10, 9), nil, 20))      // does not say
	add(tried("deploy", date(9, 10), yes, 30, 40, 50, 60, 70))
	add(tried("deploy", date(11, 4), yes, 1, 1, 1, 1, 1, 1)) // after the cut-off
	add(tried("onboard-service", date(10, 9), no, 10, 20, 30, 40))
	add(tried("onboard-service", date(8, 9), no, 10))
	add(tried("rare", date(10, 9), yes, 10))
	c := fact.Content{}
	r := Measure(Defaults(), resolve(t, c, fact.Events{}), c, Input{Tasks: list})
	show := func(id string) string {
		m := r.Section.Find(id, organisation)
		if m == nil {
			return "none"
		}
		s := m.Why
		if m.Value != nil {
			s = fmt.Sprintf("%.4g of %d", *m.Value, m.N[len(m.N)-1].N)
			if m.Hi == nil {
				s += ", no upper limit"
			}
		}
		if m.Was != nil {
			s += fmt.Sprintf(", was %.4g", *m.Was.Value)
		}
		return s
	}
	for id, want := range map[string]string{
		SuccessID("deploy"):          "0.6667 of 9, was 1", // 6 of 6 + 1 + 2
		MinutesID("deploy"):          "390 of 8, was 3000", // 3 4 5 6 7 8 9 20
		SuccessID("onboard service"): "fewer than 5 attempts in these weeks",
		MinutesID("Onboard-Service"): "fewer than 5 completed attempts in these weeks",
		SuccessID("rare"):            "none",
		TaskSuccess:                  "0.5 of 14, was 1", // with onboarding and the rare one
	} {
		t.Run(id, func(t *testing.T) {
			if got := show(id); got != want {
				t.Errorf("%s: %s, want %s", id, got, want)
			}
		})
	}
	left := []metric.LeftOut{
		{What: "task attempts", Reason: "do not record whether they needed help", N: 1},
		{What: "task attempts", Reason: "at tasks that were tried fewer than 5 times; they count for all tasks together only", N: 1},
	}
	if diff := cmp.Diff(left, r.LeftOut); diff != "" {
		t.Error(diff)
	}
	if m := r.Section.Find(MinutesID("deploy"), organisation); *m.Lo != 180 || *m.Hi != 1200 {
		t.Errorf("%v–%v", *m.Lo, *m.Hi)
	}
	five := Measure(Defaults(), resolve(t, c, fact.Events{}), c, Input{Tasks: tried("x", date(10, 9), yes, 1, 2, 3, 4, 5)})
	if m := five.Section.Find(MinutesID("x"), organisation); m.Hi != nil || *m.Lo != 0 {
		t.Errorf("five attempts bound nothing: %v–%v", m.Lo, m.Hi)
	}
}

func FuzzSlug(f *testing.F) {
	for _, s := range []string{"deploy", "Onboard a service", "", "ÄÖ", "--a--b", "a\x00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id := formatSlug(s)
		if id == "" || formatSlug(id) != id {
			t.Fatalf("slug(%q) = %q", s, id)
		}
		for _, r := range id {
			if r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
				t.Fatalf("slug(%q) = %q", s, id)
			}
		}
	})
}

// changes are n merged requests in a repository, one a day from that day on.
func changes(repository string, from time.Time, n int, author string) []fact.Change {
	var out []fact.Change
	for i := range n {
		at := from.AddDate(0, 0, i)
		id := fmt.Sprint(author, from.Unix(), "-", i)
		out = append(out, fact.Change{
			Repository: repository, ID: id, Author: author, Authors: []string{author},
			Opened: at, Merged: at, Commits: []string{id + "-1", id + "-2"}, Paths: []string{"a/x", "b/x"},
		})
	}
	return out
}

func TestActivity(t *testing.T) {
	c := fact.Content{Teams: []fact.Team{{ID: "t", Owns: []fact.Ownership{
		{Repository: "mono", Paths: []string{"a/**"}}, {Repository: "mono", Paths: []string{"b/**"}}, {Repository: "web"},
	}}}}
	var e fact.Events
	e.Changes = append(e.Changes, changes("mono", date(10, 7), 8, "ann")...) // touch two services, count once
	e.Changes = append(e.Changes, changes("mono", date(10, 7), 9, "renovate[bot]")...)
	e.Changes = append(e.Changes, changes("mono", date(9, 9), 4, "bob")...)
	e.Changes = append(e.Changes, changes("web", date(10, 7), 20, "bob")...) // not collected
	carrier := e.Changes[7]                                                  // develop → main brings what two requests brought to develop
	carrier.ID, carrier.HeadBranch = "carrier", "develop"
	carrier.Commits = slices.Concat(e.Changes[6].Commits, e.Changes[7].Commits)
	e.Changes = append(e.Changes, carrier)
	whole := fact.Coverage{Source: "s", Repository: "mono", Kind: "changes", From: date(1, 1), To: date(11, 11)}
	gap := fact.Gap{Source: "s", From: date(9, 12), To: date(9, 13)}
	run := func(gaps []fact.Gap, coverage ...fact.Coverage) (merged, commits *metric.Metric) {
		e.Coverage, e.Gaps = coverage, gaps
		r := Measure(Defaults(), resolve(t, c, e), c, Input{Coverage: coverage, Gaps: gaps})
		return r.Section.Find(ChangesWeek, organisation), r.Section.Find(CommitsWeek, organisation)
	}
	if m, _ := run(nil, whole); m.State != metric.NotAvailable || m.Value != nil {
		t.Errorf("two people wrote all changes: %+v", m)
	}
	e.Changes[0].CoAuthors = []string{"cy@example.org"}
	m, n := run(nil, whole)
	if *m.Value != 2 || *n.Value != 4 || *m.Was.Value != 1 || m.N[0].N != 8 || m.Better != metric.Neutral {
		t.Errorf("changes %v, commits %v", *m.Value, *n.Value)
	}
	if m, _ = run([]fact.Gap{gap}, whole); m.Value == nil || m.Was != nil {
		t.Errorf("a gap in the weeks before leaves them out: %+v", m.Was)
	}
	deployments := whole
	deployments.Kind = "deployments"
	short := whole
	short.From = date(10, 8)
	m, n = run(nil, deployments, short)
	if m.State != metric.NotAvailable || n.State != metric.NotAvailable || m.Next == "" {
		t.Errorf("not collected is not zero: %+v", m)
	}
	for i := range e.Changes {
		e.Changes[i].Commits = nil
	}
	if m, n = run(nil, whole); m.Value == nil || n.State != metric.NotAvailable || n.Why == "" {
		t.Errorf("commits that nobody listed are not zero: %+v", n)
	}
}

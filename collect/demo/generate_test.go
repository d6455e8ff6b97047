package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// small is an organisation without targets that is quick to make.
func small(teams int) Options {
	return Options{
		Seed: 7, TeamCount: teams, ServiceCount: 2 * teams, Developers: 4 * teams,
		From: time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC), AsOf: time.Date(2024, 6, 19, 15, 30, 0, 0, time.UTC),
		Level: Level{PerDay: 2},
	}
}

func TestSameOptionsSameBytes(t *testing.T) {
	var all [2]memory
	for i := range all {
		all[i] = memory{}
		if _, err := Write(all[i].create, small(10)); err != nil {
			t.Fatal(err)
		}
	}
	for name, b := range all[0] {
		if !bytes.Equal(b.Bytes(), all[1][name].Bytes()) {
			t.Errorf("%s differs between two runs", name)
		}
	}
	other := small(10)
	other.Seed = 8
	m := memory{}
	if _, err := Write(m.create, other); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(m["changes.csv.gz"].Bytes(), all[0]["changes.csv.gz"].Bytes()) {
		t.Error("another seed makes the same changes")
	}
}

// Without targets, a team's events stay when a team is added or taken away.
func TestTeamsAreIndependent(t *testing.T) {
	few, many := small(10), small(20)
	few.Teams, many.Teams = GenerateTeams(few), GenerateTeams(many)
	if !reflect.DeepEqual(few.Teams, many.Teams[:10]) {
		t.Fatal("the teams themselves differ")
	}
	many.Teams = append([]fact.Team{many.Teams[15]}, many.Teams[:10]...)
	want, err := GenerateEvents(few)
	if err != nil {
		t.Fatal(err)
	}
	got, err := GenerateEvents(many)
	if err != nil {
		t.Fatal(err)
	}
	extra := map[string]bool{}
	for _, o := range many.Teams[0].Owns {
		extra[o.Repository] = true
	}
	var kept []fact.Deployment
	for _, d := range got.Deployments {
		if !extra[d.Repository] {
			kept = append(kept, d)
		}
	}
	if len(kept) == len(got.Deployments) {
		t.Fatal("the added team has no deployments")
	}
	if !reflect.DeepEqual(kept, want.Deployments) {
		t.Error("deployments of the other teams changed")
	}
}

func TestEventsAreWellFormed(t *testing.T) {
	o := small(20)
	e, err := GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for i := range e.Deployments {
		d := &e.Deployments[i]
		if ids[d.ID] {
			t.Fatalf("deployment %s twice", d.ID)
		}
		ids[d.ID] = true
		if d.Created.Before(o.From) || !d.Statuses[0].At.Before(o.AsOf) || !d.Created.Before(d.Statuses[0].At) {
			t.Fatalf("deployment %s from %s to %s", d.ID, d.Created, d.Statuses[0].At)
		}
		if i > 0 && d.Created.Before(e.Deployments[i-1].Created) {
			t.Fatalf("deployment %s is out of order", d.ID)
		}
	}
	seen := map[string]bool{}
	for _, c := range e.Changes {
		if key := c.Repository + "#" + c.ID; seen[key] {
			t.Fatalf("change %s twice", key)
		} else {
			seen[key] = true
		}
		before := c.FirstCommit
		for _, x := range []time.Time{c.Opened, c.Ready, c.FirstReview, c.Merged, c.Closed} {
			if x.IsZero() {
				continue
			}
			if x.Before(before) || !x.Before(o.AsOf) {
				t.Fatalf("change %s/%s: %s after %s", c.Repository, c.ID, before, x)
			}
			before = x
		}
		if c.Merged.IsZero() != (c.MergeCommit == "") {
			t.Fatalf("change %s/%s: merged %s as %q", c.Repository, c.ID, c.Merged, c.MergeCommit)
		}
	}
	for _, in := range e.Incidents {
		if in.Deployment != "" && !ids[in.Deployment] {
			t.Fatalf("incident %s names deployment %s, which does not exist", in.ID, in.Deployment)
		}
		if !in.Opened.Before(o.AsOf) || !in.Resolved.IsZero() && !in.Resolved.After(in.Opened) {
			t.Fatalf("incident %s from %s to %s", in.ID, in.Opened, in.Resolved)
		}
	}
}

// A service that changes hands keeps its history, and only while it is owned.
func TestOwnershipSpans(t *testing.T) {
	handover := time.Date(2024, 5, 13, 0, 0, 0, 0, time.UTC)
	o := small(2)
	o.Teams = []fact.Team{
		{ID: "old", Developers: 4, Owns: []fact.Ownership{{Repository: "x/y", Until: handover}, {Repository: "x/z", Until: handover}}},
		{ID: "new", Developers: 4, Owns: []fact.Ownership{{Repository: "x/y", From: handover}}},
	}
	e, err := GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	after := map[string]int{}
	for _, d := range e.Deployments {
		if d.Created.After(handover.AddDate(0, 0, 28)) {
			after[d.Repository]++
		}
	}
	if after["x/y"] == 0 || after["x/z"] > 0 {
		t.Errorf("deployments after the handover: %v", after)
	}
}

func TestBadOptions(t *testing.T) {
	asOf := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	for want, o := range map[string]Options{
		"no as-of time":  {},
		"must be later":  {AsOf: asOf, From: asOf.AddDate(0, 1, 0)},
		"use 0 to 25":    {AsOf: asOf, Level: Level{PerDay: 90}},
		"use 15 or more": {AsOf: asOf, Level: Level{Lead: 2}},
		"use 0 to 0.5":   {AsOf: asOf, Targets: []Level{{Fail: .9}}},
		"use 1 or more":  {AsOf: asOf, Level: Level{Restore: .1}},
	} {
		t.Run(want, func(t *testing.T) {
			if _, err := GenerateEvents(o); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	for _, create := range []func(string) (io.Writer, error){
		func(string) (io.Writer, error) { return nil, errors.New("disk full") },
		func(string) (io.Writer, error) { return full{}, nil },
	} {
		if _, err := Write(create, small(4)); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("error %v", err)
		}
	}
	if _, err := WriteFolder("/dev/null/x", small(4)); err == nil {
		t.Error("no error for a folder that cannot be made")
	}
}

func TestWriteTeams(t *testing.T) {
	var b bytes.Buffer
	teams := GenerateTeams(Options{Seed: 1, TeamCount: 60})
	teams[0].Owns[0].From = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := WriteTeams(&b, teams); err != nil {
		t.Fatal(err)
	}
	developers, owned := 0, 0
	for _, x := range teams {
		developers += x.Developers
		owned += len(x.Owns)
	}
	if developers != 250 || owned != 115 {
		t.Errorf("%d developers, %d services", developers, owned)
	}
	for text, n := range map[string]int{
		"[[group]]": 6, "[[team]]": 60, "[[team.owns]]": 115, "from = 2024-01-01\n": 1, "paths = [\"services/": 23,
	} {
		t.Run(text, func(t *testing.T) {
			if got := strings.Count(b.String(), text); got != n {
				t.Errorf("%d times %q, want %d", got, text, n)
			}
		})
	}
	if err := WriteTeams(full{}, teams); err == nil {
		t.Error("no error for a full disk")
	}
}

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		total          int
		weights        []float64
		capacity, want []int
	}{
		{10, []float64{1, 1, 1}, nil, []int{4, 3, 3}},
		{10, []float64{1, 1, 8}, []int{9, 9, 4}, []int{3, 3, 4}},
		{10, []float64{1, 0, 1}, []int{2, 9, 2}, []int{2, 0, 2}},
		{0, []float64{1}, nil, []int{0}},
	} {
		t.Run(fmt.Sprint(c.total), func(t *testing.T) {
			if got := apportion(c.total, c.weights, c.capacity); !reflect.DeepEqual(got, c.want) {
				t.Errorf("apportion(%d, %v, %v) = %v, want %v", c.total, c.weights, c.capacity, got, c.want)
			}
		})
	}
}

func TestSpansEndAtTheCutOff(t *testing.T) {
	o, err := ExampleOptions(nil).withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	sp := o.cutSpans()
	if len(sp) != 17 {
		t.Fatalf("%d blocks", len(sp))
	}
	for i, s := range sp {
		if i > 0 && s.from != sp[i-1].to {
			t.Errorf("block %d begins %s, the one before ends %s", i, timeAt(s.from), timeAt(sp[i-1].to))
		}
	}
	last := sp[15]
	if timeAt(last.from).Format(time.DateOnly) != "2024-10-07" || timeAt(last.to).Format(time.DateOnly) != "2024-11-04" || last.PerDay != 5.2 || !last.exact {
		t.Errorf("the window is %+v", last)
	}
	if sp[16].exact || sp[16].to != o.AsOf.Unix() {
		t.Errorf("the immature week is %+v", sp[16])
	}
}

func BenchmarkEvents(b *testing.B) {
	o := Options{Seed: 1, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), TeamCount: 60, Level: Level{PerDay: 2}}
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		e, err := GenerateEvents(o)
		if err != nil {
			b.Fatal(err)
		}
		rows += len(e.Deployments) + len(e.Changes) + len(e.Incidents)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWrite(b *testing.B) {
	o := Options{Seed: 1, AsOf: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC), TeamCount: 60, Level: Level{PerDay: 2}}
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		n, err := Write(func(string) (io.Writer, error) { return io.Discard, nil }, o)
		if err != nil {
			b.Fatal(err)
		}
		for _, k := range n {
			rows += k
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

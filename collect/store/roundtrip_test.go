package store

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// generated fills a fact with values as a generator gives them: zero ones, empty
// and missing lists, odd characters, and times of any precision. Fields that are
// added to a fact are filled, too.
func generated[T any](r *rand.Rand) T {
	var v T
	generate(r, reflect.ValueOf(&v).Elem())
	return v
}

func generate(r *rand.Rand, v reflect.Value) {
	if r.IntN(4) == 0 {
		return // zero
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(day(r.IntN(9000)).Add(time.Duration(r.Int64N(int64(time.Hour))))))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			generate(r, v.Field(i))
		}
	case v.Kind() == reflect.Slice:
		n := r.IntN(4)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			generate(r, v.Index(i))
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"ci.yml": formatTime(day(1)), "": "<&>"}))
	case v.Kind() == reflect.String:
		v.SetString([]string{"octo", "naïve – ☃ \"quoted\" <b>&\u2028", "a\x00b\nc", "::set-output", " "}[r.IntN(5)])
	case v.Kind() == reflect.Int:
		v.SetInt(r.Int64N(1000))
	case v.Kind() == reflect.Uint64:
		v.SetUint(r.Uint64())
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	default:
		panic("no generator for " + v.Type().String())
	}
}

// TestRoundTrip holds what a build reads to what a forge saved, with only source,
// repository and ID filled in.
func TestRoundTrip(t *testing.T) {
	const n = 200
	r := rand.New(rand.NewPCG(1, 2))
	var b collect.Batch
	var want fact.Events
	r1 := collect.Repository{ID: 7, Repository: generated[fact.Repository](r)}
	r1.Name, r1.Former = "acme/web", []string{"acme/old"}
	b.Repositories = []collect.Repository{r1}
	want.Repositories = []fact.Repository{r1.Repository}
	b.SetTeams = true
	for i := range n {
		id, at := fmt.Sprintf("id%03d", i), day(10).Add(time.Duration(i)*time.Microsecond)
		c, ch := generated[fact.Commit](r), generated[fact.Change](r)
		d, in := generated[fact.Deployment](r), generated[fact.Incident](r)
		team := generated[fact.ForgeTeam](r)
		b.Commits = append(b.Commits, collect.Kept[fact.Commit]{Repository: 7, ID: id, At: at, Fact: c})
		b.Changes = append(b.Changes, collect.Kept[fact.Change]{Repository: 7, ID: id, At: at, Fact: ch})
		b.Deployments = append(b.Deployments, collect.Kept[fact.Deployment]{Repository: 7, ID: id, At: at, Fact: d})
		b.Incidents = append(b.Incidents, collect.Kept[fact.Incident]{Repository: 7, ID: id, At: at, Fact: in})
		c.Repository, ch.Repository, d.Repository, in.Repository = "acme/web", "acme/web", "acme/web", "acme/web"
		ch.Source, d.Source, in.Source, team.Source = "acme", "acme", "acme", "acme"
		c.SHA = cmp.Or(c.SHA, id)
		ch.ID = cmp.Or(ch.ID, id)
		d.ID = cmp.Or(d.ID, id)
		in.ID = cmp.Or(in.ID, id)
		team.ID = id
		b.Teams = append(b.Teams, team)
		want.Commits, want.Changes = append(want.Commits, c), append(want.Changes, ch)
		want.Deployments, want.Incidents = append(want.Deployments, d), append(want.Incidents, in)
		want.Teams = append(want.Teams, team)
	}
	s := writable(t)
	put(t, s, b)
	put(t, s, b) // a second time changes nothing
	reported(t, s, collect.Report{Until: now})
	got := collected(t, s)
	got.Imports = nil
	wantSame(t, "facts", got, want)
}

// TestRoundTripInUTC: an offset is another way to write the same instant, but not
// the same bytes.
func TestRoundTripInUTC(t *testing.T) {
	s := writable(t)
	zone := time.FixedZone("", 7*3600)
	d := deployed(7, "1", 2)
	local := d
	local.At, local.Fact.Created = d.At.In(zone), d.Fact.Created.In(zone)
	local.Fact.Statuses = []fact.Status{{State: fact.Pending, At: d.At.In(zone)}, {State: fact.Success, At: d.At.Add(time.Minute).In(zone)}}
	resolved := collect.Kept[fact.Incident]{Repository: 0, ID: "9", At: d.At.In(zone), Fact: fact.Incident{
		Repository: "acme/elsewhere", Opened: d.At.In(zone), Reopened: []time.Time{d.At.In(zone)},
	}}
	put(t, s, collect.Batch{
		Repositories: []collect.Repository{repo(7, "acme/web")},
		Deployments:  []collect.Kept[fact.Deployment]{local}, Incidents: []collect.Kept[fact.Incident]{resolved},
	})
	e := collected(t, s)
	for _, at := range []time.Time{e.Deployments[0].Created, e.Deployments[0].Statuses[1].At, e.Incidents[0].Opened, e.Incidents[0].Reopened[0]} {
		if at.Location() != time.UTC {
			t.Errorf("%v is not in UTC", at)
		}
	}
	if !e.Deployments[0].Created.Equal(d.Fact.Created) || local.Fact.Statuses[0].At.Location() != zone {
		t.Errorf("%v became %v, or the caller's fact was changed", d.Fact.Created, e.Deployments[0].Created)
	}
	if got := e.Incidents[0].Repository; got != "acme/elsewhere" {
		t.Errorf("an incident of no repository got %q", got)
	}
}

// TestHostileDates: a commit may bear any date that a forge can write.
func TestHostileDates(t *testing.T) {
	var b collect.Batch
	var want []string
	for i, date := range []string{"9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2026-10-30T12:00:00.123456789+05:45"} {
		at, err := time.Parse(time.RFC3339Nano, date)
		if err != nil {
			t.Fatal(err)
		}
		b.Commits = append(b.Commits, collect.Kept[fact.Commit]{Repository: 7, ID: fmt.Sprint(i), At: day(2), Fact: fact.Commit{AuthorTime: at, CommitTime: day(2)}})
		want = append(want, fmt.Sprint(at.Unix(), at.Year()))
	}
	s := writable(t)
	put(t, s, repositories(repo(7, "acme/web")))
	put(t, s, b)
	var got []string
	for _, c := range collected(t, s).Commits {
		got = append(got, fmt.Sprint(c.AuthorTime.Unix(), c.AuthorTime.Year()))
	}
	wantSame(t, "author times", got, want)
	for i := range b.Commits {
		b.Commits[i].At = b.Commits[i].Fact.AuthorTime // chosen by it: before and after every window
	}
	put(t, s, b)
	if e := collected(t, s); len(e.Commits) != 1 || e.Imports[1].Rejected[0].Count != 1 {
		t.Errorf("%d commits, imports %v", len(e.Commits), e.Imports)
	}
}

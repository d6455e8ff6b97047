package testkit

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Size is the size of an Organisation. Zero fields have the defaults of the field's comment,
// which together make the organisation of the measurements.
type Size struct {
	Seed         uint64
	Repositories int       // 500, a fifth of them dormant: without requests or deployments
	Teams        int       // 60
	People       int       // 300
	Requests     int       // 10,000
	Deployments  int       // 27,000 to production
	Staging      int       // 0, to staging
	Incidents    int       // 300
	Days         int       // 90
	To           time.Time // 1 April 2025
}

func (o Size) withDefaults() Size {
	for _, d := range []struct {
		n         *int
		otherwise int
	}{
		{&o.Repositories, 500},
		{&o.Teams, 60},
		{&o.People, 300},
		{&o.Requests, 10_000},
		{&o.Deployments, 27_000},
		{&o.Incidents, 300},
		{&o.Days, 90},
	} {
		if *d.n == 0 {
			*d.n = d.otherwise
		}
	}
	if o.To.IsZero() {
		o.To = time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC)
	}
	return o
}

// Organisation makes a synthetic organisation, "acme": the same for the same Size.
// Activity is skewed as in real ones: a few repositories have most of it.
func Organisation(o Size) *World {
	o = o.withDefaults()
	g := &generator{
		builder: newBuilder("acme", o.To.AddDate(0, 0, -o.Days), o.To), o: o,
		rand: rand.New(rand.NewPCG(o.Seed, 0x1b873593)),
	}
	for i := range o.People {
		login := fmt.Sprintf("dev%03d", i)
		g.w.People = append(g.w.People, Person{Login: login, Name: "Developer " + login, Email: login + "@acme.example"})
	}
	g.w.People = append(g.w.People,
		Person{
			Login: "dependabot[bot]", Name: "dependabot[bot]",
			Email: "49699333+dependabot[bot]@users.noreply.github.com", Bot: true,
		})
	active := max(1, o.Repositories-o.Repositories/5)
	requests, deployments := shareOut(o.Requests, active), shareOut(o.Deployments, active)
	staging, incidents := shareOut(o.Staging, active), shareOut(o.Incidents, active)
	for i := range o.Repositories {
		created := g.w.From.AddDate(0, 0, -30-i)
		y := g.addRepository(fmt.Sprintf("service-%03d", i), created, g.pickLogin(i))
		y.addWorkflow("ci", fmt.Sprintf("name: ci\non: push\n# %d\n", i%7))
		if i >= active {
			if i%10 == 0 {
				y.r.Archived = created.AddDate(0, 0, 7)
			}
			continue
		}
		g.addHistory(y, i, requests[i], deployments[i], staging[i], incidents[i])
	}
	for i := range o.Teams {
		t := Team{Slug: fmt.Sprintf("team-%02d", i), Name: fmt.Sprintf("Team %02d", i)}
		for m := i; m < o.People; m += o.Teams {
			t.Members = append(t.Members, g.pickLogin(m))
		}
		for r := i; r < o.Repositories; r += o.Teams {
			t.Repositories = append(t.Repositories, int64(r+1))
		}
		g.w.Teams = append(g.w.Teams, t)
	}
	return g.w
}

// shareOut divides a number among n by weights 1/(i+5): the first get most, and the
// sum is exact.
func shareOut(total, n int) []int {
	sum := 0.0
	for i := range n {
		sum += 1 / float64(i+5)
	}
	list := make([]int, n)
	done, before := 0.0, 0
	for i := range n {
		done += 1 / float64(i+5)
		upTo := int(math.Round(float64(total) * done / sum))
		list[i], before = upTo-before, upTo
	}
	return list
}

type generator struct {
	*builder
	o    Size
	rand *rand.Rand
}

func (g *generator) pickLogin(i int) string { return g.w.People[i%g.o.People].Login }

// occasion is something that happens in a repository.
type occasion struct {
	at   time.Time
	kind int
}

// Kinds of occasions.
const (
	aRequest = iota
	aDeployment
	aStaging
	anIncident
)

// addHistory fills a repository's window in the order of time.
func (g *generator) addHistory(y *repoBuilder, team, requests, deployments, staging, incidents int) {
	var all []occasion
	span := g.w.To.Sub(g.w.From) - 48*time.Hour
	for kind, n := range []int{requests, deployments, staging, incidents} {
		for i := range n {
			at := (float64(i) + g.rand.Float64()) / float64(n)
			all = append(all, occasion{g.w.From.Add(24*time.Hour + time.Duration(at*float64(span))).Truncate(time.Second), kind})
		}
	}
	slices.SortStableFunc(all, func(a, b occasion) int { return a.at.Compare(b.at) })
	y.r.Requests = make([]Request, 0, requests)
	y.r.Deployments = make([]Deployment, 0, deployments+staging)
	y.r.Issues = make([]Issue, 0, incidents)
	for _, c := range all {
		switch c.kind {
		case aRequest:
			g.addRequest(y, team, c.at)
		case aDeployment:
			state := "success"
			if g.rand.IntN(20) == 0 {
				state = "failure"
			}
			g.addDeployment(y, "production", team, c.at, state)
		case aStaging:
			g.addDeployment(y, "staging", team, c.at, "success")
		case anIncident:
			x := y.addIssue(g.pickLogin(team), "Something is slow", c.at, "incident", fmt.Sprintf("sev%d", 1+g.rand.IntN(4)))
			if g.rand.IntN(10) > 0 {
				x.Events = []IssueEvent{{Closed, c.at.Add(time.Duration(10+g.rand.IntN(2000)) * time.Minute)}}
			}
		}
	}
}

func (g *generator) addDeployment(y *repoBuilder, environment string, team int, at time.Time, state string) {
	d := y.addDeployment(environment, y.head, g.pickLogin(team), at)
	d.Statuses = []Status{{"in_progress", at}, {state, at.Add(time.Duration(60+g.rand.IntN(900)) * time.Second)}}
}

// addRequest opens a request so that it is merged, or closed, or still open at a time.
func (g *generator) addRequest(y *repoBuilder, team int, at time.Time) {
	author := g.pickLogin(team + g.o.Teams*g.rand.IntN(5))
	bot := g.rand.IntN(10) == 0
	if bot {
		author = "dependabot[bot]"
	}
	opened := at.Add(-time.Duration(30+g.rand.IntN(60*60)) * time.Minute)
	first := opened.Add(-time.Duration(5+g.rand.IntN(40*60)) * time.Minute)
	written := []time.Time{first}
	for range g.rand.IntN(4) {
		first = first.Add(time.Duration(1+g.rand.IntN(60)) * time.Minute)
		if first.Before(at) {
			written = append(written, first)
		}
	}
	q := y.addRequest(author, "Change something", opened, written...)
	for i, name := range []string{"backend", "performance", "security"} {
		if g.rand.IntN(3) == i {
			q.Labels = append(q.Labels, Label{Name: name, Added: opened})
		}
	}
	if !bot {
		review := opened.Add(time.Duration(g.rand.Int64N(int64(at.Sub(opened))))).Truncate(time.Second)
		q.Reviews = []Review{{Author: g.pickLogin(team + g.o.Teams*(1+g.rand.IntN(4))), State: "approved", At: review}}
	}
	switch n := g.rand.IntN(20); {
	case n < 13:
		y.mergeRequest(q, Squash, author, at)
	case n < 18:
		y.mergeRequest(q, Merge, g.pickLogin(team), at)
	case n < 19:
		q.Closed = at
	}
}

package dora

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// As of 11 November 2024 the four weeks from 7 October are the current ones.
const currentDay = 28 // of at: 7 October

func (h *history) measure(t *testing.T) *Result {
	t.Helper()
	r, err := Measure(Defaults(), h.organisation(t))
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

var (
	whole    = metric.Scope{Kind: metric.Organisation}
	shopTeam = metric.Scope{Kind: metric.Team, ID: "shop"}
)

// One change a day, deployed the same day: two hours of work, an hour of waiting.
func (h *history) daily(from, days int) *history {
	for i := range days {
		d := from + i
		id := fmt.Sprint("c", d)
		h.change(merged(id, "m"+id, at(d, 10), func(c *fact.Change) { c.Title, c.HeadBranch = "Another step", "topic" }))
		h.deploy("d"+id, "m"+id, at(d, 11))
	}
	return h
}

func TestWeeksNotCollectedAreNotZero(t *testing.T) {
	h := newHistory().daily(-7, 7).daily(currentDay, 7) // nothing in the 5 weeks between
	h.Coverage[0].From, h.Coverage[0].To = at(-7, 0), at(63, 0)
	h.Gaps = []fact.Gap{{Source: "test", Repository: repo, From: at(7, 0), To: at(14, 0), Reason: "server down"}}
	s := h.measure(t).Section.FindSeries(Frequency, shopTeam)
	var got []string
	for _, p := range s.Points {
		v := "gap"
		if p.Value != nil {
			v = fmt.Sprint(*p.Value)
		}
		if p.Provisional {
			v += "?"
		}
		got = append(got, v)
	}
	want(t, "weeks", got, []string{"1", "0", "gap", "0", "0", "1", "0", "0", "0", "0?"})
}

func TestPartlyCollectedWindowIsProvisional(t *testing.T) {
	h := newHistory().daily(currentDay-1, 29)
	h.teams[0].Owns = append(h.teams[0].Owns, fact.Ownership{Repository: "acme/other"})
	m := h.measure(t).Section.Find(Frequency, shopTeam)
	want(t, "state", m.State, metric.Provisional)
	want(t, "warnings", m.Warnings, []string{"1 of 2 services were collected for all of these weeks"})
}

func TestHeadlineMetrics(t *testing.T) {
	h := newHistory().daily(-1, 28+29)
	h.incident(fact.Incident{ID: "i1", Deployment: fmt.Sprint("dc", currentDay+3), Opened: at(currentDay+3, 12), Resolved: at(currentDay+3, 13)})
	h.incident(fact.Incident{ID: "i2", Opened: at(currentDay+9, 12), Resolved: at(currentDay+9, 12, 30)})
	sec := h.measure(t).Section
	for _, tt := range []struct {
		id    string
		scope metric.Scope
		value float64
		n     string
	}{
		{Frequency, shopTeam, 1, "[{deployments 28}]"},
		{Frequency, whole, 1, "[{deployments 28} {teams 1}]"},
		{LeadTime, shopTeam, (3*time.Hour + 5*time.Minute).Seconds(), "[{changes 28} {deployments 28}]"},
		// One incident names its deployment, the other opened soon after one.
		{FailRate, shopTeam, 2. / 28, "[{failed 2} {deployments 28}]"},
		{RecoveryTime, shopTeam, ((115*time.Minute + 85*time.Minute) / 2).Seconds(), "[{failed deployments 2}]"},
		{Rework, shopTeam, 0, "[{fixes 0} {deployments 28}]"},
		{RestoreTime, shopTeam, (45 * time.Minute).Seconds(), "[{incidents 2}]"},
		{PhaseID("coding"), shopTeam, 3600, "[{changes 28}]"},
		{PhaseID("pickup"), shopTeam, 3600, "[{changes 28}]"},
		{PhaseID("deploy"), shopTeam, (65 * time.Minute).Seconds(), "[{changes 28}]"},
		{JobFailureRate, shopTeam, 0, "[{never succeeded 0} {roll-outs 28}]"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			m := sec.Find(tt.id, tt.scope)
			if m == nil || m.Value == nil {
				t.Errorf("%s: no value: %+v", tt.id, m)
				return
			}
			want(t, tt.id, *m.Value, tt.value)
			want(t, tt.id+" n", m.N, tt.n)
			if tested := slices.Contains(testedMetrics, tt.id) && m.Was != nil; tested != (m.Trend != nil) {
				t.Errorf("%s: tested: %v, trend: %+v", tt.id, tested, m.Trend)
			}
			if m.Lo != nil && (*m.Lo > *m.Value || m.Hi != nil && *m.Hi < *m.Value) {
				t.Errorf("%s: %v is outside its interval", tt.id, *m.Value)
			}
		})
	}
	if m := sec.Find(PhaseID("review"), shopTeam); m.State != metric.NotAvailable || m.Why == "" {
		t.Errorf("review: nobody reviewed, got %+v", m)
	}
}

// testedMetrics are those whose changes are tested; the others print what they were.
var testedMetrics = []string{Frequency, LeadTime, FailRate, RecoveryTime, RestoreTime, Rework}

func TestNoNumberWithoutData(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(*history)
		id   string
		why  string
	}{
		{"nothing collected", func(h *history) { h.Coverage = nil }, Frequency, "no deployments of its services were collected"},
		{"no incidents", func(h *history) { h.daily(currentDay-1, 29) }, FailRate, "no incidents were collected, so failures cannot be seen"},
		{"nobody deployed", func(h *history) {}, LeadTime, "no change reached production in these weeks"},
		{"commits unknown", func(h *history) {
			h.deploy("d", "cfg", at(currentDay, 9), func(d *fact.Deployment) { d.Unmapped = true })
		}, LeadTime, "no deployment names its source commit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			tt.make(h)
			m := h.measure(t).Section.Find(tt.id, shopTeam)
			want(t, "state", m.State, metric.NotAvailable)
			want(t, "why", m.Why, tt.why)
			if m.Value != nil || m.Lo != nil {
				t.Errorf("not available, and yet a value: %+v", m)
			}
		})
	}
}

func TestSmallTeamIsNotShown(t *testing.T) {
	h := newHistory().daily(currentDay-1, 29)
	h.teams[0].Developers = 2
	r := h.measure(t)
	for i := range r.Section.Metrics {
		if m := &r.Section.Metrics[i]; m.Scope == shopTeam && m.State != metric.NotAvailable {
			t.Errorf("%s of a team of two is shown", m.ID)
		}
	}
	if s := r.Section.FindSeries(Frequency, shopTeam); s != nil {
		t.Error("a team of two has a series")
	}
	if m := r.Section.Find(Frequency, whole); m.State != metric.NotAvailable {
		t.Errorf("the organisation is that team alone, and is shown: %+v", m)
	}
	for _, e := range r.Evidence {
		if e.Scope.Kind == metric.Team {
			t.Error("a team of two has evidence")
		}
	}
}

// What is not shown must not come back by subtraction: a single small team is in
// no total, several are in it together.
func TestSmallTeamsCanNotBeWorkedOut(t *testing.T) {
	own := func(repo string) []fact.Ownership { return []fact.Ownership{{Repository: repo}} }
	for _, tt := range []struct {
		name  string
		small []fact.Team
		want  string
	}{
		{"one", []fact.Team{{ID: "duo", Developers: 2, Owns: own("acme/duo")}}, "[{deployments 28} {teams 1}]"},
		{"two of one person each", []fact.Team{{ID: "duo", Developers: 1, Owns: own("acme/duo")}, {ID: "solo", Developers: 1}}, "[{deployments 28} {teams 1}]"},
		{"two of two people each", []fact.Team{{ID: "duo", Developers: 2, Owns: own("acme/duo")}, {ID: "solo", Developers: 2, Owns: own("acme/solo")}}, "[{deployments 56} {teams 2}]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory().daily(-1, 28+29)
			for i := range h.Deployments {
				d := h.Deployments[i]
				d.Repository = "acme/duo"
				h.Deployments = append(h.Deployments, d)
			}
			c := h.Coverage[0]
			c.Repository = "acme/duo"
			h.Coverage = append(h.Coverage, c)
			h.teams = append(h.teams, tt.small...)
			want(t, "organisation", h.measure(t).Section.Find(Frequency, whole).N, tt.want)
		})
	}
}

// A roll-out of a whole repository is one of each service's team, and as many of the
// organisation: where each team has one rate, the organisation has it, too.
func TestRollOutOfSeveralServicesCountsOncePerTeam(t *testing.T) {
	h := newHistory()
	h.teams = []fact.Team{
		{ID: "a", Developers: 5, Owns: []fact.Ownership{{Repository: repo, Paths: []string{"a/**"}, Service: "a"}}},
		{ID: "b", Developers: 5, Owns: []fact.Ownership{{Repository: repo, Paths: []string{"b/**"}, Service: "b"}}},
	}
	for i := range 29 {
		d := currentDay - 1 + i
		ids := fmt.Sprint(d)
		h.change(merged("a"+ids, "ma"+ids, at(d, 9), func(c *fact.Change) { c.Paths = []string{"a/x"} }))
		h.change(merged("b"+ids, "mb"+ids, at(d, 10), func(c *fact.Change) { c.Paths = []string{"b/x"} }))
		h.deploy("d"+ids, "both"+ids, at(d, 11))
	}
	sec := h.measure(t).Section
	want(t, "a", sec.Find(Frequency, metric.Scope{Kind: metric.Team, ID: "a"}).N, "[{deployments 28}]")
	want(t, "organisation", sec.Find(Frequency, whole).N, "[{deployments 56} {teams 2}]")
	if a, all := sec.Find(Frequency, metric.Scope{Kind: metric.Team, ID: "a"}).Value, sec.Find(Frequency, whole).Value; *a != *all {
		t.Errorf("the organisation has %v, each team %v", *all, *a)
	}
	want(t, "changes", sec.Find(LeadTime, whole).N, "[{changes 56} {deployments 56}]")

	// One team that owns both parts counts the roll-out once, and so does the organisation.
	h.teams = []fact.Team{{ID: "a", Developers: 5, Owns: []fact.Ownership{h.teams[0].Owns[0], h.teams[1].Owns[0]}}}
	sec = h.measure(t).Section
	want(t, "the only team", sec.Find(Frequency, metric.Scope{Kind: metric.Team, ID: "a"}).N, "[{deployments 28}]")
	want(t, "organisation", sec.Find(Frequency, whole).N, "[{deployments 28} {teams 1}]")
	want(t, "changes", sec.Find(LeadTime, whole).N, "[{changes 56} {deployments 28}]")
}

// A reorganisation moves the future, not the past.
func TestOwnershipHasDates(t *testing.T) {
	h := newHistory().daily(-1, 28+29)
	h.teams[0].Owns[0].Until = at(currentDay+14, 0)
	h.teams = append(h.teams, fact.Team{ID: "till", Developers: 4, Owns: []fact.Ownership{{Repository: repo, From: at(currentDay+14, 0)}}})
	sec := h.measure(t).Section
	want(t, "before", sec.Find(Frequency, shopTeam).N, "[{deployments 14}]")
	want(t, "after", sec.Find(Frequency, metric.Scope{Kind: metric.Team, ID: "till"}).N, "[{deployments 14}]")
	want(t, "organisation", sec.Find(Frequency, whole).N, "[{deployments 28} {teams 2}]")
}

// A shared service counts fully for each owner and once for the organisation.
func TestSharedServiceCountsOnceInTheWhole(t *testing.T) {
	h := newHistory().daily(-1, 28+29)
	h.teams = append(h.teams, fact.Team{ID: "till", Developers: 4, Owns: []fact.Ownership{{Repository: repo}}})
	sec := h.measure(t).Section
	want(t, "one", sec.Find(Frequency, shopTeam).N, "[{deployments 28}]")
	want(t, "other", sec.Find(Frequency, metric.Scope{Kind: metric.Team, ID: "till"}).N, "[{deployments 28}]")
	want(t, "organisation", sec.Find(Frequency, whole).N, "[{deployments 28} {teams 2}]")
}

// Facts in any order give the same result.
func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	make := func(reverse bool) string {
		h := newHistory().daily(-1, 28+29)
		h.incident(fact.Incident{ID: "i1", Deployment: fmt.Sprint("dc", currentDay+3), Opened: at(currentDay+3, 12), Resolved: at(currentDay+3, 13)})
		if reverse {
			for i, j := 0, len(h.Changes)-1; i < j; i, j = i+1, j-1 {
				h.Changes[i], h.Changes[j] = h.Changes[j], h.Changes[i]
			}
			for i, j := 0, len(h.Deployments)-1; i < j; i, j = i+1, j-1 {
				h.Deployments[i], h.Deployments[j] = h.Deployments[j], h.Deployments[i]
			}
		}
		var out string
		for _, m := range h.measure(t).Section.Metrics {
			if m.Value != nil {
				out += fmt.Sprint(m.ID, m.Scope, *m.Value, m.N)
			}
		}
		return out
	}
	want(t, "reversed", make(true), make(false))
}

func TestBadKnobsAreNamed(t *testing.T) {
	for _, o := range []Options{{Production: "("}, {Production: "x", Exclude: "["}} {
		if _, err := o.compile(); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

// An organisation without teams follows the rule of teams, unless the source names
// no author.
func TestFewAuthorsWithoutTeams(t *testing.T) {
	for _, tt := range []struct {
		name    string
		authors []string
		declare int
		state   metric.State
		why     string
	}{
		{"one author", []string{"ann"}, 0, metric.NotAvailable, "one person wrote all changes in the 26 weeks to 3 Nov 2024, and numbers of so few would be a person's"},
		{"two authors and a bot", []string{"ann", "bo", "renovate[bot]"}, 0, metric.NotAvailable, "two people wrote all changes in the 26 weeks to 3 Nov 2024, and numbers of so few would be a person's"},
		{"three authors", []string{"ann", "bo", "cy"}, 0, metric.OK, ""},
		{"no author named", []string{""}, 0, metric.OK, ""},
		{"a team of one author that declares nine", []string{"ann"}, 9, metric.NotAvailable, "one person wrote all changes in the 26 weeks to 3 Nov 2024, so the numbers would be that person's"},
		{"a team that declares nine, no author named", []string{""}, 9, metric.OK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory().daily(currentDay-1, 29)
			for i := range h.Commits {
				h.Commits[i].Author = ""
			}
			for i := range h.Changes {
				h.Changes[i].Author, h.Changes[i].Authors = tt.authors[i%len(tt.authors)], nil
			}
			var c fact.Content
			if tt.declare > 0 {
				c.Teams = []fact.Team{{ID: "shop", Developers: tt.declare, Owns: []fact.Ownership{{Repository: repo}}}}
			}
			o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: at(63, 0), MaturityDays: 7}}, c, h.Events)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Measure(Defaults(), o)
			if err != nil {
				t.Fatal(err)
			}
			m := r.Section.Find(Frequency, whole)
			want(t, "state", m.State, tt.state)
			want(t, "why", m.Why, tt.why)
		})
	}
}

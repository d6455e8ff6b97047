package org

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func date(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

func TestWindows(t *testing.T) {
	for _, tt := range []struct {
		asOf                          time.Time
		cut, current, before, quarter string
	}{
		{date(2024, 11, 11), "2024-11-04", "2024-10-07", "2024-09-09", "2024-07-15"},
		{date(2024, 11, 11).Add(-time.Second), "2024-10-28", "2024-09-30", "2024-09-02", "2024-07-08"},
		{date(2024, 11, 17), "2024-11-04", "2024-10-07", "2024-09-09", "2024-07-15"},
		{date(2025, 1, 13), "2025-01-06", "2024-12-09", "2024-11-11", "2024-09-16"},
	} {
		t.Run(fmt.Sprint(tt.asOf), func(t *testing.T) {
			c := Calendar{AsOf: tt.asOf, MaturityDays: 7}
			got := []string{c.CutOff().Format(time.DateOnly), c.Current().From.Format(time.DateOnly), c.Before().From.Format(time.DateOnly), c.Quarter().From.Format(time.DateOnly)}
			want := []string{tt.cut, tt.current, tt.before, tt.quarter}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("as of %s: got %v, want %v", tt.asOf, got, want)
			}
			if c.Before().To != c.Current().From {
				t.Errorf("as of %s: the windows do not touch", tt.asOf)
			}
		})
	}
}

func TestWeeksBeginOnMonday(t *testing.T) {
	for d := range 800 {
		day := date(2023, 1, 1).AddDate(0, 0, d)
		w := WeekOf(day.Add(13 * time.Hour))
		if w.Weekday() != time.Monday || day.Before(w) || !day.Before(w.Add(Week)) {
			t.Fatalf("week of %s is %s", day, w)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, tt := range []struct {
		at   time.Time
		want int
	}{
		{date(2018, 1, 1), 0},
		{date(2018, 1, 29), 1},
		{date(2018, 1, 29).Add(-1), 0},
		{date(2017, 12, 31), -1},
		{date(2017, 12, 4), -1},
		{date(2024, 10, 7), 88},
	} {
		t.Run(fmt.Sprint(tt.at), func(t *testing.T) {
			if got := PeriodOf(tt.at); got != tt.want {
				t.Errorf("period of %s: got %d, want %d", tt.at, got, tt.want)
			}
			if s := PeriodStart(tt.want); tt.at.Before(s) || !tt.at.Before(s.Add(Period)) {
				t.Errorf("period %d starts %s, without %s", tt.want, s, tt.at)
			}
		})
	}
}

func TestBots(t *testing.T) {
	b, err := NewBots([]string{"^svc-"})
	if err != nil {
		t.Fatal(err)
	}
	for login, want := range map[string]bool{
		"renovate[bot]": true, "dependabot[bot]": true, "Dependabot": true, "svc-release": true,
		"49699333+dependabot[bot]@users.noreply.github.com": true, "29139614+renovate@whitesourcesoftware.com": true,
		"ann": false, "robot-enthusiast": false, "bot": false, "": false, "ghost": false, "ann+bot@example.com": false,
		"app/dependabot": true, "App/Renovate": true, "Renovate Bot": true, "\u00a0Dependabot[Bot] ": true,
		"dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>": true, "Ann <ann@example.com>": false,
		"project_42_bot_0f3a9c": true, "project_42_bot1": true, "project_42_bot": true, "group_7_bot_ab12@noreply.gitlab.example.com": true,
		"service_account_group_7_ab12": true, "service_account_deploys": true, "project_manager": false, "group_7": false,
		"support@dependabot.com": true, "bot@renovateapp.com": true, "support@example.com": false, "noreply@github.com": true,
		"Happy Helper <bot@renovateapp.com>": true, "apple/pie": false,
	} {
		t.Run(login, func(t *testing.T) {
			if got := b.IsBot(login); got != want {
				t.Errorf("%q: got %v, want %v", login, got, want)
			}
		})
	}
	if _, err := NewBots([]string{"(", "ok", "["}); err == nil || strings.Count(err.Error(), "\"") < 4 {
		t.Errorf("two bad patterns: got %v, want both named", err)
	}
}

func TestGlobs(t *testing.T) {
	for _, tt := range []struct {
		glob, path string
		want       bool
	}{
		{"services/a/**", "services/a/x/y.go", true},
		{"services/a/**", "services/ab/x.go", false},
		{"/services/a/**", "services/a/x.go", true},
		{"services/*/go.mod", "services/a/go.mod", true},
		{"services/*/go.mod", "services/a/b/go.mod", false},
		{"**/*.proto", "api/v1/x.proto", true},
		{"**/*.proto", "x.proto", true},
		{"lib/?.go", "lib/a.go", true},
		{"lib/?.go", "lib/ab.go", false},
		{"a.b/**", "aXb/c", false},
		{"(x)+/**", "(x)+/y", true},
		{"README.md", "README.md", true},
		{"README.md", "docs/README.md", false},
	} {
		t.Run(tt.glob, func(t *testing.T) {
			if got := newPathScope([]string{tt.glob}).matches(tt.path); got != tt.want {
				t.Errorf("%q against %q: got %v", tt.glob, tt.path, got)
			}
		})
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("services/**/a?.go", "services/x/ab.go")
	f.Add("[\xff", "x")
	f.Fuzz(func(t *testing.T, glob, path string) {
		s := newPathScope([]string{glob})
		if s.matchesAny([]string{path}) != s.matches(path) {
			t.Error("any and match disagree")
		}
	})
}

func TestSpans(t *testing.T) {
	w := func(a, b int) metric.Window { return metric.Window{From: date(2024, 1, a), To: date(2024, 1, b)} }
	show := func(ws []metric.Window) string {
		var b strings.Builder
		for _, x := range ws {
			fmt.Fprintf(&b, "%d-%d ", x.From.Day(), x.To.Day())
		}
		return strings.TrimSpace(b.String())
	}
	for _, tt := range []struct {
		name string
		got  []metric.Window
		want string
	}{
		{"join touching", joinSpans([]metric.Window{w(5, 8), w(1, 5)}), "1-8"},
		{"keep apart", joinSpans([]metric.Window{w(5, 8), w(1, 4)}), "1-4 5-8"},
		{"swallow", joinSpans([]metric.Window{w(1, 9), w(3, 4)}), "1-9"},
		{"drop empty", joinSpans([]metric.Window{w(3, 3), w(9, 4)}), ""},
		{"hole inside", subtractSpan([]metric.Window{w(1, 9)}, w(3, 5)), "1-3 5-9"},
		{"hole before", subtractSpan([]metric.Window{w(4, 9)}, w(1, 4)), "4-9"},
		{"hole after", subtractSpan([]metric.Window{w(4, 9)}, w(9, 12)), "4-9"},
		{"hole over all", subtractSpan([]metric.Window{w(4, 9)}, w(1, 12)), ""},
		{"hole without end", subtractSpan([]metric.Window{w(4, 9)}, metric.Window{From: date(2024, 1, 6)}), "4-6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(tt.got); got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
			}
		})
	}
}

// No login may leave Resolve: every string in the result is searched for one.
func TestNoLoginLeaves(t *testing.T) {
	const login = "ann.smith@acme.example"
	e := fact.Events{
		Commits: []fact.Commit{{Repository: "r", SHA: "a", Author: login, AuthorTime: date(2024, 1, 1)}},
		Changes: []fact.Change{{
			Repository: "r", ID: "1", Author: login, Authors: []string{login},
			FirstCommit: date(2024, 1, 1), Merged: date(2024, 1, 2), MergeCommit: "a",
		}},
		Deployments: []fact.Deployment{{
			Repository: "r", ID: "d", Environment: "prod", Commit: "a", Creator: login,
			Statuses: []fact.Status{{State: fact.Success, At: date(2024, 1, 3)}},
		}},
	}
	c := fact.Content{Teams: []fact.Team{{ID: "t", Members: []string{login}, Owns: []fact.Ownership{{Repository: "r"}}}}}
	o, err := Resolve(Options{Calendar: Calendar{AsOf: date(2024, 2, 1)}}, c, e)
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%+v", *o); strings.Contains(s, "smith") {
		t.Errorf("a login is in %s", s)
	}
	if got := o.Services[0].Changes[0].Author; got == 0 {
		t.Error("the author has no key")
	}
}

func TestPeopleAreCounted(t *testing.T) {
	change := func(id, author string, m int) fact.Change {
		return fact.Change{Repository: "r", ID: id, Author: author, Merged: date(2024, m, 2), FirstCommit: date(2024, m, 1)}
	}
	e := fact.Events{Changes: []fact.Change{change("1", "ann", 1), change("2", "bo", 1), change("3", "ann", 2), change("4", "cy", 6), change("5", "renovate[bot]", 1)}}
	pair := change("6", "ann", 3)
	pair.Authors = []string{"ann", "di", "renovate[bot]"}
	e.Changes = append(e.Changes, pair)
	e.Changes = append(e.Changes, fact.Change{Repository: "n", ID: "1", Merged: date(2024, 3, 2)})
	trailers := change("1", "ann", 3) // Ann's other spelling, two people, tools and a bot
	trailers.Repository = "h"
	trailers.CoAuthors = []string{"ann@example.org", "eve@example.org", "Eve@elsewhere.org", "fay", "noreply@anthropic.com", "Copilot", "renovate[bot]"}
	e.Changes = append(e.Changes, trailers)
	nameless, helped := []fact.Ownership{{Repository: "n"}}, []fact.Ownership{{Repository: "h"}}
	late := []fact.Ownership{{Repository: "r"}}
	own := []fact.Ownership{{Repository: "r", Until: date(2024, 5, 1)}}
	for _, tt := range []struct {
		name string
		team fact.Team
		asOf time.Time
		want int
	}{
		{"a declared number does not stand beside authors", fact.Team{ID: "t", Developers: 7, Owns: own}, date(2024, 6, 17), 3},
		{"nor do listed members", fact.Team{ID: "t", Members: []string{"a", "b", "c", "d"}, Owns: own}, date(2024, 6, 17), 3},
		{"declared, of a source that names no author", fact.Team{ID: "t", Developers: 7, Owns: nameless}, date(2024, 6, 17), 7},
		{"listed, of a source that names no author", fact.Team{ID: "t", Members: []string{"a", "b"}, Owns: nameless}, date(2024, 6, 17), 2},
		{"trailers", fact.Team{ID: "t", Developers: 9, Owns: helped}, date(2024, 6, 17), 3},
		{"authors and co-authors while it owned the service, no bots", fact.Team{ID: "t", Owns: own}, date(2024, 6, 17), 3},
		{"up to the cut-off", fact.Team{ID: "t", Owns: late}, date(2024, 6, 10), 4},
		{"not after the cut-off", fact.Team{ID: "t", Owns: late}, date(2024, 6, 9), 3},
		{"26 weeks before it", fact.Team{ID: "t", Owns: late}, date(2024, 8, 14), 3},
		{"and not earlier", fact.Team{ID: "t", Owns: late}, date(2024, 12, 30), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := Resolve(Options{Calendar: Calendar{AsOf: tt.asOf, MaturityDays: 7}}, fact.Content{Teams: []fact.Team{tt.team}}, e)
			if err != nil {
				t.Fatal(err)
			}
			if got := o.Teams[0].People; got != tt.want {
				t.Errorf("%s: got %d people, want %d", tt.name, got, tt.want)
			}
		})
	}
}

// Two repositories may both have a deployment "1": an incident means the one of
// its own repository.
func TestIncidentMeansItsOwnRepository(t *testing.T) {
	d := func(repo string) fact.Deployment {
		return fact.Deployment{Repository: repo, ID: "1", Environment: "prod"}
	}
	o, err := Resolve(Options{}, fact.Content{}, fact.Events{
		Deployments: []fact.Deployment{d("a"), d("b")},
		Incidents: []fact.Incident{
			{ID: "x", Repository: "a", Deployment: "1"}, {ID: "y", Repository: "b", Deployment: "1"}, {ID: "z", Service: "nobody"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, i := range o.Incidents {
		got = append(got, i.Service)
	}
	if fmt.Sprint(got) != "[0 1 -1]" {
		t.Errorf("got services %v", got)
	}
}

package demo

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the pages promise about people, counted again from the exports.

func TestSurveyWaves(t *testing.T) {
	m, _ := exampleFiles(t)
	for _, want := range []struct {
		file                   string
		answers, nps           int
		loved, hated, positive int
		rated, complex, helm   int
		sent                   string
	}{
		{"2024-09.csv", 172, 34, 36, 31, 70, 70, 39, 18, "2024-09-15"},
		{"2024-10.csv", 180, 42, 80, 30, 72, 75, 40, 20, "2024-10-15"},
	} {
		t.Run(want.file, func(t *testing.T) {
			rows := m.rows(t, want.file)
			promoters, detractors, loved, hated := 0, 0, 0, 0
			answered, positive := map[string]int{}, map[string]int{}
			complexity := 0
			for _, r := range rows {
				score, err := strconv.Atoi(r.get("How likely are you to recommend this platform to a colleague?"))
				if err != nil || score < 0 || score > 10 {
					t.Fatalf("%s: score %d: %v", want.file, score, err)
				}
				switch {
				case score >= 9:
					promoters++
				case score <= 6:
					detractors++
				}
				loved += has(r.get("Which features do you love?"), "GitOps auto-deploy")
				hated += has(r.get("Which features frustrate you?"), "Vault secret rotation")
				for _, f := range []string{"Buildpacks", "Custom Helm Charts", "GitOps", "Vault", "Backstage", "Grafana dashboards"} {
					if a := r.get("How satisfied are you with " + f + "?"); a != "" {
						answered[f]++
						positive[f] += has("Satisfied; Very satisfied", a)
					}
				}
				complexity += has(r.get("Why? (Custom Helm Charts)"), "too complex")
				when := instant(t, r.get("Timestamp"))
				if d := when.Sub(instant(t, want.sent+"T00:00:00Z")); d < 0 || d > 7*24*time.Hour {
					t.Errorf("%s: answered at %s", want.file, when)
				}
			}
			n := len(rows)
			percent := func(k, n int) int { return int(math.Round(100 * float64(k) / float64(n))) }
			got := []int{
				n, percent(promoters-detractors, n), percent(loved, n), percent(hated, n), percent(positive["Buildpacks"], answered["Buildpacks"]),
				answered["Buildpacks"], percent(complexity, answered["Custom Helm Charts"]), answered["Custom Helm Charts"],
			}
			if !slices.Equal(got, []int{want.answers, want.nps, want.loved, want.hated, want.positive, want.rated, want.complex, want.helm}) {
				t.Errorf("%s: answers, NPS, loved, hated, Buildpacks positive, answered, Helm too complex, answered = %v, want %+v", want.file, got, want)
			}
			if p := percent(positive["Custom Helm Charts"], answered["Custom Helm Charts"]); p >= 40 {
				t.Errorf("%s: %d %% of the users of custom charts are satisfied", want.file, p)
			}
			t.Log(want.file, answered, positive)
		})
	}
}

func has(list, item string) int {
	if slices.Contains(strings.Split(list, "; "), item) {
		return 1
	}
	return 0
}

func TestTickets(t *testing.T) {
	m, _ := exampleFiles(t)
	deploy, build := regexp.MustCompile("(?i)deploy.*production"), regexp.MustCompile("(?i)slow.*build|build.*slow")
	for from, want := range map[string]struct {
		n            int
		median, mean float64
	}{
		"2024-10-07": {48, 3.84, 4.2}, "2024-07-15": {80, 4.8, 5.3},
	} {
		t.Run(from, func(t *testing.T) {
			begin := instant(t, from+"T00:00:00Z")
			var hours []float64
			asked, slow := 0, 0
			for _, r := range m.rows(t, "tickets.csv") {
				opened := instant(t, r.get("opened"))
				if opened.Before(begin) || !opened.Before(begin.AddDate(0, 0, 28)) {
					continue
				}
				if deploy.MatchString(r.get("title")) {
					asked++
				} else if build.MatchString(r.get("title")) {
					slow++
				}
				hours = append(hours, instant(t, r.get("resolved")).Sub(opened).Hours())
			}
			slices.Sort(hours)
			if len(hours) != want.n || math.Abs(at7(hours, .5)-want.median) > .1 || math.Abs(mean(hours)-want.mean) > .01 {
				t.Errorf("%s: %d tickets, median %.2f h, mean %.2f h; want %+v", from, len(hours), at7(hours, .5), mean(hours), want)
			}
			if a, s := float64(asked)/float64(want.n), float64(slow)/float64(want.n); math.Round(100*a) != 40 || math.Round(100*s) != 25 {
				t.Errorf("%s: %.3f ask how to deploy, %.3f find builds slow", from, a, s)
			}
		})
	}
}

// Active means used in the last 28 days, whether they end at the cut-off or at
// the end of the events.
func TestUsage(t *testing.T) {
	m, teams := exampleFiles(t)
	team := map[string]bool{}
	for _, x := range teams {
		team[x.ID] = true
	}
	for _, end := range []string{"2024-11-04", "2024-11-11"} {
		to := instant(t, end+"T00:00:00Z")
		active, parts := map[string]map[string]bool{}, map[string]map[string]bool{}
		add := func(to map[string]map[string]bool, key, unit string) {
			if to[key] == nil {
				to[key] = map[string]bool{}
			}
			to[key][unit] = true
		}
		for _, r := range m.rows(t, "usage.csv") {
			day := instant(t, r.get("date")+"T00:00:00Z")
			if !team[r.get("team")] {
				t.Fatalf("unknown team %q", r.get("team"))
			}
			if !day.Before(to) || day.Before(to.AddDate(0, 0, -28)) {
				continue
			}
			add(active, r.get("feature"), r.get("unit"))
			if r.get("part") != "" {
				add(parts, r.get("part"), r.get("unit"))
			}
		}
		for feature, want := range map[string]int{
			Backstage: 220, GitOps: 45, Buildpacks: 50, HelmCharts: 7, Vault: 38, Dashboards: 57,
		} {
			if got := len(active[feature]); got != want {
				t.Errorf("%s: %d active units of %s, want %d", end, got, feature, want)
			}
		}
		for id, want := range map[string]int{"catalog": 200, "docs": 25, "templates": 5} {
			if got := len(parts[id]); got != want {
				t.Errorf("%s: %d developers use the %s, want %d", end, got, id, want)
			}
		}
	}
}

// The first row of a team's use is the day its deliveries change.
func TestFirstUseMatchesAdoption(t *testing.T) {
	m, _ := exampleFiles(t)
	first := map[string]string{}
	for _, r := range m.rows(t, "usage.csv") {
		if key := r.get("feature") + " " + r.get("unit"); first[key] == "" {
			first[key] = r.get("date")
		}
	}
	o := ExampleOptions(nil)
	adopted, err := listAdoptions(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range adopted {
		want := a.From
		if want.Before(o.From) {
			want = o.From
		}
		if got := first[a.Feature+" "+a.Team]; got != want.Format(time.DateOnly) {
			t.Errorf("%s first uses %s on %s, want %s", a.Team, a.Feature, got, want)
		}
	}
}

func TestMeasuresAndTasks(t *testing.T) {
	m, _ := exampleFiles(t)
	early, late := map[string][]float64{}, map[string][]float64{}
	for _, r := range m.rows(t, "measures.csv") {
		v, err := strconv.ParseFloat(r.get("value"), 64)
		if err != nil {
			t.Fatal(err)
		}
		switch date := r.get("date"); {
		case date < "2024-01-01":
			early[r.get("measure")] = append(early[r.get("measure")], v)
		case date >= "2024-10-07" && date < "2024-11-04":
			late[r.get("measure")] = append(late[r.get("measure")], v)
		}
	}
	for id, want := range map[string]struct{ before, after float64 }{
		"build_minutes": {40, 8}, "kubectl_get_pods": {30, 5}, "deploy_minutes": {9, 4.2}, "onboarding_minutes": {70, 26},
	} {
		t.Run(id, func(t *testing.T) {
			if b, a := mean(early[id]), mean(late[id]); math.Abs(b-want.before) > .05*want.before || math.Abs(a-want.after) > .1*want.after {
				t.Errorf("%s from %.2f to %.2f, want %+v", id, b, a, want)
			}
		})
	}
	if up := late["gitops_uptime"]; len(up) != 4 || up[3] < 99.3 {
		t.Errorf("uptime of GitOps %v", up)
	}
	unaided, n := map[string]int{}, map[string]int{}
	for _, r := range m.rows(t, "tasks.csv") {
		if date := r.get("date"); date >= "2024-10-07" && date < "2024-11-04" {
			n[r.get("task")]++
			unaided[r.get("task")] += has(r.get("unaided"), "true")
		}
	}
	if n["deploy"] != 100 || n["onboard-service"] != 20 || unaided["deploy"] < 80 {
		t.Errorf("attempts %v, unaided %v", n, unaided)
	}
}

func TestEventsAndExportsHoldTheSame(t *testing.T) {
	o := small(12)
	o.Staff = true
	n, err := Write(memory{}.create, o)
	if err != nil {
		t.Fatal(err)
	}
	e, err := GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]int{
		"tickets.csv": len(e.Tickets), "usage.csv": len(e.Usage), "measures.csv": len(e.Measures), "tasks.csv": len(e.Tasks),
		"deployments.csv.gz": len(e.Deployments), "changes.csv.gz": len(e.Changes), "incidents.csv.gz": len(e.Incidents),
	} {
		t.Run(name, func(t *testing.T) {
			if want := n[name]; got != want || want == 0 {
				t.Errorf("%s has %d rows, Events %d", name, want, got)
			}
		})
	}
	if got, want := len(e.Answers), n["2024-04.csv"]+n["2024-05.csv"]; got != want || want == 0 {
		t.Errorf("surveys have %d rows, Events %d", want, got)
	}
}

// listAdoptions returns the first uses that the options' organisation plays out, by
// feature and date.
func listAdoptions(o Options) ([]Adoption, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return drawAdoptions(o, newTeams(o)), nil
}

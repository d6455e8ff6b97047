package gitlab_test

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/gitlab"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

// BenchmarkOrganisation reads an organisation of 500 projects, 60 teams, 10,000
// merge requests and 27,000 deployments in 90 days: a first run up to a day before
// its end, then the night of that day. It reports the requests of each. Memory is
// that of the forge, the fake server and the store together.
func BenchmarkOrganisation(b *testing.B) {
	w := testkit.Organisation(testkit.Size{})
	s := serve(b, w, gitlabtest.Options{})
	o := gitlab.Options{
		BaseURL: s.URL, Groups: []string{"acme"}, Token: token, Teams: true, IncidentLabels: []string{"incident"}, Now: time.Now,
	}
	b.ReportAllocs()
	for b.Loop() {
		var m testkit.Memory
		for _, run := range []struct {
			name string
			now  time.Time
		}{{"first", w.To.AddDate(0, 0, -1)}, {"night", w.To}} {
			s.SetNow(run.now)
			s.Reset()
			began := time.Now()
			r, err := open(b, o).Sync(b.Context(), &m, collect.SyncOptions{Window: collect.Window{From: w.From, To: run.now}})
			if err != nil || len(r.Gaps) > 0 {
				b.Fatal(err, r.Gaps)
			}
			b.ReportMetric(float64(s.Requests()), run.name+"-requests")
			b.ReportMetric(time.Since(began).Seconds(), run.name+"-s")
			b.Logf("%s: %v", run.name, s.Counts())
		}
	}
}

// BenchmarkNight reads a night of a smaller one.
func BenchmarkNight(b *testing.B) {
	w := testkit.Organisation(testkit.Size{Repositories: 50, Teams: 6, People: 30, Requests: 500, Deployments: 1500, Incidents: 20})
	s := serve(b, w, gitlabtest.Options{})
	o := gitlab.Options{BaseURL: s.URL, Groups: []string{"acme"}, Token: token, IncidentLabels: []string{"incident"}, Now: time.Now}
	var m testkit.Memory
	before := w.To.AddDate(0, 0, -1)
	s.SetNow(before)
	if _, err := open(b, o).Sync(b.Context(), &m, window(w, before)); err != nil {
		b.Fatal(err)
	}
	s.SetNow(w.To)
	b.ReportAllocs()
	now := w.To
	for b.Loop() {
		now = now.Add(time.Second) // the same night again would be done
		if _, err := open(b, o).Sync(b.Context(), &m, window(w, now)); err != nil {
			b.Fatal(err)
		}
	}
}

package proof_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// bounds are what is promised of an organisation.
type bounds struct {
	first, night int // requests
	rss          int // kilobytes
}

// TestSize collects an organisation by the real program, from a fake in another
// process, and holds what it cost to what is promised. With -size the organisation
// has 500 repositories, 60 teams, 10,000 pull requests and 27,000 deployments in 90
// days; without, it is small enough for every day.
func TestSize(t *testing.T) {
	o := testkit.Size{Repositories: 20, Teams: 3, People: 20, Requests: 100, Deployments: 250, Incidents: 10}
	latency := time.Duration(0)
	limits := map[string]bounds{"GitHub": {40, 20, 150 << 10}, "GitLab": {2500, 400, 150 << 10}}
	if *size {
		o, latency = testkit.Size{}, 50*time.Millisecond
		limits = map[string]bounds{"GitHub": {250, 60, 150 << 10}, "GitLab": {100_000, 10_000, 150 << 10}}
	}
	o.To = time.Date(2025, 4, 1, 3, 0, 0, 0, time.UTC)
	for _, one := range []struct{ name, forge string }{{"GitHub", "github"}, {"GitLab", "gitlab"}} {
		t.Run(one.name, func(t *testing.T) {
			r := role{Forge: one.forge, Size: o, Now: o.To, Latency: latency}
			if one.forge == "gitlab" {
				// A first run asks for every deployment: without waiting, and beyond the limit
				// of an hour, which would end it until the next one.
				r.Latency, r.Limit = 0, 1_000_000
			}
			s := r.start(t)
			p := newPlatform(t, one.forge, s.address, "days = 90", "budget_percent = 0")
			// The last day has no activity: the night is the one before it.
			evening, night := o.To.AddDate(0, 0, -2), o.To.AddDate(0, 0, -1)
			s.tell(order{Now: evening})
			firstRun := p.measured(s, evening, "first run", "collect")
			s.tell(order{Now: night})
			nightly := p.measured(s, night, "a night", "collect")
			again := p.measured(s, night, "again at once", "collect")
			p.storeSize()
			build := p.run(night, "build")
			if build.code != 0 {
				t.Errorf("build: exit code %d\n%s", build.code, build.said)
			}
			t.Logf("%-14s %.1f s, %d MB", "build", build.took.Seconds(), build.rss>>10)
			limit := limits[one.name]
			if firstRun.requests > limit.first || nightly.requests > limit.night || again.requests > nightly.requests {
				t.Errorf("requests: first run %d of %d, a night %d of %d, again %d", firstRun.requests, limit.first, nightly.requests, limit.night, again.requests)
			}
			for _, m := range []measured{firstRun, nightly} {
				// The system counts what this process held when it started the other: with
				// all other tests in it that is more than a small collection needs.
				if *size && m.rss > limit.rss {
					t.Errorf("%s: %d MB of memory, more than %d", m.what, m.rss>>10, limit.rss>>10)
				}
			}
		})
	}
}

// measured is what a collection cost.
type measured struct {
	did
	what     string
	requests int
}

var printed = regexp.MustCompile(`source ` + source + `: ([\d,]+) requests \(([\d,]+) retries\)`)

// measured runs the program and compares the fake's count with what was printed and
// with run.json.
func (p *platform) measured(s *served, now time.Time, what string, args ...string) measured {
	p.t.Helper()
	s.tell(order{})
	m := measured{did: p.run(now, args...), what: what}
	counted := s.tell(order{})
	if m.code != 0 {
		p.t.Fatalf("%s: exit code %d\n%s", what, m.code, m.said)
	}
	m.requests = counted.total()
	told := -1
	if found := printed.FindStringSubmatch(m.said); found != nil {
		told, _ = strconv.Atoi(strings.ReplaceAll(found[1], ",", "")) // digits
	}
	var record struct {
		Sources []struct {
			Collected struct{ Requests int }
		}
	}
	data, err := os.ReadFile(p.file(".ip3dp/run.json"))
	if err == nil {
		err = json.Unmarshal(data, &record)
	}
	if err != nil || len(record.Sources) != 1 {
		p.t.Fatalf("%s: run.json: %v", what, err)
	}
	if told != m.requests || record.Sources[0].Collected.Requests != m.requests {
		p.t.Errorf("%s: the fake counted %d requests, %d were printed and %d are in run.json\n%s", what, m.requests, told, record.Sources[0].Collected.Requests, m.said)
	}
	kinds, _ := json.MarshalIndent(counted.Kinds, "", " ") // a map of numbers
	p.t.Logf("%-14s %d requests (%d points), %.1f s, %.1f s CPU, %d MB\n%s", what, m.requests, counted.Points, m.took.Seconds(), float64(m.cpu)/1000, m.rss>>10, kinds)
	return m
}

// storeSize logs how large the store is.
func (p *platform) storeSize() {
	p.t.Helper()
	info, err := os.Stat(p.file(".ip3dp/store.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := os.Stat(p.file(".ip3dp/store.db-wal")); err == nil {
		p.t.Error("a log was left beside the store")
	}
	p.t.Logf("%-14s %.1f MB", "store", float64(info.Size())/1e6)
}

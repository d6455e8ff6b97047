package support

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// The current four weeks begin on 7 October 2024, three months ago on 15 July.
var (
	asOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	now  = time.Date(2024, 10, 7, 9, 0, 0, 0, time.UTC)
	ago  = time.Date(2024, 7, 15, 9, 0, 0, 0, time.UTC)
)

func some(n int, from time.Time, hours float64, title string) []fact.Ticket {
	var out []fact.Ticket
	for i := range n {
		at := from.Add(time.Duration(i*27*24/max(n, 1)) * time.Hour)
		out = append(out, fact.Ticket{ID: fmt.Sprint(title, from, i), Theme: rules.Find(title), Opened: at, Resolved: at.Add(time.Duration(hours * float64(time.Hour)))})
	}
	return out
}

var content = fact.Content{Themes: []fact.Theme{
	{ID: "prod", Title: "How do I deploy?", Match: []string{"deploy.*prod", "("}, Hint: "docs"},
	{ID: "slow", Title: "My build is slow", Match: []string{"slow.*build", "build.*slow"}},
}}

var rules = tickets.NewThemes(content.Themes)

func measure(tickets ...[]fact.Ticket) Result {
	var all []fact.Ticket
	for _, t := range tickets {
		all = append(all, t...)
	}
	if len(all) > 0 { // so that three months ago is covered
		all = append(all, some(1, ago.AddDate(0, 0, -7*30), 1, "early")...)
	}
	return measureOnly(all)
}

var organisation = &org.Organisation{Calendar: org.Calendar{AsOf: asOf, MaturityDays: 7}}

func measureOnly(tickets []fact.Ticket) Result {
	return Measure(organisation, Input{Content: content, Tickets: tickets, Developers: 250, Sesoi: 0.1})
}

// An export that begins inside the weeks compared gives no "worse".
func TestAnExportThatBeginsInsideIsNotCompared(t *testing.T) {
	late := some(10, ago.AddDate(0, 0, 14), 5, "x")
	for _, tt := range []struct {
		name    string
		tickets []fact.Ticket
		state   metric.State
	}{
		{"three months ago", append(some(80, now, 4, "y"), late...), metric.OK},
		{"now", some(80, now.AddDate(0, 0, 14), 4, "y"), metric.Provisional},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := measureOnly(tt.tickets)
			for _, id := range []string{PerWeek, Per100, Resolution} {
				if m := find(&r, id); m.Trend != nil || m.State != tt.state || len(m.Warnings) == 0 || id != Resolution && m.Was != nil {
					t.Errorf("%s: %s, trend %+v, was %+v, warnings %q", id, m.State, m.Trend, m.Was, m.Warnings)
				}
			}
		})
	}
}

func find(r *Result, id string) *metric.Metric {
	return r.Section.Find(id, metric.Scope{Kind: metric.Organisation})
}

func TestTicketsPerWeek(t *testing.T) {
	r := measure(some(48, now, 4, "x"), some(80, ago, 5, "x"), some(3, asOf.AddDate(0, 0, -2), 1, "immature"))
	m := find(&r, PerWeek)
	if *m.Value != 12 || *m.Was.Value != 20 || *m.Lo > 12 || *m.Hi < 12 {
		t.Errorf("per week: got %v (%v–%v), was %v", *m.Value, *m.Lo, *m.Hi, *m.Was.Value)
	}
	if v := *find(&r, Per100).Value; math.Abs(v-4.8) > 1e-12 {
		t.Errorf("per 100 developers: got %v, want 4.8", v)
	}
	if r.Tickets != 48 {
		t.Errorf("tickets: got %d", r.Tickets)
	}
}

func TestResolution(t *testing.T) {
	late := some(1, now, 0, "open")
	late[0].Resolved, late[0].Reopened = time.Time{}, 1
	bad := some(1, now, -2, "before it was opened")
	r := measure(some(22, now, 2, "x"), some(17, now, 8, "y"), late, bad)
	m := find(&r, Resolution)
	if *m.Value != 2*3600 {
		t.Errorf("median: got %v h", *m.Value/3600)
	}
	if mean := *m.Details[0].Value / 3600; math.Abs(mean-(22*2+17*8)/39.) > 1e-9 {
		t.Errorf("mean of those resolved: got %v h", mean)
	}
	if r.Open != 1 || r.Reopened != 1 || len(m.Warnings) != 1 {
		t.Errorf("open %d, reopened %d, warnings %v", r.Open, r.Reopened, m.Warnings)
	}
	if m.Details[1].Value != nil || m.Details[1].Note == "" {
		t.Errorf("90th percentile with an open ticket: got %+v", m.Details[1])
	}
}

// Dropping the tickets that are still open would make the slow look fast.
func TestOpenTicketsAreNotDropped(t *testing.T) {
	open := some(15, now, 0, "open")
	for i := range open {
		open[i].Resolved = time.Time{}
	}
	with, without := measure(some(20, now, 2, "x"), open), measure(some(20, now, 2, "x"))
	if hi := find(&with, Resolution).Hi; hi != nil && *hi <= *find(&without, Resolution).Hi {
		t.Errorf("15 open tickets did not raise the upper limit: %v h", *hi/3600)
	}
	all := measure(open)
	if m := find(&all, Resolution); m.State != metric.NotAvailable || m.Why == "" {
		t.Errorf("nothing resolved: got %+v", m)
	}
}

func TestThemes(t *testing.T) {
	r := measure(some(20, now, 4, "How do I DEPLOY to production?"), some(20, now, 4, "the build is so slow"), some(10, now, 4, "hello"),
		some(20, ago, 4, "deploy to prod"), some(1, ago, 4, "slow build"))
	var got []string
	for _, th := range r.Themes {
		got = append(got, fmt.Sprintf("%s %d of %d, rising %v", th.ID, th.N, th.Before, th.Rising))
	}
	if s := fmt.Sprint(got); s != "[prod 20 of 20, rising false slow 20 of 1, rising true]" {
		t.Errorf("got %s", s)
	}
	if r.Themes[0].Share != 0.4 || r.UnmatchedShare() != 0.2 {
		t.Errorf("share %v, unmatched %v", r.Themes[0].Share, r.UnmatchedShare())
	}
}

func TestNoTickets(t *testing.T) {
	r := measure()
	for _, m := range r.Section.Metrics {
		if m.State != metric.NotAvailable || m.Why == "" || m.Next == "" || m.Value != nil {
			t.Errorf("%s: got %+v", m.ID, m)
		}
	}
	if r.UnmatchedShare() != 0 || len(r.Section.Series) != 0 {
		t.Error("something came of nothing")
	}
}

func BenchmarkMeasure(b *testing.B) {
	tickets := append(some(5000, now, 4, "How do I deploy to production?"), some(5000, ago, 3, "something else entirely")...)
	b.ReportAllocs()
	for b.Loop() {
		measureOnly(tickets)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(tickets)), "ns/ticket")
}

// A change is claimed only where a test against three months ago supports it.
func TestChanges(t *testing.T) {
	open := func(tickets []fact.Ticket, n int) []fact.Ticket {
		for i := range n {
			tickets[i].Resolved = time.Time{}
		}
		return tickets
	}
	varied := func(tickets []fact.Ticket) []fact.Ticket {
		for i := range tickets {
			tickets[i].Resolved = tickets[i].Resolved.Add(time.Duration(i*37%80) * time.Minute / 10)
		}
		return tickets
	}
	for _, c := range []struct {
		name       string
		now, ago   []fact.Ticket
		rate, time metric.Outcome // "": not tested
	}{
		{"fewer and faster", some(48, now, 4, "x"), some(80, ago, 5, "x"), metric.WorthWatching, metric.WorthWatching},
		{"as many, as fast", varied(some(80, now, 4, "x")), varied(some(80, ago, 4, "x")), metric.NotEnoughData, metric.AboutTheSame},
		{"too few to tell while one is open", open(some(6, now, 4, "x"), 1), some(8, ago, 9, "x"), metric.NotEnoughData, metric.NotEnoughData},
		{"open ones count", open(some(60, now, 40, "x"), 20), some(60, ago, 5, "x"), metric.NotEnoughData, metric.WorthWatching},
		{"none before", some(48, now, 4, "x"), nil, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := measure(c.now, c.ago)
			for id, want := range map[string]metric.Outcome{PerWeek: c.rate, Per100: c.rate, Resolution: c.time} {
				got := metric.Outcome("")
				if m := find(&r, id); m.Trend != nil {
					got = m.Trend.Outcome
				}
				if got != want {
					t.Errorf("%s: %s: got %q, want %q", c.name, id, got, want)
				}
			}
		})
	}
}

// What was closed unsolved counts as opened and is in no resolution time, nor is
// what ended before it began; both are counted in words.
func TestUnsolvedAndImpossibleAreKeptApart(t *testing.T) {
	list := some(3, now, 24, "x")
	for i, word := range []string{"duplicate", "cancelled", "cancelled", "won't do"} {
		list = append(list, fact.Ticket{ID: fmt.Sprint("u", i), Opened: now, Resolved: now.Add(time.Minute), Unsolved: word})
	}
	list = append(list, fact.Ticket{ID: "back", Opened: now, Resolved: now.Add(-time.Hour)})
	r := measure(list)
	m := find(&r, Resolution)
	want := "[1 recorded as resolved before they were opened: left out 3 closed without a solution (2 cancelled, 1 won't do): they count as opened and are in no resolution time]"
	if *m.Value != 86400 || m.N[0].N != 3 || fmt.Sprint(m.Warnings) != want {
		t.Errorf("resolution: got %v of %v, %v", *m.Value, m.N, m.Warnings)
	}
	if r.Tickets != 7 || r.Unsolved != 3 || r.Duplicates != 1 || find(&r, PerWeek).N[0].N != 7 {
		t.Errorf("opened: %d, unsolved %d", r.Tickets, r.Unsolved)
	}
	if r := measure(list[3:]); find(&r, Resolution).State != metric.NotAvailable {
		t.Error("unsolved tickets alone give a resolution time")
	}
}

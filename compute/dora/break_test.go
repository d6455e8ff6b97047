package dora

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// days is a break from one day of the test's calendar to the day before another.
func days(from, to int, teams ...string) metric.Break {
	return metric.Break{Title: "autumn break", Kind: metric.Holiday, Window: metric.Window{From: at(from, 0), To: at(to, 0)}, Teams: teams}
}

// measureWith measures a history with breaks.
func measureWith(t *testing.T, h *history, breaks ...metric.Break) *Result {
	t.Helper()
	o := h.organisation(t)
	o.Calendar.Breaks = breaks
	r, err := Measure(Defaults(), o)
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

// without removes the deployments of some days.
func without(h *history, from, to int, only string) *history {
	h.Deployments = slices.DeleteFunc(h.Deployments, func(d fact.Deployment) bool {
		f := d.Finished()
		return !f.Before(at(from, 0)) && f.Before(at(to, 0)) && (only == "" || d.Repository == only)
	})
	return h
}

// A week of a break is shown and counts in no number: the window has the four weeks before it.
func TestBreaksAreLeftOutOfWindows(t *testing.T) {
	team := metric.Scope{Kind: metric.Team, ID: "team-00"}
	quiet := func() *history { return without(shops(1, 1), currentDay+14, currentDay+21, "") }
	plain := measureWith(t, quiet()).Section.Find(Frequency, team)
	full := measureWith(t, shops(1, 1)).Section.Find(Frequency, team)
	r := measureWith(t, quiet(), days(currentDay+15, currentDay+20))
	m := r.Section.Find(Frequency, team)
	if *plain.Value >= *full.Value {
		t.Fatal("the quiet week does not lower the rate")
	}
	want(t, "rate", *m.Value, *full.Value)
	want(t, "window", m.Window, metric.Window{From: at(currentDay-7, 0), To: at(currentDay+28, 0)})
	want(t, "notes", r.Section.Notes, []string{"autumn break from 2024-10-22 until 2024-10-26: its weeks are shown, and windows leave them out and reach further back"})
	var marked []time.Time
	for _, p := range r.Section.FindSeries(Frequency, team).Points {
		if p.Break {
			marked = append(marked, p.At)
			want(t, "note", p.Note, "autumn break")
			want(t, "n", p.N, 0)
		}
	}
	want(t, "weeks of the break", marked, []time.Time{at(currentDay+14, 0)})
	if m.Trend != nil && (m.Trend.Now != m.Window || m.Trend.Before.To.After(m.Trend.Now.From)) {
		t.Errorf("the test compares %+v with %+v", m.Trend.Now, m.Trend.Before)
	}
}

// The events in a break are counted beside the evidence, with the reason.
func TestBreaksInTheEvidence(t *testing.T) {
	r := measureWith(t, shops(1, 1), days(currentDay+14, currentDay+21))
	for _, e := range r.Evidence {
		if e.ID == evDeploy && e.Scope.Kind == metric.Team {
			m := r.Section.Find(Frequency, e.Scope)
			want(t, "rows", len(e.Rows), m.N[0].N)
			if !slices.ContainsFunc(e.LeftOut, func(l metric.LeftOut) bool { return l.Reason == inBreaks && l.N > 0 }) {
				t.Errorf("left out: %+v", e.LeftOut)
			}
			return
		}
	}
	t.Fatal("no evidence")
}

// A break of one team is left out of its numbers only.
func TestBreaksOfATeam(t *testing.T) {
	before := measureWith(t, shops(3, 1))
	after := measureWith(t, shops(3, 1), days(currentDay, currentDay+7, "team-01"))
	for i := range before.Section.Metrics {
		a, b := before.Section.Metrics[i], after.Section.Metrics[i]
		if a.Scope.ID == "team-01" {
			if a.ID == Frequency && b.Window.From != at(currentDay-7, 0) {
				t.Errorf("%s: window %v", a.ID, b.Window)
			}
			continue
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s of %q: %s", a.ID, a.Scope.ID, diff)
		}
	}
	for _, s := range after.Section.Series {
		for _, p := range s.Points {
			want(t, s.Scope.ID+" is marked", p.Break, s.Scope.ID == "team-01" && p.At.Equal(at(currentDay, 0)))
		}
	}
}

// Breaks over weeks without data, or outside of every window, change no number.
func TestBreaksElsewhereChangeNothing(t *testing.T) {
	before := measureWith(t, shops(2, .7))
	for name, b := range map[string]metric.Break{
		"before the data":    days(-1000, -900),
		"after the cut-off":  days(currentDay+28, currentDay+35),
		"of an unknown team": days(currentDay, currentDay+7, "nobody"),
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(before.Section.Metrics, measureWith(t, shops(2, .7), b).Section.Metrics); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever the calendar, a window has its number of weeks, none of them in a break, and the
// earlier window ends before the later one begins.
func TestWindowsKeepTheirWeeks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 13))
	for range 2000 {
		cal := org.Calendar{AsOf: at(r.IntN(700), 0), MaturityDays: r.IntN(20)}
		for range r.IntN(6) {
			from := r.IntN(800) - 100
			b := days(from, from+1+r.IntN(30))
			if r.IntN(2) == 0 {
				b.Teams = []string{"a"}
			}
			cal.Breaks = append(cal.Breaks, b)
		}
		now, before, ago := cal.Current(), cal.Before(), cal.Quarter()
		for name, w := range map[string]metric.Window{"current": now, "before": before, "quarter": ago} {
			n := len(cal.DropBreaks(make([]float64, int(w.To.Sub(w.From)/org.Week)), w, ""))
			if n != 4 || cal.BreakOf(w.From, "") != nil || cal.BreakOf(w.To.Add(-org.Week), "") != nil {
				t.Fatalf("%s: %d weeks of %v with %+v", name, n, w, cal)
			}
		}
		if now.To.After(cal.CutOff()) || before.To.After(now.From) || ago.To.After(now.From) {
			t.Fatalf("%v, %v and %v overlap with %+v", now, before, ago, cal)
		}
		plain := cal.WithoutBreaks()
		if own := cal.Last(cal.CutOff(), 4, "b"); own != now || plain.Current().To != cal.CutOff() {
			t.Fatalf("a team without breaks of its own has %v, not %v", own, now)
		}
	}
}

// Without a full earlier window nothing is compared.
func TestBreakOfTheEarlierWindow(t *testing.T) {
	m := measureWith(t, shops(1, .7), days(0, currentDay)).Section.Find(LeadTime, metric.Scope{Kind: metric.Team, ID: "team-00"})
	if m.Value == nil || m.Was != nil || m.Trend != nil {
		t.Errorf("%+v", m)
	}
}

// A calendar without any week left does not change the windows.
func TestNoWeekIsLeft(t *testing.T) {
	cal := org.Calendar{AsOf: at(100, 0), MaturityDays: 7, Breaks: []metric.Break{days(-5000, 5000)}}
	want(t, "window", cal.Current(), cal.WithoutBreaks().Current())
}

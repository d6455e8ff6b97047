package dora

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// The limits of Wilson's intervals of 100 are tabled: 0 of 100 is 0 to 3.7 %, 4 is
// 1.6 to 9.8 %, 5 is 2.2 to 11.2 %, 9 is 4.8 to 16.2 %, 10 is 5.5 to 17.4 %, 20 is
// 13.3 to 28.9 %.
func TestFailRateUnderSuspicion(t *testing.T) {
	for _, tt := range []struct {
		failed, suspected int
		value, lo, hi     float64 // in percent; −1: none
		unsettled         bool
		words             string
	}{
		{10, 0, 10, 5.5, 17.4, false, ""},
		{0, 0, 0, 0, 3.7, false, ""},
		{0, 1, 0, 0, 5.4, true, "between 0 and 1 %: an incident began soon after a deployment or during it, and names no deployment"},
		{0, 4, 0, 0, 9.8, true, "between 0 and 4 %: 4 incidents began soon after deployments and name no deployment"},
		{0, 5, -1, 0, 11.2, true, "between 0 and 5 %: 5 incidents began soon after deployments and name no deployment"},
		{4, 5, -1, 1.6, 16.2, true, "between 4 and 9 %: 5 incidents began soon after deployments and name no deployment"},
		{5, 5, 5, 2.2, 17.4, true, "between 5 and 10 %: 5 incidents began soon after deployments and name no deployment"},
		{10, 10, 10, 5.5, 28.9, true, "between 10 and 20 %: 10 incidents began soon after deployments and name no deployment"},
	} {
		t.Run(fmt.Sprint(tt.failed), func(t *testing.T) {
			s := sample{deployments: 100, failed: tt.failed, suspected: tt.suspected, suspects: tt.suspected, weeks: make([]float64, 4)}
			e := s.computeFailShare()
			shown := func(v *float64) float64 {
				if v == nil {
					return -1
				}
				return *v * 100
			}
			got := fmt.Sprintf("%.0f, %.1f to %.1f, %v", shown(e.Value), shown(e.Lo), shown(e.Hi), e.unsettled)
			want(t, fmt.Sprintf("%d and %d of 100", tt.failed, tt.suspected), got, fmt.Sprintf("%.0f, %.1f to %.1f, %v", tt.value, tt.lo, tt.hi, tt.unsettled))
			if tt.unsettled {
				want(t, "words", s.describeSuspicion(), tt.words)
			}
			// A week with more suspected than counted shows no false 0.
			s.weeks = s.weeks[:1]
			want(t, fmt.Sprintf("%d and %d in a week", tt.failed, tt.suspected), s.computeFailShare().Value == nil, tt.suspected > tt.failed)
		})
	}
}

// busy is a service that deploys so many times a day for two windows. An incident
// begins half an hour after each deployment whose number bad holds, counted from
// the first of the current window; names says whether it names the deployment.
func busy(perDay int, bad map[int]bool) *history {
	h := newHistory()
	step := 24 * time.Hour / time.Duration(perDay)
	from := at(currentDay, 0, 30)
	for i := -28*perDay - 1; i < 28*perDay; i++ {
		t := from.Add(time.Duration(i) * step)
		id := fmt.Sprint(i)
		h.change(merged("c"+id, "m"+id, t.Add(-10*time.Minute))).deploy("d"+id, "m"+id, t)
		if names, failed := bad[i]; failed {
			in := fact.Incident{ID: "i" + id, Opened: t.Add(35 * time.Minute), Resolved: t.Add(95 * time.Minute)}
			if names {
				in.Deployment = "d" + id
			}
			h.incident(in)
		}
	}
	return h
}

// badEvery marks every k-th number from 0 below n as bad.
func badEvery(k, n int, names bool) map[int]bool {
	bad := map[int]bool{}
	for i := 0; i < n; i += k {
		bad[i] = names
	}
	return bad
}

// Three deployments a day and incidents that name none: 7 of 84 failed, and nothing
// shows which. Tools that count what is named say 0 %, elite.
func TestIncidentsThatNameNoneAreNoProofOfNone(t *testing.T) {
	r := busy(3, badEvery(12, 84, false)).measure(t)
	m := r.Section.Find(FailRate, shopTeam)
	want(t, "state", m.State, metric.NotAvailable)
	want(t, "why", m.Why, "between 0 and 8.3 %: 7 incidents began soon after deployments and name no deployment")
	want(t, "next", m.Next, nameThem)
	if m.Value != nil || m.Tier != nil || m.Trend != nil || m.Lo != nil {
		t.Errorf("a false value: %+v", m)
	}
	var weeks []string
	for _, p := range r.Section.FindSeries(FailRate, shopTeam).Points {
		if p.At.Before(r.measurer.now.From) || !p.At.Before(r.measurer.now.To) {
			continue
		}
		if p.Value != nil {
			weeks = append(weeks, "a false value")
		} else {
			weeks = append(weeks, fmt.Sprintf("%.1f–%.1f %v %s", *p.Lo*100, *p.Hi*100, p.Unsettled, p.Note))
		}
	}
	want(t, "weeks", strings.Join(weeks, "\n"), strings.TrimSpace(`
0.0–28.9 true between 0 and 9.5 %: 2 incidents began soon after deployments and name no deployment
0.0–28.9 true between 0 and 9.5 %: 2 incidents began soon after deployments and name no deployment
0.0–28.9 true between 0 and 9.5 %: 2 incidents began soon after deployments and name no deployment
0.0–22.7 true between 0 and 4.8 %: an incident began soon after a deployment or during it, and names no deployment`))
	want(t, "recovery", r.Section.Find(RecoveryTime, shopTeam).Why, "no failed deployment of these weeks was found; incidents began soon after some but name none")
	restore := r.Section.Find(RestoreTime, shopTeam)
	want(t, "restore", *restore.Value, 3600)

	// The same incidents, naming what broke.
	m = busy(3, badEvery(12, 84, true)).measure(t).Section.Find(FailRate, shopTeam)
	want(t, "named", fmt.Sprintf("%.3f %v", *m.Value, m.Unsettled), "0.083 false")

	// Half of them named: the rate is a range, which the tier spans.
	bad := badEvery(12, 84, false)
	for i := 0; i < 84; i += 21 {
		bad[i] = true // 0, 21, 42, 63, of which 0 was bad before
	}
	m = busy(3, bad).measure(t).Section.Find(FailRate, shopTeam)
	want(t, "some named", fmt.Sprintf("%s %v", m.State, m.Value == nil), "n/a true") // 4 counted, 6 suspected
	bad[6], bad[18] = true, true
	m = busy(3, bad).measure(t).Section.Find(FailRate, shopTeam) // 6 and 6 of 84
	want(t, "as many", fmt.Sprintf("%.3f %.3f–%.3f %v", *m.Value, *m.Lo, *m.Hi, m.Unsettled), "0.071 0.033–0.233 true")
	want(t, "tier", m.Tier.Span, "elite…medium")
	want(t, "warning", m.Warnings[0], "between 7.1 and 14.3 %: 6 incidents began soon after deployments and name no deployment; "+nameThem)
}

// A change of the rate is not tested where suspicion can decide it.
func TestSuspicionAndTrend(t *testing.T) {
	both := func(now, before map[int]bool) map[int]bool {
		all := map[int]bool{}
		for i, names := range now {
			all[i] = names
		}
		for i, names := range before {
			all[i-140] = names
		}
		return all
	}
	for _, tt := range []struct {
		name        string
		now, before map[int]bool
		tested      bool
		outcome     metric.Outcome
	}{
		{"none suspected", badEvery(14, 140, true), badEvery(2, 140, true), true, metric.WorthWatching},
		{"few suspected, far apart", with(badEvery(14, 140, true), 1, 15), badEvery(2, 140, true), true, metric.WorthWatching},
		{"could be chance", with(badEvery(14, 140, true), 1, 15, 29, 43, 57, 71, 85, 99), badEvery(6, 140, true), false, ""},
		{"before", badEvery(6, 140, true), with(badEvery(14, 140, true), 1, 15, 29, 43, 57, 71, 85, 99), false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := busy(5, both(tt.now, tt.before)).measure(t).Section.Find(FailRate, shopTeam)
			want(t, tt.name, m.Trend != nil, tt.tested)
			said := strings.Contains(strings.Join(m.Warnings, "\n"), "the change is not tested")
			want(t, tt.name+": a reason", said, !tt.tested)
			if m.Trend != nil {
				want(t, tt.name, m.Trend.Outcome, tt.outcome)
			}
		})
	}
}

// with adds deployments after which incidents began that name none.
func with(bad map[int]bool, more ...int) map[int]bool {
	for _, i := range more {
		bad[i] = false
	}
	return bad
}

// From worlds of known truth: deployments fail, and incidents name them or not,
// some have other causes. Where a rate is shown its range covers the truth as
// often as it says, whatever part of the evidence there is.
func TestRangesCoverTheTruth(t *testing.T) {
	const seeds = 300
	shown, covered, without := 0, 0, 0
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 4))
		perDay, p := 2+r.IntN(3), 0.02+0.2*r.Float64()
		names := []float64{0, 0.3, 0.6, 0.9, 1}[r.IntN(5)]
		bad := map[int]bool{}
		for i := range 28 * perDay {
			if r.Float64() < p {
				bad[i] = r.Float64() < names
			}
		}
		m := busy(perDay, bad).measure(t).Section.Find(FailRate, shopTeam)
		if m.Value == nil {
			without++
			if !strings.HasPrefix(m.Why, "between ") && m.Why != "no incidents were collected, so failures cannot be seen" {
				t.Fatalf("seed %d: %s", seed, m.Why)
			}
			continue
		}
		shown++
		if *m.Lo <= p && p <= *m.Hi {
			covered++
		}
		// What happened in these weeks lies in the range of what is known, always.
		if happened := float64(len(bad)) / float64(28*perDay); happened < *m.Lo-1e-9 || happened > *m.Hi+1e-9 {
			t.Errorf("seed %d: %.3f to %.3f, but %.3f failed", seed, *m.Lo, *m.Hi, happened)
		}
	}
	t.Logf("%d ranges, %d cover the truth; %d n/a", shown, covered, without)
	if shown < 150 || without < 20 || float64(covered) < 0.93*float64(shown) {
		t.Errorf("%d of %d ranges cover the truth, %d n/a", covered, shown, without)
	}
}

// Open incidents from before the window are told with their age.
func TestOlderIncidentsStillOpen(t *testing.T) {
	for _, tt := range []struct {
		name      string
		incidents []fact.Incident
		warning   string
		why       string
	}{
		{"none", []fact.Incident{{ID: "a", Opened: at(30, 9), Resolved: at(30, 10)}}, "", ""},
		{"open in the window", []fact.Incident{{ID: "a", Opened: at(30, 9), Resolved: at(30, 10)}, {ID: "b", Opened: at(31, 9), Resolved: at(31, 11)}, {ID: "c", Opened: at(32, 9)}}, "", ""},
		{"one", []fact.Incident{{ID: "a", Opened: at(30, 9), Resolved: at(30, 10)}, {ID: "b", Opened: at(-30, 9)}}, "1 older incident is still open, for 92 days", ""},
		{"two", []fact.Incident{{ID: "a", Opened: at(30, 9), Resolved: at(30, 10)}, {ID: "b", Opened: at(-30, 0)}, {ID: "c", Opened: at(27, 9)}}, "2 older incidents are still open, the oldest for 93 days", ""},
		{"nothing else", []fact.Incident{{ID: "b", Opened: at(-57, 0)}}, "", "no incident opened in these weeks: there was nothing to restore; 1 older incident is still open, for 120 days"},
		{"resolved before it was opened", []fact.Incident{{ID: "a", Opened: at(30, 9), Resolved: at(30, 8)}}, "", "no incident of these weeks is resolved yet; left out, because they are recorded as over before they began: 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory().daily(-1, 58)
			h.Incidents = nil
			for _, in := range tt.incidents {
				h.incident(in)
			}
			m := h.measure(t).Section.Find(RestoreTime, shopTeam)
			want(t, tt.name+": warning", strings.Join(m.Warnings, "; "), tt.warning)
			want(t, tt.name+": why", m.Why, tt.why)
		})
	}
	// Opened and resolved in the same second is short, and possible.
	h := newHistory().daily(-1, 58)
	h.incident(fact.Incident{ID: "a", Opened: at(30, 9), Resolved: at(30, 9)})
	if m := h.measure(t).Section.Find(RestoreTime, shopTeam); m.Value == nil || *m.Value != 0 {
		t.Errorf("%v", m.Value)
	}
}

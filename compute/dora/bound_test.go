package dora

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// old moves the first commit of a change to days before it was opened.
func old(days int) func(*fact.Change) {
	return func(c *fact.Change) { c.FirstCommit = c.Opened.AddDate(0, 0, -days) }
}

// aged is a change and a deployment a day for two windows. The first so many of
// the 28 changes of each have a first commit 200 days before they were opened.
func aged(before, now int) *history {
	h := newHistory()
	for d := -1; d < 2*currentDay; d++ {
		id := fmt.Sprint("c", d)
		var edit []func(*fact.Change)
		if d >= 0 && d < before || d >= currentDay && d < currentDay+now {
			edit = append(edit, old(200))
		}
		h.change(merged(id, "m"+id, at(d, 10), edit...)).deploy("d"+id, "m"+id, at(d, 11))
	}
	return h
}

// A clamped value is at least as long as it says: it is in no quantile.
func TestBoundsAreNoQuantiles(t *testing.T) {
	const plain = 3*3600 + 5*60 // two hours to the merge, an hour and five minutes to production
	for _, tt := range []struct {
		name        string
		before, now int
		value, hi   string // in hours
		p75         string
		why         string
		tested      bool
	}{
		{"none", 0, 0, "3.08", "3.08", "3.08", "", true},
		// 26 measured values: the 14th and 15th smallest are known.
		// They fall into one week of four, so weeks differ: the limit lies among bounds.
		{"less than a tenth", 2, 2, "3.08", "none", "3.08", "", true},
		{"11 % now", 0, 3, "3.08", "none", "3.08", "", false},
		{"11 % before", 3, 0, "3.08", "3.08", "3.08", "", false},
		// The quantile is a quarter of the way from the 21st, which is known, to the 22nd.
		{"a quarter", 0, 7, "3.08", "none", "at least 3.6 days", "", false},
		// Woodruff's upper rank is ⌈28 (½ + 2.052 × √(28/27 × 28/4) / 28)⌉ + 1 = 21, the 16th is the last that is known.
		{"12 of 28", 0, 12, "3.08", "none", "at least 14 days", "", false},
		{"13 of 28", 0, 13, "3.08", "none", "at least 14 days", "", false},
		// The median lies between the 14th and the 15th.
		{"half", 0, 14, "n/a", "none", "", "the median is at least 7.1 days: 14 of 28 changes began more than 14 days before their request was opened, and count as at least that long", false},
		{"all", 28, 28, "n/a", "none", "", "the median is at least 14 days: 28 of 28 changes began more than 14 days before their request was opened, and count as at least that long", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sec := aged(tt.before, tt.now).measure(t).Section
			m := sec.Find(LeadTime, shopTeam)
			hours := func(v *float64, none string) string {
				if v == nil {
					return none
				}
				return fmt.Sprintf("%.2f", *v/3600)
			}
			want(t, "median", hours(m.Value, "n/a"), tt.value)
			want(t, "upper limit", hours(m.Hi, "none"), tt.hi)
			want(t, "why", m.Why, tt.why)
			if m.Value == nil {
				want(t, "state", m.State, metric.NotAvailable)
				if m.Next == "" {
					t.Error("nothing to do about it")
				}
				return
			}
			p75 := m.Details[0].Note
			if m.Details[0].Value != nil {
				p75 = hours(m.Details[0].Value, "")
			}
			want(t, "third quartile", p75, tt.p75)
			want(t, "tested", m.Trend != nil, tt.tested)
			reason := slices.ContainsFunc(m.Warnings, func(w string) bool {
				return strings.HasPrefix(w, "the change is not tested, because more than a tenth")
			})
			want(t, "a reason why not", reason, !tt.tested)
			if math.Abs(*m.Value-plain) > 1 {
				t.Errorf("median %v s", *m.Value)
			}
		})
	}
}

// The coding phase and the weeks are bounds where the lead time is.
func TestBoundsOfPhasesAndWeeks(t *testing.T) {
	r := aged(0, 21).measure(t)
	coding := r.Section.Find(PhaseID("coding"), shopTeam)
	want(t, "coding", coding.Why, "the median is at least 14 days: 21 of 28 changes began more than 14 days before their request was opened, and count as at least that long")
	if v := r.Section.Find(PhaseID("deploy"), shopTeam).Value; v == nil || *v != 3900 {
		t.Errorf("the deploy phase is measured: %v", v)
	}
	var weeks []string
	for _, p := range r.Section.FindSeries(LeadTime, shopTeam).Points[len(r.Section.FindSeries(LeadTime, shopTeam).Points)-6:] {
		weeks = append(weeks, fmt.Sprint(p.Value != nil, " ", p.Note))
	}
	want(t, "weeks", strings.Join(weeks, "; "), "true ; false at least 14 days; false at least 14 days; false at least 14 days; true ; false nothing to measure")
	for _, row := range r.Panel {
		if row.Start.Equal(r.measurer.now.From) && row.LogLead != nil {
			t.Error("a bound is the outcome of a comparison")
		}
	}
	var rows []string
	for _, e := range r.Evidence {
		if e.ID == evChange && e.Scope.Kind == metric.Team {
			rows = e.Rows[0].Cells
		}
	}
	want(t, "first commit", rows[3], "before 2024-09-23 09:00")
	want(t, "lead time", rows[5], "≥ 20285.0")
}

// A mean of bounds is a bound; a few of them are told beside it.
func TestBoundedMean(t *testing.T) {
	for now, shown := range map[int]bool{0: true, 2: true, 3: false} {
		o := Defaults()
		o.LeadStatistic = Mean
		r, err := Measure(o, aged(0, now).organisation(t))
		if err != nil {
			t.Fatal(err)
		}
		m := r.Section.Find(LeadTime, shopTeam)
		if (m.Value != nil) != shown || !shown && !strings.HasPrefix(m.Why, "the mean is at least 38 hours: 3 of 28") {
			t.Errorf("%d of 28: %v, %s", now, m.Value, m.Why)
		}
	}
}

// Whatever part of a sample is cut off where, a quantile that is shown is that of
// the whole truth, and a bound is none too high.
func TestBoundsAreTrue(t *testing.T) {
	shown, bound := 0, 0
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := 1 + r.IntN(40)
		truth, seen, clusters := make([]float64, n), make([]float64, n), make([]int, n)
		s := sample{leastClamped: math.Inf(1)}
		for i := range n {
			clusters[i] = r.IntN(12)
			truth[i] = math.Exp(r.NormFloat64() * 2)
			seen[i] = truth[i]
			if limit := r.Float64() * 8; r.IntN(3) == 0 && truth[i] > limit {
				seen[i], s.clamped = limit, s.clamped+1
				s.leastClamped = min(s.leastClamped, limit)
			}
		}
		s.leads, s.clusters = seen, clusters
		_, iv, _ := stat.WoodruffMedian(truth, clusters, confidence)
		slices.Sort(truth)
		for _, q := range []float64{0.5, 0.75, 0.9} {
			e, of := computeQuantile(seen, q, 1, stat.Dispersion{}).withBounds(seen, q, s.leastClamped), stat.Quantile(truth, q)
			_, exact := stat.QuantileInterval(truth, q, confidence)
			if q == 0.5 && seed%2 == 0 {
				e, exact = s.computeLeadTime(Median), iv
			}
			switch {
			case e.Value != nil:
				shown++
				if *e.Value != of || e.Hi != nil && *e.Hi != exact.Hi || e.Lo != nil && *e.Lo > of {
					t.Fatalf("seed %d, %v: %v to %v, the truth is %v %+v", seed, q, *e.Value, e.Hi, of, exact)
				}
			case e.atLeast != nil:
				bound++
				if *e.atLeast > of+1e-12 {
					t.Fatalf("seed %d, %v: at least %v, the truth is %v", seed, q, *e.atLeast, of)
				}
			}
		}
	}
	if shown < 200 || bound < 200 {
		t.Errorf("%d shown and %d bounds are too few to tell", shown, bound)
	}
}

func TestAtLeast(t *testing.T) {
	for d, text := range map[time.Duration]string{
		0: "at least 0 seconds", 59 * time.Second: "at least 59 seconds", 119 * time.Second: "at least 119 seconds", 2 * time.Minute: "at least 2 minutes",
		119 * time.Minute: "at least 119 minutes", 2*time.Hour + 59*time.Minute: "at least 2.9 hours", 47 * time.Hour: "at least 47 hours",
		14 * 24 * time.Hour: "at least 14 days", 15*24*time.Hour - time.Second: "at least 14 days", 200 * 24 * time.Hour: "at least 200 days",
	} {
		want(t, d.String(), formatAtLeast(d.Seconds()), text)
	}
}

package dora

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// chaos is a history without any sense: deployments of any version at any time,
// incidents that name anything, reverts of anything.
func chaos(r *rand.Rand) *history {
	h := newHistory()
	when := func() time.Time { return at(0, 0).Add(time.Duration(r.IntN(60*24*60)) * time.Minute) }
	n := 5 + r.IntN(60)
	name := func(prefix string) string { return fmt.Sprint(prefix, r.IntN(n)) }
	maybe := func(s string) string {
		if r.IntN(3) == 0 {
			return s
		}
		return ""
	}
	for i := range n {
		h.change(merged(fmt.Sprint("c", i), fmt.Sprint("m", i), when(), func(c *fact.Change) {
			c.Reverts, c.HeadBranch = maybe(name("c")), maybe("hotfix/x")
		}))
	}
	for i := range 2 * n {
		h.deploy(fmt.Sprint("d", i), name("m"), when(), func(d *fact.Deployment) {
			if r.IntN(5) == 0 {
				d.Statuses = d.Statuses[:1]
			}
			d.Environment = []string{"production", "prod-eu", "staging"}[r.IntN(3)]
		})
	}
	for i := range r.IntN(n) {
		in := fact.Incident{ID: fmt.Sprint("i", i), Opened: when(), Deployment: maybe(name("d")), Change: maybe(name("c")), Commit: maybe(name("m"))}
		if r.IntN(4) > 0 {
			in.Resolved = in.Opened.Add(time.Duration(r.IntN(3000)-100) * time.Minute)
		}
		h.incident(in)
	}
	return h
}

// Whatever the facts: rates lie between 0 and 1, intervals contain their values,
// a deployment fails once, counts agree, and all of it can be published.
func TestWhateverTheFacts(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		o := Defaults()
		if r.IntN(2) == 0 {
			o.Overrides = []fact.FailureOverride{ruling("d1", true), ruling("d2", false)}
		}
		res, err := Measure(o, chaos(r).organisation(t))
		if err != nil {
			t.Fatal(err)
		}
		for i := range res.Section.Metrics {
			checkMetric(t, seed, &res.Section.Metrics[i])
		}
		for _, s := range res.Section.Series {
			for _, p := range s.Points {
				if s.Unit == metric.Share && p.Value != nil && (*p.Value < 0 || *p.Value > 1) {
					t.Errorf("seed %d: %s in the week of %s is %v", seed, s.ID, p.At, *p.Value)
				}
			}
		}
		for _, v := range []any{res.Section, res.Panel, res.Evidence} {
			if _, err := json.Marshal(v); err != nil {
				t.Errorf("seed %d: cannot be published: %v", seed, err)
			}
		}
		for i := range res.Linked[0].Deliveries {
			if d := &res.Linked[0].Deliveries[i]; d.Failure != nil && (d.Suspected || d.Ruling != nil && !*d.Ruling.Failed) {
				t.Errorf("seed %d: %s failed against a ruling, or on suspicion", seed, d.ID)
			}
		}
	}
}

func checkMetric(t *testing.T, seed uint64, m *metric.Metric) {
	t.Helper()
	if m.Value == nil {
		if m.Why == "" || m.Trend != nil || m.Tier != nil {
			t.Errorf("seed %d: %s has no value, and why %q", seed, m.ID, m.Why)
		}
		return
	}
	if m.Unit == metric.Share && (*m.Value < 0 || *m.Value > 1) {
		t.Errorf("seed %d: %s is %v", seed, m.ID, *m.Value)
	}
	if m.Lo != nil && *m.Lo > *m.Value || m.Hi != nil && *m.Hi < *m.Value {
		t.Errorf("seed %d: %s: %v lies outside of its interval", seed, m.ID, *m.Value)
	}
	if tr := m.Trend; tr != nil && (tr.Lo != 0 || tr.Hi != 0) && (tr.Lo > tr.Change || tr.Hi < tr.Change) {
		t.Errorf("seed %d: %s changed by %v, outside of %v to %v", seed, m.ID, tr.Change, tr.Lo, tr.Hi)
	}
	if m.ID == FailRate && m.Details != nil {
		if sum := *m.Details[0].Value + *m.Details[1].Value; sum < *m.Value-1e-12 || sum > *m.Value+1e-12 {
			t.Errorf("seed %d: confirmed and inferred are %v, the rate is %v", seed, sum, *m.Value)
		}
	}
}

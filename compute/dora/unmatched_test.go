package dora

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// What matches nothing is no zero: the state and the words of a metric tell which
// input it was.
func TestInputThatMatchesNothing(t *testing.T) {
	organisation := metric.Scope{Kind: metric.Organisation}
	week := func(h *history, environment, state string, n int) *history {
		for i := range n {
			s := fact.State(state)
			h.Deployments = append(h.Deployments, fact.Deployment{
				Repository: "team-00/svc", ID: fmt.Sprint(environment, i), Environment: environment, Commit: fmt.Sprint("c", environment, i),
				Created: at(currentDay+i, 9), Statuses: []fact.Status{{State: s, At: at(currentDay+i, 10)}},
			})
		}
		return h
	}
	none := func() *history {
		h := shops(1, 1)
		h.Deployments = nil
		return h
	}
	for _, tt := range []struct {
		name  string
		make  func() *history
		id    string
		state metric.State
		says  string
	}{
		{"all as it should be", func() *history { return shops(1, 1) }, Frequency, metric.OK, ""},
		{"no row at all is a known zero", none, Frequency, metric.OK, ""},
		{"no environment counts", func() *history { return week(none(), "prd", "success", 4) }, Frequency, metric.NotAvailable, "environments seen: prd ×4"},
		{"only what is excluded", func() *history { return week(none(), "staging", "success", 4) }, Frequency, metric.NotAvailable, "environments seen: staging ×4"},
		{"another name beside", func() *history { return week(shops(1, 1), "live", "success", 2) }, Frequency, metric.OK, "not counted as production: environments seen: live ×2"},
		{"only the latest status", func() *history { return week(none(), "production", "inactive", 9) }, Frequency, metric.NotAvailable, "9 of 9 roll-outs are recorded as inactive only"},
		{"of one roll-out only the latest status", func() *history { return week(shops(1, 1), "production", "inactive", 1) }, Frequency, metric.Provisional, "roll-outs are recorded as inactive only"},
		{"and no failed roll-out for it", func() *history { return week(none(), "production", "inactive", 9) }, JobFailureRate, metric.NotAvailable, "inactive only"},
		{"incidents of a service that nobody knows", func() *history {
			h := shops(1, 1)
			h.Incidents = append(h.Incidents, fact.Incident{ID: "1", Service: "Kasse", Opened: at(currentDay+3, 1), Resolved: at(currentDay+3, 2)})
			return h
		}, FailRate, metric.NotAvailable, "1 of 1 incidents of these weeks match no service: services seen: Kasse ×1"},
		{"beside others", func() *history {
			h := incidents(shops(1, 1), 4, 5, currentDay+5)
			h.Incidents = append(h.Incidents, fact.Incident{ID: "x", Opened: at(currentDay+3, 1), Resolved: at(currentDay+3, 2)})
			return h
		}, RecoveryTime, "", "services seen: no name ×1"},
		{"an incident of a deployment that nobody knows", func() *history {
			h := shops(1, 1)
			h.Incidents = append(h.Incidents, fact.Incident{ID: "1", Repository: h.Deployments[0].Repository, Deployment: "nosuch", Opened: at(currentDay+3, 1), Resolved: at(currentDay+3, 2)})
			return h
		}, FailRate, metric.NotAvailable, "name unknown things: deployment nosuch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := tt.make()
			for i := range h.Deployments {
				if h.Deployments[i].Repository == "team-00/svc" {
					h.Deployments[i].Repository = h.teams[0].Owns[0].Repository
				}
			}
			o := h.organisation(t)
			r, err := Measure(Defaults(), o)
			if err != nil {
				t.Fatal(err)
			}
			m := r.Section.Find(tt.id, organisation)
			said := strings.Join(append(m.Warnings, m.Why), "; ")
			if m.State != tt.state && tt.state != "" || !strings.Contains(said, tt.says) || tt.says == "" && len(r.Doubts) > 0 {
				t.Errorf("%s: %s %q, doubts %q; want %s %q", tt.id, m.State, said, r.Doubts, tt.state, tt.says)
			}
			if tt.says != "" && !strings.Contains(strings.Join(r.Doubts, "; "), tt.says) && tt.state != "" {
				t.Errorf("doubts %q, want %q among them", r.Doubts, tt.says)
			}
			doubts, err := FindDoubts(Defaults(), o)
			if err != nil || fmt.Sprint(doubts) != fmt.Sprint(r.Doubts) {
				t.Errorf("without the numbers: %q, %v; with them %q", doubts, err, r.Doubts)
			}
		})
	}
}

func TestProductionWords(t *testing.T) {
	for name, want := range map[string]string{
		"prd": "prd", "eu-live": "live", "LIVE": "live", "main": "main", "prd-test": "", "staging": "", "blue": "", "production-preview": "", "reprod": "",
	} {
		t.Run(name, func(t *testing.T) {
			if got := FindProductionWord(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		})
	}
}

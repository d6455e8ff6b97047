package dora

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func TestPanel(t *testing.T) {
	// The one whole period of the nine weeks is 30 September to 27 October.
	h := shops(2, 1)
	h.teams[1].Developers = 2
	for i := range h.Coverage {
		h.Coverage[i].From, h.Coverage[i].To = at(0, 0), at(63, 0)
	}
	r := h.measure(t)
	want(t, "rows", len(r.Panel), 2)
	for i, row := range r.Panel {
		want(t, "team", row.Team, fmt.Sprintf("team-%02d", i))
		want(t, "period", []any{row.Period, row.Start}, []any{88, at(21, 0)})
		want(t, "shown", row.Shown, i == 0)
		want(t, "counts", []any{row.Deployments, row.Changes, row.PerWeek}, []any{28, 28, 7})
		near(t, "median", *row.LogLead, math.Log(3600*(10.3+float64(i))))
	}
	if _, err := json.Marshal(r.Panel); err != nil {
		t.Error(err)
	}
}

func TestPanelHasWholePeriodsOnly(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*history)
		rows int
	}{
		{"collected throughout", func(*history) {}, 1},
		{"collected a day less", func(h *history) { h.Coverage[0].From = at(22, 0) }, 0},
		{"a gap", func(h *history) {
			h.Gaps = []fact.Gap{{Source: "test", Repository: h.teams[0].Owns[0].Repository, From: at(30, 0), To: at(31, 0)}}
		}, 0},
		{"not the team's then", func(h *history) { h.teams[0].Owns[0].From = at(50, 0) }, 0},
		{"a service that is never collected", func(h *history) {
			h.teams[0].Owns = append(h.teams[0].Owns, fact.Ownership{Repository: "acme/docs"})
		}, 1},
		{"a second service, collected from the middle on", func(h *history) {
			h.teams[0].Owns = append(h.teams[0].Owns, fact.Ownership{Repository: "acme/two"})
			h.Coverage = append(h.Coverage, fact.Coverage{Source: "test", Repository: "acme/two", Kind: "deployments", From: at(30, 0), To: at(63, 0)})
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := shops(1, 1)
			h.Coverage[0].From, h.Coverage[0].To = at(0, 0), at(63, 0)
			tt.edit(h)
			want(t, "rows", len(h.measure(t).Panel), tt.rows)
		})
	}
}

func TestPanelWithFewChanges(t *testing.T) {
	h := newHistory()
	h.Coverage[0].From, h.Coverage[0].To = at(0, 0), at(63, 0)
	h.change(merged("c0", "m0", at(1, 8))).deploy("d0", "m0", at(1, 9))
	for i := range 4 {
		h.change(merged(fmt.Sprint("c", i+1), fmt.Sprint("m", i+1), at(30+i, 8))).deploy(fmt.Sprint("d", i+1), fmt.Sprint("m", i+1), at(30+i, 9))
	}
	rows := h.measure(t).Panel
	want(t, "rows", len(rows), 1)
	if rows[0].LogLead != nil || rows[0].Changes != 4 || rows[0].PerWeek != 1 {
		t.Errorf("four changes have no median: %+v", rows[0])
	}
}

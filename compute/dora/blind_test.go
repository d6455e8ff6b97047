package dora

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// A kind of fix that the facts could not show is not known to be none.
func TestReworkTellsWhatCouldNotBeSeen(t *testing.T) {
	const why = "none was seen, and the facts could not show "
	tests := []struct {
		name   string
		edit   func(*history)
		change func(*fact.Change)
		state  metric.State
		says   string
	}{
		{"all could be seen", nil, func(c *fact.Change) { c.Title, c.HeadBranch = "step", "topic" }, metric.OK, ""},
		{"labels do for branches", nil, func(c *fact.Change) { c.Title, c.Labels = "step", []string{"small"} }, metric.OK, ""},
		{"no titles", nil, func(c *fact.Change) { c.HeadBranch = "topic" }, metric.NotAvailable, why + "reverts (no deployment contains a change with a title)"},
		{"no branches", nil, func(c *fact.Change) { c.Title = "step" }, metric.NotAvailable, why + "hotfixes (no deployed change names its branch or a label)"},
		{"no commits", func(h *history) {
			for i := range h.Deployments {
				h.Deployments[i].Commit = ""
			}
		}, func(c *fact.Change) { c.Title, c.HeadBranch = "step", "topic" }, metric.NotAvailable, why + "rollbacks (no deployment names its commit)"},
		{"some seen", func(h *history) {
			h.deploy("again", "mc30", at(currentDay+3, 20))
		}, func(c *fact.Change) { c.Title = "step" }, metric.Provisional, "there may be more: the facts could not show hotfixes (no deployed change names its branch or a label)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory().daily(-1, 28+29)
			for i := range h.Changes {
				h.Changes[i].Title, h.Changes[i].HeadBranch = "", ""
				tt.change(&h.Changes[i])
			}
			if tt.edit != nil {
				tt.edit(h)
			}
			m := h.measure(t).Section.Find(Rework, shopTeam)
			says := m.Why
			if len(m.Warnings) > 0 {
				says = m.Warnings[0]
			}
			if m.State != tt.state || says != tt.says {
				t.Errorf("%s: %s, %q; want %s, %q", tt.name, m.State, says, tt.state, tt.says)
			}
		})
	}
}

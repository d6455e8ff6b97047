package support

import (
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// themeIndex returns the index of the ticket's theme, or −1.
func (m *measurer) themeIndex(t *fact.Ticket) int {
	if i := int(t.Theme) - 1; i < len(m.themes) {
		return max(i, -1)
	}
	return -1
}

func (m *measurer) byTheme(now, ago []fact.Ticket) (out []Theme, unmatched int) {
	counts, before := make([]int, len(m.themes)), make([]int, len(m.themes))
	weeks, weeksBefore := make([][]fact.Ticket, len(m.themes)), make([][]fact.Ticket, len(m.themes))
	for i := range now {
		k := m.themeIndex(&now[i])
		if k < 0 {
			unmatched++
			continue
		}
		counts[k]++
		weeks[k] = append(weeks[k], now[i])
	}
	for i := range ago {
		if k := m.themeIndex(&ago[i]); k >= 0 {
			before[k]++
			weeksBefore[k] = append(weeksBefore[k], ago[i])
		}
	}
	for k := range m.themes {
		t := Theme{
			ID: m.themes[k].ID, Title: m.themes[k].Title, Hint: m.themes[k].Hint, Feature: m.themes[k].Feature,
			N: counts[k], Before: before[k],
		}
		if len(now) > 0 {
			t.Share = float64(counts[k]) / float64(len(now))
			iv := stat.Wilson(counts[k], len(now), confidence)
			t.Range = metric.Range(iv)
		}
		if m.isCovered(m.cal.Quarter()) {
			_, _, p, _ := stat.QuasiPoissonRatio(m.countPerWeek(weeksBefore[k], m.cal.Quarter()),
				m.countPerWeek(weeks[k], m.cal.Current()), confidence)
			t.Rising = counts[k] > before[k] && p <= 0.05
		}
		out = append(out, t)
	}
	return out, unmatched
}

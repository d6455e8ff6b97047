package support

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Theme counts the tickets about one subject.
type Theme struct {
	ID           string  `json:"id"`
	Title        string  `json:"title"`
	Hint         string  `json:"hint,omitempty"`
	Feature      string  `json:"feature,omitempty"`
	N            int     `json:"n"`
	Share        float64 `json:"share"` // of all tickets of the window, 0 to 1
	metric.Range         // Wilson, 95 %
	Before       int     `json:"before"` // tickets three months ago
	// Rising means that the theme has more tickets per active developer than three months ago,
	// beyond chance, and by at least the smallest change of interest.
	Rising bool `json:"rising,omitempty"`
	// Ratio compares the tickets per active developer and week with three months ago; nil if
	// they were not compared. PerDeveloper is false if the active developers are not known: then
	// it compares tickets per week. Q is the p-value, corrected for all tests of the page.
	Ratio        *metric.Figure `json:"ratio,omitempty"`
	PerDeveloper bool           `json:"per_developer,omitempty"`
	Q            float64        `json:"q,omitempty"`
	// Changes are the dated changes that should make its tickets fewer, oldest first.
	Changes []Change `json:"changes,omitempty"`
}

// themeIndex returns the index of the ticket's theme, or −1.
func (m *measurer) themeIndex(t *fact.Ticket) int {
	if i := int(t.Theme) - 1; i < len(m.themes) {
		return max(i, -1)
	}
	return -1
}

func (m *measurer) byTheme(now, ago []fact.Ticket) (out []Theme, unmatched int) {
	counts, before := make([]int, len(m.themes)), make([]int, len(m.themes))
	for i := range now {
		if k := m.themeIndex(&now[i]); k >= 0 {
			counts[k]++
		} else {
			unmatched++
		}
	}
	for i := range ago {
		if k := m.themeIndex(&ago[i]); k >= 0 {
			before[k]++
		}
	}
	for k := range m.themes {
		t := Theme{
			ID: m.themes[k].ID, Title: m.themes[k].Title, Hint: m.themes[k].Hint, Feature: m.themes[k].Feature,
			N: counts[k], Before: before[k],
		}
		if len(now) > 0 {
			t.Share = float64(counts[k]) / float64(len(now))
			t.Range = metric.Range(stat.Wilson(counts[k], len(now), confidence))
		}
		out = append(out, t)
	}
	m.testThemes(out)
	return out, unmatched
}

const (
	// historyWeeks is the number of weeks before the current ones that show how much weeks
	// vary. With fewer than leastHistory of them, the compared weeks show it.
	historyWeeks, leastHistory = 26, 12
	// leastTested is the fewest tickets of a theme in both windows that can show a rise.
	leastTested = 6
	// level is the share of pages without any change on which one may be claimed.
	level = 0.05
)

// testThemes sets the rising themes and the effects of dated changes. All of these tests are on
// one page, so they are one family (Benjamini and Hochberg).
func (m *measurer) testThemes(themes []Theme) {
	var p []float64
	var settle []func(q float64)
	test := func(value float64, claim func(q float64)) {
		p, settle = append(p, value), append(settle, claim)
	}
	for k := range themes {
		t := &themes[k]
		if c, perDeveloper, ok := m.compareTheme(k); ok {
			figure := metric.NewFigure(c.Ratio, c.iv)
			if !math.IsInf(c.Ratio, 0) {
				t.Ratio, t.PerDeveloper = &figure, perDeveloper
			}
			if t.N+t.Before >= leastTested {
				test(c.P, func(q float64) {
					t.Q, t.Rising = q, q <= level && c.Ratio >= 1+m.sesoi && t.N > t.Before
				})
			}
		}
		t.Changes = m.listChanges(k)
		for i := range t.Changes {
			if change := &t.Changes[i]; change.State == "" {
				test(change.P, func(q float64) { change.judge(q, m.sesoi) })
			}
		}
	}
	for i, q := range stat.BenjaminiHochberg(p) {
		settle[i](q)
	}
	attribute(themes)
}

// attribute refuses the changes that a drift explains as well. All of them may be drifts, so each
// needs a p-value that is smaller by their number.
func attribute(themes []Theme) {
	var large []*Change
	for k := range themes {
		for i := range themes[k].Changes {
			if c := &themes[k].Changes[i]; c.State == Fewer || c.State == More || c.State == CannotAttribute {
				large = append(large, c)
			}
		}
	}
	for _, c := range large {
		if c.State != CannotAttribute && c.stepP > level/float64(len(large)) {
			c.State, c.Why = CannotAttribute, "a steady change over all these weeks explains it as well"
		}
	}
}

// compareTheme compares the tickets of a theme with three months ago. It returns false if the
// export does not cover those weeks.
func (m *measurer) compareTheme(theme int) (c comparison, perDeveloper, ok bool) {
	if !m.isCovered(m.cal.Quarter()) {
		return c, false, false
	}
	now, ago := m.listWeeks(m.cal.Current()), m.listWeeks(m.cal.Quarter())
	if len(now) == 0 || len(ago) == 0 {
		return c, false, false
	}
	perDeveloper = m.active.covers(append(now, ago...)...)
	after, before := m.newSide(now, theme, false, perDeveloper), m.newSide(ago, theme, false, perDeveloper)
	d := findDispersion(before, after)
	if past := m.listPast(m.cal.Current().From, time.Time{}, historyWeeks); len(past) >= leastHistory {
		history := m.newSide(past, theme, false, perDeveloper && m.active.covers(past...))
		d = findDispersion(history)
	}
	return compare(before, after, d), perDeveloper, true
}

// listPast returns up to n weeks before end that the export covers, oldest first, none of them
// before from.
func (m *measurer) listPast(end, from time.Time, n int) []time.Time {
	begin := org.WeekOf(m.sorted[0].Opened.Add(org.Week - 1)) // the first whole week
	if from.After(begin) {
		begin = from
	}
	weeks := m.listWeeks(metric.Window{From: begin, To: end})
	return weeks[max(0, len(weeks)-n):]
}

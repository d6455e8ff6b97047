package render

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/view"
)

// plainText is a page without its tags, with plain spaces.
func plainText(page string) string {
	var b strings.Builder
	inside := false
	for _, r := range page {
		switch {
		case r == '<':
			inside = true
		case r == '>':
			inside = false
		case inside:
		case r == '\u00a0' || r == '\u202f':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestMethodsTellWhatHistoryHolds(t *testing.T) {
	r, c, ev := small(t)
	week := time.Date(2024, 10, 7, 0, 0, 0, 0, time.UTC)
	row := compute.Row{Week: week, Metric: dora.LeadTime, Figure: metric.Figure{Value: metric.Of(2520)}, N: 40, Hash: "older"}
	row.Revised = &compute.Revision{Value: 3120, N: 41, Since: r.CutOff}
	r.History = append([]compute.Row{row}, r.History...)
	site := tree(t, options, r, c, ev)
	methods := plainText(site["about/methods/index.html"])
	for _, want := range []string{
		"older than two years: every fourth week", "definition changed on 4 Nov 2024: earlier values are a series of their own",
		"1 value under definition older", "1 published value would be different today", "7 Oct 2024", "42 min", "52 min",
	} {
		if !strings.Contains(methods, want) {
			t.Errorf("methods do not say %q", want)
		}
	}
	if data := plainText(site["about/data/index.html"]); !strings.Contains(data, "1 published value would be different today") {
		t.Error("data quality does not say that a value would be different")
	}
	checkTree(t, site)
}

func TestManyRevisionsAreCut(t *testing.T) {
	r, c, ev := small(t)
	r.History = nil
	for i := range mostRevisions + 1234 {
		r.History = append(r.History, compute.Row{
			Week: r.CutOff, Metric: "gone.metric", Subject: string(rune('a' + i%26)), Figure: metric.Figure{Value: metric.Of(1)}, Hash: "x",
			Revised: &compute.Revision{Value: 2, Since: r.CutOff},
		})
	}
	methods := plainText(tree(t, options, r, c, ev)["about/methods/index.html"])
	if got := strings.Count(methods, "gone.metric: "); got != mostRevisions || !strings.Contains(methods, "And 1,234 more") {
		t.Errorf("%d rows are listed, want %d and the rest counted", got, mostRevisions)
	}
}

func TestNothingChangedIsNotTold(t *testing.T) {
	r, c, ev := small(t)
	methods := plainText(tree(t, options, r, c, ev)["about/methods/index.html"])
	for _, not := range []string{"would be different today", "definition changed on"} {
		if strings.Contains(methods, not) {
			t.Errorf("methods say %q", not)
		}
	}
}

// Wherever a number stands, its anchor is its ID, what it means is on the methods
// page under the definition's, and its evidence is there.
func TestNumbersHaveAnchorsDefinitionsAndEvidence(t *testing.T) {
	r, c, ev := small(t)
	site := tree(t, options, r, c, ev)
	const at = "about/methods/index.html"
	methods := parse(t, at, site[at])
	pages := map[string]*document{}
	for name, data := range site {
		if strings.HasSuffix(name, ".html") && name != at {
			pages[name] = parse(t, name, data)
		}
	}
	shown := 0
	for _, sec := range append(r.Sections, r.Found) {
		for i := range sec.Metrics {
			m := &sec.Metrics[i]
			if !methods.ids[view.Anchor(m.Definition)] {
				t.Errorf("methods do not define %q of %s", m.Definition, m.ID)
			}
			for _, place := range Places(m) {
				if d := pages[place]; d != nil && d.ids[view.Anchor(m.ID)] {
					shown++
				}
			}
			if m.Evidence != "" && m.State != metric.NotAvailable && m.Scope.Kind == metric.Team {
				d := pages[evidencePath(m.Scope)]
				if d == nil || !d.ids[m.Evidence] {
					t.Errorf("%s of %s: no evidence %q in %s", m.ID, m.Scope.ID, m.Evidence, evidencePath(m.Scope))
				}
			}
		}
	}
	for i := range r.Section("dora").Metrics {
		m := &r.Section("dora").Metrics[i]
		if m.Scope.Kind == metric.Organisation && !pages["delivery/index.html"].ids[view.Anchor(m.ID)] {
			t.Errorf("delivery has no anchor for %s", m.ID)
		}
	}
	if shown == 0 {
		t.Error("no metric has an anchor on its page")
	}
}

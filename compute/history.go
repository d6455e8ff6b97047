package compute

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Row is one published value: what a metric said about a subject for the four
// weeks that end with Week. Rows are appended, never edited, so that a
// recommendation can be replayed and a published number does not change
// silently. A row whose definition hash differs from the one before starts a new,
// labelled series.
type Row struct {
	Week    time.Time `json:"week"`    // end (exclusive) of the last week in the window
	Subject string    `json:"subject"` // "" for the organisation, else a feature's ID
	Metric  string    `json:"metric"`
	Value   *float64  `json:"value"`
	Lo      *float64  `json:"lo"`
	Hi      *float64  `json:"hi"`
	N       int       `json:"n"`
	Hash    string    `json:"hash"`
}

type rowKey struct {
	week            int64
	subject, metric string
	hash            string
}

func (r *Row) key() rowKey { return rowKey{r.Week.Unix(), r.Subject, r.Metric, r.Hash} }

// appendHistory adds the rows that history does not have yet. What is there
// already stays as it was published.
func appendHistory(history, rows []Row) []Row {
	have := make(map[rowKey]bool, len(history))
	for i := range history {
		have[history[i].key()] = true
	}
	out := slices.Clone(history)
	for _, r := range rows {
		if !have[r.key()] {
			have[r.key()] = true
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Row) int {
		return cmp.Or(a.Week.Compare(b.Week), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Hash, b.Hash))
	})
	return out
}

// rowsOf are the organisation's values as rows of the week that ends at the cut-off.
func rowsOf(week time.Time, metrics []metric.Metric) []Row {
	var rows []Row
	for i := range metrics {
		m := &metrics[i]
		if m.Scope.Kind != metric.Organisation || m.State == metric.NotAvailable {
			continue
		}
		n := 0
		if len(m.N) > 0 {
			n = m.N[len(m.N)-1].N
		}
		rows = append(rows, Row{Week: week, Metric: m.ID, Value: m.Value, Lo: m.Lo, Hi: m.Hi, N: n, Hash: m.DefinitionHash})
	}
	return rows
}

// backfill is how many earlier weeks get rows when history has none of them.
const backfill = 26

// missingCutOffs are the weekly cut-offs, oldest first, that history has no row of.
func missingCutOffs(history []Row, cut time.Time) []time.Time {
	have := map[int64]bool{}
	for i := range history {
		have[history[i].Week.Unix()] = true
	}
	var weeks []time.Time
	for i := backfill; i >= 0; i-- {
		if w := cut.Add(-time.Duration(i) * org.Week); !have[w.Unix()] {
			weeks = append(weeks, w)
		}
	}
	return weeks
}

package compute

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Row is one published value: that of a metric and a subject for the four weeks that end with
// Week. Rows are appended and never edited, so that a recommendation can be replayed and a
// published number does not change silently. Rows of one metric with different hashes are
// separate series and must not be compared.
type Row struct {
	Week    time.Time `json:"week"`    // end (exclusive) of the last week in the window
	Subject string    `json:"subject"` // "" for the organisation, else a feature's ID
	Metric  string    `json:"metric"`
	metric.Figure
	N    int    `json:"n"`
	Hash string `json:"hash"`
	// Computed is the cut-off of the run that published the row, if it was not Week: the row
	// was computed later, from the facts available then.
	Computed time.Time `json:"computed,omitzero"`
	// Revised is the value from today's facts; nil if it is the same. The published value
	// remains.
	Revised *Revision `json:"revised,omitempty"`
}

// Revision is a later value for a published week, for example after an incident was reported
// late or data were edited.
type Revision struct {
	Value float64   `json:"value"`
	N     int       `json:"n"`
	Since time.Time `json:"since"` // cut-off of the first run that gave this value
}

// publishedAt returns the cut-off of the run that published the row.
func (r *Row) publishedAt() time.Time {
	if r.Computed.IsZero() {
		return r.Week
	}
	return r.Computed
}

type rowKey struct {
	week            int64
	subject, metric string
	hash            string
}

func (r *Row) key() rowKey { return rowKey{r.Week.Unix(), r.Subject, r.Metric, r.Hash} }

// appendHistory adds the rows that history does not have yet, as published by the run with the
// cut-off cut. Existing rows remain as published. It takes O(n log n) for n rows of both.
func appendHistory(history, rows []Row, cut time.Time) []Row {
	have := make(map[rowKey]bool, len(history))
	for i := range history {
		have[history[i].key()] = true
	}
	out := slices.Clone(history)
	for _, r := range rows {
		if have[r.key()] {
			continue
		}
		have[r.key()] = true
		if !r.Week.Equal(cut) {
			r.Computed = cut
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, compareRows)
	return out
}

// sameValue is the largest relative difference of two values that count as equal, because other
// machines round differently.
const sameValue = 1e-6

// noteRevisions sets Revised on published rows for which today's rows give another value, and
// removes it if they give the published value again. It edits no value. Rows that today's facts
// lack keep their note, because missing facts are not another value.
func noteRevisions(history, today []Row, cut time.Time) {
	now := make(map[rowKey]*Row, len(today))
	for i := range today {
		now[today[i].key()] = &today[i]
	}
	for i := range history {
		r := &history[i]
		t := now[r.key()]
		switch {
		case t == nil || t.Value == nil || r.Value == nil:
		case isSameValue(*t.Value, *r.Value):
			r.Revised = nil
		case r.Revised == nil || !isSameValue(*t.Value, r.Revised.Value) || t.N != r.Revised.N:
			r.Revised = &Revision{Value: *t.Value, N: t.N, Since: cut}
		}
	}
}

func isSameValue(a, b float64) bool {
	return math.Abs(a-b) <= sameValue*math.Max(math.Abs(a), math.Abs(b))
}

// rowsOf returns the organisation's values as rows of the given week.
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
		rows = append(rows, Row{Week: week, Metric: m.ID, Figure: m.Figure, N: n, Hash: m.DefinitionHash})
	}
	return rows
}

// backfillWeeks is the number of earlier weeks that every run computes again: for a history
// without them, for a new definition, and to find revisions.
const backfillWeeks = 26

// recentCutOffs returns the weekly cut-offs that a run computes, oldest first.
func recentCutOffs(cut time.Time) []time.Time {
	weeks := make([]time.Time, 0, backfillWeeks+1)
	for i := backfillWeeks; i >= 0; i-- {
		weeks = append(weeks, cut.Add(-time.Duration(i)*org.Week))
	}
	return weeks
}

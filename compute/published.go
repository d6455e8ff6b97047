package compute

import (
	"cmp"
	"slices"
	"time"
)

// DefinitionChange is a point at which a metric's published values began a new series, because
// its definition or one of its settings changed.
type DefinitionChange struct {
	Metric   string
	From, To string    // hashes of the definitions
	At       time.Time // cut-off of the first run that published under To
	Rows     int       // number of values kept under From
}

// DefinitionChanges returns the changes of definitions in history, by metric and time.
func (m *Measured) DefinitionChanges() []DefinitionChange {
	kept := map[[2]string]int{}
	inForce := map[string]map[string]bool{} // metric → hash of the definition in force
	for i := range m.Sections {
		for k := range m.Sections[i].Metrics {
			x := &m.Sections[i].Metrics[k]
			if inForce[x.ID] == nil {
				inForce[x.ID] = map[string]bool{}
			}
			inForce[x.ID][x.DefinitionHash] = true
		}
	}
	rows := slices.Clone(m.History)
	for i := range rows {
		kept[[2]string{rows[i].Metric, rows[i].Hash}]++
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		order := cmp.Or(cmp.Compare(a.Metric, b.Metric), a.publishedAt().Compare(b.publishedAt()))
		if order != 0 || a.Hash == b.Hash {
			return order
		}
		// If two runs are of one week, the definition in force is the later one.
		return cmp.Or(compareBool(inForce[a.Metric][a.Hash], inForce[b.Metric][b.Hash]), cmp.Compare(a.Hash, b.Hash))
	})
	var out []DefinitionChange
	for i := 1; i < len(rows); i++ {
		a, b := &rows[i-1], &rows[i]
		if a.Metric == b.Metric && a.Hash != b.Hash {
			out = append(out, DefinitionChange{
				Metric: b.Metric, From: a.Hash, To: b.Hash, At: b.publishedAt(), Rows: kept[[2]string{a.Metric, a.Hash}],
			})
		}
	}
	return out
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Revisions returns the published values for which today's facts give another value, in the
// order of history.
func (m *Measured) Revisions() []Row {
	var out []Row
	for i := range m.History {
		if m.History[i].Revised != nil && m.History[i].Value != nil {
			out = append(out, m.History[i])
		}
	}
	return out
}

// HistoryBegun returns the cut-off of the first run with a value in history; the zero time
// without values.
func (m *Measured) HistoryBegun() time.Time {
	var begun time.Time
	for i := range m.History {
		if at := m.History[i].publishedAt(); begun.IsZero() || at.Before(begun) {
			begun = at
		}
	}
	return begun
}

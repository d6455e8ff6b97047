package compute

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

const (
	// keepWeekly is the number of past weeks that history keeps without gaps.
	keepWeekly = 104
	// keepEvery is the interval, in weeks, of the older weeks that it keeps.
	keepEvery = 4
)

// keepHistory drops rows, which are in order of their weeks. It keeps every week of the last
// 104 and every fourth before, as many of the newest as fit into budget bytes of JSON. Weeks
// are kept or dropped whole, and the newest is always kept. The calendar alone decides which
// fourth weeks are kept, so that a kept week stays: the result does not depend on the number of
// earlier calls.
func keepHistory(rows []Row, budget int) ([]Row, error) {
	if len(rows) == 0 {
		return rows, nil
	}
	weekly := rows[len(rows)-1].Week.Add(-keepWeekly * org.Week)
	kept := make([]Row, 0, len(rows))
	for i := range rows {
		if rows[i].Week.After(weekly) || weekNumber(rows[i].Week)%keepEvery == 0 {
			kept = append(kept, rows[i])
		}
	}
	first, size := len(kept), 0
	for end := len(kept); end > 0; end = first {
		start := end
		for ; start > 0 && kept[start-1].Week.Equal(kept[end-1].Week); start-- {
			data, err := json.Marshal(&kept[start-1])
			if err != nil {
				return nil, fmt.Errorf("history: %s of the week before %s: %w", kept[start-1].Metric,
					kept[start-1].Week.Format(time.DateOnly), err)
			}
			size += len(data) + len(",")
		}
		if size > budget && end < len(kept) {
			break
		}
		first = start
	}
	return kept[first:], nil
}

// weekNumber counts weeks from a fixed Monday.
func weekNumber(t time.Time) int64 {
	return int64(t.Sub(time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC)) / org.Week)
}

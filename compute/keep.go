package compute

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

const (
	// weeklyFor is how many weeks back history keeps every week.
	weeklyFor = 104
	// thereafter is every how manyth week it keeps of those before.
	thereafter = 4
)

// keepHistory thins out rows, which are in order of their weeks: every week of
// the last 104, then every fourth, and of those the newest that fit into budget
// bytes of JSON. Weeks are kept or dropped whole, and the newest is always kept.
// Which fourth weeks are kept depends on the calendar alone, so that a week once
// kept stays: the result depends on the rows and not on how often it was thinned.
func keepHistory(rows []Row, budget int) ([]Row, error) {
	if len(rows) == 0 {
		return rows, nil
	}
	weekly := rows[len(rows)-1].Week.Add(-weeklyFor * org.Week)
	kept := make([]Row, 0, len(rows))
	for i := range rows {
		if rows[i].Week.After(weekly) || weekNumber(rows[i].Week)%thereafter == 0 {
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

package compute

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// ColumnLine is a column of a source that a build has read.
type ColumnLine struct {
	Kind  string `json:"kind"` // of the rows
	Field string `json:"field"`
	// Headers are the accepted names that matched headers, in alphabetical order.
	Headers []string `json:"headers"`
	// Seen is the as-of time of the last build with the column.
	Seen time.Time `json:"seen"`
}

// NearLine is a column that is not read and has nearly the name of a field without a column.
type NearLine struct {
	Kind   string `json:"kind"`
	Field  string `json:"field"`
	Column string `json:"column"` // its position, and its header if that has only our own words
}

// SourceColumns are the columns of a source in the builds up to now.
type SourceColumns struct {
	Source  string       `json:"source"`
	Columns []ColumnLine `json:"columns"`
}

// ListColumns returns the columns of all sources, for the next build.
func ListColumns(list []Quality) []SourceColumns {
	var out []SourceColumns
	for i := range list {
		if len(list[i].Columns) > 0 {
			out = append(out, SourceColumns{list[i].Source, list[i].Columns})
		}
	}
	return out
}

// vanishedAfter is how long a missing column is reported. Later it is taken to be removed on
// purpose.
const vanishedAfter = 30 * 24 * time.Hour

// minOpenRows is the number of rows of a JSON file from which a key in none of them is missing:
// programs leave out keys without a value.
const minOpenRows = 100

// addColumns adds the columns of a file.
func (q *Quality) addColumns(im *fact.Import, asOf time.Time) {
	for _, c := range im.Columns.Bound {
		i := slices.IndexFunc(q.Columns, func(l ColumnLine) bool { return l.Kind == im.Kind && l.Field == c.Field })
		if i < 0 {
			i = len(q.Columns)
			q.Columns = append(q.Columns, ColumnLine{Kind: im.Kind, Field: c.Field, Seen: asOf})
		}
		if l := &q.Columns[i]; !slices.Contains(l.Headers, c.Header) {
			l.Headers = append(l.Headers, c.Header)
			slices.Sort(l.Headers)
		}
	}
	for _, c := range im.Columns.Near {
		if l := (NearLine{im.Kind, c.Field, c.Column}); !slices.Contains(q.Near, l) {
			q.Near = append(q.Near, l)
		}
	}
	q.Unread = max(q.Unread, im.Columns.Unread)
}

// addVanished compares the columns with those of the builds before. A column that is missing now
// is a gap, because numbers that need it are silent about it.
func (q *Quality) addVanished(before []ColumnLine, imports []fact.Import, asOf time.Time) {
	for _, c := range before {
		missing := asOf.Sub(c.Seen)
		if missing <= 0 || missing > vanishedAfter ||
			slices.ContainsFunc(q.Columns, func(l ColumnLine) bool { return l.Kind == c.Kind && l.Field == c.Field }) {
			continue
		}
		q.Columns = append(q.Columns, c)
		if !shouldHave(imports, q.Source, c.Kind) {
			continue
		}
		q.Gaps = append(q.Gaps, GapLine{
			From: c.Seen, To: asOf,
			Reason: fmt.Sprintf("column %s was in the export until %s and is missing now", c.Field, c.Seen.Format("2 Jan 2006")),
			Next:   fmt.Sprintf("export it again, or map its new header to %s in columns", c.Field),
		})
	}
}

// shouldHave reports whether a source was read with all headers of a kind of rows.
func shouldHave(imports []fact.Import, source, kind string) bool {
	rows, read, open := 0, false, false
	for i := range imports {
		if im := &imports[i]; im.Source == source && im.Kind == kind && len(im.Columns.Bound) > 0 {
			read, open, rows = true, open || im.Columns.Open, rows+im.Read
		}
	}
	return read && (!open || rows >= minOpenRows)
}

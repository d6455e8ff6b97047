package tabular

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Separators of the canonical form of List and Cells. They cannot occur in a cell, because
// control characters are stripped first.
const (
	itemSeparator = "\x1f"
	cellSeparator = "\x1e"
)

// Time is a date or stamp in UTC; the zero time is a blank cell.
type Time struct{ time.Time }

// List has the non-blank items of one cell, split at ";", else at commas, or of several columns
// of the same name or question. A list field tagged "words" is split at white space as well.
type List []string

// Cell is one non-blank cell with its header, as configured.
type Cell struct{ Column, Value string }

// Cells are the non-blank cells of all columns of one field, in the order of the file: answers
// to the items of a questionnaire.
type Cells []Cell

// NewRowIdentity returns the identity of a row among the rows of other exports; nil if all its
// cells are empty, as in most exports.
func NewRowIdentity(id string, updated Time, sequence *int) *fact.RowIdentity {
	if id == "" && updated.IsZero() && sequence == nil {
		return nil
	}
	r := fact.RowIdentity{ID: id, Updated: updated.Time}
	if sequence != nil {
		r.Sequence = *sequence
	}
	return &r
}

package rice

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Record is the time at which something dated was recorded in git.
type Record struct {
	// Recorded is the time of the commit; zero if it is not known or there is none yet.
	Recorded time.Time `json:"recorded,omitzero"`
	Commit   string    `json:"commit,omitempty"`
	// Pending means that it is not committed yet, Request that it is part of a pull request, which
	// counts as a commit.
	Pending bool `json:"pending,omitempty"`
	Request bool `json:"request,omitempty"`
	// Unchecked is the reason that the history cannot confirm it; "" if it can. The numbers are then
	// the oldest that are known.
	Unchecked string `json:"unchecked,omitempty"`
	// BackDated means that the day is more than 14 days before it was recorded. Future means that
	// it has not come yet. WithResult means that the result was recorded at the same time.
	BackDated  bool `json:"back_dated,omitempty"`
	Future     bool `json:"future,omitempty"`
	WithResult bool `json:"with_result,omitempty"`
}

// NoHistory is the reason for an unchecked record if nobody read the history.
const NoHistory = "the history of the content was not read"

// newRecord returns the record of a day in the version that had it first.
func newRecord[T any](r *fact.Recorded, v *fact.Version[T], day, asOf time.Time) Record {
	x := Record{Future: fact.IsFuture(day, asOf)}
	switch {
	case r == nil:
		x.Unchecked = NoHistory
	case v.At.IsZero() || v.Oldest:
		x.Unchecked = r.Why
		if x.Unchecked == "" {
			x.Unchecked = NoHistory
		}
	case v.Commit == "":
		x.Pending, x.Request = !r.Request, r.Request
		x.BackDated = fact.IsBackDated(day, v.At)
	default:
		x.Recorded, x.Commit = v.At, v.Commit
		x.BackDated = fact.IsBackDated(day, v.At)
	}
	return x
}

// Counts reports whether a prediction was written down in time.
func (r *Record) Counts() bool { return !r.BackDated && !r.Future && !r.WithResult }

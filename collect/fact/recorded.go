package fact

import "time"

// Recorded is the past of content: the versions of items along the first parents of the default
// branch.
type Recorded struct {
	// Why is the reason that the past, or its beginning, is missing; "" if it is whole.
	Why string
	// Request means that a version without a commit is that of a pull request.
	Request bool
	// Versions are by present ID, the oldest first. The last one is the present.
	Initiatives map[string][]Version[Initiative]
	Decisions   map[string][]Version[Decision]
}

// Version is an item as it was from a commit on.
type Version[T any] struct {
	At     time.Time // of the commit, UTC; the as-of time without a commit
	Commit string    // hash; "": not committed yet
	// Oldest means that the history is cut here: the item may have been like this before.
	Oldest bool
	Scale  *Scale // of the configuration at that commit; nil: the present one
	Item   *T     // nil: there was none
}

// Scale has the units and words of scores, as in rice.Options.
type Scale struct {
	Reach      string
	Effort     string
	Impact     map[string]float64
	Confidence map[string]float64
}

// InitiativeVersions returns the versions of an initiative; nil without a history.
func (r *Recorded) InitiativeVersions(id string) []Version[Initiative] {
	if r == nil {
		return nil
	}
	return r.Initiatives[id]
}

// DecisionVersions returns the versions of a decision; nil without a history.
func (r *Recorded) DecisionVersions(id string) []Version[Decision] {
	if r == nil {
		return nil
	}
	return r.Decisions[id]
}

// UnbrokenSince returns the index of the first version from which isSet has held without a break;
// -1 if it does not hold for the last one.
func UnbrokenSince[T any](versions []Version[T], isSet func(*T) bool) int {
	first := -1
	for i := len(versions) - 1; i >= 0; i-- {
		if it := versions[i].Item; it == nil || !isSet(it) {
			break
		}
		first = i
	}
	return first
}

// RecordedDays is the usual number of days between a day in a file and the commit with it.
const RecordedDays = 14

// IsBackDated reports whether a day was recorded so much later that nobody can check it.
func IsBackDated(day, recorded time.Time) bool {
	return !day.IsZero() && !recorded.Before(day.AddDate(0, 0, RecordedDays+1))
}

// IsFuture reports whether a day has begun nowhere on earth yet.
func IsFuture(day, asOf time.Time) bool { return day.After(asOf.Add(14 * time.Hour)) }

package tabular

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// ReadFacts reads the rows of an export with a date before the end of the window. at returns
// the date of a row. newFact returns its fact, or the error of [Reject] or [LeaveOut]. The
// events contain the import or, beside an error, the gap, but not the facts.
func ReadFacts[R, F any](ctx context.Context, f File, o Options, w collect.Window,
	at func(*R) time.Time, newFact func(*R) (F, error),
) ([]F, fact.Events, error) {
	var facts []F
	var span fact.Import
	im, err := ReadFile(ctx, f, o, func(_ int, row *R) error {
		date := at(row)
		if !w.To.IsZero() && !date.Before(w.To) {
			return LeaveOut("in the future")
		}
		v, err := newFact(row)
		if err != nil {
			return err
		}
		facts = append(facts, v)
		ExtendSpan(&span, date)
		return nil
	})
	if err != nil {
		e, err := RecordFailure(o.Source, f, w, err)
		return nil, e, err
	}
	im.First, im.Last = span.First, span.Last
	return facts, fact.Events{Imports: []fact.Import{im}}, nil
}

// MinKey is the least number of random bytes in the key of a run's hashes.
const MinKey = 16

// HashID returns HMAC-SHA-256 of an ID, cut to 96 bits, in hexadecimal: unique for any number
// of people, and useless without the key.
func HashID(key []byte, id string) string {
	const kept = 12 // bytes
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id))
	return hex.EncodeToString(h.Sum(nil)[:kept])
}

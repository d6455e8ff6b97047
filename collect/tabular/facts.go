package tabular

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
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
	var facts Chunks[F]
	e, err := VisitRows(ctx, f, o, w, at, func(row *R) error {
		v, err := newFact(row)
		if err == nil {
			facts.Add(v)
		}
		return err
	})
	if err != nil {
		return nil, e, err
	}
	return facts.Join(), e, nil
}

// VisitRows passes the rows that ReadFacts would read to visit, and returns the same events.
func VisitRows[R any](ctx context.Context, f File, o Options, w collect.Window, at func(*R) time.Time,
	visit func(*R) error,
) (fact.Events, error) {
	var span fact.Import
	im, err := ReadFile(ctx, f, o, func(_ int, row *R) error {
		date := at(row)
		if !w.To.IsZero() && !date.Before(w.To) {
			return errFuture
		}
		if err := visit(row); err != nil {
			return err
		}
		ExtendSpan(&span, date)
		return nil
	})
	if err != nil {
		return RecordFailure(o.Source, f, w, err)
	}
	im.First, im.Last = span.First, span.Last
	return fact.Events{Imports: []fact.Import{im}}, nil
}

// errFuture leaves out rows with a date after the run.
var errFuture = LeaveOut("in the future")

// MinKey is the least number of random bytes in the key of a run's hashes.
const MinKey = 16

// HashID returns HMAC-SHA-256 of an ID, cut to 96 bits, in hexadecimal: unique for any number
// of people, and useless without the key.
func HashID(key []byte, id string) string { return NewIDHasher(key).Hash(id) }

// IDHasher hashes IDs with one key, as HashID does. It is not safe for concurrent use.
type IDHasher struct {
	mac hash.Hash
	sum [sha256.Size]byte
	id  []byte
}

// NewIDHasher returns a hasher with the key.
func NewIDHasher(key []byte) *IDHasher { return &IDHasher{mac: hmac.New(sha256.New, key)} }

// Hash returns the hash of an ID.
func (h *IDHasher) Hash(id string) string {
	const kept = 12 // bytes
	h.mac.Reset()
	h.id = append(h.id[:0], id...)
	_, _ = h.mac.Write(h.id)
	return hex.EncodeToString(h.mac.Sum(h.sum[:0])[:kept])
}

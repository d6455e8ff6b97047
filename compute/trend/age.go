package trend

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// week is the time between two looks.
const week = 7 * 24 * time.Hour

// Age returns looks as they are at most after the runs up to a time, whose own looks could not
// be read back: every week since the last look counts as one look. Claims stay.
func Age(looks []Look, until time.Time) []Look {
	out := slices.Clone(looks)
	for i := range out {
		l := &out[i]
		if !until.After(l.Last) {
			continue
		}
		from := l.Last
		if year := until.Year(); year > l.Year {
			l.Year, l.Looks, l.Spent = year, 0, 0
			if first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Add(-week); first.After(from) {
				from = first
			}
		}
		n := int(math.Ceil(float64(until.Sub(from)) / float64(week)))
		l.Looks = min(l.Looks+n, LooksPerYear)
		l.Spent = min(l.Spent+float64(n)*LookAlpha, LooksPerYear*LookAlpha)
		l.Last = until
	}
	return out
}

// Heal returns the looks of runs that had begun again, with the earlier ones that they could not
// read. A look that the earlier runs had counts as one a week since then, in place of the whole
// year that a lost one counts as.
func Heal(looks, earlier []Look) []Look {
	out := slices.Clone(looks)
	for i := range out {
		k := slices.IndexFunc(earlier, func(l Look) bool { return l.key() == out[i].key() })
		if k < 0 {
			continue
		}
		healed := Age(earlier[k:k+1], out[i].Last)[0]
		if out[i].Claim != nil {
			healed.Claim = laterClaim(healed.Claim, out[i].Claim)
		}
		out[i] = healed
	}
	for i := range earlier {
		if !slices.ContainsFunc(looks, func(l Look) bool { return l.key() == earlier[i].key() }) {
			out = append(out, earlier[i])
		}
	}
	return out
}

// laterClaim returns the claim that holds longer.
func laterClaim(a, b *metric.Claim) *metric.Claim {
	if a != nil && a.Until.After(b.Until) {
		return a
	}
	return b
}

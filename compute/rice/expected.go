package rice

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Expectation is the expected effect of an initiative, and the effect found at its last look.
type Expectation struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Outcome string `json:"outcome"` // metric ID
	// Relative changes are shares of the level before: −0.2 is a fifth less. Others are in
	// Unit.
	Relative     bool        `json:"relative"`
	Unit         metric.Unit `json:"unit,omitempty"`
	Change       float64     `json:"change"`
	metric.Range             // 90 % interval
	Assumed      bool        `json:"assumed,omitempty"` // the interval is assumed, not given
	Because      string      `json:"because,omitempty"`
	On           time.Time   `json:"on"`
	From         time.Time   `json:"from,omitzero"`
	Looks        []time.Time `json:"looks"`
	// Confidence is the confidence of the score at approval, 0 to 1; nil: not given.
	Confidence *float64 `json:"confidence"`
	// Late means that the effect was written down after the outcome could change. It is then
	// not a prediction and is not counted.
	Late bool `json:"late,omitempty"`
	Record
	// Since are the later changes of what was expected, the oldest first.
	Since []EffectEdit `json:"changed_since,omitempty"`

	// Look is the last look that has passed, Next the look after it; either may be zero.
	Look time.Time `json:"look,omitzero"`
	Next time.Time `json:"next,omitzero"`
	// Got and its 95 % interval are on the scale of Change; nil if no data exist, and then Why
	// gives the reason. Method describes the comparison.
	Got    *float64 `json:"got"`
	GotLo  *float64 `json:"got_lo"`
	GotHi  *float64 `json:"got_hi"`
	Method string   `json:"method,omitempty"`
	Why    string   `json:"why,omitempty"`
}

// EffectEdit is a change after an expected effect was recorded.
type EffectEdit struct {
	At      time.Time `json:"at"`
	Commit  string    `json:"commit,omitempty"` // "": not committed yet
	Outcome string    `json:"outcome"`          // as it was written
	// Relative, Change and Range are as in Expectation.
	Relative bool    `json:"relative"`
	Change   float64 `json:"change"`
	metric.Range
	Looks []time.Time `json:"looks"`
}

// Expectations lists the expected effects of initiatives, in the order of content: each as it was
// when its day was recorded in git. The caller fills in the effects found.
func (o Options) Expectations(c fact.Content, asOf time.Time) []Expectation {
	var out []Expectation
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft || in.Expected == nil || in.Expected.Change == nil {
			continue
		}
		out = append(out, o.newExpectation(c.Recorded, in, asOf))
	}
	return out
}

func (o Options) newExpectation(r *fact.Recorded, in *fact.Initiative, asOf time.Time) Expectation {
	versions := r.InitiativeVersions(in.ID)
	first := fact.UnbrokenSince(versions, isExpected)
	if first < 0 {
		versions, first = []fact.Version[fact.Initiative]{{Item: in}}, 0
	}
	v := &versions[first]
	e := v.Item.Expected
	was := newEffectEdit(v)
	x := Expectation{
		ID: in.ID, Title: in.Title, Outcome: e.Outcome, Relative: was.Relative, Because: e.Because,
		Change: was.Change, Range: was.Range, Assumed: e.Range == nil, On: expectedOn(in), From: e.From, Looks: e.Looks,
	}
	x.Record = newRecord(r, v, x.On, asOf)
	for k := first + 1; k < len(versions); k++ {
		now := newEffectEdit(&versions[k])
		if now.Outcome != was.Outcome || now.Relative != was.Relative || now.Change != was.Change || now.Range != was.Range ||
			!slices.EqualFunc(now.Looks, was.Looks, time.Time.Equal) {
			x.Since = append(x.Since, now)
		}
		was = now
	}
	if scores := v.Item.Rice; scores != nil && scores.Confidence != nil {
		scale := o.Confidence
		if v.Scale != nil {
			scale = v.Scale.Confidence
		}
		if level, ok := findLevel(scores.Confidence, scale); ok {
			x.Confidence = metric.Of(level / 100)
		}
	}
	for n := range in.Phases {
		if s := in.Phases[n].Start; e.From.IsZero() && !s.IsZero() && (x.From.IsZero() || s.Before(x.From)) {
			x.From = s
		}
	}
	x.Late = x.On.IsZero() || !x.From.IsZero() && x.On.After(x.From) || !x.Counts()
	for _, look := range x.Looks {
		if look.After(asOf) {
			x.Next = look
			break
		}
		x.Look = look
	}
	return x
}

// Latest returns what is expected now: the last change, or what was expected first.
func (x *Expectation) Latest() EffectEdit {
	if n := len(x.Since); n > 0 {
		return x.Since[n-1]
	}
	return EffectEdit{Outcome: x.Outcome, Relative: x.Relative, Change: x.Change, Range: x.Range, Looks: x.Looks}
}

// isExpected reports whether an effect is expected, with the day of the prediction.
func isExpected(in *fact.Initiative) bool {
	return in.Expected != nil && in.Expected.Change != nil && !expectedOn(in).IsZero()
}

// expectedOn returns the day on which an effect was expected.
func expectedOn(in *fact.Initiative) time.Time {
	if in.Expected.On.IsZero() && in.Rice != nil {
		return in.Rice.Approved
	}
	return in.Expected.On
}

// newEffectEdit returns what was expected in a version.
func newEffectEdit(v *fact.Version[fact.Initiative]) EffectEdit {
	e := v.Item.Expected
	x := EffectEdit{
		At: v.At, Commit: v.Commit, Outcome: e.Outcome, Relative: e.Unit != "points", Change: *e.Change, Looks: e.Looks,
	}
	if e.Range != nil {
		x.Range = metric.Range(*e.Range)
	} else {
		x.Lo, x.Hi = min(x.Change/2, x.Change*3/2), max(x.Change/2, x.Change*3/2)
	}
	if x.Relative {
		x.Change, x.Lo, x.Hi = x.Change/100, max(x.Lo/100, -.99), x.Hi/100
	}
	return x
}

// Hit reports whether the effect found is within the expected interval.
func (x *Expectation) Hit() bool { return x.Got != nil && *x.Got >= x.Lo && *x.Got <= x.Hi }

// ReachedRange reports whether the effect found is in the expected direction and at least as
// large as the end of the expected interval nearest to 0.
func (x *Expectation) ReachedRange() bool {
	if x.Got == nil {
		return false
	}
	if x.Change < 0 {
		return *x.Got <= min(x.Hi, 0)
	}
	return *x.Got >= max(x.Lo, 0)
}

// isJudged reports whether the expectation counts for the calibration.
func (x *Expectation) isJudged() bool { return x.Got != nil && !x.Late }

// EffectCalibration shows how accurate expected effects were, over the judged ones.
type EffectCalibration struct {
	N    int
	Hits int
	// Share is the share of the 90 % intervals that contain the effect found, with Wilson's
	// interval.
	Share  float64
	Likely stat.Interval
	// Relative is the number of relative effects. Bias and Winkler are computed over those, on
	// logarithms of the ratio to the level before.
	Relative int
	// Bias is the geometric mean of the ratio found ÷ the ratio expected: 1.1 means that
	// outcomes were a tenth higher than expected. It is 0 without relative effects.
	Bias float64
	// Winkler is the mean interval score, see the function Winkler; lower is better.
	Winkler float64
	// Confident is the number of effects with a confidence. Brier is their score, see the
	// function Brier.
	Confident int
	Brier     float64
}

// CalibrateEffects judges the expected effects that have a look and were written down in time.
// ok is false with fewer than five.
func CalibrateEffects(list []Expectation) (c EffectCalibration, ok bool) {
	var logs, winkler float64
	var p []float64
	var came []bool
	for i := range list {
		x := &list[i]
		if !x.isJudged() {
			continue
		}
		c.N++
		if x.Hit() {
			c.Hits++
		}
		if x.Relative && *x.Got > -1 {
			c.Relative++
			logs += math.Log1p(*x.Got) - math.Log1p(x.Change)
			winkler += Winkler(math.Log1p(x.Lo), math.Log1p(x.Hi), math.Log1p(*x.Got), rangeConfidence)
		}
		if x.Confidence != nil {
			p, came = append(p, *x.Confidence), append(came, x.ReachedRange())
		}
	}
	if c.N < minCalibration {
		return c, false
	}
	c.Share, c.Likely = float64(c.Hits)/float64(c.N), stat.Wilson(c.Hits, c.N, 0.95)
	if c.Relative > 0 {
		c.Bias, c.Winkler = math.Exp(logs/float64(c.Relative)), winkler/float64(c.Relative)
	}
	c.Confident, c.Brier = len(p), Brier(p, came)
	return c, true
}

// Winkler returns the interval score of [lo, hi], which should contain the outcome x with the
// probability coverage = 1 − α:
//
//	(hi − lo) + 2/α·(lo − x) if x < lo, + 2/α·(x − hi) if x > hi.
//
// Its expectation is smallest for the true quantiles, so intervals that are too wide or too
// narrow score worse (Winkler 1972; Gneiting and Raftery 2007, section 6.2).
func Winkler(lo, hi, x, coverage float64) float64 {
	penalty := 2 / (1 - coverage)
	score := hi - lo
	switch {
	case x < lo:
		score += penalty * (lo - x)
	case x > hi:
		score += penalty * (x - hi)
	}
	return score
}

// Brier returns the mean squared difference between probabilities and outcomes, 1 or 0. A
// perfect forecast has 0, and 50 % each time has 0.25 (Brier 1950). It is 0 for an empty list.
// Both lists have the same length.
func Brier(p []float64, came []bool) float64 {
	if len(p) == 0 {
		return 0
	}
	sum := 0.0
	for i := range p {
		d := p[i]
		if came[i] {
			d--
		}
		sum += d * d
	}
	return sum / float64(len(p))
}

package rice

import (
	"math"
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

// Expectations lists the expected effects of initiatives, in the order of content. The caller
// fills in the effects found.
func (o Options) Expectations(c fact.Content, asOf time.Time) []Expectation {
	var out []Expectation
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft || in.Expected == nil || in.Expected.Change == nil {
			continue
		}
		out = append(out, o.newExpectation(in, asOf))
	}
	return out
}

func (o Options) newExpectation(in *fact.Initiative, asOf time.Time) Expectation {
	e := in.Expected
	x := Expectation{
		ID: in.ID, Title: in.Title, Outcome: e.Outcome, Relative: e.Unit != "points", Because: e.Because,
		Change: *e.Change, On: e.On, From: e.From, Looks: e.Looks,
	}
	if e.Range != nil {
		x.Range = metric.Range(*e.Range)
	} else {
		x.Lo, x.Hi, x.Assumed = min(x.Change/2, x.Change*3/2), max(x.Change/2, x.Change*3/2), true
	}
	if x.Relative {
		x.Change, x.Lo, x.Hi = x.Change/100, max(x.Lo/100, -.99), x.Hi/100
	}
	if r := in.Rice; r != nil {
		if x.On.IsZero() {
			x.On = r.Approved
		}
		if r.Confidence != nil {
			if v, ok := findLevel(r.Confidence, o.Confidence); ok {
				x.Confidence = metric.Of(v / 100)
			}
		}
	}
	for n := range in.Phases {
		if s := in.Phases[n].Start; e.From.IsZero() && !s.IsZero() && (x.From.IsZero() || s.Before(x.From)) {
			x.From = s
		}
	}
	x.Late = x.On.IsZero() || !x.From.IsZero() && x.On.After(x.From)
	for _, look := range x.Looks {
		if look.After(asOf) {
			x.Next = look
			break
		}
		x.Look = look
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

package rice

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Expectation is the effect that an initiative was expected to have, and the effect
// that was found at the last of its looks.
type Expectation struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Outcome string `json:"outcome"` // metric ID
	// Relative changes are shares of the level before, −0.2 for a fifth less; others
	// are in Unit.
	Relative     bool        `json:"relative"`
	Unit         metric.Unit `json:"unit,omitempty"`
	Change       float64     `json:"change"`
	metric.Range             // 90 % interval
	Assumed      bool        `json:"assumed,omitempty"` // the interval is assumed, not given
	Because      string      `json:"because,omitempty"`
	On           time.Time   `json:"on"`
	From         time.Time   `json:"from,omitzero"`
	Looks        []time.Time `json:"looks"`
	// Confidence is the one of the score when it was approved, 0 to 1; nil: not given.
	Confidence *float64 `json:"confidence"`
	// Late means that it was written down after the outcome could change: that is not a
	// prediction, and is not counted.
	Late bool `json:"late,omitempty"`

	// Look is the last look that has passed, Next the one after it; both may be zero.
	Look time.Time `json:"look,omitzero"`
	Next time.Time `json:"next,omitzero"`
	// Got and its 95 % interval are on the scale of Change; nil where no data exist, and Why
	// gives the reason. Method names the two things compared.
	Got    *float64 `json:"got"`
	GotLo  *float64 `json:"got_lo"`
	GotHi  *float64 `json:"got_hi"`
	Method string   `json:"method,omitempty"`
	Why    string   `json:"why,omitempty"`
}

// Expectations lists what initiatives are expected to change, in the order of content.
// The effects found are for others to fill in.
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

// Hit reports whether the effect found is in the expected interval.
func (x *Expectation) Hit() bool { return x.Got != nil && *x.Got >= x.Lo && *x.Got <= x.Hi }

// Came reports whether the effect found is at least as large as the end of the
// expected interval that is nearest to no effect, in the expected direction.
func (x *Expectation) Came() bool {
	if x.Got == nil {
		return false
	}
	if x.Change < 0 {
		return *x.Got <= min(x.Hi, 0)
	}
	return *x.Got >= max(x.Lo, 0)
}

// isJudged reports whether the expectation counts for calibration.
func (x *Expectation) isJudged() bool { return x.Got != nil && !x.Late }

// EffectCalibration shows how good expected effects were, over those that were looked at.
type EffectCalibration struct {
	N    int
	Hits int
	// Share of the 90 % intervals that held the effect found, with Wilson's interval.
	Share  float64
	Likely stat.Interval
	// Relative is how many were relative: Bias and Winkler are over those, on
	// logarithms of the ratio to the level before.
	Relative int
	// Bias is the geometric mean of the ratio found ÷ the ratio expected: 1.1 means that
	// outcomes ended a tenth higher than expected. 0 without a relative one.
	Bias float64
	// Winkler is the mean interval score, see Winkler; lower is better.
	Winkler float64
	// Confident is how many had a confidence. Brier is their score, see Brier.
	Confident int
	Brier     float64
}

// CalibrateEffects judges expectations that were looked at and written down in time;
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
			p, came = append(p, *x.Confidence), append(came, x.Came())
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

// Winkler returns the interval score of [lo, hi], which should cover with probability coverage
// = 1 − α, for an outcome x:
//
//	(hi − lo) + 2/α·(lo − x) if x < lo, + 2/α·(x − hi) if x > hi.
//
// It is smallest in expectation for the true quantiles, so neither a wide nor a narrow interval
// pays (Winkler 1972; Gneiting and Raftery 2007, section 6.2).
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

// Brier returns the mean squared difference of probabilities and what came, 1 or 0:
// 0 is perfect, 0.25 is what saying 50 % each time earns (Brier 1950). It is 0 for an
// empty list; both lists have one length.
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

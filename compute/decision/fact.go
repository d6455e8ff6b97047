package decision

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

const confidence = 0.95

// Estimate is a figure with its 95 % interval. A nil Value means that it was not measured, and
// a nil bound that the interval is open on that side. A census has Lo = Value = Hi.
type Estimate struct {
	metric.Figure
	N int `json:"n"`
}

// Census returns the estimate of a counted figure.
func Census(v float64, n int) Estimate {
	return Estimate{Figure: metric.Figure{Value: &v, Lo: &v, Hi: &v}, N: n}
}

// bounds95 returns the value and its bounds; ok is false without a value.
func (e Estimate) bounds95() (v, lo, hi float64, ok bool) {
	if e.Value == nil || math.IsNaN(*e.Value) || math.IsInf(*e.Value, 0) {
		return 0, 0, 0, false
	}
	v, lo, hi = *e.Value, math.Inf(-1), math.Inf(1)
	if e.Lo != nil && *e.Lo <= v {
		lo = *e.Lo
	}
	if e.Hi != nil && *e.Hi >= v {
		hi = *e.Hi
	}
	return v, lo, hi, true
}

// Fact is one fact with its figure.
type Fact struct {
	Key   Key   `json:"key"`
	Truth Truth `json:"truth"`
	// Outcome is the metric or measure of an effect; "" for other facts.
	Outcome string `json:"outcome,omitempty"`
	Estimate
	// Threshold has the unit of Value. The fact is true on the side Op of it: Up means at or
	// above, Down means below. Threshold is nil for a fact without a figure.
	Threshold *float64         `json:"threshold"`
	Op        metric.Direction `json:"op,omitempty"`
	// BeforeAfter marks an effect without a comparison with other teams: see Effect.
	BeforeAfter bool `json:"before_after,omitempty"`
	// Before and After are the compared values, in the unit of the outcome.
	Before *float64 `json:"before,omitempty"`
	After  *float64 `json:"after,omitempty"`
	// Likely is the one-sided probability that the fact is true: ½ if the data support neither
	// side, or if a check failed.
	Likely float64 `json:"likely"`
}

// FromInterval returns the fact of a figure and a threshold. It is true if the whole interval
// is on the side op, false if the whole interval is on the other side, else unknown. op is
// metric.Up for "at least the threshold", metric.Down for "below it".
func FromInterval(k Key, e Estimate, threshold float64, op metric.Direction) Fact {
	f := Fact{Key: k, Truth: Unknown, Estimate: e.withoutInfinity(), Threshold: &threshold, Op: op, Likely: 0.5}
	v, lo, hi, ok := e.bounds95()
	if !ok {
		return f
	}
	f.Likely = likelyAtLeast(v, lo, hi, threshold)
	switch {
	case lo >= threshold:
		f.Truth = True
	case hi < threshold:
		f.Truth = False
	}
	if op == metric.Down {
		f.Truth, f.Likely = f.Truth.negate(), 1-f.Likely
	}
	return f
}

// withoutInfinity returns the estimate without values that JSON cannot represent.
func (e Estimate) withoutInfinity() Estimate {
	v, lo, hi, ok := e.bounds95()
	if !ok {
		return Estimate{N: e.N}
	}
	out := Estimate{Figure: metric.Figure{Value: &v}, N: e.N}
	if !math.IsInf(lo, 0) {
		out.Lo = &lo
	}
	if !math.IsInf(hi, 0) {
		out.Hi = &hi
	}
	return out
}

// negate returns the opposite truth.
func (t Truth) negate() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

// likelyAtLeast returns the one-sided probability that a figure is at least the threshold. It
// assumes a normal distribution whose spread follows from the interval's half toward the
// threshold. It is ½ if that side has no bound.
func likelyAtLeast(v, lo, hi, threshold float64) float64 {
	half := v - lo
	if v < threshold {
		half = hi - v
	}
	switch {
	case math.IsInf(half, 0):
		return 0.5
	case half == 0 && v >= threshold:
		return 1
	case half == 0:
		return 0
	}
	return stat.NormalCDF((v - threshold) / half * stat.NormalQuantile((1+confidence)/2))
}

// knownFact returns a fact without a figure, such as the existence of a successor.
func knownFact(k Key, v bool) Fact {
	f := Fact{Key: k, Truth: truthOf(v)}
	if v {
		f.Likely = 1
	}
	return f
}

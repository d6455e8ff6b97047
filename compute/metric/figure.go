package metric

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// Figure is a number with its interval. The type that embeds a Figure adds the unit and the
// counts, because their form differs: a point of a series has one count and the unit of the
// series.
type Figure struct {
	Value *float64 `json:"value"` // nil: unknown
	// Lo and Hi are the limits of the interval, in the unit of Value. Both are nil without an
	// interval; one is nil if that side has no limit.
	Lo *float64 `json:"lo"`
	Hi *float64 `json:"hi"`
}

// NewFigure returns a value with its interval. A limit that is not finite becomes nil.
func NewFigure(value float64, iv stat.Interval) Figure {
	return Figure{Value: &value, Lo: finiteOrNil(iv.Lo), Hi: finiteOrNil(iv.Hi)}
}

// Times returns the figure in a unit that is k times smaller.
func (f Figure) Times(k float64) Figure {
	return Figure{Value: scaleValue(f.Value, k), Lo: scaleValue(f.Lo, k), Hi: scaleValue(f.Hi, k)}
}

func scaleValue(v *float64, k float64) *float64 {
	if v == nil {
		return nil
	}
	return Of(*v * k)
}

// finiteOrNil returns a pointer to v, or nil if v is infinite or not a number.
func finiteOrNil(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// Limits are the ends of an interval, for a number that has a field of its own. Nil means no
// limit on that side.
type Limits struct {
	Lo *float64 `json:"lo"`
	Hi *float64 `json:"hi"`
}

// NewLimits returns the ends of an interval. An end that is not finite becomes nil.
func NewLimits(iv stat.Interval) Limits {
	return Limits{Lo: finiteOrNil(iv.Lo), Hi: finiteOrNil(iv.Hi)}
}

// Range is an interval with both ends. A Range always has them, unlike Limits.
type Range struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

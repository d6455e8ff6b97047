package decision

import (
	"math"
	"slices"
	"sort"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// WhatIf has the recommendation about one feature for other limits, in whole percent. Other
// limits are not covered.
type WhatIf struct {
	Feature string
	Now     Thresholds // the limits in force
	// Satisfied, High and Low are the first limits, in percent, of the spans within which a limit
	// does not change the recommendation. The first entry is the smallest possible limit.
	Satisfied, High, Low []int
	// Gap is the distance, in points, from the limit of high adoption to the lower one, below
	// which adoption stops being high.
	Gap float64
	// Answers has one entry for each combination of spans: the last index is that of Low.
	Answers []Answer
}

// Answer is a verdict with its strength.
type Answer struct {
	Verdict  Verdict
	Strength Strength
}

// NewWhatIf evaluates the tree of a feature for every combination of limits, in whole percent.
func NewWhatIf(in Input) WhatIf {
	t := in.Thresholds
	w := WhatIf{Feature: in.Feature, Now: t, Gap: t.AdoptionHigh - t.AdoptionLeave}
	w.Satisfied = findSpans(1, 100, func(limit int) any {
		f := FromInterval(Satisfied, in.Satisfaction, float64(limit)/100, metric.Up)
		return [5]bool{
			f.Truth == True, f.Truth == False, f.Likely >= leanFrom(Satisfied), f.Likely <= 1-leanFrom(Satisfied), f.Likely <= 0.5,
		}
	})
	w.High = findSpans(w.lowestHigh(), 100, func(limit int) any { return in.with(w.limits(1, limit, 0)).lastState().High })
	w.Low = findSpans(0, 100, func(limit int) any { return in.with(w.limits(1, 100, limit)).lastState().Low })
	for _, satisfied := range w.Satisfied {
		for i := range w.High {
			// The largest limit of high adoption and the smallest of low adoption: if the table
			// covers any pair of two spans, it covers this one.
			high := 100
			if i+1 < len(w.High) {
				high = w.High[i+1] - 1
			}
			for _, low := range w.Low {
				r := Recommend(in.with(w.limits(satisfied, high, low)))
				w.Answers = append(w.Answers, Answer{r.Verdict, r.Strength})
			}
		}
	}
	return w
}

// lowestHigh returns the smallest limit of high adoption in the table, in whole percent.
func (w *WhatIf) lowestHigh() int { return int(math.Ceil(2 * w.Gap)) }

// limits returns the thresholds for three limits in percent.
func (w *WhatIf) limits(satisfied, high, low int) Thresholds {
	return Thresholds{
		Satisfied: float64(satisfied), AdoptionHigh: float64(high), AdoptionLeave: float64(high) - w.Gap,
		AdoptionLow: float64(low),
	}
}

// Allows reports whether two limits are covered. Low adoption ends Gap points above its limit, or
// where high adoption does; the table has only limits so far apart that the first applies.
func (w *WhatIf) Allows(high, low int) bool { return float64(low) <= float64(high)-2*w.Gap }

// Covers reports whether the limits in force are in the table: they are whole numbers, and far
// enough apart.
func (w *WhatIf) Covers() bool {
	t := &w.Now
	for _, limit := range []float64{t.Satisfied, t.AdoptionHigh, t.AdoptionLeave, t.AdoptionLow} {
		if limit != math.Trunc(limit) {
			return false
		}
	}
	return t.Satisfied >= 1 && t.AdoptionHigh >= 2*w.Gap && t.AdoptionLow <= t.AdoptionHigh-2*w.Gap
}

// Find returns the recommendation for three limits in percent.
func (w *WhatIf) Find(satisfied, high, low int) Answer {
	i := (spanAt(w.Satisfied, satisfied)*len(w.High)+spanAt(w.High, high))*len(w.Low) + spanAt(w.Low, low)
	return w.Answers[i]
}

// spanAt returns the index of the span that has the limit.
func spanAt(from []int, limit int) int {
	return max(0, sort.SearchInts(from, limit+1)-1)
}

// findSpans returns the first limit of each span of equal results.
func findSpans(from, to int, result func(limit int) any) []int {
	spans := []int{from}
	last := result(from)
	for limit := from + 1; limit <= to; limit++ {
		if next := result(limit); next != last {
			spans, last = append(spans, limit), next
		}
	}
	return slices.Clip(spans)
}

func (in Input) with(t Thresholds) Input {
	in.Thresholds = t
	return in
}

// lastState returns the present state of adoption.
func (in Input) lastState() State {
	states := in.replayAdoption()
	if len(states) == 0 {
		return State{}
	}
	return states[len(states)-1]
}

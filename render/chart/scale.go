package chart

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// finiteValue returns *p if it can be drawn. The picture leaves out values beyond ±1e15, which
// are not measurements; the data table has them.
func finiteValue(p *float64) (float64, bool) {
	if p == nil || math.IsNaN(*p) || math.Abs(*p) > 1e15 {
		return 0, false
	}
	return *p, true
}

// scale maps values to pixels from top to bottom, and has the ticks.
type scale struct {
	lo, hi, step float64 // range and tick distance of the axis, in the stored unit
	top, bottom  float64 // pixels
}

func (s *scale) y(v float64) float64 {
	return s.bottom - (v-s.lo)/(s.hi-s.lo)*(s.bottom-s.top)
}

// ticks returns the number of whole steps of the axis.
func (s *scale) ticks() int { return int((s.hi-s.lo)/s.step + 1e-6) }

// secondSteps are the common steps of durations in seconds, up to days. Longer axes have
// decimal steps of days.
var secondSteps = []float64{
	1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800,
	3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000,
}

// niceStep returns a round step that divides span into at most want parts.
func niceStep(span float64, want int, u metric.Unit) float64 {
	raw := span / float64(want)
	per := 1 / format.Factor(u)
	if u == metric.Seconds && raw > 1 {
		for _, s := range secondSteps {
			if s >= raw {
				return s
			}
		}
		per = 86400
	}
	pow := math.Pow(10, math.Floor(math.Log10(raw/per)))
	for _, m := range []float64{1, 2, 5} {
		if m*pow*per >= raw*(1-1e-9) {
			return m * pow * per
		}
	}
	return 10 * pow * per
}

// newScale returns a scale with round ticks that covers lo to hi. It starts at zero if zero is
// true or close to the values.
func newScale(lo, hi float64, u metric.Unit, zero bool) scale { return newScaleOf(lo, hi, u, zero, 4) }

// newScaleOf returns a scale with about as many steps as wanted.
func newScaleOf(lo, hi float64, u metric.Unit, zero bool, want int) scale {
	if lo > 0 && (zero || hi-lo > 0.25*hi) {
		lo = 0
	}
	if hi < 0 && zero {
		hi = 0
	}
	if hi <= lo { // all values are the same: show them with zero
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	if hi <= lo {
		hi = lo + smallestSpan(u)
	}
	step := niceStep(hi-lo, want, u)
	s := scale{lo: math.Floor(lo/step+1e-9) * step, hi: math.Ceil(hi/step-1e-9) * step, step: step}
	if s.hi <= s.lo {
		s.hi = s.lo + step
	}
	if u == metric.Share && hi <= 1 && s.hi > 1 {
		s.hi = math.Max(1, s.lo+step)
	}
	return s
}

// smallestSpan returns the length of an axis whose values are all zero.
func smallestSpan(u metric.Unit) float64 {
	switch u {
	case metric.Share:
		return 0.01
	case metric.Seconds:
		return 60
	}
	return 1 / format.Factor(u)
}

// timeTicks returns at most about seven labels for the days between from and to: days, months,
// quarters or years, with the year after each change of it.
func timeTicks(from, to time.Time) []Mark {
	days := to.Sub(from).Hours() / 24
	switch {
	case days <= 77:
		return dayTicks(from, to, int(math.Ceil(math.Max(days, 1)/7/5))*7)
	case days <= 230:
		return monthTicks(from, to, 1)
	case days <= 460:
		return monthTicks(from, to, 2)
	case days <= 1200:
		return monthTicks(from, to, 6)
	}
	years := int(math.Ceil(days / 365 / 6))
	return monthTicks(from, to, 12*years)
}

// dayTicks returns a label for every nth day from the first.
func dayTicks(from, to time.Time, every int) []Mark {
	var out []Mark
	for t := from; !t.After(to); t = t.AddDate(0, 0, every) {
		label := t.Format("2\u00a0Jan")
		if len(out) == 0 {
			label = t.Format("2\u00a0Jan 2006")
		}
		out = append(out, Mark{At: t, Label: label})
	}
	return out
}

// monthTicks returns a label for the first day of every nth month.
func monthTicks(from, to time.Time, every int) []Mark {
	out := make([]Mark, 0, 8)
	t := time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC)
	if t.Before(from) {
		t = t.AddDate(0, 1, 0)
	}
	year := 0
	for ; !t.After(to); t = t.AddDate(0, 1, 0) {
		months := t.Year()*12 + int(t.Month()) - 1
		if months%every != 0 {
			continue
		}
		label := t.Month().String()[:3]
		switch {
		case every >= 12:
			label = t.Format("2006")
		case t.Year() != year:
			label = t.Format("Jan 2006")
		}
		year = t.Year()
		out = append(out, Mark{At: t, Label: label})
	}
	return out
}

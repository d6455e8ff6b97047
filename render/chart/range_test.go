package chart

import (
	"math"
	"testing"
)

func TestRange(t *testing.T) {
	for _, c := range []struct {
		name               string
		lo, point, hi, top float64
		interval, dot      string
	}{
		{"from a quarter to all", 100, 200, 400, 400, "M260 6H980", "50%"},
		{"beyond the axis", -5, 800, 900, 400, "M20 6H980", "98%"},
		{"no range", math.NaN(), 100, math.Inf(1), 400, "", "26%"},
		{"no point", 0, math.NaN(), 400, 400, "M20 6H980", ""},
		{"no axis", 1, 2, 3, 0, "M0 6H0", "0%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			es := parse(t, AppendRange(nil, c.lo, c.point, c.hi, c.top))
			if got := paths(es, "il"); got != c.interval {
				t.Errorf("%s: interval %q, want %q", c.name, got, c.interval)
			}
			dot := ""
			for _, e := range es {
				if e.name == "circle" {
					dot = e.attrs["cx"]
				}
			}
			if dot != c.dot {
				t.Errorf("%s: dot at %q, want %q", c.name, dot, c.dot)
			}
		})
	}
}

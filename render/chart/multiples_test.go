package chart

import (
	"math"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestChangeAxis(t *testing.T) {
	for _, tt := range []struct {
		name     string
		relative bool
		ranges   []*metric.Range
		words    string
	}{
		{"nothing", true, nil, "−50 to +100 %"},
		{"a halving and a doubling", true, []*metric.Range{{Lo: -0.5, Hi: 1}, nil}, "−50 to +100 %"},
		{"the lower side decides", true, []*metric.Range{{Lo: -0.74, Hi: 0.2}}, "−75 to +300 %"},
		{"nothing is left", true, []*metric.Range{{Lo: -1, Hi: 0.2}}, "−50 to +100 %"},
		{"far", true, []*metric.Range{{Lo: 0, Hi: 1e6}}, "−97 to +3,100 %"},
		{"points", false, []*metric.Range{{Lo: -0.04, Hi: 0.11}}, "−20 to +20 points"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := NewChangeAxis(tt.relative, tt.ranges)
			if got := strings.ReplaceAll(strings.ReplaceAll(a.Words(), "\u00a0", " "), "\u202f", " "); got != tt.words {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.words)
			}
			if at, within := a.at(0); at != 50 || !within {
				t.Errorf("%s: no change is at %g %%", tt.name, at)
			}
		})
	}
	a := ChangeAxis{Relative: true, End: 4}
	if lo, _ := a.at(-0.5); lo != 25 {
		t.Errorf("a halving is at %g %%", lo)
	}
	if hi, _ := a.at(1); hi != 75 {
		t.Errorf("a doubling is at %g %%", hi)
	}
	got := string(AppendChangeRange(nil, a, metric.Range{Lo: -1, Hi: math.Inf(1)}))
	if !strings.Contains(got, "‹") || !strings.Contains(got, "›") || strings.Contains(got, "NaN") {
		t.Errorf("a range beyond the axis: %s", got)
	}
}

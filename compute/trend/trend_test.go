package trend

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

func TestOutcomes(t *testing.T) {
	inf := math.Inf(1)
	tests := []struct {
		name    string
		trend   *metric.Trend
		outcome metric.Outcome
		arrow   metric.Direction
		verdict string
	}{
		{"beyond chance and large", Ratio(1.3, stat.Interval{Lo: 1.19, Hi: 1.43}, .001, .1, metric.Up), metric.WorthWatching, "", ""},
		{"down is better", Ratio(.85, stat.Interval{Lo: .75, Hi: .96}, .01, .1, metric.Down), metric.WorthWatching, "", ""},
		{"down is worse", Ratio(.85, stat.Interval{Lo: .75, Hi: .96}, .01, .1, metric.Up), metric.WorthWatching, "", ""},
		{"no better side", Ratio(.85, stat.Interval{Lo: .75, Hi: .96}, .01, .1, metric.Neutral), metric.WorthWatching, "", ""},
		{"surely small, though beyond chance", Ratio(1.05, stat.Interval{Lo: 1.02, Hi: 1.08}, .001, .1, metric.Up), metric.AboutTheSame, "", ""},
		{"surely small", Ratio(1.01, stat.Interval{Lo: .93, Hi: 1.09}, .8, .1, metric.Up), metric.AboutTheSame, "", ""},
		{"interval reaches the effect of interest", Ratio(1.01, stat.Interval{Lo: .89, Hi: 1.15}, .8, .1, metric.Up), metric.NotEnoughData, "", ""},
		{"large, and may be chance", Ratio(2, stat.Interval{Lo: .8, Hi: 5}, .2, .1, metric.Up), metric.NotEnoughData, "", ""},
		{"exactly at the level and at the effect", Ratio(1.5, stat.Interval{Lo: 1, Hi: 2}, .05, .5, metric.Up), metric.WorthWatching, "", ""},
		{"surely nothing: limits of 0 are limits", Ratio(1, stat.Interval{Lo: 1, Hi: 1}, 1, .1, metric.Up), metric.AboutTheSame, "", ""},
		{"no bounds", Ratio(1.01, stat.Interval{Lo: 0, Hi: inf}, 1, .1, metric.Up), metric.NotEnoughData, "", ""},
		{"nothing left", Ratio(0, stat.Interval{Lo: 0, Hi: .2}, .001, .1, metric.Up), metric.WorthWatching, "", ""},
		{"logarithms", LogRatio(math.Log(.6), stat.Interval{Lo: math.Log(.5), Hi: math.Log(.7)}, .001, .1, metric.Down), metric.WorthWatching, "", ""},
		{"points: same", Difference(.0003, stat.Interval{Lo: -.0086, Hi: .0086}, .9, .02, metric.Down), metric.AboutTheSame, "", ""},
		{"points: changed", Difference(.03, stat.Interval{Lo: .01, Hi: .05}, .003, .02, metric.Down), metric.WorthWatching, "", ""},
		{"points: cannot tell", Difference(8, stat.Interval{Lo: -3, Hi: 19}, .15, 5, metric.Up), metric.NotEnoughData, "", ""},
		{"too few cases, whatever the ratio", NoClaim(4, .1, metric.Down), metric.NotEnoughData, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.trend.Outcome != tt.outcome {
				t.Errorf("outcome %q, want %q", tt.trend.Outcome, tt.outcome)
			}
			if got := tt.trend.Arrow(); got != tt.arrow {
				t.Errorf("arrow %q, want %q", got, tt.arrow)
			}
			if got := tt.trend.Verdict(); got != tt.verdict {
				t.Errorf("verdict %q, want %q", got, tt.verdict)
			}
			if _, err := json.Marshal(tt.trend); err != nil {
				t.Errorf("cannot be published: %v", err)
			}
		})
	}
}

func TestNoRatioFromNothing(t *testing.T) {
	if got := Ratio(math.Inf(1), stat.Interval{Lo: 3, Hi: math.Inf(1)}, .001, .1, metric.Up); got != nil {
		t.Errorf("from nothing there is no ratio, got %+v", got)
	}
	if got := NoClaim(math.NaN(), .1, metric.Up); got != nil {
		t.Errorf("of nothing there is no ratio, got %+v", got)
	}
	if got := Difference(math.NaN(), stat.Interval{}, 1, .1, metric.Up); got != nil {
		t.Errorf("of nothing there is no difference, got %+v", got)
	}
}

func TestDetectable(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  *metric.Trend
		want float64
	}{
		// 1.43 half-widths: of ln 1.5 on either side, e^(1.43·ln 1.5) − 1.
		{"ratio", Ratio(1, stat.Interval{Lo: 1 / 1.5, Hi: 1.5}, 1, .1, metric.Up), math.Pow(1.5, 1.43) - 1},
		{"difference", Difference(0, stat.Interval{Lo: -.02, Hi: .02}, 1, .02, metric.Down), .0286},
		{"unbounded below", Ratio(0, stat.Interval{Lo: 0, Hi: 3}, .5, .1, metric.Up), 0},
		{"unbounded", NoClaim(1, .1, metric.Up), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if math.Abs(tt.got.Detectable-tt.want) > 1e-12 {
				t.Errorf("%s: %v, want %v", tt.name, tt.got.Detectable, tt.want)
			}
		})
	}
}

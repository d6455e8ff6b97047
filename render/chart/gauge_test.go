package chart

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestGauge(t *testing.T) {
	num := func(v float64) *float64 { return &v }
	figure := func(lo, v, hi *float64) metric.Figure {
		return metric.Figure{Value: v, Lo: lo, Hi: hi}
	}
	tests := map[string]struct {
		gauge   Gauge
		want    []string
		without []string
	}{
		"value, range and threshold": {
			Gauge{Figure: figure(num(61), num(72), num(81)), Max: 100, Marks: []Limit{{Value: 60}}, Class: "better"},
			[]string{`class="better"`, `<line class="rng" x1="61%" x2="81%"`, `<circle class="dot" cx="72%"`, `<line class="thr" x1="60%"`},
			[]string{"‹", "›", "role="},
		},
		"beyond the axis": {
			Gauge{Figure: figure(num(-250), num(-120), num(40)), Min: -100, Max: 100},
			[]string{`x1="0%" x2="70%"`, `cx="0%"`, ">‹<"},
			[]string{"›"},
		},
		"one limit only": {
			Gauge{Figure: figure(num(20), num(30), nil), Max: 100},
			[]string{`x1="20%" x2="100%"`, ">›<"},
			[]string{"‹"},
		},
		"logarithmic": {
			Gauge{Figure: figure(num(10), num(100), num(1000)), Min: 1, Max: 10000, Log: true},
			[]string{`x1="25%" x2="75%"`, `cx="50%"`},
			nil,
		},
		"tall, with hostile words": {
			Gauge{Figure: figure(nil, num(5), nil), Max: 10, Tall: true, Name: `<b>"5"`, Marks: []Limit{{Value: 9.9, Label: "<script>"}}},
			[]string{`height="44"`, `aria-label="&lt;b&gt;&#34;5&#34;"`, `text-anchor="end">&lt;script&gt;<`},
			[]string{"<script>", "rng"},
		},
		"nothing to draw": {
			Gauge{Max: 0},
			[]string{`aria-hidden="true"`},
			[]string{"dot", "rng", "NaN"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := string(AppendGauge(nil, &test.gauge))
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %s in\n%s", want, got)
				}
			}
			for _, not := range test.without {
				if strings.Contains(got, not) {
					t.Errorf("%s in\n%s", not, got)
				}
			}
		})
	}
}

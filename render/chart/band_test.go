package chart

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// A band is drawn where it is known and made of enough events, and nowhere else. A
// limit of 0 is known; a limit that is missing is not 0.
func TestBandOnlyWhereKnown(t *testing.T) {
	of := metric.Of
	for _, c := range []struct {
		name  string
		point metric.Point
		drawn bool
	}{
		{"known", metric.Point{Figure: metric.Figure{Value: of(.2), Lo: of(.1), Hi: of(.3)}, N: 20}, true},
		{"a lower limit of 0", metric.Point{Figure: metric.Figure{Value: of(0), Lo: of(0), Hi: of(.16)}, N: 20}, true},
		{"n was not counted", metric.Point{Figure: metric.Figure{Value: of(.2), Lo: of(.1), Hi: of(.3)}}, true},
		{"no upper limit", metric.Point{Figure: metric.Figure{Value: of(.2), Lo: of(.1)}, N: 20}, true},
		{"no lower limit", metric.Point{Figure: metric.Figure{Value: of(.2), Hi: of(.3)}, N: 20}, false},
		{"no limits", metric.Point{Figure: metric.Figure{Value: of(.2)}, N: 20}, false},
		{"no value", metric.Point{Figure: metric.Figure{Lo: of(.1), Hi: of(.3)}, N: 20}, false},
		{"few events", metric.Point{Figure: metric.Figure{Value: of(.2), Lo: of(.1), Hi: of(.9)}, N: 5}, false},
		{"no event", metric.Point{Figure: metric.Figure{Value: of(0), Lo: of(0), Hi: of(3.7)}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := metric.Series{ID: "x", Title: "X", Unit: metric.Number}
			for week := range 3 {
				p := c.point
				if week != 1 {
					p = metric.Point{Figure: metric.Figure{Value: of(.2)}, N: 20}
				}
				p.At = time.Date(2024, 9, 2+7*week, 0, 0, 0, 0, time.UTC)
				s.Points = append(s.Points, p)
			}
			l := NewLine("x", &s)
			if got := strings.Contains(string(l.AppendSVG(nil)), `class="edge"`); got != c.drawn {
				t.Errorf("%s: drawn %v", c.name, got)
			}
			// No week is provisional; without a band both of its series are empty, too.
			empty := 1
			if !c.drawn {
				empty = 3
			}
			if got := strings.Count(string(l.AppendOption(nil)), `"data":[null,null,null]`); got != empty {
				t.Errorf("%s: the chart that is touched has another band: %d empty series, want %d", c.name, got, empty)
			}
		})
	}
}

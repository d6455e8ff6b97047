package measures

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// weeks is a series that ends with the week of 4 November: "80 - 90".
func weeks(values ...float64) func(string, string) Found {
	s := &metric.Series{ID: "measure.x", Unit: "%"}
	at := org.WeekOf(asOf).Add(-time.Duration(len(values)) * org.Week)
	for i, v := range values {
		p := metric.Point{At: at.Add(time.Duration(i) * org.Week)}
		if v != gap {
			p.Value = metric.Of(v)
		}
		s.Points = append(s.Points, p)
	}
	return func(id, _ string) Found {
		if id == "measure.x" || id == "dora.lead_time" {
			return Found{Series: s}
		}
		return Found{}
	}
}

const gap = -1

func TestEvaluate(t *testing.T) {
	atLeast := fact.Criterion{Measure: "x", AtLeast: metric.Of(80)}
	judged := fact.Criterion{Text: "Auto-sync works", Met: time.Date(2024, 10, 4, 0, 0, 0, 0, time.UTC)}
	overruled, both := atLeast, atLeast
	overruled.Met, overruled.MetBecause = judged.Met, "the probe was broken"
	both.Met = judged.Met
	later := judged
	later.Met = asOf.AddDate(0, 0, 1)
	between := fact.Criterion{Measure: "dora.lead_time", Over: metric.Of(80), Under: metric.Of(90)}
	atMost := fact.Criterion{Measure: "x", AtMost: metric.Of(5)}
	other := fact.Criterion{Measure: "y", AtMost: metric.Of(5)}
	tests := []struct {
		name         string
		c            fact.Criterion
		find         func(string, string) Found
		state        string
		first, since string // dates; "" is never
		why          string
	}{
		{"people say so", judged, weeks(), Met, "10-04", "10-04", ""},
		{"people do not yet", fact.Criterion{Text: "…"}, weeks(), NotMet, "", "", ""},
		{"people will", later, weeks(), NotMet, "", "", ""},
		{"people overrule", overruled, weeks(10, 10), Met, "10-04", "10-04", "probe"},
		{"a date without a reason does not", both, weeks(10, 10), NotMet, "", "", ""},
		{"met in a row", atLeast, weeks(70, 80, 81), Met, "10-28", "10-28", ""},
		{"met once", atLeast, weeks(70, 79, 81), Met, "", "11-04", ""},
		{"a single week before", atLeast, weeks(90, 70, 80, 81), Met, "10-28", "10-28", ""},
		{"first and again", atLeast, weeks(90, 90, 70, 90), Met, "10-14", "11-04", ""},
		{"not any more", atLeast, weeks(90, 90, 70), NotMet, "10-21", "", ""},
		{"weeks without figures", atLeast, weeks(90, gap, gap, 90), Met, "10-14", "10-14", ""},
		{"too far apart", atLeast, weeks(90, gap, gap, gap, gap, 90), Met, "", "11-04", ""},
		{"too old", atLeast, weeks(90, 90, gap, gap, gap, gap, gap), Unknown, "09-23", "", "last value"},
		{"no value", atLeast, weeks(gap, gap), Unknown, "", "", "nothing was measured"},
		{"no series", other, weeks(4), Unknown, "", "", "nothing was measured"},
		{"limits are strict", between, weeks(80, 90), NotMet, "", "", ""},
		{"between", between, weeks(81, 89), Met, "10-28", "10-28", ""},
		{"at most", atMost, weeks(6, 5, 5), Met, "10-28", "10-28", ""},
	}
	show := func(d time.Time) string {
		if d.IsZero() {
			return ""
		}
		return d.Format("01-02")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := Evaluate(tt.c, asOf, tt.find)
			if e.State != tt.state || show(e.FirstMet) != tt.first || show(e.Since) != tt.since || !strings.Contains(e.Why, tt.why) || tt.why == "" && e.Why != "" {
				t.Errorf("%s, first %q, since %q, why %q; want %+v", e.State, show(e.FirstMet), show(e.Since), e.Why, tt)
			}
		})
	}
}

// The week that has not ended yet decides nothing.
func TestEvaluateLeavesOutTheOpenWeek(t *testing.T) {
	find := weeks(90, 90, 10)
	c := fact.Criterion{Measure: "x", AtLeast: metric.Of(80)}
	if e := Evaluate(c, asOf.Add(-time.Hour), find); e.State != Met || e.Week.Day() != 28 {
		t.Errorf("%s in the week of %s", e.State, e.Week)
	}
}

// The value decides; an interval that crosses the limit makes the answer one that
// may be chance.
func TestEvaluateInterval(t *testing.T) {
	of := metric.Of
	tests := []struct {
		name        string
		c           fact.Criterion
		value       float64
		lo, hi      *float64
		state       string
		mayBeChance bool
		unit        metric.Unit
		whyHas      string
	}{
		{"clear", fact.Criterion{AtLeast: of(80)}, 90, of(85), of(95), Met, false, "%", ""},
		{"on the limit", fact.Criterion{AtLeast: of(80)}, 90, of(80), of(95), Met, false, "%", ""},
		{"met, may be chance", fact.Criterion{AtLeast: of(80)}, 85, of(75), of(95), Met, true, "%", ""},
		{"not met, may be chance", fact.Criterion{AtLeast: of(80)}, 75, of(65), of(85), NotMet, true, "%", ""},
		{"not met", fact.Criterion{AtLeast: of(80)}, 70, of(65), of(79), NotMet, false, "%", ""},
		{"strict limit at the bound", fact.Criterion{Under: of(5)}, 4, of(3), of(5), Met, true, "minutes", ""},
		{"no upper bound", fact.Criterion{Under: of(5)}, 4, of(3), nil, Met, true, "minutes", ""},
		{"not met, no upper bound", fact.Criterion{Under: of(5)}, 6, of(5), nil, NotMet, false, "minutes", ""},
		{"between two limits", fact.Criterion{AtLeast: of(1), AtMost: of(2)}, 3, of(0.5), of(4), NotMet, true, "x", ""},
		{"no interval", fact.Criterion{AtLeast: of(80)}, 85, nil, nil, Met, false, "%", ""},
		{"a share in percent", fact.Criterion{AtLeast: of(80), Unit: "%"}, 0.85, of(0.81), of(0.9), Met, false, metric.Share, ""},
		{"a time in hours", fact.Criterion{Under: of(2), Unit: "hours"}, 3600, of(1800), of(7300), Met, true, metric.Seconds, ""},
		{"its own unit", fact.Criterion{Under: of(5), Unit: "minutes"}, 4, nil, nil, Met, false, "minutes", ""},
		{"another unit", fact.Criterion{Under: of(5), Unit: "minutes"}, 4, nil, nil, Unknown, false, "%", "the limit is in"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Measure = "space.x"
			m := metric.Metric{
				State: metric.OK, Figure: metric.Figure{Value: of(tt.value), Lo: tt.lo, Hi: tt.hi}, Unit: tt.unit, N: []metric.Count{{What: "answers", N: 12}},
				Window: metric.Window{From: asOf.AddDate(0, 0, -35), To: asOf.AddDate(0, 0, -7)},
			}
			e := Evaluate(tt.c, asOf, func(id, _ string) Found {
				if id != "space.x" {
					return Found{}
				}
				return Found{Metric: &m}
			})
			if e.State != tt.state || e.MayBeChance != tt.mayBeChance || !strings.Contains(e.Why, tt.whyHas) || tt.whyHas == "" && e.Why != "" {
				t.Errorf("%s, may be chance %t, %q; want %+v", e.State, e.MayBeChance, e.Why, tt)
			}
			if *e.Value != tt.value || e.N != 12 || e.Window != m.Window {
				t.Errorf("value %v of %d in %v", *e.Value, e.N, e.Window)
			}
		})
	}
}

// A metric without a weekly series was met for good if two published values in a
// row say so, and keeps that when it is measured no more.
func TestEvaluatePublished(t *testing.T) {
	published := func(values ...float64) []metric.Point {
		var list []metric.Point
		for i, v := range values {
			list = append(list, metric.Point{At: day(6, 3).AddDate(0, i, 0), Figure: metric.Figure{Value: metric.Of(v)}})
		}
		return list
	}
	now := metric.Metric{
		State: metric.OK, Figure: metric.Figure{Value: metric.Of(30)}, Unit: metric.Points,
		Window: metric.Window{From: asOf.AddDate(0, 0, -35), To: asOf.AddDate(0, 0, -7)},
	}
	gone := metric.Metric{State: metric.NotAvailable, Unit: metric.Points, Why: "no survey", Next: "send one", Window: now.Window}
	for _, tt := range []struct {
		name      string
		m         metric.Metric
		history   []metric.Point
		state     string
		passed    bool
		why, next string
	}{
		{"now", now, nil, Met, true, "", ""},
		{"never", gone, nil, Unknown, false, "no survey", "send one"},
		{"twice before", gone, published(30, 31), Unknown, true, "no survey", "send one"},
		{"once before", gone, published(10, 31), Unknown, false, "no survey", "send one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := fact.Criterion{Measure: "space.nps", AtLeast: metric.Of(20)}
			e := Evaluate(c, asOf, func(id, _ string) Found {
				if id != c.Measure {
					return Found{}
				}
				return Found{Metric: &tt.m, History: tt.history}
			})
			if e.State != tt.state || e.Passed() != tt.passed || e.Why != tt.why || e.Next != tt.next {
				t.Errorf("%s: %s, passed %t, %q, %q", tt.name, e.State, e.Passed(), e.Why, e.Next)
			}
		})
	}
}

// What evidence leaves open is neither met nor not met, unless all that may be is.
func TestUnsettledReadings(t *testing.T) {
	under := fact.Criterion{Measure: "x", Under: metric.Of(15)}
	point := func(value, lo, hi float64, open bool) metric.Point {
		p := metric.Point{Figure: metric.Figure{Lo: metric.Of(lo), Hi: metric.Of(hi)}, Unsettled: open, Note: "between"}
		if value != gap {
			p.Value = metric.Of(value)
		}
		return p
	}
	for _, tt := range []struct {
		name   string
		points []metric.Point
		state  string
		first  bool
		chance bool
	}{
		{"chance alone: the value decides", []metric.Point{point(8, 2, 20, false)}, Met, false, true},
		{"some of the range is over", []metric.Point{point(8, 2, 20, true)}, Unknown, false, false},
		{"no value, all of the range is under", []metric.Point{point(gap, 0, 14, true)}, Met, false, false},
		{"no value, the range ends at the limit", []metric.Point{point(gap, 0, 15, true)}, Unknown, false, false},
		{"all of the range is over", []metric.Point{point(gap, 15, 30, true)}, NotMet, false, false},
		{"met for good before", []metric.Point{point(8, 2, 12, false), point(8, 2, 12, false), point(gap, 0, 28, true)}, Unknown, true, false},
		{"an open week is not in a row", []metric.Point{point(8, 2, 12, false), point(gap, 0, 28, true), point(8, 2, 12, false)}, Met, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &metric.Series{ID: "measure.x", Unit: "%", Points: tt.points}
			for i := range s.Points {
				s.Points[i].At = org.WeekOf(asOf).Add(-time.Duration(len(s.Points)-i) * org.Week)
			}
			e := Evaluate(under, asOf, func(string, string) Found { return Found{Series: s} })
			if e.State != tt.state || e.MayBeChance != tt.chance || e.FirstMet.IsZero() == tt.first || (e.Why != "") != (tt.state == Unknown) {
				t.Errorf("%s: %+v", tt.name, e)
			}
		})
	}
	m := &metric.Metric{Unit: "%", Figure: metric.Figure{Value: metric.Of(8), Lo: metric.Of(0), Hi: metric.Of(20)}, Unsettled: true, Warnings: []string{"between"}}
	if e := Evaluate(under, asOf, func(string, string) Found { return Found{Metric: m} }); e.State != Unknown || e.Value == nil {
		t.Errorf("a metric without a series: %+v", e)
	}
}

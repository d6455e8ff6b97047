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
func weeks(values ...float64) func(string) *metric.Series {
	s := &metric.Series{ID: "measure.x", Unit: "%"}
	at := org.WeekOf(asOf).Add(-time.Duration(len(values)) * org.Week)
	for i, v := range values {
		p := metric.Point{At: at.Add(time.Duration(i) * org.Week)}
		if v != gap {
			p.Value = metric.Of(v)
		}
		s.Points = append(s.Points, p)
	}
	return func(id string) *metric.Series {
		if id == "measure.x" || id == "dora.lead_time" {
			return s
		}
		return nil
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
		find         func(string) *metric.Series
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

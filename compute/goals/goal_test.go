package goals

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

func at(month, day int) time.Time {
	return time.Date(2024, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// measured is a value of the four weeks to 4 November.
func measured(v float64, interval ...float64) *metric.Metric {
	m := metric.Metric{Unit: metric.Seconds, Figure: metric.Figure{Value: metric.Of(v)}, Window: metric.Window{From: at(10, 7), To: at(11, 4)}}
	if len(interval) == 2 {
		m.Lo, m.Hi = metric.Of(interval[0]), metric.Of(interval[1])
	}
	return &m
}

// falling is a series of 20 weeks to 4 November that falls by a step every week from a
// level, with a wobble.
func falling(from, step float64) *metric.Series {
	s := metric.Series{Unit: metric.Number}
	for i := range 20 {
		v := from - step*float64(i) + []float64{0, 1, -1, 2, -2}[i%5]
		s.Points = append(s.Points, metric.Point{At: at(11, 4).Add(time.Duration(i-20) * org.Week), Figure: metric.Figure{Value: metric.Of(v)}})
	}
	return &s
}

func TestJudge(t *testing.T) {
	minutes := func(v float64) *fact.Goal {
		return &fact.Goal{Metric: "dora.lead_time", AtMost: &v, Unit: "minutes", By: at(12, 31), Owner: "x"}
	}
	most := func(v float64, by time.Time) *fact.Goal { return &fact.Goal{Metric: "m", AtMost: &v, By: by} }
	least := func(v float64) *fact.Goal { return &fact.Goal{Metric: "m", AtLeast: &v, By: at(12, 31)} }
	published := func(v, lo, hi float64, to time.Time) []metric.Point {
		return []metric.Point{{At: to.Add(-org.Week), Figure: metric.Figure{Value: metric.Of(v), Lo: metric.Of(lo), Hi: metric.Of(hi)}, N: 9}}
	}
	unsettled := measured(10, 5, 40)
	unsettled.Unsettled = true
	for _, c := range []struct {
		name  string
		goal  *fact.Goal
		found Found
		want  State
		why   string
	}{
		{"the whole interval is under it", minutes(45), Found{Metric: measured(2520, 2460, 2580)}, Met, ""},
		{"exactly at it", minutes(42), Found{Metric: measured(2520, 2400, 2520)}, Met, ""},
		{"under, may be over", minutes(42.5), Found{Metric: measured(2520, 2460, 2580)}, MetNotSurely, "within its likely range"},
		{"no upper limit", minutes(45), Found{Metric: &metric.Metric{Unit: metric.Seconds, Figure: metric.Figure{Value: metric.Of(60), Lo: metric.Of(1)}}}, MetNotSurely, "within"},
		{"no range known", most(50, at(12, 31)), Found{Metric: measured(42)}, MetNotSurely, "no range"},
		{"a census needs none", least(.5), Found{Metric: measured(.75), Census: true}, Met, ""},
		{"over, and nothing to go by", minutes(40), Found{Metric: measured(2520, 2460, 2580)}, CannotTell, "a forecast needs 6 readings"},
		{"not measured", minutes(40), Found{}, CannotTell, "it was not measured"},
		{"not available", minutes(40), Found{Metric: &metric.Metric{State: metric.NotAvailable, Unit: metric.Seconds, Why: "no deployments"}}, CannotTell, "no deployments"},
		{"unsettled on both sides", most(20, at(12, 31)), Found{Metric: unsettled}, CannotTell, "missing evidence"},
		{"unsettled, all of it under", most(50, at(12, 31)), Found{Metric: unsettled}, Met, ""},
		{"falls fast enough", most(50, at(12, 31)), Found{Metric: measured(62), Series: falling(100, 2)}, OnTrack, ""},
		{"falls too slowly", most(20, at(12, 31)), Found{Metric: measured(62), Series: falling(100, 2)}, CannotTell, "not reached by then"},
		{"may fall fast enough", most(46.5, at(12, 31)), Found{Metric: measured(62), Series: falling(100, 2)}, CannotTell, "both sides"},
		{"too far ahead", most(50, at(12, 31).AddDate(1, 0, 0)), Found{Metric: measured(62), Series: falling(100, 2)}, CannotTell, "weeks ahead"},
		{"its day passed, met", most(45, at(11, 3)), Found{Metric: measured(42, 40, 44)}, Met, ""},
		{"its day passed, missed", most(40, at(11, 3)), Found{Metric: measured(42, 41, 44)}, Missed, ""},
		{"missed, may be chance", most(41, at(11, 3)), Found{Metric: measured(42, 40, 44)}, Missed, "within its likely range"},
		{"missed then, met now", most(45, at(9, 30)), Found{Metric: measured(42, 40, 44), Published: published(50, 48, 52, at(9, 30))}, Missed, ""},
		{"met then, missed now", most(45, at(9, 30)), Found{Metric: measured(50, 48, 52), Published: published(42, 40, 44, at(9, 30))}, Met, ""},
		{"only weeks are known of its day", most(80, at(7, 21)), Found{Metric: measured(62), Series: falling(100, 2)}, Missed, ""},
		{"nothing is known of its day", most(45, at(3, 31)), Found{Metric: measured(42, 40, 44)}, CannotTell, "no value of its day"},
		{"its day passed, but not its week", most(40, at(11, 10)), Found{Metric: measured(42, 41, 44)}, CannotTell, "not mature"},
		{"a unit that does not fit", &fact.Goal{Metric: "m", AtMost: metric.Of(1), Unit: "%", By: at(12, 31)}, Found{Metric: measured(1)}, CannotTell, "in %"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asOf, cut := at(11, 11), at(11, 4)
			if c.name == "its day passed, but not its week" {
				asOf, cut = at(11, 11), at(10, 28) // a week was skipped
			}
			s := Judge(c.goal, "title", asOf, cut, c.found)
			if s.State != c.want || !strings.Contains(s.Why, c.why) || c.why == "" && s.Why != "" && s.State != Missed {
				t.Errorf("%s: %s, %q; want %s, %q", c.name, s.State, s.Why, c.want, c.why)
			}
			if s.State == OnTrack && (s.Forecast == nil || s.Forecast.Hi > 50 || s.Forecast.Lo > s.Forecast.Value || s.Forecast.Weeks != 20) {
				t.Errorf("%s: %+v", c.name, s.Forecast)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	known := []Known{
		{ID: "dora.lead_time", Unit: metric.Seconds, Kinds: []fact.GoalKind{fact.GoalOrganisation, fact.GoalTeam}},
		{ID: "space.nps", Unit: metric.Points, Kinds: []fact.GoalKind{fact.GoalOrganisation, fact.GoalGroup}},
		{ID: "space.task_minutes", Open: true, Unit: metric.Seconds, Kinds: []fact.GoalKind{fact.GoalOrganisation}},
		{ID: "adoption.share", Unit: metric.Share, Kinds: []fact.GoalKind{fact.GoalFeature}},
		{ID: "measure.build_minutes", Unit: "minutes", Kinds: []fact.GoalKind{fact.GoalOrganisation}},
	}
	goal := func(metric string, level float64, unit string, kind fact.GoalKind) fact.Goal {
		return fact.Goal{Metric: metric, AtLeast: &level, Unit: unit, Kind: kind}
	}
	for _, c := range []struct {
		goal      fact.Goal
		key, text string
	}{
		{goal("dora.lead_time", 1, "hours", fact.GoalTeam), "", ""},
		{goal("space.task_minutes.deploy", 5, "minutes", fact.GoalOrganisation), "", ""},
		{goal("build_minutes", 5, "", fact.GoalOrganisation), "", ""},
		{goal("measure.build_minutes", 5, "minutes", fact.GoalOrganisation), "", ""},
		{goal("adoption.share", 70, "%", fact.GoalFeature), "", ""},
		{goal("", 1, "", ""), "", ""}, // the form is checked elsewhere
		{goal("dora.leed_time", 1, "", ""), "metric", `did you mean "dora.lead_time"?`},
		{goal("lead_time", 1, "", ""), "metric", `did you mean "dora.lead_time"?`},
		{goal("build_minute", 1, "", ""), "metric", `did you mean "build_minutes"?`},
		{goal("space.task_minutes.", 1, "", ""), "metric", ""},
		{goal("dora.lead_time", 1, "", fact.GoalTeam), "at_least", "seconds"},
		{goal("dora.lead_time", 1, "%", fact.GoalTeam), "unit", "seconds"},
		{goal("adoption.share", 70, "", fact.GoalFeature), "at_least", `unit = "%"`},
		{goal("space.nps", 140, "", fact.GoalOrganisation), "at_least", ""},
		{goal("space.nps", 40, "", fact.GoalTeam), "for", "the organisation and groups"},
	} {
		t.Run(fmt.Sprint(c.goal), func(t *testing.T) {
			faults := Check([]fact.Goal{c.goal}, known)
			if c.key == "" && len(faults) > 0 || c.key != "" && (len(faults) != 1 || faults[0].Key != c.key || !strings.Contains(faults[0].Next, c.text)) {
				t.Errorf("%s %v %q for %s: %+v", c.goal.Metric, *c.goal.AtLeast, c.goal.Unit, c.goal.Kind, faults)
			}
		})
	}
	draft := goal("dora.lead_time", 1, "", fact.GoalTeam)
	draft.Draft = true
	if f := Check([]fact.Goal{draft}, known); len(f) > 0 {
		t.Errorf("a draft: %+v", f)
	}
}

// TestShift holds the comparison to values worked out by hand.
func TestShift(t *testing.T) {
	week := func(i int) time.Time { return monday.Add(time.Duration(i) * org.Week) }
	// Means 10 and 6; squares 4·1 and 4·1; products of neighbours −3 each side.
	points := weekly(9, 11, 9, 11, 5, 7, 5, 7)
	c, why := Shift(points, week(4), week(8), false)
	if c == nil || c.Value != -4 || c.Before != 4 || c.After != 4 {
		t.Fatalf("%+v, %s", c, why)
	}
	// r = −6/8 → 0; variances 4/3/4 + 4/3/4 = 2/3; Welch's df is 6, and t.975 is 2.4469.
	if half := 2.446912 * math.Sqrt(2.0/3); math.Abs(c.Hi-(-4+half)) > 1e-5 || math.Abs(c.Lo-(-4-half)) > 1e-5 {
		t.Errorf("%+v", c)
	}
	if c, _ := Shift(weekly(8, 8, 8, 8, 4, 4, 4, 4), week(4), week(8), true); c == nil || math.Abs(c.Value+.5) > 1e-12 || c.Lo != c.Hi {
		t.Errorf("halved: %+v", c)
	}
	for name, c := range map[string]struct {
		points     []metric.Point
		from, look int
		relative   bool
		why        string
	}{
		"few before": {points, 3, 8, false, "3 weeks before"},
		"few after":  {points, 4, 7, false, "3 weeks after"},
		"zero":       {weekly(1, 1, 0, 1, 1, 1, 1, 1), 4, 8, true, "always above 0"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, why := Shift(c.points, week(c.from), week(c.look), c.relative); got != nil || !strings.Contains(why, c.why) {
				t.Errorf("%s: %+v, %q", name, got, why)
			}
		})
	}
	// What comes after the look is not read.
	late := append(weekly(8, 8, 8, 8, 4, 4, 4, 4), metric.Point{At: week(8), Figure: metric.Figure{Value: metric.Of(1000)}})
	if c, _ := Shift(late, week(4), week(8), false); c == nil || c.Value != -4 {
		t.Errorf("read beyond the look: %+v", c)
	}
}

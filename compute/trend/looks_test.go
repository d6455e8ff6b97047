package trend

import (
	"fmt"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

var monday = time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)

// cellAt is a ratio of 1.5 with that p at the look of a week.
func cellAt(week int, name string, change, p float64) Cell {
	t := Ratio(1+change, stat.Interval{Lo: .5, Hi: 2}, p, .1, metric.Up)
	at := monday.AddDate(0, 0, 7*week)
	t.Now, t.Before = metric.Window{From: at.AddDate(0, 0, -28), To: at}, metric.Window{From: at.AddDate(0, 0, -56), To: at.AddDate(0, 0, -28)}
	return Cell{Scope: metric.Scope{Kind: metric.Organisation}, Metric: name, Trend: t, At: at, PerYear: LooksPerYear}
}

// The more tests a page has, the more it takes, and tests without a chance do not
// count.
func TestSettleCorrectsForTheNumberOfTests(t *testing.T) {
	for _, tt := range []struct {
		name     string
		p        []float64
		hopeless int // further tests that could reach nothing below .5
		q        float64
		outcome  metric.Outcome
	}{
		{"alone", []float64{.04}, 0, .04, metric.WorthWatching},
		{"alone beside tests that can show nothing", []float64{.04}, 5, .04, metric.WorthWatching},
		{"one of four", []float64{.04, .001, .9, .6}, 0, .08, metric.NotEnoughData},
		{"beyond chance over a year", []float64{.0004, .5}, 0, .0008, metric.Changed},
		{"not over a year, among four", []float64{.0008, .5, .5, .5}, 0, .0032, metric.WorthWatching},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var cells []Cell
			for i, p := range tt.p {
				cells = append(cells, cellAt(0, fmt.Sprint(i), .5, p))
			}
			for i := range tt.hopeless {
				c := cellAt(0, fmt.Sprint("few", i), .5, .5)
				c.Trend.Attainable = .5
				cells = append(cells, c)
			}
			Settle([][]Cell{cells}, nil, false)
			if got := cells[0].Trend; got.Q != tt.q || got.Outcome != tt.outcome {
				t.Errorf("q %v, %s; want %v, %s", got.Q, got.Outcome, tt.q, tt.outcome)
			}
		})
	}
}

// An arrow stays until its window has passed, and turns only for a claim of the
// other direction.
func TestClaimsStayUntilTheirWindowHasPassed(t *testing.T) {
	const sure, unsure = .0001, .4
	var past []Look
	for week, want := range []struct {
		change, p float64
		arrow     metric.Direction
	}{
		{.5, unsure, ""},
		{.5, sure, metric.Up},
		{.01, unsure, metric.Up}, // its window has not passed
		{.01, unsure, metric.Up},
		{.01, sure, metric.Up}, // too small to matter: no new claim
		{.01, unsure, ""},      // four weeks later
		{-.5, sure, metric.Down},
		{.5, sure, metric.Up},
	} {
		t.Run(fmt.Sprint(want.change), func(t *testing.T) {
			c := cellAt(week, "lead", want.change, want.p)
			past = Settle([][]Cell{{c}}, past, false)
			if got := c.Trend.Arrow(); got != want.arrow {
				t.Errorf("week %d: arrow %q, want %q", week, got, want.arrow)
			}
			if past[0].Looks != week+1 {
				t.Errorf("week %d: %d looks are used", week, past[0].Looks)
			}
		})
	}
}

// A wider window finds what the narrow one cannot.
func TestWideClaims(t *testing.T) {
	c := cellAt(0, "lead", .5, .2)
	c.Trend.Wide = cellAt(0, "lead", .4, .0001).Trend
	c.Trend.Wide.Now.From = monday.AddDate(0, 0, -56)
	Settle([][]Cell{{c}}, nil, false)
	claim := c.Trend.Claim
	if c.Trend.Arrow() != metric.Up || claim.Change < .39 || claim.Change > .41 || !claim.Until.Equal(monday.AddDate(0, 0, 56)) {
		t.Errorf("%+v", claim)
	}
}

// The same week is one look, however often it is built. A year has its looks, a new
// year has new ones, and lost looks count as used.
func TestLooksAreSpent(t *testing.T) {
	const sure = .0001
	look := func(week int, past []Look, lost bool) (metric.Direction, []Look) {
		c := cellAt(week, "lead", .5, sure)
		after := Settle([][]Cell{{c}}, past, lost)
		return c.Trend.Arrow(), after
	}
	_, past := look(0, nil, false)
	arrow, again := look(0, past, false)
	if again[0].Looks != 1 || again[0].Spent != LookAlpha || arrow != metric.Up {
		t.Errorf("the same week: %+v, arrow %q", again[0], arrow)
	}
	arrow, lost := look(1, nil, true)
	if arrow != "" || lost[0].Looks != LooksPerYear {
		t.Errorf("lost: %+v, arrow %q", lost[0], arrow)
	}
	if arrow, lost = look(2, lost, false); arrow != "" || lost[0].Looks != LooksPerYear {
		t.Errorf("a week after the loss: %+v, arrow %q", lost[0], arrow)
	}
	if arrow, lost = look(44, lost, false); arrow != metric.Up || lost[0].Looks != 1 || lost[0].Year != 2025 {
		t.Errorf("the next year: %+v, arrow %q", lost[0], arrow)
	}
}

package render

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// leavingIn returns a way out with units counted by week up to the example's day.
func leavingIn(active ...int) compute.Leaving {
	l := compute.Leaving{Feature: "x", Unit: "team", Left: active[len(active)-1], Deadline: exampleDay.AddDate(0, 3, 0)}
	for i, n := range active {
		at := exampleDay.AddDate(0, 0, 7*(i-len(active)))
		l.Points = append(l.Points, metric.Point{At: at, N: n})
	}
	l.At, l.Weeks = active[0], len(active)-1
	l.Moved = max(0, l.At-l.Left)
	l.Forecast = l.Moved > 0 && l.Left > 0
	return l
}

// A heading claims no more about the end than the range and the deadline allow.
func TestTheHeadingOfADeprecation(t *testing.T) {
	weeks := func(n int) time.Time { return exampleDay.AddDate(0, 0, 7*n) }
	for name, c := range map[string]struct {
		active []int
		set    func(l *compute.Leaving)
		words  string
		note   string
	}{
		"before":              {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early, l.Late = weeks(2), weeks(9) }, "3 of 7 teams left; the end is likely before the deadline", "The deadline is 11 Feb 2025"},
		"may":                 {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early, l.Late = weeks(2), weeks(30) }, "3 of 7 teams left; the end may come after the deadline", "19 times in 20 if teams go on to move at the rate so far (4 in two weeks)"},
		"open":                {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early = weeks(2) }, "3 of 7 teams left; the end may come after the deadline", ""},
		"after":               {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early, l.Late = weeks(20), weeks(40) }, "3 of 7 teams left; the end is likely after the deadline", ""},
		"four weeks of grace": {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early, l.Late = weeks(16), weeks(40) }, "3 of 7 teams left; the end may come after the deadline", ""},
		"never":               {[]int{7, 7, 6}, nil, "6 of 7 teams left; the end is likely after the deadline", ""},
		"no deadline":         {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early, l.Deadline = weeks(2), time.Time{} }, "3 of 7 teams left", "No deadline is set."},
		"expired":             {[]int{7, 5, 3}, func(l *compute.Leaving) { l.Early, l.Expired = weeks(2), true }, "3 of 7 teams left; the deadline has passed", "The deadline was"},
		"no move":             {[]int{7, 7, 7}, nil, "7 of 7 teams left; no team has moved yet", "A forecast needs a move."},
		"more":                {[]int{7, 7, 8}, func(l *compute.Leaving) { l.Joined = 1 }, "8 teams use it, 7 at first; no team has moved yet", "The number rose by 1 in some weeks; such a rise is not a move."},
		"nobody":              {[]int{7, 3, 0}, nil, "No team is left", ""},
		"no week":             {[]int{7}, func(l *compute.Leaving) { l.Points = nil }, "7 teams to move", "The decision is less than a whole week old"},
	} {
		t.Run(name, func(t *testing.T) {
			s := emptySite(t)
			l := leavingIn(c.active...)
			if c.set != nil {
				c.set(&l)
			}
			s.report.Leavings = []compute.Leaving{l}
			v := s.leavingView("", &fact.Feature{Item: fact.Item{ID: "x"}})
			if plain(v.Words) != c.words || !strings.Contains(plain(v.Note), c.note) {
				t.Errorf("%q\n%q", plain(v.Words), plain(v.Note))
			}
			if (v.Figure == "") != (l.Points == nil) || v.Figure != "" && !strings.Contains(plain(string(v.Figure)), c.words) {
				t.Errorf("the figure: %s", v.Figure)
			}
		})
	}
	if v := emptySite(t).leavingView("", &fact.Feature{}); v != nil {
		t.Errorf("nobody decided: %+v", v)
	}
}

// The page and the card of a deprecation under way have the units left, the deadline and the
// range of the end; the table and its file have every week.
func TestADeprecationUnderWay(t *testing.T) {
	c := conceptContent(t)
	for i := range c.Decisions {
		if d := &c.Decisions[i]; d.Feature == "custom-helm-charts" {
			d.On = exampleDay.AddDate(0, 0, -7*20)
		}
	}
	r, c, ev := concept(t, c)
	if len(r.Leavings) != 1 || r.Leavings[0].Left != 7 {
		t.Fatalf("%+v", r.Leavings)
	}
	l := &r.Leavings[0]
	for i := range l.Points {
		l.Points[i].N = 10 - 3*i/(len(l.Points)-1)
	}
	l.At, l.Moved, l.Forecast = 10, 3, true
	l.Early, l.Late = exampleDay.AddDate(0, 0, 70), exampleDay.AddDate(0, 0, 70+7*30)
	s, err := newSite(options, r, c, ev)
	if err != nil {
		t.Fatal(err)
	}
	site := tree(t, options, r, c, ev)
	checkTree(t, site)
	page := plain(site["features/custom-helm-charts/index.html"])
	for _, want := range []string{
		"7 of 10 teams left; the end may come after the deadline", "deadline 30 Jun 2025", "end likely 20 Jan–18 Aug 2025",
		`id="leaving-chart"`, "10 teams at the decision, 3 moved in", "how we count", `href="../../data/leaving/custom-helm-charts.csv"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if got := strings.Count(site["data/leaving/custom-helm-charts.csv"], "\n"); got != len(l.Points)+1 {
		t.Errorf("the file has %d lines, want %d weeks", got, len(l.Points))
	}
	card := s.newFollowUp(s.findRecommendation("custom-helm-charts"))
	if text := plain(strings.Join(card.Notes, " ")); !strings.Contains(text, "7 of 10 teams left after") || !strings.Contains(text, "end likely 20 Jan–18 Aug 2025.") {
		t.Errorf("the card has no range: %s", text)
	}
	if !strings.HasSuffix(plain(card.Title), "7 teams to move by 30 Jun 2025") {
		t.Errorf("the card's title: %s", card.Title)
	}
}

// A hostile unit stays text in the section and its picture.
func TestHostileUnitsOfADeprecation(t *testing.T) {
	for _, text := range hostile {
		l := leavingIn(7, 5, 3)
		l.Unit, l.Early, l.Late = text, exampleDay.AddDate(0, 0, 14), exampleDay.Add(30*org.Week)
		s := emptySite(t)
		s.report.Leavings = []compute.Leaving{l}
		s.report.Recommendations = []decision.Recommendation{{Feature: "x", Title: text, Verdict: decision.Deprecate}}
		v := s.leavingView("", &fact.Feature{Item: fact.Item{ID: "x"}})
		for _, bad := range []string{"<script", "<img", "\x00", "\x1b", "javascript:\""} {
			if strings.Contains(string(v.Figure), bad) {
				t.Errorf("%q: the figure has %q", text, bad)
			}
		}
	}
}

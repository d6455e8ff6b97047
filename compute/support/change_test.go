package support

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// steady returns so many tickets of a theme in each of some weeks from a Monday on.
func steady(theme int16, from time.Time, weeks, each int) []fact.Ticket {
	var out []fact.Ticket
	for w := range weeks {
		for i := range each {
			at := from.AddDate(0, 0, 7*w).Add(time.Duration(i) * time.Hour)
			out = append(out, fact.Ticket{ID: fmt.Sprint(theme, at), Theme: theme, Opened: at, Resolved: at.Add(time.Hour)})
		}
	}
	return out
}

// TestChangeByHand is the example of docs/definitions/adoption.md: 10 tickets a week become 6.
func TestChangeByHand(t *testing.T) {
	end := time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	week := func(n int) time.Time { return end.AddDate(0, 0, -7*n) }
	on := week(27).AddDate(0, 0, 2) // a Wednesday; its week is on neither side
	others := steady(fact.Unthemed, week(80), 80, 10)
	for _, tt := range []struct {
		name    string
		tickets []fact.Ticket
		on      time.Time
		state   Outcome
		why     string
		counts  string
	}{
		{"fewer", slices.Concat(others, steady(1, week(80), 54, 10), steady(1, week(26), 26, 6)), on, Fewer, "", "520 in 52, 156 in 26"},
		{"more", slices.Concat(others, steady(1, week(80), 54, 10), steady(1, week(26), 26, 16)), on, More, "", "520 in 52, 416 in 26"},
		{"about the same", slices.Concat(others, steady(1, week(80), 80, 60)), on, AboutTheSame, "", "3120 in 52, 1560 in 26"},
		{
			"all tickets fall", slices.Concat(steady(fact.Unthemed, week(80), 54, 10), steady(fact.Unthemed, week(26), 26, 6),
				steady(1, week(80), 54, 10), steady(1, week(26), 26, 6)),
			on, CannotAttribute, "other tickets", "520 in 52, 156 in 26",
		},
		{"too early", slices.Concat(others, steady(1, week(80), 80, 10)), week(5), CannotTell, "52 weeks before and 4 after", "0 in 52, 0 in 4"},
		{"few tickets", slices.Concat(others, steady(1, week(80), 3, 1), steady(1, week(40), 3, 1)), on, CannotTell, "5 tickets", "5 in 52, 0 in 26"},
		{"alone", slices.Concat(steady(1, week(80), 54, 10), steady(1, week(26), 26, 6)), on, CannotAttribute, "too few other tickets", "520 in 52, 156 in 26"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := fact.Content{Themes: []fact.Theme{{ID: "a", Changes: []fact.ThemeChange{{On: tt.on, Title: "docs"}}}}}
			r := Measure(organisation, Input{Content: c, Tickets: tt.tickets, Sesoi: 0.1})
			got := r.Themes[0].Changes[0]
			counts := fmt.Sprintf("%d in %d, %d in %d", got.Before, got.WeeksBefore, got.After, got.WeeksAfter)
			if got.State != tt.state || !strings.Contains(got.Why, tt.why) || counts != tt.counts {
				t.Errorf("%s (%s), %s", got.State, got.Why, counts)
			}
			if tt.name == "fewer" && (*got.Ratio.Value != 0.6 || *got.Ratio.Hi > 0.75 || *got.Others != 1) {
				t.Errorf("ratio %v (%v to %v), others %v", *got.Ratio.Value, *got.Ratio.Lo, *got.Ratio.Hi, *got.Others)
			}
		})
	}
}

// The dated changes of a theme come from its own list, its feature and the initiatives about it;
// what lies in the future, and drafts, are left out.
func TestDatedChanges(t *testing.T) {
	day := func(month time.Month) time.Time { return time.Date(2024, month, 1, 0, 0, 0, 0, time.UTC) }
	ga := []fact.Phase{{Name: "ga", Start: day(5)}}
	m := &measurer{content: &fact.Content{
		Features: []fact.Feature{{Item: fact.Item{ID: "vault", Title: "Vault"}, Shipped: day(3)}, {Item: fact.Item{ID: "x"}, Shipped: day(2)}},
		Initiatives: []fact.Initiative{
			{Item: fact.Item{Title: "Rotation"}, Research: []string{"r"}, Phases: ga},
			{Item: fact.Item{Title: "Other"}, Research: []string{"s"}, Phases: ga},
			{Item: fact.Item{Title: "Draft", Draft: true}, Research: []string{"r"}, Phases: []fact.Phase{{Name: "ga", Start: day(6)}}},
		},
	}}
	m.cal = organisation.Calendar
	var got []string
	for _, d := range m.findDated(&fact.Theme{Feature: "vault", Research: []string{"r"}, Changes: []fact.ThemeChange{
		{On: day(7), Title: "Docs"}, {On: day(12), Title: "Later"},
	}}) {
		got = append(got, d.title)
	}
	if s := strings.Join(got, ", "); s != "Vault, Rotation, Docs" {
		t.Errorf("got %s", s)
	}
}

// Growth is no rise: twice as many tickets of twice as many developers.
func TestRisingPerActiveDeveloper(t *testing.T) {
	end := time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	tickets := slices.Concat(steady(1, end.AddDate(0, 0, -7*40), 36, 10), steady(1, end.AddDate(0, 0, -28), 4, 20))
	in := Input{Content: fact.Content{Themes: []fact.Theme{{ID: "a"}}}, Tickets: tickets, Sesoi: 0.1}
	if th := Measure(organisation, in).Themes[0]; !th.Rising || th.PerDeveloper || *th.Ratio.Value != 2 {
		t.Errorf("%+v", th)
	}
	if th := Measure(staff(0.06), in).Themes[0]; th.Rising || !th.PerDeveloper || *th.Ratio.Value > 1.1 {
		t.Errorf("rising %v, per developer %v, ratio %v", th.Rising, th.PerDeveloper, *th.Ratio.Value)
	}
}

// Tickets that were closed without a date are not open, and widen the range of the resolution
// time to all that their times could be.
func TestUndatedTickets(t *testing.T) {
	list := some(40, now, 24, "x")
	for i := range list {
		list[i].Resolved = list[i].Resolved.Add(time.Duration(i) * time.Hour)
	}
	certain := measure(list)
	undated := some(20, now, 0, "y")
	for i := range undated {
		undated[i].Resolved, undated[i].Ending = time.Time{}, fact.Undated
	}
	undated[0].Ending = fact.Doubtful
	r := measure(list, undated)
	m, before := find(&r, Resolution), find(&certain, Resolution)
	if r.Open != 0 || r.Undated != 19 || r.Unclear != 1 || r.Tickets != 60 {
		t.Errorf("open %d, undated %d, unclear %d of %d", r.Open, r.Undated, r.Unclear, r.Tickets)
	}
	if *m.Value != *before.Value || *m.Lo >= *before.Lo || m.Hi != nil && *m.Hi <= *before.Hi || m.Trend != nil {
		t.Errorf("%v (%v to %v), before %v (%v to %v), %+v", *m.Value, *m.Lo, m.Hi, *before.Value, *before.Lo, *before.Hi, m.Trend)
	}
	if m.State != metric.OK || len(m.Warnings) != 1 {
		t.Errorf("%s, %q", m.State, m.Warnings)
	}
}

// A word is suggested from five tickets of three teams, and is not a name.
func TestSuggestWords(t *testing.T) {
	word := func(w string, plain, ids, teams int) fact.TitleWord {
		x := fact.TitleWord{Word: w, Tickets: ids, Plain: plain}
		for i := range ids {
			x.IDs = append(x.IDs, uint64(i))
		}
		for i := range teams {
			x.Teams = append(x.Teams, fmt.Sprint("team ", i))
		}
		return x
	}
	c := fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "grafana"}}}}
	words := []fact.TitleWord{
		word("quota", 5, 5, 3), word("quota", 5, 5, 3), word("rare", 4, 4, 3), word("rare", 4, 4, 3), word("oneteam", 5, 5, 1),
		word("unknownteams", 5, 5, 0), word("julia", 0, 5, 3), word("meier", 5, 5, 3), word("grafana", 0, 5, 3),
	}
	got := fmt.Sprint(suggestWords(words, &c, []string{"anna.meier@example.org", "bob"}))
	if want := "[{quota 10} {grafana 5} {unknownteams 5}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	tickets := slices.Concat(steady(1, now, 4, 20), steady(fact.Unthemed, now, 4, 10))
	remarks := strings.Join(DescribeThemes(&fact.Content{Themes: []fact.Theme{{Title: "Wide"}, {Title: "None"}}}, tickets, words, nil), "; ")
	for _, want := range []string{`"Wide" matches 80 of 120 tickets`, `"None" matches none of 120 tickets`, "40 of 120 tickets match no theme", "quota (10)"} {
		if !strings.Contains(remarks, want) {
			t.Errorf("no %q in %s", want, remarks)
		}
	}
}

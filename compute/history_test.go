package compute

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

var monday = time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)

// weeksAgo is the cut-off some weeks before the newest.
func weeksAgo(n int) time.Time { return monday.Add(-time.Duration(n) * org.Week) }

func row(week time.Time, id string, value float64, hash string) Row {
	return Row{Week: week, Metric: id, Figure: metric.Figure{Value: metric.Of(value)}, N: 10, Hash: hash}
}

func TestAppendHistoryKeepsWhatWasPublished(t *testing.T) {
	published := appendHistory(nil, []Row{row(weeksAgo(2), "m", 1, "a"), row(weeksAgo(1), "m", 2, "a")}, weeksAgo(1))
	before, err := json.Marshal(published)
	if err != nil {
		t.Fatal(err)
	}
	today := []Row{row(monday, "m", 3, "a"), row(weeksAgo(1), "m", 7, "a"), row(weeksAgo(2), "m", 8, "b")}
	got := appendHistory(published, today, monday)
	late := row(weeksAgo(2), "m", 8, "b")
	late.Computed = monday
	first := row(weeksAgo(2), "m", 1, "a")
	first.Computed = weeksAgo(1)
	want := []Row{first, late, row(weeksAgo(1), "m", 2, "a"), row(monday, "m", 3, "a")}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if after, err := json.Marshal(published); err != nil || string(after) != string(before) {
		t.Errorf("the history given was edited: %s, was %s (%v)", after, before, err)
	}
	if again := appendHistory(got, today, monday); !reflect.DeepEqual(again, got) {
		t.Errorf("a second run of the same adds rows: %+v", again)
	}
}

func TestReviseNotesAndTakesBack(t *testing.T) {
	history := []Row{row(weeksAgo(1), "m", 100, "a"), row(weeksAgo(1), "other", 5, "a"), row(monday, "m", 200, "a")}
	steps := []struct {
		name  string
		today []Row
		cut   time.Time
		want  *Revision
	}{
		{"the same", []Row{row(weeksAgo(1), "m", 100, "a")}, monday, nil},
		{"rounding elsewhere", []Row{row(weeksAgo(1), "m", 100.00001, "a")}, monday, nil},
		{"another definition", []Row{row(weeksAgo(1), "m", 90, "b")}, monday, nil},
		{"another value", []Row{row(weeksAgo(1), "m", 90, "a")}, monday, &Revision{Value: 90, N: 10, Since: monday}},
		{"still another value", []Row{row(weeksAgo(1), "m", 90, "a")}, monday.Add(org.Week), &Revision{Value: 90, N: 10, Since: monday}},
		{"no facts", nil, monday.Add(org.Week), &Revision{Value: 90, N: 10, Since: monday}},
		{"a third value", []Row{row(weeksAgo(1), "m", 80, "a")}, monday.Add(org.Week), &Revision{Value: 80, N: 10, Since: monday.Add(org.Week)}},
		{"the published value again", []Row{row(weeksAgo(1), "m", 100, "a")}, monday.Add(org.Week), nil},
	}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			noteRevisions(history, s.today, s.cut)
			if got := history[0].Revised; !reflect.DeepEqual(got, s.want) {
				t.Errorf("%s: got %+v, want %+v", s.name, got, s.want)
			}
			if *history[0].Value != 100 || history[1].Revised != nil || history[2].Revised != nil {
				t.Errorf("%s: another row or the published value was edited: %+v", s.name, history)
			}
		})
	}
}

// long is a history of one value a week over that many weeks.
func long(weeks int) []Row {
	rows := make([]Row, weeks)
	for i := range rows {
		rows[i] = row(weeksAgo(weeks-1-i), "m", float64(i), "a")
	}
	return rows
}

func keep(t *testing.T, rows []Row, budget int) []Row {
	t.Helper()
	kept, err := keepHistory(rows, budget)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestKeepHistoryThinsOut(t *testing.T) {
	kept := keep(t, long(300), 1<<20)
	recent := 0
	for i := range kept {
		age := int(monday.Sub(kept[i].Week) / org.Week)
		if age < keepWeekly {
			recent++
		} else if weekNumber(kept[i].Week)%keepEvery != 0 {
			t.Errorf("%d weeks old and kept", age)
		}
	}
	if recent != keepWeekly || len(kept) != keepWeekly+(300-keepWeekly)/keepEvery {
		t.Errorf("got %d rows, %d of the last two years", len(kept), recent)
	}
	if again := keep(t, kept, 1<<20); !reflect.DeepEqual(again, kept) {
		t.Error("thinning twice is not thinning once")
	}
}

// A week at a time or all at once: the same weeks are left.
func TestKeepHistoryDoesNotDependOnTheNumberOfRuns(t *testing.T) {
	all := long(260)
	var step []Row
	for i := range all {
		step = keep(t, append(step, all[i]), 1<<20)
	}
	if once := keep(t, all, 1<<20); !reflect.DeepEqual(step, once) {
		t.Errorf("%d rows week by week, %d at once", len(step), len(once))
	}
}

func TestKeepHistoryStaysInItsBudget(t *testing.T) {
	rows := slices.Concat(long(120), long(120)) // two rows a week
	slices.SortStableFunc(rows, func(a, b Row) int { return a.Week.Compare(b.Week) })
	for _, budget := range []int{1 << 20, 20000, 5000, 0} {
		kept := keep(t, rows, budget)
		data, err := json.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		if newest := kept[len(kept)-1].Week; !newest.Equal(monday) {
			t.Errorf("budget %d: the newest week is dropped", budget)
		}
		if len(kept)%2 != 0 {
			t.Errorf("budget %d: half a week is kept", budget)
		}
		if len(data) > budget+2 && len(kept) > 2 {
			t.Errorf("budget %d: %d bytes in %d rows", budget, len(data), len(kept))
		}
		if budget == 5000 && len(kept) < 20 {
			t.Errorf("budget %d: only %d rows of %d bytes are kept", budget, len(kept), len(data))
		}
	}
	if kept := keep(t, nil, 100); len(kept) != 0 {
		t.Errorf("out of nothing: %v", kept)
	}
}

func TestDefinitionChanges(t *testing.T) {
	inForce := func(hash string) []metric.Section {
		return []metric.Section{{Metrics: []metric.Metric{{ID: "m", DefinitionHash: hash}}}}
	}
	a := appendHistory(nil, []Row{row(weeksAgo(3), "m", 1, "a"), row(weeksAgo(2), "m", 1, "a"), row(weeksAgo(2), "n", 1, "x")}, weeksAgo(2))
	b := appendHistory(a, []Row{row(weeksAgo(2), "m", 5, "b"), row(weeksAgo(1), "m", 5, "b"), row(weeksAgo(1), "n", 1, "x")}, weeksAgo(1))
	back := appendHistory(b, []Row{row(monday, "m", 1, "a")}, monday)
	sameWeek := appendHistory(a, []Row{row(weeksAgo(2), "m", 5, "0")}, weeksAgo(2))
	tests := []struct {
		name  string
		m     Measured
		wants []DefinitionChange
	}{
		{"none", Measured{History: a, Sections: inForce("a")}, nil},
		{"one", Measured{History: b, Sections: inForce("b")}, []DefinitionChange{{"m", "a", "b", weeksAgo(1), 2}}},
		{"and back", Measured{History: back, Sections: inForce("a")}, []DefinitionChange{{"m", "a", "b", weeksAgo(1), 3}, {"m", "b", "a", monday, 2}}},
		{"within a week", Measured{History: sameWeek, Sections: inForce("0")}, []DefinitionChange{{"m", "a", "0", weeksAgo(2), 2}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.m.DefinitionChanges(); !reflect.DeepEqual(got, tt.wants) {
				t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.wants)
			}
		})
	}
	if m := (&Measured{History: b}); !m.HistoryBegun().Equal(weeksAgo(2)) {
		t.Errorf("begun: got %s", m.HistoryBegun())
	}
}

// The replay of adoption may only see what was counted in the same way.
func TestAdoptionFactsTakeOneDefinition(t *testing.T) {
	of := func(week time.Time, share float64, hash string) Row {
		r := row(week, adoption.Share, share, hash)
		r.Subject = "search"
		return r
	}
	m := Measured{
		CutOff: monday,
		Sections: []metric.Section{{
			Family: "adoption", Definitions: []metric.Definition{{ID: adoption.Share, Hash: "now"}},
		}},
		Adoption: adoption.Result{Features: []adoption.Feature{{ID: "search", Known: true}}},
		History: []Row{
			of(weeksAgo(3), 0.9, "before"), of(weeksAgo(3), 0.2, "now"), of(weeksAgo(2), 0.9, "before"),
			of(weeksAgo(1), 0.3, "now"), of(weeksAgo(1), 0.9, "zebra"), of(monday, 0.4, "now"),
		},
	}
	var shares []float64
	for _, w := range adoptionFacts(&fact.Feature{Item: fact.Item{ID: "search"}}, &m).History {
		shares = append(shares, w.Share)
	}
	if !slices.Equal(shares, []float64{0.2, 0.3}) {
		t.Errorf("got %v, want the weeks of the definition in force", shares)
	}
}

func BenchmarkAppendHistory(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		rows := make([]Row, n)
		for i := range rows {
			rows[i] = Row{Week: weeksAgo(i % 104), Subject: string(rune('a' + i/104%26)), Metric: strconv.Itoa(i / 104), Figure: metric.Figure{Value: metric.Of(1)}, Hash: "a"}
		}
		history := appendHistory(nil, rows, monday)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				appendHistory(history, rows, monday)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}

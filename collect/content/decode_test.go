package content

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

type sample struct {
	Title  string    `toml:"title"`
	On     time.Time `toml:"on"`
	Effort *float64  `toml:"effort"`
	Count  int       `toml:"count"`
	Tags   []string  `toml:"tags"`
	Rice   struct {
		Effort float64 `toml:"effort"`
		Reach  float64 `toml:"reach"`
	} `toml:"rice"`
	Phases []struct {
		Name     string `toml:"name"`
		Criteria []struct {
			Text string `toml:"text"`
		} `toml:"criteria"`
	} `toml:"phase"`
	Wait  time.Duration      `toml:"wait"`
	Words map[string]float64 `toml:"words"`
	Plain bool
}

func problemsText(list []Problem) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Error() + "\n")
	}
	return b.String()
}

func TestDecodeReadsEveryKind(t *testing.T) {
	const text = "\ufeff" + `title = "A"
on = 2024-10-07
effort = 3
count = 7
tags = ["x", "y"]
wait = "90s"
plain = true
words = { "very high" = 4, high = 3.5 }
[rice]
effort = 2.5
[[phase]]
name = "alpha"
[[phase]]
name = "beta"
criteria = [
  { text = "one" }, # a comment ] }
  { text = "two" },
]
`
	var got sample
	lines, problems := Decode("a.toml", []byte(text), &got)
	if len(problems) > 0 {
		t.Fatal(problemsText(problems))
	}
	if want := time.Date(2024, 10, 7, 0, 0, 0, 0, time.UTC); !got.On.Equal(want) || got.On.Location() != time.UTC {
		t.Errorf("on = %v, want %v", got.On, want)
	}
	if got.Title != "A" || *got.Effort != 3 || got.Count != 7 || len(got.Tags) != 2 || !got.Plain ||
		got.Wait != 90*time.Second || got.Words["very high"] != 4 || got.Rice.Effort != 2.5 {
		t.Errorf("got %+v", got)
	}
	if len(got.Phases) != 2 || got.Phases[1].Criteria[1].Text != "two" {
		t.Errorf("phases = %+v", got.Phases)
	}
	for key, want := range map[string]int{
		"title": 1, "rice.effort": 10, "phase.1.name": 14, "phase.1.criteria.1.text": 17,
		"words.very high": 8, "tags.1": 5, "rice.reach": 9,
	} {
		t.Run(key, func(t *testing.T) {
			if got := lines.At(key); got != want {
				t.Errorf("line of %s = %d, want %d", key, got, want)
			}
		})
	}
}

func TestDecodeReadsTimesAsUTC(t *testing.T) {
	for text, want := range map[string]string{
		"2024-10-07":                "2024-10-07T00:00:00Z",
		"2024-10-07T08:30:00":       "2024-10-07T08:30:00Z",
		"2024-10-07 08:30:00":       "2024-10-07T08:30:00Z",
		"2024-10-07T08:30:00+02:00": "2024-10-07T06:30:00Z",
	} {
		t.Run(text, func(t *testing.T) {
			var got sample
			if _, problems := Decode("a.toml", []byte("on = "+text), &got); len(problems) > 0 {
				t.Fatal(problemsText(problems))
			}
			if s := got.On.Format(time.RFC3339); s != want || got.On.Location() != time.UTC {
				t.Errorf("%s read as %s, want %s", text, s, want)
			}
		})
	}
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"all at once", "titel = 1\non = \"2024-10-07\"\n[rice]\neffort = \"3 weeks\"\nreech = 1\n", `
a.toml:1: unknown key "titel"; did you mean "title"?
a.toml:2: on: want a date such as 2024-10-07, without quotes, got the text "2024-10-07"
a.toml:4: rice.effort: want a number, got the text "3 weeks"
a.toml:5: unknown key "reech" in rice; did you mean "reach"?`},
		{"nothing near", "zzzzzz = 1\n", `
a.toml:1: unknown key "zzzzzz"; known keys: count, effort, on, phase, plain, rice, tags, title, wait, words`},
		{"case matters", "Title = \"x\"\n", `
a.toml:1: unknown key "Title"; did you mean "title"?`},
		{"in a list", "[[phase]]\n[[phase]]\ncriteria = [\n{ text = 1 },\n{ txt = \"a\" },\n]\n", `
a.toml:4: phase.1.criteria.0.text: want text in quotes, got 1
a.toml:5: unknown key "txt" in phase.1.criteria.1; did you mean "text"?`},
		{"duplicate", "title = \"a\"\ntitle = \"b\"\n", `
a.toml:2: key 'title' has already been defined.`},
		{"forgotten quotes", "count = 1\ntitle = Build Packs\n", `
a.toml:2: value "Build" is not a number, date or true/false; put text in quotes`},
		{"open string", "count = 1\ntitle = \"a\n", `
a.toml:2: string is not closed before the end of the line; close it with ", or use """ for several lines`},
		{"open list", "count = 1\ntags = [\n\"a\",\n", `
a.toml:2: list is not closed; close it with ]`},
		{"no value", "count\n", `
a.toml:1: "count" has no value; write count = …`},
		{"two on a line", "count = 1 title = \"a\"\n", `
a.toml:1: unexpected "title" after the value; one key a line; text goes in quotes`},
		{"infinite", "effort = inf\n", `
a.toml:1: effort: want a finite number, got +Inf`},
		{"table for a number", "count = { a = 1 }\n", `
a.toml:1: count: want a whole number, got a table`},
		{"number for a table", "rice = 3\n", `
a.toml:1: rice: want a table, got 3`},
		{"time of day", "on = 08:30:00\n", `
a.toml:1: on: want a date such as 2024-10-07, without quotes, got a date or time`},
		{"duration", "wait = 5\n", `
a.toml:1: wait: want a duration such as "5m" or "24h", got 5`},
		{"not UTF-8", "count = 1\ntitle = \"\xff\"\n", `
a.toml:2: text is not UTF-8; save the file as UTF-8`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got sample
			_, problems := Decode("a.toml", []byte(test.text), &got)
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n")+"\n", problemsText(problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile files took the library alone from seconds to minutes.
func hostile() map[string]string {
	return map[string]string{
		"dotted key":      strings.Repeat("a.", 10000) + "a = 1",
		"dotted table":    "[" + strings.Repeat("a.", 10000) + "a]",
		"nested lists":    "a = " + strings.Repeat("[", 100000),
		"nested tables":   "a = " + strings.Repeat("{a=", 100000),
		"long key":        strings.Repeat("a", maxSize-10) + " = 1",
		"long table name": "[" + strings.Repeat("a", 100000) + "]\n" + strings.Repeat("b=1\n", 1000),
		"too large":       "a = \"" + strings.Repeat("a", maxSize) + "\"",
		"open string":     "a = \"\"\"" + strings.Repeat("\n", maxSize-20),
		"quotes":          "a = '" + strings.Repeat("\"", 100000),
	}
}

func TestDecodeIsQuickOnHostileFiles(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var got struct {
				A any `toml:"a"`
			}
			if _, problems := Decode("a.toml", []byte(text), &got); len(problems) == 0 {
				t.Error("no problem found")
			}
			if d := time.Since(start); d > time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestDecodeIsBoundedOnLargeFiles(t *testing.T) {
	var keys, tables strings.Builder
	for i := range 40000 {
		fmt.Fprintf(&keys, "words.k%d = %d\n", i, i)
	}
	for range 80000 {
		tables.WriteString("[[phase]]\n")
	}
	for name, text := range map[string]string{"keys": keys.String(), "tables": tables.String()} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			var got sample
			if _, problems := Decode("a.toml", []byte(text), &got); len(problems) > 0 {
				t.Error(problemsText(problems))
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// A type that TOML has nothing for is a mistake of ours: told, not a crash.
func TestUnsupportedTypeIsTold(t *testing.T) {
	var into struct {
		Channel chan int `toml:"channel"`
	}
	_, problems := Decode("x.toml", []byte("channel = 1\n"), &into)
	if len(problems) != 1 || problems[0].Line != 1 || problems[0].Next == "" {
		t.Errorf("got %v", problems)
	}
}

// A date in content is a day: the machine's zone, which the TOML library gives it,
// is in no value, however deep it is written and whoever reads it.
func TestDatesAreDaysEverywhere(t *testing.T) {
	const file = `day = 2024-04-19
stamp = 2024-04-19T08:00:00
zoned = 2024-04-19T08:00:00+13:00
any = 2024-04-19
[[phase]]
override = { reason = "r", by = "lead", on = 2024-04-19 }
[free]
list = [2024-04-19]
`
	var into struct {
		Day   time.Time      `toml:"day"`
		Stamp time.Time      `toml:"stamp"`
		Zoned time.Time      `toml:"zoned"`
		Any   any            `toml:"any"`
		Phase []fact.Phase   `toml:"phase"`
		Free  map[string]any `toml:"free"`
	}
	if _, problems := Decode("a.toml", []byte(file), &into); len(problems) > 0 {
		t.Fatal(problems)
	}
	day := time.Date(2024, 4, 19, 0, 0, 0, 0, time.UTC)
	for what, got := range map[string]any{"field": into.Day, "any": into.Any, "override": into.Phase[0].Override.On, "list": into.Free["list"].([]any)[0]} {
		t.Run(what, func(t *testing.T) {
			if at, ok := got.(time.Time); !ok || at != day {
				t.Errorf("%s: got %v, want %v", what, got, day)
			}
		})
	}
	if want := day.Add(8 * time.Hour); into.Stamp != want || into.Zoned != want.Add(-13*time.Hour) {
		t.Errorf("stamp %v, zoned %v", into.Stamp, into.Zoned)
	}
	var phase struct {
		Override fact.GateOverride `toml:"override"`
	}
	if _, problems := Decode("a.toml", []byte("override = { reason = \"r\", on = 08:00:00 }\n"), &phase); len(problems) != 1 {
		t.Errorf("a time without a date is taken for one: %v", problems)
	}
}

package tabular

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// rowsOfTickets returns a file of tickets with so many rows.
func rowsOfTickets(n int) []byte {
	var b bytes.Buffer
	b.WriteString("id,title,team,feature,opened,resolved,labels,updated\n")
	for i := range n {
		fmt.Fprintf(&b, "PLAT-%d,How do I deploy service %d to production?,team-%d,gitops,2024-%02d-%02dT09:30:00Z,2024-10-16T11:42:%02dZ,"+
			"build;slow,2024-10-17 08:00:00\n", i, i%977, i%41, 1+i%12, 1+i%28, i%60)
	}
	return b.Bytes()
}

// BenchmarkInspect inspects 100,000 tickets, 12 MB.
func BenchmarkInspect(b *testing.B) {
	data := rowsOfTickets(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		in, err := Inspect(bytes.NewReader(data), "tickets.csv", Options{})
		if err != nil || in.Rows != 100_000 || !in.Whole {
			b.Fatal(in, err)
		}
	}
}

// TestInspect compares the evidence of a column with its cells.
func TestInspect(t *testing.T) {
	const rows = examinedRows + 500
	in, err := Inspect(bytes.NewReader(rowsOfTickets(rows)), "tickets.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in.Rows != rows || !in.Whole || in.FirstLine != 2 || in.HeaderRows != 1 || in.Delimiter != ',' || in.Encoding != utf8Name {
		t.Errorf("%+v", in)
	}
	for column, want := range map[string]func(c *Column) bool{
		"id":      func(c *Column) bool { return c.IsUnique(rows) && c.Dates == 0 },
		"title":   func(c *Column) bool { return c.Prose == examinedRows && c.Filled == rows },
		"team":    func(c *Column) bool { return c.Distinct == 41 && len(c.Words) == 41 },
		"opened":  func(c *Column) bool { return c.Dates == rows && c.Zoneless.Count == 0 && c.IsDate() },
		"updated": func(c *Column) bool { return c.Dates == rows && c.Zoneless == Witness{rows, 2} },
	} {
		t.Run(column, func(t *testing.T) {
			if c := in.Columns[in.FindColumn(column)]; !want(&c) {
				c.Words = nil
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestInspectDates finds the lines that prove or refute an order of day and month.
func TestInspectDates(t *testing.T) {
	for _, tt := range []struct {
		name, cells                string
		ambiguous, day, month, all string // count:line of the first
	}{
		{"in doubt", "3/4/2024\n5/6/2024", "2:2", "0:0", "0:0", "2"},
		{"day first", "3/4/2024\n25/6/2024", "1:2", "1:3", "0:0", "2"},
		{"month first", "3/4/2024 9:30\n6/25/2024 9:30", "1:2", "0:0", "1:3", "2"},
		{"both", "25/4/2024\n4/25/2024", "0:0", "1:2", "1:3", "2"},
		{"ISO", "2024-04-25\n2024-04-03T09:30:00Z", "0:0", "0:0", "0:0", "2"},
		{"not dates", "PLAT-1\n12345", "0:0", "0:0", "0:0", "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in, err := Inspect(strings.NewReader("at,x\n"+strings.ReplaceAll(tt.cells, "\n", ",1\n")+",1\n"), "x.csv", Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := &in.Columns[0]
			show := func(w Witness) string { return fmt.Sprintf("%d:%d", w.Count, w.Line) }
			got := [...]string{show(c.Ambiguous), show(c.DayFirst), show(c.MonthLed), fmt.Sprint(c.Dates)}
			if want := [...]string{tt.ambiguous, tt.day, tt.month, tt.all}; got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// FuzzInspect: no file makes it panic, and no error quotes the file.
func FuzzInspect(f *testing.F) {
	for _, seed := range []string{"id,at\n1,3/4/2024\n", "a;b\n1,5;\"x", "[{\"id\":1,\"at\":\"canary\"}]", "canary@example.org,2\n", "\xff\xfea\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := Inspect(bytes.NewReader(data), "x", Options{MaxBytes: 1 << 20, MaxField: 1 << 12})
		if err != nil {
			if bytes.Contains(data, []byte("canary")) && strings.Contains(err.Error(), "canary") {
				t.Errorf("the error quotes the file: %v", err)
			}
			return
		}
		for i := range in.Columns {
			if c := &in.Columns[i]; c.Filled > in.Rows || c.Examined > c.Filled || c.Dates > c.Filled || c.Wholes > c.Filled || c.Distinct > c.Examined {
				t.Errorf("column %d: %+v", i, c)
			}
		}
	})
}

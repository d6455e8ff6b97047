package tabular

import (
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzRead holds that no bytes make the reader panic, lose a row, or let a
// control character through.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"id,score\n1,9\n", "sep=;\nid;at\n1;2024-10-15\n", "\xff\xfei\x00d\x00\n\x001\x00\n\x00",
		"id,text\n1,\"a\nb\"\n2,\"c", "[{\"id\":1,\"labels\":[1,[2]]}]", "{\"id\":1}\n{\"id\":\n",
		"id,at\r1,12 Mar 24 9:30 pm +02\r", "Respondent ID,Q\n,Response\n1,2\n", gzipped("id\n1\n"), "id,id,id\n,,1\n",
	} {
		f.Add([]byte(seed))
	}
	o := Options{
		Zone: time.UTC, Order: DayFirst, Decimal: '.', People: true, MaxBytes: 1 << 20, MaxField: 1 << 10,
		Columns: map[string][]string{},
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		im, err := Read(strings.NewReader(string(in)), "file", o, func(line int, p *person) error {
			if p.ID == "" || line < 1 {
				t.Errorf("line %d: id %q", line, p.ID)
			}
			if !utf8.ValidString(p.Text) || p.Text != Clean(p.Text) {
				t.Errorf("line %d: text %q is not clean", line, p.Text)
			}
			return nil
		})
		if err == nil {
			checkSum(t, im)
		}
	})
}

// FuzzDate holds that whatever is accepted lies in the years allowed and reads
// the same again from its canonical spelling.
func FuzzDate(f *testing.F) {
	for _, tt := range dateTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		d := dates{order: DayFirst, zone: time.UTC}
		got, err := d.parseDate(in, nil)
		if err != nil {
			return
		}
		if y := got.Year(); y < minYear-1 || y > maxYear+100 {
			t.Errorf("%q gives year %d", in, y)
		}
		again, err := d.parseDate(got.Format(time.RFC3339Nano), nil)
		if got.Year() <= maxYear && got.Year() >= minYear && (err != nil || !again.Equal(got)) {
			t.Errorf("%q gives %v, then %v, %v", in, got, again, err)
		}
	})
}

// FuzzNumber holds that an accepted number is one gocsv cannot misread.
func FuzzNumber(f *testing.F) {
	for _, tt := range numberTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, decimal := range []byte{0, '.', ','} {
			if out, _, err := readNumber(in, decimal); err == nil && strings.ContainsAny(out, ", xX%") {
				t.Errorf("%q gives %q", in, out)
			}
			out, _, err := readInteger(in, decimal)
			if err != nil {
				continue
			}
			if n, err := strconv.Atoi(out); err != nil || strconv.Itoa(n) != out {
				t.Errorf("%q gives %q", in, out)
			}
		}
	})
}

// FuzzHeaders holds that the rows of a file are headers or data, and that each row is one of them.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{
		"id,team\nP-1,checkout\n", "Respondent ID,Score\n,Response\n1,9\n", "Score,Tools,\nResponse,GitOps,Helm\n9,GitOps,\n",
		"Q1,Q2\nHow likely?,Which team?\n9,x\n", "Report\nid,score,text\n1,9,x\nTotal,9,\n", ",,\n,a,\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, err := openText(strings.NewReader(in), Options{}.withDefaults())
		if err != nil {
			return
		}
		s, err := newCSV(text, Options{MaxField: 1 << 10}.withDefaults())
		if err != nil {
			return
		}
		if n := len(s.first); n < 1 || n > 3 || len(s.heads) != len(s.first[0]) {
			t.Errorf("%d header rows, %d headers of %d cells", n, len(s.heads), len(s.first[0]))
		}
		for range 100 {
			rec, err := s.readNext()
			if err != nil {
				return
			}
			if rec.line < 1 || rec.reject == nil && len(rec.cells) > len(s.heads) && !isBlank(rec.cells[len(s.heads):]) {
				t.Errorf("line %d has %d cells below %d headers", rec.line, len(rec.cells), len(s.heads))
			}
		}
	})
}

// FuzzColumnOfDates holds that two readings of a column with the dates in another order agree on
// every date, or refuse the file.
func FuzzColumnOfDates(f *testing.F) {
	f.Add("3/4/2024", "15/10/2024", "10/15/2024")
	f.Add("24-10-15", "03.04.2024", "1/1/24")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if strings.ContainsAny(a+b+c, "\",\r\n|;\t") {
			return
		}
		read := func(cells ...string) (map[string]string, error) {
			dates := map[string]string{}
			rows, err := readAgain("id,at\n1,"+strings.Join(cells, "\n1,")+"\n", Options{Zone: time.UTC, HeaderRows: 1})
			for i := range rows {
				dates[rows[i]] = ""
			}
			return dates, err
		}
		there, err := read(a, b, c)
		back, again := read(c, b, a)
		if (err == nil) != (again == nil) || err == nil && !maps.Equal(there, back) {
			t.Errorf("%q %q %q: %v, %v; in reverse %v, %v", a, b, c, there, err, back, again)
		}
	})
}

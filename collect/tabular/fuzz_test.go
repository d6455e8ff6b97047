package tabular

import (
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

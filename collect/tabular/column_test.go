package tabular

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readAgain reads a text as a file that can be opened again.
func readAgain(in string, o Options) ([]string, error) {
	var rows []string
	f := File{Path: "file", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(in)), nil }}
	_, err := ReadFile(context.Background(), f, o, func(_ int, p *person) error {
		rows = append(rows, show(p))
		return nil
	})
	return rows, err
}

func TestDatesOfAColumn(t *testing.T) {
	const day, month = "2024-04-03", "2024-03-04"
	tests := []struct {
		name, in string
		order    DateOrder
		first    string // date of the first row
		err      string
	}{
		{"proved before", "id,at\n1,15/10/2024\n2,3/4/2024\n", Undeclared, "2024-10-15", ""},
		{"day first, proved after", "id,at\n1,3/4/2024\n2,15/10/2024\n", Undeclared, day, ""},
		{"month first, proved after", "id,at\n1,3/4/2024\n2,10/15/2024\n", Undeclared, month, ""},
		{"proved far below", "id,at\n1,3/4/2024\n" + strings.Repeat("2,5/6/2024\n", 2*batchSize) + "3,10/15/2024\n", Undeclared, month, ""},
		{"proved in JSON", `[{"id":"1","at":"3/4/2024"},{"id":"2","score":1,"at":"10/15/2024"}]`, Undeclared, month, ""},
		{"never proved", "id,at\n1,3/4/2024\n2,5/6/2024\n", Undeclared, "", `line 2: column "at": the order of day, month and year is not clear`},
		{"declared", "id,at\n1,3/4/2024\n2,5/6/2024\n", MonthFirst, month, ""},
		{"declared wrongly", "id,at\n1,3/4/2024\n2,15/10/2024\n", MonthFirst, "", `line 3: column "at": a date cannot have the declared order "mdy"`},
		{"contradiction", "id,at\n1,15/10/2024\n2,10/15/2024\n", Undeclared, "", "the dates on lines 2 and 3 cannot have one order"},
		{"contradiction below", "id,at\n1,3/4/2024\n2,10/15/2024\n3,15/10/2024\n", Undeclared, "", "the dates on lines 3 and 4 cannot have one order"},
		{"points and slashes", "id,at\n1,03.04.2024\n2,10/15/2024\n", Undeclared, "", "the dates on lines 2 and 3 cannot have one order"},
		{"another column proves nothing", "id,at,text\n1,3/4/2024,15/10/2024\n", Undeclared, "", "is not clear"},
		{"two-digit years", "id,at\n1,24-10-15\n2,24-10-31\n", Undeclared, "", "is not clear"},
		{"two-digit years, proved", "id,at\n1,10/11/24\n2,10/15/24\n", Undeclared, "2024-10-11", ""},
		{"two-digit years, year first", "id,at\n1,24-10-15\n", YearFirst, "2024-10-15", ""},
		{"ISO beside slashes", "id,at\n1,2024-10-01\n2,15/10/2024\n", Undeclared, "2024-10-01", ""},
		{"serials", "id,at\n1,45580\n", Undeclared, "", "a spreadsheet's count of days"},
		{"serials declared", "id,at\n1,45580\n", ExcelDays, "2024-10-15", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := readAgain(tt.in, Options{Order: tt.order})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(rows[0], "id=1 at="+tt.first+"T") {
				t.Errorf("first row %s, want %s", rows[0], tt.first)
			}
		})
	}
}

// TestAmbiguousStream: without a second pass, an ambiguous date is asked about unless the lines
// before it prove its order.
func TestAmbiguousStream(t *testing.T) {
	if _, _, err := readAll(t, "id,at\n1,3/4/2024\n2,15/10/2024\n", Options{}); !errors.Is(err, errAmbiguous) {
		t.Errorf("error %v", err)
	}
	rows, _, err := readAll(t, "id,at\n1,15/10/2024\n2,3/4/2024\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"id=1 at=2024-10-15T00:00:00Z", "id=2 at=2024-04-03T00:00:00Z"}, rows); diff != "" {
		t.Error(diff)
	}
}

// TestSecondPassFails: a file that is gone in the second pass is an error.
func TestSecondPassFails(t *testing.T) {
	opened := 0
	gone := errors.New("gone")
	f := File{Path: "file", Open: func() (io.ReadCloser, error) {
		if opened++; opened > 1 {
			return nil, gone
		}
		return io.NopCloser(strings.NewReader("id,at\n1,3/4/2024\n2,15/10/2024\n")), nil
	}}
	_, err := ReadFile(context.Background(), f, Options{}, func(int, *person) error { return nil })
	if !errors.Is(err, gone) {
		t.Errorf("error %v", err)
	}
}

func TestNumbersOfAColumn(t *testing.T) {
	tests := []struct {
		name, in string
		decimal  byte
		first    string
		err      string
	}{
		{"points", "id;hours\n1;1.5\n2;1,234.5\n", 0, "hours=1.5", ""},
		{"commas", "id;hours\n1;1,5\n2;1.234,5\n", 0, "hours=1.5", ""},
		{"both", "id;hours\n1;1,5\n2;2\n3;1.5\n", 0, "", "a decimal point (line 4) and a decimal comma (line 2)"},
		{"groups or decimals", "id;hours\n1;1.234\n2;99,25\n", 0, "", "a decimal point (line 2) and a decimal comma (line 3)"},
		{"declared", "id;hours\n1;1.234\n2;99,25\n", ',', "hours=1234", ""},
		{"declared wrongly", "id;hours\n1;1.234\n2;99,25\n", '.', "", "a number has the decimal mark ','"},
		{"two columns", "id;hours;score\n1;1,5;9.0\n", 0, "hours=1.5", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := readAgain(tt.in, Options{Decimal: tt.decimal})
			switch {
			case tt.err != "":
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
			case err != nil:
				t.Error(err)
			case !strings.Contains(rows[0]+" ", tt.first+" "):
				t.Errorf("first row %s, want %s", rows[0], tt.first)
			}
		})
	}
}

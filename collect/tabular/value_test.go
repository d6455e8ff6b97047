package tabular

import (
	"fmt"
	"testing"
	"time"
)

var dateTests = []struct {
	in    string
	order DateOrder
	want  string // RFC 3339, or "" for an error
	err   error
}{
	{"2024-10-15T09:30:00Z", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"2024-10-15T09:30:00.123456789Z", Undeclared, "2024-10-15T09:30:00.123456789Z", nil},
	{"2024-10-15T11:30:00+02:00", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"2024-10-15 04:30:00 -0500", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"2024-10-15 09:30 UTC", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"2024-10-15", Undeclared, "2024-10-15T00:00:00Z", nil},
	{"2024-10-15T09:30:60Z", Undeclared, "2024-10-15T09:31:00Z", nil},
	{"2024-10-15T24:00:00Z", Undeclared, "", errNotDate},
	{"2024-02-30", Undeclared, "", errNotDate},
	{"2024-10-15 09:30", Undeclared, "", errNoZone},
	{"2024-10-15 09:30 CST", Undeclared, "", errNotDate},
	{"2024/10/15 9:30:33 AM GMT+2", Undeclared, "2024-10-15T07:30:33Z", nil},
	{"2024/10/15 12:05 a.m. Z", Undeclared, "2024-10-15T00:05:00Z", nil},
	{"2024/10/15 13:05 PM Z", Undeclared, "", errNotDate},
	{"1728984600", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"1728984600.25", Undeclared, "2024-10-15T09:30:00.25Z", nil},
	{"1728984600000", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"1728984600000000", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"1728984600000000000", Undeclared, "2024-10-15T09:30:00Z", nil},
	{"20241015", Undeclared, "2024-10-15T00:00:00Z", nil},
	{"45580.39", Undeclared, "", errSerial},
	{"45580", ExcelDays, "2024-10-15T00:00:00Z", nil},
	{"2024-10-15", ExcelDays, "2024-10-15T00:00:00Z", nil},
	{"24-10-15", Undeclared, "", errAmbiguous},
	{"24-10-15", YearFirst, "2024-10-15T00:00:00Z", nil},
	{"15.10.24", Undeclared, "", errAmbiguous},
	{"15.10.24", DayFirst, "2024-10-15T00:00:00Z", nil},
	{"5.10.24", Undeclared, "2024-10-05T00:00:00Z", nil}, // a year has two digits
	{"10/15/24", Undeclared, "2024-10-15T00:00:00Z", nil},
	{"10/15/98", Undeclared, "1998-10-15T00:00:00Z", nil},
	{"32/13/2024", Undeclared, "", errNotDate},
	{"123456789", Undeclared, "", errNotDate},
	{"15/10/2024", Undeclared, "2024-10-15T00:00:00Z", nil},
	{"10/15/2024", Undeclared, "2024-10-15T00:00:00Z", nil},
	{"3/4/2024", Undeclared, "", errAmbiguous},
	{"3/3/2024", Undeclared, "2024-03-03T00:00:00Z", nil},
	{"3/4/2024", DayFirst, "2024-04-03T00:00:00Z", nil},
	{"3/4/24", MonthFirst, "2024-03-04T00:00:00Z", nil},
	{"15/10/2024", MonthFirst, "", &fileError{text: `a date cannot have the declared order "mdy": correct date_order or the date`}},
	{"03.04.2024", Undeclared, "2024-04-03T00:00:00Z", nil},
	{"12/Mar/24 3:45 PM +0000", Undeclared, "2024-03-12T15:45:00Z", nil},
	{"Tue, 12 Mar 2024 09:30:00 +0100", Undeclared, "2024-03-12T08:30:00Z", nil},
	{"March 12th, 2024", Undeclared, "2024-03-12T00:00:00Z", nil},
	{"2024-Mar-12", Undeclared, "2024-03-12T00:00:00Z", nil},
	{"12. März 2024", Undeclared, "2024-03-12T00:00:00Z", nil},
	{"1er août 2024", Undeclared, "2024-08-01T00:00:00Z", nil},
	{"12 de março de 2024", Undeclared, "2024-03-12T00:00:00Z", nil},
	{"12 okt. 2024", Undeclared, "2024-10-12T00:00:00Z", nil},
	{"12 ju 2024", Undeclared, "", errNotDate},
	{"12/03", Undeclared, "", errNotDate},
	{"0001-01-01", Undeclared, "", errNotDate},
	{"yesterday", Undeclared, "", errNotDate},
	{"", Undeclared, "", errNotDate},
}

func TestDate(t *testing.T) {
	for _, tt := range dateTests {
		d := dates{order: tt.order}
		got, err := d.parseDate(tt.in, nil)
		if fmt.Sprint(err) != fmt.Sprint(tt.err) {
			t.Errorf("%q: error %v, want %v", tt.in, err, tt.err)
			continue
		}
		if err == nil && got.Format(time.RFC3339Nano) != tt.want {
			t.Errorf("%q: %s, want %s", tt.in, got.Format(time.RFC3339Nano), tt.want)
		}
	}
}

var numberTests = []struct {
	in      string
	decimal byte
	want    string
	err     error
}{
	{"1.5", 0, "1.5", nil},
	{"-3", 0, "-3", nil},
	{"99.95 %", 0, "99.95", nil},
	{"1,5", 0, "1.5", nil},
	{"1,234", 0, "", errDecimal},
	{"1,234", '.', "1234", nil},
	{"1,234", ',', "1.234", nil},
	{"1.234", ',', "1234", nil},
	{"1,234.5", 0, "1234.5", nil},
	{"1.234,5", 0, "1234.5", nil},
	{"1,234,567", 0, "1234567", nil},
	{"1 234", 0, "1234", nil},
	{"1'234", 0, "1234", nil},
	{"0x1F", 0, "", errNotNumber},
	{"1_000", 0, "", errNotNumber},
	{"Infinity", 0, "", errNotNumber},
	{"1e999", 0, "", errNotNumber},
	{"a lot", 0, "", errNotNumber},
	{"1.5", ',', "", &fileError{text: `a number has the decimal mark '.', and ',' is declared: correct decimal or the number`}},
	{"1,5", '.', "", &fileError{text: `a number has the decimal mark ',', and '.' is declared: correct decimal or the number`}},
	{"1.234.567", 0, "1234567", nil},
	{"1,2,3", 0, "", errNotNumber},
	{"7 8", 0, "", errNotNumber},
	{"12,34,567.5", 0, "1234567.5", nil},
	{"−3,5", 0, "-3.5", nil},
	{"1e3", 0, "1e3", nil},
	{"1.5e-05", 0, "1.5e-05", nil},
	{"1e+", 0, "", errNotNumber},
	{"--3", 0, "", errNotNumber},
	{"", 0, "", errNotNumber},
}

func TestNumber(t *testing.T) {
	for _, tt := range numberTests {
		got, _, err := readNumber(tt.in, tt.decimal)
		if got != tt.want || fmt.Sprint(err) != fmt.Sprint(tt.err) {
			t.Errorf("%q: %q, %v; want %q, %v", tt.in, got, err, tt.want, tt.err)
		}
	}
}

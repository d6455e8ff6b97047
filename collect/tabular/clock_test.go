package tabular

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// zoned loads a zone of the tests.
func zoned(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// Local times near a change of clocks have one documented reading each, and those
// that name no instant or two are counted with their first line.
func TestClocksThatChange(t *testing.T) {
	for _, tt := range []struct{ zone, local, want, doubt string }{
		{"Europe/Berlin", "2024-10-27 01:59", "2024-10-26T23:59:00Z", ""},
		{"Europe/Berlin", "2024-10-27 02:10", "2024-10-27T00:10:00Z", "repeated"},
		{"Europe/Berlin", "2024-10-27 02:59:59", "2024-10-27T00:59:59Z", "repeated"},
		{"Europe/Berlin", "2024-10-27 03:00", "2024-10-27T02:00:00Z", ""},
		{"Europe/Berlin", "2024-03-31 01:59", "2024-03-31T00:59:00Z", ""},
		{"Europe/Berlin", "2024-03-31 02:30", "2024-03-31T01:30:00Z", "skipped"},
		{"Europe/Berlin", "2024-03-31 03:00", "2024-03-31T01:00:00Z", ""},
		{"America/New_York", "11/03/2024 1:30 AM", "2024-11-03T05:30:00Z", "repeated"},
		{"America/New_York", "03/10/2024 2:30 AM", "2024-03-10T07:30:00Z", "skipped"},
		{"Australia/Lord_Howe", "2024-04-07 01:45", "2024-04-06T14:45:00Z", "repeated"},
		{"Asia/Tokyo", "2024-10-27 02:10", "2024-10-26T17:10:00Z", ""},
		{"UTC", "2024-10-27 02:10", "2024-10-27T02:10:00Z", ""},
	} {
		t.Run(tt.zone, func(t *testing.T) {
			d := dates{zone: zoned(t, tt.zone), order: MonthFirst, line: 7}
			got, err := d.parseDate(tt.local, nil)
			if err != nil || got.Format(time.RFC3339) != tt.want {
				t.Errorf("%s in %s: got %v, %v, want %s", tt.local, tt.zone, got, err, tt.want)
			}
			doubt := ""
			switch c := d.clocks; {
			case c.repeated == 1 && c.repeatedLine == 7:
				doubt = "repeated"
			case c.skipped == 1 && c.skippedLine == 7:
				doubt = "skipped"
			}
			if doubt != tt.doubt {
				t.Errorf("%s in %s: counted as %q, want %q", tt.local, tt.zone, doubt, tt.doubt)
			}
		})
	}
}

// A local time written from an instant reads back as that instant, unless it is the
// second of two; and what was read before makes no difference.
func TestLocalTimesReadBack(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "America/Sao_Paulo", "Africa/Casablanca", "UTC"} {
		zone := zoned(t, name)
		chance := rand.New(rand.NewPCG(1, uint64(len(name))))
		kept := dates{zone: zone}
		for range 2000 {
			at := time.Unix(chance.Int64N(2_000_000_000), 0).UTC()
			local := at.In(zone).Format("2006-01-02 15:04:05")
			fresh := dates{zone: zone}
			got, err := fresh.parseDate(local, nil)
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := kept.parseDate(local, nil); !again.Equal(got) {
				t.Fatalf("%s in %s: %v after other stamps, %v alone", local, name, again, got)
			}
			if !got.Equal(at) && (fresh.clocks.repeated != 1 || got.In(zone).Format("2006-01-02 15:04:05") != local || got.After(at)) {
				t.Errorf("%s in %s: got %v, want %v", local, name, got, at)
			}
			if fresh.clocks.skipped > 0 {
				t.Errorf("%s in %s exists, and is counted as skipped", local, name)
			}
		}
	}
}

func TestClocksAreNoted(t *testing.T) {
	type row struct {
		At Time `csv:"at"`
	}
	im, err := Read(strings.NewReader("at\n2024-10-15 09:00\n2024-10-27 02:10\n2024-03-31 02:30\n2024-10-27 02:50\n"), "a.csv",
		Options{Zone: zoned(t, "Europe/Berlin")}, func(int, *row) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(im.Notes, "\n")
	for _, want := range []string{
		"do not exist in Europe/Berlin, because the clocks went forward: 1, read as if they had not (first on line 4)",
		"occur twice in Europe/Berlin, because the clocks went back: 2, read as the first (first on line 3)",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q, want %q", notes, want)
		}
	}
}

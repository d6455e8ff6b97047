package format

import (
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// A sentence has units in full words.
func TestSpell(t *testing.T) {
	for want, got := range map[string]string{
		"42 minutes":                      Spell(2520, metric.Seconds).String(),
		"1 minute":                        Spell(60, metric.Seconds).String(),
		"1 hour":                          Spell(3600, metric.Seconds).String(),
		"1 day":                           Spell(86400, metric.Seconds).String(),
		"2.1 days":                        Spell(2.1*86400, metric.Seconds).String(),
		"8 %":                             Spell(.08, metric.Share).String(),
		"5.2 per team per day":            Spell(5.2, metric.PerDayPer).String(),
		"2.8 per week":                    Spell(.4, metric.RarePerDay).String(),
		"0.5 per team per week":           Spell(.5/7, metric.RarePerDayPer).String(),
		"4.8 per week and 100 developers": Spell(4.8, metric.Per100).String(),
		"+42":                             Spell(42, metric.Points).String(),
		"8 to 11 %":                       Pair(Spell(.08, metric.Share), "to", Spell(.11, metric.Share)),
		"50 minutes to 1.2 hours":         Pair(Spell(3000, metric.Seconds), "to", Spell(4200, metric.Seconds)),
		"minutes":                         UnitWords(2520, metric.Seconds),
		"7 October":                       LongDay(day("2024-10-07")),
	} {
		t.Run(want, func(t *testing.T) {
			if plain(got) != want {
				t.Errorf("got %q", plain(got))
			}
		})
	}
}

// Days have no year in the year of the page.
func TestDays(t *testing.T) {
	for _, c := range []struct{ from, to, at, want string }{
		{"2024-10-07", "2024-11-04", "2024-11-11", "7 Oct–3 Nov"},
		{"2024-10-07", "2024-10-28", "2024-11-11", "7–27 Oct"},
		{"2024-10-07", "2024-11-04", "2025-01-06", "7 Oct–3 Nov 2024"},
		{"2024-12-16", "2025-01-13", "2025-01-20", "16 Dec 2024–12 Jan 2025"},
	} {
		t.Run(c.from, func(t *testing.T) {
			if got := plain(Days(metric.Window{From: day(c.from), To: day(c.to)}, day(c.at))); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

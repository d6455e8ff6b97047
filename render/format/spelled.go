package format

import (
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// unitWords are the units of values in full words.
var unitWords = map[string]string{
	"s": "seconds", "min": "minutes", "h": "hours", "days": "days", "day": "day", "%": "%", "": "",
	"a day": "per day", "/day/team": "per team per day", "a week": "per week", "/week/team": "per team per week",
	"a week per 100 developers": "per week and 100 developers",
}

// Spelled is a number and its unit in full words, for a sentence: "42" and "minutes".
type Spelled struct{ Number, Unit string }

// Spell formats v of unit u as a number and a unit in full words.
func Spell(v float64, u metric.Unit) Spelled { return spellParts(Parts(v, u)) }

// SpellEarlier formats the earlier value of a metric as Moved does: with one more decimal if
// only then the printed numbers give the printed change.
func SpellEarlier(m *metric.Metric) Spelled {
	text := earlierValue(m)
	if number, unit, ok := strings.Cut(text, Space); ok {
		return spellParts(number, unit)
	}
	if i := strings.IndexByte(text, '/'); i > 0 {
		return spellParts(text[:i], text[i:])
	}
	return Spelled{Number: text}
}

func spellParts(number, unit string) Spelled {
	words, known := unitWords[unit]
	if !known {
		words = unit
	}
	if number == "1" && len(words) > 1 && unit != "" && strings.HasSuffix(words, "s") {
		words = strings.TrimSuffix(words, "s")
	}
	return Spelled{number, words}
}

// String returns the number with its unit: "42 minutes", "8 %".
func (s Spelled) String() string {
	switch s.Unit {
	case "":
		return s.Number
	case "%":
		return s.Number + Space + s.Unit
	}
	return s.Number + nbsp + strings.ReplaceAll(s.Unit, " ", nbsp)
}

// Pair returns two values of one measure joined by a word, with the unit once if both have the
// same: "4.0 to 5.2 per team per day".
func Pair(a Spelled, word string, b Spelled) string {
	if a.Unit == b.Unit {
		return a.Number + " " + word + " " + b.String()
	}
	return a.String() + " " + word + " " + b.String()
}

// UnitWords returns the unit of a value in full words, for the line below the title of a chart:
// "minutes", "per team per day"; "" for a plain number.
func UnitWords(v float64, u metric.Unit) string {
	number, unit := Parts(v, u)
	if number == "1" && u == metric.Seconds {
		number = ""
	}
	return spellParts(number, unit).Unit
}

// Days formats the days of a window without the year, if both are in the year of at: "7 Oct–3
// Nov". Otherwise it is as Span.
func Days(w metric.Window, at time.Time) string {
	from, last := w.From.UTC(), w.To.UTC().Add(-time.Nanosecond)
	if from.Year() != last.Year() || last.Year() != at.UTC().Year() || !last.After(from) {
		return Span(w.From, w.To)
	}
	if from.Month() == last.Month() {
		return from.Format("2") + Dash + Day(last)
	}
	return Day(from) + Dash + Day(last)
}

// LongDay formats a day with the name of its month in full: "7 October".
func LongDay(t time.Time) string { return t.UTC().Format("2" + nbsp + "January") }

package format

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Counts formats the n of a metric: "8,736 deployments, 60 teams".
func Counts(n []metric.Count) string {
	var b strings.Builder
	for i, c := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Things(c.N, c.What))
	}
	return b.String()
}

// Things formats a number with a noun, given in the plural: "1 deployment", "12 people", "1
// person".
func Things(n int, plural string) string {
	if n == 1 {
		plural = singularOf(plural)
	}
	return Count(n) + nbsp + plural
}

// singularOf returns the singular of a plural noun, or of a phrase that ends with one.
func singularOf(s string) string {
	switch {
	case strings.HasSuffix(s, "people"):
		return strings.TrimSuffix(s, "people") + "person"
	case strings.HasSuffix(s, "criteria"):
		return strings.TrimSuffix(s, "a") + "on"
	case strings.HasSuffix(s, "ies"):
		return strings.TrimSuffix(s, "ies") + "y"
	case strings.HasSuffix(s, "xes"):
		return strings.TrimSuffix(s, "es")
	case strings.HasSuffix(s, "ss"):
		return s
	}
	return strings.TrimSuffix(s, "s")
}

// Target formats a target: "at least 60 %", "less than 15 %".
func Target(t *metric.Target, u metric.Unit) string {
	if t == nil {
		return ""
	}
	words := "at least "
	switch {
	case t.Op == metric.Down && t.Strict:
		words = "less than "
	case t.Op == metric.Down:
		words = "at most "
	case t.Strict:
		words = "more than "
	}
	return words + Value(t.Value, u)
}

// UpperFirst returns the text with a capital first letter.
func UpperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

// LowerFirst returns a title for use inside a sentence. A text that begins with two capitals is
// an abbreviation and does not change.
func LowerFirst(s string) string {
	if len(s) > 1 && (s[1] < 'A' || s[1] > 'Z') {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// List joins words with a conjunction before the last: "a, b and c".
func List(words []string, conjunction string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + conjunction + " " + words[n]
}

// Is returns "is" for one thing and "are" for other numbers.
func Is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// smallNumbers are the words for small numbers.
var smallNumbers = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// Weeks formats a number of weeks with a word: "four weeks".
func Weeks(n int) string {
	if n == 1 {
		return "one week"
	}
	if n >= 0 && n < len(smallNumbers) {
		return smallNumbers[n] + " weeks"
	}
	return Things(n, "weeks")
}

// Phase returns the name of a phase as a title: "Alpha", "GA".
func Phase(name string) string {
	if strings.EqualFold(name, "ga") {
		return "GA"
	}
	return UpperFirst(name)
}

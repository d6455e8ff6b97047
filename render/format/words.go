package format

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Counts lists the n of a metric: "8,736 deployments, 60 teams".
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

// Things formats n of a plural noun, which loses its plural for one:
// "1 deployment", "12 people", "1 person".
func Things(n int, plural string) string {
	if n == 1 {
		plural = singular(plural)
	}
	return Count(n) + nbsp + plural
}

// singular is the singular of a plural noun or phrase ending in one.
func singular(s string) string {
	switch {
	case strings.HasSuffix(s, "people"):
		return strings.TrimSuffix(s, "people") + "person"
	case strings.HasSuffix(s, "ies"):
		return strings.TrimSuffix(s, "ies") + "y"
	case strings.HasSuffix(s, "xes"):
		return strings.TrimSuffix(s, "es")
	case strings.HasSuffix(s, "ss"):
		return s
	}
	return strings.TrimSuffix(s, "s")
}

// Target formats an aim: "at least 60 %", "less than 15 %".
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

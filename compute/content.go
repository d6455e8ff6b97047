package compute

import "github.com/ip3dp/ip3dp/collect/fact"

// MeasuredContent returns the part of content that Measure reads, without prose, line numbers and the
// parts that Decide judges. A test compares it with Measure.
func MeasuredContent(c fact.Content) fact.Content {
	return fact.Content{
		Groups: c.Groups, Teams: c.Teams, Measures: c.Measures, Themes: c.Themes, Surveys: c.Surveys, Failures: c.Failures,
		Features: clearProse(c.Features, func(f *fact.Feature) *fact.Item { return &f.Item }),
	}
}

// clearProse copies a list of items and empties what is prose in them.
func clearProse[T any](list []T, item func(*T) *fact.Item) []T {
	out := append([]T(nil), list...)
	for i := range out {
		it := item(&out[i])
		it.Body, it.BodyLine, it.Lines, it.Origin = "", 0, nil, fact.Origin{}
	}
	return out
}

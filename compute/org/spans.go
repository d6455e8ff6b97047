package org

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// subtractSpan removes hole from every span. A hole without an end never ends.
func subtractSpan(spans []metric.Window, hole metric.Window) []metric.Window {
	var out []metric.Window
	for _, s := range spans {
		if hole.From.After(s.From) {
			left := s
			if left.To.After(hole.From) {
				left.To = hole.From
			}
			out = append(out, left)
		}
		if !hole.To.IsZero() && hole.To.Before(s.To) {
			right := s
			if right.From.Before(hole.To) {
				right.From = hole.To
			}
			out = append(out, right)
		}
	}
	return out
}

// covers reports whether one of the spans contains the whole window.
func covers(spans []metric.Window, w metric.Window) bool {
	return slices.ContainsFunc(spans, func(s metric.Window) bool { return !s.From.After(w.From) && !s.To.Before(w.To) })
}

// joinSpans joins spans that touch or overlap, in order.
func joinSpans(spans []metric.Window) []metric.Window {
	slices.SortFunc(spans, func(a, b metric.Window) int { return a.From.Compare(b.From) })
	var out []metric.Window
	for _, s := range spans {
		if !s.From.Before(s.To) {
			continue
		}
		if n := len(out); n > 0 && !s.From.After(out[n-1].To) {
			if s.To.After(out[n-1].To) {
				out[n-1].To = s.To
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

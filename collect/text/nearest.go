package text

import (
	"slices"
	"strings"
)

// Nearest returns the most similar name to got: the one with the fewest edits, if those are at
// most a third of its length. Ties go to the first in alphabetical order. The result is "" if
// no name is similar.
func Nearest(got string, names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	best, bestEdits := "", 0
	for _, name := range names {
		limit := max(1, max(len(got), len(name))/3)
		if d := CountEdits(strings.ToLower(got), strings.ToLower(name), limit); d <= limit && (best == "" || d < bestEdits) {
			best, bestEdits = name, d
		}
	}
	return best
}

// DidYouMean returns a suggestion for an unknown name: the nearest name, or the first few of
// all names. plural is their noun.
func DidYouMean(got, plural string, names []string) string {
	if near := Nearest(got, names); near != "" {
		return `did you mean "` + near + `"?`
	}
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	const show = 20
	more := ""
	if len(names) > show {
		names, more = names[:show], ", …"
	}
	if len(names) == 0 {
		return "there are no " + plural + " yet"
	}
	return "known " + plural + ": " + strings.Join(names, ", ") + more
}

// CountEdits counts the insertions, deletions, substitutions and swaps of neighbours from a to
// b (optimal string alignment). It may return early with any number above limit.
func CountEdits(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

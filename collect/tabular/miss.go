package tabular

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	shownMisses = 3
	shownNames  = 12
	shownTitle  = 60 // runes of one of our names in a message
)

// missingColumn is the error for a missing column. It does not quote the file: in a file
// without a header row, answers of people would be in place of the headers.
type missingColumn struct{ name, found, fix string }

func (e *missingColumn) Error() string {
	return fmt.Sprintf("no column %q (%s); %s", e.name, e.found, e.fix)
}

// publicText returns the error for a page.
func (e *missingColumn) publicText() string { return fmt.Sprintf("no column %q", e.name) }

// newMissingColumn returns the error for a missing column. It lists the accepted names, the
// number of columns, the near misses, and the place to fix it: the columns of the
// configuration, if the name came from there.
func newMissingColumn(f *field, wanted []string, headers []header) error {
	found := "the file has no headers"
	if len(headers) > 0 {
		found = fmt.Sprintf("the header has %d columns", len(headers))
		if len(headers) == 1 {
			found = "the header has 1 column"
		}
		if near := findNearest(wanted, headers); len(near) > 0 {
			found += "; near misses: " + strings.Join(near, ", ")
		}
	}
	if also := wanted[1:]; len(also) > 0 {
		var names []string
		for _, name := range also[:min(shownNames, len(also))] {
			names = append(names, quoteTitle(name))
		}
		found += "; other accepted names: " + strings.Join(names, ", ")
		if len(also) > shownNames {
			found += fmt.Sprintf(" and %d more", len(also)-shownNames)
		}
	}
	if slices.Contains(f.wanted[:f.declared], wanted[0]) {
		return &missingColumn{wanted[0], found, "correct the header configured for " + f.name}
	}
	return &missingColumn{wanted[0], found, fmt.Sprintf("rename it, or map %q in columns", f.name)}
}

// formatColumn names a column of a file by its position, for messages that must not quote its
// header.
func formatColumn(column int) string { return fmt.Sprintf("column %d", column+1) }

func quoteTitle(title string) string {
	if runes := []rune(title); len(runes) > shownTitle {
		title = string(runes[:shownTitle]) + "…"
	}
	return fmt.Sprintf("%q", title)
}

// findNearest returns the positions of the headers most like any of the wanted names, best
// first.
func findNearest(wanted []string, headers []header) []string {
	type miss struct {
		place    string
		distance int
	}
	var misses []miss
	for p, h := range headers {
		best := -1
		for _, w := range wanted {
			for _, k := range h.keys {
				d := compareNames(normaliseKey(w), k)
				if d >= 0 && (best < 0 || d < best) {
					best = d
				}
			}
		}
		if best >= 0 {
			misses = append(misses, miss{formatColumn(p), best})
		}
	}
	slices.SortStableFunc(misses, func(a, b miss) int { return cmp.Compare(a.distance, b.distance) })
	var near []string
	for _, m := range misses[:min(shownMisses, len(misses))] {
		near = append(near, m.place)
	}
	return near
}

// compareNames returns the edit distance of two names if it is small for their length, or if
// both begin alike, as reworded questions do. It returns 1 if one name contains the other, and
// -1 if they are not alike.
func compareNames(a, b string) int {
	const longest, longPrefix = 200, 12
	if a == "" || b == "" || len(a) > longest || len(b) > longest {
		return -1
	}
	if len(a) >= 3 && strings.Contains(b, a) || len(b) >= 3 && strings.Contains(a, b) {
		return 1
	}
	prefix := 0
	for prefix < min(len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	d := editDistance(a, b)
	if d <= max(1, min(len(a), len(b))/3) || prefix >= longPrefix && 2*prefix >= min(len(a), len(b)) {
		return d
	}
	return -1
}

// editDistance returns the Levenshtein distance in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}

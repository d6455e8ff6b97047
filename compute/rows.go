package compute

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// RowCounts is the whole account of the rows of a source, over all its files. Each row has
// exactly one class, so that Read is the sum of all others.
type RowCounts struct {
	Read    int `json:"read"`
	Counted int `json:"counted"` // at least one number can use the row
	// Updates are rows of a thing that another row has in a newer state, and Repeats are rows that
	// occur elsewhere.
	Updates int `json:"updates"`
	Repeats int `json:"repeats"`
	// Environments are deployments that are not to production.
	Environments int `json:"other_environments"`
	ByRule       int `json:"by_rule"`
	// NotUnderstood are rows with a value whose meaning is not known, and Nobody rows that name a
	// feature, team, service or measure that the content does not have.
	NotUnderstood int `json:"not_understood"`
	Nobody        int `json:"nobody"`
	Rejected      int `json:"rejected"` // a cell is missing or has no value of its type
}

// CountRows returns the account of imports.
func CountRows(imports []fact.Import) RowCounts {
	var r RowCounts
	for i := range imports {
		r.add(&imports[i])
	}
	return r
}

func (r *RowCounts) add(im *fact.Import) {
	r.Read += im.Read
	r.Counted += im.Used
	for _, left := range im.Rejected {
		*r.class(left.Class) += left.Count
	}
}

// class returns the count of a class.
func (r *RowCounts) class(c fact.Class) *int {
	switch c {
	case fact.Update:
		return &r.Updates
	case fact.Repeat:
		return &r.Repeats
	case fact.OtherEnvironment:
		return &r.Environments
	case fact.ByRule:
		return &r.ByRule
	case fact.NotUnderstood:
		return &r.NotUnderstood
	case fact.Nobody:
		return &r.Nobody
	case fact.Refused:
	}
	return &r.Rejected
}

// classWords are the classes as an account names them.
var classWords = map[fact.Class]string{
	fact.Update: "updates", fact.Repeat: "repeats", fact.OtherEnvironment: "to other environments",
	fact.ByRule: "by rule", fact.NotUnderstood: "not understood", fact.Nobody: "naming nobody",
	fact.Refused: "rejected",
}

// ClassCount is the number of rows of a class, in words.
type ClassCount struct {
	Class fact.Class
	Words string
	N     int
}

// List returns the classes with rows, in the order of an account.
func (r *RowCounts) List() []ClassCount {
	var out []ClassCount
	for _, c := range fact.Classes() {
		if n := *r.class(c); n > 0 {
			words := classWords[c]
			if n == 1 && (c == fact.Update || c == fact.Repeat) {
				words = strings.TrimSuffix(words, "s")
			}
			out = append(out, ClassCount{c, words, n})
		}
	}
	return out
}

// String returns "1,204 read = 1,200 counted + 3 by rule + 1 rejected".
func (r *RowCounts) String() string {
	parts := []string{text.FormatCount(r.Counted) + " counted"}
	for _, c := range r.List() {
		parts = append(parts, text.FormatCount(c.N)+" "+c.Words)
	}
	return text.FormatCount(r.Read) + " read = " + strings.Join(parts, " + ")
}

// expected returns the number of rows that would count in perfect data: all without those that
// are left out of such data, too.
func (r *RowCounts) expected() int {
	return r.Counted + r.NotUnderstood + r.Nobody + r.Rejected
}

// maxNobodyShare is the share of rows that name nobody from which a source is partial.
const maxNobodyShare = 0.05

// nobodyWords returns the number of rows that name nobody, with their most frequent names, if
// they are too many; else "".
func (r *RowCounts) nobodyWords(imports []ImportLine) string {
	if r.Nobody == 0 || float64(r.Nobody) < maxNobodyShare*float64(r.expected()) {
		return ""
	}
	byReason := map[string]int{}
	var reasons []string
	for _, im := range imports {
		for _, left := range im.Rejected {
			if left.Class != fact.Nobody {
				continue
			}
			if byReason[left.Reason] == 0 {
				reasons = append(reasons, left.Reason)
			}
			byReason[left.Reason] += left.Count
		}
	}
	slices.SortFunc(reasons, func(a, b string) int {
		if byReason[a] != byReason[b] {
			return byReason[b] - byReason[a]
		}
		return strings.Compare(a, b)
	})
	const shown = 5
	var parts []string
	for _, reason := range reasons[:min(shown, len(reasons))] {
		parts = append(parts, text.FormatCount(byReason[reason])+" × "+reason)
	}
	return fmt.Sprintf("%s of %s rows name nobody that the content has: %s", text.FormatCount(r.Nobody),
		text.FormatCount(r.expected()), strings.Join(parts, "; "))
}

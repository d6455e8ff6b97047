package content

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is a mistake in a file, with its line and how to fix it.
type Problem struct {
	File string `json:"file"`
	Line int    `json:"line"` // 1-based; 0 if the file as a whole
	Text string `json:"text"` // lower case
	Next string `json:"next"` // how to fix it; "" if Text suffices
}

// Error returns "file:line: text; next".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": " + p.Text)
	if p.Next != "" {
		b.WriteString("; " + p.Next)
	}
	return b.String()
}

// sortProblems sorts problems by file, line and text, and drops repetitions.
func sortProblems(list []Problem) []Problem {
	slices.SortFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Text, b.Text), cmp.Compare(a.Next, b.Next))
	})
	return slices.Compact(list)
}

package adoption

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Names of unknown features that are listed: the most frequent, if they look
// like names. Columns get mixed up, and an address is nobody's feature.
const (
	maxNames      = 5
	maxNameLength = 60 // bytes
)

// leftOut tells of the usage rows that name no feature, by the folded name. ids
// are the features by every folded name they have.
func leftOut(unknown map[string]int, ids map[string]string) []metric.LeftOut {
	names := slices.SortedFunc(maps.Keys(unknown), func(a, b string) int {
		return cmp.Or(cmp.Compare(unknown[b], unknown[a]), cmp.Compare(a, b))
	})
	var out []metric.LeftOut
	rest := 0
	for _, name := range names {
		if name == "" || len(out) == maxNames || len(name) > maxNameLength || strings.Contains(name, "@") {
			rest += unknown[name]
			continue
		}
		reason := "name no feature: " + name
		if id := near(name, ids); id != "" {
			reason += "; did you mean " + id + "?"
		}
		out = append(out, metric.LeftOut{What: "rows of usage", Reason: reason, N: unknown[name]})
	}
	if rest > 0 {
		out = append(out, metric.LeftOut{What: "rows of usage", Reason: "name no feature, under other names or none", N: rest})
	}
	return out
}

// near is the feature with a name that differs in one place only, by at most two
// letters; "" if there is none.
func near(name string, ids map[string]string) string {
	for _, known := range slices.Sorted(maps.Keys(ids)) {
		if longer := max(len(name), len(known)); longer > 3 && longer-common(name, known) <= 2 {
			return ids[known]
		}
	}
	return ""
}

// common is the length of what two strings share at their beginning and at their
// end, in bytes, without counting any byte of the shorter one twice.
func common(a, b string) int {
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	a, b = a[head:], b[head:]
	tail := 0
	for tail < min(len(a), len(b)) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head + tail
}

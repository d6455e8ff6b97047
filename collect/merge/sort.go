package merge

import (
	"cmp"
	"slices"
	"time"
)

// sortKey is the index of a fact in a list, and the second that it is first sorted by.
type sortKey struct {
	second int64
	at     int32
}

// isSorted reports whether a list is in order.
func isSorted[T any](list []T, opens func(*T) time.Time, order func(a, b *T) int) bool {
	for i := 1; i < len(list); i++ {
		a, b := &list[i-1], &list[i]
		if c := cmp.Compare(opens(a).Unix(), opens(b).Unix()); c > 0 || c == 0 && order(a, b) > 0 {
			return false
		}
	}
	return true
}

// sortFacts sorts large values in place. It sorts their indexes, first by the second of opens
// and then by order, and moves each value once.
func sortFacts[T any](list []T, opens func(*T) time.Time, order func(a, b *T) int) {
	if isSorted(list, opens, order) {
		return
	}
	places := make([]sortKey, len(list))
	for i := range list {
		places[i] = sortKey{opens(&list[i]).Unix(), int32(i)}
	}
	slices.SortFunc(places, func(a, b sortKey) int {
		if c := cmp.Compare(a.second, b.second); c != 0 {
			return c
		}
		return cmp.Or(order(&list[a.at], &list[b.at]), cmp.Compare(a.at, b.at))
	})
	const moved = -1
	for start := range places {
		if places[start].at == moved {
			continue
		}
		first, to := list[start], start
		for {
			from := int(places[to].at)
			places[to].at = moved
			if from == start {
				list[to] = first
				break
			}
			list[to] = list[from]
			to = from
		}
	}
}

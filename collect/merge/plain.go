package merge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// plain describes the facts of one kind whose rows mostly have no id. K is what
// two rows share that are the same.
type plain[T any, K comparable] struct {
	name string // as imports call it
	list func(*fact.Events) []T
	// row is what identifies a row beside its content; nil if nothing does.
	row func(*T) *fact.RowIdentity
	at  func(*T) time.Time
	// about is what a row with an id is about: one id stands for one of each.
	about   func(*T) string
	content func(*T) K
	fields  func(*T) int // that are known
	// order sorts the facts, so that the order of files is lost: by at first, to the
	// second.
	order func(a, b *T) int
	// again reports whether a later row of one id stands for another occasion that
	// replaces the earlier one, as an answer that was given again does.
	again bool
}

// gatherPlain returns the facts of one kind. A single list without ids is
// returned as it is, if it is sorted.
func gatherPlain[T any, K comparable](m *merger, k plain[T, K]) []T {
	bySystem := map[string][]int{}
	var systems []string
	var only []T
	parts := 0
	for i := range m.parts {
		list := k.list(&m.parts[i].Events)
		if len(list) == 0 {
			continue
		}
		parts++
		only = list
		s := m.parts[i].System
		if bySystem[s] == nil {
			systems = append(systems, s)
		}
		bySystem[s] = append(bySystem[s], i)
	}
	if parts == 0 {
		return nil
	}
	if parts == 1 && k.untouched(only) && isSorted(only, k.at, k.order) {
		return slices.Clip(only)
	}
	var out []T
	for _, s := range systems {
		out = append(out, k.system(m, bySystem[s])...)
	}
	sortFacts(out, k.at, k.order)
	return out
}

// untouched reports whether the rows are the facts, whatever their order.
func (k *plain[T, K]) untouched(list []T) bool {
	for i := range list {
		if k.id(&list[i]) != "" {
			return false
		}
	}
	return true
}

// id is the id of a row, "" if it has none.
func (k *plain[T, K]) id(v *T) string {
	if r := k.row(v); r != nil {
		return r.ID
	}
	return ""
}

// system returns the facts of the parts of one system.
func (k *plain[T, K]) system(m *merger, parts []int) []T {
	var nameless []row[T]
	byID := map[[2]string][]row[T]{}
	var keys [][2]string
	for _, i := range parts {
		list := k.list(&m.parts[i].Events)
		for j := range list {
			r := row[T]{&list[j], &m.parts[i], ref{int32(i), int32(j)}}
			id := k.id(r.v)
			if id == "" {
				nameless = append(nameless, r)
				continue
			}
			key := [2]string{id, k.about(r.v)}
			if byID[key] == nil {
				keys = append(keys, key)
			}
			byID[key] = append(byID[key], r)
		}
	}
	if len(parts) > 1 {
		nameless = mostOften(nameless, k.content, k.name)
	}
	out := make([]T, 0, len(nameless)+len(keys))
	for _, r := range nameless {
		out = append(out, *r.v)
	}
	for _, key := range keys {
		out = k.newest(out, byID[key])
	}
	return out
}

// newest appends the newest row of each occasion among the rows of one id.
func (k *plain[T, K]) newest(out []T, rows []row[T]) []T {
	slices.SortStableFunc(rows, func(a, b row[T]) int {
		return cmp.Or(k.at(a.v).Compare(k.at(b.v)), k.order(a.v, b.v))
	})
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && (k.again || k.at(rows[n].v).Sub(k.at(rows[n-1].v)) <= tolerance) {
			n++
		}
		best := slices.MaxFunc(rows[:n], k.newer)
		for _, r := range rows[:n] {
			if r.ref == best.ref {
				continue
			}
			reason := repeatedID
			if k.again && k.content(r.v) != k.content(best.v) {
				reason = superseded
			}
			r.part.left[leftOut{k.name, reason}]++
		}
		out, rows = append(out, *best.v), rows[n:]
	}
	return out
}

// newer compares how new two rows of one id are.
func (k *plain[T, K]) newer(a, b row[T]) int {
	x, y := k.row(a.v), k.row(b.v)
	order := cmp.Or(x.Updated.Compare(y.Updated), cmp.Compare(x.Sequence, y.Sequence))
	if k.again {
		order = cmp.Or(order, k.at(a.v).Compare(k.at(b.v)))
	}
	return cmp.Or(order, cmp.Compare(k.fields(a.v), k.fields(b.v)), cmp.Compare(a.part.file, b.part.file),
		k.order(a.v, b.v))
}

// taskContent is all of an attempt but its source.
type taskContent struct {
	task, team string
	at         time.Time
	minutes    float64
	told       [3]bool // minutes, unaided and yes, unaided and no
	done       bool
}

var taskKind = plain[fact.Task, taskContent]{
	name: "tasks",
	list: func(e *fact.Events) []fact.Task { return e.Tasks },
	row:  func(t *fact.Task) *fact.RowIdentity { return t.Row }, at: func(t *fact.Task) time.Time { return t.At },
	about:   func(t *fact.Task) string { return t.Task },
	content: contentOfTask,
	fields:  func(t *fact.Task) int { return known(t.Minutes != nil, t.Unaided != nil, t.Done, t.Team != "") },
	order: func(a, b *fact.Task) int {
		x, y := contentOfTask(a), contentOfTask(b)
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Team, b.Team),
			cmp.Compare(x.minutes, y.minutes),
			slices.CompareFunc(x.told[:], y.told[:], func(a, b bool) int { return cmp.Compare(rank(a), rank(b)) }),
			cmp.Compare(rank(a.Done), rank(b.Done)), cmp.Compare(a.Source, b.Source))
	},
}

func contentOfTask(t *fact.Task) taskContent {
	c := taskContent{task: t.Task, team: t.Team, at: t.At, done: t.Done}
	if t.Minutes != nil {
		c.minutes, c.told[0] = *t.Minutes, true
	}
	if t.Unaided != nil {
		c.told[1], c.told[2] = *t.Unaided, !*t.Unaided
	}
	return c
}

var measureKind = plain[fact.Measure, fact.Measure]{
	name: "measures",
	list: func(e *fact.Events) []fact.Measure { return e.Measures },
	row:  func(v *fact.Measure) *fact.RowIdentity { return v.Row }, at: func(v *fact.Measure) time.Time { return v.At },
	about: func(v *fact.Measure) string { return v.ID + "\x00" + v.Team },
	content: func(v *fact.Measure) fact.Measure {
		c := *v
		c.Source, c.Row = "", nil
		return c
	},
	fields: func(v *fact.Measure) int { return known(v.N != 0) },
	order: func(a, b *fact.Measure) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Team, b.Team), cmp.Compare(a.Value, b.Value),
			cmp.Compare(a.N, b.N), cmp.Compare(a.Source, b.Source))
	},
}

var useKind = plain[fact.Use, fact.Use]{
	name: "usage",
	list: func(e *fact.Events) []fact.Use { return e.Usage },
	row:  func(u *fact.Use) *fact.RowIdentity { return u.Row }, at: func(u *fact.Use) time.Time { return u.At },
	about: func(u *fact.Use) string { return u.Feature + "\x00" + u.Part + "\x00" + u.Unit },
	content: func(u *fact.Use) fact.Use {
		c := *u
		c.Source, c.Row = "", nil
		return c
	},
	fields: func(u *fact.Use) int { return known(u.Team != "") },
	order: func(a, b *fact.Use) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Team, b.Team),
			cmp.Compare(a.Count, b.Count), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Source, b.Source))
	},
}

var answerKind = plain[fact.Answer, string]{
	name: "survey",
	list: func(e *fact.Events) []fact.Answer { return e.Answers },
	row: func(a *fact.Answer) *fact.RowIdentity {
		if a.Response == "" {
			return nil
		}
		return &fact.RowIdentity{ID: a.Response}
	},
	at:      func(a *fact.Answer) time.Time { return a.At },
	about:   func(a *fact.Answer) string { return a.Wave },
	content: contentOfAnswer,
	fields: func(a *fact.Answer) int {
		return known(a.Score != nil, a.Reason != "", a.Team != "") + len(a.Loved) + len(a.Hated) + len(a.Features) +
			len(a.Items)
	},
	order: func(a, b *fact.Answer) int {
		return cmp.Or(cmp.Compare(a.Wave, b.Wave), a.At.Compare(b.At), cmp.Compare(contentOfAnswer(a), contentOfAnswer(b)))
	},
	again: true,
}

// contentOfAnswer writes down all of an answer but the id of its response.
func contentOfAnswer(a *fact.Answer) string {
	var b strings.Builder
	score := "-"
	if a.Score != nil {
		score = strconv.Itoa(*a.Score)
	}
	fmt.Fprintf(&b, "%q %s %s %s %q %q %q", a.Wave, a.Team, a.At.Format(time.RFC3339Nano), score, a.Reason, a.Loved,
		a.Hated)
	for _, f := range a.Features {
		positive := "-"
		if f.Positive != nil {
			positive = strconv.FormatBool(*f.Positive)
		}
		fmt.Fprintf(&b, " %q %s %q", f.Feature, positive, f.Reasons)
	}
	for _, id := range slices.Sorted(maps.Keys(a.Items)) {
		fmt.Fprintf(&b, " %q %g", id, a.Items[id])
	}
	return b.String()
}

// anonymous returns answers without the ids of their responses.
func anonymous(list []fact.Answer) []fact.Answer {
	if !slices.ContainsFunc(list, func(a fact.Answer) bool { return a.Response != "" }) {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Response = ""
	}
	return list
}

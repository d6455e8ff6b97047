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

// plainKind describes a kind of facts whose rows mostly have no id. K is the content that two
// equal rows share.
type plainKind[T any, K comparable] struct {
	name string // in imports
	list func(*fact.Events) []T
	// row returns the part that identifies a row beside its content; nil if there is none.
	row func(*T) *fact.RowIdentity
	at  func(*T) time.Time
	// about returns the subject of a row with an id: one id may occur once per subject.
	about   func(*T) string
	content func(*T) K
	fields  func(*T) int // number of fields with a value
	// order sorts the facts, so that the order of files does not matter: first by at, to the
	// second.
	order func(a, b *T) int
	// judge returns why a fact is not counted; nil: all are.
	judge func(*T) fact.Verdict
	// replaces is true if a later row of an id at another time replaces the earlier one, as a
	// repeated answer does.
	replaces bool
}

// gatherPlain returns the facts of one kind. It returns a single sorted list without ids
// unchanged.
func gatherPlain[T any, K comparable](m *merger, k plainKind[T, K]) []T {
	bySystem := map[string][]int{}
	var systems []string
	var only []T
	var home *sourceRows
	parts := 0
	for i := range m.sources {
		list := k.list(&m.sources[i].Events)
		if len(list) == 0 {
			continue
		}
		parts++
		only, home = list, &m.sources[i]
		s := m.sources[i].System
		if bySystem[s] == nil {
			systems = append(systems, s)
		}
		bySystem[s] = append(bySystem[s], i)
	}
	if parts == 0 {
		return nil
	}
	if parts == 1 && k.hasNoIDs(only) && isSorted(only, k.at, k.order) {
		for i := range only {
			judgeFact(home, k.name, k.judge, &only[i])
		}
		return slices.Clip(only)
	}
	var out []T
	for _, s := range systems {
		out = append(out, k.gatherSystem(m, bySystem[s])...)
	}
	sortFacts(out, k.at, k.order)
	return out
}

// hasNoIDs reports whether no row has an id, so that every row is a fact.
func (k *plainKind[T, K]) hasNoIDs(list []T) bool {
	for i := range list {
		if k.rowID(&list[i]) != "" {
			return false
		}
	}
	return true
}

// rowID returns the id of a row, or "".
func (k *plainKind[T, K]) rowID(v *T) string {
	if r := k.row(v); r != nil {
		return r.ID
	}
	return ""
}

// gatherSystem returns the facts of the sources of one system.
func (k *plainKind[T, K]) gatherSystem(m *merger, parts []int) []T {
	var nameless []row[T]
	byID := map[[2]string][]row[T]{}
	var keys [][2]string
	for _, i := range parts {
		list := k.list(&m.sources[i].Events)
		for j := range list {
			r := row[T]{&list[j], &m.sources[i], ref{int32(i), int32(j)}}
			id := k.rowID(r.v)
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
		nameless = keepMostFrequent(nameless, k.content, k.name)
	}
	out := make([]T, 0, len(nameless)+len(keys))
	for _, r := range nameless {
		judgeFact(r.source, k.name, k.judge, r.v)
		out = append(out, *r.v)
	}
	for _, key := range keys {
		out = k.appendNewest(out, byID[key])
	}
	return out
}

// appendNewest appends the newest row of each occasion in the rows of one id.
func (k *plainKind[T, K]) appendNewest(out []T, rows []row[T]) []T {
	slices.SortStableFunc(rows, func(a, b row[T]) int {
		return cmp.Or(k.at(a.v).Compare(k.at(b.v)), k.order(a.v, b.v))
	})
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && (k.replaces || k.at(rows[n].v).Sub(k.at(rows[n-1].v)) <= tolerance) {
			n++
		}
		best := slices.MaxFunc(rows[:n], k.compareAge)
		for _, r := range rows[:n] {
			if r.ref == best.ref {
				continue
			}
			l := leftOut{kind: k.name, reason: repeatedID, class: fact.Repeat}
			if k.content(r.v) != k.content(best.v) {
				l.reason, l.class = updated, fact.Update
			}
			if k.replaces && l.class == fact.Update {
				l.reason = superseded
			}
			r.source.left[l]++
		}
		judgeFact(best.source, k.name, k.judge, best.v)
		out, rows = append(out, *best.v), rows[n:]
	}
	return out
}

// compareAge compares the age of two rows of one id.
func (k *plainKind[T, K]) compareAge(a, b row[T]) int {
	x, y := k.row(a.v), k.row(b.v)
	order := cmp.Or(x.Updated.Compare(y.Updated), cmp.Compare(x.Sequence, y.Sequence))
	if k.replaces {
		order = cmp.Or(order, k.at(a.v).Compare(k.at(b.v)))
	}
	return cmp.Or(order, cmp.Compare(k.fields(a.v), k.fields(b.v)), cmp.Compare(a.source.file, b.source.file),
		k.order(a.v, b.v))
}

// taskContent is an attempt without its source.
type taskContent struct {
	task, team string
	at         time.Time
	minutes    float64
	has        [3]bool // minutes; unaided and yes; unaided and no
	done       bool
}

var taskKind = plainKind[fact.Task, taskContent]{
	name: "tasks",
	list: func(e *fact.Events) []fact.Task { return e.Tasks },
	row:  func(t *fact.Task) *fact.RowIdentity { return t.Row }, at: func(t *fact.Task) time.Time { return t.At },
	about:   func(t *fact.Task) string { return t.Task },
	content: newTaskContent,
	fields:  func(t *fact.Task) int { return countKnown(t.Minutes != nil, t.Unaided != nil, t.Done, t.Team != "") },
	order: func(a, b *fact.Task) int {
		x, y := newTaskContent(a), newTaskContent(b)
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Team, b.Team),
			cmp.Compare(x.minutes, y.minutes),
			slices.CompareFunc(x.has[:], y.has[:], func(a, b bool) int { return cmp.Compare(boolRank(a), boolRank(b)) }),
			cmp.Compare(boolRank(a.Done), boolRank(b.Done)), cmp.Compare(a.Source, b.Source))
	},
}

func newTaskContent(t *fact.Task) taskContent {
	c := taskContent{task: t.Task, team: t.Team, at: t.At, done: t.Done}
	if t.Minutes != nil {
		c.minutes, c.has[0] = *t.Minutes, true
	}
	if t.Unaided != nil {
		c.has[1], c.has[2] = *t.Unaided, !*t.Unaided
	}
	return c
}

var measureKind = plainKind[fact.Measure, fact.Measure]{
	name: "measures",
	list: func(e *fact.Events) []fact.Measure { return e.Measures },
	row:  func(v *fact.Measure) *fact.RowIdentity { return v.Row }, at: func(v *fact.Measure) time.Time { return v.At },
	about: func(v *fact.Measure) string { return v.ID + "\x00" + v.Team },
	content: func(v *fact.Measure) fact.Measure {
		c := *v
		c.Source, c.Row = "", nil
		return c
	},
	fields: func(v *fact.Measure) int { return countKnown(v.N != 0) },
	order: func(a, b *fact.Measure) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Team, b.Team), cmp.Compare(a.Value, b.Value),
			cmp.Compare(a.N, b.N), cmp.Compare(a.Source, b.Source))
	},
}

// useContent is a row of use without its source.
type useContent struct {
	feature, part, unit, team string
	at                        time.Time
	count                     float64
}

// useKind describes single rows of use. Rows that an importer has summed by week are facts
// already, because no other row has their identity.
var useKind = plainKind[fact.Use, useContent]{
	name: "usage",
	list: func(e *fact.Events) []fact.Use { return e.Usage[:countSingle(e.Usage)] },
	row:  func(u *fact.Use) *fact.RowIdentity { return u.Row }, at: func(u *fact.Use) time.Time { return u.At },
	about: func(u *fact.Use) string { return u.Feature + "\x00" + u.Part + "\x00" + u.Unit },
	content: func(u *fact.Use) useContent {
		return useContent{u.Feature, u.Part, u.Unit, u.Team, u.At, u.Count}
	},
	fields: func(u *fact.Use) int { return countKnown(u.Team != "") },
	order: func(a, b *fact.Use) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Team, b.Team),
			cmp.Compare(a.Count, b.Count), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Source, b.Source))
	},
}

// countSingle returns the number of single rows of use, which come before the summed ones.
func countSingle(list []fact.Use) int {
	n := slices.IndexFunc(list, func(u fact.Use) bool { return u.Weeks != nil })
	if n < 0 {
		return len(list)
	}
	return n
}

// appendSummed appends the summed uses of all sources to the single ones.
func (m *merger) appendSummed(single []fact.Use, judge func(*fact.Use) fact.Verdict) []fact.Use {
	var summed []fact.Use
	for i := range m.sources {
		list := m.sources[i].Events.Usage
		list = list[countSingle(list):]
		for k := range list {
			judgeFacts(&m.sources[i], useKind.name, judge, &list[k], list[k].Rows)
		}
		summed = append(summed, list...)
	}
	if len(summed) == 0 {
		return single
	}
	sortFacts(summed, useKind.at, useKind.order)
	return slices.Concat(single, summed)
}

var answerKind = plainKind[fact.Answer, string]{
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
	content: formatAnswer,
	fields: func(a *fact.Answer) int {
		return countKnown(a.Score != nil, a.Reason != "", a.Team != "") + len(a.Loved) + len(a.Hated) + len(a.Features) +
			len(a.Items) + len(a.Unclear)
	},
	order: func(a, b *fact.Answer) int {
		return cmp.Or(cmp.Compare(a.Wave, b.Wave), a.At.Compare(b.At), cmp.Compare(formatAnswer(a), formatAnswer(b)))
	},
	replaces: true,
}

// formatAnswer returns an answer as text, without the id of its response.
func formatAnswer(a *fact.Answer) string {
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
	for _, u := range a.Unclear {
		fmt.Fprintf(&b, " %q %s", u.Measure, u.Cell)
	}
	return b.String()
}

// dropResponseIDs returns answers without the ids of their responses.
func dropResponseIDs(list []fact.Answer) []fact.Answer {
	if !slices.ContainsFunc(list, func(a fact.Answer) bool { return a.Response != "" }) {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Response = ""
	}
	return list
}

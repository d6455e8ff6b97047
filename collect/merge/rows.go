package merge

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// tolerance is how far apart two systems may write the opening of one thing: one
// exports seconds, the other minutes.
const tolerance = time.Minute

// kind describes the facts of one kind whose rows have ids.
type kind[T any] struct {
	name string // as imports and coverage call it
	noun string // in the plural, for messages
	list func(*fact.Events) []T
	// place is the repository of a row, "" if it names none.
	place func(*T) string
	// named returns the repository of a row that names none, "" if it is not known
	// either; nil: never.
	named func(p *part, row *T) string
	// id identifies a row in its place and system; "" if it has none.
	id func(p *part, row *T) string
	// drop returns the source that has the row already, "" to keep it; nil: keeps all.
	drop func(p *part, row *T) string
	// opened is when the thing began, zero if the row does not tell.
	opened func(*T) time.Time
	// conflict reports whether two rows of one id are about different things.
	conflict func(a, b *row[T]) bool
	// alike reports whether two rows are about one thing whatever their openings.
	alike func(a, b *row[T]) bool
	// state is how new a row is.
	state func(*T) state
	// join makes one fact of rows, the newest first. told reports whether their
	// order comes from the rows themselves.
	join func(rows []row[T], told bool) T
	// without joins rows that have no id; nil where all have one.
	without func(m *merger, rows []row[T]) []T
	// incomplete and complete fill what only the rows of a whole fact tell; nil:
	// nothing.
	incomplete func(*T) bool
	complete   func(*T)
	// order sorts the facts of exports, so that the order of files is lost: by opens
	// first, to the second.
	order func(a, b *T) int
	opens func(*T) time.Time
	// log reports whether the state of a thing is in its newest row: only then it
	// matters which that is.
	log bool
	// clones reports whether a clone's facts are better than those of others.
	clones bool
}

// row is one row of one part.
type row[T any] struct {
	v    *T
	part *part
	ref  ref
}

// ref is where a row is: its part and its place in the part.
type ref struct{ part, row int32 }

// key is what rows of one fact share before anything else is looked at.
type key struct{ place, id string }

// gather returns the facts of one kind. A single list without repeated ids is
// returned as it is.
func gather[T any](m *merger, k *kind[T]) []T {
	c := collector[T]{merger: m, kind: k, lists: make([][]T, len(m.parts)), more: map[key][]ref{}, joins: map[ref]bool{}}
	parts, rows, exported := 0, 0, 0
	for i := range m.parts {
		c.lists[i] = k.list(&m.parts[i].Events)
		if n := len(c.lists[i]); n > 0 {
			parts++
			rows += n
			if m.parts[i].Origin == Export {
				exported += n
			}
		}
	}
	if parts == 0 {
		return nil
	}
	if exported < rows {
		c.contested = c.contestedPlaces()
	}
	if exported == 0 && len(c.contested) == 0 {
		return c.together(rows)
	}
	c.index(exported)
	if parts == 1 && c.untouched() {
		list := c.together(rows)
		if !isSorted(list, c.opens, c.order) {
			if !c.spent() {
				list = slices.Clone(list)
			}
			sortFacts(list, c.opens, c.order)
		}
		return list
	}
	out := c.assemble(rows)
	c.report()
	return out
}

// collector collects one kind.
type collector[T any] struct {
	*merger
	*kind[T]
	lists     [][]T
	contested map[string]bool // places that several sources tell of
	first     map[key]ref     // first row of each key
	more      map[key][]ref   // the others, where there are any
	repeated  []key           // keys of more
	heads     []ref           // first rows, in the order of parts and rows
	joins     map[ref]bool    // heads whose key has more rows
	nameless  []ref           // rows without an id
	dropped   int
	problems  map[problem]*ids
	found     []problem // keys of problems, in the order of the rows
}

// together joins lists that need nothing else.
func (c *collector[T]) together(rows int) []T {
	var all []T
	for _, list := range c.lists {
		switch {
		case len(list) == rows:
			return slices.Clip(list)
		case all == nil:
			all = make([]T, 0, rows)
		}
		all = append(all, list...)
	}
	return all
}

// contestedPlaces are those that an export names, or more than one source. Clones
// and forges repeat nothing themselves.
func (c *collector[T]) contestedPlaces() map[string]bool {
	owner := map[string]int{}
	contested := map[string]bool{}
	for i := range c.lists {
		last, seen := "", false
		for k := range c.lists[i] {
			name := c.place(&c.lists[i][k])
			if seen && name == last {
				continue
			}
			last, seen = name, true
			place := c.fold(name)
			if by, known := owner[place]; c.parts[i].Origin == Export || known && by != i {
				contested[place] = true
			}
			owner[place] = i
		}
	}
	return contested
}

// index finds the rows of each key.
func (c *collector[T]) index(exported int) {
	c.first, c.heads = make(map[key]ref, exported), make([]ref, 0, exported)
	c.each(func(r ref, p *part, row *T) {
		k := key{c.fold(c.place(row)), c.id(p, row)}
		if k.place == "" && c.named != nil {
			k.place = c.fold(c.named(p, row))
		}
		switch {
		case k.id == "":
			c.nameless = append(c.nameless, r)
		default:
			c.add(k, r)
		}
	})
}

func (c *collector[T]) add(k key, r ref) {
	if _, known := c.first[k]; !known {
		c.first[k] = r
		c.heads = append(c.heads, r)
		return
	}
	if c.more[k] == nil {
		c.joins[c.first[k]] = true
		c.repeated = append(c.repeated, k)
	}
	c.more[k] = append(c.more[k], r)
}

// each visits the rows of contested places that are not dropped.
func (c *collector[T]) each(visit func(r ref, p *part, row *T)) {
	for i := range c.lists {
		p := &c.parts[i]
		for k := range c.lists[i] {
			row := &c.lists[i][k]
			if p.Origin != Export && !c.contested[c.fold(c.place(row))] {
				continue
			}
			if c.drop != nil {
				if by := c.drop(p, row); by != "" {
					p.left[leftOut{c.name, alsoIn(by)}]++
					c.dropped++
					continue
				}
			}
			visit(ref{int32(i), int32(k)}, p, row)
		}
	}
}

// spent reports whether all parts with rows may be written to.
func (c *collector[T]) spent() bool {
	for i := range c.lists {
		if len(c.lists[i]) > 0 && !c.parts[i].Spent {
			return false
		}
	}
	return true
}

// untouched reports whether the rows are the facts, whatever their order.
func (c *collector[T]) untouched() bool {
	if len(c.repeated)+len(c.nameless)+c.dropped > 0 {
		return false
	}
	for _, list := range c.lists {
		if c.incomplete == nil {
			continue
		}
		for i := range list {
			if c.incomplete(&list[i]) {
				return false
			}
		}
	}
	return true
}

// assemble returns the rows of clones and forges in their order, then everything
// that an export has a part in, sorted.
func (c *collector[T]) assemble(rows int) []T {
	out := make([]T, 0, rows)
	for i := range c.lists {
		if c.parts[i].Origin == Export {
			continue
		}
		for k := range c.lists[i] {
			row := &c.lists[i][k]
			if place := c.fold(c.place(row)); !c.contested[place] {
				out = append(out, *row)
			}
		}
	}
	sorted := len(out)
	for _, r := range c.heads {
		if !c.joins[r] {
			out = append(out, c.lists[r.part][r.row])
		}
	}
	for _, k := range c.repeated {
		out = append(out, c.joined(k)...)
	}
	if len(c.nameless) > 0 && c.without != nil {
		out = append(out, c.without(c.merger, c.rows(c.nameless))...)
	}
	if c.incomplete != nil {
		for i := range out {
			if c.incomplete(&out[i]) {
				c.complete(&out[i])
			}
		}
	}
	sortFacts(out[sorted:], c.opens, c.order)
	return out
}

func (c *collector[T]) rows(refs []ref) []row[T] {
	list := make([]row[T], len(refs))
	for i, r := range refs {
		list[i] = row[T]{&c.lists[r.part][r.row], &c.parts[r.part], r}
	}
	return list
}

// joined returns the facts that the rows of one key are about.
func (c *collector[T]) joined(k key) []T {
	clusters := c.clusters(c.rows(append([]ref{c.first[k]}, c.more[k]...)))
	out := make([]T, 0, len(clusters))
	for _, rows := range clusters {
		if len(rows) == 1 {
			out = append(out, *rows[0].v)
			continue
		}
		told := c.newestFirst(rows)
		c.countRepeats(rows)
		c.findUncertain(k, rows, told)
		out = append(out, c.join(rows, told))
	}
	if len(clusters) > 1 {
		c.findDifferent(k, clusters)
	}
	return out
}

// clusters groups rows of one key by the thing that they are about. Rows without
// an opening come last: each belongs to the latest thing that began before it.
func (c *collector[T]) clusters(rows []row[T]) [][]row[T] {
	slices.SortStableFunc(rows, func(a, b row[T]) int {
		x, y := c.opened(a.v), c.opened(b.v)
		switch {
		case x.IsZero() != y.IsZero():
			if x.IsZero() {
				return 1
			}
			return -1
		case !x.Equal(y):
			return x.Compare(y)
		}
		return cmp.Or(cmp.Compare(a.part.System, b.part.System), c.order(a.v, b.v))
	})
	var clusters [][]row[T]
	for _, r := range rows {
		best := -1
		for i := range clusters {
			if !c.one(clusters[i], &r) {
				continue
			}
			if best < 0 || !c.opened(r.v).IsZero() || !c.opened(clusters[i][0].v).After(c.state(r.v).latest) {
				best = i
			}
		}
		if best < 0 {
			clusters = append(clusters, []row[T]{r})
			continue
		}
		clusters[best] = append(clusters[best], r)
	}
	return clusters
}

// one reports whether a row is about the same thing as a cluster.
func (c *collector[T]) one(cluster []row[T], r *row[T]) bool {
	linked := false
	for i := range cluster {
		other := &cluster[i]
		if c.conflict != nil && c.conflict(other, r) {
			return false
		}
		linked = linked || c.linked(other, r)
	}
	return linked
}

func (c *collector[T]) linked(a, b *row[T]) bool {
	if c.alike != nil && c.alike(a, b) {
		return true
	}
	if a.part.System != b.part.System && (c.place(a.v) == "" || c.place(b.v) == "") {
		return false
	}
	return agree(c.opened(a.v), c.opened(b.v))
}

// agree reports whether two openings can be those of one thing.
func agree(a, b time.Time) bool {
	return a.IsZero() || b.IsZero() || a.Sub(b).Abs() <= tolerance
}

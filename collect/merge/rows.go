package merge

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// tolerance is how far apart two systems may write the opening time of one thing: one may
// export seconds, the other minutes.
const tolerance = time.Minute

// rowKind describes a kind of facts whose rows have ids.
type rowKind[T any] struct {
	name string // in imports and coverage
	noun string // in the plural, for messages
	list func(*fact.Events) []T
	// repository returns the repository of a row, or "".
	repository func(*T) string
	// otherRepository returns the repository of a row that has none, "" if unknown; nil: always
	// unknown.
	otherRepository func(p *sourceRows, row *T) string
	// id identifies a row in its repository and system; "" without an id.
	id func(p *sourceRows, row *T) string
	// drop returns the better source of the same row, "" to keep the row; nil: keeps all.
	drop func(p *sourceRows, row *T) string
	// opened returns the beginning, zero if unknown.
	opened func(*T) time.Time
	// conflict reports whether two rows of one id are different things.
	conflict func(a, b *row[T]) bool
	// alike reports whether two rows are one thing even with different beginnings.
	alike func(a, b *row[T]) bool
	// state returns how new and how complete a row is.
	state func(*T) state
	// join joins rows, given newest first, to one fact. ordered is true if the order comes from
	// the rows themselves.
	join func(rows []row[T], ordered bool) T
	// joinNameless joins rows without an id, and returns the source of each fact; nil if all rows
	// have one.
	joinNameless func(m *merger, rows []row[T]) ([]T, []*sourceRows)
	// complete derives missing fields from the other fields of a joined fact that is
	// incomplete; nil: never.
	incomplete func(*T) bool
	complete   func(*T)
	// order sorts the facts of exports, so that the order of files does not matter: first by
	// sortTime, to the second.
	order    func(a, b *T) int
	sortTime func(*T) time.Time
	// log is true if the newest row has the state of a thing. Only then the order matters.
	log bool
	// judge returns why a joined fact is not counted; nil: all are.
	judge func(*T) fact.Verdict
	// clones is true if a clone's facts are better than those of other sources.
	clones bool
}

// row is one row of one source.
type row[T any] struct {
	v      *T
	source *sourceRows
	ref    ref
}

// ref locates a row: its source and its index there.
type ref struct{ source, row int32 }

// key is shared by all rows that may be the same fact.
type key struct{ repository, id string }

// gatherKind returns the facts of one kind. It returns a single list without repeated ids
// unchanged.
func gatherKind[T any](m *merger, k *rowKind[T]) []T {
	c := collector[T]{
		merger: m, rowKind: k, lists: make([][]T, len(m.sources)), more: map[key][]ref{},
		joins: map[ref]bool{},
	}
	parts, rows, exported := 0, 0, 0
	for i := range m.sources {
		c.lists[i] = k.list(&m.sources[i].Events)
		if n := len(c.lists[i]); n > 0 {
			parts++
			rows += n
			if m.sources[i].Origin == Export {
				exported += n
			}
		}
	}
	if parts == 0 {
		return nil
	}
	if exported < rows {
		c.contestedNames = c.findContested()
	}
	if exported == 0 && len(c.contestedNames) == 0 {
		return c.concatLists(rows)
	}
	c.indexRows(exported)
	if parts == 1 && c.isUnchanged() {
		list := c.concatLists(rows)
		if !isSorted(list, c.sortTime, c.order) {
			if !c.mayWrite() {
				list = slices.Clone(list)
			}
			sortFacts(list, c.sortTime, c.order)
		}
		return list
	}
	out := c.assembleFacts(rows)
	c.reportProblems()
	return out
}

// collector gathers the facts of one kind.
type collector[T any] struct {
	*merger
	*rowKind[T]
	lists          [][]T
	contestedNames map[string]bool // repositories in several sources
	first          map[key]ref     // first row of each key
	more           map[key][]ref   // its other rows
	repeated       []key           // keys of more
	heads          []ref           // first rows, in the order of sources and rows
	joins          map[ref]bool    // heads with more rows
	nameless       []ref           // rows without an id
	dropped        int
	problems       map[problem]*idList
	found          []problem // keys of problems, in the order of rows
}

// concatLists concatenates the lists, which need no other work.
func (c *collector[T]) concatLists(rows int) []T {
	var all []T
	for i, list := range c.lists {
		for k := range list {
			judgeFact(&c.sources[i], c.name, c.judge, &list[k])
		}
	}
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

// findContested returns the repositories in an export or in more than one source. Clones and
// forges have no repeated rows themselves.
func (c *collector[T]) findContested() map[string]bool {
	owner := map[string]int{}
	contested := map[string]bool{}
	for i := range c.lists {
		last, seen := "", false
		for k := range c.lists[i] {
			name := c.repository(&c.lists[i][k])
			if seen && name == last {
				continue
			}
			last, seen = name, true
			folded := c.foldRepository(name)
			if by, known := owner[folded]; c.sources[i].Origin == Export || known && by != i {
				contested[folded] = true
			}
			owner[folded] = i
		}
	}
	return contested
}

// indexRows finds the rows of each key.
func (c *collector[T]) indexRows(exported int) {
	c.first, c.heads = make(map[key]ref, exported), make([]ref, 0, exported)
	c.visitRows(func(r ref, p *sourceRows, row *T) {
		k := key{c.foldRepository(c.repository(row)), c.id(p, row)}
		if k.repository == "" && c.otherRepository != nil {
			k.repository = c.foldRepository(c.otherRepository(p, row))
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

// visitRows visits the rows of contested repositories that are not dropped.
func (c *collector[T]) visitRows(visit func(r ref, p *sourceRows, row *T)) {
	for i := range c.lists {
		p := &c.sources[i]
		for k := range c.lists[i] {
			row := &c.lists[i][k]
			if p.Origin != Export && !c.contestedNames[c.foldRepository(c.repository(row))] {
				continue
			}
			if c.drop != nil {
				if by := c.drop(p, row); by != "" {
					p.left[leftOut{kind: c.name, reason: duplicateReason(by), class: fact.Repeat}]++
					c.dropped++
					continue
				}
			}
			visit(ref{int32(i), int32(k)}, p, row)
		}
	}
}

// mayWrite reports whether the lists of all sources may be changed.
func (c *collector[T]) mayWrite() bool {
	for i := range c.lists {
		if len(c.lists[i]) > 0 && !c.sources[i].Spent {
			return false
		}
	}
	return true
}

// isUnchanged reports whether the rows are the facts already, in any order.
func (c *collector[T]) isUnchanged() bool {
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

// assembleFacts returns the uncontested rows of clones and forges in their order, and then all
// others, sorted.
func (c *collector[T]) assembleFacts(rows int) []T {
	out := make([]T, 0, rows)
	homes := make([]*sourceRows, 0, rows) // of the newest row of each fact
	for i := range c.lists {
		if c.sources[i].Origin == Export {
			continue
		}
		for k := range c.lists[i] {
			row := &c.lists[i][k]
			if folded := c.foldRepository(c.repository(row)); !c.contestedNames[folded] {
				out, homes = append(out, *row), append(homes, &c.sources[i])
			}
		}
	}
	sorted := len(out)
	for _, r := range c.heads {
		if !c.joins[r] {
			out, homes = append(out, c.lists[r.source][r.row]), append(homes, &c.sources[r.source])
		}
	}
	for _, k := range c.repeated {
		out, homes = c.joinKey(k, out, homes)
	}
	if len(c.nameless) > 0 && c.joinNameless != nil {
		facts, of := c.joinNameless(c.merger, c.makeRows(c.nameless))
		out, homes = append(out, facts...), append(homes, of...)
	}
	for i := range out {
		if c.incomplete != nil && c.incomplete(&out[i]) {
			c.complete(&out[i])
		}
		judgeFact(homes[i], c.name, c.judge, &out[i])
	}
	sortFacts(out[sorted:], c.sortTime, c.order)
	return out
}

func (c *collector[T]) makeRows(refs []ref) []row[T] {
	list := make([]row[T], len(refs))
	for i, r := range refs {
		list[i] = row[T]{&c.lists[r.source][r.row], &c.sources[r.source], r}
	}
	return list
}

// joinKey appends the facts in the rows of one key, and their sources.
func (c *collector[T]) joinKey(k key, out []T, homes []*sourceRows) ([]T, []*sourceRows) {
	clusters := c.clusterRows(c.makeRows(append([]ref{c.first[k]}, c.more[k]...)))
	for _, rows := range clusters {
		if len(rows) == 1 {
			homes = append(homes, rows[0].source)
			out = append(out, *rows[0].v)
			continue
		}
		ordered := c.newestFirst(rows)
		c.countRepeats(rows)
		homes = append(homes, rows[0].source)
		c.findUncertain(k, rows, ordered)
		out = append(out, c.join(rows, ordered))
	}
	if len(clusters) > 1 {
		c.findDifferent(k, clusters)
	}
	return out, homes
}

// clusterRows groups the rows of one key by fact. Rows without an opening time come last: each
// joins the latest fact that began before it.
func (c *collector[T]) clusterRows(rows []row[T]) [][]row[T] {
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
		return cmp.Or(cmp.Compare(a.source.System, b.source.System), c.order(a.v, b.v))
	})
	var clusters [][]row[T]
	for _, r := range rows {
		best := -1
		for i := range clusters {
			if !c.belongsTo(clusters[i], &r) {
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

// belongsTo reports whether a row belongs to the fact of a cluster.
func (c *collector[T]) belongsTo(cluster []row[T], r *row[T]) bool {
	linked := false
	for i := range cluster {
		other := &cluster[i]
		if c.conflict != nil && c.conflict(other, r) {
			return false
		}
		linked = linked || c.areLinked(other, r)
	}
	return linked
}

func (c *collector[T]) areLinked(a, b *row[T]) bool {
	if c.alike != nil && c.alike(a, b) {
		return true
	}
	if a.source.System != b.source.System && (c.repository(a.v) == "" || c.repository(b.v) == "") {
		return false
	}
	return openingsAgree(c.opened(a.v), c.opened(b.v))
}

// openingsAgree reports whether two opening times can belong to the same thing.
func openingsAgree(a, b time.Time) bool {
	return a.IsZero() || b.IsZero() || a.Sub(b).Abs() <= tolerance
}

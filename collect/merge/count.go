package merge

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Reasons for leaving a row out, shown with its import.
const (
	repeatedID  = "repeated: counted once with the newest row of the same id"
	updated     = "an update: counted once with the newest row of the same id"
	repeatedRow = "repeated: the same row is in another file"
	superseded  = "an update: the same response, answered again later"
)

// countRepeats counts the rows of one fact other than the newest. A row is a repeat if another
// row of the fact is equal or another source has the fact, and otherwise an update.
func (c *collector[T]) countRepeats(rows []row[T]) {
	home := rows[0].source
	for i := range rows[1:] {
		r := &rows[i+1]
		l := leftOut{kind: c.name, reason: updated, class: fact.Update}
		switch {
		case r.source.Name != home.Name:
			l.reason, l.class = duplicateReason(home.Name), fact.Repeat
		case slices.ContainsFunc(rows[:i+1], func(o row[T]) bool { return reflect.DeepEqual(o.v, r.v) }):
			l.reason, l.class = repeatedID, fact.Repeat
		}
		r.source.left[l]++
	}
}

// idList counts ids and keeps the first ones.
type idList struct {
	shown []string
	n     int
}

func (l *idList) add(id string) {
	const show = 3
	if l.n++; len(l.shown) < show {
		l.shown = append(l.shown, text.Quote(id))
	}
}

// String returns `"1", "2", "3" and 4 more`.
func (l *idList) String() string {
	all := strings.Join(l.shown, ", ")
	if more := l.n - len(l.shown); more > 0 {
		all += fmt.Sprintf(" and %s more", text.FormatCount(more))
	}
	return all
}

// problem is a kind of finding about one kind of rows, of one source or two.
type problem struct{ kind, source, other string }

// Kinds of problems.
const (
	uncertain = "uncertain" // several rows per id in several files, in an unknown order
	different = "different" // one id for two things
	doubled   = "doubled"   // one id, one opening, two systems
)

// findUncertain notes an id of a log with rows in several files but without an order: no row
// has an update time or a sequence number.
func (c *collector[T]) findUncertain(k key, rows []row[T], ordered bool) {
	if ordered || !c.log {
		return
	}
	several, log := false, false
	for i := range rows[1:] {
		a, b := &rows[i], &rows[i+1]
		several = several || a.source != b.source
		for j := range rows[:i+1] {
			log = log || rows[j].source == b.source && !reflect.DeepEqual(rows[j].v, b.v)
		}
	}
	if several && log {
		c.addProblem(problem{uncertain, rows[0].source.Name, ""}, k.id)
	}
}

// findDifferent notes an id of several things.
func (c *collector[T]) findDifferent(k key, clusters [][]row[T]) {
	a := &clusters[0][0]
	for _, cluster := range clusters[1:] {
		b := &cluster[0]
		p := problem{different, a.source.Name, b.source.Name}
		if a.source.System != b.source.System && k.repository == "" && openingsAgree(c.opened(a.v), c.opened(b.v)) {
			p.kind = doubled
		}
		if a.source.System == b.source.System {
			p.other = ""
		} else if p.other < p.source {
			p.source, p.other = p.other, p.source
		}
		c.addProblem(p, k.id)
	}
}

func (c *collector[T]) addProblem(p problem, id string) {
	if c.problems == nil {
		c.problems = map[problem]*idList{}
	}
	if c.problems[p] == nil {
		c.problems[p] = &idList{}
		c.found = append(c.found, p)
	}
	c.problems[p].add(id)
}

// reportProblems adds the problems to the findings and to the notes of the imports.
func (c *collector[T]) reportProblems() {
	for _, p := range c.found {
		f := Finding{Source: p.source, Kind: c.name}
		list := c.problems[p]
		switch {
		case p.kind == uncertain:
			f.Text = fmt.Sprintf("ids with several rows in several files, and no column that shows which row is the "+
				"newest: %s", list)
			f.Next = "export a column updated or sequence, or keep all rows of an id in one file"
		case p.kind == doubled:
			f.Text = fmt.Sprintf("ids of %s that %s has with the same opening, counted as different %s: %s", p.source,
				p.other, c.noun, list)
			f.Next = "if both tables are exports of one system, give them the same system in config.toml"
		case p.other == "":
			f.Text = fmt.Sprintf("ids that are used for different %s, each counted: %s", c.noun, list)
			f.Next = "make ids unique, or give exports of different systems tables of their own"
		default:
			f.Text, f.Usual = fmt.Sprintf("ids of %s that %s uses for different %s, each counted: %s", p.source, p.other,
				c.noun, list), true
			f.Next = "nothing, if these are two systems"
		}
		c.findings = append(c.findings, f)
		i := slices.IndexFunc(c.sources, func(x sourceRows) bool { return x.Name == p.source })
		c.sources[i].notes[c.name] = append(c.sources[i].notes[c.name], f.Text)
	}
}

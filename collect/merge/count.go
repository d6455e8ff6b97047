package merge

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/text"
)

// Reasons to leave a row out, as they appear in the line of its import.
const (
	repeatedID  = "repeated: counted once with the newest row of the same id"
	repeatedRow = "repeated: the same row is in another file"
	superseded  = "repeated: the same response, answered again later"
)

// countRepeats counts the rows of one fact that come beside the newest: those of
// other files, and those that its file holds twice. The rows of a log in one file
// are all used.
func (c *collector[T]) countRepeats(rows []row[T]) {
	home := rows[0].part
	for i := range rows[1:] {
		r := &rows[i+1]
		reason := repeatedID
		switch {
		case r.part == home:
			same := func(o row[T]) bool { return o.part == home && reflect.DeepEqual(o.v, r.v) }
			if !slices.ContainsFunc(rows[:i+1], same) {
				continue
			}
		case r.part.Source != home.Source:
			reason = alsoIn(home.Source)
		}
		r.part.left[leftOut{c.name, reason}]++
	}
}

// ids collects what is said about some ids.
type ids struct {
	shown []string
	n     int
}

func (l *ids) add(id string) {
	const show = 3
	if l.n++; len(l.shown) < show {
		l.shown = append(l.shown, text.Quote(id))
	}
}

// String is `"1", "2", "3" and 4 more`.
func (l *ids) String() string {
	all := strings.Join(l.shown, ", ")
	if more := l.n - len(l.shown); more > 0 {
		all += fmt.Sprintf(" and %s more", text.Count(more))
	}
	return all
}

// problem is a kind of finding about one kind of rows, of one source or of two.
type problem struct{ what, source, other string }

// what problems there are.
const (
	uncertain = "uncertain" // several rows per id, in several files, and none tells which is the newest
	different = "different" // one id for two things
	doubled   = "doubled"   // one id, one opening, two systems
)

// findUncertain notes an id of a log that lies in several files although its rows
// tell neither when they were written nor in which order.
func (c *collector[T]) findUncertain(k key, rows []row[T], told bool) {
	if told || !c.log {
		return
	}
	several, log := false, false
	for i := range rows[1:] {
		a, b := &rows[i], &rows[i+1]
		several = several || a.part != b.part
		for j := range rows[:i+1] {
			log = log || rows[j].part == b.part && !reflect.DeepEqual(rows[j].v, b.v)
		}
	}
	if several && log {
		c.problem(problem{uncertain, rows[0].part.Source, ""}, k.id)
	}
}

// findDifferent notes an id that is used for several things.
func (c *collector[T]) findDifferent(k key, clusters [][]row[T]) {
	a := &clusters[0][0]
	for _, cluster := range clusters[1:] {
		b := &cluster[0]
		p := problem{different, a.part.Source, b.part.Source}
		if a.part.System != b.part.System && k.place == "" && agree(c.opened(a.v), c.opened(b.v)) {
			p.what = doubled
		}
		if a.part.System == b.part.System {
			p.other = ""
		} else if p.other < p.source {
			p.source, p.other = p.other, p.source
		}
		c.problem(p, k.id)
	}
}

func (c *collector[T]) problem(p problem, id string) {
	if c.problems == nil {
		c.problems = map[problem]*ids{}
	}
	if c.problems[p] == nil {
		c.problems[p] = &ids{}
		c.found = append(c.found, p)
	}
	c.problems[p].add(id)
}

// report turns the problems into findings and notes of the imports.
func (c *collector[T]) report() {
	for _, p := range c.found {
		f := Finding{Source: p.source, Kind: c.name}
		list := c.problems[p]
		switch {
		case p.what == uncertain:
			f.Text = fmt.Sprintf("ids with several rows in several files, and no column that tells which row is the "+
				"newest: %s", list)
			f.Next = "export a column updated or sequence, or keep all rows of an id in one file"
		case p.what == doubled:
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
		i := slices.IndexFunc(c.parts, func(x part) bool { return x.Source == p.source })
		c.parts[i].notes[c.name] = append(c.parts[i].notes[c.name], f.Text)
	}
}

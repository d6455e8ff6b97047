package merge

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// table is one kind of facts of one table's files.
type table struct{ source, kind string }

// whole is what the files of a table cover together.
type whole struct {
	span  fact.Coverage
	files int
	names map[string]bool // of repositories
	done  bool
}

// coverage returns what the sources are complete for. The files of one table are
// one export that was cut into pieces: each repository in any of them is covered
// from the first record of all to the last.
func (m *merger) coverage() []fact.Coverage {
	tables := m.tables()
	var out []fact.Coverage
	for i := range m.parts {
		p := &m.parts[i]
		for _, c := range p.Events.Coverage {
			t := tables[table{c.Source, c.Kind}]
			switch {
			case p.Origin != Export || t.files < 2:
				out = append(out, c)
			case !t.done:
				t.done = true
				out = append(out, t.repositories(c)...)
			}
		}
	}
	return out
}

func (m *merger) tables() map[table]*whole {
	tables := map[table]*whole{}
	for i := range m.parts {
		p := &m.parts[i]
		var last *whole
		for _, c := range p.Events.Coverage {
			if p.Origin != Export {
				continue
			}
			t := tables[table{c.Source, c.Kind}]
			if t == nil {
				t = &whole{span: c, names: map[string]bool{}}
				tables[table{c.Source, c.Kind}] = t
			}
			if c.From.Before(t.span.From) {
				t.span.From = c.From
			}
			if c.To.After(t.span.To) {
				t.span.To = c.To
			}
			if t != last {
				t.files++
				last = t
			}
			t.names[c.Repository] = true
		}
	}
	return tables
}

// repositories returns the coverage of each repository, in order of name.
func (t *whole) repositories(like fact.Coverage) []fact.Coverage {
	list := make([]fact.Coverage, 0, len(t.names))
	for name := range t.names {
		like.Repository, like.From, like.To = name, t.span.From, t.span.To
		list = append(list, like)
	}
	slices.SortFunc(list, func(a, b fact.Coverage) int { return cmp.Compare(a.Repository, b.Repository) })
	return list
}

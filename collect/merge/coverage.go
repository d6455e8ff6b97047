package merge

import (
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// table is the files of one table with one kind of facts.
type table struct{ source, kind string }

// tableCoverage is the coverage of all files of a table together.
type tableCoverage struct {
	span  fact.Coverage
	files int
	names map[string]bool // of repositories
	done  bool
}

// mergeCoverage returns the coverage of all sources. The files of one table are one export,
// divided: each repository in any of them is covered from the first record of all files to the
// last.
func (m *merger) mergeCoverage() []fact.Coverage {
	tables := m.exportTables()
	var out []fact.Coverage
	for i := range m.sources {
		p := &m.sources[i]
		for _, c := range p.Events.Coverage {
			t := tables[table{c.Source, c.Kind}]
			switch {
			case p.Origin != Export || t.files < 2:
				out = append(out, c)
			case !t.done:
				t.done = true
				out = append(out, t.listCoverage(c)...)
			}
		}
	}
	return out
}

func (m *merger) exportTables() map[table]*tableCoverage {
	tables := map[table]*tableCoverage{}
	for i := range m.sources {
		p := &m.sources[i]
		var last *tableCoverage
		for _, c := range p.Events.Coverage {
			if p.Origin != Export {
				continue
			}
			t := tables[table{c.Source, c.Kind}]
			if t == nil {
				t = &tableCoverage{span: c, names: map[string]bool{}}
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

// listCoverage returns the coverage of each repository, ordered by name.
func (t *tableCoverage) listCoverage(like fact.Coverage) []fact.Coverage {
	list := make([]fact.Coverage, 0, len(t.names))
	for _, name := range slices.Sorted(maps.Keys(t.names)) {
		like.Repository, like.From, like.To = name, t.span.From, t.span.To
		list = append(list, like)
	}
	return list
}

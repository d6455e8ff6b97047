package merge

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// coverage returns what the sources are complete for. The files of one table are
// one export that was cut into pieces: each repository in any of them is covered
// from the first record of all to the last.
func (m *merger) coverage() []fact.Coverage {
	type table struct{ source, kind string }
	spans := map[table]fact.Coverage{}
	files := map[table]int{}
	for i := range m.parts {
		p := &m.parts[i]
		seen := map[table]bool{}
		for _, c := range p.Events.Coverage {
			if p.Origin != Export {
				continue
			}
			t := table{c.Source, c.Kind}
			span, known := spans[t]
			if !known || c.From.Before(span.From) {
				span.From = c.From
			}
			if c.To.After(span.To) {
				span.To = c.To
			}
			spans[t] = span
			if !seen[t] {
				seen[t] = true
				files[t]++
			}
		}
	}
	var out []fact.Coverage
	done := map[fact.Coverage]bool{}
	for i := range m.parts {
		p := &m.parts[i]
		if !slices.ContainsFunc(p.Events.Coverage, func(c fact.Coverage) bool {
			return p.Origin == Export && files[table{c.Source, c.Kind}] > 1
		}) {
			out = append(out, p.Events.Coverage...)
			continue
		}
		for _, c := range p.Events.Coverage {
			span := spans[table{c.Source, c.Kind}]
			if c.From, c.To = span.From, span.To; !done[c] {
				done[c] = true
				out = append(out, c)
			}
		}
	}
	return out
}

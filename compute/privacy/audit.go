package privacy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sum is a published figure. Members are the teams or groups whose answers it adds up.
type Sum struct {
	Label   string
	Members []string
}

// Table lists the figures that one place publishes about the answers of one wave or, with
// Since, about the change since that wave. Audit solves tables of one wave together, and tables
// of one change together.
type Table struct {
	Wave, Since string
	Sums        []Sum
}

// Total returns the table of a wave that is published as a whole only.
func (p *Publication) Total(wave string) Table {
	return Table{Wave: wave, Sums: []Sum{{Label: "total", Members: slices.Sorted(maps.Keys(p.Counts[wave]))}}}
}

// Table returns the wave's total and those of its parts, by ID, that are published.
func (p *Publication) Table(wave string, parts ...string) Table {
	t := p.Total(wave)
	if of := findPartition(p.Partitions, wave); of != nil {
		for _, id := range parts {
			if part := of.Part(id); part != nil {
				t.Sums = append(t.Sums, Sum{Label: part.Title, Members: part.Members})
			}
		}
	}
	return t
}

// Changes returns the table of the parts published with their change since another wave. A
// reader who assumes that people answer as before learns from a change the answers of those who
// joined minus the answers of those who left.
func (p *Publication) Changes(wave, since string, parts ...string) Table {
	t := Table{Wave: wave, Since: since}
	now, was := findPartition(p.Partitions, wave), findPartition(p.Partitions, since)
	if now == nil || was == nil {
		return t
	}
	for _, id := range parts {
		if a, b := was.Part(id), now.Part(id); a != nil && b != nil {
			t.Sums = append(t.Sums, Sum{a.Title + " in " + since, a.Members}, Sum{b.Title + " in " + wave, b.Members})
		}
	}
	return t
}

// Table returns the figures of a partition that was published earlier: all its parts.
func (p *Partition) Table() Table {
	t := Table{Wave: p.Wave}
	for _, part := range p.Parts {
		t.Sums = append(t.Sums, Sum{Label: part.Title, Members: part.Members})
	}
	return t
}

// Audit solves tables, which may be of several publications, wave by wave. Its error names
// every set of members that has fewer than five answers together and for which a sum or
// difference of published figures can be computed, or whose number of answers, a whole number,
// has only one possible value.
//
// The first test calculates modulo a prime. It finds every such set; in theory it may also
// report a set that is safe.
func Audit(counts Counts, tables ...Table) error {
	type subject struct{ wave, since string }
	by := map[subject][]Sum{}
	for _, t := range tables {
		by[subject{t.Wave, t.Since}] = append(by[subject{t.Wave, t.Since}], t.Sums...)
	}
	subjects := slices.SortedFunc(maps.Keys(by), func(a, b subject) int {
		return cmp.Or(cmp.Compare(a.wave, b.wave), cmp.Compare(a.since, b.since))
	})
	var errs []error
	for _, sub := range subjects {
		n := map[string]int{}
		maps.Copy(n, counts[sub.wave])
		for m, k := range counts[sub.since] {
			n[m] = max(n[m], k) // small means small in both waves
		}
		s := newSystem(n, by[sub])
		found := s.determinedSets()
		if len(found) == 0 {
			found = s.findPinned()
		}
		for _, f := range found {
			errs = append(errs, s.findDisclosure(sub.wave, f))
		}
	}
	return errors.Join(errs...)
}

func (s *system) findDisclosure(wave string, atoms []int) error {
	var members []string
	for _, i := range atoms {
		members = append(members, s.atoms[i].members...)
	}
	slices.Sort(members)
	return fmt.Errorf("survey %s: what %s answered, fewer than %d people, can be worked out from %s: publish fewer "+
		"parts, or merge them",
		wave, strings.Join(members, " and "), MinAnswers, strings.Join(s.unitLabels(), ", "))
}

// unitLabels returns the names of the published parts; of many, the first ones.
func (s *system) unitLabels() []string {
	const most = 8
	var out []string
	for _, r := range s.rows {
		if !slices.Contains(out, r.label) {
			out = append(out, r.label)
		}
	}
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("%d more", len(out)-most))
	}
	return out
}

// system is the figures published about a wave, as linear equations.
type system struct {
	atoms []atom // those with at least five answers first, then by members
	small int    // index of the first atom with fewer than five
	rows  []row
}

// atom is a set of members that no published figure separates: a reader can learn nothing about
// a part of it.
type atom struct {
	members []string
	n       int
}

// row is a published sum. in marks the atoms that it includes.
type row struct {
	label string
	in    []bool
	total int
}

func newSystem(counts map[string]int, sums []Sum) *system {
	signature := map[string][]byte{} // member → the sums that include it
	for i, sum := range sums {
		for _, m := range sum.Members {
			if counts[m] <= 0 {
				continue
			}
			if signature[m] == nil {
				signature[m] = make([]byte, len(sums))
			}
			signature[m][i] = 1
		}
	}
	bySignature := map[string]*atom{}
	for _, m := range slices.Sorted(maps.Keys(signature)) {
		key := string(signature[m])
		if bySignature[key] == nil {
			bySignature[key] = &atom{}
		}
		a := bySignature[key]
		a.members = append(a.members, m)
		a.n += counts[m]
	}
	s := &system{}
	keys := slices.SortedFunc(maps.Keys(bySignature), func(x, y string) int {
		a, b := bySignature[x], bySignature[y]
		return cmp.Or(cmp.Compare(rankSmall(a), rankSmall(b)), cmp.Compare(a.members[0], b.members[0]))
	})
	s.rows = make([]row, len(sums))
	for i, sum := range sums {
		s.rows[i] = row{label: sum.Label, in: make([]bool, len(keys))}
	}
	for k, key := range keys {
		a := bySignature[key]
		s.atoms = append(s.atoms, *a)
		s.small += 1 - rankSmall(a)
		for i := range s.rows {
			if key[i] == 1 {
				s.rows[i].in[k] = true
				s.rows[i].total += a.n
			}
		}
	}
	return s
}

// rankSmall returns 1 for an atom with fewer answers than may be shown, else 0.
func rankSmall(a *atom) int {
	if a.n < MinAnswers {
		return 1
	}
	return 0
}

package privacy

import (
	"cmp"
	"fmt"
	"slices"
)

const otherID = "_other"

// draft is a part of an unfinished partition.
type draft struct {
	units   []*unit // units with answers, by key
	members []string
	n       int
	kinds   map[string]bool
}

// isLargeEnough reports whether the part may be shown.
func (d *draft) isLargeEnough() bool { return d.n >= MinAnswers && len(d.kinds) >= minKinds }

// key returns the key of the first unit, which orders parts of equal size.
func (d *draft) key() string { return d.units[0].key }

func (d *draft) add(c *memberTally) {
	d.addUnit(c.unit)
	d.members = append(d.members, c.key)
	d.n += c.n
	for k := range c.kinds {
		d.kinds[k] = true
	}
}

func (d *draft) addUnit(u *unit) {
	i, ok := slices.BinarySearchFunc(d.units, u.key, func(u *unit, key string) int { return cmp.Compare(u.key, key) })
	if !ok {
		d.units = slices.Insert(d.units, i, u)
	}
}

func (d *draft) merge(o *draft) {
	for _, u := range o.units {
		d.addUnit(u)
	}
	d.members = append(d.members, o.members...)
	d.n += o.n
	for k := range o.kinds {
		d.kinds[k] = true
	}
}

func newDraft() *draft { return &draft{kinds: map[string]bool{}} }

// newDrafts puts each of a wave's members into the part that kept has for its unit, or else
// into a part for that unit alone.
func (w wave) newDrafts(kept *Partition) []*draft {
	home := map[string]string{} // unit → name of its draft
	if kept != nil {
		for _, p := range kept.Parts {
			for _, u := range p.Units {
				home[u] = p.ID
			}
		}
	}
	byName := map[string]*draft{}
	var out []*draft
	for _, c := range w.sortedTallies() {
		name := cmp.Or(home[c.unit.key], c.unit.id)
		d := byName[name]
		if d == nil {
			d = newDraft()
			byName[name] = d
			out = append(out, d)
		}
		d.add(c)
	}
	return out
}

// newPartition merges parts until every part may be shown.
func newPartition(wave string, parts []*draft) Partition {
	total := newDraft()
	for _, d := range parts {
		total.merge(d)
	}
	p := Partition{Wave: wave}
	switch {
	case total.n < MinAnswers:
		p.Why = fmt.Sprintf("fewer than %d answers", MinAnswers)
		return p
	case len(total.units) == 1:
		p.Why = "all answers are of one group, or name none that is known"
		return p
	}
	parts = mergeSmall(parts)
	if len(parts) < 2 {
		p.Why = fmt.Sprintf("no two groups have %d answers each that differ", MinAnswers)
		return p
	}
	for _, d := range parts {
		p.Parts = append(p.Parts, d.toPart())
	}
	slices.SortFunc(p.Parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(sortRank(a.ID), sortRank(b.ID)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	return p
}

// sortRank returns the place of a part in the order: parts without their own group are last.
func sortRank(id string) int {
	switch id {
	case unnamedMember.unit.id:
		return 1
	case otherID:
		return 2
	}
	return 0
}

// mergeSmall merges the parts that are too small into one, together with those merged before.
// Then it adds the smallest of the other parts until the merged part is large enough as well.
func mergeSmall(parts []*draft) []*draft {
	other := newDraft()
	var rest []*draft
	for _, d := range parts {
		if d.isLargeEnough() && len(d.units) == 1 {
			rest = append(rest, d)
		} else {
			other.merge(d)
		}
	}
	slices.SortFunc(rest, func(a, b *draft) int { return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.key(), b.key())) })
	for len(other.units) > 0 && len(rest) > 0 && (!other.isLargeEnough() || len(other.units) < 2) {
		other.merge(rest[0])
		rest = rest[1:]
	}
	if len(other.units) > 0 {
		rest = append(rest, other)
	}
	return rest
}

func (d *draft) toPart() Part {
	p := Part{ID: d.units[0].id, Title: d.units[0].title, Members: d.members, Answers: d.n}
	if len(d.units) > 1 {
		p.ID, p.Title = otherID, fmt.Sprintf("other (%d groups)", len(d.units))
	}
	for _, u := range d.units {
		p.Units = append(p.Units, u.key)
	}
	slices.Sort(p.Members)
	return p
}

package privacy

import "math"

// bound is what a reader knows of the number of answers of an atom.
type bound struct{ lo, hi int }

// rounds bounds the propagation; tables settle within a few.
const rounds = 200

// bounds are what whole numbers say about each atom: what was held back is known
// to be fewer than five answers, and at least one. Bounds are narrowed equation by
// equation, which is sound: the truth is always inside.
func (s *system) bounds() []bound {
	b := make([]bound, len(s.atoms))
	for i, a := range s.atoms {
		if b[i] = (bound{MinAnswers, math.MaxInt32}); isSmall(&a) == 1 {
			b[i] = bound{1, MinAnswers - 1}
		}
	}
	for range rounds {
		if !s.narrow(b) {
			break
		}
	}
	return b
}

// narrow applies every equation once and reports whether any bound moved.
func (s *system) narrow(b []bound) (moved bool) {
	for _, r := range s.rows {
		lo, hi := 0, 0
		for k, in := range r.in {
			if in {
				lo, hi = lo+b[k].lo, hi+b[k].hi
			}
		}
		for k, in := range r.in {
			if !in {
				continue
			}
			old := b[k]
			b[k].lo = max(old.lo, r.total-(hi-old.hi))
			b[k].hi = min(old.hi, r.total-(lo-old.lo))
			lo, hi = lo+b[k].lo-old.lo, hi+b[k].hi-old.hi
			moved = moved || b[k] != old
		}
	}
	return moved
}

// pinned are the small atoms whose number of answers is certain.
func (s *system) pinned() [][]int {
	var out [][]int
	if s.small == len(s.atoms) {
		return nil
	}
	for k, b := range s.bounds() {
		if k >= s.small && b.lo == b.hi {
			out = append(out, []int{k})
		}
	}
	return out
}

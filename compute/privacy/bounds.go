package privacy

import "math"

// bound is the range that a reader can compute for the number of answers of an atom.
type bound struct{ lo, hi int }

// maxRounds bounds the propagation; tables settle within a few rounds.
const maxRounds = 200

// solveBounds returns the range of each atom that whole numbers allow. An atom that was held
// back has one to four answers. Bounds are narrowed equation by equation; the true number is
// always within them.
func (s *system) solveBounds() []bound {
	b := make([]bound, len(s.atoms))
	for i, a := range s.atoms {
		if b[i] = (bound{MinAnswers, math.MaxInt32}); rankSmall(&a) == 1 {
			b[i] = bound{1, MinAnswers - 1}
		}
	}
	for range maxRounds {
		if !s.narrowBounds(b) {
			break
		}
	}
	return b
}

// narrowBounds applies every equation once and reports whether any bound moved.
func (s *system) narrowBounds(b []bound) (moved bool) {
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

// findPinned returns the small atoms whose number of answers has only one possible value.
func (s *system) findPinned() [][]int {
	var out [][]int
	if s.small == len(s.atoms) {
		return nil
	}
	for k, b := range s.solveBounds() {
		if k >= s.small && b.lo == b.hi {
			out = append(out, []int{k})
		}
	}
	return out
}

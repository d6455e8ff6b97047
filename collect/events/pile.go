package events

// pile gathers the facts of a file whose length is not known. Facts are large, and a
// slice that grows would copy them several times over.
type pile[T any] struct {
	full [][]T
	last []T
	n    int
}

// Sizes of the pieces, in facts: a file of a few rows takes little memory.
const smallPiece, largePiece = 64, 4096

func (p *pile[T]) add(v T) {
	if len(p.last) == cap(p.last) {
		size := smallPiece
		if cap(p.last) > 0 {
			p.full = append(p.full, p.last)
			size = min(2*cap(p.last), largePiece)
		}
		p.last = make([]T, 0, size)
	}
	p.last = append(p.last, v)
	p.n++
}

// list returns all facts in the order in which they were added; nil for none.
func (p *pile[T]) list() []T {
	if len(p.full) == 0 {
		return p.last
	}
	all := make([]T, 0, p.n)
	for i, piece := range p.full {
		all = append(all, piece...)
		p.full[i] = nil // the memory of each is free as soon as it is copied
	}
	return append(all, p.last...)
}

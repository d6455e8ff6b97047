package tabular

import (
	"iter"
	"slices"
)

// Chunks collects the facts of a file of unknown length. Facts are large, and a growing slice
// would copy them several times.
type Chunks[T any] struct {
	full [][]T
	last []T
	n    int
}

// smallPiece and largePiece are the sizes of the chunks, in facts: a file of a few rows takes
// little memory.
const smallPiece, largePiece = 64, 4096

// Add appends a fact.
func (p *Chunks[T]) Add(v T) {
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

// All iterates over the facts in the order of Add.
func (p *Chunks[T]) All() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for _, piece := range append(slices.Clip(p.full), p.last) {
			for i := range piece {
				if !yield(&piece[i]) {
					return
				}
			}
		}
	}
}

// Join returns all facts in the order of Add; nil for none.
func (p *Chunks[T]) Join() []T {
	if len(p.full) == 0 {
		return p.last
	}
	all := make([]T, 0, p.n)
	for i, piece := range p.full {
		all = append(all, piece...)
		p.full[i] = nil // frees the memory of each copied chunk
	}
	return append(all, p.last...)
}

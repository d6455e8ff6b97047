package privacy

import "math/bits"

// Arithmetic is modulo the Mersenne prime 2⁶¹ − 1. A combination of rows that exists over the
// rationals also exists modulo the prime, so none is missed.
const prime = 1<<61 - 1

func mul(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return reduce((lo & prime) + (lo>>61 | hi<<3))
}

func sub(a, b uint64) uint64 { return reduce(a + prime - b) }

func reduce(a uint64) uint64 {
	if a = (a & prime) + (a >> 61); a >= prime {
		a -= prime
	}
	return a
}

// inverse returns a⁻¹, by Fermat's little theorem.
func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = mul(out, a)
		}
		a = mul(a, a)
	}
	return out
}

// subtractMultiple subtracts from v the multiple of u that makes v[at] zero; u[at] is 1.
func subtractMultiple(v, u []uint64, at int) {
	if f := v[at]; f != 0 {
		for k := range v {
			if u[k] != 0 {
				v[k] = sub(v[k], mul(f, u[k]))
			}
		}
	}
}

// reduceRows brings rows to reduced echelon form. It returns the rows that are not zero, and
// the column of the leading 1 of each, in order.
func reduceRows(rows [][]uint64, columns int) (basis [][]uint64, pivots []int) {
	for c := 0; c < columns && len(basis) < len(rows); c++ {
		top := len(basis)
		for i := top; i < len(rows); i++ {
			if rows[i][c] != 0 {
				rows[top], rows[i] = rows[i], rows[top]
				break
			}
		}
		if rows[top][c] == 0 {
			continue
		}
		inv := inverse(rows[top][c])
		for k := range rows[top] {
			rows[top][k] = mul(rows[top][k], inv)
		}
		for i := range rows {
			if i != top {
				subtractMultiple(rows[i], rows[top], c)
			}
		}
		basis, pivots = rows[:top+1], append(pivots, c)
	}
	return basis, pivots
}

// determinedSets finds the smallest sets of small atoms, with fewer than five answers together,
// that a combination of published sums covers without any other atom. A sound publication has
// no small atom, and the function returns at once.
func (s *system) determinedSets() [][]int {
	m := len(s.atoms) - s.small
	if m == 0 {
		return nil
	}
	h := s.checkMatrix()
	if len(h) == m {
		return nil
	}
	search := search{atoms: s.atoms[s.small:], checks: h}
	for size := 1; size < MinAnswers; size++ {
		search.extendSearch(nil, nil, 0, size, MinAnswers-1)
		if len(search.found) > 0 {
			break
		}
	}
	for _, set := range search.found {
		for k := range set {
			set[k] += s.small
		}
	}
	return search.found
}

// checkMatrix describes the space of published combinations that cover small atoms only: it
// contains every v with h·v = 0. Full rank means that no such combination exists.
func (s *system) checkMatrix() (h [][]uint64) {
	rows := make([][]uint64, len(s.rows))
	for i, r := range s.rows {
		rows[i] = make([]uint64, len(s.atoms))
		for k, in := range r.in {
			if in {
				rows[i][k] = 1
			}
		}
	}
	basis, pivots := reduceRows(rows, len(s.atoms))
	m := len(s.atoms) - s.small
	led := make([][]uint64, m) // small atom → row that has its leading 1
	for i, p := range pivots {
		if p >= s.small {
			led[p-s.small] = basis[i][s.small:]
		}
	}
	for free := range m {
		if led[free] != nil {
			continue
		}
		check := make([]uint64, m) // v[free] follows from the leading coordinates
		check[free] = prime - 1
		for lead := range m {
			if led[lead] != nil {
				check[lead] = led[lead][free]
			}
		}
		h = append(h, check)
	}
	return h
}

// search looks for linearly dependent sets of columns of the check matrix: they cover a
// combination of published sums.
type search struct {
	atoms  []atom
	checks [][]uint64
	found  [][]int
}

// extendSearch tries all sets of size more atoms after the chosen ones, with at most left
// answers. The reduced columns of the chosen atoms are independent.
func (s *search) extendSearch(chosen []int, reduced [][]uint64, from, size, left int) {
	for i := from; i < len(s.atoms); i++ {
		if s.atoms[i].n > left {
			continue
		}
		column := make([]uint64, len(s.checks))
		for k := range s.checks {
			column[k] = s.checks[k][i]
		}
		for _, r := range reduced {
			subtractMultiple(column, r, leadingColumn(r))
		}
		at := leadingColumn(column)
		set := append(chosen[:len(chosen):len(chosen)], i)
		switch {
		case at < 0 && size == 1:
			s.found = append(s.found, set)
		case at >= 0 && size > 1:
			inv := inverse(column[at])
			for k := range column {
				column[k] = mul(column[k], inv)
			}
			s.extendSearch(set, append(reduced[:len(reduced):len(reduced)], column), i+1, size-1, left-s.atoms[i].n)
		}
	}
}

// leadingColumn returns the index of the first number that is not zero, or −1.
func leadingColumn(v []uint64) int {
	for i, x := range v {
		if x != 0 {
			return i
		}
	}
	return -1
}

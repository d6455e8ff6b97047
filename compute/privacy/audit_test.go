package privacy

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// members makes sums out of words: "a+b" is one of two members.
func members(label string) Sum { return Sum{Label: label, Members: strings.Split(label, "+")} }

func table(wave, since string, labels ...string) Table {
	t := Table{Wave: wave, Since: since}
	for _, l := range labels {
		t.Sums = append(t.Sums, members(l))
	}
	return t
}

func TestAudit(t *testing.T) {
	counts := Counts{
		"1": {"a": 9, "b": 7, "c": 3, "d": 3, "e": 1, "f": 1, "g": 12},
		"2": {"a": 8, "b": 7, "c": 4, "d": 2, "h": 2},
	}
	tests := []struct {
		name   string
		tables []Table
		named  []string // in the errors, one each; empty: passes
	}{
		{"nothing", nil, nil},
		{"total only", []Table{table("1", "", "a+b+c+d+e+f+g")}, nil},
		{"a remainder that holds", []Table{table("1", "", "a", "b", "c+d", "a+b+c+d+e+f+g")}, nil},
		{"a remainder that does not", []Table{table("1", "", "a", "b", "c+d", "g", "a+b+c+d+e+f+g")}, []string{"e and f"}},
		{"exhaustive parts", []Table{table("1", "", "a", "b", "c+d+e+f", "g", "a+b+c+d+e+f+g")}, nil},
		{"a small part", []Table{table("1", "", "a", "c")}, []string{"c"}},
		{"total less the rest", []Table{table("1", "", "a", "b", "g", "d+e+f", "a+b+c+d+e+f+g")}, []string{"c"}},
		{"two publications of one wave", []Table{table("1", "", "a+c"), table("1", "", "a")}, []string{"c"}},
		{"each is sound, together they are not", []Table{table("1", "", "a+b", "g+d"), table("1", "", "a+b+c+d+g")}, []string{"c"}},
		{"two of them together", []Table{table("1", "", "a+b", "a+b+e+f")}, []string{"e and f"}},
		{"a difference of two small ones", []Table{table("1", "", "a+e", "a+f")}, []string{"e and f"}},
		{"large enough together", []Table{table("1", "", "a+b", "a+b+c+d")}, nil},
		{"waves are different answers", []Table{table("1", "", "a+c"), table("2", "", "a")}, nil},
		{"nobody by that name", []Table{table("1", "", "a+x", "a"), table("9", "", "x")}, nil},
		{"one joined alone", []Table{table("2", "1", "a+b", "a+b+h")}, []string{"h"}},
		{"one left alone", []Table{table("2", "1", "a+b+e", "a+b")}, []string{"e"}},
		{"many joined", []Table{table("2", "1", "a", "a+c+d")}, nil},
		{"a whole number leaves no choice", []Table{table("1", "", "e+f+a", "a+b", "b+e+f")}, []string{"e and f"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Audit(counts, tt.tables...)
			var got []string
			if err != nil {
				for _, line := range strings.Split(err.Error(), "\n") {
					_, rest, _ := strings.Cut(line, "what ")
					who, _, _ := strings.Cut(rest, " answered")
					got = append(got, who)
				}
			}
			if !slices.Equal(got, tt.named) {
				t.Errorf("named %q, want %q (%v)", got, tt.named, err)
			}
		})
	}
}

// Two hidden cells that sum to two are one each: no equation says so, whole
// numbers do.
func TestAuditCountsWhole(t *testing.T) {
	counts := Counts{"w": {"a": 1, "b": 4, "c": 1, "d": 4, "e": 9}}
	tab := table("w", "", "a+b", "c+d", "a+c+e", "b+d+e", "e")
	if err := Audit(counts, tab); err == nil || !strings.Contains(err.Error(), "a and c") {
		t.Fatalf("a and c together are two answers: %v", err)
	}
	// Eight answers of two members are four each, as none has more.
	counts = Counts{"w": {"a": 4, "b": 4, "e": 9}}
	err := Audit(counts, table("w", "", "a+b", "a+e+b"))
	if err != nil {
		t.Fatalf("a and b are told apart by nothing: %v", err)
	}
	counts["w"]["f"] = 9
	if err = Audit(counts, table("w", "", "a+b", "a+e", "b+f")); err == nil || !strings.Contains(err.Error(), "what a answered") {
		t.Errorf("a is 4 for certain: %v", err)
	}
}

// oracle decides by brute force and rational numbers: is there a set of members,
// fewer than five answers together, that carries a combination of the sums?
func oracle(n []int, rows [][]bool) bool {
	full := rankOf(rows, func(int) bool { return true })
	for set := 1; set < 1<<len(n); set++ {
		total := 0
		for i := range n {
			if set>>i&1 == 1 {
				total += n[i]
			}
		}
		if total < MinAnswers && rankOf(rows, func(i int) bool { return set>>i&1 == 0 }) < full {
			return true
		}
	}
	return false
}

// rankOf is the rank of the rows over the rationals, in the columns kept.
func rankOf(rows [][]bool, keep func(int) bool) int {
	var m [][]*big.Rat
	for _, r := range rows {
		var v []*big.Rat
		for i, in := range r {
			if keep(i) {
				x := new(big.Rat)
				if in {
					x.SetInt64(1)
				}
				v = append(v, x)
			}
		}
		m = append(m, v)
	}
	done := 0
	for c := 0; len(m) > 0 && c < len(m[0]); c++ {
		p := slices.IndexFunc(m[done:], func(v []*big.Rat) bool { return v[c].Sign() != 0 })
		if p < 0 {
			continue
		}
		m[done], m[done+p] = m[done+p], m[done]
		for i := done + 1; i < len(m); i++ {
			f := new(big.Rat).Quo(m[i][c], m[done][c])
			for k := range m[i] {
				m[i][k].Sub(m[i][k], new(big.Rat).Mul(f, m[done][k]))
			}
		}
		if done++; done == len(m) {
			break
		}
	}
	return done
}

func TestAuditAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	unsafe := 0
	for range 400 {
		size := 2 + r.IntN(6)
		n, names := make([]int, size), make([]string, size)
		counts := Counts{"w": {}}
		for i := range n {
			n[i], names[i] = 1+r.IntN(7), fmt.Sprint("m", i)
			counts["w"][names[i]] = n[i]
		}
		rows := make([][]bool, 1+r.IntN(6))
		tab := Table{Wave: "w"}
		for k := range rows {
			rows[k] = make([]bool, size)
			sum := Sum{Label: fmt.Sprint(k)}
			for i := range n {
				if rows[k][i] = r.IntN(2) == 0; rows[k][i] {
					sum.Members = append(sum.Members, names[i])
				}
			}
			tab.Sums = append(tab.Sums, sum)
		}
		want := oracle(n, rows)
		if want {
			unsafe++
		}
		s := newSystem(counts["w"], tab.Sums)
		if got := len(s.determinedSets()) > 0; got != want {
			t.Fatalf("answers %v, sums %v: found %v, want %v", n, tab.Sums, got, want)
		}
		if want && Audit(counts, tab) == nil {
			t.Fatalf("answers %v, sums %v pass", n, tab.Sums)
		}
		for i, b := range s.solveBounds() {
			if s.atoms[i].n < b.lo || s.atoms[i].n > b.hi {
				t.Fatalf("answers %v, sums %v: %v outside %v", n, tab.Sums, s.atoms[i], b)
			}
		}
	}
	if unsafe < 50 || unsafe > 350 {
		t.Errorf("%d of 400 tables are unsafe: the test is one-sided", unsafe)
	}
}

func TestModularArithmetic(t *testing.T) {
	p := new(big.Int).SetUint64(prime)
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		a, b := r.Uint64N(prime), r.Uint64N(prime)
		x, y := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
		if got, want := mul(a, b), new(big.Int).Mod(new(big.Int).Mul(x, y), p).Uint64(); got != want {
			t.Fatalf("%d · %d = %d, want %d", a, b, got, want)
		}
		if got, want := sub(a, b), new(big.Int).Mod(new(big.Int).Sub(x, y), p).Uint64(); got != want {
			t.Fatalf("%d − %d = %d, want %d", a, b, got, want)
		}
		if a != 0 && mul(a, inverse(a)) != 1 {
			t.Fatalf("1/%d is wrong", a)
		}
	}
}

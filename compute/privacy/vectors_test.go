package privacy

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// suppression is a two-way table of counts with a mask that holds, and how much
// of it the naive mask, which hides the small cells only, gives away.
type suppression struct {
	Name        string            `json:"name"`
	K           int               `json:"k"`
	Table       [][]int           `json:"table"`
	Hidden      [][]bool          `json:"hidden"`
	Intervals   map[string][2]int `json:"attacker_intervals"`
	NaiveHidden int               `json:"naive_hidden"`
	Recoverable int               `json:"naive_recoverable"`
}

func vectors(t *testing.T) []suppression {
	t.Helper()
	b, err := os.ReadFile("testdata/suppression.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []suppression
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func cell(r, c int) string { return fmt.Sprintf("r%dc%d", r, c) }

// publish shows the visible cells and all totals of a table.
func (v *suppression) publish(hidden func(r, c int) bool) (Counts, Table) {
	n := map[string]int{}
	t := Table{Wave: v.Name}
	columns := make([]Sum, len(v.Table[0]))
	var all []string
	for r, row := range v.Table {
		total := Sum{Label: fmt.Sprint("row ", r)}
		for c, count := range row {
			id := cell(r, c)
			n[id] = count
			total.Members, all = append(total.Members, id), append(all, id)
			columns[c].Members = append(columns[c].Members, id)
			if !hidden(r, c) {
				t.Sums = append(t.Sums, Sum{Label: id, Members: []string{id}})
			}
		}
		t.Sums = append(t.Sums, total)
	}
	if len(v.Table) > 1 { // the columns of a single row are its cells
		for c := range columns {
			columns[c].Label = fmt.Sprint("column ", c)
			t.Sums = append(t.Sums, columns[c])
		}
	}
	t.Sums = append(t.Sums, Sum{Label: "total", Members: all})
	return Counts{v.Name: n}, t
}

// cells is the system of a table in which each cell is an atom, told apart from
// the others or not.
func cells(counts map[string]int, t Table) *system {
	s := &system{}
	for _, id := range slices.Sorted(maps.Keys(counts)) {
		s.atoms = append(s.atoms, atom{[]string{id}, counts[id]})
	}
	for _, sum := range t.Sums {
		r := row{label: sum.Label, in: make([]bool, len(s.atoms))}
		for i, a := range s.atoms {
			if slices.Contains(sum.Members, a.members[0]) {
				r.in[i] = true
				r.total += a.n
			}
		}
		s.rows = append(s.rows, r)
	}
	return s
}

func TestMasksThatHold(t *testing.T) {
	for _, v := range vectors(t) {
		counts, table := v.publish(func(r, c int) bool { return v.Hidden[r][c] })
		if err := Audit(counts, table); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		s := cells(counts[v.Name], table)
		bounds := s.solveBounds()
		seen := 0
		for i, a := range s.atoms {
			want, hidden := v.Intervals[a.members[0]]
			if hidden {
				seen++
			} else {
				want = [2]int{a.n, a.n}
			}
			if got := [2]int{bounds[i].lo, bounds[i].hi}; got != want {
				t.Errorf("%s: %v: a reader knows %v, want %v", v.Name, a.members, got, want)
			}
		}
		if seen != len(v.Intervals) {
			t.Errorf("%s: %d hidden cells, want %d", v.Name, seen, len(v.Intervals))
		}
	}
}

func TestNaiveMasksFail(t *testing.T) {
	for _, v := range vectors(t) {
		if v.K != MinAnswers {
			t.Fatalf("%s: threshold %d", v.Name, v.K)
		}
		counts, table := v.publish(func(r, c int) bool { return v.Table[r][c] < v.K })
		err := Audit(counts, table)
		if err == nil {
			t.Errorf("%s: the naive mask passes", v.Name)
			continue
		}
		hidden, named := 0, 0
		for r, row := range v.Table {
			for c, n := range row {
				if n < v.K {
					hidden++
					if strings.Contains(err.Error(), "what "+cell(r, c)+" answered") {
						named++
					}
				}
			}
		}
		if hidden != v.NaiveHidden || named != v.Recoverable {
			t.Errorf("%s: %d hidden and %d named, want %d and %d: %v", v.Name, hidden, named, v.NaiveHidden, v.Recoverable, err)
		}
	}
}

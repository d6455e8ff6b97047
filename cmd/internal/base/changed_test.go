package base

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangedLines(t *testing.T) {
	for _, c := range []struct {
		name, before, after string
		want                []int
	}{
		{"nothing", "a\nb\n", "a\nb\n", nil},
		{"one line", "a\nb\nc\n", "a\nx\nc\n", []int{2}},
		{"added", "a\nc\n", "a\nb\nc\n", []int{2}},
		{"removed", "a\nb\nc\n", "a\nc\n", []int{1}},
		{"the first is removed", "a\nb\n", "b\n", []int{1}},
		{"the last is removed", "a\nb\n", "a\n", []int{1}},
		{"two places", "a\nb\nc\nd\n", "x\nb\nc\ny\n", []int{1, 4}},
		{"removed between changes", "a\nb\nc\nd\ne\n", "x\nb\nd\ny\n", []int{1, 2, 4}},
		{"a new file", "", "a\nb\n", []int{1, 2}},
		{"without a last newline", "a\nb", "a\nb\n", nil},
		{"emptied", "a\n", "", []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, changedLines([]byte(c.before), []byte(c.after))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestChangedLinesAreEnough edits random files: the lines that do not count as changed are those
// of the file before, in the same order.
func TestChangedLinesAreEnough(t *testing.T) {
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 14))
		lines := func() []byte {
			var b bytes.Buffer
			for range r.IntN(12) {
				fmt.Fprintf(&b, "%d\n", r.IntN(5))
			}
			return b.Bytes()
		}
		before, after := lines(), lines()
		changed := map[int]bool{}
		for _, n := range changedLines(before, after) {
			changed[n] = true
		}
		left := strings.Split(string(before), "\n")
		for i, line := range strings.Split(strings.TrimSuffix(string(after), "\n"), "\n") {
			if changed[i+1] || len(after) == 0 {
				continue
			}
			for len(left) > 0 && left[0] != line {
				left = left[1:]
			}
			if len(left) == 0 {
				t.Fatalf("seed %d: line %d is new\n%q\n%q", seed, i+1, before, after)
			}
			left = left[1:]
		}
		if len(changed) == 0 && !bytes.Equal(before, after) {
			t.Errorf("seed %d: no line changed\n%q\n%q", seed, before, after)
		}
	}
}

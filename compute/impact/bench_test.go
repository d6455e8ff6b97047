package impact

import (
	"fmt"
	"testing"
)

// BenchmarkPermutation is one permutation of the estimate: it must not allocate.
func BenchmarkPermutation(b *testing.B) {
	for _, teams := range []int{24, 60, 500} {
		b.Run(fmt.Sprintf("teams=%d", teams), func(b *testing.B) {
			w := world{teams: teams, periods: 24, noise: 0.3, adopting: "faster first"}
			p, err := newPanel(w.draw(1), Options{Anticipation: 1})
			if err != nil {
				b.Fatal(err)
			}
			d := newDesign(p, true, cellsOf(p, 1))
			t := newTally(d, p.differences(d, p.y), p.differences(d, p.without(-0.1)))
			every := d.where(isEffect)
			s := newShuffler(1, p.labels(d))
			b.ReportAllocs()
			for b.Loop() {
				t.assign(s.next())
				t.mean(0, every)
				t.mean(1, every)
			}
		})
	}
}

func BenchmarkAssess(b *testing.B) {
	for _, teams := range []int{24, 60, 500} {
		b.Run(fmt.Sprintf("teams=%d", teams), func(b *testing.B) {
			rows := world{teams: teams, periods: 24, noise: 0.3, adopting: "faster first"}.draw(1)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Assess(rows, Options{Anticipation: 1, NotYetTreated: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

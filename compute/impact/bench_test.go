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
			var cells []cell
			for _, c := range listCells(p, 1) {
				if isEffect(c) {
					cells = append(cells, c)
				}
			}
			d := newDesign(p, true, cells)
			residual := p.subtractEffect(-0.1)
			t, l := newTally(d, p.newObservations(d, residual)), newLookErrors(p, d, p.estimateNoise(&Effect{Simple: -0.1}))
			s := newShuffler(1, p.labelTeams(d))
			b.ReportAllocs()
			for b.Loop() {
				labels := s.next()
				t.assign(labels)
				l.fillLooks(t, labels)
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

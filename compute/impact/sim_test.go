package impact

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
)

// world is a simulated organisation: log lead times per team and period.
type world struct {
	teams, periods int
	noise          float64 // standard deviation of a team's period
	memory         float64 // autocorrelation of the noise
	effect         float64 // added from adoption on
	adopting       string  // "faster first", "after a bad month"
}

// draw makes one panel. Team levels differ by a factor of two either way, all
// teams share the periods' ups and downs, and a tenth of the team-periods is
// missing for want of changes. About two in three teams adopt, from period 7 on
// and with two periods left.
func (w world) draw(seed uint64) []Row {
	r := rand.New(rand.NewPCG(seed, 77))
	level, noise := make([]float64, w.teams), make([][]float64, w.teams)
	for i := range w.teams {
		level[i] = 0.7 * r.NormFloat64()
		noise[i] = make([]float64, w.periods+1)
		for t := range noise[i] {
			noise[i][t] = w.noise * r.NormFloat64()
			if t > 0 && w.memory > 0 {
				noise[i][t] = w.memory*noise[i][t-1] + math.Sqrt(1-w.memory*w.memory)*noise[i][t]
			}
		}
	}
	first := w.adoption(r, level, noise)
	var rows []Row
	for t := 1; t <= w.periods; t++ {
		season := 0.2 * r.NormFloat64()
		for i := range w.teams {
			y := level[i] + season + noise[i][t]
			if first[i] > 0 && t >= first[i] {
				y += w.effect
			}
			if r.Float64() >= 0.1 {
				rows = append(rows, Row{fmt.Sprintf("team-%02d", i), t, first[i], y})
			}
		}
	}
	return rows
}

func (w world) adoption(r *rand.Rand, level []float64, noise [][]float64) []int {
	const start = 7
	end := w.periods - 1
	first := make([]int, w.teams)
	switch w.adopting {
	case "faster first":
		order := make([]int, w.teams)
		for i := range order {
			order[i] = i
		}
		rank := make([]float64, w.teams)
		for i := range rank {
			rank[i] = level[i] + 0.3*r.NormFloat64()
		}
		slices.SortFunc(order, func(a, b int) int {
			if rank[a] < rank[b] {
				return -1
			}
			return 1
		})
		adopters := w.teams * 2 / 3
		for n, i := range order[:adopters] {
			first[i] = start + n*(end-start)/adopters
		}
	case "after a bad month":
		for i := range first {
			for t := start; t < end && first[i] == 0; t++ {
				if noise[i][t-1] > 1.2*w.noise {
					first[i] = t
				}
			}
		}
	}
	return first
}

// tallyOf runs panels with seeds 1 to n on two cores and counts the answers.
func tallyOf(n int, answer func(seed uint64) string) map[string]int {
	answers := make([]string, n)
	var wait sync.WaitGroup
	for core := range 2 {
		wait.Go(func() {
			for i := core; i < n; i += 2 {
				answers[i] = answer(uint64(i + 1))
			}
		})
	}
	wait.Wait()
	counts := map[string]int{}
	for _, a := range answers {
		counts[a]++
	}
	return counts
}

package stat

import "math"

// NPS returns the net promoter score in points, −100 to 100: the share of promoters minus the
// share of detractors among all answers. The interval is the adjusted Wald interval (¾, 1½ and
// ¾ answers added; Rocks 2016). population is the number of people who could have answered; 0,
// or a number smaller than the answers, means that it is not given. A given population narrows the interval
// by the finite-population correction: n/FPC² answers in place of n, with FPC² = (N−n)/(N−1).
// The interval never exceeds the scores that the missing answers could still give, and is the
// point if everybody answered. Without answers the score is 0 with the interval −100 to 100.
func NPS(promoters, passives, detractors, population int, conf float64) (nps float64, iv Interval) {
	n := promoters + passives + detractors
	if n <= 0 {
		return 0, Interval{Lo: -100, Hi: 100}
	}
	net := float64(promoters - detractors)
	nps = 100 * net / float64(n)
	if population == n {
		return nps, Interval{Lo: nps, Hi: nps}
	}
	weight := 1.0 // weight of one answer
	worst, best := -100.0, 100.0
	if population > n {
		unanswered, all := float64(population-n), float64(population)
		weight = (all - 1) / unanswered
		worst = 100 * (net - unanswered) / all
		best = 100 * (net + unanswered) / all
	}
	centre, variance := adjustedNet(promoters, passives, detractors, weight)
	half := 100 * twoSidedZ(conf) * math.Sqrt(variance)
	iv = Interval{Lo: 100*centre - half, Hi: 100*centre + half}
	return nps, iv.clamped(worst, best).include(nps)
}

// adjustedNet returns the adjusted share of promoters minus detractors and its variance, with
// every answer counted weight times.
func adjustedNet(promoters, passives, detractors int, weight float64) (net, variance float64) {
	up := float64(promoters)*weight + 0.75
	down := float64(detractors)*weight + 0.75
	n := float64(promoters+passives+detractors)*weight + 3
	net = (up - down) / n
	return net, math.Max(0, (up+down)/n-net*net) / n
}

// Answers counts the answers of one wave of a net promoter score.
type Answers struct{ Promoters, Passives, Detractors int }

// NPSChange compares two waves as independent samples: the change after − before in points, its
// two-sided p and its interval, by the normal approximation to the adjusted trinomials. It has
// no finite-population correction: that is for a level, and different people answer in each
// wave. If a wave is empty, p is 1.
func NPSChange(before, after Answers, conf float64) (change, p float64, iv Interval) {
	a, _ := NPS(before.Promoters, before.Passives, before.Detractors, 0, conf)
	b, _ := NPS(after.Promoters, after.Passives, after.Detractors, 0, conf)
	if before.total() == 0 || after.total() == 0 {
		return 0, 1, Interval{Lo: -200, Hi: 200}
	}
	netA, varA := adjustedNet(before.Promoters, before.Passives, before.Detractors, 1)
	netB, varB := adjustedNet(after.Promoters, after.Passives, after.Detractors, 1)
	se := math.Sqrt(varA + varB)
	centre, half := 100*(netB-netA), 100*twoSidedZ(conf)*se
	iv = Interval{Lo: centre - half, Hi: centre + half}.clamped(-200, 200)
	return b - a, twoSidedNormalP((netB - netA) / se), iv.include(b - a)
}

func (a Answers) total() int { return a.Promoters + a.Passives + a.Detractors }

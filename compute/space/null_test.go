package space

import (
	"math/rand/v2"
	"testing"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// sixty draws the answers of 60 respondents of whom half are promoters and a
// fifth detractors.
func sixty(r *rand.Rand) stat.Answers {
	var a stat.Answers
	for range 60 {
		switch p := r.Float64(); {
		case p < .5:
			a.Promoters++
		case p < .8:
			a.Passives++
		default:
			a.Detractors++
		}
	}
	return a
}

// When nothing changed between two surveys of 60 answers, a change is claimed in
// no more than one of twenty: Wilson's lower limit over the seeds 1 to 2,000.
func TestNothingChangedNothingClaimed(t *testing.T) {
	const panels = 2000
	claims := 0
	for seed := uint64(1); seed <= panels; seed++ {
		r := rand.New(rand.NewPCG(seed, 60))
		if tr := CompareScores(sixty(r), sixty(r), 5); tr.P <= .05 {
			claims++
		}
	}
	if low := stat.Wilson(claims, panels, .95).Lo; low > .05 {
		t.Errorf("%d false claims in %d panels: %.3f at least", claims, panels, low)
	}
	t.Logf("%d false claims in %d panels", claims, panels)
}

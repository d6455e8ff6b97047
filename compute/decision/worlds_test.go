package decision

import (
	"flag"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

var worlds = flag.Int("worlds", 250, "how many worlds of each kind are judged")

// seeded derives a generator from a test's name.
func seeded(t *testing.T) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(h.Sum64(), 11))
}

// beta draws a team's share of satisfied people whose mean and intraclass
// correlation over teams are given, through two gamma variables.
func beta(r *rand.Rand, mean, icc float64) float64 {
	if icc == 0 {
		return mean
	}
	size := 1/icc - 1
	a, b := gamma(r, mean*size), gamma(r, (1-mean)*size)
	return a / (a + b)
}

// gamma draws by Marsaglia and Tsang.
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// asked draws answers about a feature from teams.
func asked(r *rand.Rand, answers, teams int, mean, icc float64) (Estimate, Answers) {
	k, n, p := make([]int, teams), make([]int, teams), make([]float64, teams)
	for i := range p {
		p[i] = beta(r, mean, icc)
	}
	positive := 0
	for i := range answers {
		team := i
		if i >= teams {
			team = r.IntN(teams)
		}
		n[team]++
		if r.Float64() < p[team] {
			k[team]++
			positive++
		}
	}
	_, iv := stat.ClusteredShare(k, n, confidence)
	in := buildpacks()
	in.Answers.Teams = teams
	return Estimate{Figure: metric.Figure{Value: metric.Of(float64(positive) / float64(answers)), Lo: &iv.Lo, Hi: &iv.Hi}, N: answers}, in.Answers
}

// TestLikedAndDisliked: where users like a feature it is not ended, and where they
// do not it is not spread, in more than 5 % of worlds, leaning included. Where they
// only just do, or do not, that holds for what is recommended; leaning is a weaker
// word, for a one-sided 80 %. All else speaks for the wrong
// verdict: few use what is liked and it has a successor; everybody uses what is not
// liked, and it makes teams faster.
func TestLikedAndDisliked(t *testing.T) {
	for _, world := range []struct {
		name string
		mean float64
	}{{"liked", 0.75}, {"liked a little", 0.68}, {"disliked", 0.40}, {"disliked a little", 0.52}} {
		t.Run(world.name, func(t *testing.T) {
			for _, size := range [][2]int{{5, 3}, {10, 3}, {10, 6}, {20, 3}, {20, 10}, {75, 3}, {75, 8}, {75, 30}} {
				for _, icc := range []float64{0, 0.1, 0.3} {
					r := seeded(t)
					wrong, right, sure := 0, 0, 0
					for range *worlds {
						in := buildpacks()
						liked := world.mean > 0.6
						if liked {
							in.Successor, in.Delivery = "other", Effect{Outcome: "dora.lead_time"}
							in.Adoption.Active = 7
						}
						in.Satisfaction, in.Answers = asked(r, size[0], size[1], world.mean, icc)
						v := Recommend(in)
						ends := slices.Contains([]Verdict{Deprecate, Pivot}, v.Verdict)
						spreads := slices.Contains([]Verdict{MakeDefault, Invest}, v.Verdict)
						switch {
						case liked && ends, !liked && spreads:
							wrong++
							if v.Strength == Recommended {
								sure++
							}
						case v.Strength != TooEarly && v.Strength != FindOut:
							right++
						}
					}
					judged := wrong
					if slight := math.Abs(world.mean-0.6) < 0.1; slight {
						judged = sure
					}
					upper := stat.Wilson(judged, *worlds, 0.95)
					t.Logf("%s, %d answers of %d teams, correlation %.1f: wrong %.1f %%, beyond doubt %.1f %% (judged %.1f–%.1f); another verdict %.0f %%",
						world.name, size[0], size[1], icc, pc(wrong), pc(sure), 100*upper.Lo, 100*upper.Hi, pc(right))
					if upper.Lo > 0.05 || size[0] < MinAnswers && wrong > 0 {
						t.Errorf("%s, %d answers of %d teams, correlation %.1f: wrong in %d of %d", world.name, size[0], size[1], icc, wrong, *worlds)
					}
				}
			}
		})
	}
}

func pc(n int) float64 { return 100 * float64(n) / float64(*worlds) }

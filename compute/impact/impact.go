package impact

import (
	"errors"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// Row is the outcome of one team in one period.
type Row struct {
	Unit     string // the team
	Period   int    // any consecutive numbering
	FirstUse int    // the team's first period of sustained use; 0: never
	Y        float64
}

// Options choose the estimator. The zero value is the textbook's, with 999
// permutations.
type Options struct {
	// Anticipation is how many periods before adoption may already be affected:
	// the base is the period before those. The product uses 1, because teams
	// adopt after a bad month, which would otherwise be the base.
	Anticipation int
	// NotYetTreated compares also with adopters long before their date, not only
	// with teams that never adopt.
	NotYetTreated bool
	Permutations  int    // 0: 999
	Seed          uint64 // of the permutations
}

const (
	defaultPermutations = 999
	confidence          = 0.95
	// detectablePerSD is z(97.5 %) + z(80 %): an effect this many standard errors
	// large is found four times in five.
	detectablePerSD = 2.80
	// permutationStream keeps the generator apart from others with the same seed.
	permutationStream = 0x9e3779b97f4a7c15
)

// GT is the effect on the cohort that adopted in period G, seen in period T.
type GT struct {
	G, T int
	ATT  float64
}

// Effect is an estimate, in the units of Y.
type Effect struct {
	// ATTGT holds every cohort and period that could be compared, by G and T.
	// Those before adoption (T < G) are no effects but a look at whether the
	// comparison was fair; they use the period just before T as their base.
	ATTGT []GT
	// Simple is the headline: the mean over all cohorts and periods from adoption
	// on, weighted by the number of teams in each.
	Simple   float64
	Dynamic  map[int]float64 // by periods since adoption; negative before it
	Group    map[int]float64 // by cohort
	Calendar map[int]float64 // by period
	// P is the share of permutations with a mean at least as large, two-sided.
	P        float64
	Interval stat.Interval // 95 %, of Simple
	// SE is the standard deviation of Simple over permutations without the effect.
	SE float64
	// MDE is the effect that would have been found with a probability of 80 %.
	MDE float64

	Adopters    int // teams that adopted and could be compared
	Comparators int // teams they were compared with
	PrePeriods  int // observed before adoption by at least half of the adopters
	PostPeriods int // observed from adoption on by at least half of the adopters
	// Unusable is the number of teams that adopted too early to have a base.
	Unusable int
}

// ErrNothingToCompare says that no cohort has both a base and a comparison.
var ErrNothingToCompare = errors.New("no adopters with both an earlier period and a team to compare with: collect more history, or wait for more teams")

// SeedOf is the seed of a feature's permutations: the same on every run.
func SeedOf(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id)) // never fails
	return h.Sum64()
}

// Estimate is the effect of adoption on Y. It fails on contradictory rows, and
// with ErrNothingToCompare where no effect can be estimated.
func Estimate(rows []Row, o Options) (Effect, error) {
	p, err := newPanel(rows, o)
	if err != nil {
		return Effect{}, err
	}
	return p.estimate(o)
}

// estimate does the work of Estimate.
func (p *panel) estimate(o Options) (Effect, error) {
	d := newDesign(p, o.NotYetTreated, cellsOf(p, o.Anticipation))
	all := newTally(d, p.differences(d, p.y))
	all.assign(p.labels(d))
	effect := all.summarise()
	simple, ok := all.mean(0, d.where(isEffect))
	if !ok {
		return Effect{}, ErrNothingToCompare
	}
	effect.Simple = simple
	effect.Unusable = p.unusable
	p.count(&effect, d, all)
	p.infer(&effect, o)
	return effect, nil
}

// infer permutes the adoption dates over the teams. P comes from the outcomes
// as they are: were there no effect, dates would be exchangeable. The interval
// and the detectable effect come from the outcomes without the estimated
// effect, whose spread would otherwise inflate the noise.
func (p *panel) infer(effect *Effect, o Options) {
	var cells []cell
	for _, c := range cellsOf(p, o.Anticipation) {
		if isEffect(c) {
			cells = append(cells, c)
		}
	}
	d := newDesign(p, o.NotYetTreated, cells)
	t := newTally(d, p.differences(d, p.y), p.differences(d, p.without(effect.Simple)))
	every := d.where(isEffect)
	var noise []float64
	beyond, permutations := 0, o.permutations()
	shuffler := newShuffler(o.Seed, p.labels(d))
	for range permutations {
		t.assign(shuffler.next())
		raw, ok := t.mean(0, every)
		// A permutation that compares nothing says nothing against chance.
		if !ok || atLeast(math.Abs(raw), math.Abs(effect.Simple)) {
			beyond++
		}
		if adjusted, ok := t.mean(1, every); ok {
			noise = append(noise, adjusted)
		}
	}
	effect.P = float64(1+beyond) / float64(permutations+1)
	effect.Interval = stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	effect.SE, effect.MDE = math.Inf(1), math.Inf(1)
	if len(noise) > 1 {
		slices.Sort(noise)
		const tail = (1 - confidence) / 2
		effect.Interval = stat.Interval{
			Lo: effect.Simple - math.Max(0, stat.Quantile(noise, 1-tail)),
			Hi: effect.Simple - math.Min(0, stat.Quantile(noise, tail)),
		}
		effect.SE = standardDeviation(noise)
		effect.MDE = detectablePerSD * effect.SE
	}
}

func (o Options) permutations() int {
	if o.Permutations <= 0 {
		return defaultPermutations
	}
	return o.Permutations
}

// atLeast is a ≥ b but for rounding: a permutation that moves dates only within
// a cohort must count as equal, in whatever order its terms were added.
func atLeast(a, b float64) bool { return a >= b-1e-10*math.Max(1e-300, b) }

func standardDeviation(x []float64) float64 {
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / float64(len(x)-1))
}

// shuffler draws permutations of the cohorts over the teams.
type shuffler struct {
	random *rand.Rand
	labels []int
}

func newShuffler(seed uint64, labels []int) *shuffler {
	return &shuffler{rand.New(rand.NewPCG(seed, permutationStream)), slices.Clone(labels)}
}

// next is the next permutation, valid until the one after.
func (s *shuffler) next() []int {
	for i := len(s.labels) - 1; i > 0; i-- {
		j := s.random.IntN(i + 1)
		s.labels[i], s.labels[j] = s.labels[j], s.labels[i]
	}
	return s.labels
}

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
	Period   int    // in any numbering without gaps
	FirstUse int    // the team's first period of sustained use; 0: never
	Y        float64
}

// Options configure the estimator. The zero value is the textbook estimator with 999
// permutations.
type Options struct {
	// Anticipation is the number of periods before adoption that may already be affected; the
	// base is the period before those. The product uses 1: teams adopt after a bad month, which
	// must not be the base.
	Anticipation int
	// NotYetTreated also compares with teams long before their own adoption, not only with
	// teams that never adopt.
	NotYetTreated bool
	// LeastComparators is the fewest teams to compare a cohort's period with; periods with
	// fewer are left out. 0 means 1.
	LeastComparators int
	// Changes is the number of changes behind each row, in the order of the rows: a median of
	// many changes has more weight than one of few. Nil: all rows have the same weight.
	Changes      []int
	Permutations int    // 0: 999
	Seed         uint64 // of the permutations
}

const (
	defaultPermutations = 999
	confidence          = 0.95
	// detectablePerSD is z(97.5 %) + z(80 %): the effect in standard errors that is found with
	// a probability of 80 %.
	detectablePerSD = 2.80
	// permutationStream separates the generator from others with the same seed.
	permutationStream = 0x9e3779b97f4a7c15
)

// GT is the effect on the cohort that adopted in period G, in period T.
type GT struct {
	G, T int
	ATT  float64
}

// Effect is an estimate, in the units of Y.
type Effect struct {
	// ATTGT has the effect of every cohort and period that could be compared, by G and T. Those
	// before adoption (T < G) are not effects: they show whether the comparison was fair, and
	// their base is the period just before T.
	ATTGT []GT
	// Simple is the headline: the mean over all cohorts and periods from adoption on, weighted
	// by the number of teams in each.
	Simple   float64
	Dynamic  map[int]float64 // by periods since adoption; negative before it
	Group    map[int]float64 // by cohort
	Calendar map[int]float64 // by period
	// P is two-sided and corrected for the looks since the first adoption: an effect is claimed
	// at P ≤ 0.05, and a feature without an effect is claimed at any look with a probability of
	// 5 %. It is never below Nominal.
	P float64
	// Nominal is the two-sided p-value of this look alone, and Level the largest Nominal that
	// this look claims.
	Nominal, Level float64
	// Less and More are one-sided p-values of this look alone: the probability of an estimate
	// this far below, or above, if there were no effect.
	Less, More float64
	Looks      int           // number of looks with enough data for a verdict, with this one
	Interval   stat.Interval // 95 % interval of Simple at this look
	// SE is the standard error of Simple.
	SE float64
	// MDE is the effect that would have been found with a probability of 80 %.
	MDE float64

	Adopters    int // teams that adopted and could be compared
	Comparators int // teams they were compared with
	PrePeriods  int // observed before adoption by at least half of the adopters
	PostPeriods int // observed from adoption on by at least half of the adopters
	// ComparatorsIn counts, for each period with an effect, the teams that it is compared with,
	// later adopters included. PerPeriod is the number that at least half of these periods
	// reach.
	ComparatorsIn map[int]int
	PerPeriod     int
	// NoiseRatio is the standard deviation of an adopter's period, without the movement that
	// teams share and without the effect, divided by that of the teams compared with.
	NoiseRatio float64
	// Unusable is the number of teams that adopted too early to have a base.
	Unusable int
}

// ErrNothingToCompare means that no cohort has both a base and a comparison.
var ErrNothingToCompare = errors.New("no adopters with both an earlier period and a team to compare with: " +
	"collect more history, or wait for more teams")

// SeedOf returns the seed of the permutations for a feature ID: the same on every run.
func SeedOf(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(id)) // never fails
	return h.Sum64()
}

// Estimate returns the effect of adoption on Y. It returns an error for contradictory rows, and
// ErrNothingToCompare if no effect can be estimated.
func Estimate(rows []Row, o Options) (Effect, error) {
	p, err := newPanel(rows, o)
	if err != nil {
		return Effect{}, err
	}
	return p.estimateEffect(o)
}

// estimateEffect returns the result of Estimate for a panel.
func (p *panel) estimateEffect(o Options) (Effect, error) {
	i, err := p.newInference(o)
	return i.effect, err
}

// inference is an estimate, with the values that the checks need.
type inference struct {
	effect   Effect
	residual []float64 // outcomes minus the effect
	// errorRatio is the standard error under the actual dates, divided by the standard error
	// under permuted dates. It is 1 if adopters and the others are equally noisy.
	errorRatio float64
}

// newInference estimates the effect and permutes the adoption dates over the teams. The
// distribution under chance comes from the outcomes minus the estimated effect, under permuted
// dates. Each estimate is divided by its own standard error, so that adopters and others need
// not be equally noisy.
func (p *panel) newInference(o Options) (inference, error) {
	d := newDesign(p, o.NotYetTreated, p.keepComparable(o, listCells(p, o.Anticipation)))
	labels := p.labelTeams(d)
	all := newTally(d, p.newObservations(d, p.y))
	all.assign(labels)
	effect := all.summarise()
	every := d.findCells(isEffect)
	simple, ok := all.meanEffect(every)
	if !ok {
		return inference{}, ErrNothingToCompare
	}
	effect.Simple, effect.Unusable = simple, p.unusable
	effect.setCounts(all.countUpTo(p, labels, p.lastPeriod()))

	i := inference{effect: effect, residual: p.subtractEffect(simple)}
	cells := make([]cell, len(every))
	for k, c := range every {
		cells[k] = d.cells[c]
	}
	p.inferEffect(&i, o, newDesign(p, o.NotYetTreated, cells))
	return i, nil
}

// inferEffect fills in the p-values and the interval. The cells of the design must all be
// effects.
func (p *panel) inferEffect(i *inference, o Options, d *design) {
	labels, e := p.labelTeams(d), &i.effect
	observed := newTally(d, p.newObservations(d, p.y))
	observed.assign(labels)
	n := p.estimateNoise(e)
	e.NoiseRatio = n.noiseRatio(p, observed, labels)
	l := newLookErrors(p, d, n)
	l.fillLooks(observed, labels)
	last := p.periods - 1
	se := math.Max(l.se[last], math.SmallestNonzeroFloat64)

	looks := p.listLooks(observed, labels)
	chance := newChance(looks, o.permutationCount())
	t := newTally(d, p.newObservations(d, i.residual))
	shuffler := newShuffler(o.Seed, labels)
	degrees := math.Max(1, float64(len(labels)-2))
	var squares float64
	for range o.permutationCount() {
		shuffled := shuffler.next()
		t.assign(shuffled)
		l.fillLooks(t, shuffled)
		chance.addPermutation(l, degrees)
		if !math.IsInf(l.se[last], 1) {
			squares += l.se[last] * l.se[last]
		}
	}
	i.errorRatio = 1
	if made := chance.countComparable(); made > 0 && squares > 0 {
		i.errorRatio = se / math.Sqrt(squares/float64(made))
	}
	e.Looks = len(looks)
	chance.judgeLastLook(e, se)
}

// setCounts sets the numbers of teams and periods behind an effect.
func (e *Effect) setCounts(c counts) {
	e.Adopters, e.Comparators, e.PrePeriods, e.PostPeriods = c.adopters, c.comparators, c.pre, c.post
	e.ComparatorsIn, e.PerPeriod = c.comparatorsIn, c.perPeriod
}

// keepComparable leaves out the cells with too few teams to compare with.
func (p *panel) keepComparable(o Options, cells []cell) []cell {
	if o.LeastComparators <= 1 {
		return cells
	}
	d := newDesign(p, o.NotYetTreated, cells)
	t, labels := newTally(d, p.newObservations(d, p.y)), p.labelTeams(d)
	t.assign(labels)
	var kept []cell
	for i, c := range d.cells {
		if _, others := t.countTeams(labels, i); others >= o.LeastComparators {
			kept = append(kept, c)
		}
	}
	return kept
}

func (o Options) permutationCount() int {
	if o.Permutations <= 0 {
		return defaultPermutations
	}
	return o.Permutations
}

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

// next returns the next permutation. It is valid until the next call.
func (s *shuffler) next() []int {
	for i := len(s.labels) - 1; i > 0; i-- {
		j := s.random.IntN(i + 1)
		s.labels[i], s.labels[j] = s.labels[j], s.labels[i]
	}
	return s.labels
}

package compute

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

var platforms = flag.Int("platforms", 20, "how many small platforms are looked at month by month")

// smallPlatform is 12 teams over 20 periods of four weeks, of which one a period
// begins to use a feature from the fifth on; two never do. A period's value is the
// logarithm of the median of about 40 changes, as of 80 developers, and moves by a
// tenth besides.
type smallPlatform struct {
	rows    []impact.Row
	changes []int
}

const smallPeriods, smallTeams, smallAdopters, smallStart = 20, 12, 10, 5

func drawSmall(r *rand.Rand, effect float64) smallPlatform {
	var p smallPlatform
	season := make([]float64, smallPeriods+1)
	for t := range season {
		season[t] = 0.1 * r.NormFloat64()
	}
	for u := range smallTeams {
		first := 0
		if u < smallAdopters {
			first = smallStart + u
		}
		level := 0.6 * r.NormFloat64()
		for t := 1; t <= smallPeriods; t++ {
			n := 25 + r.IntN(31)
			y := level + season[t] + 0.1*r.NormFloat64() + 1.25/math.Sqrt(float64(n))*r.NormFloat64()
			if first > 0 && t >= first {
				y += effect
			}
			p.rows = append(p.rows, impact.Row{Unit: fmt.Sprintf("team-%02d", u), Period: t, FirstUse: first, Y: y})
			p.changes = append(p.changes, n)
		}
	}
	return p
}

// at is the recommendation with what is known at the end of a period.
func (p *smallPlatform) at(period int) decision.Recommendation {
	o := effectOptions(nil, uint64(period))
	o.Permutations = 199
	var known []impact.Row
	for i, row := range p.rows {
		if row.Period > period {
			continue
		}
		if row.FirstUse > period {
			row.FirstUse = 0 // nobody knows yet that it will
		}
		known, o.Changes = append(known, row), append(o.Changes, p.changes[i])
	}
	e := Effect{Outcome: "dora.lead_time"}
	if a, err := impact.Assess(known, o); err == nil {
		e.setAssessment(&a)
		v, _ := a.Judge(impact.Criteria{Q: e.P, Meaningful: math.Log(1.2), Better: metric.Down})
		e.Verdict = string(v)
	}
	now := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	in := decision.Input{
		Thresholds: decision.Defaults(), AsOf: now, Satisfaction: decision.Census(0.8, 40),
		Available: decision.Availability{At: now.AddDate(-1, 0, 0)}, Answers: decision.Answers{Sent: now.AddDate(0, -1, 0), Teams: 9},
		Adoption: decision.Adoption{Known: true, Unit: "team", Active: 6, Eligible: 12, Week: now},
		Delivery: decision.Effect{Outcome: e.Outcome, Better: metric.Down},
	}
	fillEffect(&in.Delivery, &e)
	return decision.Recommend(in)
}

// TestSmallPlatformLeans: on a small platform a true −25 % of lead time leans, or
// is beyond doubt, in at least 40 % of the months 6 to 18, and no effect in at most
// 6 %.
func TestSmallPlatformLeans(t *testing.T) {
	share := func(effect float64) float64 {
		h := fnv.New64a()
		h.Write([]byte(t.Name()))
		r := rand.New(rand.NewPCG(h.Sum64(), 7))
		leans, all := 0, 0
		by := make([]int, smallPeriods+1)
		for range *platforms {
			p := drawSmall(r, effect)
			for period := 6; period <= 18; period++ {
				all++
				if v := p.at(period).Verdict; v == decision.Invest {
					leans++
					by[period]++
				}
			}
		}
		curve := ""
		for period := 6; period <= 18; period++ {
			curve += fmt.Sprintf(" %d: %.0f %%", period, 100*float64(by[period])/float64(*platforms))
		}
		iv := stat.Wilson(leans, all, 0.95)
		t.Logf("effect %+.0f %%: leans in %.1f %% of months (%.1f–%.1f); by month:%s", 100*(math.Exp(effect)-1), 100*float64(leans)/float64(all), 100*iv.Lo, 100*iv.Hi, curve)
		return float64(leans) / float64(all)
	}
	if got := share(math.Log(0.75)); got < 0.40 {
		t.Errorf("a true −25 %% leans in %.1f %% of months, want 40 %%", 100*got)
	}
	if got := share(0); got > 0.06 {
		t.Errorf("no effect leans in %.1f %% of months, want 6 %% at most", 100*got)
	}
}

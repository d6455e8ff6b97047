package demo

import (
	"math"
	"slices"
)

// kind is the kind of a planned deployment.
type kind uint8

const (
	ordinary  kind = iota // brings new changes of people
	automatic             // brings changes of bots only
	rollback              // restores the version before the latest
	again                 // repeats the version in service: not a rollback
)

// slot is one planned production deployment that succeeds.
type slot struct {
	at    int64 // created
	took  int64 // seconds until its first success
	retry int64 // seconds until the second attempt, if the first one fails
	kind  kind
	leads []float64 // drawn lead times of its human changes, in seconds, ascending
	bots  int       // changes of bots
	// Failure: rolledBack by the next slot, and the number of incidents that name it.
	failed     bool
	rolledBack bool
	incidents  int
}

func (p *slot) finishedAt() int64 { return p.at + p.retry + p.took }

// plan has the deployments of one service in one block.
type plan struct {
	*service
	slots []slot
}

// Shares of special deployments and changes.
const (
	automaticShare = .08
	againShare     = .005
	retryShare     = .02
	mixedShare     = .03
	// blockNoise is the variation of a service's load from block to block.
	blockNoise = .06
)

// shareDeployments returns the number of human deployments of each service in the block.
func shareDeployments(sp span, all []*service) []int {
	weights := make([]float64, len(all))
	capacity := make([]int, len(all))
	days := float64(sp.to-sp.from) / day
	active := map[*team]bool{}
	for i, s := range all {
		noise := drawLognormal(s.r, blockNoise)
		if s.enterSpan(sp) {
			active[s.team] = true
			weights[i] = sp.PerDay * days * s.team.busy * s.share * noise
			capacity[i] = int(days * .6 * busiest)
		}
	}
	if sp.exact {
		return apportion(int(math.Round(sp.PerDay*days*float64(len(active)))), weights, capacity)
	}
	out := make([]int, len(all))
	for i, s := range all {
		out[i] = min(int(weights[i]+s.r.Float64()), capacity[i])
	}
	return out
}

// newPlan draws the times and the kinds of a service's deployments: n by people, and some more
// by automation.
func newPlan(s *service, sp span, n int) *plan {
	p := &plan{service: s}
	robots := int(float64(n)*automaticShare + s.r.Float64())
	when := drawTimes(s.r, sp, n+robots, busiest)
	p.slots = make([]slot, len(when))
	robots = min(robots, len(when))
	for i := range when {
		p.slots[i] = slot{at: when[i], took: drawBetween(s.r, 110, 290)}
	}
	for _, i := range s.r.Perm(len(when))[:robots] {
		p.slots[i].kind = automatic
		p.slots[i].bots = int(drawBetween(s.r, 1, 2))
	}
	for i := range p.slots {
		p.varySlot(i)
	}
	return p
}

// varySlot makes some deployments repeat a version, need a second attempt or include a bot's
// change.
func (p *plan) varySlot(i int) {
	s, x := &p.slots[i], p.r.Float64()
	room := int64(block)
	if i+1 < len(p.slots) {
		room = p.slots[i+1].at - s.at
	}
	switch {
	case s.kind == automatic:
	case x < againShare && i > 0 && p.slots[i-1].kind == ordinary && s.at-p.slots[i-1].finishedAt() > 40*60:
		s.kind = again
	case x < againShare+retryShare && room >= apart:
		s.retry = drawBetween(p.r, 300, 480)
	case x < againShare+retryShare+mixedShare:
		s.bots = 1
	}
}

// cutAt drops deployments that would not finish before the end of the events.
func (p *plan) cutAt(end int64) {
	for len(p.slots) > 0 && p.slots[len(p.slots)-1].finishedAt() >= end {
		p.slots = p.slots[:len(p.slots)-1]
	}
}

// drawLeads draws the lead times of each ordinary deployment's changes, in seconds around the
// block's median, not yet scaled.
func (p *plan) drawLeads(sp span) {
	for i := range p.slots {
		s := &p.slots[i]
		n := drawChangeCount(p.r.Float64())
		if s.kind != ordinary {
			continue
		}
		s.leads = make([]float64, n)
		for k := range s.leads {
			s.leads[k] = 60 * sp.Lead * p.team.paceAt(s.at) * drawLeadFactor(p.r)
		}
		slices.Sort(s.leads)
	}
}

// stretchLead moves the start of long waits out of nights and weekends. Only lead times far
// above the organisation's and the team's median get longer, so both medians stay the same.
func (p *plan) stretchLead(s *slot, sp span, lead float64) int64 {
	const longest = 9 * day
	if lead < 60*sp.Lead*max(3*p.team.paceAt(s.at), 2) {
		return int64(lead)
	}
	return s.finishedAt() - toWorkTime(s.finishedAt()-int64(min(lead, longest)))
}

// drawChangeCount returns the number of changes in a deployment: 1.3 on average.
func drawChangeCount(u float64) int {
	switch {
	case u < .79:
		return 1
	case u < .93:
		return 2
	case u < .98:
		return 3
	}
	return 4
}

// scaleFactor returns the factor that makes the median of the drawn values the target.
func scaleFactor(drawn []float64, target float64) float64 {
	if m := median(drawn); m > 0 {
		return target / m
	}
	return 1
}

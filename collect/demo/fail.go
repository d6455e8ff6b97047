package demo

import "math"

const (
	rollbackShare = .15 // of the failures are rolled back
	silentShare   = .35 // of the rollbacks have no incident
	doubleShare   = .03 // of the failures have a second incident
)

// failDeployments decides which deployments of the block fail.
func failDeployments(sp span, plans []*plan) {
	byTeam, teams := map[*team][]*plan{}, []*team{}
	for _, p := range plans {
		if byTeam[p.team] == nil {
			teams = append(teams, p.team)
		}
		byTeam[p.team] = append(byTeam[p.team], p)
	}
	quota := countFailures(sp, teams, byTeam)
	for i, t := range teams {
		t.pickFailures(sp, byTeam[t], quota[i])
	}
}

// countFailures returns the number of failed deployments of each team.
func countFailures(sp span, teams []*team, byTeam map[*team][]*plan) []int {
	weights, capacity := make([]float64, len(teams)), make([]int, len(teams))
	total := 0
	for i, t := range teams {
		for _, p := range byTeam[t] {
			for k := range p.slots {
				if p.slots[k].kind != automatic {
					total++
					weights[i] += sp.Fail * t.fragile
				}
				if p.canFail(k) {
					capacity[i]++
				}
			}
		}
	}
	if sp.exact {
		return apportion(int(math.Round(sp.Fail*float64(total))), weights, capacity)
	}
	out := make([]int, len(teams))
	for i, t := range teams {
		r := newRand(t.seed, "failures", t.id, timeAt(sp.from).String())
		out[i] = min(int(weights[i]+r.Float64()), capacity[i])
	}
	return out
}

// canFail reports whether a deployment may fail: only one with new changes does.
func (p *plan) canFail(i int) bool { return p.slots[i].kind == ordinary && p.slots[i].retry == 0 }

// pickFailures marks n of the team's deployments as failed, at random.
func (t *team) pickFailures(sp span, plans []*plan, n int) {
	type pick struct {
		p *plan
		i int
	}
	var all []pick
	for _, p := range plans {
		for i := range p.slots {
			if p.canFail(i) {
				all = append(all, pick{p, i})
			}
		}
	}
	r := newRand(t.seed, "pick", t.id, timeAt(sp.from).String())
	r.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	for _, x := range all[:n] {
		x.p.slots[x.i].failed = true
	}
	for _, x := range all[:n] {
		x.p.addEvidence(x.i)
	}
}

// addEvidence gives a failed deployment its evidence: an incident, a rollback by the
// next deployment, or both.
func (p *plan) addEvidence(i int) {
	s := &p.slots[i]
	wanted, silent, double := p.r.Float64(), p.r.Float64(), p.r.Float64()
	back := s.finishedAt() + drawBetween(p.r, 6*60, 15*60)
	s.incidents = 1
	if wanted < rollbackShare && p.canRollBack(i, back) {
		s.rolledBack = true
		next := &p.slots[i+1]
		*next = slot{at: back, took: next.took, kind: rollback}
		if silent < silentShare {
			s.incidents = 0
		}
	}
	if s.incidents == 1 && double < doubleShare {
		s.incidents = 2
	}
}

// canRollBack reports whether the next deployment can become the rollback of this one at time
// back. The version before must be a person's, and not a mere second attempt.
func (p *plan) canRollBack(i int, back int64) bool {
	if i == 0 || i+1 >= len(p.slots) {
		return false
	}
	before, s, next := &p.slots[i-1], &p.slots[i], &p.slots[i+1]
	return before.kind == ordinary && !before.rolledBack && s.at-before.finishedAt() > apart/2 &&
		next.kind == ordinary && !next.failed && next.bots == 0 && back < next.at
}

package demo

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

const (
	// strayShare is the share of long quiet gaps of a service with an incident that no
	// deployment caused.
	strayShare = .07
	// quiet is the least time between a deployment and such an incident, so that no definition
	// can blame the deployment for it.
	quiet = day + 30*60
	// openShare is the share of the last days' incidents that are still open.
	openShare = .12
)

// addIncidents adds the incidents that name a failed deployment. aimIncidents scales their
// drawn resolution later.
func (p *plan) addIncidents(out *batch, s *slot, deployment string) {
	for range s.incidents {
		opened := s.finishedAt() + drawBetween(p.r, 60, 12*60)
		in := p.newIncident(opened)
		in.Deployment = deployment
		out.incidents = append(out.incidents, in)
	}
}

// addStrays adds incidents of other causes: full disks, certificates, suppliers. They open far
// from any deployment.
func (p *plan) addStrays(out *batch, sp span, lastFinished int64) {
	for i := range len(p.slots) + 1 {
		from, to := max(lastFinished+quiet, sp.from), sp.to-1
		if i < len(p.slots) {
			to = p.slots[i].at - 2*60*60
			lastFinished = p.slots[i].finishedAt()
		}
		if to-from > 3600 && p.r.Float64() < strayShare {
			in := p.newIncident(drawBetween(p.r, from, to))
			in.Title = pick(p.r, strays)
			out.incidents = append(out.incidents, in)
		}
	}
}

func (p *plan) newIncident(opened int64) fact.Incident {
	p.failures++
	id := "inc-" + p.name + "-" + strconv.Itoa(p.failures)
	return fact.Incident{
		Source: source, ID: id, URL: "https://incidents.example/" + id, Title: pick(p.r, symptoms),
		Repository: p.repository, Service: p.id, Severity: pick(p.r, severities),
		Opened: timeAt(opened), Resolved: timeAt(opened + int64(60*60*drawLognormal(p.r, 1))),
	}
}

// aimIncidents scales the drawn resolution times so that their median is the target. Incidents
// that resolve after the end of the events stay open.
func aimIncidents(sp span, all []fact.Incident, end int64, seed uint64) {
	drawn := make([]float64, len(all))
	for i := range all {
		drawn[i] = all[i].Resolved.Sub(all[i].Opened).Seconds()
	}
	factor := sp.Restore / 60
	if sp.exact {
		factor = scaleFactor(drawn, 60*sp.Restore)
	}
	for i := range all {
		in := &all[i]
		took := in.Resolved.Sub(in.Opened).Seconds() * factor
		resolved := in.Opened.Unix() + max(int64(took+.5), 60)
		in.Resolved = timeAt(resolved)
		late := in.Opened.Unix() >= end-3*day && newRand(seed, "open", in.ID).Float64() < openShare
		if resolved >= end || late {
			in.Resolved = time.Time{}
		}
	}
}

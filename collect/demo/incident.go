package demo

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

const (
	// strayShare is how many long quiet gaps of a service see an incident that
	// no deployment caused.
	strayShare = .07
	// quiet is how long after a deployment such an incident keeps away, so that
	// no definition can blame the deployment for it.
	quiet = day + 30*60
	// openShare is how many incidents of the last days are still open.
	openShare = .12
)

// placeIncidents makes the incidents that name a failed deployment. Their
// resolution is drawn, not aimed yet.
func (p *plan) placeIncidents(out *batch, s *slot, deployment string) {
	for range s.incidents {
		opened := s.finished() + between(p.r, 60, 12*60)
		in := p.incident(opened)
		in.Deployment = deployment
		out.incidents = append(out.incidents, in)
	}
}

// placeStrays makes incidents of other causes: full disks, certificates,
// suppliers. They open where no deployment is near.
func (p *plan) placeStrays(out *batch, sp span, lastFinished int64) {
	for i := range len(p.slots) + 1 {
		from, to := max(lastFinished+quiet, sp.from), sp.to-1
		if i < len(p.slots) {
			to = p.slots[i].at - 2*60*60
			lastFinished = p.slots[i].finished()
		}
		if to-from > 3600 && p.r.Float64() < strayShare {
			in := p.incident(between(p.r, from, to))
			in.Title = pick(p.r, strays)
			out.incidents = append(out.incidents, in)
		}
	}
}

func (p *plan) incident(opened int64) fact.Incident {
	p.failures++
	id := "inc-" + p.name + "-" + strconv.Itoa(p.failures)
	return fact.Incident{
		Source: source, ID: id, URL: "https://incidents.example/" + id, Title: pick(p.r, symptoms),
		Repository: p.repository, Service: p.id, Severity: pick(p.r, severities),
		Opened: at(opened), Resolved: at(opened + int64(60*60*lognormal(p.r, 1))),
	}
}

// aimIncidents scales the drawn resolution times so that their median is the
// target, and leaves those open that the end of the events cuts off.
func aimIncidents(sp span, all []fact.Incident, end int64, seed uint64) {
	drawn := make([]float64, len(all))
	for i := range all {
		drawn[i] = all[i].Resolved.Sub(all[i].Opened).Seconds()
	}
	factor := sp.Restore / 60
	if sp.exact {
		factor = aim(drawn, 60*sp.Restore)
	}
	for i := range all {
		in := &all[i]
		took := in.Resolved.Sub(in.Opened).Seconds() * factor
		resolved := in.Opened.Unix() + max(int64(took+.5), 60)
		in.Resolved = at(resolved)
		late := in.Opened.Unix() >= end-3*day && stream(seed, "open", in.ID).Float64() < openShare
		if resolved >= end || late {
			in.Resolved = time.Time{}
		}
	}
}

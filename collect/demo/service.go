package demo

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// team is what a team is like over the whole history.
type team struct {
	id         string
	developers int
	busy       float64 // relative number of deployments
	slow       float64 // relative lead time
	fragile    float64 // relative failure rate
	shocks     map[int]float64
	seed       uint64
	buildpacks int64 // first use in seconds, or 0
}

// newTeam draws a team's character from its own stream.
func newTeam(seed uint64, t fact.Team) *team {
	r := stream(seed, "character", t.ID)
	return &team{
		id: t.ID, developers: max(t.Developers, 1), seed: seed, shocks: map[int]float64{},
		busy: lognormal(r, .4), slow: lognormal(r, .4), fragile: min(max(lognormal(r, .28), .5), 1.6),
	}
}

// shock is what happened to be different in one period: it moves a team's
// median lead time by some 4 %.
func (t *team) shock(p int) float64 {
	s, ok := t.shocks[p]
	if !ok {
		s = lognormal(stream(t.seed, "period", t.id, at(periodStart(p)).Format(time.DateOnly)), .04)
		t.shocks[p] = s
	}
	return s
}

// pace is the factor on lead times of changes deployed at time t.
func (t *team) pace(when int64) float64 {
	f := t.slow * t.shock(period(when))
	if t.buildpacks != 0 && when >= t.buildpacks {
		f *= buildpacksEffect
	}
	return f
}

// service is what is deployed, with what the generator must remember from one
// block to the next.
type service struct {
	id, name   string // name is short and unique: it begins the IDs of events
	repository string
	scope      string // folder of its files in a monorepo; "" for a whole repository
	team       *team  // its owner in the block at hand
	owned      []tenure
	share      float64 // of its team's deployments
	env        string
	staging    bool
	slot       int // place among the services of its repository
	stride     int // how many they are

	r                              *rand.Rand
	deployments, changes, failures int   // counters for IDs
	created                        int64 // when its latest deployment was begun
	finished                       int64
	commit                         string // in service
}

// tenure is one team's ownership of a service.
type tenure struct {
	*team
	fact.Ownership
}

// services lists every service once, in the order teams name them; a shared one
// behaves like those of the first team that owns it at the time.
func services(seed uint64, teams []fact.Team, characters []*team) []*service {
	var out []*service
	byID := map[string]*service{}
	perRepo := map[string]int{}
	names := map[string]bool{}
	for i, t := range teams {
		for _, own := range t.Owns {
			id := serviceID(own)
			if s := byID[id]; s != nil {
				s.owned = append(s.owned, tenure{characters[i], own})
				continue
			}
			s := newService(seed, id, own, characters[i])
			s.name = uniqueName(names, id)
			s.slot = perRepo[own.Repository]
			perRepo[own.Repository]++
			byID[id] = s
			out = append(out, s)
		}
	}
	shares := map[*team]float64{}
	for _, s := range out {
		s.stride = perRepo[s.repository]
		shares[s.team] += s.share
	}
	for _, s := range out {
		s.share /= shares[s.team]
	}
	return out
}

func newService(seed uint64, id string, own fact.Ownership, t *team) *service {
	r := stream(seed, "service", t.id, id)
	s := &service{
		id: id, repository: own.Repository, scope: folder(own.Paths), team: t,
		owned: []tenure{{t, own}}, share: lognormal(r, .5), env: "production", r: r,
		staging: r.IntN(6) == 0,
	}
	if r.IntN(5) == 0 {
		s.env = "prod"
	}
	return s
}

// serviceID is how compute names an ownership: by its own name, else by its
// repository and first path.
func serviceID(own fact.Ownership) string {
	switch {
	case own.Service != "":
		return own.Service
	case len(own.Paths) == 0:
		return own.Repository
	}
	return own.Repository + ":" + strings.TrimSuffix(own.Paths[0], "/**")
}

// uniqueName is the last part of a service's ID, or all of it if that is taken.
func uniqueName(taken map[string]bool, id string) string {
	name := id[strings.LastIndexAny(id, "/:")+1:]
	if name == "" || taken[name] {
		name = strings.NewReplacer("/", "-", ":", "-").Replace(id)
	}
	taken[name] = true
	return name
}

// folder is a directory that the first glob matches.
func folder(globs []string) string {
	if len(globs) == 0 {
		return ""
	}
	var keep []string
	for _, e := range strings.Split(strings.Trim(globs[0], "/"), "/") {
		if e != "**" {
			keep = append(keep, strings.NewReplacer("*", "x", "?", "x").Replace(e))
		}
	}
	return strings.Join(keep, "/")
}

// enter sets the team that owns the service at the end of the span, and reports
// whether some team owns it at both ends.
func (s *service) enter(sp span) bool {
	first, last := s.ownerAt(sp.from), s.ownerAt(sp.to-1)
	if last != nil {
		s.team = last
	}
	return first != nil && last != nil
}

func (s *service) ownerAt(t int64) *team {
	for _, o := range s.owned {
		if (o.From.IsZero() || o.From.Unix() <= t) && (o.Until.IsZero() || o.Until.Unix() > t) {
			return o.team
		}
	}
	return nil
}

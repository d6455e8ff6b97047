package demo

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// team describes a team's habits over the whole history.
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
	r := newRand(seed, "character", t.ID)
	return &team{
		id: t.ID, developers: max(t.Developers, 1), seed: seed, shocks: map[int]float64{},
		busy: drawLognormal(r, .4), slow: drawLognormal(r, .4), fragile: min(max(drawLognormal(r, .28), .5), 1.6),
	}
}

// shockIn returns a team's chance factor in one period: it moves the median lead time by some 4
// %.
func (t *team) shockIn(p int) float64 {
	s, ok := t.shocks[p]
	if !ok {
		s = drawLognormal(newRand(t.seed, "period", t.id, timeAt(periodStart(p)).Format(time.DateOnly)), .04)
		t.shocks[p] = s
	}
	return s
}

// paceAt returns the factor on lead times of changes that are deployed at time t.
func (t *team) paceAt(when int64) float64 {
	f := t.slow * t.shockIn(periodAt(when))
	if t.buildpacks != 0 && when >= t.buildpacks {
		f *= buildpacksEffect
	}
	return f
}

// service is a deployed service, with the generator's state from block to block.
type service struct {
	id, name   string // name is short and unique: it begins the IDs of events
	repository string
	scope      string // folder of its files in a monorepo; "" for a whole repository
	team       *team  // its owner in the current block
	owned      []tenure
	share      float64 // of its team's deployments
	env        string
	staging    bool
	slot       int // number among the services of its repository
	stride     int // number of services in its repository

	r                              *rand.Rand
	deployments, changes, failures int   // counters for IDs
	created                        int64 // when its latest deployment began
	finished                       int64
	commit                         string // in service
}

// tenure is one team's ownership of a service.
type tenure struct {
	*team
	fact.Ownership
}

// newServices returns every service once, in the order of the teams that own it. A shared
// service behaves like those of the first team that owns it at the time.
func newServices(seed uint64, teams []fact.Team, characters []*team) []*service {
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
			s.name = makeUniqueName(names, id)
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
	r := newRand(seed, "service", t.id, id)
	s := &service{
		id: id, repository: own.Repository, scope: folderOf(own.Paths), team: t,
		owned: []tenure{{t, own}}, share: drawLognormal(r, .5), env: "production", r: r,
		staging: r.IntN(6) == 0,
	}
	if r.IntN(5) == 0 {
		s.env = "prod"
	}
	return s
}

// serviceID returns compute's name for an ownership: its own name, else its repository and
// first path.
func serviceID(own fact.Ownership) string {
	switch {
	case own.Service != "":
		return own.Service
	case len(own.Paths) == 0:
		return own.Repository
	}
	return own.Repository + ":" + strings.TrimSuffix(own.Paths[0], "/**")
}

// makeUniqueName returns the last part of a service's ID, or all of it if that part is taken.
func makeUniqueName(taken map[string]bool, id string) string {
	name := id[strings.LastIndexAny(id, "/:")+1:]
	if name == "" || taken[name] {
		name = strings.NewReplacer("/", "-", ":", "-").Replace(id)
	}
	taken[name] = true
	return name
}

// folderOf returns a directory that the first glob matches.
func folderOf(globs []string) string {
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

// enterSpan sets the team that owns the service at the end of the span, and reports whether the
// service has an owner at both ends.
func (s *service) enterSpan(sp span) bool {
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

package adoption

import (
	"cmp"
	"iter"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// use is one unit's use of a feature: at a moment, over a span, or on days of one week.
type use struct {
	from, to time.Time // to is exclusive; for a moment, it is right after from
	part     string
	count    float64
	team     string
	days     uint8 // of the week of from, as in fact.UseWeek; 0: all from from to to
}

// newWeekUse returns the use on the days of a week.
func newWeekUse(w fact.UseWeek) use {
	start := w.Start()
	first, last := bits.TrailingZeros8(w.Days), bits.Len8(w.Days)-1
	return use{from: start.AddDate(0, 0, first), to: start.AddDate(0, 0, last).Add(1), count: w.Count, days: w.Days}
}

// listMoments returns the moments of use: the beginning, or each day.
func (x *use) listMoments() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		first := bits.TrailingZeros8(x.days)
		for d := first; d < bits.Len8(x.days); d++ {
			if x.days>>d&1 == 1 && !yield(x.from.AddDate(0, 0, d-first)) {
				return
			}
		}
		if x.days == 0 {
			yield(x.from)
		}
	}
}

// isIn reports whether a use is in the window, at least partly.
func (x *use) isIn(w metric.Window) bool {
	if !x.from.Before(w.To) || !x.to.After(w.From) {
		return false
	}
	if x.days == 0 || !x.from.Before(w.From) {
		return true
	}
	for at := range x.listMoments() {
		if w.Contains(at) {
			return true
		}
	}
	return false
}

// uses are all uses of one feature, by unit.
type uses struct {
	byUnit map[string][]use
	team   bool // the unit is the team
	listed bool // spans that people declared, not events
	// unknownTeams are the teams in the data that teams.toml does not have.
	unknownTeams map[string]bool
}

// indexUsage groups usage exports by feature and records the time at which each export begins.
// Rows that name no feature are counted where names are resolved.
func (m *measurer) indexUsage() {
	m.byFeature = map[string][]fact.Use{}
	m.since = map[string]time.Time{}
	for _, u := range m.events.Usage {
		if id, ok := m.names.Feature(u.Feature); ok {
			m.byFeature[id] = append(m.byFeature[id], u)
		}
		if first, seen := m.since[u.Source]; !seen || u.At.Before(first) {
			m.since[u.Source] = u.At
		}
	}
}

// knownSince returns the time since when all exports about a feature have data: the latest of
// their first rows, of any feature.
func (m *measurer) knownSince(feature string) time.Time {
	var since time.Time
	for _, u := range m.byFeature[feature] {
		if t := m.since[u.Source]; t.After(since) {
			since = t
		}
	}
	return since
}

// findUses returns the uses of the feature; nil if no data exist.
func (m *measurer) findUses(f *fact.Feature) *uses {
	u := &uses{byUnit: map[string][]use{}, unknownTeams: map[string]bool{}, team: f.Adoption.Unit == "team"}
	switch f.Adoption.Source {
	case "rule":
		m.addUsesByRule(f, u)
	case "list":
		u.listed = true
		for _, l := range f.Adoption.Uses {
			u.add(l.Unit, use{from: l.From, to: cmpTime(l.Until, m.org.Calendar.AsOf)})
		}
	default:
		records := m.byFeature[f.ID]
		if len(records) == 0 {
			return nil
		}
		for _, r := range records {
			if r.Count == 0 {
				continue // a row that records no use
			}
			unit := r.Unit
			if u.team {
				if unit = m.resolveTeam(f, cmp.Or(r.Team, r.Unit), u); unit == "" {
					continue
				}
			}
			part := findPartID(f, r.Part)
			weeks := r.Weeks
			if weeks == nil {
				weeks = []fact.UseWeek{fact.NewUseWeek(r.At, r.Count)}
			}
			for _, week := range weeks {
				x := newWeekUse(week)
				x.part, x.team = part, r.Team
				u.add(unit, x)
			}
		}
	}
	return u
}

// resolveTeam returns the ID of a team that uses a feature. A team that teams.toml does not
// have is left out if that file has as many teams as are eligible, and kept otherwise.
func (m *measurer) resolveTeam(f *fact.Feature, name string, u *uses) string {
	id, ok := m.names.Team(name)
	if ok || name == "" || len(m.org.Teams) == 0 {
		return cmp.Or(id, name)
	}
	u.unknownTeams[name] = true
	if m.countEligible(f) > len(m.org.Teams) {
		return name
	}
	return ""
}

func cmpTime(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

func (u *uses) add(unit string, x use) {
	if unit != "" {
		u.byUnit[unit] = append(u.byUnit[unit], x)
	}
}

// findPartID returns the ID of the part with that name in the data, or the name itself.
func findPartID(f *fact.Feature, name string) string {
	if name == "" {
		return ""
	}
	for _, p := range f.Parts {
		for _, known := range append([]string{p.ID, p.Title}, p.Labels...) {
			if text.Fold(known) == text.Fold(name) {
				return p.ID
			}
		}
	}
	return name
}

func (u *uses) unknownParts(f *fact.Feature) []string {
	seen := map[string]bool{}
	for _, list := range u.byUnit {
		for _, x := range list {
			if x.part != "" && !slices.ContainsFunc(f.Parts, func(p fact.Part) bool { return p.ID == x.part }) {
				seen[x.part] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// addUsesByRule finds users in collected facts: the owners of a repository with a matching
// pipeline or deployment, on the day of the deployment.
func (m *measurer) addUsesByRule(f *fact.Feature, u *uses) {
	r := f.Adoption.Rule
	match := func(pattern, s string) bool {
		if pattern == "" {
			return true
		}
		re, err := regexp.Compile(pattern) // content checks it
		return err == nil && re.MatchString(s)
	}
	if r.Pipeline != "" {
		for i := range m.events.Repositories {
			repo := &m.events.Repositories[i]
			for _, file := range slices.Sorted(maps.Keys(repo.Pipelines)) {
				if org.MatchPath(r.Pipeline, file) {
					m.addOwners(u, repo.Name, "", m.org.Calendar.WithoutBreaks().Current().From, m.org.Calendar.AsOf)
				}
			}
		}
		return
	}
	for i := range m.events.Deployments {
		d := &m.events.Deployments[i]
		if match(r.Deployed, d.Source) && match(r.Creator, d.Creator) && match(r.Environment, d.Environment) {
			at := cmpTime(d.Finished(), d.Created)
			m.addOwners(u, d.Repository, d.Service, at, at.Add(1))
		}
	}
}

// addOwners adds a use by the services of a repository, or by the teams that owned them at that
// time.
func (m *measurer) addOwners(u *uses, repo, service string, from, to time.Time) {
	for i := range m.org.Services {
		s := &m.org.Services[i]
		if s.Repository != repo || (service != "" && s.ID != service) {
			continue
		}
		if !u.team {
			u.add(s.ID, use{from: from, to: to, count: 1})
			continue
		}
		for _, o := range s.Owners {
			if s.OwnedBy(o.Team, from) {
				u.add(o.Team, use{from: from, to: to, count: 1})
			}
		}
	}
}

// activeUnits returns the units that used the feature, or that part of it, in the window.
func (u *uses) activeUnits(w metric.Window, part string) map[string]bool {
	in := map[string]bool{}
	for unit, list := range u.byUnit {
		for _, x := range list {
			if (part == "" || x.part == part) && x.isIn(w) {
				in[unit] = true
				break
			}
		}
	}
	return in
}

// totalUse returns the sum of uses in the window.
func (u *uses) totalUse(w metric.Window) float64 {
	var sum float64
	for _, unit := range slices.Sorted(maps.Keys(u.byUnit)) {
		for _, x := range u.byUnit[unit] {
			if w.Contains(x.from) {
				sum += x.count
			}
		}
	}
	return sum
}

// listFirstUses returns the start of each team's sustained use of the feature: the first use
// that is followed by another within the four weeks after the first four.
func (u *uses) listFirstUses() []FirstUse {
	byTeam := map[string][]time.Time{}
	for unit, list := range u.byUnit {
		for _, x := range list {
			team := x.team
			if u.team {
				team = unit
			}
			if team != "" {
				byTeam[team] = slices.AppendSeq(byTeam[team], x.listMoments())
			}
		}
	}
	var out []FirstUse
	for team, times := range byTeam {
		slices.SortFunc(times, time.Time.Compare)
		times = slices.Compact(times)
		if at, ok := sustainedSince(times, u.listed); ok {
			out = append(out, FirstUse{Team: team, At: at})
		}
	}
	slices.SortFunc(out, func(a, b FirstUse) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Team, b.Team)) })
	return out
}

// sustainedSince returns the first of the sorted times that is followed by another time four to
// eight weeks later. A declared span counts as sustained.
func sustainedSince(times []time.Time, listed bool) (time.Time, bool) {
	if listed && len(times) > 0 {
		return times[0], true
	}
	for _, t := range times {
		again := metric.Window{From: t.Add(org.Period), To: t.Add(2 * org.Period)}
		i, _ := slices.BinarySearchFunc(times, again.From, time.Time.Compare)
		if i < len(times) && times[i].Before(again.To) {
			return t, true
		}
	}
	return time.Time{}, false
}

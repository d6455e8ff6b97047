package diff

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
)

// scopes are the team, the groups and the organisation that a repository belongs to.
type scopes map[metric.Scope]bool

// covers reports whether a number is about one of the scopes.
func (s scopes) covers(scope metric.Scope) bool {
	return s[metric.Scope{Kind: scope.Kind, ID: scope.ID}]
}

// ownersOf returns the scopes of a repository on either side; all scopes if it is "".
func (x *inputs) ownersOf(repository string) scopes {
	out := scopes{{Kind: metric.Organisation}: true}
	for _, c := range []*fact.Content{&x.Base.Content, &x.Head.Content} {
		for i := range c.Teams {
			t := &c.Teams[i]
			if repository != "" && !slices.ContainsFunc(t.Owns, func(o fact.Ownership) bool {
				return text.FoldRepository(o.Repository) == text.FoldRepository(repository)
			}) {
				continue
			}
			out[metric.Scope{Kind: metric.Team, ID: t.ID}] = true
			for _, g := range groupsAbove(c, t.Group) {
				out[metric.Scope{Kind: metric.Group, ID: g}] = true
			}
		}
	}
	return out
}

// groupsAbove returns a group and the groups that it is part of.
func groupsAbove(c *fact.Content, id string) []string {
	var out []string
	for id != "" && !slices.Contains(out, id) {
		k := slices.IndexFunc(c.Groups, func(g fact.Group) bool { return g.ID == id })
		if k < 0 {
			break
		}
		out, id = append(out, id), c.Groups[k].Parent
	}
	return out
}

// listOwned returns what each scope owned since a day, in one order. Two equal texts own the same
// services. Days before since and after asOf make no difference.
func listOwned(c *fact.Content, since, asOf time.Time) map[metric.Scope]string {
	parts := map[metric.Scope][]string{}
	for i := range c.Teams {
		t := &c.Teams[i]
		above := []metric.Scope{{Kind: metric.Organisation}, {Kind: metric.Team, ID: t.ID}}
		for _, g := range groupsAbove(c, t.Group) {
			above = append(above, metric.Scope{Kind: metric.Group, ID: g})
		}
		for _, s := range above {
			parts[s] = append(parts[s], "") // a scope with a team exists
		}
		for _, o := range t.Owns {
			if !o.Until.IsZero() && !o.Until.After(since) || o.From.After(asOf) {
				continue
			}
			if o.Until.After(asOf) {
				o.Until = time.Time{}
			}
			if !o.From.After(since) {
				o.From = time.Time{}
			}
			one := fmt.Sprintf("%q %q %q %s %s", text.FoldRepository(o.Repository), o.Paths, o.Service, formatDay(o.From), formatDay(o.Until))
			for _, s := range above {
				parts[s] = append(parts[s], one)
			}
		}
	}
	out := map[metric.Scope]string{}
	for s, list := range parts {
		slices.Sort(list)
		out[s] = strings.Join(slices.Compact(list), "\n")
	}
	return out
}

// compareTeams reports changed teams and groups. The delivery numbers of a team, a group or the
// organisation depend on what it owns.
func (x *inputs) compareTeams() {
	before, after := teamContent(&x.Base.Content), teamContent(&x.Head.Content)
	if reflect.DeepEqual(before, after) {
		return
	}
	in := x.file(x.filePath("teams.toml"), changeOf(len(x.Base.Content.Teams) > 0, len(x.Head.Content.Teams) > 0))
	in.line = x.firstTeamLine()
	if x.Missing != "" {
		return
	}
	changed, now := x.findChangedScopes(x.m.Before.From)
	// Times and shares also read older deployments, and changes that began earlier.
	earlier, _ := x.findChangedScopes(x.m.CutOff.AddDate(0, 0, -7*org.PeopleWeeks))
	whole := changed[metric.Scope{Kind: metric.Organisation}]
	delivery := x.choose(func(family string, n *Number) bool {
		activity := n.Metric == space.ChangesWeek || n.Metric == space.CommitsWeek
		return (family == "dora" || whole && activity) && changed.covers(n.Scope) ||
			family == "dora" && earlier.covers(n.Scope) &&
				(n.Unit == metric.Seconds || n.Unit == metric.Share && n.Scope.Kind != metric.Organisation)
	})
	for i := range delivery {
		s := metric.Scope{Kind: delivery[i].Scope.Kind, ID: delivery[i].Scope.ID}
		delivery[i].Lost = now[s] == "" && s.Kind != metric.Organisation && !x.hasTeams(s)
	}
	in.add(delivery...)
	in.add(x.newDeliveries(changed)...)
	x.compareServices(in)
	x.comparePeople(in, changed)
	x.compareTeamNames(in)
	if ever, _ := x.findChangedScopes(time.Time{}); len(ever) > 0 {
		x.addEffects(in) // they compare all periods
		x.addRuled(in)
	}
}

// findChangedScopes returns the scopes that own something else since a day, and what the scopes of
// the head own.
func (x *inputs) findChangedScopes(since time.Time) (changed scopes, now map[metric.Scope]string) {
	was := listOwned(&x.Base.Content, since, x.m.AsOf)
	now = listOwned(&x.Head.Content, since, x.m.AsOf)
	changed = scopes{}
	for _, list := range []map[metric.Scope]string{was, now} {
		for s := range list {
			a, before := was[s]
			b, after := now[s]
			if a != b || before != after {
				changed[s] = true
			}
		}
	}
	return changed, now
}

// compareServices adds the numbers about failures of all scopes if a service with incidents has no
// owner any more: an incident that matches no service leaves all of them provisional.
func (x *inputs) compareServices(in *input) {
	names := org.NewNames(x.Head.Content)
	for i := range x.Base.Content.Teams {
		t := &x.Base.Content.Teams[i]
		incidents := x.find(dora.RestoreTime, "", "", metric.Scope{Kind: metric.Team, ID: t.ID})
		for _, o := range t.Owns {
			if o.Service == "" && len(o.Paths) == 0 || incidents.Now == nil {
				continue // an incident of a whole repository still matches it
			}
			if _, known := names.Service(org.ServiceID(o)); !known {
				evidence := x.metricsWith("dora.failure_evidence")
				in.add(x.choose(func(family string, n *Number) bool {
					return family == "dora" && (evidence[n.Metric] || n.Metric == dora.RestoreTime)
				})...)
				return
			}
		}
	}
}

// hasTeams reports whether a scope of the head has a team.
func (x *inputs) hasTeams(s metric.Scope) bool {
	return slices.ContainsFunc(x.Head.Content.Teams, func(t fact.Team) bool {
		return s.Kind == metric.Team && t.ID == s.ID ||
			s.Kind == metric.Group && slices.Contains(groupsAbove(&x.Head.Content, t.Group), s.ID)
	})
}

// newDeliveries returns the delivery numbers of changed teams and groups that are not published.
func (x *inputs) newDeliveries(changed scopes) []Number {
	var out []Number
	templates := x.choose(func(family string, n *Number) bool { return family == "dora" && n.Scope.Kind == metric.Organisation })
	title := map[metric.Scope]string{}
	for i := range x.Head.Content.Teams {
		t := &x.Head.Content.Teams[i]
		title[metric.Scope{Kind: metric.Team, ID: t.ID}] = firstOf(t.Title, t.ID)
		for _, id := range groupsAbove(&x.Head.Content, t.Group) {
			title[metric.Scope{Kind: metric.Group, ID: id}] = id
		}
	}
	for i := range x.Head.Content.Groups {
		g := &x.Head.Content.Groups[i]
		s := metric.Scope{Kind: metric.Group, ID: g.ID}
		if title[s] != "" {
			title[s] = firstOf(g.Title, g.ID)
		}
	}
	for _, s := range sortScopes(changed) {
		if title[s] == "" {
			continue
		}
		full := s
		full.Title = title[s]
		for _, n := range templates {
			out = append(out, x.find(n.Metric, n.Title, n.Unit, full))
		}
	}
	return out
}

func sortScopes(in scopes) []metric.Scope {
	out := make([]metric.Scope, 0, len(in))
	for s := range in {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b metric.Scope) int {
		return strings.Compare(string(a.Kind)+" "+a.ID, string(b.Kind)+" "+b.ID)
	})
	return out
}

// comparePeople adds the numbers of teams that are shown, or hidden, by their declared number of
// people. The declared number counts only if no source names authors.
func (x *inputs) comparePeople(in *input, changed scopes) {
	for i := range x.Head.Content.Teams {
		t := &x.Head.Content.Teams[i]
		k := slices.IndexFunc(x.Base.Content.Teams, func(o fact.Team) bool { return o.ID == t.ID })
		if k < 0 || x.Base.Content.Teams[k].Developers == t.Developers {
			continue
		}
		if info := x.m.Team(t.ID); info != nil && info.Declared == 0 && info.Shown {
			continue
		}
		s := metric.Scope{Kind: metric.Team, ID: t.ID}
		in.add(x.choose(func(_ string, n *Number) bool { return scopes{s: true}.covers(n.Scope) })...)
		in.add(x.newDeliveries(scopes{s: true})...)
		changed[s] = true
	}
}

// compareTeamNames adds the numbers of rows that name a team in a way that has no meaning any
// more, or another.
func (x *inputs) compareTeamNames(in *input) {
	names := [2]*org.Names{org.NewNames(x.Base.Content), org.NewNames(x.Head.Content)}
	moved := len(x.Base.Content.Teams) != len(x.Head.Content.Teams)
	becomes, came := map[string]string{}, map[string]string{}
	note := func(list []fact.Team, from, to int) {
		for i := range list {
			for _, name := range slices.Concat([]string{list[i].ID, list[i].Title}, list[i].Formerly) {
				a, known := names[from].Team(name)
				b, kept := names[to].Team(name)
				switch {
				case known && !kept && from == 0: // a name is gone
					moved = moved || name != ""
				case known && !kept:
					moved = moved || x.isStray("team", name)
				case from == 0:
					moved = moved || becomes[a] != "" && becomes[a] != b || came[b] != "" && came[b] != a
					becomes[a], came[b] = b, a
				}
			}
		}
	}
	note(x.Base.Content.Teams, 0, 1)
	note(x.Head.Content.Teams, 1, 0)
	if !moved {
		return
	}
	units := map[string]bool{}
	for i := range x.m.Adoption.Features {
		f := &x.m.Adoption.Features[i]
		units[f.ID] = f.Unit == "team" && f.Known
	}
	in.add(x.choose(func(family string, n *Number) bool {
		return n.Metric == adoption.Share && units[n.Scope.ID] || family == "measures" && n.Scope.Kind == metric.Team
	})...)
	x.addEffects(in)
}

// isStray reports whether published rows have a name that was not known.
func (x *inputs) isStray(kind, name string) bool {
	return slices.ContainsFunc(x.m.Unmatched, func(u org.Unmatched) bool {
		return u.Kind == kind && text.Fold(u.Name) == text.Fold(name)
	})
}

// addEffects adds the effects of features whose use is known.
func (x *inputs) addEffects(in *input) {
	in.add(x.choose(func(_ string, n *Number) bool {
		if n.Metric != effectNumber {
			return false
		}
		f := x.m.Adoption.Find(n.Scope.ID)
		return n.Now != nil || f != nil && f.Known && len(f.FirstUse) > 0
	})...)
}

// addRuled adds the adoption of features whose users are found among the owners of repositories,
// or whose units are counted there.
func (x *inputs) addRuled(in *input) {
	for i := range x.Head.Content.Features {
		f := &x.Head.Content.Features[i]
		a := &f.Adoption
		counted := a.Eligible == 0 && (a.Unit == "team" || a.Unit == "service")
		if !f.Draft && (a.Source == "rule" || counted) {
			in.add(x.find(adoption.Share, "Adoption", metric.Share, x.featureScope(f.ID)))
		}
	}
}

// firstTeamLine returns the line of the first team or group that changed; 0 if only some were
// removed.
func (x *inputs) firstTeamLine() int {
	for i := range x.Head.Content.Teams {
		t := &x.Head.Content.Teams[i]
		if !slices.ContainsFunc(x.Base.Content.Teams, func(o fact.Team) bool { return equalContent([]fact.Team{o}, []fact.Team{*t}) }) {
			return t.Line
		}
	}
	for i := range x.Head.Content.Groups {
		g := &x.Head.Content.Groups[i]
		if !slices.ContainsFunc(x.Base.Content.Groups, func(o fact.Group) bool { return equalContent([]fact.Group{o}, []fact.Group{*g}) }) {
			return g.Line
		}
	}
	return 0
}

package compute

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
)

// CheckGoals finds goals that no metric can meet: see goals.Check. It returns an error for
// options that are not valid.
func CheckGoals(o Options, c fact.Content) ([]goals.Fault, error) {
	specs, err := Specs(o)
	if err != nil {
		return nil, err
	}
	known := []goals.Known{{ID: activeUnits, Unit: metric.Number, Kinds: []fact.GoalKind{fact.GoalFeature}}}
	for i := range specs {
		id := specs[i].ID
		open := id == space.Items || id == space.TaskSuccess || id == space.TaskMinutes
		known = append(known, goals.Known{ID: id, Open: open, Unit: specs[i].Unit, Kinds: listScopeKinds(id)})
	}
	for i := range c.Measures {
		d := &c.Measures[i]
		known = append(known, goals.Known{
			ID: measures.MetricID(d.ID), Unit: cmp.Or(metric.Unit(d.Unit), metric.Number),
			Kinds: []fact.GoalKind{fact.GoalOrganisation, fact.GoalTeam},
		})
	}
	return goals.Check(c.Goals, known), nil
}

// listScopeKinds returns the kinds of scope that a metric is computed for.
func listScopeKinds(id string) []fact.GoalKind {
	switch id {
	case space.NPS:
		return []fact.GoalKind{fact.GoalOrganisation, fact.GoalGroup}
	case space.Satisfied, space.MostLoved, space.Frustrating, adoption.Share:
		return []fact.GoalKind{fact.GoalFeature}
	}
	if strings.HasPrefix(id, "dora.") {
		return []fact.GoalKind{fact.GoalOrganisation, fact.GoalTeam}
	}
	return []fact.GoalKind{fact.GoalOrganisation}
}

// judgeGoals returns the standings of the goals in the order written, without drafts.
func judgeGoals(c fact.Content, m *Measured, l *lookup) []goals.Standing {
	titles := titlesOf(c)
	var out []goals.Standing
	for i := range c.Goals {
		g := &c.Goals[i]
		if g.Draft {
			continue
		}
		id := goals.MetricID(g.Metric)
		scope := metric.Scope{Kind: metric.ScopeKind(cmp.Or(g.Kind, fact.GoalOrganisation)), ID: g.For}
		f, title := l.findAimed(id, scope), ""
		switch {
		case scope.Kind != metric.Feature && f.Metric != nil:
			title = f.Metric.Title
		case f.Series != nil && scope.Kind != metric.Feature:
			title = f.Series.Title
		case strings.HasPrefix(id, "adoption."):
			title = "Adoption"
		}
		s := goals.Judge(g, title, m.AsOf, m.CutOff, f)
		s.Scope.Title = titles[scope]
		out = append(out, s)
	}
	return out
}

// titlesOf returns the titles of the scopes that goals may have.
func titlesOf(c fact.Content) map[metric.Scope]string {
	out := map[metric.Scope]string{}
	for i := range c.Groups {
		out[metric.Scope{Kind: metric.Group, ID: c.Groups[i].ID}] = c.Groups[i].Title
	}
	for i := range c.Teams {
		out[metric.Scope{Kind: metric.Team, ID: c.Teams[i].ID}] = c.Teams[i].Title
	}
	for i := range c.Features {
		out[metric.Scope{Kind: metric.Feature, ID: c.Features[i].ID}] = c.Features[i].Title
	}
	return out
}

// findAimed returns the data of a goal's metric.
func (l *lookup) findAimed(id string, scope metric.Scope) goals.Found {
	census := strings.HasPrefix(id, "adoption.")
	if id == activeUnits {
		f := goals.Found{Series: l.activeSeries(scope), Census: census}
		f.Forecast = l.newForecaster(scope.ID, true)
		return f
	}
	f := goals.Found{Census: census}
	sections := append(slices.Clone(l.measured.Sections), l.found)
	for i := range sections {
		s := &sections[i]
		f.Series = cmp.Or(f.Series, s.FindSeries(id, scope))
		if f.Metric != nil {
			continue
		}
		if f.Metric = s.Find(id, scope); f.Metric != nil &&
			(scope.Kind == metric.Organisation || scope.Kind == metric.Feature) {
			f.Published = l.publishedPoints(id, scope.ID, f.Metric.DefinitionHash)
		}
	}
	if census {
		f.Forecast = l.newForecaster(scope.ID, false)
	}
	return f
}

// dimensionsWithGoals returns the dimensions of SPACE with the organisation's goals as targets,
// until the day of a goal has passed. If a metric has several goals, the one with the earliest
// day is used.
func dimensionsWithGoals(m *Measured, list []goals.Standing) []space.Dimension {
	var own []space.Goal
	ordered := slices.Clone(list)
	slices.SortStableFunc(ordered, func(a, b goals.Standing) int { return a.By.Compare(b.By) })
	for i := range ordered {
		s := &ordered[i]
		if s.Scope.Kind != metric.Organisation || !m.AsOf.Before(s.By.AddDate(0, 0, 1)) {
			continue
		}
		target := s.Target
		target.From = "own goal, by " + s.By.Format("2 Jan 2006")
		own = append(own, space.Goal{Metric: s.Metric, Title: s.Title, Target: target})
	}
	return space.ApplyGoals(m.Space.Dimensions, own, func(id string) *metric.Metric {
		for i := range m.Sections {
			if x := m.Sections[i].Find(id, metric.Scope{Kind: metric.Organisation}); x != nil {
				return x
			}
		}
		return nil
	})
}

package content

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

const goalsFile = "goals.toml"

// readGoals reads goals.toml and keeps its order.
func (r *reader) readGoals(c *fact.Content) {
	var file struct {
		Goals []fact.Goal `toml:"goal"`
	}
	lines, _ := r.readTOML(goalsFile, &file)
	each := splitTables(lines, "goal", len(file.Goals))
	for i := range file.Goals {
		g := &file.Goals[i]
		g.Lines = each[i]
		g.Origin = fact.Origin{File: goalsFile, Line: g.Lines[""]}
	}
	c.Goals = file.Goals
}

// checkGoals reports goals without a metric, a level, a day or an owner, and goals that are
// written twice. Whether the metric exists is checked elsewhere.
func (k *checker) checkGoals() {
	type aim struct {
		metric, whose string
		up            bool
		by            string
	}
	first := map[aim]int{}
	for i := range k.content.Goals {
		g := &k.content.Goals[i]
		at := location{goalsFile, g.Lines, "", g.Line}
		k.requireText(at, "metric", g.Metric,
			`name what is measured: metric = "dora.lead_time", or a measure of measures.toml`)
		k.requireText(at, "owner", g.Owner, `name the role or team that answers for it: owner = "product manager"`)
		if g.By.IsZero() {
			k.addMissing(at, "by", "write the day by which it is to be reached: by = 2025-03-31")
		}
		switch {
		case g.AtLeast == nil && g.AtMost == nil:
			k.addProblem(at, "", "goal has no level", "add at_least or at_most")
		case g.AtLeast != nil && g.AtMost != nil:
			k.addProblem(at, "at_most", "goal has both at_least and at_most", "keep one; write a second goal for the other")
		}
		k.resolveGoalFor(at, g)
		key := aim{g.Metric, string(g.Kind) + " " + g.For, g.AtLeast != nil, formatDay(g.By)}
		if line, twice := first[key]; twice && g.Metric != "" {
			k.addProblem(at, "metric", fmt.Sprintf("goal for %s by %s is written twice", g.Metric, formatDay(g.By)),
				fmt.Sprintf("first on line %d; keep one", line))
			continue
		}
		first[key] = g.Line
	}
}

// isFeatureMetric reports whether a metric has a value for each feature.
func isFeatureMetric(metric string) bool {
	prefixes := []string{"adoption.", "space.satisfied", "space.most_loved", "space.frustrating"}
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(metric, prefix) })
}

// resolveGoalFor finds the team, group or feature of a goal. A team and a group never share an
// ID, and goals for metrics of features are for a feature.
func (k *checker) resolveGoalFor(at location, g *fact.Goal) {
	switch _, team := k.known[teams][g.For]; {
	case isFeatureMetric(g.Metric):
		g.Kind = fact.GoalFeature
		k.requireText(at, "for", g.For, "name the feature: for = \"a-feature\"")
		k.resolveRef(at, "for", features, &g.For)
	case g.For == "" || g.For == string(fact.GoalOrganisation) && !team:
		g.Kind, g.For = fact.GoalOrganisation, ""
	case k.known[groups][g.For] != "":
		g.Kind = fact.GoalGroup
	default:
		g.Kind = fact.GoalTeam
		current, known := k.known[teams][g.For]
		if !known {
			all := append(sortedKeys(k.known[teams]), sortedKeys(k.known[groups])...)
			k.addProblem(at, "for", fmt.Sprintf("unknown team or group %q in for", g.For),
				text.DidYouMean(g.For, "teams and groups", all))
			k.addCauses(reference{teams, g.For}, reference{groups, g.For})
			return
		}
		g.For = current
	}
}

// lintGoals notes goals without a reason: such a level is hard to give up or to keep.
func (l *linter) lintGoals() {
	for i := range l.content.Goals {
		g := &l.content.Goals[i]
		if g.Draft || strings.TrimSpace(g.Because) != "" {
			continue
		}
		l.report(Problem{
			File: g.File, Line: g.LineOf("metric"), Text: fmt.Sprintf("goal for %s without a reason", g.Metric),
			Next: `write why this level, and why by then: because = "…"`,
		}, "goal-because", Note)
	}
}

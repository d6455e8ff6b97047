package content

import (
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

const goalsFile = "goals.toml"

// goals stay in the order written.
func (r *reader) goals(c *fact.Content) {
	var file struct {
		Goals []fact.Goal `toml:"goal"`
	}
	lines, _ := r.toml(goalsFile, &file)
	each := tables(lines, "goal", len(file.Goals))
	for i := range file.Goals {
		g := &file.Goals[i]
		g.Lines = each[i]
		g.Origin = fact.Origin{File: goalsFile, Line: g.Lines[""]}
	}
	c.Goals = file.Goals
}

// goals each say what is to be reached, by when, for whom, and who answers for it.
// Whether a metric of that name exists is asked where metrics are known.
func (k *checker) goals() {
	type aim struct {
		metric, whose string
		up            bool
		by            string
	}
	first := map[aim]int{}
	for i := range k.content.Goals {
		g := &k.content.Goals[i]
		at := place{goalsFile, g.Lines, "", g.Line}
		k.require(at, "metric", g.Metric, `name what is measured: metric = "dora.lead_time", or a measure of measures.toml`)
		k.require(at, "owner", g.Owner, `name the role or team that answers for it: owner = "product manager"`)
		if g.By.IsZero() {
			k.missing(at, "by", "write the day by which it is to be reached: by = 2025-03-31")
		}
		switch {
		case g.AtLeast == nil && g.AtMost == nil:
			k.problem(at, "", "goal has no level", "add at_least or at_most")
		case g.AtLeast != nil && g.AtMost != nil:
			k.problem(at, "at_most", "goal has both at_least and at_most", "keep one; write a second goal for the other")
		}
		k.goalFor(at, g)
		key := aim{g.Metric, string(g.Kind) + " " + g.For, g.AtLeast != nil, day(g.By)}
		if line, twice := first[key]; twice && g.Metric != "" {
			k.problem(at, "metric", fmt.Sprintf("goal for %s by %s is written twice", g.Metric, day(g.By)),
				fmt.Sprintf("first on line %d; keep one", line))
			continue
		}
		first[key] = g.Line
	}
}

// ofFeatures reports whether a metric is of each feature.
func ofFeatures(metric string) bool {
	for _, prefix := range []string{"adoption.", "space.satisfied", "space.most_loved", "space.frustrating"} {
		if strings.HasPrefix(metric, prefix) {
			return true
		}
	}
	return false
}

// goalFor resolves whom a goal is for: a team and a group never share an ID, and a
// feature is meant where the metric is one of features.
func (k *checker) goalFor(at place, g *fact.Goal) {
	switch _, team := k.known[teams][g.For]; {
	case ofFeatures(g.Metric):
		g.Kind = fact.GoalFeature
		k.require(at, "for", g.For, "name the feature: for = \"a-feature\"")
		k.ref(at, "for", features, &g.For)
	case g.For == "" || g.For == string(fact.GoalOrganisation) && !team:
		g.Kind, g.For = fact.GoalOrganisation, ""
	case k.known[groups][g.For] != "":
		g.Kind = fact.GoalGroup
	default:
		g.Kind = fact.GoalTeam
		current, known := k.known[teams][g.For]
		if !known {
			all := append(sortedKeys(k.known[teams]), sortedKeys(k.known[groups])...)
			k.problem(at, "for", fmt.Sprintf("unknown team or group %q in for", g.For),
				text.DidYouMean(g.For, "teams and groups", all))
			return
		}
		g.For = current
	}
}

// goals are to say why: a level without a reason is hard to give up or to keep.
func (l *linter) goals() {
	for i := range l.content.Goals {
		g := &l.content.Goals[i]
		if g.Draft || strings.TrimSpace(g.Because) != "" {
			continue
		}
		l.findings = append(l.findings, Finding{
			Problem: Problem{
				File: g.File, Line: g.LineOf("metric"), Text: fmt.Sprintf("goal for %s without a reason", g.Metric),
				Next: `say why this level, and why by then: because = "…"`,
			},
			Rule: "goal-because", Level: Note,
		})
	}
}

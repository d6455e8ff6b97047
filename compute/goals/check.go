package goals

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Known is a metric that a goal may name.
type Known struct {
	ID string // "dora.lead_time"
	// Open means that the metric exists once for each thing counted, with its name after a dot:
	// "space.task_minutes.deploy".
	Open  bool
	Unit  metric.Unit
	Kinds []fact.GoalKind // the kinds of scope that it is computed for
}

// Fault is an error in a goal, with the key that contains it.
type Fault struct {
	Goal            *fact.Goal
	Key, Text, Next string
}

// Check finds errors in goals beyond their form: names of unknown metrics, units that do not
// fit, levels that no value can reach, and scopes that a metric is not computed for. In a draft
// only the name is checked. Goals without a metric are left to the check of the form.
func Check(list []fact.Goal, known []Known) []Fault {
	var out []Fault
	for i := range list {
		g := &list[i]
		if g.Metric == "" {
			continue
		}
		k := findKnown(g.Metric, known)
		if k == nil {
			out = append(out, Fault{g, "metric", fmt.Sprintf("unknown metric %q", g.Metric), nearestMetric(g.Metric, known)})
			continue
		}
		if f := k.findFault(g); f != nil && !g.Draft {
			out = append(out, *f)
		}
	}
	return out
}

// findKnown returns the metric with that ID, or nil. A declared measure has its own ID.
func findKnown(id string, known []Known) *Known {
	for i := range known {
		k := &known[i]
		if id == k.ID || MetricID(id) == k.ID || k.Open && strings.HasPrefix(id, k.ID+".") && len(id) > len(k.ID)+1 {
			return k
		}
	}
	return nil
}

// MetricID returns the ID of the metric that a goal names: a name without a dot is that of a
// declared measure.
func MetricID(name string) string {
	if name == "" || strings.Contains(name, ".") {
		return name
	}
	return "measure." + name
}

// nearestMetric returns a hint about the metrics most similar to a name, also by the last part of
// the ID.
func nearestMetric(got string, known []Known) string {
	short := map[string]string{}
	var ids, ends []string
	for i := range known {
		id := strings.TrimPrefix(known[i].ID, "measure.")
		end := id[strings.LastIndexByte(id, '.')+1:]
		if short[end] == "" {
			short[end] = id
		}
		ids, ends = append(ids, id), append(ends, end)
	}
	if near := text.Nearest(got, ids); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	last := got[strings.LastIndexByte(got, '.')+1:]
	if near := text.Nearest(last, ends); near != "" {
		return fmt.Sprintf("did you mean %q?", short[near])
	}
	return text.DidYouMean(got, "metrics", ids)
}

// findFault returns the error of a goal for this metric, or nil.
func (k *Known) findFault(g *fact.Goal) *Fault {
	key, level := "at_least", g.AtLeast
	if level == nil {
		key, level = "at_most", g.AtMost
	}
	each, fits := metric.Scale(g.Unit, k.Unit)
	switch {
	case !fits:
		return &Fault{
			g, "unit", fmt.Sprintf("unit is %q, but %s is measured in %q", g.Unit, g.Metric, k.Unit),
			unitNext(k.Unit),
		}
	case k.Unit == metric.Seconds && g.Unit == "":
		return &Fault{
			g, key, fmt.Sprintf("%s is a duration, and the goal has no unit", g.Metric),
			`write unit = "seconds", "minutes", "hours" or "days"`,
		}
	case level != nil && k.Unit == metric.Share && (*level*each > 1 || *level < 0):
		return &Fault{
			g, key, fmt.Sprintf("%s is %g, but %s goes from 0 to 1", key, *level, g.Metric),
			`write percentages with unit = "%"`,
		}
	case level != nil && k.Unit == metric.Points && (*level > 100 || *level < -100):
		return &Fault{g, key, fmt.Sprintf("%s is %g, but %s goes from -100 to 100", key, *level, g.Metric), ""}
	case g.Kind != "" && !slices.Contains(k.Kinds, g.Kind):
		return &Fault{g, "for", fmt.Sprintf("%s is not computed for a %s", g.Metric, g.Kind), "it is computed for " +
			kindWords(k.Kinds)}
	}
	return nil
}

func unitNext(u metric.Unit) string {
	switch u {
	case metric.Seconds:
		return `write unit = "seconds", "minutes", "hours" or "days"`
	case metric.Share:
		return `write unit = "%", or leave it out and write a share from 0 to 1`
	}
	return fmt.Sprintf("leave unit out, and write the level in %q", u)
}

func kindWords(kinds []fact.GoalKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = map[fact.GoalKind]string{
			fact.GoalOrganisation: "the organisation", fact.GoalTeam: "teams", fact.GoalGroup: "groups", fact.GoalFeature: "features",
		}[k]
	}
	return cmp.Or(strings.Join(words, " and "), "nothing")
}

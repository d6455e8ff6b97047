package diff

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/space"
)

// Data is a data file of the repository that a source of the base's configuration names, and that
// differs between the sides. Its rows come from outside and are not in the comparison.
type Data struct {
	File   string // below the repository's root, with slashes
	Change string // "added", "edited" or "removed"
	// Table is the table of the configuration that names it: "usage", "tickets", "surveys".
	Table string
	// Cells are the different cells of changed rows; only names that content has are looked up in
	// them. Any means that the rows were not compared.
	Cells []string
	Any   bool
}

// rule reports whether a number depends on a key of the configuration.
type rule func(x *inputs, family string, n *Number) bool

// keyRules maps the keys that only the nightly run reads, or their tables, to the numbers that
// depend on them, beyond the metrics whose definition names the key. A test finds a key without
// an entry.
func keyRules() map[string]rule {
	delivery := func(_ *inputs, family string, n *Number) bool {
		return family == "dora" || family == "impact" || isActivity(n)
	}
	rollouts := func(_ *inputs, family string, n *Number) bool {
		return family == "impact" || n.Metric == dora.WaitingChanges || strings.HasPrefix(n.Metric, dora.LeadTime)
	}
	effects := func(_ *inputs, family string, _ *Number) bool { return family == "impact" }
	failures := func(*inputs, string, *Number) bool { return false } // the definitions name them
	none := func(*inputs, string, *Number) bool { return false }
	weekly := func(_ *inputs, family string, n *Number) bool {
		return family != "space" || isActivity(n) || isTask(n)
	}
	support := func(_ *inputs, family string, _ *Number) bool { return family == "support" || family == "themes" }
	measured := func(_ *inputs, family string, _ *Number) bool { return family == "measures" }
	tasks := func(_ *inputs, _ string, n *Number) bool { return isTask(n) }
	return map[string]rule{
		"platform": none, "platform.developers": byDevelopers,
		"deploy": rollouts, "dora": failures, "dora.bots": delivery, "dora.maturity_days": weekly,
		"dora.lead_start": rollouts, "dora.lead_statistic": effects, "dora.max_commit_age_days": rollouts,
		"dora.exclude_label": delivery, "dora.exclude_title": delivery, "dora.tiers": none,
		"changes": delivery, "people": delivery, "evidence": none, "sesoi": none, "calendar": weekly,
		"privacy": delivery,
		"git":     events, "events": events, // and the tables of forges
		"surveys":  none, // the figures of closed surveys are published
		"tickets":  support,
		"usage":    byUsage,
		"measures": measured,
		"tasks":    tasks,
		"sql":      anyOf(events, support, byUsage, measured, tasks), // a query may have any kind of rows but answers
	}
}

// anyOf returns the rule of what one of some rules accepts.
func anyOf(rules ...rule) rule {
	return func(x *inputs, family string, n *Number) bool {
		return slices.ContainsFunc(rules, func(accept rule) bool { return accept(x, family, n) })
	}
}

func isActivity(n *Number) bool {
	return n.Metric == space.ChangesWeek || n.Metric == space.CommitsWeek
}

func isTask(n *Number) bool {
	return strings.HasPrefix(n.Metric, space.TaskSuccess) || strings.HasPrefix(n.Metric, space.TaskMinutes)
}

// events reports whether a number is computed from deployments, changes, commits or incidents.
func events(x *inputs, family string, n *Number) bool {
	return family == "dora" || family == "impact" || isActivity(n) ||
		n.Metric == adoption.Share && x.source(n.Scope.ID) == "rule"
}

// byUsage reports whether a number is computed from exports of usage.
func byUsage(x *inputs, family string, n *Number) bool {
	id, _, _ := strings.Cut(n.Scope.ID, "/")
	counted := !slices.Contains([]string{"rule", "list"}, x.source(id))
	return (n.Metric == adoption.Share || family == "parts" || family == "impact") && counted
}

// byDevelopers reports whether a number depends on the population of the platform.
func byDevelopers(x *inputs, _ string, n *Number) bool {
	if n.Metric != adoption.Share {
		return false
	}
	f := x.feature(n.Scope.ID)
	return f != nil && f.Adoption.Eligible == 0 && f.Adoption.Unit != "team" && f.Adoption.Unit != "service"
}

// feature returns a feature of the head, or nil.
func (x *inputs) feature(id string) *fact.Feature {
	for _, p := range x.features {
		if p.head != nil && p.head.ID == id {
			return p.head
		}
	}
	return nil
}

// source returns the source of a feature's adoption.
func (x *inputs) source(id string) string {
	if f := x.feature(id); f != nil {
		return f.Adoption.Source
	}
	return ""
}

// compareTables reports changed tables and keys of the configuration.
func (x *inputs) compareTables() {
	rules := keyRules()
	named := x.configured()
	for _, s := range x.findChangedKeys() {
		if !s.head.Nightly {
			continue
		}
		in := x.file(s.head.File, "edited")
		key := s.head.Key
		if s.head.Value == "" { // a source: its table is sufficient
			key = tableOf(key)
		}
		if slices.Contains(in.Keys, key) {
			continue
		}
		in.Keys = append(in.Keys, key)
		in.line = firstLine(in.line, s.head.Line)
		if x.Missing != "" {
			continue
		}
		accept := findRule(rules, key, s.head.Forge)
		list := x.choose(func(family string, n *Number) bool {
			return named[key][n.Metric] && !x.isAsked(n) || accept(x, family, n)
		})
		if s.head.Sum == "[]" { // the last source of its kind
			list = x.loseSource(key, list)
		}
		in.add(list...)
	}
}

// findRule returns the rule of a key or of its table, which may be that of a forge. A key without
// a rule may move every number.
func findRule(rules map[string]rule, key string, forge bool) rule {
	if forge {
		return events
	}
	for _, k := range []string{key, tableOf(key)} {
		if r, ok := rules[k]; ok {
			return r
		}
	}
	return func(*inputs, string, *Number) bool { return true }
}

// HasRule reports whether the numbers that depend on a key of the configuration are listed.
func HasRule(k ConfigKey) bool {
	rules, key := keyRules(), k.Key
	return k.Forge || rules[key] != nil || rules[tableOf(key)] != nil
}

// configured returns, for every key, the metrics whose definition names it on either side.
func (x *inputs) configured() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, o := range []compute.Options{x.Base.Options, x.Head.Options} {
		specs, err := compute.Specs(o)
		if err != nil {
			continue // the configuration has an error of its own
		}
		for i := range specs {
			for _, c := range specs[i].Config {
				key, _, _ := strings.Cut(c, " ")
				if out[key] == nil {
					out[key] = map[string]bool{}
				}
				out[key][specs[i].ID] = true
			}
		}
	}
	return out
}

// isAsked reports whether a number of a survey does not depend on the population, because the
// survey records how many people were invited.
func (x *inputs) isAsked(n *Number) bool {
	w := x.m.Space.Wave(x.m.Space.Latest)
	return (n.Metric == space.NPS || n.Metric == space.ResponseRate) && w != nil && w.Invited
}

// loseSource marks the numbers that have no value without their only source.
func (x *inputs) loseSource(table string, list []Number) []Number {
	if !slices.Contains([]string{"tickets", "usage", "measures", "tasks"}, table) {
		return list
	}
	for i := range list {
		list[i].Lost = list[i].Now != nil
	}
	return list
}

// compareData reports changed data files of the repository.
func (x *inputs) compareData() {
	rules := keyRules()
	for _, d := range x.Data {
		in := x.file(d.File, d.Change)
		in.Change = d.Change
		if x.Missing != "" {
			continue
		}
		if d.Table == "surveys" {
			x.compareExport(in, d.File)
			continue
		}
		accept := rules[d.Table]
		if accept == nil {
			continue
		}
		named := x.lookUp(d.Cells)
		in.add(x.choose(func(family string, n *Number) bool {
			return accept(x, family, n) && (d.Any || isNamed(named, n))
		})...)
	}
}

// lookUp returns the features, measures and tasks that cells name.
func (x *inputs) lookUp(cells []string) map[string]bool {
	out := map[string]bool{}
	for _, names := range []*org.Names{org.NewNames(x.Base.Content), org.NewNames(x.Head.Content)} {
		for _, cell := range cells {
			if id, ok := names.Feature(cell); ok {
				out["feature "+id] = true
			}
			if id, ok := names.Measure(cell); ok {
				out[measures.MetricID(id)] = true
			}
		}
	}
	for _, cell := range cells {
		out[space.SuccessID(cell)], out[space.MinutesID(cell)] = true, true
	}
	return out
}

// isNamed reports whether changed rows name the thing that a number is about. A number of all
// rows depends on every row.
func isNamed(named map[string]bool, n *Number) bool {
	feature, _, _ := strings.Cut(n.Scope.ID, "/")
	switch {
	case n.Scope.Kind == metric.Feature, n.Scope.Kind == partScope:
		return named["feature "+feature]
	case strings.HasPrefix(n.Metric, measures.MetricID("")), isTask(n) && n.Metric != space.TaskSuccess:
		return named[n.Metric]
	}
	return true
}

// compareExport adds the numbers of the surveys whose export is a file. Published figures of a
// closed survey stay.
func (x *inputs) compareExport(in *input, file string) {
	for i := range x.Head.Content.Surveys {
		s := &x.Head.Content.Surveys[i]
		closed := slices.ContainsFunc(x.m.Space.Waves, func(w space.Wave) bool {
			return space.SurveyID(w.ID) == s.ID && !w.Open && w.Score != nil
		})
		if text.Fold(lastPart(file)) == text.Fold(lastPart(s.File)) && (!closed || s.Pulse) {
			x.addSurvey(in, s)
		}
	}
}

func lastPart(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

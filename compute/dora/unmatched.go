package dora

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Words that suggest the kind of an environment or a hotfix. They are only used in hints.
var (
	productionWords = regexp.MustCompile(`(?i)(^|[-_/. ])(production|prod|prd|live|main|master|release)([-_/. 0-9]|$)`)
	hotfixWords     = regexp.MustCompile(`(?i)(^|[-_/.: ])hot-?fix([-_/.: 0-9]|$)`)
	elsewhereWords  = regexp.MustCompile(`(?i)(stag|stg|test|dev|qa|uat|preview|review|sandbox|demo|` +
		`non-?prod|pre-?prod|pull|pr-[0-9])`)
)

// FindProductionWord returns the word in an environment's name that suggests production, in
// lower case. It returns "" without such a word, or if another word suggests something else, as
// in "prod-test".
func FindProductionWord(environment string) string {
	m := productionWords.FindStringSubmatch(environment)
	if m == nil || elsewhereWords.MatchString(environment) {
		return ""
	}
	return strings.ToLower(m[2])
}

// LooksNonProduction reports whether a word in an environment's name suggests that it is not
// production.
func LooksNonProduction(environment string) bool { return elsewhereWords.MatchString(environment) }

// nameCounts counts names.
type nameCounts map[string]int

// formatList lists the names, most frequent first: "prd ×4, live ×1". Texts that do not look
// like a name are counted but not shown.
func (s nameCounts) formatList() string {
	names := slices.SortedFunc(maps.Keys(s), func(a, b string) int {
		return cmp.Or(cmp.Compare(s[b], s[a]), cmp.Compare(a, b))
	})
	const most, longest = 5, 40
	var parts []string
	others := 0
	names = slices.DeleteFunc(names, func(name string) bool {
		if r := []rune(name); text.IsName(string(r[:min(len(r), longest)])) {
			return false
		}
		others += s[name]
		return true
	})
	for i, name := range names {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		if r := []rune(name); len(r) > longest {
			parts = append(parts, fmt.Sprintf("%s… ×%d", string(r[:longest]), s[name]))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s ×%d", name, s[name]))
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("other texts ×%d", others))
	}
	return strings.Join(parts, ", ")
}

// needsRollouts reports whether a metric is computed from roll-outs to production.
func needsRollouts(id string) bool { return id != RestoreTime }

// needsFailures reports whether a metric is computed from failures.
func needsFailures(id string) bool { return id == FailRate || id == RecoveryTime }

// addDoubts marks a metric whose input matched nothing, or only in part: an unknown
// environment, status, service or reference must not become a zero.
func (m *measurer) addDoubts(mt *metric.Metric, x *scopeSamples, seen *unmatchedInput) {
	if x.services == 0 && mt.ID != RestoreTime {
		return
	}
	if x.p.hidden != "" {
		if needsRollouts(mt.ID) && !seen.ever { // names of environments identify no person
			m.doubtEnvironments(mt, seen)
		}
		return
	}
	if needsRollouts(mt.ID) {
		m.doubtEnvironments(mt, seen)
		m.doubtStatuses(mt, x, seen)
	}
	if needsFailures(mt.ID) || mt.ID == RestoreTime && x.p.scope.Kind != metric.Organisation {
		m.doubtServices(mt, x, seen)
	}
	if needsFailures(mt.ID) || mt.ID == RestoreTime {
		m.doubtEnd(mt, x)
	}
	if needsFailures(mt.ID) {
		m.doubtReferences(mt, x, seen)
	}
	if n := len(seen.hotfixes); n > 0 && m.uses(Hotfix) && (mt.ID == FailRate || mt.ID == Rework) {
		m.markProvisional(mt, "changes that look like hotfixes and match no rule: "+seen.hotfixes.formatList(), setHotfix)
	}
}

// unmatchedInput is the input of a scope in the current window that matched nothing.
type unmatchedInput struct {
	ever   bool       // some roll-out went to an environment that counts
	all    nameCounts // environments of all times that do not count
	now    int        // roll-outs of the window to environments that count
	near   nameCounts // environments of the window that look like production and do not count
	others nameCounts // environments of services without production
	alone  int        // number of these services

	obscured, obscuredBefore int

	strays   nameCounts // unknown services that incidents of the window name
	nstrays  int
	incident int // incidents of the window, of all services
	lost     nameCounts
	nlost    int
	hotfixes nameCounts // names of branches and labels that look like hotfixes and match no rule
}

// findUnmatched looks for input of a scope that matched nothing.
func (m *measurer) findUnmatched(p *pool) unmatchedInput {
	u := unmatchedInput{
		all: nameCounts{}, near: nameCounts{}, others: nameCounts{}, strays: nameCounts{},
		lost: nameCounts{}, hotfixes: nameCounts{},
	}
	for _, i := range p.services {
		m.noteEnvironments(&m.org.Services[i], &u)
	}
	u.obscured, u.obscuredBefore = len(selectWithin(p.obscured, identityTime, m.now)), len(selectWithin(p.obscured,
		identityTime, m.before))
	for _, in := range selectWithin(m.org.Incidents, func(in org.Incident) time.Time { return in.Opened }, m.now) {
		u.incident++
		if in.Service >= 0 {
			continue
		}
		u.nstrays++
		u.strays[cmp.Or(in.Named, "no name")]++
	}
	for _, in := range selectWithin(p.lost, openingTime, m.now) {
		u.nlost++
		u.lost[formatNamed(in)]++
	}
	for _, d := range selectWithin(p.deliveries, finishTime, m.now) {
		for i := range d.Changes {
			m.noteHotfixName(d.Changes[i].Change, u.hotfixes)
		}
		for _, c := range d.unmeasured {
			m.noteHotfixName(c, u.hotfixes)
		}
	}
	return u
}

// noteHotfixName counts a branch or label that is named like a hotfix, if no rule matches the
// change.
func (m *measurer) noteHotfixName(c *org.Change, names nameCounts) {
	if c.Lane == org.Automation || m.matchesHotfix(c) {
		return
	}
	for _, name := range append([]string{c.HeadBranch}, c.Labels...) {
		if hotfixWords.MatchString(name) {
			names[name]++
			return
		}
	}
}

// noteEnvironments records the environments of a service.
func (m *measurer) noteEnvironments(s *org.Service, u *unmatchedInput) {
	counted := slices.ContainsFunc(s.Deployments, func(d org.Deployment) bool {
		return m.production.IsProduction(d.Environment, d.Tier)
	})
	u.ever = u.ever || counted
	if !u.ever {
		for i := range s.Deployments {
			u.all[s.Deployments[i].Environment]++
		}
	}
	open := nameCounts{}
	for _, d := range selectWithin(s.Deployments, func(d org.Deployment) time.Time { return d.Created }, m.now) {
		switch {
		case m.production.IsProduction(d.Environment, d.Tier):
			u.now++
		case d.Tier != "" && d.Tier != "other" || m.production.Excludes(d.Environment):
			// The source or a rule excludes it from production.
		default:
			open[d.Environment]++
			if FindProductionWord(d.Environment) != "" {
				u.near[d.Environment]++
			}
		}
	}
	if !counted && len(open) > 0 {
		u.alone++
		for name, n := range open {
			u.others[name] += n
		}
	}
}

// Next steps for input that matched nothing.
const (
	setProduction = "set deploy.production in config.toml to a pattern that matches those that are, and " +
		"deploy.exclude to one for the others"
	setHotfix = "set dora.hotfix_branch or dora.hotfix_label in config.toml to patterns that match them, or " +
		"leave \"hotfix\" out of dora.failure_evidence"
	allStatuses      = "export all statuses of each deployment, not only the latest"
	nameServices     = "name the services of incidents as teams.toml does, or give incidents a repository"
	refreshIncidents = "export the incidents up to today, or set covers_to where the file is complete"
	knownReferences  = "give incidents the IDs of deployments or changes, or the commits, that the other sources have"
)

func (m *measurer) doubtEnvironments(mt *metric.Metric, u *unmatchedInput) {
	switch {
	case !u.ever && len(u.all) > 0:
		m.refuseValue(mt, fmt.Sprintf("no environment counts as production by %q: environments seen: %s", m.Production,
			u.all.formatList()), setProduction)
	case u.alone > 0:
		m.markProvisional(mt, fmt.Sprintf("%d services were never deployed to an environment that counts as production: "+
			"environments seen: %s", u.alone, u.others.formatList()), setProduction)
	case len(u.near) > 0 && u.now == 0:
		m.markProvisional(mt, "no roll-out of these weeks went to an environment that counts as production: environments "+
			"seen: "+u.near.formatList(), setProduction)
	case len(u.near) > 0 && mt.State != metric.NotAvailable:
		why := "not counted as production: environments seen: " + u.near.formatList()
		mt.Warnings = append(mt.Warnings, why)
		m.noteDoubt(mt, why, setProduction)
	}
}

// manyObscured is the share of roll-outs with an unknown result above which a metric has no
// value.
const manyObscured = 0.1

func (m *measurer) doubtStatuses(mt *metric.Metric, x *scopeSamples, u *unmatchedInput) {
	known := func(s *sample) int { return s.deployments + s.automated + s.unfinished }
	if mt.Was != nil && float64(u.obscuredBefore) > manyObscured*float64(u.obscuredBefore+known(&x.before)) {
		mt.Was, mt.Trend = nil, nil
	}
	if u.obscured == 0 {
		return
	}
	of := u.obscured + known(&x.now)
	why := fmt.Sprintf("%d of %d roll-outs are recorded as inactive only: their result is unknown", u.obscured, of)
	if float64(u.obscured) > manyObscured*float64(of) {
		m.refuseValue(mt, why, allStatuses)
		return
	}
	m.markProvisional(mt, why, allStatuses)
}

func (m *measurer) doubtServices(mt *metric.Metric, x *scopeSamples, u *unmatchedInput) {
	whole := x.p.scope.Kind == metric.Organisation
	if u.nstrays == 0 || whole && m.FailRateOf == OfIncidents && mt.ID == FailRate {
		return
	}
	why := fmt.Sprintf("%d of %d incidents of these weeks match no service: services seen: %s", u.nstrays, u.incident,
		u.strays.formatList())
	if u.nstrays == u.incident && x.now.failed == 0 && mt.ID != RestoreTime {
		m.refuseValue(mt, why, nameServices)
		return
	}
	m.markProvisional(mt, why, nameServices)
}

// doubtEnd refuses the failure rate if incidents are missing at the end of the window, because
// it is too low then. Times to restore are those of the known incidents only.
func (m *measurer) doubtEnd(mt *metric.Metric, x *scopeSamples) {
	if !m.missesIncidents(x.now.window) {
		return
	}
	why := fmt.Sprintf("the incidents end on %s, before the end of these weeks",
		m.org.IncidentsEnd.UTC().Format(dateWords))
	mt.Trend = nil
	if mt.ID == FailRate || mt.Value == nil {
		m.refuseValue(mt, why, refreshIncidents)
		return
	}
	m.markProvisional(mt, why, refreshIncidents)
}

// missesIncidents reports whether incidents are missing at the end of a window, and failures are
// found by them.
func (m *measurer) missesIncidents(w metric.Window) bool {
	end := m.org.IncidentsEnd
	return !end.IsZero() && end.Before(w.To) && (m.uses(IncidentField) || m.uses(Window) || m.FailRateOf == OfIncidents)
}

func (m *measurer) doubtReferences(mt *metric.Metric, x *scopeSamples, u *unmatchedInput) {
	if u.nlost == 0 {
		return
	}
	why := fmt.Sprintf("%d incidents of these weeks name unknown things: %s", u.nlost, u.lost.formatList())
	if x.now.failed == 0 && u.nlost == len(selectWithin(x.p.incidents, openingTime, m.now)) {
		m.refuseValue(mt, why, knownReferences)
		return
	}
	m.markProvisional(mt, why, knownReferences)
}

// refuseValue makes a metric n/a.
func (m *measurer) refuseValue(mt *metric.Metric, why, next string) {
	markNotAvailable(mt, why, next)
	m.noteDoubt(mt, why, next)
}

// markProvisional adds a warning to a value that may still change.
func (m *measurer) markProvisional(mt *metric.Metric, why, next string) {
	if mt.State == metric.NotAvailable {
		return
	}
	mt.State = metric.Provisional
	mt.Warnings = append(mt.Warnings, why)
	m.noteDoubt(mt, why, next)
}

// noteDoubt adds a doubt about the organisation's numbers, once.
func (m *measurer) noteDoubt(mt *metric.Metric, why, next string) {
	if doubt := why + ": " + next; m.doubts != nil && mt.Scope.Kind == metric.Organisation &&
		!slices.Contains(*m.doubts, doubt) {
		*m.doubts = append(*m.doubts, doubt)
	}
}

// FindDoubts returns the doubts of Measure about input that matched nothing, without the
// numbers. Its errors are about the options only.
func FindDoubts(opt Options, o *org.Organisation) ([]string, error) {
	r, err := opt.compile()
	if err != nil {
		return nil, err
	}
	var doubts []string
	m := newMeasurer(r, o, &doubts)
	m.computeMetrics(gatherPools(o, r.linkAll(o)).whole)
	return doubts, nil
}

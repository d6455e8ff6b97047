package compute

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Gate is a criterion of an initiative's phase with its state.
type Gate struct {
	Initiative string              `json:"initiative"`
	Phase      string              `json:"phase"`
	Criterion  int                 `json:"criterion"` // index in the phase's list, from 0
	Evaluation measures.Evaluation `json:"evaluation"`
}

// Gates compares every criterion of the roadmap's phases with the measured values, in the order
// of the content. Drafts have no gates.
func Gates(o Options, c fact.Content, m *Measured) []Gate {
	l := newLookup(o, c, m)
	var out []Gate
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft {
			continue
		}
		for p := range in.Phases {
			for k, criterion := range in.Phases[p].Criteria {
				out = append(out, Gate{in.ID, in.Phases[p].Name, k, measures.Evaluate(criterion, m.AsOf, l.findMetric)})
			}
		}
	}
	return out
}

// Crossing is a phase that an initiative left, with the criteria that were not met.
type Crossing struct {
	Initiative string `json:"initiative"`
	Left       string `json:"left"`
	// Entered is the first later phase that has begun; "" if the phase or the initiative was
	// declared done before one began.
	Entered string    `json:"entered,omitempty"`
	On      time.Time `json:"on,omitzero"` // start of the phase entered; zero: not given
	// Unmet are the criteria that are not met and were never met for good, also those without
	// data.
	Unmet []Gate `json:"unmet,omitempty"`
	// Reason is people's reason to continue despite unmet criteria, By their role and
	// Overridden the day. If nothing is unmet, the override is kept although it is not needed.
	Reason     string    `json:"reason,omitempty"`
	By         string    `json:"by,omitempty"`
	Overridden time.Time `json:"overridden,omitzero"`
}

// Failed reports whether the phase was left with unmet criteria and without a reason, which
// fails a check.
func (c *Crossing) Failed() bool { return len(c.Unmet) > 0 && c.Reason == "" }

// Crossed lists the phases with criteria that were left by asOf, in the order of the content.
// gates are those of the same content: Report.Gates.
func Crossed(c fact.Content, gates []Gate, asOf time.Time) []Crossing {
	type key struct{ initiative, phase string }
	unmet := map[key][]Gate{}
	for i := range gates {
		if g := &gates[i]; !g.Evaluation.Passed() {
			k := key{g.Initiative, g.Phase}
			unmet[k] = append(unmet[k], *g)
		}
	}
	var out []Crossing
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.Draft || in.Status == fact.WontBuild {
			continue
		}
		for n := range in.Phases {
			p := &in.Phases[n]
			entered, left := in.Left(n, asOf)
			if !left || len(p.Criteria) == 0 {
				continue
			}
			x := Crossing{Initiative: in.ID, Left: p.Name, Unmet: unmet[key{in.ID, p.Name}]}
			if entered >= 0 {
				x.Entered, x.On = in.Phases[entered].Name, in.Phases[entered].Start
			}
			if p.Override != nil {
				x.Reason, x.By, x.Overridden = p.Override.Reason, p.Override.By, p.Override.On
			}
			out = append(out, x)
		}
	}
	return out
}

// activeUnits is the number of a feature's active eligible units. It is not a metric; a
// criterion such as "50 teams" refers to it.
const activeUnits = "adoption.active"

// lookup finds the data of the metrics that criteria and goals name.
type lookup struct {
	measured *Measured
	found    metric.Section // discovery metrics, which depend on content
}

func newLookup(o Options, c fact.Content, m *Measured) *lookup {
	l := &lookup{measured: m}
	if namesDiscovery(c) {
		// These metrics depend on no gate, so they can be computed before the gates.
		l.found = measureDiscovery(o, c, m, nil, nil).Section
	}
	return l
}

func namesDiscovery(c fact.Content) bool {
	if slices.ContainsFunc(c.Goals, func(g fact.Goal) bool { return strings.HasPrefix(g.Metric, "discovery.") }) {
		return true
	}
	for i := range c.Initiatives {
		for p := range c.Initiatives[i].Phases {
			if slices.ContainsFunc(c.Initiatives[i].Phases[p].Criteria, func(k fact.Criterion) bool {
				return strings.HasPrefix(k.Measure, "discovery.")
			}) {
				return true
			}
		}
	}
	return false
}

// findMetric returns the data of a metric, for a feature or, if feature is "", for the
// organisation.
func (l *lookup) findMetric(id, feature string) measures.Found {
	scope := metric.Scope{Kind: metric.Organisation}
	if feature != "" {
		scope = metric.Scope{Kind: metric.Feature, ID: feature}
	}
	if id == activeUnits {
		return measures.Found{Series: l.activeSeries(scope)}
	}
	var f measures.Found
	sections := append(slices.Clone(l.measured.Sections), l.found)
	for i := range sections {
		s := &sections[i]
		f.Series = cmp.Or(f.Series, s.FindSeries(id, scope))
		if f.Metric == nil {
			if f.Metric = s.Find(id, scope); f.Metric != nil {
				f.History = l.publishedPoints(id, feature, f.Metric.DefinitionHash)
			}
		}
	}
	return f
}

// activeSeries returns the number of active units by week; nil if it is unknown.
func (l *lookup) activeSeries(scope metric.Scope) *metric.Series {
	f := l.measured.Adoption.Find(scope.ID)
	if f == nil || !f.Known {
		return nil
	}
	share := l.measured.Section("adoption").FindSeries(adoption.Share, scope)
	if share == nil {
		return nil
	}
	s := metric.Series{
		ID: activeUnits, Title: share.Title, Scope: scope, Unit: metric.Unit(f.Unit + "s"),
		Better: metric.Up,
	}
	for _, p := range share.Points {
		if p.Value != nil {
			s.Points = append(s.Points, metric.Point{
				At: p.At, Figure: metric.Figure{Value: metric.Of(float64(p.N))},
				N: f.Eligible,
			})
		}
	}
	return &s
}

// publishedPoints returns the values of a metric in history under the definition in force.
func (l *lookup) publishedPoints(id, subject, hash string) []metric.Point {
	var out []metric.Point
	for i := range l.measured.History {
		r := &l.measured.History[i]
		if r.Metric == id && r.Subject == subject && r.Hash == hash {
			out = append(out, metric.Point{At: r.Week.Add(-org.Week), Figure: r.Figure, N: r.N})
		}
	}
	slices.SortStableFunc(out, func(a, b metric.Point) int { return a.At.Compare(b.At) })
	return out
}

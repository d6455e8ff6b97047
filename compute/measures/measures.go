// Package measures turns the dated figures that a team provides (uptime, build minutes,
// questions asked) into weekly series and levels. It compares them with targets and with the
// criteria of the roadmap's phases.
//
// The team defines its measures in measures.toml. Rows of a measure that is not declared are
// counted and not used.
package measures

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// MetricID returns the metric ID of a declared measure: "measure.build_minutes".
func MetricID(measure string) string { return "measure." + measure }

// Result is the output of the family.
type Result struct {
	Section  metric.Section   `json:"section,omitzero"`
	Measures []Standing       `json:"measures"` // for the whole platform, by ID
	LeftOut  []metric.LeftOut `json:"left_out,omitempty"`
}

// States of a measure against its target, and of a criterion.
const (
	Met     = "met"
	NotMet  = "not met"
	Unknown = "unknown"
)

// Standing is a declared measure with its values and its state.
type Standing struct {
	ID        string           `json:"id"`
	Title     string           `json:"title"`
	Unit      metric.Unit      `json:"unit"`
	Better    metric.Direction `json:"better"`
	Feature   string           `json:"feature,omitempty"`
	Dimension string           `json:"dimension,omitempty"`
	// Value is for the current four mature weeks, Before for the four weeks before, and Quarter
	// for those three months ago; nil if nothing was measured.
	Value   *float64       `json:"value"`
	Before  *float64       `json:"before"`
	Quarter *float64       `json:"quarter"`
	Target  *metric.Target `json:"target,omitempty"`
	State   string         `json:"state,omitempty"` // of Value against Target; "" without a target
	// Latest is the value of the last complete week with a value, LatestN its number of
	// observations (0: not given) and LatestWeek its Monday.
	Latest     *float64  `json:"latest"`
	LatestN    int       `json:"latest_n"`
	LatestWeek time.Time `json:"latest_week"`
}

// Standing returns the standing of the measure with that ID, or nil.
func (r *Result) Standing(id string) *Standing {
	for i := range r.Measures {
		if r.Measures[i].ID == id {
			return &r.Measures[i]
		}
	}
	return nil
}

// Level returns the latest weekly value of a measure in its unit, its number of observations
// and the Monday of its week; ok is false without a value.
func (r *Result) Level(id string) (value float64, n int, at time.Time, ok bool) {
	s := r.Standing(id)
	if s == nil || s.Latest == nil {
		return 0, 0, time.Time{}, false
	}
	return *s.Latest, s.LatestN, s.LatestWeek, true
}

// Measure computes every declared measure, for the platform and for each team that may be
// shown.
func Measure(o *org.Organisation, c fact.Content, figures []fact.Measure) Result {
	m := measurer{cal: o.Calendar.WithoutBreaks()}
	by, left := m.sortRows(c, figures)
	res := Result{Section: metric.Section{Family: "measures"}, LeftOut: left}
	for _, d := range uniqueMeasures(c.Measures) {
		declared := Spec(d)
		res.Section.Definitions = append(res.Section.Definitions, declared.Definition())
		rows := by[d.ID]
		platform := newFigure(d, metric.Scope{Kind: metric.Organisation}, platformRows(rows))
		mt := m.newMetric(platform, declared)
		res.Section.Metrics = append(res.Section.Metrics, mt)
		series := m.newSeries(platform, declared)
		res.Measures = append(res.Measures, newStanding(platform, &mt, &series))
		if len(series.Points) > 0 {
			res.Section.Series = append(res.Section.Series, series)
		}
		for _, f := range teamFigures(d, o.Teams, rows) {
			res.Section.Metrics = append(res.Section.Metrics, m.newMetric(f, declared))
			res.Section.Series = append(res.Section.Series, m.newSeries(f, declared))
		}
	}
	return res
}

// uniqueMeasures returns the declared measures by ID, each once.
func uniqueMeasures(defs []fact.MeasureDef) []*fact.MeasureDef {
	var out []*fact.MeasureDef
	for i := range defs {
		out = append(out, &defs[i])
	}
	slices.SortStableFunc(out, func(a, b *fact.MeasureDef) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b *fact.MeasureDef) bool { return a.ID == b.ID })
}

var aggregates = map[string]string{
	"": "A week's value is the mean of its figures, weighted by their observations where all say how many; " +
		"four weeks are taken together alike.",
	"median": "A week's value is the median of its figures; four weeks are taken together alike.",
	"sum":    "A week's value is the sum of its figures; four weeks show the mean of those weeks that have one.",
	"last":   "A week's value is its last figure; so is that of four weeks.",
}

// Spec returns the metric declaration of a measure that a team has declared. The settings carry
// its meaning; Version counts changes of the program's formula.
func Spec(d *fact.MeasureDef) *metric.Spec {
	text, ok := aggregates[d.Aggregate]
	if !ok {
		text = aggregates[""]
	}
	return &metric.Spec{
		ID: MetricID(d.ID), Version: 1, Title: cmp.Or(d.Title,
			d.ID), Unit: unitOf(d), Better: directionOf(d), Target: newTarget(d), Source: "measures.toml",
		Estimate: cmp.Or(d.Aggregate, "mean"), Untested: "nothing is known of how the figures vary", Series: true,
		Text:   "Brought by the team. " + text + " A week without a figure is a gap, not a zero.",
		Config: []string{fmt.Sprintf("aggregate = %q", cmp.Or(d.Aggregate, "mean")), fmt.Sprintf("unit = %q", d.Unit)},
	}
}

// maxYears bounds a series, so that a wrong date does not make it centuries long.
const maxYears = 10

type measurer struct{ cal org.Calendar }

// sortRows groups usable figures by declared measure, in order of time, and counts the others.
func (m *measurer) sortRows(c fact.Content, figures []fact.Measure) (map[string][]row, []metric.LeftOut) {
	names := org.NewNames(c)
	by := map[string][]row{}
	left := map[metric.LeftOut]int{}
	drop := func(reason string) { left[metric.LeftOut{What: "figures", Reason: reason}]++ }
	for _, f := range figures {
		id, known := names.Measure(f.ID)
		switch {
		case !known:
			drop(fmt.Sprintf("measure %.40q is not declared in measures.toml", f.ID))
		case math.IsNaN(f.Value) || math.IsInf(f.Value, 0):
			drop("no number")
		case !f.At.Before(m.cal.AsOf):
			drop("in the future")
		case f.At.Before(m.cal.AsOf.AddDate(-maxYears, 0, 0)):
			drop(fmt.Sprintf("older than %d years", maxYears))
		default:
			r := row{week: org.WeekOf(f.At), at: f.At, value: f.Value, n: max(f.N, 0), namesTeam: f.Team != ""}
			if r.namesTeam {
				r.team, _ = names.Team(f.Team) // figures of an unknown team, which Canonical counts, are for the platform only
			}
			by[id] = append(by[id], r)
		}
	}
	for _, rows := range by {
		slices.SortStableFunc(rows, func(a, b row) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.team, b.team), cmp.Compare(a.value, b.value), cmp.Compare(a.n, b.n))
		})
	}
	return by, listLeftOut(left)
}

// maxReasons is the largest number of reasons listed, each with a name from the data. The rest
// are counted together.
const maxReasons = 20

func listLeftOut(left map[metric.LeftOut]int) []metric.LeftOut {
	var out []metric.LeftOut
	for l, n := range left {
		l.N = n
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b metric.LeftOut) int { return cmp.Compare(a.Reason, b.Reason) })
	if len(out) > maxReasons {
		rest := metric.LeftOut{What: "figures", Reason: "other reasons, such as measures that are not declared"}
		for _, l := range out[maxReasons:] {
			rest.N += l.N
		}
		out = append(out[:maxReasons], rest)
	}
	return out
}

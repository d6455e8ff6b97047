package measures

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// row is one figure of a declared measure, for one week.
type row struct {
	week, at  time.Time
	value     float64
	n         int
	team      string
	namesTeam bool // the figure names a team, in teams.toml or not
}

// figure is a measure of one scope, with its rows in order of time.
type figure struct {
	def   *fact.MeasureDef
	scope metric.Scope
	rows  []row
}

func newFigure(d *fact.MeasureDef, scope metric.Scope, rows []row) *figure {
	return &figure{def: d, scope: scope, rows: rows}
}

// platformRows returns, for each week, the rows of the whole platform if there are any, else
// the rows of all teams.
func platformRows(rows []row) []row {
	whole := map[time.Time]bool{}
	for i := range rows {
		if !rows[i].namesTeam {
			whole[rows[i].week] = true
		}
	}
	var out []row
	for _, r := range rows {
		if !r.namesTeam || !whole[r.week] {
			out = append(out, r)
		}
	}
	return out
}

// perceptual is the dimension of measures that come from people's answers. They are not shown
// by team, because a team is too small.
const perceptual = "satisfaction"

// teamFigures returns the figures of the teams that may be shown and have rows, by ID.
func teamFigures(d *fact.MeasureDef, teams []org.Team, rows []row) []*figure {
	if d.Dimension == perceptual {
		return nil
	}
	by := map[string][]row{}
	for _, r := range rows {
		if r.team != "" {
			by[r.team] = append(by[r.team], r)
		}
	}
	var out []*figure
	for i := range teams {
		if t := &teams[i]; t.Shown() && len(by[t.ID]) > 0 {
			out = append(out, newFigure(d, metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title}, by[t.ID]))
		}
	}
	return out
}

// rowsIn returns the rows within a window.
func (f *figure) rowsIn(w metric.Window) []row {
	find := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(f.rows, t, func(r row, t time.Time) int { return r.at.Compare(t) })
		return i
	}
	return f.rows[find(w.From):find(w.To)]
}

// valueIn returns the value of a window, in the unit of the measure, from its rows; nil without
// rows. n is the number of observations behind it.
func (f *figure) valueIn(w metric.Window) (v *float64, n int) {
	rows := f.rowsIn(w)
	if len(rows) == 0 {
		return nil, 0
	}
	for i := range rows {
		n += rows[i].n
	}
	switch f.def.Aggregate {
	case "median":
		values := make([]float64, len(rows))
		for i := range rows {
			values[i] = rows[i].value
		}
		slices.Sort(values)
		return metric.Of(stat.Quantile(values, 0.5)), n
	case "sum":
		return metric.Of(sumPerWeek(rows)), n
	case "last":
		last := rows[len(rows)-1]
		return metric.Of(last.value), last.n
	}
	return metric.Of(weightedMean(rows)), n
}

// sumPerWeek returns the mean of the weekly sums, over the weeks with a figure.
func sumPerWeek(rows []row) float64 {
	sum, weeks := 0.0, 0
	for i := range rows {
		if i == 0 || rows[i].week != rows[i-1].week {
			weeks++
		}
		sum += rows[i].value
	}
	return sum / float64(weeks)
}

// weightedMean returns the mean of rows, weighted by observations if every row gives their
// number.
func weightedMean(rows []row) float64 {
	weighted := !slices.ContainsFunc(rows, func(r row) bool { return r.n <= 0 })
	sum, weight := 0.0, 0.0
	for i := range rows {
		w := 1.0
		if weighted {
			w = float64(rows[i].n)
		}
		sum += w * rows[i].value
		weight += w
	}
	return sum / weight
}

func unitOf(d *fact.MeasureDef) metric.Unit { return cmp.Or(metric.Unit(d.Unit), metric.Number) }

func directionOf(d *fact.MeasureDef) metric.Direction {
	switch b := metric.Direction(d.Better); b {
	case metric.Up, metric.Down:
		return b
	}
	return metric.Neutral
}

// newTarget returns the declared target: at least the level if up is better, at most if down
// is; nil without a level or without a
// better direction.
func newTarget(d *fact.MeasureDef) *metric.Target {
	if d.Target == nil || directionOf(d) == metric.Neutral {
		return nil
	}
	return &metric.Target{Value: *d.Target, Op: directionOf(d), From: "measures.toml"}
}

func (m *measurer) newMetric(f *figure, declared *metric.Spec) metric.Metric {
	mt := declared.Metric(f.scope, m.cal.Current(), m.cal.CutOff())
	var n int
	mt.Value, n = f.valueIn(mt.Window)
	mt.N = newCounts(len(f.rowsIn(mt.Window)), n)
	switch {
	case len(f.rows) == 0:
		mt.Why, mt.Next = "nobody has brought a figure", "feed a CSV of measure, date, value with rows of "+f.def.ID
	case mt.Value == nil:
		mt.Why, mt.Next = "no figure in these weeks; the last is of "+f.rows[len(f.rows)-1].at.Format(time.DateOnly),
			"bring newer figures of "+f.def.ID
	}
	if mt.Value == nil {
		mt.State = metric.NotAvailable
	}
	if v, n := f.valueIn(m.cal.Before()); v != nil {
		mt.Was = &metric.Was{
			Figure: metric.Figure{Value: v}, N: newCounts(len(f.rowsIn(m.cal.Before())), n),
			Window: m.cal.Before(),
		}
	}
	if v, _ := f.valueIn(m.cal.Quarter()); v != nil {
		mt.Details = append(mt.Details, metric.Detail{
			Label: "three months ago", Figure: metric.Figure{Value: v},
			Unit: mt.Unit,
		})
	}
	return mt
}

func newCounts(figures, observations int) []metric.Count {
	if figures == 0 {
		return nil
	}
	out := []metric.Count{{What: "figures", N: figures}}
	if observations > 0 {
		out = append(out, metric.Count{What: "observations", N: observations})
	}
	return out
}

// newSeries returns a series with a point for every complete week since the first figure.
func (m *measurer) newSeries(f *figure, declared *metric.Spec) metric.Series {
	s := declared.NewSeries(f.scope)
	if len(f.rows) == 0 {
		return s
	}
	end := org.WeekOf(m.cal.AsOf)
	for w := f.rows[0].week; w.Before(end); w = w.Add(org.Week) {
		p := metric.Point{At: w, Provisional: !w.Before(m.cal.CutOff())}
		if p.Value, p.N = f.valueIn(metric.Window{From: w, To: w.Add(org.Week)}); p.Value == nil {
			p.Note = "no figure"
		}
		s.Points = append(s.Points, p)
	}
	return s
}

func newStanding(f *figure, mt *metric.Metric, s *metric.Series) Standing {
	st := Standing{
		ID: f.def.ID, Title: mt.Title, Unit: mt.Unit, Better: mt.Better, Feature: f.def.Feature, Dimension: f.def.Dimension,
		Value: mt.Value, Target: mt.Target,
	}
	if mt.Was != nil {
		st.Before = mt.Was.Value
	}
	if len(mt.Details) > 0 {
		st.Quarter = mt.Details[0].Value
	}
	switch {
	case st.Target == nil:
	case st.Value == nil:
		st.State = Unknown
	case st.Target.Met(*st.Value):
		st.State = Met
	default:
		st.State = NotMet
	}
	for _, p := range slices.Backward(s.Points) {
		if p.Value != nil {
			st.Latest, st.LatestN, st.LatestWeek = p.Value, p.N, p.At
			break
		}
	}
	return st
}

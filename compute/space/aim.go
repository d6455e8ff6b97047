package space

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Goal is a level that the platform team aims at for a metric of the organisation.
type Goal struct {
	Metric string // ID
	Title  string // "": the metric's
	Target metric.Target
}

// homes lists the dimension of each metric without a row of its own.
var homes = []struct{ prefix, dimension string }{
	{NPS, "satisfaction"},
	{ResponseRate, "satisfaction"},
	{"dora.", "performance"},
	{ChangesWeek, "activity"},
	{CommitsWeek, "activity"},
	{"support.", "communication"},
	{TaskMinutes, "efficiency"},
	{TaskSuccess, "efficiency"},
}

// ApplyGoals returns the dimensions with the team's own goals in place of published levels and
// wanted directions. A goal for a metric without a row adds one. The first of several goals for
// one metric counts. find returns a metric of the organisation, or nil.
func ApplyGoals(dimensions []Dimension, goals []Goal, find func(id string) *metric.Metric) []Dimension {
	out := slices.Clone(dimensions)
	for i := range out {
		out[i].Rows = slices.Clone(out[i].Rows)
	}
	seen := map[string]bool{}
	for i := range goals {
		g := &goals[i]
		if seen[g.Metric] {
			continue
		}
		seen[g.Metric] = true
		m := find(g.Metric)
		w := wantedMetric{metric: g.Metric, title: g.Title, target: &g.Target}
		if !w.replaceRow(out, m) {
			w.addRow(out, m)
		}
	}
	return out
}

// replaceRow puts the goal into the row of its metric. It returns false without such a row.
func (w *wantedMetric) replaceRow(dimensions []Dimension, m *metric.Metric) bool {
	for i := range dimensions {
		for k := range dimensions[i].Rows {
			r := &dimensions[i].Rows[k]
			if r.Metric != w.metric || dimensions[i].ID == "activity" && strings.HasPrefix(w.metric, "dora.") {
				continue
			}
			title := r.Title
			*r = w.compareMetric(m)
			r.Title = title
			return true
		}
	}
	return false
}

// addRow adds a row for the goal to the dimension of its metric, before the rows about all
// tasks and declared measures. A metric without a dimension gets no row.
func (w *wantedMetric) addRow(dimensions []Dimension, m *metric.Metric) {
	for _, h := range homes {
		if !strings.HasPrefix(w.metric, h.prefix) {
			continue
		}
		for i := range dimensions {
			d := &dimensions[i]
			if d.ID != h.dimension {
				continue
			}
			at := slices.IndexFunc(d.Rows, func(r DimensionMetric) bool {
				return r.Metric == TaskSuccess || strings.HasPrefix(r.Metric, "measure.")
			})
			if at < 0 {
				at = len(d.Rows)
			}
			row := w.compareMetric(m)
			d.Rows = slices.Insert(d.Rows, at, row)
			d.HasData = d.HasData || row.Value != nil
		}
		return
	}
}

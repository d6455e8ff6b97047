package space

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Goal is a level that the platform's team aims at for a metric of the organisation.
type Goal struct {
	Metric string // ID
	Title  string // "": the metric's
	Target metric.Target
}

// homes say which dimension a metric belongs to that has no row of its own.
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

// ApplyGoals returns the dimensions with the team's own goals in place of published levels
// and wanted directions. A goal whose metric has no row gets one; of several goals for
// one metric the first counts. find returns a metric of the organisation, or nil.
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
		if w.title == "" && m != nil {
			w.title = m.Title
		}
		if !w.replaceRow(out, m) {
			w.addRow(out, m)
		}
	}
	return out
}

// replaceRow puts the goal into the row that its metric is judged in; false if there is
// none.
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

// addRow gives the goal a row in the dimension of its metric, before what is asked of all
// tasks together; a metric of no dimension gets none.
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

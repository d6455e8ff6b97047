package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// taskFigures returns the common tasks: the share of people who complete each without help,
// and the time that it takes.
func taskFigures(sec *metric.Section) view.Figures {
	v := view.Figures{Title: "Can they do it without help?", Note: "not tested yet"}
	for i := range sec.Metrics {
		m := &sec.Metrics[i]
		task, ok := strings.CutPrefix(m.ID, space.TaskSuccess)
		if !ok || m.Scope != organisation {
			continue
		}
		if m.Trend != nil {
			v.Note = ""
		}
		if row := taskFigure(m, sec.Find(space.TaskMinutes+task, organisation), task == ""); row.Value != "" || row.Aim != "" || task == "" {
			v.Rows = append(v.Rows, row)
		}
	}
	return v
}

// taskFigure returns a task by its success and its time; either may be missing. Aim has the
// median time.
func taskFigure(m, minutes *metric.Metric, all bool) view.Figure {
	v := view.Figure{Name: view.Link{Title: "All tasks"}, N: format.Counts(m.N)}
	if m.Why != "" {
		v.Why = view.Reason(m.Why, m.Next)
	}
	if !all {
		v.Name.Title = format.UpperFirst(strings.TrimPrefix(m.Title, "Completed without help: "))
	}
	var was []string
	g := chart.Gauge{Max: 1}
	if m.Value != nil {
		v.Value, v.Range = format.Value(*m.Value, m.Unit), view.Likely(format.Interval(m.Lo, m.Hi, m.Unit))
		g.Figure = m.Figure
	}
	if m.Was != nil {
		was = append(was, format.Maybe(m.Was.Value, m.Unit))
		g.Was = m.Was.Value
	}
	if !all && minutes != nil && minutes.Value != nil {
		v.Aim = "median " + format.Value(*minutes.Value, minutes.Unit)
		if iv := format.Interval(minutes.Lo, minutes.Hi, minutes.Unit); iv != "" {
			v.Aim += ", likely " + iv
		}
		v.Aim += " (" + format.Counts(minutes.N) + ")"
		if minutes.Was != nil {
			was = append(was, format.Maybe(minutes.Was.Value, minutes.Unit))
		}
	}
	if len(was) > 0 {
		v.Was = "four weeks before " + strings.Join(was, ", ")
	}
	if m.Value != nil {
		v.Bar = view.DrawGauge(&g)
	}
	return v
}

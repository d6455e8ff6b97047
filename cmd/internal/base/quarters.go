package base

import (
	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// CompareQuarters compares the content at the beginning of the present quarter with the present
// one, whose report is given, and that of the quarter before with it. Both sides are decided on
// the same numbers.
func CompareQuarters(w *workspace.Workspace, q *history.Quarters, present compute.Report) diff.Periods {
	out := diff.Periods{Why: q.Why}
	file := workspace.DisplayPath(w.File)
	head := diff.Side{Report: present, Content: w.Content, Settings: ListKeys(file, w.Data, &w.Config)}
	to := present.AsOf
	for i := range q.Starts {
		s := &q.Starts[i]
		m := present.Measured
		m.AsOf = to // both sides are judged on the last day
		side := diff.Side{Content: s.State.Content, Settings: ListKeys(file, nil, s.State.Config)}
		side.Report = compute.Decide(s.State.Config.Options(), s.State.Content, m)
		m.AsOf = s.At
		then := compute.Decide(s.State.Config.Options(), s.State.Content, m)
		// The phases that had been left by then.
		side.Report.Crossings, side.Report.AsOf = then.Crossings, then.AsOf
		p := diff.Period{From: s.At, To: to, Began: s.Began, Commits: s.Commits}
		out.List = append(out.List, diff.ComparePeriod(p, diff.Input{Base: side, Head: head}, q.Touched, w.Content.Recorded))
		side.Report = then
		head, to = side, s.At
	}
	return out
}

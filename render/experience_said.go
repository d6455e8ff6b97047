package render

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// toneWords are the words of the five tones of an answer, from bad to good.
var toneWords = [5]string{
	"strongly unfavourable", "unfavourable", "neither", "favourable", "strongly favourable",
}

// likertLevels are the words of a five-point scale of agreement.
var likertLevels = [5]string{"strongly disagree", "disagree", "neither", "agree", "strongly agree"}

// tonesOf returns the answers to a statement, the unfavourable ones first; false if it has
// another scale or its counts are hidden.
func tonesOf(it *space.ItemAnswers) (a chart.Answers, ok bool) {
	if len(it.Counts) != len(a) {
		return a, false
	}
	copy(a[:], it.Counts)
	if it.Reversed {
		slices.Reverse(a[:])
	}
	return a, true
}

// saidViews returns the statements of each side with the answers to them. Statements whose
// agreement is bad are a list of their own. Within a list the statement with the largest
// favourable share comes first.
func saidViews(sides []space.Dimension) view.List[view.Figures] {
	var all []chart.Answers
	var best, worst *space.ItemAnswers
	for i := range sides {
		for k := range sides[i].Items {
			it := &sides[i].Items[k]
			if a, ok := tonesOf(it); ok {
				all = append(all, a)
			}
			if it.Favourable == nil {
				continue
			}
			if best == nil || *it.Favourable > *best.Favourable {
				best = it
			}
			if worst == nil || *it.Favourable < *worst.Favourable {
				worst = it
			}
		}
	}
	scale := chart.NewLikert(all)
	v := view.List[view.Figures]{Title: "What developers say"}
	for i := range sides {
		for _, reversed := range []bool{false, true} {
			if list := saidOf(&sides[i], &scale, reversed); len(list.Rows) > 0 {
				v.Rows = append(v.Rows, list)
			}
		}
	}
	if best != nil && best != worst {
		v.Title = "What developers say: " + format.Interval(worst.Favourable, best.Favourable, metric.Share) + " answer favourably"
	}
	return v
}

// saidOf returns the statements of a side in one direction.
func saidOf(d *space.Dimension, scale *chart.Likert, reversed bool) view.Figures {
	v := view.Figures{ID: "said-" + d.ID, Title: d.Title}
	if reversed {
		v.ID, v.Title = v.ID+"-reversed", v.Title+", where disagreement is good"
	}
	var items []*space.ItemAnswers
	for i := range d.Items {
		if d.Items[i].Reversed == reversed {
			items = append(items, &d.Items[i])
		}
	}
	slices.SortStableFunc(items, func(a, b *space.ItemAnswers) int { return cmp.Compare(favourable(b), favourable(a)) })
	for _, it := range items {
		v.Rows = append(v.Rows, saidFigure(it, scale))
	}
	return v
}

// favourable returns the favourable share of a statement, −1 without one.
func favourable(it *space.ItemAnswers) float64 {
	if it.Favourable == nil {
		return -1
	}
	return *it.Favourable
}

func saidFigure(it *space.ItemAnswers, scale *chart.Likert) view.Figure {
	v := view.Figure{
		Name: view.Link{Title: it.Question}, Value: view.ShareOf(it.Favourable),
		Range: view.LikelyShare(it.Lo, it.Hi), N: format.Things(it.N, "answers"),
	}
	if it.Favourable == nil && it.Unclear.Hides() {
		v.N = it.Unclear.Why()
		return v
	}
	v.N += notUnderstood(it.Unclear)
	name := v.Value + " favourable"
	if v.Range != "" {
		name += ", " + v.Range
	}
	if a, ok := tonesOf(it); ok {
		var parts []string
		for i, n := range a {
			parts = append(parts, format.Count(n)+" "+toneWords[i])
		}
		v.Bar = template.HTML(scale.AppendBar(nil, &a, name+"; "+strings.Join(parts, ", "))) // chart escapes every text
		return v
	}
	if it.Favourable != nil {
		v.Bar = view.DrawGauge(&chart.Gauge{Figure: metric.Figure{Value: it.Favourable, Lo: it.Lo, Hi: it.Hi}, Max: 1, Name: name})
	}
	return v
}

// itemTable returns the table of all statements with the answers as given.
func itemTable(sides []space.Dimension) template.HTML {
	t := chart.Table{Head: []chart.Column{{Title: "Statement"}}}
	for _, level := range likertLevels {
		t.Head = append(t.Head, chart.Column{Title: level, Numeric: true})
	}
	t.Head = append(t.Head, chart.Column{Title: "Answers", Numeric: true}, chart.Column{Title: "Favourable", Numeric: true},
		chart.Column{Title: "Likely", Numeric: true}, chart.Column{Title: "Whose question"})
	for i := range sides {
		for k := range sides[i].Items {
			it := &sides[i].Items[k]
			cells := []string{it.Question}
			for n := range likertLevels {
				cell := ""
				if len(it.Counts) == len(likertLevels) {
					cell = format.Count(it.Counts[n])
				}
				cells = append(cells, cell)
			}
			n := format.Count(it.N) + notUnderstood(it.Unclear)
			if it.Favourable == nil && it.Unclear.Hides() {
				n = it.Unclear.Why()
			}
			t.Rows = append(t.Rows, chart.Row{Cells: append(cells, n, view.ShareOf(it.Favourable),
				format.Interval(it.Lo, it.Hi, metric.Share), cmp.Or(it.Source, "our own"))})
		}
	}
	if len(t.Rows) == 0 {
		return ""
	}
	return template.HTML(t.AppendHTML(nil)) // chart escapes every text
}

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

package render

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// These are the weeks before and after today on the roadmap. The pages of the initiatives have
// the earlier work, and a bar of several years must not make the others too small.
const (
	ganttWeeksBack  = 8
	ganttWeeksAhead = 39
)

// These are the numbers of rows of a track that a page shows at once, if it has more. The others
// are behind a disclosure.
const (
	ganttRows      = 6
	ganttOtherRows = 3 // of tracks beside delivery
)

// tracks are the tracks of the roadmap, in the order of the loop.
var tracks = []string{"discovery", "delivery", "measurement"}

// ganttView is a plan over time: a table whose rows have pictures.
type ganttView struct {
	What   string // header of the names
	Axis   template.HTML
	Tracks []view.Figures // a row is an initiative or an activity
	More   []view.Figures // the rows behind a disclosure
	Others string         // "21 more"
	Dense  bool           // each name has one line
	Table  template.HTML  // a row for each bar
	Late   []view.Labelled
}

// newGantt returns the plan of the roadmap, and the number of bars that it leaves out because
// they ended earlier.
func (s *site) newGantt() (g *chart.Gantt, earlier int) {
	asOf := s.report.AsOf
	from := asOf.AddDate(0, 0, -7*ganttWeeksBack)
	g = &chart.Gantt{Today: asOf}
	for _, track := range tracks {
		rows := s.activityBars(track)
		if track == "delivery" {
			rows = append(rows, s.phaseBars()...)
		}
		for i := range rows {
			rows[i].Bars = slices.DeleteFunc(rows[i].Bars, func(b chart.GanttBar) bool {
				over := !b.To.IsZero() && !b.To.After(from) && b.State != chart.Active && b.State != chart.Planned
				if over {
					earlier++
				}
				return over
			})
		}
		rows = slices.DeleteFunc(rows, func(r chart.GanttRow) bool { return len(r.Bars) == 0 })
		if len(rows) > 0 {
			g.Sections = append(g.Sections, chart.GanttSection{Title: format.UpperFirst(track), Rows: rows})
		}
	}
	return g, earlier
}

func (s *site) activityBars(track string) []chart.GanttRow {
	var rows []chart.GanttRow
	for i := range s.content.Activities {
		a := &s.content.Activities[i]
		if a.Track == track && !a.Start.IsZero() {
			b := s.newBar(a.Title, cmp.Or(a.Status, "planned"), a.Start, a.End())
			if !b.Ended.IsZero() {
				b.Labels = []string{"done early"}
			}
			rows = append(rows, chart.GanttRow{Title: a.Title, Bars: []chart.GanttBar{b}})
		}
	}
	return rows
}

// phaseBars returns the phases of all initiatives that are not refused.
func (s *site) phaseBars() []chart.GanttRow {
	var rows []chart.GanttRow
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft || in.Status == fact.WontBuild {
			continue
		}
		rows = append(rows, s.initiativeRow(in))
	}
	return rows
}

// initiativeRow returns the row of one initiative with all its dated phases.
func (s *site) initiativeRow(in *fact.Initiative) chart.GanttRow {
	title := cmp.Or(in.GanttTitle, in.Title)
	row := chart.GanttRow{ID: in.ID, Title: title}
	for n := range in.Phases {
		ph := &in.Phases[n]
		if ph.Start.IsZero() {
			continue
		}
		name := format.Phase(ph.Name)
		b := s.newBar(title+" "+name, phaseState(in, n, s.report.AsOf), ph.Start, ph.End())
		b.Labels = []string{name}
		if who := audienceWords(&ph.Audience); who != "" {
			b.Labels = []string{name + ", " + who, name}
		}
		row.Bars = append(row.Bars, b)
	}
	slices.SortStableFunc(row.Bars, func(a, b chart.GanttBar) int { return a.From.Compare(b.From) })
	return row
}

// newBar returns one bar. Its state is the declared one; the calendar only adds a note.
func (s *site) newBar(title, state string, from, to time.Time) chart.GanttBar {
	asOf := s.report.AsOf
	b := chart.GanttBar{Title: title, From: from, To: to, State: chart.State(state)}
	var notes []string
	if to.IsZero() && b.State != chart.Done {
		notes = append(notes, "no end set")
	}
	if last := asOf.AddDate(0, 0, 7*ganttWeeksAhead); to.After(last) && last.After(from) {
		notes, b.To = append(notes, "goes on to "+format.Date(to)), last
	}
	if b.State == chart.Done && to.After(asOf) {
		b.Ended = asOf
		notes = append(notes, "early")
	}
	b.Late = lateWords(state, from, to, asOf)
	b.Note = strings.Join(notes, ", ")
	return b
}

// ganttOf returns the rows of a plan with their pictures and words.
func (s *site) ganttOf(g *chart.Gantt, root string) ganttView {
	v := ganttView{
		What: "Initiative",
		Axis: template.HTML(g.AppendAxis(nil)), // chart escapes every text
		// chart escapes every text
		Table: template.HTML(g.Table().AppendHTML(nil)),
	}
	others := 0
	for i := range g.Sections {
		sec := &g.Sections[i]
		rows := slices.Clone(sec.Rows)
		slices.SortStableFunc(rows, func(a, b chart.GanttRow) int { return a.Bars[0].From.Compare(b.Bars[0].From) })
		limit := ganttRows
		if len(g.Sections) > 1 && sec.Title != "Delivery" {
			limit = ganttOtherRows
		}
		shown := nearestRows(rows, s.report.AsOf, limit)
		now, more := view.Figures{Title: sec.Title}, view.Figures{Title: sec.Title}
		for k := range rows {
			if b := lateBar(rows[k].Bars); b != nil {
				days, _, _ := strings.Cut(b.Late, " late")
				v.Late = append(v.Late, view.Labelled{Label: rows[k].Title, Value: days})
			}
			list := &now
			if !shown[k] {
				list = &more
				others++
			}
			list.Rows = append(list.Rows, s.ganttFigure(g, &rows[k], root))
		}
		v.Tracks = append(v.Tracks, now)
		if len(more.Rows) > 0 {
			v.More = append(v.More, more)
		}
	}
	if others > 0 {
		v.Others, v.Dense = format.Count(others)+" more, further from today", true
	}
	return v
}

// nearestRows reports for each row whether a page shows it at once: what is active first, then
// what begins next, then what ended last. A list that is hardly longer than limit is shown whole.
func nearestRows(rows []chart.GanttRow, asOf time.Time, limit int) []bool {
	if len(rows) <= limit+foldSlack {
		limit = len(rows)
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	far := func(r *chart.GanttRow) (class int, days float64) {
		last := &r.Bars[len(r.Bars)-1]
		for k := range r.Bars {
			switch b := &r.Bars[k]; b.State {
			case chart.Active:
				return 0, 0
			case chart.Planned:
				return 1, b.From.Sub(asOf).Hours()
			case chart.Done:
			}
		}
		return 2, asOf.Sub(last.From).Hours()
	}
	slices.SortStableFunc(order, func(a, b int) int {
		classA, daysA := far(&rows[a])
		classB, daysB := far(&rows[b])
		return cmp.Or(cmp.Compare(classA, classB), cmp.Compare(daysA, daysB))
	})
	shown := make([]bool, len(rows))
	for at, i := range order {
		shown[i] = at < limit
	}
	return shown
}

// lateBar returns the first bar that is behind its date; nil if there is none.
func lateBar(bars []chart.GanttBar) *chart.GanttBar {
	for i := range bars {
		if bars[i].Late != "" {
			return &bars[i]
		}
	}
	return nil
}

// ganttFigure returns a row: its name, its state in words, and its picture.
func (s *site) ganttFigure(g *chart.Gantt, r *chart.GanttRow, root string) view.Figure {
	b := currentBar(r.Bars)
	f := view.Figure{
		Name: view.Link{Title: r.Title},
		Bar:  template.HTML(g.AppendRow(nil, r)), // chart escapes every text
		Note: barWords(r, b, s.report.AsOf),
	}
	if r.ID != "" {
		f.Name = s.linkTo(root, "roadmap", r.ID, r.Title)
		if moved := s.movedBarWords(r.ID, b); moved != "" {
			f.Note += "; " + moved
		}
	}
	if late := lateBar(r.Bars); late != nil {
		f.Mark = view.Mark{Word: late.Late, Class: "worse"}
	}
	return f
}

// movedBarWords returns how the dates of a phase moved; "" if they did not, or if it is done.
func (s *site) movedBarWords(id string, b *chart.GanttBar) string {
	in := s.findInitiative(id)
	if in == nil || b.State == chart.Done {
		return ""
	}
	for i := range in.Phases {
		if ph := &in.Phases[i]; ph.Start.Equal(b.From) {
			return movedDatesWords(rice.FindMove(s.content.Recorded.InitiativeVersions(id), ph.Name))
		}
	}
	return ""
}

// currentBar returns the bar that a row is about now: the last active one, else the next
// planned one, else the last one.
func currentBar(bars []chart.GanttBar) *chart.GanttBar {
	for _, state := range []chart.State{chart.Active, chart.Planned} {
		for i := range bars {
			at := i
			if state == chart.Active {
				at = len(bars) - 1 - i
			}
			if bars[at].State == state {
				return &bars[at]
			}
		}
	}
	return &bars[len(bars)-1]
}

// barWords returns the state of a row in words: "Beta planned, 22 Nov–19 Dec 2024".
func barWords(r *chart.GanttRow, b *chart.GanttBar, asOf time.Time) string {
	words := string(b.State)
	if r.ID != "" && len(b.Labels) > 0 {
		words = b.Labels[len(b.Labels)-1] + " " + words
	}
	switch {
	case b.State == chart.Active && b.To.IsZero():
		words += " since " + dayOf(b.From, asOf)
	case b.State == chart.Active && b.Late == "":
		words += " until " + dayOf(b.To.AddDate(0, 0, -1), asOf)
	case b.To.IsZero():
		words += " from " + dayOf(b.From, asOf)
	default:
		words += ", " + shortSpan(b.From, b.To, asOf)
	}
	if b.Note != "" {
		words += ", " + b.Note
	}
	return words
}

// dayOf formats a day, with its year only if that is another year than now.
func dayOf(t, asOf time.Time) string {
	if t.Year() == asOf.Year() {
		return format.Day(t)
	}
	return format.Date(t)
}

// shortSpan formats a time, with its years only if one is another year than now.
func shortSpan(from, to, asOf time.Time) string {
	if last := to.AddDate(0, 0, -1); from.Year() == asOf.Year() && last.Year() == asOf.Year() {
		return strings.TrimRight(strings.TrimSuffix(format.Span(from, to), asOf.UTC().Format("2006")), "\u00a0 ")
	}
	return format.Span(from, to)
}

// lateWords returns the delay of a bar against its declared state; "" if it is not late.
func lateWords(state string, from, to, asOf time.Time) string {
	switch {
	case state == string(chart.Planned) && !from.IsZero():
		if n := daysSince(from, asOf); n > 0 {
			return format.Things(n, "days") + " late to start"
		}
	case state == string(chart.Active) && !to.IsZero():
		if n := daysSince(to, asOf); n > 0 {
			return format.Things(n, "days") + " late"
		}
	}
	return ""
}

func daysSince(t, asOf time.Time) int { return int(asOf.Sub(t).Hours() / 24) }

// phaseState returns the declared state of a phase. Without one, the state follows from the
// status of the initiative and its current phase.
func phaseState(in *fact.Initiative, n int, asOf time.Time) string {
	ph := &in.Phases[n]
	if ph.Status != "" {
		return ph.Status
	}
	current := currentPhase(in, asOf)
	switch {
	case in.Status == fact.Done || n < current:
		return string(chart.Done)
	case n == current && in.Status == fact.Active:
		return string(chart.Active)
	}
	return string(chart.Planned)
}

// currentPhase returns the index of the phase declared active, else of the last one that began
// without a declared status; −1 if there is none.
func currentPhase(in *fact.Initiative, asOf time.Time) int {
	current := -1
	for n := range in.Phases {
		ph := &in.Phases[n]
		if ph.Status == string(chart.Active) {
			return n
		}
		if ph.Status == "" && !ph.Start.IsZero() && !ph.Start.After(asOf) {
			current = n
		}
	}
	return current
}

// movedDates returns the phases and activities whose dates moved: as they were and as they are.
func (q *quarterView) movedDates() ganttView {
	g := &chart.Gantt{Today: q.report.AsOf}
	var section chart.GanttSection
	var notes []string
	for i := range q.p.Diff.Changes {
		x := &q.p.Diff.Changes[i]
		on, _ := daysWords(q.p.Days[i])
		for k := range x.Dates {
			d := &x.Dates[k]
			if !d.Moved() {
				continue
			}
			row := chart.GanttRow{Title: cmp.Or(x.Subject.Title, x.Subject.ID)}
			if x.Subject.Kind == "initiative" {
				row.ID, row.Title = x.Subject.ID, row.Title+", "+format.Phase(d.Name)
			}
			for _, bar := range []struct {
				diff.Dates
				state chart.State
			}{{d.Before, chart.Planned}, {d.After, chart.Done}} {
				if !bar.From.IsZero() && !bar.To.IsZero() {
					row.Bars = append(row.Bars, chart.GanttBar{From: bar.From, To: bar.To, State: bar.state})
				}
			}
			if len(row.Bars) == 0 {
				continue
			}
			section.Rows = append(section.Rows, row)
			notes = append(notes, strings.Join(slices.DeleteFunc([]string{movedWords(d), on}, func(t string) bool { return t == "" }),
				" · "))
		}
	}
	v := ganttView{What: "Phase or activity"}
	if len(section.Rows) == 0 {
		return v
	}
	g.Sections = []chart.GanttSection{section}
	v.Axis = template.HTML(g.AppendAxis(nil)) // chart escapes every text
	track := view.Figures{}
	for i := range section.Rows {
		r := &section.Rows[i]
		f := view.Figure{Name: view.Link{Title: r.Title}, Note: notes[i], Bar: template.HTML(g.AppendRow(nil, r))}
		if r.ID != "" {
			f.Name = q.linkTo(q.root, "roadmap", r.ID, r.Title)
			f.Name.Title = r.Title
		}
		track.Rows = append(track.Rows, f)
	}
	v.Tracks = []view.Figures{track}
	return v
}

// movedWords returns the dates before and after.
func movedWords(d *diff.Span) string {
	switch {
	case d.Before.Gone:
		return "new: " + whenWords(d.After.From, d.After.To)
	case d.After.Gone:
		return "gone, it was " + whenWords(d.Before.From, d.Before.To)
	}
	return whenWords(d.Before.From, d.Before.To) + " → " + whenWords(d.After.From, d.After.To)
}

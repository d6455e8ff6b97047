package chart

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Table has the data of a chart, formatted for readers. Row i belongs to the i-th item of the
// picture, because the interactive chart takes its tooltips from these cells.
type Table struct {
	Head []Column
	Rows []Row
}

// Column is the header of a column. Numeric columns are aligned right.
type Column struct {
	Title   string
	Numeric bool
}

// Row is a row of cells; the first is its header. A Gap has no data.
type Row struct {
	Cells []string
	Gap   bool
}

// Chart is a chart in a figure.
type Chart interface {
	// Name returns the ID (unique on the page), the title, and the description.
	Name() (id, title, desc string)
	// Height returns the height of the picture in pixels.
	Height() float64
	// AppendSVG appends the picture.
	AppendSVG(dst []byte) []byte
	// Table returns the data for readers.
	Table() Table
	// Records returns the data for files, header first, in stored units; rare rates are per
	// week.
	Records() [][]string
	// AppendOption appends the ECharts option as JSON that is safe in a <script> element. It
	// appends nothing if the chart is not interactive.
	AppendOption(dst []byte) []byte
}

// pointTable returns the table of points, without empty columns. The labels of the marks are notes
// of their weeks.
func pointTable(title string, points []metric.Point, u metric.Unit, marks []Mark) Table {
	points = chronological(points)
	var interval, n, note bool
	for i := range points {
		p := &points[i]
		interval = interval || p.Lo != nil || p.Hi != nil
		n = n || p.N > 0
		note = note || p.Note != "" || p.Provisional || p.Value == nil
	}
	notes := markNotes(points, marks)
	note = note || len(notes) > 0
	when := "From"
	if len(points) > 1 && smallestStep(points) == 7*24*time.Hour {
		when = "Week of"
	}
	t := Table{Head: []Column{{when, false}, {title, true}}, Rows: make([]Row, len(points))}
	for _, c := range [...]struct {
		title   string
		numeric bool
		shown   bool
	}{{"Interval", true, interval}, {"n", true, n}, {"Note", false, note}} {
		if c.shown {
			t.Head = append(t.Head, Column{c.title, c.numeric})
		}
	}
	cells := make([]string, 0, len(points)*len(t.Head))
	for i := range points {
		p := &points[i]
		start := len(cells)
		cells = append(cells, format.Date(p.At), maybeValue(p.Value, u))
		if interval {
			cells = append(cells, format.Interval(p.Lo, p.Hi, u))
		}
		if n && p.Value == nil {
			cells = append(cells, "")
		} else if n {
			cells = append(cells, format.Count(p.N))
		}
		if note {
			cells = append(cells, joinNotes(pointNote(p), notes[i]))
		}
		t.Rows[i] = Row{Cells: cells[start:len(cells):len(cells)], Gap: p.Value == nil}
	}
	return t
}

// markNotes returns the labels of the marks by the index of their point.
func markNotes(points []metric.Point, marks []Mark) map[int]string {
	var notes map[int]string
	for _, m := range marks {
		for i := range points {
			in := i == nearestPoint(points, m)
			if !m.To.IsZero() {
				in = points[i].At.Before(m.To) && (i+1 == len(points) || points[i+1].At.After(m.At))
			}
			if in && m.Label != "" {
				if notes == nil {
					notes = map[int]string{}
				}
				notes[i] = joinNotes(notes[i], m.Label)
			}
		}
	}
	return notes
}

// joinNotes joins two notes; each may be empty.
func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

func maybeValue(v *float64, u metric.Unit) string {
	if v == nil {
		return "no data"
	}
	return format.Value(*v, u)
}

func pointNote(p *metric.Point) string {
	switch {
	case p.Provisional && p.Note != "":
		return "provisional: " + p.Note
	case p.Provisional:
		return "provisional"
	}
	return p.Note
}

func pointRecords(points []metric.Point, u metric.Unit) [][]string {
	out := make([][]string, 1, len(points)+1)
	out[0] = []string{"from", "value", "low", "high", "n", "unit", "provisional", "note"}
	for _, p := range chronological(points) {
		f := p.Figure.Times(format.Factor(u))
		out = append(out, []string{
			format.ISO(p.At), rawNumber(f.Value), rawNumber(f.Lo), rawNumber(f.Hi), strconv.Itoa(p.N),
			format.DataUnit(u), strconv.FormatBool(p.Provisional), p.Note,
		})
	}
	return out
}

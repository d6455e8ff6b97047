package render

import (
	"strings"

	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// allNumbers returns every number of the first page for its table, with the details that the
// page leaves out, and the notes about them.
func (s *site) allNumbers(v *healthView) (rows []view.Figure, notes []view.Labelled) {
	for i := range v.Delivery {
		t := &v.Delivery[i]
		rows = append(rows, tileRows(t)...)
		notes = append(notes, tileNotes(t)...)
	}
	sat := &v.Satisfaction
	if sat.Survey != "" {
		rows = append(rows, tileRows(&sat.Score)...)
		notes = append(notes, tileNotes(&sat.Score)...)
		for i := range sat.Waves {
			w := sat.Waves[i]
			w.Name = view.Link{Title: sat.Score.Title + ", " + w.Name.Title}
			rows = append(rows, plainRow(&w, w.Name.Title))
		}
		for i := range sat.Loved.Rows {
			rows = append(rows, plainRow(&sat.Loved.Rows[i], "Most loved: "+sat.Loved.Rows[i].Name.Title))
		}
		for i := range sat.Frustrating.Rows {
			rows = append(rows, plainRow(&sat.Frustrating.Rows[i], "Most frustrating: "+sat.Frustrating.Rows[i].Name.Title))
		}
	}
	for i := range v.Cards {
		for k := range v.Cards[i].Facts {
			f := &v.Cards[i].Facts[k]
			rows = append(rows, plainRow(f, v.Cards[i].Title+": "+f.Name.Title))
		}
		for _, n := range v.Cards[i].Notes {
			notes = append(notes, view.Labelled{Label: v.Cards[i].Title, Value: n})
		}
	}
	for i := range v.Adoption.Rows {
		f := &v.Adoption.Rows[i]
		row := plainRow(f, "Adoption of "+f.Name.Title)
		row.Was, row.Aim = "", f.Note
		if f.Value != "" {
			rows = append(rows, row)
		}
	}
	for _, t := range []view.Tile{v.Support.PerWeek, v.Support.Time} {
		t.Kind = ""
		rows = append(rows, tileRows(&t)...)
		notes = append(notes, tileNotes(&t)...)
	}
	if v.Support.PerWeek.Number != "" {
		notes = append(notes, view.Labelled{
			Label: "Tickets", Value: "Compared with " + v.Support.Against +
				", three months ago: tickets follow a release slowly.",
		})
	}
	for i := range v.Support.Themes {
		f := &v.Support.Themes[i].Figure
		rows = append(rows, plainRow(f, "“"+f.Name.Title+"”, of all tickets"))
	}
	return rows, notes
}

// plainRow returns a figure of the page as a row of the table, with a name of its own.
func plainRow(f *view.Figure, name string) view.Figure {
	row := view.Figure{
		Name: view.Link{Title: name}, Value: f.Value, Range: strings.TrimPrefix(f.Range, "likely "), N: joinWords(" ", f.N, f.Unit), Aim: f.Aim,
	}
	if row.Value == "" {
		row.Why = f.Why
	}
	return row
}

// tileRows returns a number, and the figures beside it, as rows of the table.
func tileRows(t *view.Tile) []view.Figure {
	if t.Number == "" {
		return nil
	}
	row := view.Figure{
		Name: view.Link{Title: t.Title}, Value: joinWords(" ", t.Number, t.Unit), Range: strings.TrimPrefix(t.Interval, "likely "),
		N: t.N,
	}
	if t.Kind != "" {
		row.Name.Title += ", " + t.Kind
	}
	if t.Unit == "" {
		row.Value = joinWords(" ", t.Number, t.Below)
	}
	row.Was = joinWords("; ", strings.TrimSpace(t.Change.Icon+" "+joinWords(" ", t.Change.Size, t.Change.Word)), t.Change.Range, t.Change.Test)
	if t.Change.Word == "" {
		row.Was = t.Was
	}
	rows := []view.Figure{row}
	for _, d := range t.Details {
		rows = append(rows, view.Figure{Name: view.Link{Title: t.Title + ": " + d.Label}, Value: d.Value})
	}
	return rows
}

// tileNotes returns the facts and warnings about a number.
func tileNotes(t *view.Tile) []view.Labelled {
	var out []view.Labelled
	if t.Provisional {
		out = append(out, view.Labelled{Label: t.Title, Value: "provisional: it may still change."})
	}
	if t.Facts != "" {
		out = append(out, view.Labelled{Label: t.Title, Value: t.Facts + "."})
	}
	for _, w := range t.Warnings {
		out = append(out, view.Labelled{Label: t.Title, Value: format.UpperFirst(w)})
	}
	return out
}

// joinWords joins the words that are not empty.
func joinWords(with string, words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, with)
}

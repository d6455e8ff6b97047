package render

import (
	"cmp"
	"encoding/csv"
	"html/template"
	"io"
	"slices"
	"strings"

	spelling "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// mostRows is the largest number of events of a part on a page. The CSV file has all of them.
const mostRows = 50

type evidenceView struct {
	frame
	Heading string
	Window  string
	Parts   []evidencePart
	Back    string
}

type evidencePart struct {
	ID, Title string
	Table     template.HTML // "" without rows
	LeftOut   []metric.LeftOut
	Total     string
	Cut       string // set when not all rows are on the page
	CSV       string
}

// evidenceFolder returns the folder of a scope's evidence.
func evidenceFolder(scope metric.Scope) string {
	switch scope.Kind {
	case metric.Team, metric.Group:
		return string(scope.Kind) + "s/" + scope.ID + "/evidence/"
	}
	return "delivery/evidence/"
}

// evidencePath returns the page that lists what a scope's numbers were made of.
func evidencePath(scope metric.Scope) string { return evidenceFolder(scope) + "index.html" }

// scopesWithEvidence returns the scopes that have pages.
func (s *site) scopesWithEvidence() []metric.Scope {
	scopes := []metric.Scope{organisation}
	for i := range s.content.Groups {
		if g := &s.content.Groups[i]; !s.NoGroupPages && s.report.Group(g.ID).Teams > 0 {
			scopes = append(scopes, metric.Scope{Kind: metric.Group, ID: g.ID, Title: s.groupTitle(g.ID)})
		}
	}
	for i := range s.report.Teams {
		if t := &s.report.Teams[i]; !s.NoTeamPages {
			scopes = append(scopes, metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title})
		}
	}
	return scopes
}

func (s *site) buildEvidence() ([]Page, error) {
	var pages []Page
	for _, scope := range s.scopesWithEvidence() {
		list := s.evidence[metric.Scope{Kind: scope.Kind, ID: scope.ID}]
		if len(list) == 0 && (!s.Preview || s.isPublic()) {
			continue
		}
		p, err := s.newPage("evidence", evidencePath(scope), func() any { return s.evidenceOf(scope, list) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
		for i := range list {
			pages = append(pages, s.csvPage(evidenceFolder(scope)+list[i].ID+".csv", &list[i]))
		}
	}
	return pages, nil
}

// evidenceWindow returns the window of a scope's events in words.
func (s *site) evidenceWindow(list []metric.Evidence) string {
	w := s.report.Current
	if len(list) > 0 && list[0].Window.From.Before(list[0].Window.To) {
		w = list[0].Window
	}
	return format.Span(w.From, w.To)
}

// csvPage returns the CSV file of evidence. It writes row by row, because evidence can be long.
func (s *site) csvPage(at string, e *metric.Evidence) Page {
	return Page{Path: at, Write: func(w io.Writer) error {
		out := csv.NewWriter(w)
		record := append([]string(nil), e.Columns...)
		if s.EventLinks {
			record = append(record, "URL")
		}
		if err := out.Write(record); err != nil {
			return err
		}
		for _, r := range e.Rows {
			record = record[:0]
			for _, c := range r.Cells {
				record = append(record, chart.GuardCell(c))
			}
			if s.EventLinks {
				record = append(record, chart.GuardCell(r.URL))
			}
			if err := out.Write(record); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	}}
}

func (s *site) evidenceOf(scope metric.Scope, list []metric.Evidence) evidenceView {
	at := evidencePath(scope)
	crumbs := s.crumbsOf("")
	heading := "What the delivery numbers were made of"
	switch scope.Kind {
	case metric.Team:
		if t := s.report.Team(scope.ID); t != nil {
			crumbs = append(s.crumbsOf(t.Group), view.Link{Title: scope.Title, Href: teamPath(scope.ID)})
		}
	case metric.Group:
		crumbs = s.crumbsOf(scope.ID)
	}
	if scope.Kind != metric.Organisation {
		heading = "What " + scope.Title + "’s numbers were made of"
	}
	v := evidenceView{
		frame: s.newFrame(at, heading, "The events behind each number, and those left out with the reason.",
			crumbs...), Heading: heading,
		Window: s.evidenceWindow(list),
	}
	for i := range list {
		e := list[i]
		if s.report.ShippedBy(scope).Releases {
			e = releaseEvidence(e)
		}
		v.Parts = append(v.Parts, s.evidencePart(&e, v.Root))
	}
	return v
}

func (s *site) evidencePart(e *metric.Evidence, root string) evidencePart {
	p := evidencePart{
		ID: e.ID, Title: e.Title, LeftOut: e.LeftOut, CSV: e.ID + ".csv",
		Total: format.Count(len(e.Rows)),
	}
	rows := slices.Clone(e.Rows)
	if len(rows) > 0 && rows[0].Team != "" { // names, not events
		slices.SortStableFunc(rows, func(a, b metric.Row) int {
			return cmp.Compare(spelling.Fold(a.Cells[0]), spelling.Fold(b.Cells[0]))
		})
	} else {
		slices.Reverse(rows)
		if len(rows) > mostRows {
			rows = rows[:mostRows]
			p.Cut = "the latest " + format.Count(mostRows) + " of " + format.Count(len(e.Rows)) + "; the CSV file has all"
		}
	}
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Team != "":
			r.URL = s.pageLink(root, evidencePath(metric.Scope{Kind: metric.Team, ID: r.Team}))
		case s.EventLinks:
			r.URL = safeURL(r.URL)
		default:
			r.URL = ""
		}
	}
	if len(rows) > 0 {
		p.Table = evidenceTable(view.ReadableEvidence(dropEmptyColumns(e.Columns, rows)))
	}
	return p
}

// dropEmptyColumns leaves out the columns that are empty in every row; the CSV file has them
// all. The first, that links to the event, stays.
func dropEmptyColumns(columns []string, rows []metric.Row) ([]string, []metric.Row) {
	var kept []int
	for i := range columns {
		isFilled := func(r metric.Row) bool { return i < len(r.Cells) && r.Cells[i] != "" }
		if i == 0 || slices.ContainsFunc(rows, isFilled) {
			kept = append(kept, i)
		}
	}
	if len(kept) == len(columns) {
		return columns, rows
	}
	out := make([]metric.Row, len(rows))
	for n, r := range rows {
		out[n] = metric.Row{URL: r.URL, Cells: chooseCells(r.Cells, kept)}
	}
	return chooseCells(columns, kept), out
}

// chooseCells returns the cells with these indices; a missing cell is empty.
func chooseCells(cells []string, indices []int) []string {
	out := make([]string, len(indices))
	for n, i := range indices {
		if i < len(cells) {
			out[n] = cells[i]
		}
	}
	return out
}

// evidenceTable writes the rows of an evidence table; their URLs are links of the page. Evidence
// is most of a site's bytes, and its cells are plain text: escaping them here is ten times
// faster than a template's contextual escaping of each.
func evidenceTable(columns []string, rows []metric.Row) template.HTML {
	var b strings.Builder
	b.WriteString("<table>\n<thead><tr>")
	for _, c := range columns {
		b.WriteString(`<th scope="col">`)
		writeText(&b, c)
		b.WriteString("</th>")
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, r := range rows {
		b.WriteString("<tr>")
		for i, c := range r.Cells {
			cell := "td"
			if i == 0 {
				cell = "th"
				b.WriteString(`<th scope="row"><bdi>`)
			} else {
				b.WriteString("<td><bdi>")
			}
			if i == 0 && r.URL != "" {
				b.WriteString(`<a href="`)
				writeText(&b, r.URL)
				b.WriteString(`">`)
				writeText(&b, c)
				b.WriteString("</a>")
			} else {
				writeText(&b, c)
			}
			b.WriteString("</bdi></" + cell + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	return template.HTML(b.String()) // every cell went through writeText
}

// writeText writes text escaped for an element or a quoted attribute.
func writeText(b *strings.Builder, s string) {
	if strings.ContainsAny(s, `<>&"'`) {
		s = template.HTMLEscapeString(s)
	}
	b.WriteString(s)
}

package render

import (
	"html/template"
	"strings"
)

// evidenceTable writes the rows of an evidence table. Evidence is most of a
// site's bytes, and its cells are plain text: escaping them here is ten times
// faster than a template's contextual escaping of each.
func evidenceTable(columns []string, rows []evidenceRow) template.HTML {
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
			b.WriteString("<td><bdi>")
			if i == 0 && r.Href != "" {
				b.WriteString(`<a href="`)
				writeText(&b, r.Href)
				b.WriteString(`">`)
				writeText(&b, c)
				b.WriteString("</a>")
			} else {
				writeText(&b, c)
			}
			b.WriteString("</bdi></td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	return template.HTML(b.String()) // every cell went through writeText
}

// writeText writes text so that it is text, in an element and in a quoted attribute.
func writeText(b *strings.Builder, s string) {
	if strings.ContainsAny(s, `<>&"'`) {
		s = template.HTMLEscapeString(s)
	}
	b.WriteString(s)
}

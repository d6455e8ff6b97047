package chart

import (
	"cmp"

	"github.com/ip3dp/ip3dp/render/format"
)

// FigureOptions are the options of a figure on a page. All texts may be "".
type FigureOptions struct {
	// Heading is the title of the figure: the measured change; "" is the title of the chart.
	Heading string
	// Level is the level of the heading in the caption, 2 to 6; with 0 the title is bold text.
	Level int
	// Note is the text under the title: measure, unit, period. Change is the change in words with
	// its class ("better", "worse", "muted", "unknown"), and Range is its range: "Note: Change;
	// Range".
	Note, Change, Class, Range string
	// Count is the n and the first part of the line of sources. Evidence, Method and CSV are
	// relative URLs: of the events, the definition and the chart's data.
	Count, Evidence, Method, CSV string
	// Panel gives the figure the frame of a card.
	Panel bool
}

// AppendFigure appends a whole figure: title, picture, sources, data table, and the option for
// the interactive chart of site.js. All text in it is escaped.
//
//	<figure id="ID">
//	  <figcaption><h3>Title</h3><p class="small">Note</p></figcaption>
//	  <svg …></svg>
//	  <p class="src">n · <a …>evidence</a> · <a …>how we count</a> · <a …>CSV</a></p>
//	  <details><summary>Data: title</summary><div class="scroll" …><table>…</table></div>
//	  <script type="application/json">…</script></details>
//	</figure>
func AppendFigure(dst []byte, c Chart, o FigureOptions) []byte {
	id, title, _ := c.Name()
	dst = append(dst, `<figure`...)
	if o.Panel {
		dst = append(dst, ` class="panel"`...)
	}
	dst = appendAttr(dst, "id", id)
	dst = append(dst, `><figcaption>`...)
	dst = appendHeading(dst, o.Level, cmp.Or(o.Heading, title))
	dst = appendNote(dst, &o)
	dst = append(dst, `</figcaption>`...)
	dst = c.AppendSVG(dst)
	dst = appendSources(dst, &o)
	dst = appendDetails(dst, c, title)
	return append(dst, `</figure>`...)
}

func appendHeading(dst []byte, level int, title string) []byte {
	if level < 2 || level > 6 {
		dst = append(dst, "<b>"...)
		dst = appendText(dst, title)
		return append(dst, "</b>"...)
	}
	n := byte('0' + level)
	dst = append(dst, '<', 'h', n, '>')
	dst = appendText(dst, title)
	return append(dst, '<', '/', 'h', n, '>')
}

// appendNote appends the line under the title.
func appendNote(dst []byte, o *FigureOptions) []byte {
	if o.Note == "" && o.Change == "" && o.Range == "" {
		return dst
	}
	dst = append(dst, `<p class="small">`...)
	dst = appendText(dst, o.Note)
	if o.Change != "" {
		if o.Note != "" {
			dst = append(dst, ": "...)
		}
		dst = append(dst, "<b"...)
		if o.Class != "" {
			dst = appendAttr(dst, "class", o.Class)
		}
		dst = append(dst, '>')
		dst = appendText(dst, o.Change)
		dst = append(dst, "</b>"...)
	}
	if o.Range != "" {
		if o.Note+o.Change != "" {
			dst = append(dst, "; "...)
		}
		dst = appendText(dst, o.Range)
	}
	return append(dst, "</p>"...)
}

// appendSources appends the line of sources: n, evidence, definition, data.
func appendSources(dst []byte, o *FigureOptions) []byte {
	if o.Count+o.Evidence+o.Method+o.CSV == "" {
		return dst
	}
	dst = append(dst, `<p class="src">`...)
	dst = appendText(dst, o.Count)
	first := o.Count == ""
	for _, link := range [...][2]string{{o.Evidence, "evidence"}, {o.Method, "how we count"}, {o.CSV, "CSV"}} {
		if link[0] == "" {
			continue
		}
		if !first {
			dst = append(dst, " · "...)
		}
		first = false
		dst = append(dst, `<a`...)
		dst = appendAttr(dst, "href", link[0])
		if link[1] == "CSV" {
			dst = append(dst, ` download`...)
		}
		dst = append(dst, '>')
		dst = append(dst, link[1]...)
		dst = append(dst, "</a>"...)
	}
	return append(dst, "</p>"...)
}

// appendDetails appends the collapsed data table and the option of the interactive chart;
// nothing without data.
func appendDetails(dst []byte, c Chart, title string) []byte {
	table := c.Table()
	if len(table.Rows) == 0 {
		return dst
	}
	dst = append(dst, `<details><summary>Data: `...)
	dst = appendText(dst, format.LowerFirst(title))
	dst = append(dst, `</summary><div class="scroll" role="group" tabindex="0"`...)
	dst = appendAttr(dst, "aria-label", title+", data")
	dst = append(dst, '>')
	dst = table.AppendHTML(dst)
	dst = append(dst, `</div><script type="application/json">`...)
	before := len(dst)
	dst = c.AppendOption(dst)
	if len(dst) == before {
		dst = dst[:before-len(`<script type="application/json">`)]
	} else {
		dst = append(dst, `</script>`...)
	}
	return append(dst, `</details>`...)
}

// AppendHTML appends the table element. The first cell of a row is its header.
func (t Table) AppendHTML(dst []byte) []byte {
	dst = append(dst, `<table><thead><tr>`...)
	for _, c := range t.Head {
		dst = append(dst, `<th scope="col"`...)
		if c.Numeric {
			dst = append(dst, ` class="num"`...)
		}
		dst = append(dst, '>')
		dst = appendText(dst, c.Title)
		dst = append(dst, `</th>`...)
	}
	dst = append(dst, `</tr></thead><tbody>`...)
	for _, r := range t.Rows {
		if r.Gap {
			dst = append(dst, `<tr class="gap">`...)
		} else {
			dst = append(dst, `<tr>`...)
		}
		for i, cell := range r.Cells {
			dst = t.appendCell(dst, i, cell)
		}
		dst = append(dst, `</tr>`...)
	}
	return append(dst, `</tbody></table>`...)
}

func (t Table) appendCell(dst []byte, i int, cell string) []byte {
	if i == 0 {
		dst = append(dst, `<th scope="row">`...)
		dst = appendText(dst, cell)
		return append(dst, `</th>`...)
	}
	if i < len(t.Head) && t.Head[i].Numeric {
		dst = append(dst, `<td class="num">`...)
	} else {
		dst = append(dst, `<td>`...)
	}
	dst = appendText(dst, cell)
	return append(dst, `</td>`...)
}

package chart

// FigureOptions are the options of a figure on a page.
type FigureOptions struct {
	// CSV is the relative URL of the chart's data; "" for none.
	CSV string
	// Level is the level of the heading in the caption, 2 to 6; with 0 the title is bold text.
	Level int
	// Note is the text under the title: the period, the population, the source.
	Note string
}

// AppendFigure appends a whole figure: title, picture, data table, and the option for the
// interactive chart of site.js. All text in it is escaped.
//
//	<figure class="figure" id="ID" data-chart>
//	  <figcaption><b>Title</b><p>Note</p></figcaption>
//	  <div class="plot"><svg …></svg></div>
//	  <script type="application/json">…</script>
//	  <details><summary>Data</summary><div class="table" …><table>…</table></div><a …>CSV</a></details>
//	</figure>
func AppendFigure(dst []byte, c Chart, o FigureOptions) []byte {
	id, title, _ := c.Name()
	dst = append(dst, `<figure class="figure"`...)
	dst = appendAttr(dst, "id", id)
	mark := len(dst)
	dst = append(dst, ` data-chart><figcaption>`...)
	dst = appendHeading(dst, o.Level, title)
	if o.Note != "" {
		dst = append(dst, "<p>"...)
		dst = appendText(dst, o.Note)
		dst = append(dst, "</p>"...)
	}
	dst = append(dst, `</figcaption><div class="plot">`...)
	dst = c.AppendSVG(dst)
	dst = append(dst, `</div><script type="application/json">`...)
	before := len(dst)
	dst = c.AppendOption(dst)
	if len(dst) == before {
		dst = dst[:before-len(`<script type="application/json">`)]
		dst = append(dst[:mark], dst[mark+len(` data-chart`):]...)
	} else {
		dst = append(dst, `</script>`...)
	}
	dst = appendDetails(dst, c, title, o.CSV)
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

// appendDetails appends the collapsed data table and the link to the CSV; nothing without data.
func appendDetails(dst []byte, c Chart, title, csv string) []byte {
	table := c.Table()
	if len(table.Rows) == 0 {
		return dst
	}
	dst = append(dst, `<details><summary>Data</summary><div class="table" role="group" tabindex="0"`...)
	dst = appendAttr(dst, "aria-label", title+", data")
	dst = append(dst, '>')
	dst = table.AppendHTML(dst)
	dst = append(dst, `</div>`...)
	if csv != "" {
		dst = append(dst, `<a`...)
		dst = appendAttr(dst, "href", csv)
		dst = append(dst, ` download>CSV</a>`...)
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

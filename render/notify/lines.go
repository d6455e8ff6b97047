package notify

import "strings"

// Line is a line of a message that is not about one change. Its text may come from others.
type Line struct {
	Text string
	Path string // of its page, below the site's address; "" for none
	Head bool   // a title
	Mark string // of a title in Markdown, such as "###"
	Note bool   // neither a title nor a point
}

// lineLimit is the number of characters of a line.
const lineLimit = 200

// Lines returns lines in the mark-up of a format, without empty lines. A text longer than a line
// is cut.
func Lines(o Options, lines []Line) string {
	m := markups[o.Format]
	var b strings.Builder
	for i := range lines {
		l := &lines[i]
		text := m.plain(clip(l.Text, lineLimit))
		switch at := Address(o.Site, l.Path); {
		case l.Head && o.Format == Markdown && l.Mark != "":
			text = l.Mark + " " + text
		case l.Head:
			text = m.bold(text)
		case l.Note:
		case at != "":
			text = m.bullet + m.link(at, text)
		default:
			text = m.bullet + text
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// PlainText returns a text of others as one short line that no program makes a link or a mention of.
func PlainText(text string) string {
	m := markups[Plain]
	return m.plain(clip(text, lineLimit))
}

// Address returns the address of a page of a site; "" without a site, and for a path that is not
// one of its own.
func Address(site, path string) string {
	folder, id, ok := strings.Cut(strings.TrimSuffix(path, "/"), "/")
	if site == "" || !ok || !isSlug(folder) || !isSlug(id) {
		return ""
	}
	return strings.TrimSuffix(site, "/") + "/" + path
}

package comment

import (
	"fmt"
	"net/url"
	"strings"
)

// style is the style of a span of text.
type style int

// The styles.
const (
	plain style = iota
	strong
	mono   // a file, a key
	struck // the earlier text
)

type span struct {
	style
	text string
}

// row is one line. changes is the number of changes that begin with it, and branch its place in
// a fork.
type row struct {
	spans   []span
	changes int
	branch  branch
	file    string // the place that it is about; "" for none
	number  int    // line in the file; 0 for none
}

// branch is the place of a row in a fork.
type branch int

// The branches of a fork.
const (
	noBranch branch = iota
	upper
	lower
)

// block is a title with rows about one subject.
type block struct {
	title row
	rows  []row
	gantt string // a mermaid diagram; "" for none
}

// document is the content of a comment before formatting.
type document struct {
	lead   row
	blocks []block
	foot   row
}

// line returns a row with text of our own. The methods of row add text from outside.
func line(format string, args ...any) *row {
	r := &row{}
	return r.text(format, args...)
}

func (r *row) add(s style, text string) *row {
	if text != "" {
		r.spans = append(r.spans, span{s, text})
	}
	return r
}

func (r *row) text(format string, args ...any) *row {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	return r.add(plain, format)
}

func (r *row) strong(s string) *row { return r.add(strong, s) }
func (r *row) code(s string) *row   { return r.add(mono, s) }
func (r *row) struck(s string) *row { return r.add(struck, s) }

// addPlace sets the file and the line that the row is about.
func (r *row) addPlace(file string, number int) *row {
	r.file, r.number = file, number
	return r
}

// placed returns the row with its place at the end: only the line if the file was named by the
// row before, and nothing if the line was, too.
func (r row) placed(file string, number int) row {
	switch {
	case r.file == "" || r.file == file && (r.number == number || r.number == 0):
		return r
	case r.file == file:
		r.text(" (line %d)", r.number)
	case r.number > 0:
		r.text(" (").code(fmt.Sprintf("%s:%d", r.file, r.number)).text(")")
	default:
		r.text(" (").code(r.file).text(")")
	}
	return r
}

// writePlaces adds the places at the ends of rows.
func writePlaces(rows []row) []row {
	file, number := "", 0
	for i := range rows {
		r := rows[i]
		rows[i] = r.placed(file, number)
		if r.file != "" {
			file, number = r.file, r.number
		}
	}
	return rows
}

// markdown returns the row in Markdown. Spans of one shortened text stay together.
func (r *row) markdown() string {
	var b strings.Builder
	for _, s := range r.spans {
		switch s.style {
		case plain:
			b.WriteString(keepEdges(s.text, escapeMarkdown(cleanText(s.text))))
		case strong:
			wrap(&b, "**", escapeMarkdown(cleanText(s.text)))
		case struck:
			wrap(&b, "~~", escapeMarkdown(cleanText(s.text)))
		case mono:
			b.WriteString(codeSpan(s.text))
		}
	}
	return strings.TrimSpace(b.String())
}

// wrap writes a text between two marks; nothing for an empty text.
func wrap(b *strings.Builder, mark, text string) {
	if text != "" {
		b.WriteString(mark + text + mark)
	}
}

// keepEdges returns a text with the blanks at the start and the end of the original.
func keepEdges(original, s string) string {
	if s == "" {
		if strings.ContainsAny(original, " ") {
			return " "
		}
		return ""
	}
	if strings.HasPrefix(original, " ") {
		s = " " + s
	}
	if strings.HasSuffix(original, " ") {
		s += " "
	}
	return s
}

// String returns the row for a terminal.
func (r *row) String() string {
	var b strings.Builder
	for _, s := range r.spans {
		text := keepEdges(s.text, cleanText(s.text))
		if s.style == struck {
			text = "[" + text + "]"
		}
		b.WriteString(text)
	}
	return strings.TrimSpace(b.String())
}

// webLink returns a Markdown link to an address of our own; "" if it is not a web address.
func webLink(text, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	safe := strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20", "\n", "", "\r", "", "(", "%28", ")",
		"%29").Replace(u.String())
	return "[" + escapeMarkdown(text) + "](" + safe + ")"
}

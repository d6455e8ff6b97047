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

// row is one line; first marks the first line of a change.
type row struct {
	spans []span
	first bool
}

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

// asFirst marks the row as the first of a change.
func (r *row) asFirst() row { r.first = true; return *r }

// addPlace adds a file with a line number.
func (r *row) addPlace(file string, number int) *row {
	if file == "" {
		return r
	}
	if number > 0 {
		file = fmt.Sprintf("%s:%d", file, number)
	}
	return r.text(" (").code(file).text(")")
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

// Package markdown turns texts of people into HTML that is safe in a page of the site, and
// stays inside its outline.
//
// The text comes from files in git and, in a preview, from a stranger's fork. So HTML in it is
// shown as text, and comments are left out. A link leads to http, https, mailto or a relative
// address only. An image from another host becomes a link to it, because a page loads nothing
// from outside. Characters that turn the direction of text are dropped; size and nesting are
// limited. There is no style attribute and no handler in the output.
//
// CommonMark, tables and strikethrough are supported; footnotes and attributes are not.
package markdown

import (
	"bytes"
	"fmt"
	"html/template"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Limits of one text.
const (
	MaxSize    = 1 << 20 // bytes
	MaxDepth   = 64      // elements inside each other
	MaxColumns = 64      // of a table
)

// Options describe the place of the text in its page.
type Options struct {
	// Top is the level of the text's highest headings, whatever they were written
	// as; below it no level is left out, and nothing goes below h6. 0 keeps levels.
	Top int
	// Prefix begins every ID, so that two texts fit one page: "why-".
	Prefix string
	// Resolve returns the destination of a relative link or image of the text on its page; ""
	// leaves only its words. Nil leaves addresses as written.
	Resolve func(destination string) string
}

// engine is goldmark, configured once. It holds no state between texts.
var engine = goldmark.New(
	goldmark.WithExtensions(
		extension.Strikethrough,
		// No alignment by style attributes: guard sets a class instead.
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
	),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(shown{}, 100))),
)

// Render returns the HTML of source. An error describes the part that is too large and its
// line; it does not name the file, which the caller has.
func Render(source []byte, o Options) (template.HTML, error) {
	if err := checkSource(source); err != nil {
		return "", err
	}
	source = bytes.ToValidUTF8(source, []byte("\uFFFD"))
	doc := engine.Parser().Parse(text.NewReader(source))
	if err := checkDepth(doc); err != nil {
		return "", err
	}
	guardDocument(doc, source, o)
	var out bytes.Buffer
	out.Grow(len(source) + len(source)/4)
	if err := engine.Renderer().Render(&out, source, doc); err != nil {
		return "", fmt.Errorf("render markdown: %w", err)
	}
	html := bytes.ReplaceAll(out.Bytes(), []byte("<pre>"), []byte(`<pre tabindex="0">`))
	return template.HTML(dropControls(html)), nil // made safe above
}

// dropControls removes, in place, control characters and those that turn the
// direction of text. It runs over the output, because an entity can write them.
func dropControls(html []byte) []byte {
	out := html[:0]
	for i := 0; i < len(html); {
		r, size := utf8.DecodeRune(html[i:])
		if !turnsDirection(r) && (!unicode.IsControl(r) || r == '\n' || r == '\t') {
			out = append(out, html[i:i+size]...)
		}
		i += size
	}
	return out
}

// turnsDirection reports whether r sets, embeds, overrides or isolates direction, or is a
// line separator or byte order mark.
func turnsDirection(r rune) bool {
	return r == 0x61c || r == 0x200e || r == 0x200f || r == 0xfeff ||
		(r >= 0x2028 && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
}

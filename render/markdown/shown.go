package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// shown renders what goldmark would leave out or leave bare: HTML as the text that
// was written, and tables inside a box that scrolls.
type shown struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (shown) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindRawHTML, rawHTML)
	r.Register(ast.KindHTMLBlock, htmlBlock)
	r.Register(extast.KindTable, renderTable)
}

func rawHTML(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if raw, ok := n.(*ast.RawHTML); ok && entering {
		writeEscaped(w, joinLines(raw.Segments, source))
	}
	return ast.WalkSkipChildren, nil
}

func htmlBlock(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := n.(*ast.HTMLBlock)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	html := joinLines(block.Lines(), source)
	if block.HasClosure() {
		html = append(html, block.ClosureLine.Value(source)...)
	}
	if html = withoutComments(bytes.TrimSpace(html)); len(html) == 0 {
		return ast.WalkSkipChildren, nil
	}
	_, _ = w.WriteString("<p>")
	writeEscaped(w, html)
	_, _ = w.WriteString("</p>\n")
	return ast.WalkSkipChildren, nil
}

func joinLines(lines *text.Segments, source []byte) []byte {
	var out []byte
	for i := range lines.Len() {
		segment := lines.At(i)
		out = append(out, segment.Value(source)...)
	}
	return out
}

// writeEscaped writes HTML as text, without its comments.
func writeEscaped(w util.BufWriter, html []byte) {
	_, _ = w.Write(util.EscapeHTML(withoutComments(html)))
}

// withoutComments removes <!-- … -->: notes from one author to another.
func withoutComments(html []byte) []byte {
	for {
		start := bytes.Index(html, []byte("<!--"))
		if start < 0 {
			return html
		}
		end := bytes.Index(html[start:], []byte("-->"))
		if end < 0 {
			return html[:start]
		}
		html = append(html[:start:start], html[start+end+3:]...)
	}
}

func renderTable(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="table" role="group" tabindex="0" aria-label="Table"><table>` + "\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

package markdown

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
)

// The parser looks back over open brackets and emphasis of a paragraph: its time
// grows with their square.
const (
	maxBrackets = 2_000  // [ in a paragraph
	maxEmphasis = 10_000 // * _ ~ in a paragraph
)

// checkSource refuses text that would cost far more to render than its size suggests, before
// the parser sees it: block quotes and lists inside each other on one line, tables whose rows
// are filled up to thousands of cells, and paragraphs that are nothing but brackets or stars.
func checkSource(source []byte) error {
	if len(source) > MaxSize {
		return fmt.Errorf("text of %d bytes is larger than %d: split it", len(source), MaxSize)
	}
	n, brackets, emphasis := 0, 0, 0
	for line := range bytes.Lines(source) {
		n++
		brackets += bytes.Count(line, []byte("["))
		emphasis += bytes.Count(line, []byte("*")) + bytes.Count(line, []byte("_")) + bytes.Count(line, []byte("~"))
		if len(bytes.TrimSpace(line)) == 0 {
			brackets, emphasis = 0, 0
		}
		if brackets > maxBrackets || emphasis > maxEmphasis {
			return fmt.Errorf("line %d: more than %d brackets or %d stars in one paragraph: put an empty line between",
				n, maxBrackets, maxEmphasis)
		}
		if depth := countContainers(line); depth > MaxDepth {
			return fmt.Errorf("line %d: more than %d lists and quotes inside each other", n, MaxDepth)
		}
		if bytes.Count(line, []byte("|")) > MaxColumns+1 {
			return fmt.Errorf("line %d: table with more than %d columns", n, MaxColumns)
		}
	}
	return nil
}

// countContainers counts the markers of quotes and lists that a line begins with, and
// its indentation as list levels.
func countContainers(line []byte) int {
	depth, indent := 0, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ':
			indent++
		case c == '\t':
			indent += 4
		case c == '>':
			depth++
		case (c == '-' || c == '*' || c == '+') && i+1 < len(line) && isBlank(line[i+1]):
			depth++
		case c >= '0' && c <= '9' || c == '.' || c == ')':
			if c == '.' || c == ')' {
				depth++
			}
		default:
			return depth + indent/8
		}
	}
	return depth
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// checkDepth walks without recursion, so that depth can not exhaust the stack.
func checkDepth(doc ast.Node) error {
	depth := 0
	for n := doc; n != nil; {
		if child := n.FirstChild(); child != nil {
			n = child
			if depth++; depth > MaxDepth {
				return fmt.Errorf("more than %d elements inside each other", MaxDepth)
			}
			continue
		}
		for n != nil && n.NextSibling() == nil {
			n = n.Parent()
			depth--
		}
		if n != nil {
			n = n.NextSibling()
		}
	}
	return nil
}

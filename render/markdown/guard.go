package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// guardDocument makes a parsed text fit for a page: headings get their level and ID, links
// and images lead only where they may.
func guardDocument(doc ast.Node, source []byte, o Options) {
	ids := map[string]int{}
	levels := outline{top: o.Top}
	var nodes []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			nodes = append(nodes, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(levels.level(n.Level), 6)
			n.SetAttributeString("id", []byte(headingID(plainText(n, source), o.Prefix, ids)))
		case *ast.Link:
			guardLink(n, o.Resolve)
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL {
				guardAutoLink(n, source)
			}
		case *ast.Image:
			guardImage(n, o.Resolve)
		case *extast.TableCell:
			guardCell(n)
		}
	}
}

// outline gives headings the level of their depth.
type outline struct {
	top  int   // level of the outermost headings; 0 keeps levels as written
	open []int // levels, as written, of the headings around
}

// level returns the level on the page of a heading with the given written level.
func (o *outline) level(written int) int {
	if o.top <= 0 {
		return written
	}
	for len(o.open) > 0 && o.open[len(o.open)-1] >= written {
		o.open = o.open[:len(o.open)-1]
	}
	o.open = append(o.open, written)
	return o.top + len(o.open) - 1
}

// target is where a destination leads.
type target int

const (
	nowhere  target = iota // a scheme we do not follow
	relative               // inside the site
	external               // http, https
	mail
)

// classify classifies an address as the browser will read it: entities and escapes
// are resolved first.
func classify(destination []byte) target {
	url := bytes.ToLower(bytes.TrimSpace(util.URLEscape(destination, true)))
	end := bytes.IndexAny(url, ":/?#\\")
	switch {
	case bytes.HasPrefix(url, []byte("http://")), bytes.HasPrefix(url, []byte("https://")):
		return external
	case bytes.HasPrefix(url, []byte("mailto:")):
		return mail
	case end >= 0 && url[end] == ':':
		return nowhere
	case bytes.HasPrefix(url, []byte("//")), bytes.ContainsRune(url, '\\'),
		bytes.Contains(url, []byte("%5c")), bytes.HasPrefix(url, []byte("%")):
		return nowhere
	}
	return relative
}

// rel keeps another site from reaching back into the page, and from learning where
// its visitor came from.
var rel = []byte("noopener noreferrer")

// guardLink leaves only the text of a link without a destination.
func guardLink(n *ast.Link, resolve func(string) string) {
	switch classify(n.Destination) {
	case external:
		n.SetAttributeString("rel", rel)
	case relative:
		if n.Destination = resolveLink(n.Destination, resolve); len(n.Destination) == 0 {
			unwrap(n)
		}
	case nowhere:
		unwrap(n)
	}
}

// resolveLink returns where a relative address leads from the page, or nothing.
func resolveLink(destination []byte, resolve func(string) string) []byte {
	if resolve == nil {
		return destination
	}
	to := []byte(resolve(string(destination)))
	if classify(to) != relative {
		return nil
	}
	return to
}

// guardAutoLink does the same for <address>, whose text is its address.
func guardAutoLink(n *ast.AutoLink, source []byte) {
	if classify(n.URL(source)) == external {
		n.SetAttributeString("rel", rel)
		return
	}
	if classify(n.URL(source)) == nowhere {
		n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(n.Label(source)))
	}
}

// guardImage turns an image from another host into a link to it, and leaves only the words of
// one without a destination.
func guardImage(n *ast.Image, resolve func(string) string) {
	switch classify(n.Destination) {
	case relative:
		if n.Destination = resolveLink(n.Destination, resolve); len(n.Destination) == 0 {
			unwrap(n)
			return
		}
		n.SetAttributeString("loading", []byte("lazy"))
	case external:
		if inLink(n) {
			unwrap(n)
			return
		}
		link := ast.NewLink()
		link.Destination = n.Destination
		link.Title = n.Title
		link.SetAttributeString("rel", rel)
		if n.FirstChild() == nil {
			link.AppendChild(link, ast.NewString([]byte("image")))
		}
		moveChildren(n, link)
		n.Parent().ReplaceChild(n.Parent(), n, link)
	default:
		unwrap(n)
	}
}

// inLink reports whether n stands inside a link, where another can not.
func inLink(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink {
			return true
		}
	}
	return false
}

func moveChildren(from, to ast.Node) {
	for c := from.FirstChild(); c != nil; {
		next := c.NextSibling()
		to.AppendChild(to, c)
		c = next
	}
}

// unwrap replaces a node by its children.
func unwrap(n ast.Node) {
	parent := n.Parent()
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		parent.InsertBefore(parent, n, c)
		c = next
	}
	parent.RemoveChild(parent, n)
}

// guardCell gives heads their scope and right-aligned columns their class.
func guardCell(n *extast.TableCell) {
	if n.Parent() != nil && n.Parent().Kind() == extast.KindTableHeader {
		n.SetAttributeString("scope", []byte("col"))
	}
	if n.Alignment == extast.AlignRight {
		n.SetAttributeString("class", []byte("num"))
	}
}

// plainText returns the text of a node without its markup.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			b.WriteByte(' ')
		case *ast.String:
			b.Write(n.Value)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// headingID makes an ID of letters, digits and hyphens; the second of the same name
// ends in -2, or the next number that is free.
func headingID(heading, prefix string, taken map[string]int) string {
	var b strings.Builder
	b.WriteString(prefix)
	start, gap := b.Len(), false
	for _, r := range heading {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > start
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	if b.Len() == start {
		b.WriteString("section")
	}
	id := b.String()
	for taken[id] > 0 {
		taken[b.String()]++
		id = b.String() + "-" + strconv.Itoa(taken[b.String()])
	}
	taken[id]++
	return id
}

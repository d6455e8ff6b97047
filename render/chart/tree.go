package chart

// Tree is a decision tree drawn as an indented list: the path taken with each threshold and
// value, open questions dashed, the alternatives grey. It fits any width, and its nodes can be
// links. A page has the same path in words.
type Tree struct {
	ID    string // prefix of the IDs inside; unique on its page
	Title string
	Desc  string
	Root  TreeNode
}

// TreeNode is a question with its branches, or a leaf without branches.
type TreeNode struct {
	// Answer is the answer that leads here from the node above: "yes", "no", "not clear".
	Answer string
	// Text is the question or the recommendation.
	Text string
	// Detail is the text below the node if it is taken or open: "72 % (63–80 %), at least 60
	// %".
	Detail   string
	URL      string // relative; "" for none
	Taken    bool   // on the path
	Open     bool   // not on the path yet, but possible: dashed
	Branches []TreeNode
}

// Sizes in pixels.
const (
	treeTop    = 4
	treeGap    = 8
	treeIndent = 20 // pixels per level
	treeText   = 19 // pixels from a level's edge to its text
)

// Height returns the height of the picture in pixels.
func (t *Tree) Height() float64 { return treeTop + t.Root.height(0) }

// lines returns the wrapped text of a node and, on the path taken, its detail.
func (n *TreeNode) lines(depth int) (text, detail []string) {
	chars := narrowChars(float64(depth*treeIndent + treeText))
	lead := n.Text
	if n.Answer != "" {
		lead = n.Answer + ": " + n.Text
	}
	text = wrapText(lead, chars)
	if n.Detail != "" && n.lineClass() > grey {
		detail = wrapText(n.Detail, chars)
	}
	return text, detail
}

// The styles of a node. Later ones are drawn over earlier ones.
const (
	grey = iota
	dashed
	full
)

func (n *TreeNode) lineClass() int {
	switch {
	case n.Taken:
		return full
	case n.Open:
		return dashed
	}
	return grey
}

func (n *TreeNode) rowHeight(depth int) float64 {
	text, detail := n.lines(depth)
	return float64((len(text)+len(detail))*lineHeight + treeGap)
}

// height returns the height of a node with all its branches.
func (n *TreeNode) height(depth int) float64 {
	h := n.rowHeight(depth)
	for i := range n.Branches {
		h += n.Branches[i].height(depth + 1)
	}
	return h
}

// AppendSVG appends the picture. It is a group and not an image, because screen readers read
// its texts and links in order.
func (t *Tree) AppendSVG(dst []byte) []byte {
	dst = appendGroupOpen(dst, t.ID, t.Height(), t.Title, t.Desc)
	dst = t.Root.appendEdges(dst, 0, treeTop)
	dst = t.Root.appendNode(dst, 0, treeTop)
	return append(dst, `</svg>`...)
}

// nodeCenter returns the middle of a node's dot, in pixels.
func nodeCenter(depth int, y float64) (float64, float64) {
	return 7 + float64(depth*treeIndent), y + 8
}

// appendEdges draws the lines to the branches of n, the grey ones first.
func (n *TreeNode) appendEdges(dst []byte, depth int, y float64) []byte {
	x0, y0 := nodeCenter(depth, y)
	for style, class := range [...]string{grey: "g", dashed: "l d", full: "l"} {
		below := y + n.rowHeight(depth)
		for i := range n.Branches {
			b := &n.Branches[i]
			if b.lineClass() == style {
				x1, y1 := nodeCenter(depth+1, below)
				dst = appendPath(dst, class)
				dst = appendXY(dst, 'M', x0, y0)
				dst = append(dst, 'V')
				dst = appendNum(dst, y1)
				dst = append(dst, 'H')
				dst = appendNum(dst, x1)
				dst = append(dst, closePath...)
			}
			below += b.height(depth + 1)
		}
	}
	below := y + n.rowHeight(depth)
	for i := range n.Branches {
		dst = n.Branches[i].appendEdges(dst, depth+1, below)
		below += n.Branches[i].height(depth + 1)
	}
	return dst
}

// appendNode draws a node and those below it.
func (n *TreeNode) appendNode(dst []byte, depth int, y float64) []byte {
	x, mid := nodeCenter(depth, y)
	dot, text := "q", "t"
	switch leaf := len(n.Branches) == 0; {
	case n.Taken && leaf:
		dot, text = "p", "v"
	case n.Taken || n.Open:
		dot, text = "p h", "n"
	}
	dst = append(dst, `<circle class="`...)
	dst = append(dst, dot...)
	dst = append(dst, `" r="5" cx="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `" cy="`...)
	dst = appendNum(dst, mid)
	dst = append(dst, closePath...)
	lines, detail := n.lines(depth)
	if n.URL != "" {
		dst = append(dst, `<a`...)
		dst = appendAttr(dst, "href", n.URL)
		dst = append(dst, '>')
	}
	for _, line := range lines {
		dst = appendPixelText(dst, text, x+treeText-7, y+12, line)
		y += lineHeight
	}
	if n.URL != "" {
		dst = append(dst, `</a>`...)
	}
	for _, line := range detail {
		dst = appendPixelText(dst, "t", x+treeText-7, y+12, line)
		y += lineHeight
	}
	below := y + treeGap
	for i := range n.Branches {
		dst = n.Branches[i].appendNode(dst, depth+1, below)
		below += n.Branches[i].height(depth + 1)
	}
	return dst
}

// appendPixelText appends a text at a position in pixels.
func appendPixelText(dst []byte, class string, x, y float64, text string) []byte {
	dst = append(dst, `<text class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `" y="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `">`...)
	dst = appendText(dst, text)
	return append(dst, `</text>`...)
}

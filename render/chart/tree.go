package chart

// Tree is a decision tree drawn as an indented list: the path taken in full, with
// each threshold beside its value, the alternatives greyed. It fits any width,
// and its nodes can be links. In a page it stands beside the same path in words.
type Tree struct {
	ID    string // prefix of the IDs inside; unique on its page
	Title string
	Desc  string
	Root  TreeNode
}

// TreeNode is a question with its branches, or a leaf: an answer without any.
type TreeNode struct {
	// Answer leads here from the node above: "yes", "no", "can't tell".
	Answer string
	// Text is the question or the recommendation.
	Text string
	// Detail stands under the text on the path taken: "72 % (63–80 %), at least 60 %".
	Detail   string
	URL      string // relative; "" for none
	Taken    bool   // on the path
	Branches []TreeNode
}

// Geometry of a node's row.
const (
	treeTop    = 6
	treeRow    = 24
	treeDetail = 17
	treeIndent = 22 // pixels per level
)

// Height is the picture's height in pixels.
func (t *Tree) Height() float64 { return treeTop + t.Root.height() }

func (n *TreeNode) rowHeight() float64 {
	if n.Detail != "" && n.Taken {
		return treeRow + treeDetail
	}
	return treeRow
}

// height of a node with all its branches.
func (n *TreeNode) height() float64 {
	h := n.rowHeight()
	for i := range n.Branches {
		h += n.Branches[i].height()
	}
	return h
}

// AppendSVG appends the picture. Its texts and links are read in order, so it is a
// group, not an image.
func (t *Tree) AppendSVG(dst []byte) []byte {
	dst = appendGroupOpen(dst, t.ID, t.Height(), t.Title, t.Desc)
	dst = t.Root.appendEdges(dst, 0, treeTop)
	dst = t.Root.appendNode(dst, 0, treeTop)
	return append(dst, `</svg>`...)
}

// center is the middle of a node's dot, in pixels.
func center(depth int, y float64) (float64, float64) {
	return 7 + float64(depth*treeIndent), y + 12
}

// appendEdges draws the elbows to the branches of n, the greyed ones first.
func (n *TreeNode) appendEdges(dst []byte, depth int, y float64) []byte {
	x0, y0 := center(depth, y)
	for _, taken := range [2]bool{false, true} {
		below := y + n.rowHeight()
		for i := range n.Branches {
			b := &n.Branches[i]
			if b.Taken == taken {
				class := "g"
				if taken {
					class = "l"
				}
				x1, y1 := center(depth+1, below)
				dst = appendPath(dst, class)
				dst = appendXY(dst, 'M', x0, y0)
				dst = append(dst, 'V')
				dst = appendNum(dst, y1)
				dst = append(dst, 'H')
				dst = appendNum(dst, x1)
				dst = append(dst, closePath...)
			}
			below += b.height()
		}
	}
	below := y + n.rowHeight()
	for i := range n.Branches {
		dst = n.Branches[i].appendEdges(dst, depth+1, below)
		below += n.Branches[i].height()
	}
	return dst
}

// appendNode draws a node and those below it.
func (n *TreeNode) appendNode(dst []byte, depth int, y float64) []byte {
	x, mid := center(depth, y)
	dot, text := "q", "t"
	if n.Taken {
		dot, text = "p h", "n"
		if len(n.Branches) == 0 {
			dot, text = "p", "v"
		}
	}
	dst = append(dst, `<circle class="`...)
	dst = append(dst, dot...)
	dst = append(dst, `" r="5" cx="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `" cy="`...)
	dst = appendNum(dst, mid)
	dst = append(dst, closePath...)
	if n.URL != "" {
		dst = append(dst, `<a`...)
		dst = appendAttr(dst, "href", n.URL)
		dst = append(dst, '>')
	}
	dst = appendPixelText(dst, text, x+12, mid+4, n.Answer, n.Text)
	if n.URL != "" {
		dst = append(dst, `</a>`...)
	}
	if n.Detail != "" && n.Taken {
		dst = appendPixelText(dst, "t", x+12, mid+4+treeDetail, "", n.Detail)
	}
	below := y + n.rowHeight()
	for i := range n.Branches {
		dst = n.Branches[i].appendNode(dst, depth+1, below)
		below += n.Branches[i].height()
	}
	return dst
}

// appendPixelText appends a text at a place in pixels, led by the answer in bold.
func appendPixelText(dst []byte, class string, x, y float64, answer, text string) []byte {
	dst = append(dst, `<text class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `" y="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `">`...)
	if answer != "" {
		dst = append(dst, `<tspan class="s">`...)
		dst = appendText(dst, answer)
		dst = append(dst, `</tspan> `...)
	}
	dst = appendText(dst, text)
	return append(dst, `</text>`...)
}

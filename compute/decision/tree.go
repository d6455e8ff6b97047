package decision

// Question is one of the tree's questions.
type Question string

// The questions, the root first.
const (
	AskSatisfied Question = "satisfied" // are its users satisfied?
	AskImproved  Question = "improved"  // did delivery improve?
	AskAdopted   Question = "adopted"   // is adoption high?
	AskFailing   Question = "failing"   // is adoption low, or delivery worse?
	AskSuccessor Question = "successor" // is there something better to move to?
)

// branch leads to another question or to a leaf.
type branch struct {
	question Question
	leaf     Verdict
}

// node is a question of the tree. The answer is yes if any of its facts is true.
type node struct {
	ask     Question
	facts   []Key
	yes, no branch
}

// chosen is the tree of a feature that users choose, the root first.
var chosen = []node{
	{AskSatisfied, []Key{Satisfied}, branch{question: AskImproved}, branch{question: AskFailing}},
	{AskImproved, []Key{Improved}, branch{question: AskAdopted}, branch{leaf: Investigate}},
	{AskAdopted, []Key{AdoptionHigh}, branch{leaf: MakeDefault}, branch{leaf: Invest}},
	{AskFailing, []Key{AdoptionLow, Worse}, branch{question: AskSuccessor}, branch{leaf: Investigate}},
	{AskSuccessor, []Key{Successor}, branch{leaf: Deprecate}, branch{leaf: Pivot}},
}

// given is the tree of a default or mandated feature. It has no question about adoption.
var given = []node{
	{AskSatisfied, []Key{Satisfied}, branch{question: AskImproved}, branch{question: AskFailing}},
	{AskImproved, []Key{Improved}, branch{leaf: DoubleDown}, branch{leaf: Investigate}},
	{AskFailing, []Key{Worse}, branch{question: AskSuccessor}, branch{leaf: Investigate}},
	{AskSuccessor, []Key{Successor}, branch{leaf: Deprecate}, branch{leaf: Pivot}},
}

func (t *Truths) tree() []node {
	if t.Given {
		return given
	}
	return chosen
}

// indexOf returns the index of a question; −1 if it is not in the tree.
func indexOf(tree []node, ask Question) int {
	for i := range tree {
		if tree[i].ask == ask {
			return i
		}
	}
	return -1
}

// answer returns the world's answer to the question.
func (n *node) answer(w world) bool {
	for _, k := range n.facts {
		if w.has(k) {
			return true
		}
	}
	return false
}

// next returns the branch of an answer.
func (n *node) next(yes bool) branch {
	if yes {
		return n.yes
	}
	return n.no
}

// findLeaf returns the leaf for a world. Every branch leads to a leaf or further down, so there
// is always one.
func findLeaf(tree []node, w world) Verdict {
	at := 0
	for {
		to := tree[at].next(tree[at].answer(w))
		if to.leaf != "" {
			return to.leaf
		}
		at = indexOf(tree, to.question)
	}
}

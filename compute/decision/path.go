package decision

// Step is one question of the tree as a page draws it. Words has its words; Facts has its
// figures.
type Step struct {
	Ask   Question `json:"ask"`
	Facts []Fact   `json:"facts"` // yes if any of them is true
	// Answer is True, False or Unknown.
	Answer Truth `json:"answer"`
	// Taken: every completion of the unknown facts comes here. Possible: some does.
	// Neither: the question is drawn grey.
	Taken    bool   `json:"taken"`
	Possible bool   `json:"possible"`
	Yes      Branch `json:"yes"`
	No       Branch `json:"no"`
}

// Branch leads from a step to the next, or to a leaf; exactly one is set. Taken
// and Possible are as in Step.
type Branch struct {
	Ask      Question `json:"ask,omitempty"`
	Leaf     Verdict  `json:"leaf,omitempty"`
	Taken    bool     `json:"taken"`
	Possible bool     `json:"possible"`
}

// visits counts how many of the possible worlds come by.
type visits struct{ asked, yes int }

// pathOf lists all questions of the tree, the root first, with the way taken.
func pathOf(t *Truths, facts *[keys]Fact) []Step {
	tree := t.tree()
	seen := make([]visits, len(tree))
	worlds := 0
	for w := range t.worlds {
		worlds++
		countVisits(tree, w, seen)
	}
	steps := make([]Step, len(tree))
	for i := range tree {
		n, v := &tree[i], seen[i]
		s := Step{
			Ask: n.ask, Answer: t.answerTo(n), Taken: v.asked > 0 && v.asked == worlds, Possible: v.asked > 0,
			Yes: n.yes.toBranch(v.yes, worlds), No: n.no.toBranch(v.asked-v.yes, worlds),
		}
		for _, k := range n.facts {
			s.Facts = append(s.Facts, facts[k])
		}
		steps[i] = s
	}
	return steps
}

// countVisits counts the questions that a world comes by.
func countVisits(tree []node, w world, seen []visits) {
	for i := 0; i >= 0; {
		yes := tree[i].answer(w)
		seen[i].asked++
		if yes {
			seen[i].yes++
		}
		i = indexOf(tree, tree[i].next(yes).question)
	}
}

func (b branch) toBranch(came, worlds int) Branch {
	return Branch{Ask: b.question, Leaf: b.leaf, Taken: came > 0 && came == worlds, Possible: came > 0}
}

// answerTo returns the common answer of all possible worlds, whether or not they come by;
// Unknown if they differ.
func (t *Truths) answerTo(n *node) Truth {
	yes, no := false, false
	for w := range t.worlds {
		if n.answer(w) {
			yes = true
		} else {
			no = true
		}
	}
	if yes == no {
		return Unknown
	}
	return truthOf(yes)
}

package decision

// Step is one question of the tree. Words has its text; Facts has its figures.
type Step struct {
	Ask   Question `json:"ask"`
	Facts []Fact   `json:"facts"` // the answer is yes if any of them is true
	// Answer is True, False or Unknown.
	Answer Truth `json:"answer"`
	// Taken is true if every completion of the unknown facts comes to the question, and
	// Possible if some do. If both are false, the question is drawn grey.
	Taken    bool   `json:"taken"`
	Possible bool   `json:"possible"`
	Yes      Branch `json:"yes"`
	No       Branch `json:"no"`
}

// Branch leads from a step to the next step or to a leaf; exactly one of them is set. Taken and
// Possible are as in Step.
type Branch struct {
	Ask      Question `json:"ask,omitempty"`
	Leaf     Verdict  `json:"leaf,omitempty"`
	Taken    bool     `json:"taken"`
	Possible bool     `json:"possible"`
}

// visits counts the possible worlds that come to a question, and those that answer yes.
type visits struct{ asked, yes int }

// pathOf returns all questions of the tree with the path taken, the root first.
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

// countVisits adds a visit to each question on the path of a world.
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

// answerTo returns the common answer of all possible worlds, even of those that do not come to
// the question; Unknown if they differ.
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

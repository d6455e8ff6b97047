package render

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// questionView is one question of the decision tree in words.
type questionView struct {
	Question string
	Values   []view.Figure
	Answer   string // "yes", "no", "can’t tell yet"
	Class    string // of the answer
	Then     string // the next step after the answer
	Else     string // the next step after the other answer
	Next     string // "earliest answer 27 Jan 2025"; "" without a date
}

// pathView is the decision of a feature: the path taken, its result, and the questions that are
// not on the path.
type pathView struct {
	Steps  []questionView
	End    string
	Open   bool // several results are possible
	Off    []string
	Figure template.HTML
}

// newPath returns the tree of a recommendation in words and as a figure.
func (s *site) newPath(r *decision.Recommendation) pathView {
	v := pathView{Open: len(r.Possible) != 1, End: format.UpperFirst(s.treeWords(r).Leaf(r.Verdict))}
	if v.Open {
		v.End = "Still possible: " + s.treeWords(r).Possible(r.Possible)
	}
	if r.Contradiction {
		v.End = "No end fits: the figures contradict each other"
	}
	for i := range r.Path {
		st := &r.Path[i]
		if st.Taken || st.Possible {
			v.Steps = append(v.Steps, s.newQuestion(st, r))
		} else {
			v.Off = append(v.Off, s.treeWords(r).Question(st)+" Yes: "+endSentence(s.branchWords(&st.Yes,
				r))+" No: "+endSentence(s.branchWords(&st.No, r)))
		}
	}
	t := chart.Tree{
		ID: "tree", Title: "The decision tree for " + r.Title,
		Desc: "The way taken is drawn in full, what is still possible is dashed, the rest is grey.",
		Root: s.treeNode(r, &r.Path[0], "", true, true),
	}
	v.Figure = template.HTML(t.AppendSVG(nil)) // chart escapes every text
	return v
}

func (s *site) newQuestion(st *decision.Step, r *decision.Recommendation) questionView {
	v := questionView{Question: s.treeWords(r).Question(st)}
	for i := range st.Facts {
		v.Values = append(v.Values, s.factValue(&st.Facts[i], r))
	}
	yes, no := s.branchWords(&st.Yes, r), s.branchWords(&st.No, r)
	v.Answer, v.Class, v.Else = st.Answer.Answer(), "unknown", "yes → "+yes+" · no → "+no
	switch st.Answer {
	case decision.True:
		v.Class, v.Then, v.Else = "better", yes, "no → "+no
	case decision.False:
		v.Class, v.Then, v.Else = "worse", no, "yes → "+yes
	}
	return v
}

// endSentence returns a text with a full stop, unless it ends with a question mark.
func endSentence(s string) string {
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func (s *site) branchWords(b *decision.Branch, r *decision.Recommendation) string {
	if b.Leaf != "" {
		return s.treeWords(r).Leaf(b.Leaf)
	}
	for i := range r.Path {
		if r.Path[i].Ask == b.Ask {
			return s.treeWords(r).Question(&r.Path[i])
		}
	}
	return ""
}

// factValue returns the figure of a fact with its range and the limit in force.
func (s *site) factValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	switch f.Key {
	case decision.Satisfied:
		v := view.Figure{Value: "no answers yet", Aim: limitOf(f)}
		if f.Value != nil {
			v.Value = view.ShareOf(f.Value) + " positive of " + format.Things(f.N, "answers")
			v.Range = view.Likely(format.Interval(f.Lo, f.Hi, metric.Share))
		}
		return v
	case decision.AdoptionHigh, decision.AdoptionLow:
		return s.adoptionValue(f, r)
	case decision.Improved, decision.Worse:
		return s.effectValue(f)
	}
	if r.Successor == "" {
		return view.Figure{Value: "no successor is named"}
	}
	return view.Figure{Value: "successor: " + s.treeWords(r).Successor}
}

func (s *site) adoptionValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	v := view.Figure{Value: "its use is unknown", Aim: limitOf(f)}
	switch {
	case f.Key == decision.AdoptionHigh:
		v.Aim = highLimit(&r.Operative)
	case r.Operative.Low:
		v.Aim = lowLimit(&r.Operative)
	}
	if a := s.report.Adoption.Find(r.Feature); a != nil && a.Known {
		v.Value = view.OfUnits(a.Active, a.Eligible, a.Unit) + ", " + format.Share(a.ActiveShare())
	} else if f.Value != nil {
		v.Value = view.ShareOf(f.Value)
	}
	return v
}

// lowLimit returns the limit at which low adoption changes its state next.
func lowLimit(o *decision.Operative) string {
	if o.Low {
		return "under " + format.Share(o.LowFrom) + " it became low, until it is at least " +
			format.Share(o.AdoptionLow) + " for " + format.Weeks(o.Weeks)
	}
	return "low under " + format.Share(o.AdoptionLow)
}

// highLimit returns the limit at which high adoption changes its state next.
func highLimit(o *decision.Operative) string {
	limit := format.Share(o.AdoptionHigh)
	if o.High {
		return "high until it is under " + limit + " for " + format.Weeks(o.Weeks)
	}
	return "high from " + limit + " for " + format.Weeks(o.Weeks)
}

func (s *site) effectValue(f *decision.Fact) view.Figure {
	name := s.outcomeTitle(f.Outcome)
	limit := "improved beyond doubt"
	if f.Key == decision.Worse {
		limit = "worse beyond doubt"
	}
	if f.Value == nil {
		return view.Figure{Value: format.LowerFirst(name) + ": not measured yet", Aim: limit}
	}
	if f.BeforeAfter {
		return view.Figure{
			Value: format.LowerFirst(name) + " " + format.RelativeChange(*f.Value) + ", " + beforeAfterWords(f),
			Range: view.Likely(format.RelativeRange(f.Lo, f.Hi)), Aim: limit,
		}
	}
	return view.Figure{
		Value: format.LowerFirst(name) + " " + format.RelativeChange(*f.Value) + ", " + format.Things(f.N, "teams"),
		Range: view.Likely(format.RelativeRange(f.Lo, f.Hi)), Aim: limit,
	}
}

// limitOf returns the threshold of a fact: "at least 60 %", "under 20 %".
func limitOf(f *decision.Fact) string {
	if f.Threshold == nil {
		return ""
	}
	if f.Op == metric.Down {
		return "under " + format.Share(*f.Threshold)
	}
	return "at least " + format.Share(*f.Threshold)
}

// treeNode returns a question with its branches. The tree has five questions and no cycles, so
// the recursion ends.
func (s *site) treeNode(r *decision.Recommendation, st *decision.Step, answer string, taken,
	possible bool,
) chart.TreeNode {
	n := chart.TreeNode{Answer: answer, Text: s.treeWords(r).Question(st), Taken: taken, Open: !taken && possible}
	var detail []string
	for i := range st.Facts {
		v := s.factValue(&st.Facts[i], r)
		text := v.Value
		if v.Range != "" {
			text += " (" + v.Range + ")"
		}
		if v.Aim != "" {
			text += "; " + v.Aim
		}
		detail = append(detail, text)
	}
	n.Detail = strings.Join(detail, " · ")
	for _, b := range [...]struct {
		answer string
		*decision.Branch
	}{{"yes", &st.Yes}, {"no", &st.No}} {
		n.Branches = append(n.Branches, s.branchNode(r, b.Branch, b.answer))
	}
	return n
}

func (s *site) branchNode(r *decision.Recommendation, b *decision.Branch, answer string) chart.TreeNode {
	for i := range r.Path {
		if b.Leaf == "" && r.Path[i].Ask == b.Ask {
			return s.treeNode(r, &r.Path[i], answer, b.Taken, b.Possible)
		}
	}
	return chart.TreeNode{
		Answer: answer, Text: format.UpperFirst(s.treeWords(r).Leaf(b.Leaf)), Taken: b.Taken,
		Open: !b.Taken &&
			b.Possible,
	}
}

// listFlips returns the changes of the facts that would change the recommendation. Two changes
// of one figure with the same result are one line; of two numbers of users it shows the
// smaller.
func (s *site) listFlips(r *decision.Recommendation) []view.Labelled {
	var out []view.Labelled
	for i := range r.Flips {
		f := &r.Flips[i]
		if f.Here || !f.Changes || f.HasNearer(r.Flips) || isSettled(f.Of, r.Settle) {
			continue
		}
		v := view.Labelled{Label: format.UpperFirst(s.flipWords(f, r)), Value: s.treeWords(r).Leaf(f.Verdict)}
		if last := i - 1; last >= 0 && len(out) > 0 && f.Of == decision.Improved && r.Flips[last].Of == f.Of &&
			out[len(out)-1].Value == v.Value && !r.Flips[last].Here && r.Flips[last].Changes {
			out[len(out)-1].Label += ", or " + format.LowerFirst(v.Label)
			continue
		}
		out = append(out, v)
	}
	return out
}

// listSettles returns the facts that would settle a recommendation.
func (s *site) listSettles(r *decision.Recommendation) []questionView {
	var out []questionView
	for _, k := range r.Settle {
		if k == decision.Worse && slices.Contains(r.Settle, decision.Improved) {
			continue // both facts have the same figure: a yes to one is a no to the other
		}
		v := questionView{Question: format.UpperFirst(s.treeWords(r).Ask(k))}
		for i := range r.Outlook {
			o := &r.Outlook[i]
			if o.Fact != k {
				continue
			}
			if o.Is {
				v.Then = s.treeWords(r).Possible(o.Possible)
			} else {
				v.Else = s.treeWords(r).Possible(o.Possible)
			}
			if !o.Next.IsZero() {
				v.Next = "earliest answer " + format.Date(o.Next)
			}
		}
		out = append(out, v)
	}
	return out
}

// isSettled reports whether the figure of a flip is listed among the facts that would settle
// the recommendation.
func isSettled(of decision.Key, settle []decision.Key) bool {
	for _, k := range settle {
		switch {
		case k == of, of == decision.Improved && k == decision.Worse, of == decision.AdoptionHigh &&
			k == decision.AdoptionLow:
			return true
		}
	}
	return false
}

// treeWords returns the words for the tree of a recommendation, which may be nil.
func (s *site) treeWords(r *decision.Recommendation) *decision.Words {
	w := &decision.Words{Share: format.Share, Count: format.Things, Weeks: format.Weeks, Units: view.UnitPlural("")}
	if r == nil {
		return w
	}
	w.Title, w.Successor = r.Title, cmp.Or(r.SuccessorTitle, r.Successor)
	if f := r.Fact(decision.Improved); f != nil && !f.OnDelivery() {
		w.Outcome = s.outcomeTitle(f.Outcome)
	}
	if a := s.report.Adoption.Find(r.Feature); a != nil {
		w.Units = view.UnitPlural(a.Unit)
	}
	return w
}

// flipWords returns the change of a fact that would change the verdict. A change of users
// includes the resulting share and the limit in force.
func (s *site) flipWords(f *decision.Flip, r *decision.Recommendation) string {
	w := s.treeWords(r)
	text := w.Flip(f)
	a := s.report.Adoption.Find(r.Feature)
	switch {
	case f.Of != decision.AdoptionHigh || f.Units == nil || *f.Units == 0:
		return text
	case a == nil || a.Eligible <= 0:
		return w.FlipLimit(f)
	}
	after := min(a.Active, a.Eligible) + *f.Units
	return text + " (" + format.Share(float64(after)/float64(a.Eligible)) + ": " + w.FlipLimit(f) + ")"
}

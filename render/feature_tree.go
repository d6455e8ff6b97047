package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// treeNode is a question of the decision tree, or an end of it, in words.
type treeNode struct {
	// Class is the way to the node: "on" if it is taken, "maybe" if it is still possible, else
	// "un". "stop" is a question without an answer, and "by-on" … the way of the second branch,
	// whose line passes the first.
	Class  string
	Branch string // the answer that leads here; "" for the first question
	Way    string // the way in words, for screen readers
	Number string // of a question; "" for an end
	Text   string
	Facts  []view.Figure
	Answer view.Mark
	Reason string // next to the answer: "beyond doubt"
	Notes  []string
	Tag    *view.Mark // of an end: recommended or decided; nil for none
	Record bool       // nobody has decided: the end has a link to record a decision
	Nodes  []*treeNode
}

// newTree returns the decision tree of a recommendation: all questions and all ends. The tree of
// package decision has all ways that the unknown facts leave open.
func (s *site) newTree(r *decision.Recommendation) *treeNode {
	if len(r.Path) == 0 {
		return nil
	}
	first := &r.Path[0]
	return s.stepNode(r, first, &treeNode{Class: wayClass(first.Taken, first.Possible)})
}

// wayClass returns the class of a way through the tree.
func wayClass(taken, possible bool) string {
	switch {
	case taken:
		return "on"
	case possible:
		return "maybe"
	}
	return "un"
}

// wayWords are the ways in words.
var wayWords = map[string]string{"on": ", taken", "maybe": ", still possible", "un": ", not taken"}

// stepNode fills in a question and everything below it. The tree has no cycles, so the recursion
// ends.
func (s *site) stepNode(r *decision.Recommendation, st *decision.Step, n *treeNode) *treeNode {
	n.Text = s.treeWords(r).Question(st)
	n.Number = format.Count(1 + slices.IndexFunc(r.Path, func(o decision.Step) bool { return o.Ask == st.Ask }))
	if st.Taken || st.Possible || r.Contradiction && n.Branch == "" {
		s.fillAnswer(r, st, n)
	}
	n.Nodes = []*treeNode{s.branchNode(r, &st.Yes, "yes"), s.branchNode(r, &st.No, "no")}
	n.Nodes[0].Class += " by-" + wayClass(st.No.Taken, st.No.Possible)
	if st.Taken && !st.Yes.Taken && !st.No.Taken {
		n.Class += " stop"
	}
	return n
}

func (s *site) branchNode(r *decision.Recommendation, b *decision.Branch, answer string) *treeNode {
	way := wayClass(b.Taken, b.Possible)
	n := &treeNode{Class: way, Branch: answer, Way: wayWords[way]}
	for i := range r.Path {
		if b.Leaf == "" && r.Path[i].Ask == b.Ask {
			return s.stepNode(r, &r.Path[i], n)
		}
	}
	n.Text = format.UpperFirst(s.treeWords(r).Leaf(b.Leaf))
	s.fillEnd(r, b, n)
	return n
}

// fillAnswer fills in the answer to a question, with the figures that it depends on. If one fact
// makes the answer yes, the others are only notes.
func (s *site) fillAnswer(r *decision.Recommendation, st *decision.Step, n *treeNode) {
	n.Answer, n.Reason = s.answerMark(r, st)
	if r.Contradiction {
		n.Answer, n.Reason = view.Mark{Word: "No end fits", Class: "unknown"}, "the figures contradict each other"
	}
	for i := range st.Facts {
		f := &st.Facts[i]
		if st.Answer == decision.True && f.Truth != decision.True {
			n.Notes = append(n.Notes, s.spareWords(f, r))
			continue
		}
		v := s.factValue(f, r)
		v.Bar = s.factGauge(f, r, true)
		v.Note = joinParts(v.Note, v.Range, v.N)
		n.Facts = append(n.Facts, v)
	}
	for i := range r.Gates {
		if st.Answer == decision.Unknown && holdsBack(&r.Gates[i], st) {
			n.Notes = append(n.Notes, s.gateSentence(&r.Gates[i], r))
		}
	}
}

// holdsBack reports whether a gate makes a fact of a question unknown.
func holdsBack(g *decision.Gate, st *decision.Step) bool {
	return slices.ContainsFunc(st.Facts, func(f decision.Fact) bool { return slices.Contains(g.Facts, f.Key) })
}

// joinParts joins the texts that are not empty with commas.
func joinParts(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// spareWords returns a fact that the answer does not need: "Change lead time +6 %, likely −2 to
// +17 %: cannot tell, not needed".
func (s *site) spareWords(f *decision.Fact, r *decision.Recommendation) string {
	v := s.factValue(f, r)
	text := joinParts(strings.TrimSpace(v.Note+" "+v.Value), v.Range, v.N)
	if v.Value == "" {
		text = v.Why
	}
	switch f.Truth {
	case decision.False:
		return format.UpperFirst(text) + ": no, but the other is enough"
	case decision.True:
		return format.UpperFirst(text)
	}
	return format.UpperFirst(text) + ": cannot tell, not needed"
}

// answerMark returns the answer to a question, and the words next to it.
func (s *site) answerMark(r *decision.Recommendation, st *decision.Step) (view.Mark, string) {
	m := view.Mark{Word: "Can’t tell yet", Class: "unknown"}
	switch st.Answer {
	case decision.Unknown:
		return m, s.openReason(r, st)
	case decision.True:
		m = view.Mark{Word: "Yes", Class: "better"}
		if st.Ask == decision.AskFailing {
			m.Class = "worse"
		}
	case decision.False:
		m = view.Mark{Word: "No", Class: "muted"}
		if st.Ask == decision.AskSatisfied {
			m.Class = "worse"
		}
	}
	return m, s.knownReason(r, st)
}

// knownReason returns the words next to a known answer.
func (s *site) knownReason(r *decision.Recommendation, st *decision.Step) string {
	o := &r.Operative
	switch {
	case st.Ask == decision.AskSatisfied, st.Ask == decision.AskImproved && st.Answer == decision.True:
		return "beyond doubt"
	case st.Ask == decision.AskImproved && r.Fact(decision.Worse) != nil && r.Fact(decision.Worse).Truth == decision.True:
		return "it got worse"
	case st.Ask == decision.AskImproved:
		return "no change that matters"
	case st.Ask == decision.AskAdopted && st.Answer == decision.True:
		return "high" + sinceWords(o.States, func(s *decision.State) bool { return s.High })
	case st.Ask == decision.AskAdopted:
		return notHighWords(o)
	case st.Ask == decision.AskFailing && st.Answer == decision.True:
		return failingWords(st, o)
	case st.Ask == decision.AskFailing:
		return "neither"
	}
	return ""
}

// notHighWords returns the reason that adoption is not high, in a few words.
func notHighWords(o *decision.Operative) string {
	if n := len(o.States); n > 0 && o.States[n-1].Share >= o.AdoptionHigh {
		return "not for " + format.Weeks(o.Weeks) + " yet"
	}
	return ""
}

// failingWords returns the fact that makes adoption low, or delivery worse.
func failingWords(st *decision.Step, o *decision.Operative) string {
	text := ""
	for i := range st.Facts {
		switch f := &st.Facts[i]; {
		case f.Truth != decision.True:
		case f.Key == decision.AdoptionLow:
			text = "low" + sinceWords(o.States, func(s *decision.State) bool { return s.Low })
		case text != "":
			text += ", and worse"
		default:
			text = "worse beyond doubt"
		}
	}
	return text
}

// sinceWords returns the day since when a state holds, ", since 5 Aug 2024"; "" if it holds since
// the first week.
func sinceWords(states []decision.State, holds func(*decision.State) bool) string {
	for i := len(states) - 1; i > 0; i-- {
		if !holds(&states[i-1]) {
			return " since " + format.Date(states[i].At)
		}
	}
	return ""
}

// openReason returns the earliest day of an answer to an open question; "" without one.
func (s *site) openReason(r *decision.Recommendation, st *decision.Step) string {
	for i := range r.Outlook {
		o := &r.Outlook[i]
		if o.Next.IsZero() {
			continue
		}
		if slices.ContainsFunc(st.Facts, func(f decision.Fact) bool { return f.Key == o.Fact }) {
			return "earliest answer " + format.Date(o.Next)
		}
	}
	return ""
}

// fillEnd fills in an end of the tree: whether it is recommended, and whether people decided it.
func (s *site) fillEnd(r *decision.Recommendation, b *decision.Branch, n *treeNode) {
	d := &r.Decision
	here := b.Leaf == r.Verdict && b.Possible
	switch {
	case here && isDecided(r):
		n.Tag = decidedTag(d)
		n.Notes = append(n.Notes, format.UpperFirst(decidedWords(r))+decidedMore(d))
	case d.State != decision.NotDecided && d.State != "" && d.Recommended == b.Leaf.Leaf() && !here && b.Leaf != decision.Investigate:
		n.Tag = &view.Mark{Word: "Earlier: " + string(d.State), Class: "no"}
	}
	if !here || isDecided(r) && !d.Expired {
		return
	}
	switch {
	case r.Strength == decision.Leaning:
		n.Tag = &view.Mark{Word: "Leaning towards", Class: "unknown"}
	case r.Strength != decision.Recommended:
		return
	case isQuestion(r.Verdict):
		n.Tag = &view.Mark{Word: "Find out", Class: "unknown"}
	default:
		n.Tag = &view.Mark{Word: "Recommended", Class: "rec"}
	}
	if !b.Taken && r.Strength == decision.Recommended {
		n.Tag.Word += " on every way"
	}
	if !isDecided(r) {
		n.Notes, n.Record = append(n.Notes, "People decide: not decided yet."), true
	}
}

// decidedTag returns the tag of a decided end.
func decidedTag(d *decision.Decided) *view.Mark {
	switch d.State {
	case decision.Accepted:
		return &view.Mark{Word: "✓ Decided " + format.Date(d.On), Class: "ok"}
	case decision.Rejected:
		return &view.Mark{Word: "✗ Rejected " + format.Date(d.On), Class: "no"}
	}
	return &view.Mark{Word: format.UpperFirst(string(d.State)) + " " + format.Date(d.On), Class: "no"}
}

// decidedMore returns the deadline of a decision and its reason.
func decidedMore(d *decision.Decided) string {
	text := ""
	if !d.Deadline.IsZero() {
		text = ", until " + format.Date(d.Deadline)
	}
	if d.Expired {
		text += ": the deadline has passed"
	}
	if d.Reason != "" {
		text += ": “" + d.Reason + "”"
	}
	return text
}

// factValue returns the figure of a fact with its range, its number and the limit in force.
func (s *site) factValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	switch f.Key {
	case decision.Satisfied:
		return s.answersValue(f, r)
	case decision.AdoptionHigh, decision.AdoptionLow:
		return s.adoptionValue(f, r)
	case decision.Improved, decision.Worse:
		return s.effectValue(f)
	}
	if r.Successor == "" {
		return view.Figure{Why: "No successor is named"}
	}
	v := view.Figure{Name: view.Link{Title: s.treeWords(r).Successor}, Note: "named as its successor"}
	if a := s.report.Adoption.Find(r.Successor); a != nil && a.Known && a.Eligible > 0 {
		v.N = view.OfUnits(a.Active, a.Eligible, a.Unit) + " use it, " + format.Share(a.ActiveShare())
	}
	return v
}

func (s *site) answersValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	v := view.Figure{Why: "No answers yet", Aim: limitOf(f)}
	if f.Value == nil {
		return v
	}
	v.Value, v.Note, v.Why = view.ShareOf(f.Value), "positive", ""
	v.Range = view.Likely(format.Interval(f.Lo, f.Hi, metric.Share))
	v.N = format.Things(f.N, "answers")
	if own := s.report.Space.Feature(r.Feature); own != nil && own.Answered == f.N {
		v.N = format.Count(own.Positive) + " of " + v.N
		if own.Teams >= decision.MinTeams {
			v.N += " of " + format.Things(own.Teams, "teams")
		}
	}
	return v
}

func (s *site) adoptionValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	v := view.Figure{Why: "Its use is unknown"}
	switch {
	case f.Key == decision.AdoptionHigh:
		v.Aim = highLimit(&r.Operative)
	default:
		v.Aim = lowLimit(&r.Operative)
	}
	if a := s.report.Adoption.Find(r.Feature); a != nil && a.Known {
		v.Value, v.N, v.Why = format.Share(a.ActiveShare()), view.OfUnits(a.Active, a.Eligible, a.Unit), ""
	} else if f.Value != nil {
		v.Value, v.Why = view.ShareOf(f.Value), ""
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
	v := view.Figure{Note: format.LowerFirst(s.outcomeTitle(f.Outcome)), Aim: "improved beyond doubt"}
	if f.Key == decision.Worse {
		v.Aim = "worse beyond doubt"
	}
	if f.Value == nil {
		v.Why = format.UpperFirst(v.Note) + ": not measured yet"
		v.Note = ""
		return v
	}
	v.Value, v.Range = format.RelativeChange(*f.Value), view.Likely(format.RelativeRange(f.Lo, f.Hi))
	v.N = format.Things(f.N, "teams")
	if f.BeforeAfter {
		v.N = beforeAfterWords(f)
	}
	return v
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

// listSettles returns the facts that would settle a recommendation: State has the result of a
// yes, Why that of a no, and Next the earliest day of an answer.
func (s *site) listSettles(r *decision.Recommendation) []view.Tick {
	var out []view.Tick
	for _, k := range r.Settle {
		if k == decision.Worse && slices.Contains(r.Settle, decision.Improved) {
			continue // both facts have the same figure: a yes to one is a no to the other
		}
		v := view.Tick{Name: format.UpperFirst(s.treeWords(r).Ask(k))}
		for i := range r.Outlook {
			o := &r.Outlook[i]
			if o.Fact != k {
				continue
			}
			if o.Is {
				v.State = s.treeWords(r).Possible(o.Possible)
			} else {
				v.Why = s.treeWords(r).Possible(o.Possible)
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

package render

import (
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/adoption"
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
	Then     string // where the answer leads
	Else     string // where another would lead
	Next     string // "earliest answer 27 Jan 2025"; "" if not known
}

// pathView is the decision of a feature: the way taken, its end, and the questions
// it does not come by.
type pathView struct {
	Steps  []questionView
	End    string
	Open   bool // several ends are possible
	Off    []string
	Figure template.HTML
}

// path puts the tree of a recommendation into words and draws it.
func (s *site) path(r *decision.Recommendation) pathView {
	v := pathView{Open: len(r.Possible) != 1, End: format.UpperFirst(leafWords(r.Verdict, r))}
	if v.Open {
		v.End = "Still possible: " + possibleWords(r.Possible, r)
	}
	if r.Contradiction {
		v.End = "No end fits: the figures contradict each other"
	}
	for i := range r.Path {
		st := &r.Path[i]
		if st.Taken || st.Possible {
			v.Steps = append(v.Steps, s.step(st, r))
		} else {
			v.Off = append(v.Off, s.askWords(st)+" Yes: "+ended(s.branchWords(&st.Yes,
				r))+" No: "+ended(s.branchWords(&st.No, r)))
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

func (s *site) step(st *decision.Step, r *decision.Recommendation) questionView {
	v := questionView{Question: s.askWords(st)}
	for i := range st.Facts {
		v.Values = append(v.Values, s.value(&st.Facts[i], r))
	}
	yes, no := s.branchWords(&st.Yes, r), s.branchWords(&st.No, r)
	switch st.Answer {
	case decision.True:
		v.Answer, v.Class, v.Then, v.Else = "yes", "better", yes, "no → "+no
	case decision.False:
		v.Answer, v.Class, v.Then, v.Else = "no", "worse", no, "yes → "+yes
	default:
		v.Answer, v.Class = "can’t tell yet", "unknown"
		v.Else = "yes → " + yes + " · no → " + no
	}
	return v
}

// askWords is a question of the tree.
func (s *site) askWords(st *decision.Step) string {
	switch st.Ask {
	case decision.AskSatisfied:
		return "Are its users satisfied?"
	case decision.AskImproved:
		if len(st.Facts) > 0 && !isDelivery(st.Facts[0].Outcome) {
			return "Did its outcome improve?"
		}
		return "Did delivery improve?"
	case decision.AskAdopted:
		return "Is adoption high?"
	case decision.AskFailing:
		if len(st.Facts) == 1 {
			return "Did delivery get worse?"
		}
		return "Is adoption low, or did delivery get worse?"
	}
	return "Is there something better to move to?"
}

// ended is a sentence with its full stop; a question has its own mark.
func ended(s string) string {
	if strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func (s *site) branchWords(b *decision.Branch, r *decision.Recommendation) string {
	if b.Leaf != "" {
		return leafWords(b.Leaf, r)
	}
	for i := range r.Path {
		if r.Path[i].Ask == b.Ask {
			return s.askWords(&r.Path[i])
		}
	}
	return ""
}

// value is a fact's figure with its range, beside the limit in force.
func (s *site) value(f *decision.Fact, r *decision.Recommendation) view.Figure {
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
	return view.Figure{Value: "successor: " + strings.TrimPrefix(inFavourOf(r), " in favour of ")}
}

func (s *site) adoptionValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	v := view.Figure{Value: "nothing says who uses it", Aim: limitOf(f)}
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

// lowLimit is the limit at which low changes next.
func lowLimit(o *decision.Operative) string {
	if o.Low {
		return "under " + format.Share(o.LowFrom) + " it became low, until it is at least " +
			format.Share(o.AdoptionLow) + " for " + format.Weeks(o.Weeks)
	}
	return "low under " + format.Share(o.AdoptionLow)
}

// highLimit is the limit at which adoption changes its state next.
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

// limitOf is a fact's threshold: "at least 60 %", "under 20 %".
func limitOf(f *decision.Fact) string {
	if f.Threshold == nil {
		return ""
	}
	if f.Op == metric.Down {
		return "under " + format.Share(*f.Threshold)
	}
	return "at least " + format.Share(*f.Threshold)
}

// treeNode is a question and what follows from it. The tree has five questions and
// every branch leads down, so this ends.
func (s *site) treeNode(r *decision.Recommendation, st *decision.Step, answer string, taken,
	possible bool,
) chart.TreeNode {
	n := chart.TreeNode{Answer: answer, Text: s.askWords(st), Taken: taken, Open: !taken && possible}
	var detail []string
	for i := range st.Facts {
		v := s.value(&st.Facts[i], r)
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
	return chart.TreeNode{Answer: answer, Text: format.UpperFirst(leafWords(b.Leaf, r)), Taken: b.Taken, Open: !b.Taken &&
		b.Possible}
}

// flips lists what would change the recommendation. Two ways in which one figure
// would change it to the same are one line; of two numbers of users, the smaller.
func (s *site) flips(r *decision.Recommendation) []view.Labelled {
	var out []view.Labelled
	for i := range r.Flips {
		f := &r.Flips[i]
		if f.Here || !f.Changes || farther(f, r.Flips) || settled(f.Of, r.Settle) {
			continue
		}
		v := view.Labelled{Label: format.UpperFirst(s.flipWords(f, r)), Value: leafWords(f.Verdict, r)}
		if last := i - 1; last >= 0 && len(out) > 0 && f.Of == decision.Improved && r.Flips[last].Of == f.Of &&
			out[len(out)-1].Value == v.Value && !r.Flips[last].Here && r.Flips[last].Changes {
			out[len(out)-1].Label += ", or " + format.LowerFirst(v.Label)
			continue
		}
		out = append(out, v)
	}
	return out
}

// settled reports whether that figure is among the facts that would settle it, and
// stands with them.
func settled(of decision.Key, settle []decision.Key) bool {
	for _, k := range settle {
		switch {
		case k == of, of == decision.Improved && k == decision.Worse, of == decision.AdoptionHigh &&
			k == decision.AdoptionLow:
			return true
		}
	}
	return false
}

// farther reports whether fewer users would bring about the same.
func farther(f *decision.Flip, all []decision.Flip) bool {
	if f.Of != decision.AdoptionHigh || f.Units == nil {
		return false
	}
	for i := range all {
		o := &all[i]
		if o.Of == f.Of && o.Changes && o.Verdict == f.Verdict && o.Units != nil && *o.Units**f.Units > 0 &&
			abs(*o.Units) < abs(*f.Units) {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// flipWords says what would have to happen.
func (s *site) flipWords(f *decision.Flip, r *decision.Recommendation) string {
	switch f.Of {
	case decision.Satisfied:
		if f.From > 0 {
			return "at least " + format.Share(f.From) + " of its users are satisfied"
		}
		return "fewer than " + format.Share(f.To) + " of its users are satisfied"
	case decision.AdoptionHigh:
		return adoptionFlip(f, s.report.Adoption.Find(r.Feature), r.Operative.Weeks)
	case decision.Successor:
		if f.Is == string(decision.True) {
			return "a successor is named"
		}
		return "nothing better is left to move to"
	}
	subject := "delivery"
	if e := factOf(r, decision.Improved); e != nil && !isDelivery(e.Outcome) {
		subject = "its outcome"
	}
	switch f.Is {
	case decision.EffectImproved:
		return subject + " improves beyond doubt"
	case decision.EffectWorse:
		return subject + " gets worse beyond doubt"
	}
	return subject + " turns out not to have changed by anything that matters"
}

// adoptionFlip counts the units that would have to begin or stop, and names the
// limit in force beside the share that they would make.
func adoptionFlip(f *decision.Flip, a *adoption.Feature, hold int) string {
	stop := f.Units != nil && *f.Units < 0
	limit := "adoption under " + format.Share(f.To)
	switch {
	case f.To >= 1 || f.Units != nil && *f.Units > 0:
		limit = "adoption of at least " + format.Share(f.From)
	case f.From > 0 && !stop:
		limit = "adoption between " + format.Share(f.From) + " and " + format.Share(f.To)
	}
	if f.Weeks > 0 {
		limit += " for " + format.Weeks(f.Weeks)
		if f.Weeks < hold {
			limit += " more"
		}
	}
	if f.Units == nil || *f.Units == 0 || a == nil || a.Eligible <= 0 {
		return limit
	}
	n, verb := *f.Units, "start"
	after := min(a.Active, a.Eligible) + n
	if n < 0 {
		n, verb = -n, "stop"
	}
	if n == 1 {
		verb += "s"
	}
	return format.Things(n, view.UnitPlural(a.Unit)) + " " + verb + " using it (" +
		format.Share(float64(after)/float64(a.Eligible)) + ": " + limit + ")"
}

// settles lists the facts that would settle a recommendation.
func (s *site) settles(r *decision.Recommendation) []questionView {
	var out []questionView
	for _, k := range r.Settle {
		if k == decision.Worse && slices.Contains(r.Settle, decision.Improved) {
			continue // the same figure: a yes to one is a no to the other
		}
		v := questionView{Question: format.UpperFirst(s.settleWords(k, r))}
		for i := range r.Outlook {
			o := &r.Outlook[i]
			if o.Fact != k {
				continue
			}
			if o.Is {
				v.Then = possibleWords(o.Possible, r)
			} else {
				v.Else = possibleWords(o.Possible, r)
			}
			if !o.Next.IsZero() {
				v.Next = "earliest answer " + format.Date(o.Next)
			}
		}
		out = append(out, v)
	}
	return out
}

// settleWords asks for exactly that fact, for a yes and a no stand beside it.
func (s *site) settleWords(k decision.Key, r *decision.Recommendation) string {
	subject := "delivery"
	if e := factOf(r, decision.Improved); e != nil && !isDelivery(e.Outcome) {
		subject = format.LowerFirst(s.outcomeTitle(e.Outcome))
	}
	switch k {
	case decision.Satisfied:
		return "are its users satisfied?"
	case decision.AdoptionHigh:
		return "is adoption high?"
	case decision.AdoptionLow:
		return "is adoption low?"
	case decision.Improved:
		return "did " + subject + " improve?"
	case decision.Worse:
		return "did " + subject + " get worse?"
	}
	return "is there something better to move to?"
}

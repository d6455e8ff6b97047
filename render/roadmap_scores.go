package render

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// scoreOf shows a RICE score, with a 90 % range if it has one. axis is the axis that scores share;
// nil for no picture.
func scoreOf(score, lo, hi float64, axis *chart.Gauge) view.Figure {
	v := view.Figure{Value: format.Value(score, metric.Score), Exact: formatExact(score)}
	if hi > lo {
		v.Range = format.Interval(&lo, &hi, metric.Score)
	}
	if axis != nil {
		g := *axis
		g.Figure = metric.Figure{Value: &score, Lo: &lo, Hi: &hi}
		v.Bar = view.DrawGauge(&g)
	}
	return v
}

// inputView is one of the four inputs of a score.
type inputView struct {
	Name    string // "Reach"
	Value   string // "200"
	Unit    string // "developers"; "" where the number has it
	Word    string // the word in the content: "high"
	Range   string // "160–250"
	Assumed bool   // the content has no range
	Because string
}

// inputList has the four inputs of one score.
type inputList []inputView

// Ranged reports whether any of the inputs has a range.
func (l inputList) Ranged() bool {
	return slices.ContainsFunc(l, func(in inputView) bool { return in.Range != "" })
}

// inputsOf returns the views of reach, impact, confidence and effort.
func (s *site) inputsOf(inputs []rice.Input) inputList {
	var out inputList
	for i := range inputs {
		in := &inputs[i]
		v := inputView{Name: format.UpperFirst(in.Name), Value: format.Number(in.Value), Word: in.Word, Because: in.Because}
		switch in.Name {
		case "reach":
			v.Unit = s.report.Plan.Reach
		case "effort":
			v.Unit = s.report.Plan.Effort
		case "confidence":
			v.Value = format.Share(in.Value / 100)
		}
		if in.Hi > in.Lo {
			v.Range, v.Assumed = format.Interval(&in.Lo, &in.Hi, metric.Number), in.Assumed
		}
		out = append(out, v)
	}
	return out
}

// formatAmount formats a number with a noun, given in the plural: "2 weeks", "1 week", "0.5
// weeks".
func formatAmount(v float64, plural string) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e9 {
		return format.Things(int(v), plural)
	}
	return format.Value(v, metric.Unit(plural))
}

// formatOrdinal formats a rank: "1st", "2nd", "11th".
func formatOrdinal(n int) string {
	end := "th"
	if tens := n % 100; tens < 11 || tens > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}

// These are the limits for the words about ranks and uncertainty.
const (
	clearPlace   = 0.95 // least chance of a clear rank
	unlikelyRank = 0.05 // ranks with a smaller chance are not listed
	sameDoubt    = 0.8  // inputs with this share of the largest uncertainty are named with it
)

// placeWords returns the likely ranks by score: "2nd (56 %) or 1st (44 %)".
func placeWords(chances []float64) string {
	type place struct {
		rank   int
		chance float64
	}
	var places []place
	for i, c := range chances {
		if c >= unlikelyRank {
			places = append(places, place{i + 1, c})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(b.chance, a.chance) })
	words := make([]string, len(places))
	for i, p := range places {
		words[i] = formatOrdinal(p.rank) + " (" + format.Share(p.chance) + ")"
	}
	if len(places) == 0 {
		return ""
	}
	if places[0].chance >= clearPlace {
		return "clearly " + words[0]
	}
	return strings.Join(words, " or ")
}

// doubtWords returns the inputs to learn more about: the one with the largest share of the
// uncertainty, and those with nearly as much.
func doubtWords(doubt []rice.InputNote) string {
	if len(doubt) == 0 || doubt[0].Share <= 0 {
		return ""
	}
	var names []string
	for _, d := range doubt {
		if d.Share >= sameDoubt*doubt[0].Share {
			names = append(names, d.Input+" ("+format.Share(d.Share)+" of the doubt)")
		}
	}
	return strings.Join(names, " and ")
}

// overrideView is a decision to publish another rank, or to end a phase with unmet criteria.
type overrideView struct {
	Reason string
	Signed string // "product manager, 7 Oct 2024"
	Text   string // its effect, in a sentence
	Failed bool   // there is no reason
}

func (s *site) overrideOf(it *rice.Item) *overrideView {
	ov := it.Override
	if ov == nil {
		return nil
	}
	v := &overrideView{Reason: ov.Reason}
	var signed []string
	if ov.By != "" {
		signed = append(signed, ov.By)
	}
	if !ov.On.IsZero() {
		signed = append(signed, format.Date(ov.On)+s.recordedLate("override", it.ID, "", 0))
	}
	if !ov.Until.IsZero() {
		signed = append(signed, "until "+format.Date(ov.Until))
	}
	v.Signed = strings.Join(signed, ", ")
	switch {
	case ov.Agrees:
		v.Text = "The score gives the same place now: the override is not needed any more."
	case ov.TieBreak:
		v.Text = "A tie-break: the scores it decides between are too close to call."
	default:
		v.Text = "Against the score: it goes past initiatives that are clearly apart."
	}
	return v
}

// mostTies is the largest number of close calls in a sentence.
const mostTies = 2

// doubtView is the uncertainty of the rank of an initiative.
type doubtView struct {
	Places  string
	Ties    []view.Figure // the nearest
	Others  string        // "and 5 more close calls"
	FindOut string
}

func (s *site) doubtOf(it *rice.Item, root string) doubtView {
	v := doubtView{Places: placeWords(it.RankChance), FindOut: doubtWords(it.Doubt)}
	ties := slices.Clone(it.Ties)
	near := func(t *rice.Tie) int {
		other := s.report.Plan.Find(t.With)
		if other == nil {
			return math.MaxInt
		}
		return max(other.PublishedRank-it.PublishedRank, it.PublishedRank-other.PublishedRank)
	}
	slices.SortStableFunc(ties, func(a, b rice.Tie) int { return cmp.Compare(near(&a), near(&b)) })
	for i := range ties[:min(len(ties), mostTies)] {
		v.Ties = append(v.Ties, s.tieFigure(&ties[i], root))
	}
	if n := len(ties) - len(v.Ties); n > 0 {
		v.Others = "and " + format.Things(n, "more close calls")
	}
	return v
}

// tieFigure returns a close call: the chance to score higher, the other initiative, and the
// change of the score that would make both equal.
func (s *site) tieFigure(t *rice.Tie, root string) view.Figure {
	tie := view.Figure{
		Value: format.Share(t.Chance), Name: s.linkTo(root, "roadmap", t.With, t.Title), N: oddsWords(t.Chance),
	}
	if t.Flip > 0 && t.Flip != 1 {
		tie.Note = format.Share(math.Abs(t.Flip-1)) + " higher"
		if t.Flip < 1 {
			tie.Note = format.Share(1-t.Flip) + " lower"
		}
	}
	return tie
}

// riceRecords returns the ranked initiatives for the CSV file: the header, then the initiatives
// in published order. Ranges are 90 %; confidence is in percent.
func (s *site) riceRecords() [][]string {
	head := []string{"published_rank", "computed_rank", "id", "title", "status"}
	for _, in := range []string{"reach", "impact", "confidence", "effort"} {
		head = append(head, in, in+"_low", in+"_high", in+"_range_assumed", in+"_because")
	}
	head = append(head, "score", "score_low", "score_high", "close_calls",
		"override_priority", "override_reason", "override_by", "override_on", "override_is_tie_break")
	out := [][]string{head}
	for i := range s.report.Plan.Ranked {
		out = append(out, riceRecord(&s.report.Plan.Ranked[i]))
	}
	return out
}

func riceRecord(it *rice.Item) []string {
	row := []string{strconv.Itoa(it.PublishedRank), strconv.Itoa(it.ComputedRank), it.ID, it.Title, it.Status}
	for i := range it.Inputs {
		in := &it.Inputs[i]
		row = append(row, formatExact(in.Value), formatExact(in.Lo), formatExact(in.Hi), strconv.FormatBool(in.Assumed),
			in.Because)
	}
	ties := make([]string, len(it.Ties))
	for i := range it.Ties {
		ties[i] = it.Ties[i].With
	}
	row = append(row, formatExact(it.Score), formatExact(it.Lo), formatExact(it.Hi), strings.Join(ties, " "))
	ov := it.Override
	if ov == nil {
		return append(row, "", "", "", "", "")
	}
	return append(row, strconv.Itoa(ov.Priority), ov.Reason, ov.By, isoDay(ov.On), strconv.FormatBool(ov.TieBreak))
}

// formatExact formats a number with 9 significant digits, for data files.
func formatExact(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }

// isoDay returns an ISO date, "" for the zero time.
func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return format.ISO(t)
}

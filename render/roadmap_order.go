package render

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// orderView is the order of the roadmap: one dot-and-range chart in the rows of a table.
type orderView struct {
	Title, Doubt, Rest string // the heading in three parts; the second is doubt
	Axis               template.HTML
	Places             string // "1 to 4"
	First              *view.Entry
	Ties               []view.Figure // of the first
	Rows, More         []rankedRow
	Others             string        // "places 9 to 30"
	Close              []view.Figure // all close calls, if the rows do not name them all
}

// rankedRow is one scored initiative, in published order.
type rankedRow struct {
	ID       string
	Place    string // published: "1"
	ByScore  string // computed, if it is another place: "2nd by score"
	Rank     string // computed: "1st"
	Name     view.Link
	Status   string
	Inputs   inputList
	Formula  string
	Score    view.Figure
	Override *overrideView
	Surer    string // what to find out, outside of the disclosure
	Doubt    doubtView
	Chances  template.HTML
	// Bracket joins this row and the next ones that are too close to call; its ID is the number
	// of rows. Within tells that a bracket of an earlier row covers this one.
	Bracket *view.Figure
	Within  bool
}

func (s *site) orderView(root string) orderView {
	items := s.report.Plan.Ranked
	v := orderView{Title: "What comes first"}
	if len(items) == 0 {
		return v
	}
	lo, hi, top := items[0].Score, items[0].Score, 0.0
	for i := range items {
		lo, hi = min(lo, items[i].Lo, items[i].Score), max(hi, items[i].Hi, items[i].Score)
		for _, c := range items[i].RankChance {
			top = max(top, c)
		}
	}
	axis := chart.NewLogAxis(lo, hi)
	v.Axis = template.HTML(chart.AppendLogLabels(nil, &axis)) // numbers only
	grid := template.HTML(chart.AppendLogGrid(nil, &axis))    // numbers only
	v.Places = "1"
	if n := len(items); n > 1 {
		v.Places = "1 to " + format.Count(n)
	}
	var rows []rankedRow
	hidden := false
	for i := range items {
		row := s.rankedRow(&items[i], &axis, root)
		row.Score.Bar = grid + row.Score.Bar
		// chart escapes every text
		row.Chances = template.HTML(chart.AppendChances(nil, items[i].RankChance, top,
			"likely place by score: "+row.Doubt.Places))
		rows = append(rows, row)
		hidden = hidden || len(items[i].Ties) > mostTies
	}
	f := foldAfter(rows, rankedShown)
	shown := len(f.Rows)
	if len(f.Folded) > 0 {
		v.Others = "Places " + format.Count(shown+1) + " to " + format.Count(len(rows))
	}
	bracketTies(f.Rows, items)
	bracketTies(f.Folded, items[shown:])
	v.Rows, v.More = f.Rows, f.Folded
	for i := range v.Rows {
		if row := &v.Rows[i]; len(v.More) == 0 { // a long list has it behind the disclosure
			row.Surer, row.Doubt.FindOut = row.Doubt.FindOut, ""
		}
	}
	v.Doubt, v.Rest = tieWords(items)
	if hidden {
		v.Close = s.closeCalls(root)
	}
	first := &rows[0]
	v.First, v.Ties = &view.Entry{Name: first.Name, Note: "the highest score"}, first.Doubt.Ties
	if first.Override != nil {
		v.First.Note = trimStop(first.Override.Reason)
	}
	return v
}

func (s *site) rankedRow(it *rice.Item, axis *chart.Gauge, root string) rankedRow {
	row := rankedRow{
		ID: it.ID, Place: format.Count(it.PublishedRank), Rank: formatOrdinal(it.ComputedRank),
		Name: s.linkTo(root, "roadmap", it.ID, it.Title), Status: statusWords(it.Status), Inputs: s.inputsOf(it.Inputs),
		Score: scoreOf(it.Score, it.Lo, it.Hi, axis), Override: s.overrideOf(it), Doubt: s.doubtOf(it, root),
	}
	row.Formula = formulaWords(row.Inputs)
	if it.ComputedRank != it.PublishedRank {
		row.ByScore = row.Rank + " by score"
	}
	return row
}

// formulaWords returns the score's formula with its numbers: "reach 200 × impact 3 × confidence
// 90 % ÷ effort 3 weeks".
func formulaWords(inputs inputList) string {
	var parts []string
	for i := range inputs {
		in := &inputs[i]
		part := strings.ToLower(in.Name) + " " + in.Value
		switch {
		case in.Name == "Effort" && in.Value == "1":
			part = "effort " + format.Things(1, in.Unit)
		case in.Name == "Effort" && in.Unit != "":
			part += " " + in.Unit
		}
		parts = append(parts, part)
	}
	if len(parts) != 4 {
		return strings.Join(parts, " × ")
	}
	return strings.Join(parts[:3], " × ") + " ÷ " + parts[3]
}

// tieOf returns the chance that an item scores higher than another, if it is too close to call.
func tieOf(it, other *rice.Item) (chance float64, ok bool) {
	i := slices.IndexFunc(it.Ties, func(t rice.Tie) bool { return t.With == other.ID })
	if i < 0 {
		return 0, false
	}
	return it.Ties[i].Chance, true
}

// oddsWords returns a chance and its complement in percent: "44 : 56". They add up to 100.
func oddsWords(chance float64) string {
	n := int(chance*100 + 0.5)
	return strconv.Itoa(n) + "\u00a0:\u00a0" + strconv.Itoa(100-n)
}

// bracketTies sets the brackets of rows, each of which joins neighbours that are too close to
// call. items are those of the rows and all after them, so that the last row can tie with one
// that another table shows.
func bracketTies(rows []rankedRow, items []rice.Item) {
	for i := 0; i < len(rows); {
		last := i
		var odds []string
		for last+1 < len(items) {
			chance, ok := tieOf(&items[last], &items[last+1])
			if !ok {
				break
			}
			odds = append(odds, oddsWords(chance)+" for places "+rows[last].Place+" and "+
				format.Count(items[last+1].PublishedRank))
			if last++; last >= len(rows) {
				break
			}
		}
		end := min(last, len(rows)-1)
		switch len(odds) {
		case 0:
		case 1:
			first, _, _ := strings.Cut(odds[0], " for")
			b := view.Figure{ID: strconv.Itoa(end - i + 1), Value: "Tie, " + first, Note: "too close to call"}
			if end == i {
				b.Note += " against place " + format.Count(items[i+1].PublishedRank)
			}
			rows[i].Bracket = &b
		default:
			rows[i].Bracket = &view.Figure{
				ID: strconv.Itoa(end - i + 1), Value: "Each too close to call",
				Note: "against the next: " + strings.Join(odds, ", "),
			}
		}
		for k := i + 1; k <= end; k++ {
			rows[k].Within = true
		}
		i = end + 1
	}
}

// tieWords returns the doubt of the order for its heading: how many neighbours are ties.
func tieWords(items []rice.Item) (doubt, rest string) {
	ties, pairs, between := 0, len(items)-1, false
	for i := range pairs {
		if _, ok := tieOf(&items[i], &items[i+1]); ok {
			ties++
			between = between || i == 1
		}
	}
	if ties == 0 {
		return "", ""
	}
	rest = ", so people decide"
	switch {
	case ties == pairs && pairs == 1:
		return "the two are a tie", rest
	case ties == pairs:
		return "every place is too close to call", rest
	case ties == 1:
		return "one pair is a tie", rest
	case ties == 2 && pairs == 3 && !between:
		return "both pairs are ties", rest
	}
	return format.Count(ties) + " of " + format.Count(pairs) + " neighbours are ties", rest
}

// closeCalls lists every pair that is too close to call, in the order of the roadmap.
func (s *site) closeCalls(root string) []view.Figure {
	items := s.report.Plan.Ranked
	var out []view.Figure
	for i := range items {
		for k := i + 1; k < len(items); k++ {
			t := slices.IndexFunc(items[i].Ties, func(t rice.Tie) bool { return t.With == items[k].ID })
			if t < 0 {
				continue
			}
			f := s.tieFigure(&items[i].Ties[t], root)
			f.Aim = format.Count(items[k].PublishedRank) + ". " + items[k].Title
			f.Name = s.linkTo(root, "roadmap", items[i].ID, format.Count(items[i].PublishedRank)+". "+items[i].Title)
			out = append(out, f)
		}
	}
	return out
}

// pastFile is the path of the CSV file with the order of the roadmap over time.
const pastFile = "data/roadmap-past.csv"

const (
	// mostLines is the largest number of lines in a chart of ranks: more are hard to read.
	mostLines = 12
	// mostTimes is the largest number of orders in a chart of ranks, one per week.
	mostTimes = 60
)

// pastView returns the order over time: a row with a small line for each initiative, and the
// table of places.
func (s *site) pastView(root string) (v view.Figures, table template.HTML) {
	past := &s.report.Past
	v.Note = format.UpperFirst(past.Why)
	ranks := ranksOf(past)
	if len(ranks.At) < 2 || len(ranks.Lines) == 0 {
		if v.Note == "" {
			v.Note = "The order is available for today only: it comes from the history of the content in git"
		}
		return v, ""
	}
	v.More = root + pastFile
	v.Title = pastWords(past, len(ranks.Lines))
	if n := len(ranks.Lines) - mostLines; n > 0 {
		ranks.Lines = ranks.Lines[:mostLines]
		v.None = format.Things(n, "initiatives") + " of lower places " + format.Is(n) + " in the CSV only"
	}
	for i := range ranks.Lines {
		l := &ranks.Lines[i]
		row := view.Figure{
			Name:  view.Link{Title: l.Name},
			Bar:   template.HTML(ranks.AppendLine(nil, l)), // numbers only
			Value: "left the order", Was: "joined later",
		}
		if first := l.Places[0]; first > 0 {
			row.Was = formatOrdinal(first) + " on " + format.Date(ranks.At[0])
		}
		if last := l.Places[len(l.Places)-1]; last > 0 {
			row.Value = formatOrdinal(last) + " now"
		}
		v.Rows = append(v.Rows, row)
	}
	return v, template.HTML(ranks.Table().AppendHTML(nil)) // chart escapes every text
}

// pastWords returns how often the order changed.
func pastWords(past *rice.Past, lines int) string {
	points := past.Points[max(0, len(past.Points)-mostTimes):]
	moved := 0
	for k := 1; k < len(points); k++ {
		if !slices.EqualFunc(points[k].Items, points[k-1].Items, func(a, b rice.Placed) bool { return a.ID == b.ID }) {
			moved++
		}
	}
	return format.Things(lines, "initiatives") + " since " + format.Date(points[0].At) +
		"; the order changed " + format.Things(moved, "times")
}

// ranksOf returns the chart of the past roadmap. Initiatives with a present rank come first, in
// that order, then the others, the latest first.
func ranksOf(past *rice.Past) *chart.Ranks {
	r := &chart.Ranks{}
	points := past.Points[max(0, len(past.Points)-mostTimes):]
	found := map[string]int{}
	for k := len(points) - 1; k >= 0; k-- {
		for _, it := range points[k].Items {
			if _, seen := found[it.ID]; !seen {
				found[it.ID] = len(r.Lines)
				r.Lines = append(r.Lines, chart.RankLine{
					Name: it.Title, Places: make([]int, len(points)), Scores: make([]float64, len(points)),
				})
			}
			l := &r.Lines[found[it.ID]]
			l.Places[k], l.Scores[k] = it.Rank, it.Score
		}
	}
	for k := range points {
		r.At = append(r.At, points[k].At)
	}
	return r
}

// timeView returns the share of the time that goes into discovery, with its bar and parts, and the
// other numbers about the way from an idea to production.
func (s *site) timeView(root string) (share view.Tile, rest view.List[view.Tile]) {
	rest.Title = "How the time is spent"
	for _, t := range s.goalTiles(&s.report.Found, root, discovery.Share, discovery.IdeaToGA, discovery.UnusedEffort) {
		if t.ID != view.Anchor(discovery.Share) {
			rest.Rows = append(rest.Rows, t)
			continue
		}
		if t.Why == "" {
			rest.Title = t.Number + unitAfter(t.Unit) + " of the time goes into discovery"
			t = s.withParts(t)
			e := &s.report.Discovery.Effort
			rest.Note = format.Span(e.Window.From, e.Window.To)
		}
		share = t
	}
	return share, rest
}

// withParts returns the tile of the share of discovery with the person-days of each track, as a
// bar and as words.
func (s *site) withParts(t view.Tile) view.Tile {
	e := &s.report.Discovery.Effort
	goal := 0.0
	if m := s.report.Found.Find(discovery.Share, organisation); m != nil && m.Target != nil {
		goal = m.Target.Value
	}
	t.Chart = template.HTML(chart.AppendStack(nil, []float64{e.Discovery, e.Delivery, e.Measurement}, goal)) // numbers only
	t.Details = nil
	for _, p := range []struct {
		name string
		days float64
	}{{"discovery", e.Discovery}, {"delivery", e.Delivery}, {"measurement", e.Measurement}} {
		t.Details = append(t.Details, view.Labelled{Label: p.name, Value: format.Value(p.days, metric.Number)})
	}
	return t
}

// unitAfter returns a unit as it follows a number.
func unitAfter(unit string) string {
	if unit == "" {
		return ""
	}
	return format.Space + unit
}

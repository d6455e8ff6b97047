package render

import (
	"cmp"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const (
	roadmapPath = "roadmap/index.html"
	riceFile    = "data/rice.csv"
	roadmapFile = "data/roadmap.csv"
)

// goalOfPrioritisation is the phase's goal in the words of the concept.
const goalOfPrioritisation = "Choose high-impact problems to solve, not just loudest requests."

// The numbers of entries that the roadmap shows at once. The others are behind a disclosure, so
// that thirty initiatives still fit a page that people read.
const (
	rankedShown      = 5
	predictionsShown = 3
	effectsShown     = 2
	refusedShown     = 2
	unscoredShown    = 3
)

// longHeadline is the number of bytes from which on a headline has smaller letters.
const longHeadline = 140

// foldSlack is how much longer a list may be before it is folded: one click for one entry more
// is not worth it.
const foldSlack = 2

type roadmapView struct {
	frame
	Headline    string
	Long        bool // the headline has long names
	Goal        string
	Meta        string
	Empty       bool // there is no plan at all
	Gantt       ganttView
	Behind      []view.Labelled // what is behind its date
	BehindMore  string
	Earlier     string
	GanttCSV    string
	Order       orderView
	Reach       string // the unit of reach
	Effort      string // the unit of effort
	Impact      string // the levels of impact in force
	Confidence  string // the levels of confidence in force
	CSV         string
	Past        view.Figures
	PastTable   template.HTML
	Unscored    view.List[view.Entry]
	Refused     view.List[refusedRow]
	Predictions view.List[predictionRow]
	Unchecked   string // why predictions could not be checked
	Calibration string
	Effects     view.List[effectRow] // the expected and the measured effects of initiatives
	MoreEffects view.List[effectRow]
	Share       view.Tile // of the time that goes into discovery
	Habits      view.List[view.Tile]
}

// foldAfter splits a long list after n entries.
func foldAfter[T any](rows []T, n int) view.List[T] {
	if len(rows) <= n+foldSlack {
		return view.List[T]{Rows: rows}
	}
	return view.List[T]{Rows: rows[:n], Folded: rows[n:], Note: format.Count(len(rows)-n) + " more"}
}

type refusedRow struct {
	ID      string
	Name    view.Link
	Reason  string
	Instead string
	Revisit string
	Due     bool // the day of the next review has passed
}

type predictionRow struct {
	Name      view.Link
	Approved  string
	Recorded  string // when git had it
	InList    string // the same in a list
	Doubt     view.Mark
	Since     string // the later changes
	Predicted string
	Range     string
	Assumed   bool
	Took      string
	Verdict   view.Mark
	Score     view.Figure
	Bar       template.HTML // the predicted range, and what it took
	Expected  string        // why the impact was believed in
	Results   []resultView
	Ticks     []view.Tick
}

func (s *site) buildRoadmap() ([]Page, error) {
	p, err := s.newPage("roadmap", roadmapPath, func() any { return s.roadmapView() })
	if err != nil {
		return nil, err
	}
	csv := func(records func() [][]string) func(io.Writer) error {
		return func(w io.Writer) error { return chart.WriteCSV(w, records()) }
	}
	return []Page{p, {Path: riceFile, Write: csv(s.riceRecords)}, {Path: roadmapFile, Write: csv(func() [][]string {
		g, _ := s.newGantt()
		return g.Records()
	})}, {Path: pastFile, Write: csv(func() [][]string { return ranksOf(&s.report.Past).Records() })}}, nil
}

func (s *site) roadmapView() roadmapView {
	plan := &s.report.Plan
	headline := s.roadmapHeadline()
	f := s.newFrame(roadmapPath, "Roadmap", goalOfPrioritisation)
	v := roadmapView{
		frame: f, Headline: headline, Long: len(headline) > longHeadline,
		Goal: goalOfPrioritisation, Meta: s.planMeta(), CSV: f.Root + riceFile,
		GanttCSV:    f.Root + roadmapFile,
		Empty:       len(s.content.Initiatives) == 0 && len(s.content.Activities) == 0,
		Order:       s.orderView(f.Root),
		Unscored:    foldAfter(s.unscoredRows(f.Root), unscoredShown),
		Refused:     foldAfter(s.refusedRows(f.Root), refusedShown),
		Predictions: foldAfter(s.predictionRows(f.Root), predictionsShown),
		Unchecked:   uncheckedWords(plan.Predictions),
		Calibration: calibrationWords(plan.Predictions), Effects: s.effectsView(f.Root, "effects"),
		Reach: plan.Reach, Effort: plan.Effort,
		Impact: scaleWords(plan.Impact, ""), Confidence: scaleWords(plan.Confidence, format.Space+"%"),
	}
	v.Share, v.Habits = s.timeView(f.Root)
	v.Past, v.PastTable = s.pastView(f.Root)
	if effects := foldAfter(v.Effects.Rows, effectsShown); len(effects.Folded) > 0 {
		v.Effects.Rows = effects.Rows
		v.MoreEffects = view.List[effectRow]{ID: "more-effects", Title: effects.Note, Rows: effects.Folded}
	}
	if g, earlier := s.newGantt(); len(g.Sections) > 0 {
		v.Gantt = s.ganttOf(g, f.Root)
		v.Behind, v.BehindMore = behindWords(v.Gantt.Late)
		if earlier > 0 {
			v.Earlier = format.Things(earlier, "earlier bars") + " " + stands(earlier) +
				" on the pages of the initiatives"
		}
	}
	return v
}

// stands returns the verb for one thing or several.
func stands(n int) string {
	if n == 1 {
		return "stands"
	}
	return "stand"
}

// planMeta returns the counts of items on the roadmap.
func (s *site) planMeta() string {
	plan := &s.report.Plan
	parts := []string{
		"As of " + format.Date(s.report.AsOf),
		format.Count(len(plan.Ranked)) + " ranked",
		format.Count(len(plan.Unscored)) + " without a score",
		format.Count(len(plan.Refused)) + " refused",
	}
	done, drafts := 0, 0
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		switch {
		case in.Draft:
			drafts++
		case in.Status == fact.Done:
			done++
		}
	}
	parts = append(parts, format.Count(done)+" done")
	if drafts > 0 {
		parts = append(parts, format.Things(drafts, "drafts")+" left out")
	}
	return strings.Join(parts, " · ")
}

// trimStop returns a text without its full stop, because the page adds one.
func trimStop(s string) string { return strings.TrimRight(s, ". ") }

// statusWords returns the word for a status on pages.
func statusWords(status string) string {
	if status == fact.WontBuild {
		return "won’t build"
	}
	return status
}

// findInitiative returns the initiative with that ID, or nil.
func (s *site) findInitiative(id string) *fact.Initiative {
	i := slices.IndexFunc(s.content.Initiatives, func(in fact.Initiative) bool { return in.ID == id })
	if i < 0 {
		return nil
	}
	return &s.content.Initiatives[i]
}

func (s *site) unscoredRows(root string) []view.Entry {
	var rows []view.Entry
	for _, id := range s.report.Plan.Unscored {
		in := s.findInitiative(id)
		if in == nil {
			continue
		}
		rows = append(rows, view.Entry{
			Name: s.linkTo(root, "roadmap", id, in.Title), Status: statusWords(in.Status), Note: missingWords(in.Rice),
		})
	}
	return rows
}

// missingWords returns the reason for a missing score.
func missingWords(r *fact.RICE) string {
	if r == nil {
		return "not estimated"
	}
	var gone []string
	for _, part := range []struct {
		name    string
		missing bool
	}{{"reach", r.Reach == nil}, {"impact", r.Impact == nil}, {"confidence", r.Confidence == nil}, {
		"effort",
		r.Effort == nil,
	}} {
		if part.missing {
			gone = append(gone, part.name)
		}
	}
	if len(gone) == 0 {
		return "a number is zero, or a word is not on the scale"
	}
	return "missing: " + strings.Join(gone, ", ")
}

func (s *site) refusedRows(root string) []refusedRow {
	var rows []refusedRow
	for i := range s.report.Plan.Refused {
		r := &s.report.Plan.Refused[i]
		row := refusedRow{
			ID: r.ID, Name: s.linkTo(root, "roadmap", r.ID, r.Title), Reason: format.UpperFirst(trimStop(r.Reason)),
			Instead: format.UpperFirst(trimStop(r.Instead)),
		}
		row.Revisit, row.Due = revisitWords(r.Revisit, s.report.AsOf)
		rows = append(rows, row)
	}
	return rows
}

// revisitWords returns the day of the next review of a refusal, and whether that day has come.
func revisitWords(t, asOf time.Time) (text string, due bool) {
	switch {
	case t.IsZero():
		return "", false
	case t.Before(asOf):
		return "was to be looked at again on " + format.Date(t), true
	}
	return "looked at again on " + format.Date(t), false
}

func (s *site) predictionRows(root string) []predictionRow {
	var rows []predictionRow
	for i := range s.report.Plan.Predictions {
		rows = append(rows, s.predictionOf(&s.report.Plan.Predictions[i], root))
	}
	return rows
}

func (s *site) predictionOf(p *rice.Prediction, root string) predictionRow {
	unit := s.report.Plan.Effort
	row := predictionRow{
		Name: s.linkTo(root, "roadmap", p.ID, p.Title), Approved: format.Date(p.Approved),
		Predicted: formatAmount(p.Effort, unit), Range: format.Interval(&p.Lo, &p.Hi, ""), Assumed: p.Assumed,
		Score: scoreOf(p.Score, 0, 0, nil), Verdict: view.Mark{Word: "not over yet", Class: "muted"},
		Since: changedSince(p),
	}
	row.Recorded, row.InList, row.Doubt = recordedWords(&p.Record)
	if p.Effort > 0 {
		row.Bar = view.DrawGauge(predictionGauge(p))
	} else {
		row.Predicted, row.Range = "no numbers", "none were written when it was approved"
	}
	switch {
	case p.Spent == nil && p.Done:
		row.Verdict.Word = "done, what it took is not recorded"
	case p.Spent != nil && p.Effort > 0:
		row.Took, row.Verdict = formatAmount(*p.Spent, unit), spentMark(p)
	case p.Spent != nil:
		row.Took, row.Verdict.Word = formatAmount(*p.Spent, unit), "nothing to compare it with"
	}
	if in := s.findInitiative(p.ID); in != nil {
		row.Expected = in.Rice.ImpactBecause
		row.Results = s.resultsOf(in.Results)
		row.Ticks = s.listTicks(in)
	}
	return row
}

// predictionGauge draws the predicted effort as a range with a ring, and what it took as a dot.
func predictionGauge(p *rice.Prediction) *chart.Gauge {
	top := max(p.Hi, p.Effort)
	if p.Spent != nil {
		top = max(top, *p.Spent)
	}
	return &chart.Gauge{
		Figure: metric.Figure{Value: p.Spent, Lo: &p.Lo, Hi: &p.Hi}, Was: &p.Effort, Max: 1.1 * top, Class: "muted",
	}
}

func spentMark(p *rice.Prediction) view.Mark {
	switch {
	case p.Hit():
		return view.Mark{Icon: view.Good, Word: "within the predicted range", Class: "better"}
	case *p.Spent > p.Hi:
		return view.Mark{Icon: "▲", Word: "longer than predicted", Class: "worse"}
	}
	return view.Mark{Icon: "▼", Word: "shorter than predicted", Class: "muted"}
}

// calibrationWords returns the accuracy of finished predictions, if there are enough.
func calibrationWords(list []rice.Prediction) string {
	c, ok := rice.Calibrate(list)
	apart := ""
	if c.Late > 0 {
		apart = " " + format.Count(c.Late) + " " + format.Is(c.Late) + " left out: not written down in time."
	}
	if !ok {
		return "How good predictions are is judged once five are over; " + format.Count(c.N) + " " + format.Is(c.N) +
			" so far, and only listed." + apart
	}
	return format.Count(c.Hits) + " of " + format.Count(c.N) +
		" finished initiatives took an effort within their range (" +
		format.Share(c.Share) +
		", likely " + format.Interval(&c.Likely.Lo, &c.Likely.Hi, "share") + "; 90" + format.Space + "% should). They took " +
		format.Number(c.Bias) + " times what was predicted; mean interval score (Winkler, on logarithms) " +
		format.Number(c.Winkler) + "." + apart
}

// scaleWords returns the words of a scale with their numbers, in descending order.
func scaleWords(scale map[string]float64, unit string) string {
	words := make([]string, 0, len(scale))
	for w := range scale {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(cmp.Compare(scale[b], scale[a]), cmp.Compare(a, b))
	})
	for i, w := range words {
		words[i] = w + " " + format.Number(scale[w]) + unit
	}
	return strings.Join(words, ", ")
}

// lastAndNext returns the phase that began last and the phase that is planned to begin next, with
// the title of the initiative and the name of the phase; without a date if there is none. The states are declared, so a phase that is
// planned although its date has passed is neither.
func (s *site) lastAndNext() (last, next chart.GanttBar) {
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft || in.Status == fact.WontBuild {
			continue
		}
		for n := range in.Phases {
			ph := &in.Phases[n]
			if ph.Start.IsZero() {
				continue
			}
			switch chart.State(phaseState(in, n, s.report.AsOf)) {
			case chart.Done, chart.Active:
				if !ph.Start.After(s.report.AsOf) && (last.From.IsZero() || ph.Start.After(last.From)) {
					last = chart.GanttBar{Title: in.Title, Labels: []string{ph.Name}, From: ph.Start}
				}
			case chart.Planned:
				if ph.Start.After(s.report.AsOf) && (next.From.IsZero() || ph.Start.Before(next.From)) {
					next = chart.GanttBar{Title: in.Title, Labels: []string{ph.Name}, From: ph.Start}
				}
			}
		}
	}
	return last, next
}

// roadmapHeadline returns the first sentence of the page: what was reached last, and what is
// next.
func (s *site) roadmapHeadline() string {
	last, next := s.lastAndNext()
	after := ""
	if !next.From.IsZero() {
		after = trimStop(next.Title) + ", " + stageWords(next.Labels[0]) + " on " + s.dayInWords(next.From)
	}
	switch {
	case !last.From.IsZero() && after != "":
		return s.reachedWords(&last) + "; next is " + after + "."
	case !last.From.IsZero():
		return s.reachedWords(&last) + "; nothing further has a date."
	case after != "":
		return "No phase has begun yet; first is " + after + "."
	case len(s.content.Initiatives) == 0 && len(s.content.Activities) == 0:
		return "Nothing is planned yet."
	}
	return "No initiative has a date yet."
}

func (s *site) reachedWords(last *chart.GanttBar) string {
	verb := " entered "
	if strings.EqualFold(last.Labels[0], "ga") {
		verb = " reached "
	}
	return trimStop(last.Title) + verb + stageWords(last.Labels[0]) + " on " + s.dayInWords(last.From)
}

// stageWords returns the name of a phase inside a sentence.
func stageWords(name string) string {
	if strings.EqualFold(name, "ga") {
		return "general availability"
	}
	return name
}

// dayInWords formats a day of a headline: "4 November", with its year only if that is another
// year than now.
func (s *site) dayInWords(t time.Time) string {
	layout := "2\u00a0January"
	if t.Year() != s.report.AsOf.Year() {
		layout += "\u00a02006"
	}
	return t.UTC().Format(layout)
}

// mostLate is the largest number of delays that the first lines of the roadmap name.
const mostLate = 2

// behindWords returns what is behind its date for the first lines of the page, and the number
// of what they leave out. The pictures have all of it.
func behindWords(late []view.Labelled) (named []view.Labelled, others string) {
	named = late[:min(len(late), mostLate)]
	if n := len(late) - len(named); n > 0 {
		others = "and " + format.Count(n) + " more"
	}
	return named, others
}

package render

import (
	"cmp"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
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

type roadmapView struct {
	frame
	Goal        string
	Meta        string
	Empty       bool // there is no plan at all
	Gantt       template.HTML
	Earlier     string
	Ranked      []rankedRow
	First       *view.Entry
	Reach       string // the unit of reach
	Effort      string // the unit of effort
	Impact      string // the levels of impact in force
	Confidence  string // the levels of confidence in force
	CSV         string
	Past        view.Chart
	Unscored    []view.Entry
	Refused     []refusedRow
	Predictions []predictionRow
	Calibration string
	Effects     view.List[effectRow] // the expected and the measured effects of initiatives
	Habits      []view.Tile          // how the time is spent, and how long requests take
}

// rankedRow is one scored initiative, in published order.
type rankedRow struct {
	ID       string
	Place    string // published: "1"
	ByScore  string // computed: "1st"
	Name     view.Link
	Status   string
	Inputs   inputList
	Score    view.Figure
	Override *overrideView
	Doubt    doubtView
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
	Predicted string
	Range     string
	Assumed   bool
	Took      string
	Verdict   string
	Score     view.Figure
	Expected  string // why the impact was believed in
	Results   []resultView
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
		g, _ := s.newGantt("")
		return g.Records()
	})}, {Path: pastFile, Write: csv(func() [][]string { return ranksOf(&s.report.Past).Records() })}}, nil
}

func (s *site) roadmapView() roadmapView {
	plan := &s.report.Plan
	f := s.newFrame(roadmapPath, "Roadmap", goalOfPrioritisation)
	v := roadmapView{
		frame: f, Goal: goalOfPrioritisation, Meta: s.planMeta(), CSV: f.Root + riceFile,
		Empty:       len(s.content.Initiatives) == 0 && len(s.content.Activities) == 0,
		Ranked:      s.rankedRows(f.Root),
		Past:        s.pastView(f.Root),
		Unscored:    s.unscoredRows(f.Root),
		Refused:     s.refusedRows(f.Root),
		Predictions: s.predictionRows(f.Root),
		Calibration: calibrationWords(plan.Predictions), Effects: s.effectsView(f.Root, "effects"),
		Reach: plan.Reach, Effort: plan.Effort,
		Impact: scaleWords(plan.Impact, ""), Confidence: scaleWords(plan.Confidence, format.Space+"%"),
	}
	if len(v.Ranked) > 0 {
		r := &v.Ranked[0]
		v.First = &view.Entry{Name: r.Name, Note: "the highest score"}
		if r.Override != nil {
			v.First.Note = trimStop(r.Override.Reason)
		}
	}
	v.Habits = s.goalTiles(&s.report.Found, f.Root, discovery.IdeaToGA, discovery.Share, discovery.UnusedEffort)
	if g, earlier := s.newGantt(f.Root); len(g.Sections) > 0 {
		v.Gantt = view.Draw(g, chart.FigureOptions{
			CSV: f.Root + roadmapFile, Level: 3,
			Note: "Filled is done, the outline is planned. States are what the team declared; dates only warn.",
		})
		if earlier > 0 {
			v.Earlier = format.Things(earlier, "earlier bars") +
				" ended before the chart begins; the pages of their initiatives show them."
		}
	}
	return v
}

// planMeta returns the counts of items on the roadmap.
func (s *site) planMeta() string {
	plan := &s.report.Plan
	parts := []string{
		"as of " + format.Date(s.report.AsOf),
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

func (s *site) rankedRows(root string) []rankedRow {
	items := s.report.Plan.Ranked
	top := 0.0
	for i := range items {
		top = max(top, items[i].Hi)
	}
	var rows []rankedRow
	for i := range items {
		it := &items[i]
		rows = append(rows, rankedRow{
			ID: it.ID, Place: format.Count(it.PublishedRank), ByScore: formatOrdinal(it.ComputedRank), Name: s.linkTo(root,
				"roadmap", it.ID, it.Title),
			Status: statusWords(it.Status), Inputs: s.inputsOf(it.Inputs), Score: scoreOf(it.Score, it.Lo, it.Hi, top),
			Override: overrideOf(it), Doubt: s.doubtOf(it, root),
		})
	}
	return rows
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
			Name: s.linkTo(root, "roadmap", id, in.Title), Status: statusWords(in.Status), Note: missingWords(in.Rice), File: in.File,
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
		Score: scoreOf(p.Score, 0, 0, 0), Verdict: "not over yet",
	}
	switch {
	case p.Spent == nil && p.Done:
		row.Verdict = "done, but nobody wrote what it took"
	case p.Spent != nil:
		row.Took, row.Verdict = formatAmount(*p.Spent, unit), spentWords(p)
	}
	if in := s.findInitiative(p.ID); in != nil {
		row.Expected = in.Rice.ImpactBecause
		row.Results = s.resultsOf(in.Results)
	}
	return row
}

func spentWords(p *rice.Prediction) string {
	switch {
	case p.Hit():
		return "within the predicted range"
	case *p.Spent > p.Hi:
		return "longer than predicted"
	}
	return "shorter than predicted"
}

// calibrationWords returns the accuracy of finished predictions, if there are enough.
func calibrationWords(list []rice.Prediction) string {
	c, ok := rice.Calibrate(list)
	if !ok {
		return "How good predictions are is judged once five are over; " + format.Count(c.N) + " " + format.Is(c.N) +
			" so far, and only listed."
	}
	return format.Count(c.Hits) + " of " + format.Count(c.N) +
		" finished initiatives took an effort within their range (" +
		format.Share(c.Share) +
		", likely " + format.Interval(&c.Likely.Lo, &c.Likely.Hi, "share") + "; 90" + format.Space + "% should). They took " +
		format.Number(c.Bias) + " times what was predicted; mean interval score (Winkler, on logarithms) " +
		format.Number(c.Winkler) + "."
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

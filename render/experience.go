package render

import (
	"html/template"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

const (
	experiencePath = "experience/index.html"
	npsFile        = "data/series/space.nps.csv"
	answersFile    = "data/series/space.answers.csv"
)

type experienceView struct {
	frame
	Heading, Doubt string // the page in a sentence, and what is not certain in it
	Lead, Unclear  string // the score in a sentence, and what is not certain about it
	Public         string // a note of a public site
	Meta           string
	Empty          bool // no survey was sent
	Dimensions     []view.Figures
	Sure           string // what is not certain about the measures that are as wanted
	Counted        string // what the sentence leaves out
	Evidence       string // link to the events of delivery; "" without them
	Missing        []string
	Said           view.List[view.Figures] // statements with their answers, by side
	Key            []view.Chart            // the five tones of answers
	Items          template.HTML           // the table of all statements
	Goals          view.List[goalRow]
	Score          view.Chart // the score of each survey; its words are the measured change
	ScoreClass     string     // of these words: "unknown" if the change may be chance
	// ScoreTitle and RateTitle are the titles of two metrics of a survey.
	ScoreTitle, RateTitle string
	ScoreCSV              string
	Notes                 []string   // about surveys without a score
	Waves                 []waveView // the latest ones, newest first
	AllWaves              []waveView
	Shares                view.Chart // the latest survey's answers from 0 to 10
	Loved                 view.Figures
	Frustrated            view.Figures
	Satisfied             view.Figures
	Groups                view.Figures
	Tasks                 view.Figures
	Measures              []view.Figure
	LeftOut               []metric.LeftOut
	Sources               []string // the sources of the questions
	Links                 []view.Link
}

func (s *site) buildExperience() ([]Page, error) {
	p, err := s.newPage("experience", experiencePath, func() any { return s.experienceView() })
	pages := []Page{p}
	if line := s.scoreLine(); line != nil {
		pages = append(pages, chartFile(npsFile, line))
	}
	if d := s.answerChart(); d != nil {
		pages = append(pages, chartFile(answersFile, d))
	}
	return pages, err
}

func (s *site) experienceView() experienceView {
	sp := &s.report.Space
	v := experienceView{frame: s.newFrame(experiencePath, "Developer experience",
		"How developers see the platform, and how their work goes.")}
	root := v.Root
	sec := s.report.Section("space")
	nps := sec.Find(space.NPS, organisation)
	count := countStates(sp.Dimensions)
	v.Heading, v.Doubt = count.headline()
	v.Lead, v.Unclear = s.experienceLead(nps)
	v.Description = joinTexts(" ", v.Heading+v.Doubt, v.Lead, v.Unclear)
	v.Meta, v.Empty = s.experienceMeta(), len(sp.Waves) == 0
	v.Sure, v.Counted = count.sureWords(), count.restWords()
	v.Evidence = s.pageLink(root, "delivery/evidence/index.html")
	for i := range sp.Dimensions {
		v.Dimensions = append(v.Dimensions, dimensionOf(&sp.Dimensions[i]))
	}
	v.Said, v.Items = saidViews(sp.Dimensions), itemTable(sp.Dimensions)
	for i, word := range toneWords {
		v.Key = append(v.Key, view.Chart{Figure: template.HTML(chart.AppendTone(nil, i)), Words: word}) // no text
	}
	v.Goals = s.goalsView()
	v.Missing, v.LeftOut = sp.Missing, sp.LeftOut
	v.Notes = sec.Notes
	s.addScore(&v, nps)
	if w := s.latestWave(); w != nil {
		v.Shares = s.sharesView(w, root)
		v.Loved, v.Frustrated = s.mentionFigures(w.Loved, root, "better"), s.mentionFigures(w.Frustrating, root, "worse")
		v.LeftOut = slices.Concat(v.LeftOut, w.LeftOut)
		v.Groups = s.groupFigures(w, sec)
		v.Links = s.surveyLinks(space.SurveyID(w.ID))
	}
	v.Satisfied, v.Sources = s.satisfiedFeatures(root), itemSources(sp.Dimensions)
	v.Tasks, v.Measures = taskFigures(sec), s.measureViews()
	v.Public = s.publicNote("surveys are shown as a whole.")
	return v
}

// latestWave returns the survey of the headline figures, or nil.
func (s *site) latestWave() *space.Wave { return s.report.Space.Wave(s.report.Space.Latest) }

// experienceMeta returns the line above the title: window, population, sources, the survey.
func (s *site) experienceMeta() string {
	meta := s.metaLine()
	if w := s.latestWave(); w != nil {
		meta += " · survey of " + format.Span(w.Window.From, w.Window.To) + ", " + answeredWords(w) + " answered"
	}
	return meta
}

// joinTexts joins texts, without the empty ones.
func joinTexts(by string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), by)
}

// experienceLead returns the score in plain words, and the sentence about a change that is not
// certain.
func (s *site) experienceLead(nps *metric.Metric) (lead, unclear string) {
	w := s.latestWave()
	if w != nil && w.Score == nil && w.Unclear.Hides() {
		return "", "Nobody can tell how many developers would recommend the platform: " + w.Unclear.String() + "."
	}
	if w == nil || nps == nil || nps.Value == nil {
		return "Nobody was asked yet how the platform is to work with.", ""
	}
	lead = "More developers would recommend the platform than would not"
	switch {
	case *nps.Value < 0:
		lead = "More developers would warn of the platform than would recommend it"
	case *nps.Value == 0:
		lead = "As many developers would recommend the platform as would not"
	}
	lead += ": net promoter score " + format.Value(*nps.Value, nps.Unit)
	if iv := format.Interval(nps.Lo, nps.Hi, nps.Unit); iv != "" {
		lead += " (likely " + iv + ")"
	}
	if sc := w.Score; sc != nil && sc.N > 0 {
		lead += ", " + shareOfAnswers(sc.Promoters, sc.N) + " promoters, " + shareOfAnswers(sc.Detractors, sc.N) + " detractors"
	}
	lead += "."
	switch side, known := sideOf(nps); {
	case known && side == better:
		lead += " They are happier than in the survey before."
	case known && side == worse:
		lead += " They are less happy than in the survey before."
	case known:
		lead += " That is about the same as in the survey before."
	case nps.Trend != nil:
		unclear = "Whether they are happier than in the survey before nobody can tell yet (" + format.Moved(nps).String() + ")."
	}
	return lead, unclear
}

// shareOfAnswers returns a part of all answers as a share.
func shareOfAnswers(part, all int) string { return format.Share(float64(part) / float64(all)) }

func (s *site) measureViews() []view.Figure {
	var out []view.Figure
	for i := range s.report.Measures.Measures {
		out = append(out, measureOf(&s.report.Measures.Measures[i]))
	}
	return out
}

// stateCount counts the measures of the five sides by their states. A metric on two sides
// counts on both.
type stateCount [10]int

// The places of a stateCount.
const (
	stateGood = iota
	stateBad
	stateAlike
	stateUntested
	stateUnclear   // nobody can tell
	stateUntaken   // without a value
	stateAimless   // neither a target nor a wanted direction
	stateUnsure    // of the good ones: values that miss the target are within the range
	stateRangeless // of the good ones: without a range
	stateTwice     // metrics that are on two sides
)

// countStates counts the rows of all sides.
func countStates(sides []space.Dimension) stateCount {
	var n stateCount
	seen := map[string]bool{}
	for i := range sides {
		for k := range sides[i].Rows {
			r := &sides[i].Rows[k]
			n.add(r)
			n[stateTwice] += countTrue(seen[r.Metric])
			seen[r.Metric] = true
		}
	}
	return n
}

func (n *stateCount) add(r *space.DimensionMetric) {
	if r.Value == nil {
		cannotTell := strings.HasPrefix(r.Why, space.CannotTellWhy)
		n[stateUnclear] += countTrue(cannotTell)
		n[stateUntaken] += countTrue(!cannotTell)
		return
	}
	switch r.State {
	case space.Met, space.AsWanted:
		n[stateGood]++
		if r.State == space.Met && !r.Sure {
			n[stateRangeless] += countTrue(r.Lo == nil)
			n[stateUnsure] += countTrue(r.Lo != nil)
		}
	case space.NotMet, space.NotAsWanted:
		n[stateBad]++
	case space.Same:
		n[stateAlike]++
	case space.NotTested:
		n[stateUntested]++
	case space.NoTarget:
		n[stateAimless]++
	default:
		n[stateUnclear]++
	}
}

// all returns the number of measures with a value and something to compare it with.
func (n *stateCount) all() int {
	return n[stateGood] + n[stateBad] + n[stateAlike] + n[stateUntested] + n[stateUnclear]
}

// countWords returns a count with its verb and a predicate: "6 are not tested yet"; "" for none.
func countWords(n int, predicate string) string {
	if n == 0 {
		return ""
	}
	return format.Count(n) + " " + format.Is(n) + " " + predicate
}

// headline returns the page in a sentence: the certain part, then the part that is open.
func (n *stateCount) headline() (certain, open string) {
	if n.all() == 0 {
		return "No measure of developer experience can be judged yet.", ""
	}
	certain = format.Count(n[stateGood]) + " of " + format.Things(n.all(), "measures") + " of developer experience " +
		format.Is(n[stateGood]) + " as wanted"
	certain = joinTexts(", ", certain, countWords(n[stateBad], "not"), countWords(n[stateAlike], "about the same"))
	open = countWords(n[stateUntested], "not tested yet")
	if n[stateUnclear] > 0 {
		open = joinTexts(", ", open, format.Count(n[stateUnclear])+" cannot be judged yet")
	}
	if open == "" {
		return certain + ".", ""
	}
	return certain + "; ", open + "."
}

// sureWords returns what is not certain about the measures that are as wanted; "" if all are.
func (n *stateCount) sureWords() string {
	text := countWords(n[stateUnsure], "not surely so")
	if n[stateRangeless] > 0 {
		text = joinTexts(" and ", text, format.Count(n[stateRangeless])+" cannot be sure without a range")
	}
	if text == "" {
		return ""
	}
	return "Of the " + format.Count(n[stateGood]) + " as wanted, " + text + "."
}

// restWords returns the measures that the headline leaves out, and those it counts twice.
func (n *stateCount) restWords() string {
	var parts []string
	if n[stateUntaken] > 0 {
		parts = append(parts, format.Count(n[stateUntaken])+" more "+format.Is(n[stateUntaken])+" not measured.")
	}
	if n[stateAimless] > 0 {
		parts = append(parts, format.Count(n[stateAimless])+" more without a target or a wanted direction.")
	}
	if n[stateTwice] > 0 {
		parts = append(parts, "A measure on two sides counts on both.")
	}
	return strings.Join(parts, " ")
}

func dimensionOf(d *space.Dimension) view.Figures {
	v := view.Figures{ID: "space-" + d.ID, Title: d.Title}
	var n stateCount
	for i := range d.Rows {
		v.Rows = append(v.Rows, spaceRowOf(&d.Rows[i]))
		n.add(&d.Rows[i])
	}
	switch {
	case !d.HasData:
		v.Note, v.More = "not asked", "not asked"
	case n.all() == 0:
		v.Note, v.More = "can’t tell", "can’t tell"
	default:
		v.More = format.Count(n[stateGood]) + " of " + format.Count(n.all())
		v.Note = v.More + " as wanted"
		for _, part := range [...]struct {
			state int
			words string
		}{{stateUntested, "not tested yet"}, {stateUnclear, "can’t tell"}, {stateUnsure, "of them not surely"}, {stateRangeless, "of them without a range"}} {
			if n[part.state] > 0 {
				v.Note += ", " + format.Count(n[part.state]) + " " + part.words
			}
		}
	}
	return v
}

// stateWords has the word, the class and the sign of each state.
var stateWords = map[space.State]view.Mark{
	space.Met:         {Icon: "✓", Word: "met", Class: "better"},
	space.NotMet:      {Icon: "✗", Word: "not met", Class: "worse"},
	space.Unknown:     {Icon: "?", Word: "can’t tell", Class: "unknown"},
	space.AsWanted:    {Icon: "✓", Word: "moves as wanted", Class: "better"},
	space.NotAsWanted: {Icon: "✗", Word: "moves the wrong way", Class: "worse"},
	space.Same:        {Icon: "→", Word: "about the same", Class: "same"},
	space.CannotTell:  {Icon: "?", Word: "can’t tell", Class: "unknown"},
	space.NotTested:   {Icon: "?", Word: "not tested yet", Class: "unknown"},
	space.NoTarget:    {Icon: "", Word: "no target", Class: "unknown"},
}

// homeAnchor returns the anchor of a metric that the experience page explains: a metric of
// surveys or a declared measure. The table also has metrics of other pages, such as
// deployments; they have no anchor here.
func homeAnchor(id string) string {
	if strings.HasPrefix(id, "space.") || strings.HasPrefix(id, "measure.") {
		return view.Anchor(id)
	}
	return ""
}

// brought marks the name of a measure that the team brought.
const brought = "*"

func spaceRowOf(r *space.DimensionMetric) view.Figure {
	v := view.Figure{ID: homeAnchor(r.Metric), Name: view.Link{Title: r.Title}, Value: "n/a", Mark: stateWords[r.State]}
	switch {
	case strings.HasPrefix(r.Metric, space.TaskMinutes):
		v.Note = "from task attempts"
	case strings.HasPrefix(r.Metric, "measure."):
		v.Name.Title += brought
	}
	if r.Target != nil {
		v.Aim, v.From = format.Target(r.Target, targetUnit(r)), r.Target.From
	} else if r.Wanted != "" {
		v.Aim = map[metric.Direction]string{metric.Up: "should rise", metric.Down: "should fall"}[r.Wanted]
	}
	if r.Value == nil {
		if v.Why = r.Why; !strings.HasPrefix(r.Why, space.CannotTellWhy) {
			v.Mark = view.Mark{Word: "not measured", Class: "unknown"}
		}
		if r.Next != "" {
			v.Why += ". Next: " + r.Next
		}
		return v
	}
	v.Value, v.N = format.Value(*r.Value, r.Shown(r.Unit)), format.Counts(r.N)
	v.Range = format.Interval(r.Lo, r.Hi, r.Shown(r.Unit))
	if r.Was != nil {
		v.Was = format.Value(*r.Was, r.Shown(r.Unit))
	}
	if r.Target != nil && !r.Sure && r.Lo != nil && (r.State == space.Met || r.State == space.NotMet) {
		v.Mark.Word, v.Mark.Class, v.Unsure = v.Mark.Word+", but not surely", "unknown", true
	}
	if r.Target != nil && r.Lo == nil && (r.State == space.Met || r.State == space.NotMet) {
		v.Mark = view.Mark{Icon: v.Mark.Icon, Word: v.Mark.Word + noRange, Class: "unknown"}
	}
	return v
}

// noRange marks a target that is compared with a figure without a range.
const noRange = " (no range)"

// targetUnit returns the unit of a target: the unit of the metric, even without a value.
func targetUnit(r *space.DimensionMetric) metric.Unit {
	if r.Unit != "" || !strings.HasPrefix(r.Metric, space.TaskMinutes) {
		return r.Shown(r.Unit)
	}
	return metric.Seconds
}

// measureOf returns a measure that the team brought, with its target.
func measureOf(m *measures.Standing) view.Figure {
	v := view.Figure{
		Name: view.Link{Title: m.Title + brought}, Value: format.Maybe(m.Value, m.Unit), Was: format.Maybe(m.Before, m.Unit),
		Aim: format.Target(m.Target, m.Unit), Mark: view.Mark{Word: m.State, Class: "unknown"},
	}
	if m.State == measures.Met || m.State == measures.NotMet {
		v.Mark.Word += noRange
	}
	return v
}

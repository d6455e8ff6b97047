package render

import (
	"html/template"
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
	Lead       string // the page in a sentence
	Meta       string
	Empty      bool // no survey was sent
	Dimensions []view.Figures
	Said       []template.HTML // charts of questions with their answers, one per dimension
	Items      []view.Figure
	Missing    []string
	Goals      view.List[goalRow]
	Score      template.HTML // the score over the waves
	// ScoreTitle and RateTitle are the titles of two metrics of a wave.
	ScoreTitle, RateTitle string
	Answers               template.HTML // the latest wave's answers
	Waves                 []waveView
	Notes                 []string
	Loved                 view.Figures
	Frustrated            view.Figures
	Satisfied             []view.Figure
	Groups                view.Figures
	Tasks                 []taskView
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
	v.Lead = s.experienceLead(sec.Find(space.NPS, organisation))
	v.Description = v.Lead
	v.Meta, v.Empty = s.metaLine(), len(sp.Waves) == 0
	for i := range sp.Dimensions {
		d := &sp.Dimensions[i]
		v.Dimensions = append(v.Dimensions, dimensionOf(d))
		v.Said, v.Items = append(v.Said, drawLikerts(d)...), append(v.Items, itemViews(d)...)
	}
	v.Goals = s.goalsView()
	v.Missing, v.Notes, v.LeftOut = sp.Missing, sec.Notes, sp.LeftOut
	if line := s.scoreLine(); line != nil {
		v.Score = view.Draw(line, chart.FigureOptions{
			CSV: root + npsFile, Level: 3,
			Note: "With the likely range of each survey",
		})
	}
	if d := s.answerChart(); d != nil {
		v.Answers = view.Draw(d, chart.FigureOptions{CSV: root + answersFile, Level: 3, Note: s.latestWave().Title})
	}
	v.Waves = s.waveViews()
	v.ScoreTitle, v.RateTitle = s.publishedTitle(space.NPS, ""), s.publishedTitle(space.ResponseRate, "")
	if w := s.latestWave(); w != nil {
		v.Loved, v.Frustrated = s.mentionFigures(w.Loved, root), s.mentionFigures(w.Frustrating, root)
		v.LeftOut = append(append([]metric.LeftOut(nil), v.LeftOut...), w.LeftOut...)
		v.Groups = s.groupFigures(w, sec)
		v.Links = s.surveyLinks(space.SurveyID(w.ID))
	}
	v.Satisfied, v.Sources = s.satisfiedFeatures(root), itemSources(sp.Dimensions)
	v.Tasks, v.Measures = taskViews(sec), s.measureViews()
	return v
}

// latestWave returns the survey of the headline figures, or nil.
func (s *site) latestWave() *space.Wave { return s.report.Space.Wave(s.report.Space.Latest) }

// experienceLead returns the summary of the page in plain words.
func (s *site) experienceLead(nps *metric.Metric) string {
	w := s.latestWave()
	if w == nil || nps == nil || nps.Value == nil {
		return "Nobody was asked yet how the platform is to work with."
	}
	said := "More developers would recommend the platform than would not"
	switch {
	case *nps.Value < 0:
		said = "More developers would warn of the platform than would recommend it"
	case *nps.Value == 0:
		said = "As many developers would recommend the platform as would not"
	}
	said += " (net promoter score " + format.Value(*nps.Value, nps.Unit)
	if iv := format.Interval(nps.Lo, nps.Hi, nps.Unit); iv != "" {
		said += ", likely " + iv
	}
	said += ")."
	switch side, known := sideOf(nps); {
	case known && side == better:
		said += " They are happier than in the survey before."
	case known && side == worse:
		said += " They are less happy than in the survey before."
	case known:
		said += " That is about the same as in the survey before."
	case nps.Trend != nil:
		said += " It is not clear whether they are happier than in the survey before (" + format.Moved(nps).String() + ")."
	}
	return said
}

func dimensionOf(d *space.Dimension) view.Figures {
	v := view.Figures{ID: "space-" + d.ID, Title: d.Title}
	good, unsure, judged, untested := 0, 0, 0, 0
	for i := range d.Rows {
		r := spaceRowOf(&d.Rows[i])
		v.Rows = append(v.Rows, r)
		switch d.Rows[i].State {
		case space.Met, space.AsWanted:
			good, judged = good+1, judged+1
			unsure += countTrue(r.Unsure)
		case space.NotMet, space.NotAsWanted, space.Same:
			judged++
		case space.NotTested:
			untested++
		}
	}
	switch {
	case !d.HasData:
		v.Note = "not asked"
	case judged == 0:
		v.Note = "can’t tell"
	default:
		v.Note = format.Count(good) + " of " + format.Count(judged+untested) + " as wanted"
		if untested > 0 {
			v.Note += ", " + format.Count(untested) + " not tested yet"
		}
		if unsure > 0 {
			v.Note += ", " + format.Count(unsure) + " of them not surely"
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

func spaceRowOf(r *space.DimensionMetric) view.Figure {
	v := view.Figure{ID: homeAnchor(r.Metric), Name: view.Link{Title: r.Title}, Value: "n/a", Mark: stateWords[r.State]}
	switch {
	case strings.HasPrefix(r.Metric, space.TaskMinutes):
		v.Note = "from task attempts"
	case strings.HasPrefix(r.Metric, "measure."):
		v.Note = "brought by the team"
	}
	if r.Target != nil {
		v.Aim, v.From = format.Target(r.Target, targetUnit(r)), r.Target.From
	} else if r.Wanted != "" {
		v.Aim = map[metric.Direction]string{metric.Up: "should rise", metric.Down: "should fall"}[r.Wanted]
	}
	if r.Value == nil {
		v.Mark = view.Mark{Word: "not measured", Class: "unknown"}
		v.Why = r.Why
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
		v.Mark = view.Mark{Word: v.Mark.Word + noRange, Class: "unknown"}
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

// taskView is a common task: the share of people who complete it without help, and the time
// that it takes.
type taskView struct {
	Title, Was string
	Success    view.Figure
	Time       view.Figure
}

// taskViews returns each task with its success rate and its time.
func taskViews(sec *metric.Section) []taskView {
	var out []taskView
	for i := range sec.Metrics {
		m := &sec.Metrics[i]
		task, ok := strings.CutPrefix(m.ID, space.TaskSuccess)
		if !ok || m.Scope != organisation {
			continue
		}
		v := taskView{Title: "All tasks", Success: view.Figure{N: format.Counts(m.N)}}
		if m.Why != "" {
			v.Success.Why = view.Reason(m.Why, m.Next)
		}
		if task != "" {
			v.Title = format.UpperFirst(strings.TrimPrefix(m.Title, "Completed without help: "))
		}
		if m.Value != nil {
			v.Success.Value, v.Success.Range = format.Value(*m.Value, m.Unit), format.Interval(m.Lo, m.Hi, m.Unit)
		}
		if m.Was != nil {
			v.Was = format.Maybe(m.Was.Value, m.Unit)
		}
		if t := sec.Find(space.TaskMinutes+task, organisation); task != "" && t != nil && t.Value != nil {
			v.Time = view.Figure{
				Value: format.Value(*t.Value, t.Unit), Range: format.Interval(t.Lo, t.Hi, t.Unit), N: format.Counts(t.N),
			}
			if t.Was != nil {
				v.Was = strings.TrimPrefix(v.Was+", "+format.Maybe(t.Was.Value, t.Unit), ", ")
			}
		}
		if v.Success.Value != "" || v.Time.Value != "" || task == "" {
			out = append(out, v)
		}
	}
	return out
}

func (s *site) measureViews() []view.Figure {
	var out []view.Figure
	for i := range s.report.Measures.Measures {
		m := &s.report.Measures.Measures[i]
		v := view.Figure{
			Name: view.Link{Title: m.Title}, Value: format.Maybe(m.Value, m.Unit), Was: format.Maybe(m.Before, m.Unit),
			Aim: format.Target(m.Target, m.Unit), Mark: view.Mark{Word: m.State, Class: "unknown"},
		}
		if m.State == measures.Met || m.State == measures.NotMet {
			v.Mark.Word += noRange
		}
		out = append(out, v)
	}
	return out
}

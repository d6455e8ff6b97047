package render

import (
	"html/template"
	"slices"

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
	Score          scoreView
	Shares         view.Chart // the latest survey's answers from 0 to 10
	Loved          view.Figures
	Frustrated     view.Figures
	Satisfied      view.Figures
	Groups         view.Figures
	Tasks          view.Figures
	Measures       []view.Figure
	LeftOut        []metric.LeftOut
	Sources        []string // the sources of the questions
	Links          []view.Link
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
	v.Description = joinSentences(v.Heading+v.Doubt, v.Lead, v.Unclear)
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
	v.Score = s.scoreView(nps, sec.Notes, root)
	if w := s.latestWave(); w != nil {
		v.Shares = s.sharesView(w, root)
		v.Loved, v.Frustrated = s.mentionFigures(w.Loved, root, "better"), s.mentionFigures(w.Frustrating, root, "worse")
		v.LeftOut = slices.Concat(v.LeftOut, w.LeftOut)
		v.Groups = s.groupFigures(w, sec)
		v.Links = s.surveyLinks(space.SurveyID(w.ID))
	}
	v.Satisfied, v.Sources = s.satisfiedFeatures(root), itemSources(sp.Dimensions)
	v.Tasks, v.Measures = taskFigures(sec), s.measureViews()
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

// joinSentences joins texts with spaces, without the empty ones.
func joinSentences(texts ...string) string {
	out := ""
	for _, t := range texts {
		if t != "" && out != "" {
			out += " "
		}
		out += t
	}
	return out
}

// experienceLead returns the score in plain words, and the sentence about a change that is not
// certain.
func (s *site) experienceLead(nps *metric.Metric) (lead, unclear string) {
	w := s.latestWave()
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
